# criu.sh -- prints the path of a criu that works on this kernel: sh tests/guest/criu.sh
#
# That of the host if it does. Else a newer release's is put into the cache, downloaded and unpacked,
# not installed: with its own libc and libraries beside it, so that the host's do not matter. Where
# that cannot be done the reason is on stderr, and the status is 1.
set -eu
. "$(dirname "$0")/cache.sh"
. "$guest_here/packages.sh"

release=trixie

works() {
	"$1" check 2>&1
}

newer() {
	packages_program "$1" $release criu criu
	works "$1/criu"
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
folder=$(cached criu "$release $(cat "$guest_here/packages.sh")" newer 2>"$log")
echo "$folder/criu"
