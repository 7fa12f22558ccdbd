# cache.sh -- where what a guest is made of is kept, and when it is made anew; to be sourced.
#
# $guest_cache is $CAISSON_GUEST_CACHE, else a folder in the user's cache. Each part (kernel-uml,
# kernel-qemu, root) is a folder there with a file `recipe` in it: the hash of the scripts and words
# it was made by, written when the part is whole. Another hash, or none: it is made again.
#
# Does not know how any part is made: kernel.sh, root.sh.
guest_here=$(cd "$(dirname "$0")" && pwd)
guest_cache=${CAISSON_GUEST_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/caisson/guest}
guest_release=$(. /etc/os-release 2>/dev/null && echo "${VERSION_CODENAME:-}")

# The archive that this machine installs from.
guest_mirror() {
	apt-get indextargets --format '$(REPO_URI)' "Created-By: Packages" \
		"Codename: $guest_release" 2>/dev/null | head -n 1 | grep .
}

# cached PART RECIPE COMMAND...: makes the part by `COMMAND FOLDER` unless it is there. RECIPE is
# what else it depends on besides the script itself. Two at once wait for each other.
# For scripts that end at the first failure (set -e).
cached() {
	part=$guest_cache/$1
	recipe=$({ cat "$0" "$guest_here/cache.sh"; echo "$2"; } | sha256sum | cut -c 1-16)
	shift 2
	mkdir -p "$guest_cache"
	exec 9>"$part.lock"
	flock 9
	[ "$(cat "$part/recipe" 2>/dev/null)" = "$recipe" ] && return
	rm -rf "$part"
	mkdir "$part"
	"$@" "$part"
	echo "$recipe" >"$part/recipe"
}

# guest_initrd FOLDER: what a kernel unpacks before it has a disk, on stdout.
guest_initrd() {
	(cd "$1" && find . | busybox cpio -o -H newc 2>/dev/null | gzip -1)
}
