# cache.sh -- where what a guest is made of is kept, and when it is made anew; to be sourced.
#
# $guest_cache is $CAISSON_GUEST_CACHE, else a folder in the user's cache. Each part is a folder there,
# named NAME-HASH, of the scripts and words it was made by: other work trees may have others. A file
# `whole` in it says that it is; without that it is made again. A part nobody used for a week goes.
#
# Does not know how any part is made: kernel.sh, root.sh, which print where theirs is.
guest_here=$(cd "$(dirname "$0")" && pwd)
guest_cache=${CAISSON_GUEST_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/caisson/guest}
guest_release=$(. /etc/os-release 2>/dev/null && echo "${VERSION_CODENAME:-}")

# The archive that this machine installs from. apt must have its lists (apt-get update).
guest_mirror() {
	apt-get indextargets --format '$(REPO_URI)' "Created-By: Packages" \
		"Codename: $guest_release" 2>/dev/null | head -n 1 | grep . || {
		echo "apt knows no archive of $guest_release: apt-get update" >&2
		return 1
	}
}

# cached NAME WORDS COMMAND...: makes the part by `COMMAND FOLDER` unless it is there, and prints the
# folder. WORDS are what it depends on besides the script. Two at once wait for each other. For
# scripts that end at the first failure (set -e).
cached() {
	part=$guest_cache/$1-$({ cat "$0" "$guest_here/cache.sh"; echo "$2"; } | sha256sum | cut -c 1-8)
	mkdir -p "$guest_cache"
	exec 9>"$guest_cache/$1.lock"
	flock 9
	if [ ! -e "$part/whole" ]; then
		find "$guest_cache" -path "*/$1-*/whole" -mtime +7 | while read -r old; do
			rm -rf "${old%/whole}"
		done
		shift 2
		rm -rf "$part"
		mkdir "$part"
		"$@" "$part" >&2
	fi
	touch "$part/whole"
	echo "$part"
}

# guest_initrd FOLDER: what a kernel unpacks before it has a disk, on stdout.
guest_initrd() {
	(cd "$1" && find . | busybox cpio -o -H newc 2>/dev/null | gzip -1)
}
