# check.sh -- runs every test of a build: sh tests/check.sh build/release
#
# Each part writes TAP; what counts is added up at the end: N passed, N failed, N skipped.
set -u
build=$1
export BUILD="$build"
out=$build/tests/out
rm -rf "$out" && mkdir -p "$out"
failed_parts=0

# part NAME COMMAND...: the command writes TAP to $out/NAME.tap, or to its stdout.
part() {
	name=$1
	shift
	printf '  %-6s %s\n' TEST "$name"
	if "$@" >"$out/$name.log" 2>&1; then :; else
		status=$?
		grep -q '^not ok' "$out/$name.tap" 2>/dev/null || {
			failed_parts=$((failed_parts + 1))
			echo "  $name ended with status $status:"
			tail -n 20 "$out/$name.log" | sed 's/^/    /'
		}
	fi
	[ -e "$out/$name.tap" ] || grep -E '^(ok|not ok)' "$out/$name.log" >"$out/$name.tap"
	sed -n '/^not ok/,/^\(ok\|not ok\)/{/^ok/!p}' "$out/$name.tap" | head -n 60
}

part layers sh tests/layers.sh
part unit "$build/tests/unit/unit" --tap="$out/unit.tap"
part run "$build/tests/run/run" --tap="$out/run.tap"
part same sh -c "$build/tests/same/same >$out/same.tap"
for script in tests/inject/crash.sh tests/words/words.sh; do
	[ -e "$script" ] && part "$(basename "$script" .sh)" sh "$script"
done

count() {
	cat "$out"/*.tap | grep -cE "$1" || true
}
skipped=$(count '^(ok|not ok).*# *[Ss][Kk][Ii][Pp]')
passed=$(($(count '^ok') - $(cat "$out"/*.tap | grep -ciE '^ok.*# *skip')))
failed=$(($(count '^not ok') - $(cat "$out"/*.tap | grep -ciE '^not ok.*# *skip') + failed_parts))
cat "$out"/*.tap | grep -iE '# *skip' | sed 's/^/  /' | sort | uniq | head -n 40
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
