# table.sh -- what each engine did with caisson and with runc, as Markdown: sh tests/engines/table.sh FOLDER
#
# FOLDER holds WORLD-SCRIPT-RUNTIME.tap, as check.sh leaves them: a table for each script, a row for
# each operation, a column for each world and runtime.
set -u
cd "$1" || exit 1

for script in $(printf '%s\n' *-caisson.tap | sed 's/^[^-]*-\(.*\)-caisson.tap$/\1/' | sort -u); do
	# shellcheck disable=SC2046 # names of ours
	awk -v script="$script" '
	FNR == 1 {
		split(FILENAME, part, "-")
		column = FILENAME
		columns[++width] = column
		world[column] = part[1]
		runtime[column] = FILENAME ~ /caisson\.tap$/ ? "caisson" : "runc"
	}
	/^# with / { with[column] = substr($0, 8) }
	match($0, /^(ok|not ok) - /) {
		name = substr($0, RLENGTH + 1)
		sub(/ # SKIP.*/, "", name)
		mark[column, name] = / # SKIP/ ? "–" : $1 == "ok" ? "✔" : "✘"
		if (!(name in known)) {
			known[name] = 1
			names[++height] = name
		}
	}
	END {
		printf "\n### %s\n\n|", script
		for (i = 1; i <= width; i++)
			printf " | %s: %s", runtime[columns[i]], with[columns[i]]
		printf " |\n|---"
		for (i = 1; i <= width; i++)
			printf "|---"
		print "|"
		for (row = 1; row <= height; row++) {
			name = names[row]
			printf "| %s", name
			for (i = 1; i <= width; i++)
				printf " | %s", (columns[i], name) in mark ? mark[columns[i], name] : "–"
			print " |"
		}
	}' $(ls ./*-"$script"-caisson.tap ./*-"$script"-runc.tap 2>/dev/null | sed 's|^\./||' | sort)
done
