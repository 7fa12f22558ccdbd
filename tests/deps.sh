# deps.sh -- installs what a build, the tests, guests or engines need: sh tests/deps.sh build|test|guest|engines
#
# Through apt on Debian and its kin; elsewhere it names the packages. Installs nothing that is there.
set -eu

build='gcc make pkg-config libc6-dev libseccomp-dev libcap-dev libjansson-dev libmnl-dev libsystemd-dev busybox-static'
tests="$build libcriterion-dev uidmap iproute2 procps runc patchelf"
guest="$tests mmdebstrap e2fsprogs kmod qemu-system-x86"
engines="$tests mmdebstrap podman buildah conmon containerd docker.io docker-compose skopeo netavark aardvark-dns
	containernetworking-plugins rootlesskit slirp4netns passt fuse-overlayfs iptables nftables bsdutils catatonit
	jq"
case ${1-build} in
test) wanted=$tests ;;
guest) wanted=$guest ;;
engines) wanted=$engines ;;
*) wanted=$build ;;
esac

if ! command -v dpkg-query >/dev/null; then
	if command -v cc >/dev/null && pkg-config --exists libseccomp libcap jansson libmnl libsystemd; then
		exit 0
	fi
	echo "caisson needs a C compiler, make, pkg-config, a static busybox and the headers of" >&2
	echo "libseccomp, libcap, jansson, libmnl and libsystemd (tests: criterion as well). For example:" >&2
	echo "  Fedora: dnf install gcc make pkgconf libseccomp-devel libcap-devel jansson-devel libmnl-devel systemd-devel busybox" >&2
	echo "  Arch:   pacman -S base-devel libseccomp libcap jansson libmnl systemd-libs busybox" >&2
	echo "  Alpine: apk add build-base pkgconf libseccomp-dev libcap-dev jansson-dev libmnl-dev elogind-dev busybox-static linux-headers" >&2
	exit 1
fi

missing=
for package in $wanted; do
	status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
	[ "$status" = installed ] || missing="$missing $package"
done
[ -z "$missing" ] && exit 0
if [ "$(id -u)" != 0 ]; then
	echo "please install (as root): apt-get install$missing" >&2
	exit 1
fi
echo "  APT   $missing"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
# Somebody else's apt-get is waited for: two work trees may be checked at the same time.
install() {
	# shellcheck disable=SC2086 # a list of words
	apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=600 $missing >"$log" 2>&1
}
install || { apt-get update -q >"$log" 2>&1 && install; } || { cat "$log" >&2; exit 1; }
rm -f "$log"
