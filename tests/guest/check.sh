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
with=
checkpoints='a_counter*|a_pre_dump*|memory_can*|cgroups_below*|leave_running*|*user_namespace*'
out=$build/tests/out/guest
rm -rf "$out" && mkdir -p "$out"

# What runs where: NAME SECONDS OPTIONS UNIT-SUITES RUN-SUITES BUNDLES. Suites about what only the
# machine with every controller has run there too, and no others: it is slow. Of the checkpoints (of
# which user-mode Linux has none) those that other hosts lack something for: cgroup v2 alone,
# MEM_SOFT_DIRTY for --pre-dump, CAP_SYS_RESOURCE for --lazy-pages. The bundles of tests/same are those that look at cgroups: the rest is as on the host. Emulated, runc takes too long
# for a container.
guests() {
	boot uml 1200 '' 'cgroup*/*' '*' \
		'cgroup* memory* cpu* pids* block_io* network* unified* resources_* device_rules* update*' &
	boot systemd 600 --systemd 'unit_*/*' '@(systemd|smoke|limits)/*' ''
	boot hybrid 600 --hybrid 'cgroup*/*' '@(systemd|smoke|limits)/*' ''
	boot qemu 1800 '--kernel qemu' '@(cgroup*|labels)/*' \
		"@(@(limit*|update|events|smoke|apparmor)/*|checkpoint*/@($checkpoints))" ''
	boot qemu_systemd 900 '--kernel qemu --systemd' 'unit_*/*' 'systemd/@(*limit*|*cpus*|*huge*|*update*|*controller*)' ''
	boot selinux 600 '--kernel qemu --selinux' 'labels/*' 'selinux/*' ''
	wait
}

boot() {
	mkdir -p "$out/$1"
	# shellcheck disable=SC2016,SC2086 # a script, and options that are words
	tests/guest/run --timeout "$2" $3 $with --results "$out/$1" \
		--console "$out/$1.console" -- sh -c '
		"$BUILD/tests/unit/unit" --filter "$1" --tap=/guest/results/unit.tap
		"$BUILD/tests/run/run" --filter "$2" --tap=/guest/results/run.tap
		echo $? >/guest/results/run.status
		set -f
		[ -z "$3" ] || "$BUILD/tests/same/same" $3 >/guest/results/same.tap' \
		sh "$4" "$5" "${RUNC:+$6}" >"$out/$1.log" 2>&1
	echo $? >"$out/$1.status"
}

# What containers are compared with. One from the cache has its libraries beside it.
find_runc() {
	RUNC=$(sh tests/guest/runc.sh 2>"$out/runc.log") ||
		echo "ok - same # SKIP there is no runc 1.3 or newer: $(grep . "$out/runc.log" | tail -n 1)"
	export RUNC
	add_folder "$RUNC"
}

# Or why there is none, which the tests say then.
find_criu() {
	CRIU=${CRIU-$(sh tests/guest/criu.sh 2>&1)}
	case $CRIU in
	"$guest_cache"/*) add_folder "$CRIU" ;;
	/*) CRIU="the host's criu has its libraries on the host" ;;
	esac
	export CRIU
}

add_folder() {
	case $1 in
	"$guest_cache"/*) with="$with --with ${1%/*}" ;;
	?*) with="$with --with $1" ;;
	esac
}

# Criterion calls what a filter leaves out skipped: it is neither here nor there.
report() {
	ended "$1" "$2" || return
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
	report_left "$out/$1" "$1"
	[ -z "$RUNC" ] || [ ! -e "$out/$1/same.tap" ] || report_same "$out/$1/same.tap" "$1"
}

# A plan ("1..20") is in each whole TAP.
ended() {
	grep -qE '^1\.\.[0-9]+' "$1" 2>/dev/null || {
		echo "not ok - $2: $(basename "$1" .tap) comes to its end"
		return 1
	}
}

# A test that leaves something behind is in no TAP: the program fails with every test passed.
report_left() {
	if [ "$(cat "$1/run.status")" = 0 ] || grep -q '^not ok' "$1/run.tap"; then return; fi
	echo "not ok - $2: nothing is left by its tests"
	grep -v '^ok' "$1.log" | tail -n 10 | sed 's/^/  /'
}

# What differs stands before its test there.
report_same() {
	ended "$1" "$2" || return
	sed -n "s/^\(ok\|not ok\) [0-9]* - /\1 - $2: same::/p" "$1"
	sed -n 's/^#  /  /p' "$1"
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
		find_runc
		find_criu
		guests
		for guest in uml systemd hybrid qemu qemu_systemd selinux; do
			report_guest $guest
		done
	fi
} | tee "$out/guest.tap"
[ "${2-}" != sum ] || {
	. tests/tap.sh
	tap_sum "$out/guest.tap"
}
