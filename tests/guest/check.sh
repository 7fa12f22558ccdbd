# check.sh -- the tests that want another host, in guests: sh tests/guest/check.sh build/release [sum]
#
# TAP on stdout, each test named after its guest; with "sum" the closing line of tests/tap.sh as well.
# Where guests cannot be made (no root, no packages to be had, a machine on which user-mode Linux
# does not boot) that is one skipped test with the reason. A guest that could be made and then does
# not run its tests to their end is a failed one, with the ends of its output and its console.
set -u
. "$(dirname "$0")/cache.sh"
cd "$guest_here/../.." || exit 1
build=$1
export BUILD="$build"
out=$build/tests/out/guest
rm -rf "$out" && mkdir -p "$out"

# What runs where: NAME SECONDS OPTIONS UNIT-SUITES RUN-SUITES. Suites about what only the machine
# with every controller has run there too, and no others: it is slow.
guests() {
	boot uml 1200 '' 'cgroup*/*' '*' &
	boot systemd 600 --systemd 'unit_*/*' '@(systemd|smoke|limits)/*'
	boot hybrid 600 --hybrid 'cgroup*/*' '@(systemd|smoke|limits)/*'
	boot qemu 900 '--kernel qemu' 'cgroup*/*' '@(limit*|smoke)/*'
	wait
}

boot() {
	mkdir -p "$out/$1"
	# shellcheck disable=SC2086 # options are words
	tests/guest/run --timeout "$2" $3 --results "$out/$1" --console "$out/$1.console" -- sh -c '
		"$BUILD/tests/unit/unit" --filter "$1" --tap=/guest/results/unit.tap
		"$BUILD/tests/run/run" --filter "$2" --tap=/guest/results/run.tap' sh "$4" "$5" \
		>"$out/$1.log" 2>&1
	echo $? >"$out/$1.status"
}

# Criterion calls what a filter leaves out skipped: it is neither here nor there.
report() {
	grep -v '# SKIP test was skipped$' "$1" | sed -n "s/^\(ok\|not ok\) - /\1 - $2: /p; /^  /p"
}

report_guest() {
	status=$(cat "$out/$1.status")
	if [ "$status" != 0 ] && [ ! -e "$out/$1/run.tap" ]; then
		echo "not ok - $1: the guest runs its tests to their end"
		tail -n 30 "$out/$1.log" | sed 's/^/  /'
		return
	fi
	echo "ok - $1: the guest runs its tests to their end"
	report "$out/$1/unit.tap" "$1"
	report "$out/$1/run.tap" "$1"
}

# Succeeds with the reason on stdout when there can be no guests here.
cannot() {
	mkdir -p "$guest_cache"
	if [ "$(id -u)" != 0 ]; then
		echo "root is needed, for packages and an image"
	elif [ "$(uname -m)" != x86_64 ] || [ -z "$guest_release" ] || ! command -v apt-get >/dev/null; then
		echo "only Debian on x86_64 has the packages"
	elif [ "$(df -Pk "$guest_cache" | awk 'NR == 2 { print $4 }')" -lt 3000000 ]; then
		echo "3 GB are needed in $guest_cache"
	elif ! prepare >"$out/prepare.log" 2>&1; then
		echo "cannot be made: $(grep . "$out/prepare.log" | tail -n 1)"
	else
		return 1
	fi
}

prepare() {
	sh tests/deps.sh guest && sh tests/guest/kernel.sh uml &&
		sh tests/guest/kernel.sh qemu && sh tests/guest/root.sh
}

{
	if reason=$(cannot); then
		echo "ok - guests # SKIP $reason"
	else
		guests
		for guest in uml systemd hybrid qemu; do
			report_guest $guest
		done
	fi
} | tee "$out/guest.tap"
[ "${2-}" != sum ] || {
	. tests/tap.sh
	tap_sum "$out/guest.tap"
}
