#!/bin/sh
# world.sh -- a place of its own for one engine: nothing it does is seen on the host.
#
#	world.sh SCRIPT RUNTIME [ROOT]	runs tests/engines/SCRIPT.sh there with that runtime
#
# RUNTIME is the file of a caisson, which is installed in the world with its drop-in files, or the
# name of a runtime the world has of its own (runc). The programs are this machine's, or those of
# another root file system ROOT (root.sh makes one). A file system in memory lies over them: whatever
# the script installs, configures or adds to /etc/passwd is seen by nobody else. Its own are as well
# the network (a loopback is all there is), the host name, /run, /tmp, /dev/shm, the engines' stores
# and a cgroup in each hierarchy, which it sees as the root: two worlds never meet. When the script
# ends, so does everything in it, and its cgroups are removed.
#
# $BUILD is the build whose test programs are used; $CRIO the folder of a crio and its pinns, $CRICTL the
# file of a crictl, where there are any. Does not install anything here: ../deps.sh engines does.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

hierarchies() {
	awk '$3 == "cgroup" || $3 == "cgroup2" { print $2 }' /proc/mounts
}

# ---- outside: the cgroups, and the namespaces ------------------------------------------------

make_cgroups() { # make_cgroups NAME
	for tree in $(hierarchies); do
		mkdir "$tree/$1"
		# On v1 a cpuset is empty until somebody fills it.
		for file in cpuset.cpus cpuset.mems; do
			[ ! -e "$tree/$1/$file" ] || cat "$tree/$file" >"$tree/$1/$file"
		done
	done
}

# The kernel lets go of a cgroup a moment after the last process in it ended.
remove_cgroups() {
	for tree in $(hierarchies); do
		tries=0
		until [ ! -e "$tree/$1" ] || [ $tries -gt 50 ]; do
			find "$tree/$1" -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.1
			tries=$((tries + 1))
		done
	done
}

enter() { # enter NAME ARGUMENTS...: this process goes into the cgroups and its namespaces
	name=$1
	shift
	for tree in $(hierarchies); do
		echo 0 >"$tree/$name/cgroup.procs"
	done
	exec unshare --mount --net --uts --ipc --cgroup --pid --fork --kill-child \
		--propagation private "$here/world.sh" inside "$name" "$@"
}

# ---- inside: what is seen ------------------------------------------------------------------

mount_system() { # mount_system ROOT
	mount -t proc proc "$1/proc"
	mount -t sysfs sysfs "$1/sys"
	# Nodes of its own, whose owners and modes it may change.
	mount -t tmpfs -o mode=755 tmpfs "$1/dev"
	cp -a --one-file-system /dev/. "$1/dev/"
	mkdir -p "$1/dev/pts" "$1/dev/shm" "$1/dev/mqueue"
	mount -t mqueue mqueue "$1/dev/mqueue"
	mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts "$1/dev/pts"
	for place in dev/shm tmp var/tmp; do
		mount -t tmpfs -o mode=1777 tmpfs "$1/$place"
	done
	# An overlay's upper layer cannot lie on an overlay.
	for place in run home var/lib/containers var/lib/containerd var/lib/docker; do
		mkdir -p "$1/$place"
		mount -t tmpfs -o mode=755 tmpfs "$1/$place"
	done
	mkdir -p "$1/run/lock" "$1/run/netns" "$1/run/engines"
}

mount_cgroups() { # mount_cgroups ROOT NAME
	if [ "$(hierarchies)" = /sys/fs/cgroup ]; then
		mount --bind "/sys/fs/cgroup/$2" "$1/sys/fs/cgroup"
		# Where processes are, v2 hands no controllers down.
		mkdir "$1/sys/fs/cgroup/script"
		echo $$ >"$1/sys/fs/cgroup/script/cgroup.procs"
		sed 's/^\| / +/g' "$1/sys/fs/cgroup/cgroup.controllers" >"$1/sys/fs/cgroup/cgroup.subtree_control"
		return
	fi
	mount -t tmpfs -o mode=755 tmpfs "$1/sys/fs/cgroup"
	for tree in $(hierarchies | grep '^/sys/fs/cgroup/'); do
		mkdir "$1$tree"
		mount --bind "$tree/$2" "$1$tree"
	done
}

install_runtime() { # install_runtime ROOT FILE
	[ -e "$2" ] || return 0
	mkdir -p "$1/usr/local/bin" "$1/usr/local/share/caisson"
	cp "$2" "$1/usr/local/bin/caisson"
	cp -r "$here/../../docs/engines" "$1/usr/local/share/caisson/"
}

# What no Debian has is brought from outside.
install_others() { # install_others ROOT
	for program in ${CRIO:+"$CRIO/crio" "$CRIO/pinns"} ${CRICTL:+"$CRICTL"}; do
		cp "$program" "$1/usr/local/bin/"
	done
}

inside() { # inside NAME SCRIPT RUNTIME [ROOT]
	room=/run/lock root=/run/lock/root
	ip link set lo up
	hostname world
	mount -t tmpfs tmpfs $room
	mkdir $room/upper $room/work $root
	mount -t overlay -o "lowerdir=${4:-/},upperdir=$room/upper,workdir=$room/work" overlay $root
	mount_system $root
	mount_cgroups $root "$1"
	install_runtime $root "$3"
	install_others $root
	cp -r "$here" $root/run/engines/tests
	cp "$here/../../$BUILD/tests/engines/inside" $root/run/engines/tests/
	runtime=$(basename "$3")
	[ "$runtime" != caisson ] || runtime=/usr/local/bin/caisson

	mkdir -p $root/run/old
	cd $root
	pivot_root . run/old
	umount -l /run/old
	# -v x:y:rshared and the networks' namespace files want peers, though not the host's.
	mount --make-rshared /
	# Whose parent ended gets one that waits for it: an engine asks whether a pid is still there.
	exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
		TERM=xterm LANG=C.UTF-8 ENGINES_RUNTIME="$runtime" ENGINES_ROOM=/run/engines \
		ENGINES_HERE=/run/engines/tests catatonit -- sh "/run/engines/tests/$2.sh"
}

if [ "$1" = inside ]; then
	shift
	inside "$@"
fi
name=engines-$$
trap 'remove_cgroups $name' EXIT
make_cgroups $name
(enter $name "$@") &
trap 'kill -s KILL $!' INT TERM
wait $!
