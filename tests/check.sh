# check.sh -- runs every test of a build: sh tests/check.sh build/release
#
# Each part writes TAP; what counts is added up at the end: N passed, N failed, N skipped.
set -u
. tests/tap.sh
build=$1
export BUILD="$build"
out=$build/tests/out
rm -rf "$out" && mkdir -p "$out"
failed_parts=0
# A criu that works on this kernel, or the reason why there is none.
CRIU=${CRIU-$(sh tests/guest/criu.sh 2>&1)}
export CRIU

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
# Their documents live as long as a test; and who cannot be dumped cannot be searched for leaks.
part run env ASAN_OPTIONS=detect_leaks=0 "$build/tests/run/run" --tap="$out/run.tap"
part same sh -c "$build/tests/same/same >$out/same.tap"
part guest sh -c "sh tests/guest/check.sh $build >$out/guest.tap"
part engines sh -c "sh tests/engines/check.sh $build short >$out/engines.tap"
part crash sh tests/inject/crash.sh
part readme sh tests/readme.sh
part install sh tests/install.sh

tap_sum "$out"/*.tap
