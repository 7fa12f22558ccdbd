# lint.sh -- what can be seen without running anything: sh tests/lint.sh
#
# Layers, words and shapes that have no place here, static analysis, the manual, shell scripts. A
# tool that is not installed is named and passed over. clang-format is only counted: where it and
# a table aligned by hand disagree, the table wins.
#
# shellcheck disable=SC2046 # git's file names are words
set -u
caisson=${BUILD-build/release}/caisson
status=0

# complain ABOUT FOUND: nothing found is well.
complain() {
	[ -z "$2" ] && return
	printf '  %-6s %s\n' LINT "$1"
	printf '%s\n' "$2" | head -n 20 | sed 's/^/    /'
	status=1
}
have() {
	command -v "$1" >/dev/null && return
	printf '  %-6s %s is not installed\n' SKIP "$1"
	return 1
}
nameless() {
	git ls-files '*.c' '*.h' | grep -v '^tests/unit/' | while read -r file; do
		head -n 2 "$file" | grep -qF "${file##*/} -- " || echo "$file"
	done
}
# The examples of HACKING.md are changes to the code as it is now.
lost_examples() {
	examples=$(mktemp -d)
	awk -v to="$examples/" '
		/^```/ { inside = ($0 == "```diff"); number += inside; next }
		inside { print > (to number) }' HACKING.md
	for example in "$examples"/*; do
		git apply --check "$example" 2>&1
	done
	rm -r "$examples"
}
long_functions() {
	awk '/^{/ { start = FNR }
	     /^}/ { if (start && FNR - start > 60)
			print FILENAME ":" start ": " FNR - start " lines"
		    start = 0 }' $(git ls-files '*.c' | grep -v '^tests/')
}

complain 'a room includes what it may not' "$(sh tests/layers.sh | grep -v '^ok')"
complain 'words that have no place here' \
	"$(grep -nwE 'goto|TODO|FIXME|XXX' $(git ls-files '*.c' '*.h' '*.md' Makefile))"
complain 'blanks at the end of a line' \
	"$(grep -nE '[[:blank:]]+$' $(git ls-files '*.c' '*.h' '*.sh' '*.md' '*.in' Makefile))"
complain 'files that do not open with their name and what they give' "$(nameless)"
complain 'functions of more than 60 lines' "$(long_functions)"
complain 'examples of HACKING.md that do not apply' "$(lost_examples)"

# cppcheck knows neither the cleanup attribute (memleak) nor which calls never return NULL.
if have cppcheck; then
	cppcheck --quiet --std=c11 --enable=warning,portability --inline-suppr --error-exitcode=1 \
		--suppress=missingIncludeSystem --suppress=memleak --suppress=arrayIndexThenCheck \
		--suppress=duplicateAssignExpression --suppress=nullPointerRedundantCheck \
		--suppress=nullPointer:net/mover/device.c \
		-D_GNU_SOURCE -I. runtime specs ns cgroups seccomp net || status=1
fi
if have mandoc; then
	mandoc -T lint -W warning man/caisson.8 || status=1
fi
# The completion script fills COMPREPLY as all do (SC2207); what is sourced is not followed (SC2154).
if have shellcheck; then
	shellcheck -s sh -S warning -e SC2154 $(git ls-files '*.sh') || status=1
	"$caisson" completion bash | shellcheck -s bash -S warning -e SC1007,SC2207 - || status=1
fi
if have clang-format; then
	places=$(clang-format --dry-run $(git ls-files '*.c' '*.h' | grep -v '_table\.c$') 2>&1 |
		grep -c clang-formatted)
	printf '  %-6s %s\n' NOTE "clang-format would change $places places"
fi
exit $status
