# compare.awk -- what one script said with caisson and with runc, operation by operation, as TAP:
#
#	awk -v of="podman (trixie)" -f compare.awk CAISSON.tap RUNC.tap
#
# Whatever works with runc has to work with caisson. What works with neither is skipped, with what
# was said last. An operation that caisson's run never came to counts as one that failed.

FNR == 1 { file++ }

match($0, /^(ok|not ok) - /) {
	name = substr($0, RLENGTH + 1)
	sub(/ # SKIP.*/, "", name)
	said = $0 ~ / # SKIP/ ? "skip" : $1 == "ok" ? "ok" : "not ok"
	if ((file, name) in result)
		print "not ok - " of ": \"" name "\" is said twice"
	result[file, name] = said
	if (!(name in known)) {
		known[name] = 1
		names[++count] = name
	}
	if (said == "skip") {
		reason[name] = $0
		sub(/.* # SKIP */, "", reason[name])
	}
}

/^#   / {
	words[file, name] = words[file, name] $0 "\n"
	last[file, name] = substr($0, 5)
}

/^# end/ { ended[file] = 1 }

END {
	name = of ": runs to its end"
	if (ended[1])
		print "ok - " name
	else if (file == 1 || ended[2])
		print "not ok - " name
	else
		print "ok - " name " # SKIP with runc neither"
	for (i = 1; i <= count; i++) {
		name = names[i]
		if (result[1, name] == "ok")
			print "ok - " of ": " name
		else if (result[1, name] == "skip")
			print "ok - " of ": " name " # SKIP " reason[name]
		else if (result[2, name] == "ok")
			printf "not ok - %s: %s\n%s", of, name, words[1, name]
		else
			print "ok - " of ": " name " # SKIP with runc neither: " last[1, name]
	}
}
