#!/bin/sh
# crash.sh -- SIGKILL at many instants of a command, then one `delete --force`: what is left?
#
#	sh tests/inject/crash.sh			create, run, start, exec, update, delete: as TAP
#	sh tests/inject/crash.sh pause resume kill
#	POINTS=400 MODE=kill-self sh tests/inject/crash.sh create
#	RUNTIME=crun PURE=yes sh tests/inject/crash.sh run
#
# POINTS (40) evenly spaced system calls of the command are struck, each in a fresh start, MODE
# (kill-root, kill-self, kill-tree: see inject.c). After `delete --force` there must be no process,
# no cgroup, no mount, no file, and the id must be usable again. Names what leaked and where.
#
# Not checkpoint and restore: criu traces what it saves, and a process has one tracer.
#
# As root. All happens in private pid and mount namespaces, so every other process, mount and file
# in /tmp, /run and /dev/shm found there is a leak. PURE=yes puts a cgroup2 on /sys/fs/cgroup, for
# runtimes that refuse hosts with both versions. The runtime is $RUNTIME, else $BUILD/caisson.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=${BUILD:-$here/../../build/release}
if [ "${CRASH_INSIDE-}" != yes ]; then
	if [ "$(id -u)" != 0 ]; then
		echo "ok 1 - a crash leaves nothing # SKIP only root can look"
		exit
	fi
	tool=$(mktemp)
	trap 'rm -f "$tool"' EXIT
	cp "$build/tests/inject/inject" "$tool" 2> /dev/null ||
		${CC:-cc} -O2 -std=c17 -D_GNU_SOURCE -o "$tool" "$here/inject.c" -lseccomp
	RUNTIME=${RUNTIME:-$build/caisson}
	RUNTIME=$(realpath "$(command -v "$RUNTIME")")
	export RUNTIME
	# A first process that does nothing but wait: it reaps all that is orphaned by a blow, as an
	# engine must. The end of a pid namespace waits for every zombie that came out of it.
	# shellcheck disable=SC2016 # for the inner shell
	CRASH_INSIDE=yes INJECT=$tool unshare --pid --fork --mount --propagation private \
		--kill-child --mount-proc sh -c 'sh "$0" "$@" & wait $!' "$here/crash.sh" "$@"
	exit
fi

points=${POINTS:-40}
mode=${MODE:-kill-root}
runtime=$RUNTIME
grace_s=10

# The tools come from /tmp, which is about to be hidden.
exec 3< "$INJECT" 4< "$runtime"
mount -t tmpfs none /tmp
cp /proc/self/fd/3 /tmp/inject
case $runtime in
/tmp/* | /run/*)
	cp /proc/self/fd/4 "/tmp/${runtime##*/}"
	runtime=/tmp/${runtime##*/}
	chmod 755 "$runtime"
	;;
esac
exec 3<&- 4<&-
chmod 755 /tmp/inject
mount -t tmpfs none /run
mount -t tmpfs none /dev/shm
if [ "${PURE-}" = yes ]; then
	umount -l /sys/fs/cgroup
	mount -t cgroup2 none /sys/fs/cgroup
fi
mkdir -p /tmp/bundle/rootfs/bin /tmp/bundle/rootfs/proc /tmp/bundle/rootfs/sys \
	/tmp/bundle/rootfs/dev /tmp/root /tmp/look
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

# ready VERB ID: the container that VERB is for.
ready() {
	case $1 in create | run) return ;; esac
	runtime create "$2" || return
	[ "$1" = start ] || runtime start "$2"
	[ "$1" != resume ] || runtime pause "$2"
}

# inject VERB ID WORDS...: the verb's command line under the tool.
inject() {
	verb=$1
	id=$2
	shift 2
	case $verb in
	exec) set -- "$@" -- "$runtime" --root /tmp/root exec "$id" sleep 0 ;;
	update) set -- "$@" -- "$runtime" --root /tmp/root update --pids-limit 50 --cpu-share 100 "$id" ;;
	kill) set -- "$@" -- "$runtime" --root /tmp/root kill "$id" KILL ;;
	delete) set -- "$@" -- "$runtime" --root /tmp/root delete --force "$id" ;;
	*) set -- "$@" -- "$runtime" --root /tmp/root "$verb" "$id" ;;
	esac
	/tmp/inject -t $grace_s -o /tmp/look/report "$@" < /dev/null > /dev/null 2>&1 || true
}

# strike VERB AT ID: one start, one blow, one deletion; what is wrong afterwards on one line.
strike() {
	ready "$1" "$3"
	inject "$1" "$3" "$mode" "$2"
	said=
	runtime delete --force "$3" || said=" (delete said $?)"
	found=$(leaks "$3")
	if runtime create "$3"; then
		runtime delete --force "$3" || found="$found undeletable"
	else
		found="$found id-unusable"
	fi
	clear_away "$3"
	[ -z "$found" ] || echo "$found$said"
}

# The name of the call that the last blow fell on.
call() {
	read -r _ _ call _ < /tmp/look/report
	echo "$call"
}

# suite NUMBER VERB
suite() {
	# It has to outlive what is done to it; the one that `run` waits for has not.
	case $2 in run) seconds=1 ;; *) seconds=1000 ;; esac
	sed -i "s/^\([ \t]*\)\"sleep\", \"[0-9]*\"$/\1\"sleep\", \"$seconds\"/" config.json
	ready "$2" counted
	inject "$2" counted count
	read -r _ total < /tmp/look/report
	runtime delete --force counted || true
	mounts > /tmp/look/mounts
	files > /tmp/look/files
	bad=0
	: > /tmp/look/bad
	point=0
	while [ $point -lt "$points" ]; do
		at=$((1 + point * (total - 1) / (points > 1 ? points - 1 : 1)))
		point=$((point + 1))
		wrong=$(strike "$2" $at "crash-$2-$point-x")
		[ -n "$wrong" ] || continue
		bad=$((bad + 1))
		echo "  $mode at call $at, $(call):$wrong" >> /tmp/look/bad
	done
	[ $bad = 0 ] && verdict=ok || verdict='not ok'
	echo "$verdict $1 - $2, $mode at $points of $total calls: $bad leave something"
	cat /tmp/look/bad
	[ $bad = 0 ]
}

# What one undisturbed life leaves in /tmp/root is the runtime's own affair (a cache).
runtime create warm-up && runtime delete --force warm-up
number=0
status=0
# shellcheck disable=SC2048 # words
for verb in ${*:-create run start exec update delete}; do
	number=$((number + 1))
	suite $number "$verb" || status=1
done
exit $status
