# runc.sh -- prints the path of a runc that is 1.3 or newer: sh tests/guest/runc.sh
#
# What it makes of limits on cgroup v2 is what engines have come to know: older ones have another
# formula for shares, and know neither burst nor idle. That of the host, or Debian's unstable one,
# from the cache: unpacked, not installed. Where that cannot be had the reason is on stderr, and the status is 1.
set -eu
. "$(dirname "$0")/cache.sh"
. "$guest_here/packages.sh"

release=sid

is_new() {
	"$1" --version 2>/dev/null | grep -qE '^runc version (1\.([3-9]|[1-9][0-9])|[2-9])'
}

newer() {
	packages_program "$1" $release runc runc && is_new "$1/runc"
}

export PATH="$PATH:/usr/sbin:/sbin"
if is_new runc; then
	command -v runc
	exit
fi
folder=$(cached runc "$release $(cat "$guest_here/packages.sh")" newer)
echo "$folder/runc"
