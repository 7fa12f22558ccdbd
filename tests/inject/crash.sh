#!/bin/sh
# crash.sh -- SIGKILL at many instants of a command, then one `delete --force`: what is left?
#
#	RUNTIME=./caisson tests/inject/crash.sh create [POINTS] [kill-root|kill-self|kill-tree]
#	RUNTIME=crun PURE=yes tests/inject/crash.sh run 40
#
# POINTS (40) evenly spaced system calls of the command are struck, each in a fresh start. After
# `delete --force` there must be no process, no cgroup, no mount, no file, and the id must be
# usable again. Prints what leaked and where; exit status 1 when anything did.
#
# As root. All happens in private pid and mount namespaces, so every other process, mount and file
# in /tmp, /run and /dev/shm found there is a leak. PURE=yes puts a cgroup2 on /sys/fs/cgroup, for
# runtimes that refuse hosts with both versions.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
if [ "${CRASH_INSIDE-}" != yes ]; then
	tool=$(mktemp)
	trap 'rm -f "$tool"' EXIT
	${CC:-cc} -O2 -std=c17 -D_GNU_SOURCE -o "$tool" "$here/inject.c" -lseccomp
	[ -x "${RUNTIME:=$here/../../caisson}" ] || RUNTIME=$(command -v "$RUNTIME")
	export RUNTIME
	CRASH_INSIDE=yes INJECT=$tool unshare --pid --fork --mount --propagation private \
		--kill-child --mount-proc "$here/crash.sh" "$@"
	exit
fi

verb=${1:-create}
points=${2:-40}
mode=${3:-kill-root}
runtime=$(realpath "$RUNTIME")
grace_s=10

# The tools come from /tmp, which is about to be hidden.
exec 3< "$INJECT"
mount -t tmpfs none /tmp
cp /proc/self/fd/3 /tmp/inject
exec 3<&-
chmod 755 /tmp/inject
mount -t tmpfs none /run
mount -t tmpfs none /dev/shm
[ "${PURE-}" != yes ] || mount -t cgroup2 none /sys/fs/cgroup
mkdir -p /tmp/bundle/rootfs/bin /tmp/bundle/rootfs/proc /tmp/bundle/rootfs/sys \
	/tmp/bundle/rootfs/dev /tmp/root
cp "$(command -v busybox)" /tmp/bundle/rootfs/bin/busybox
ln -s busybox /tmp/bundle/rootfs/bin/sleep
cd /tmp/bundle
"$runtime" spec
sed -i -e 's/"terminal": *true/"terminal": false/' -e 's/^\([ \t]*\)"sh"$/\1"sleep", "1"/' \
	config.json

runtime() {
	timeout -s KILL 60 "$runtime" --root /tmp/root "$@" < /dev/null > /dev/null 2>&1
}
# Living processes other than this script, which is the only one that runs a shell of the host.
shell=$(readlink /proc/1/exe)
processes() {
	for folder in /proc/[0-9]*; do
		read -r stat < "$folder/stat" || continue
		case ${stat##*) } in Z* | X*) continue ;; esac
		[ "$(readlink "$folder/exe")" = "$shell" ] || echo "${folder#/proc/}"
	done 2> /dev/null
}
cgroups() { find /sys/fs/cgroup -depth -type d -name "*$1*" 2> /dev/null; }
mounts() { cut -d' ' -f3- /proc/1/mountinfo; }
files() { find /tmp /run /dev/shm -path /tmp/bundle -prune -o -path /tmp/look -prune -o -print | sort; }

clear_away() {
	for pid in $(processes); do
		kill -KILL "$pid" 2> /dev/null || true
	done
	for group in $(cgroups "$1"); do
		rmdir "$group" 2> /dev/null || true
	done
	comm -13 /tmp/look/files /tmp/look/files.now | while read -r file; do
		umount -l "$file" 2> /dev/null || true
		rm -rf "$file"
	done
}

# Names what is left of container $1 after its deletion; nothing when all is well.
leaks() {
	deadline=$(($(date +%s) + 2))
	while [ -n "$(processes)" ] && [ "$(date +%s)" -le $deadline ]; do :; done
	[ -z "$(processes)" ] || printf ' process'
	[ -z "$(cgroups "$1")" ] || printf ' cgroup'
	mounts > /tmp/look/mounts.now
	cmp -s /tmp/look/mounts /tmp/look/mounts.now || printf ' mount'
	files > /tmp/look/files.now
	cmp -s /tmp/look/files /tmp/look/files.now || printf ' file'
}

# What one undisturbed life leaves in /tmp/root is the runtime's own affair (a cache).
runtime create warm-up && runtime delete --force warm-up
mkdir /tmp/look
/tmp/inject -o /tmp/look/report count -- "$runtime" --root /tmp/root "$verb" counted \
	< /dev/null > /dev/null 2>&1
runtime delete --force counted
read -r _ total < /tmp/look/report
mounts > /tmp/look/mounts
files > /tmp/look/files

bad=0
point=0
while [ $point -lt "$points" ]; do
	at=$((1 + point * (total - 1) / (points > 1 ? points - 1 : 1)))
	point=$((point + 1))
	id=crash-$point-x
	/tmp/inject -t $grace_s -o /tmp/look/report "$mode" $at -- "$runtime" --root /tmp/root \
		"$verb" $id < /dev/null > /dev/null 2>&1 || true
	read -r _ _ call _ < /tmp/look/report
	said=
	runtime delete --force $id || said=" (delete said $?)"
	found=$(leaks $id)
	again=
	if runtime create $id; then
		runtime delete --force $id || again=' undeletable'
	else
		again=' id-unusable'
	fi
	if [ -n "$found$again" ]; then
		bad=$((bad + 1))
		echo "$verb $mode at $at of $total, $call:$found$again$said"
	fi
	clear_away $id
done
echo "$(basename "$runtime") $verb $mode: $bad of $points points leak ($total calls)"
[ $bad = 0 ]
