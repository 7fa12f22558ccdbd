#!/bin/sh
# run.sh -- how long one container's `run` takes, next to crun, runc and the kernel's own floor.
#
#	tests/bench/run.sh			as root; wants busybox-static and cc; or: make bench
#	ROUNDS=100 APART_ROUNDS=60 APART_MS=100 CRUN=/path RUNC=/path CAISSON=./caisson make bench
#
# The container is the default one of `spec`, without terminal, running /bin/true. Everything
# happens in a private mount namespace with a cgroup2 of its own on /sys/fs/cgroup, because crun
# refuses hosts with both versions, and with the records on a tmpfs, as /run is. Medians and minima
# of ROUNDS runs back to back, then of APART_ROUNDS runs APART_MS apart; bench.c says what the
# columns are. A runtime that is not installed is left out; the floor (floor.c) is always there.
# RUNC= leaves runc out, which takes most of the time.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ -z "${BUILD-}" ] || BUILD=$(realpath "$BUILD") && export BUILD
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
umount -l /sys/fs/cgroup
mount -t cgroup2 none /sys/fs/cgroup
mkdir "$group"
clean() {
	find "$group" -mindepth 1 -depth -type d -exec rmdir {} + 2>/dev/null || true
	rmdir "$group" || true
	umount "$work/root" || true
	rm -rf "$work"
}
trap clean EXIT

for tool in floor bench; do
	cp "${BUILD-}/tests/bench/$tool" "$work/$tool" 2> /dev/null ||
		${CC:-cc} -O2 -std=c17 -D_GNU_SOURCE -o "$work/$tool" "$here/$tool.c"
done
mkdir -p "$work/bundle/rootfs/bin" "$work/root"
mount -t tmpfs none "$work/root"
for folder in proc sys dev; do
	mkdir "$work/bundle/rootfs/$folder"
done
cp "$(command -v busybox)" "$work/bundle/rootfs/bin/busybox"
ln -s busybox "$work/bundle/rootfs/bin/true"
ln -s busybox "$work/bundle/rootfs/bin/sh"
cd "$work/bundle"
for maker in "$caisson" "$crun" "$runc"; do
	[ -x "$maker" ] && "$maker" spec && break
done
sed -i -e 's/"terminal": *true/"terminal": false/' -e 's/^\([ \t]*\)"sh"$/\1"true"/' config.json

# The peers first: they are what the others are compared with.
set --
[ -x "$crun" ] && set -- "$@" -- crun "$crun" --root "$work/root" run '{}'
set -- "$@" -- floor "$work/floor" "$work/bundle/rootfs" "$group" /bin/true
[ -x "$runc" ] && set -- "$@" -- runc "$runc" --root "$work/root" run '{}'
if [ -x "$caisson" ]; then
	set -- "$@" -- caisson "$caisson" --root "$work/root" run '{}'
else
	echo "run.sh: $caisson is not built: the peers alone" >&2
fi
[ -x "$crun" ] && references=2 || references=1
shift

echo "back to back, $rounds rounds"
"$work/bench" -n "$rounds" -r $references -- "$@"
echo
echo "$apart_ms ms apart, $apart_rounds rounds"
"$work/bench" -n "$apart_rounds" -i "$apart_ms" -r $references -- "$@"
