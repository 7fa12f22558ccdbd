#!/bin/sh
# world.sh -- a place of its own for one engine: nothing it does is seen on the host.
#
#	world.sh SCRIPT RUNTIME		runs tests/engines/SCRIPT.sh there with that runtime
#
# Private are the mounts, the network (a loopback is all there is), the host name, /run, the engine's
# store and its configuration; shared are the programs and the cgroup trees. When the script ends, so
# does everything in it: it is the first process of a pid namespace.
#
# Does not install anything: ../deps.sh engines does.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

if [ "${3:-}" != inside ]; then
	exec unshare --mount --net --uts --pid --fork --kill-child --propagation private \
		"$here/world.sh" "$1" "$2" inside
fi
script=$1 runtime=$2

ip link set lo up
mount -t proc proc /proc
for place in /run /tmp /var/tmp /var/lib/containers /var/lib/containerd /var/lib/docker \
	/var/lib/cni /var/log /etc/containers /etc/cni/net.d; do
	mkdir -p "$place"
done
mkdir -p /run/engines
mount -t tmpfs -o mode=755 tmpfs /var/lib/containers
mount -t tmpfs -o mode=755 tmpfs /var/lib/containerd
mount -t tmpfs -o mode=755 tmpfs /var/lib/docker
mount -t tmpfs -o mode=755 tmpfs /var/lib/cni
mount -t tmpfs -o mode=755 tmpfs /var/log
mount -t tmpfs -o mode=1777 tmpfs /var/tmp
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/lock /run/netns /run/engines
# -v x:y:rshared and the networks' name space files want peers, though not the host's.
mount --make-rshared /

export ENGINES_RUNTIME="$runtime" ENGINES_ROOM=/run/engines ENGINES_HERE="$here"
export HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
cd /
exec sh "$here/$script.sh"
