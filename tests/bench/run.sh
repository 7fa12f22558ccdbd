#!/bin/sh
# run.sh -- what containers cost, next to crun, runc and the kernel's own floor.
#
#	tests/bench/run.sh			as root; wants busybox-static and cc; or: make bench
#	ROUNDS=100 APART_ROUNDS=60 APART_MS=100 CRUN=/path RUNC=/path CAISSON=./caisson make bench
#
# The container is the default one of `spec`, without terminal. Timed are `run` with /bin/true in it,
# ROUNDS times back to back, then APART_ROUNDS times APART_MS apart, as real starts are; and, back to
# back, what else an engine does: create + start + delete --force, exec, state and kill. The ratios
# are those to crun and to floor.c, which is what the kernel needs for such a container; bench.c says
# what the columns are.
#
# Everything happens in a private mount namespace with a cgroup2 of its own on /sys/fs/cgroup,
# because crun refuses hosts with both versions, and with the records on a tmpfs, as /run is. A
# runtime that is not installed is left out, and that is said. RUNC= leaves runc out, which takes
# most of the time.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ -z "${BUILD-}" ] || BUILD=$(realpath "$BUILD") && export BUILD
give_up() {
	echo "run.sh: $1" >&2
	exit 1
}
[ "$(id -u)" = 0 ] || give_up "containers with their cgroups are made by root"
busybox=$(command -v busybox) || give_up "no busybox in PATH: apt-get install busybox-static"
if [ "${BENCH_INSIDE-}" != yes ]; then
	BENCH_INSIDE=yes exec unshare --mount --propagation private sh "$here/run.sh" "$@"
fi

rounds=${ROUNDS:-100}
apart_rounds=${APART_ROUNDS:-60}
apart_ms=${APART_MS:-100}
crun=${CRUN-$(command -v crun || true)}
runc=${RUNC-$(command -v runc || true)}
caisson=$(realpath "${CAISSON-${BUILD:-$here/../..}/caisson}")
work=$(mktemp -d)
group=/sys/fs/cgroup/bench-$$

# Looks at each runtime: those that are there, peers first, since the others are compared with them.
runtimes=
look_at() { # name, path, the variable that names another
	if [ -x "$2" ]; then
		runtimes="$runtimes $1"
		echo "$1: $2, $("$2" --version | head -n 1)"
	else
		echo "$1: ${2:-not installed}${2:+ cannot be executed}, left out; $3=/path names another"
	fi
}
path_of() {
	case $1 in crun) echo "$crun" ;; runc) echo "$runc" ;; *) echo "$work/caisson" ;; esac
}
look_at crun "$crun" CRUN
look_at runc "$runc" RUNC
look_at caisson "$caisson" CAISSON
[ -n "$runtimes" ] || give_up "no runtime to measure"

clean() {
	for name in $runtimes; do
		"$(path_of "$name")" --root "$work/root" delete --force "lives-$name" 2> /dev/null || true
	done
	find "$group" -mindepth 1 -depth -type d -exec rmdir {} + 2> /dev/null || true
	rmdir "$group" || true
	umount "$work/root" || true
	rm -rf "$work"
}
umount -l /sys/fs/cgroup
mount -t cgroup2 none /sys/fs/cgroup
mkdir "$group"
trap clean EXIT

for tool in floor bench; do
	cp "${BUILD-}/tests/bench/$tool" "$work/$tool" 2> /dev/null ||
		${CC:-cc} -O2 -std=c17 -D_GNU_SOURCE -o "$work/$tool" "$here/$tool.c"
done
# As the peers, a file that was copied to its place: the linker's own output has its pages one by one.
[ ! -x "$caisson" ] || cp "$caisson" "$work/caisson"
mkdir -p "$work/rootfs/bin" "$work/rootfs/proc" "$work/rootfs/sys" "$work/rootfs/dev" "$work/root"
mount -t tmpfs none "$work/root"
cp "$busybox" "$work/rootfs/bin/busybox"
for word in sh true sleep; do
	ln -s busybox "$work/rootfs/bin/$word"
done

# A bundle $1 whose process is $2, a JSON list's inside.
bundle() {
	mkdir "$work/$1"
	cd "$work/$1"
	"$(path_of "${runtimes##* }")" spec
	sed -i -e 's/"terminal": *true/"terminal": false/' -e "s/^\\([ \\t]*\\)\"sh\"\$/\\1$2/" \
		-e "s|\"path\": *\"rootfs\"|\"path\": \"$work/rootfs\"|" config.json
}
bundle ends '"true"'
bundle lives '"sleep", "1000000"'

# A table: its title, rounds, pause in ms, what each runtime does (%r stands for it and its --root, %n
# for its name), and the floor's words if it has any. crun and the floor come first: they are what
# the others are compared with.
table() {
	title=$1 count=$2 pause=$3 words=$4 least=${5-} references=1
	set --
	for name in $runtimes; do
		if [ "$least" ] && [ "$name" != crun ]; then
			[ $# = 0 ] || references=2
			# shellcheck disable=SC2086 # words
			set -- "$@" -- floor $least
			least=
		fi
		runtime="$(path_of "$name") --root $work/root"
		# shellcheck disable=SC2046 # words
		set -- "$@" -- "$name" $(echo "$words" | sed -e "s|%r|$runtime|g" -e "s|%n|$name|g")
	done
	shift
	printf '\n%s, %s rounds\n' "$title" "$count"
	"$work/bench" -n "$count" -i "$pause" -r $references -- "$@"
}

# Who cannot run it at all is left out: crun before 1.10, say, refuses this ociVersion.
cd "$work/ends"
able=
for name in $runtimes; do
	if "$(path_of "$name")" --root "$work/root" run "tried-$name" < /dev/null > "$work/said" 2>&1; then
		able="$able $name"
	else
		echo "$name: cannot run the container, left out: $(tail -n 1 "$work/said")"
	fi
done
runtimes=$able
[ -n "$runtimes" ] || give_up "no runtime to measure"

floor="$work/floor $work/rootfs $group /bin/true"
table "run, back to back" "$rounds" 0 "%r run {}" "$floor"
table "run, $apart_ms ms apart" "$apart_rounds" "$apart_ms" "%r run {}" "$floor"

cd "$work/lives"
table "create, start, delete --force" "$apart_rounds" 0 \
	"%r create {} + %r start {} + %r delete --force {}"
for name in $runtimes; do
	"$(path_of "$name")" --root "$work/root" create "lives-$name" < /dev/null > /dev/null 2>&1
	"$(path_of "$name")" --root "$work/root" start "lives-$name"
done
table "exec" "$apart_rounds" 0 "%r exec lives-%n /bin/true"
table "state" "$apart_rounds" 0 "%r state lives-%n"
table "kill" "$apart_rounds" 0 "%r kill lives-%n CONT"
