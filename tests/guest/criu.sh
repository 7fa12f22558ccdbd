# criu.sh -- prints the path of a criu that works on this kernel: sh tests/guest/criu.sh
#
# That of the host if it does. Else Debian's newest is put into the cache, downloaded and unpacked,
# not installed: with its own libc and libraries beside it, so that the host's do not matter. Where
# that cannot be done the reason is on stderr, and the status is 1.
set -eu
. "$(dirname "$0")/cache.sh"
. "$guest_here/packages.sh"

works() {
	"$1" check 2>&1
}

newer_of() {
	packages_program "$1" "$2" criu criu && works "$1/criu"
}

# Since 6.16 the kernel has no SO_PASSCRED for sockets of the internet: criu before 4.2 cannot save those.
newer() {
	newer_of "$1" sid || newer_of "$1" trixie
}

tell_why() {
	[ $? = 0 ] || echo "no criu works here, nor can a newer one be had: $(grep . "$log" | tail -n 1)" >&2
	rm -f "$log"
}

export PATH="$PATH:/usr/sbin:/sbin"
if works criu >/dev/null; then
	command -v criu
	exit
fi
log=$(mktemp)
trap tell_why EXIT
folder=$(cached criu "$(cat "$guest_here/packages.sh")" newer 2>"$log")
echo "$folder/criu"
