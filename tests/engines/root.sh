# root.sh -- a newer Debian for engines newer than this machine's: sh tests/engines/root.sh trixie
#
# Makes its root file system in the cache of the guests (../guest/cache.sh) and prints the folder.
# Nothing of it is installed here, nothing is ever written to it: world.sh lays a file system in
# memory over it. criu is in it because bookworm's does not know newer kernels.
set -eu
. "$(dirname "$0")/../guest/cache.sh"
# shellcheck disable=SC2034 # cached() asks for it
guest_here=$(cd "$(dirname "$0")/../guest" && pwd)
guest_cache=${guest_cache%/guest}/engines

packages="aardvark-dns bsdutils buildah busybox-static catatonit conmon containerd
	containernetworking-plugins criu crun docker-cli docker-compose docker.io fuse-overlayfs iproute2 iptables
	jq libcriu2 netavark nftables passt passwd podman procps rootlesskit runc skopeo slirp4netns uidmap"

root() {
	mmdebstrap --quiet --mode=root --variant=minbase --include="$(echo $packages | tr ' ' ,)" \
		--aptopt='Apt::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' \
		--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		"$1" "$2/root" "$(guest_mirror)"
}

part=$(cached "$1" "$packages" root "$1")
echo "$part/root"
