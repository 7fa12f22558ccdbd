# lib_podman.sh -- podman and buildah set up with what is shipped, and an image: to be sourced.
#
# The drop-in file is the one of docs/engines, as it is; what this machine needs besides is in a file
# of its own, and so is the choice of runc where that is tested. $image is busybox, without a
# registry; localhost/pause is for pods, which otherwise would fetch or build one.
. "$ENGINES_HERE/lib.sh"

image=localhost/bb
drop_in=/etc/containers/containers.conf.d
mkdir -p $drop_in
[ ! -e /usr/local/bin/caisson ] || cp /usr/local/share/caisson/engines/containers.conf $drop_in/caisson.conf
cat >$drop_in/machine.conf <<END
[containers]
# podman 4 raises them for root, which needs CAP_SYS_RESOURCE; not every machine's root has that.
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
infra_image = "localhost/pause"
infra_command = "/inside"
$([ -e /usr/local/bin/caisson ] || echo "runtime = \"$ENGINES_RUNTIME\"")
END
printf '{"default": [{"type": "insecureAcceptAnything"}]}\n' >/etc/containers/policy.json
# Of version 4, and only of that; it says so on every line otherwise.
export PODMAN_IGNORE_CGROUPSV1_WARNING=1

# make_archives FOLDER: what import_images takes.
make_archives() {
	busybox_image "$1/bb.tar"
	mkdir -p "$1/pause"
	cp "$ENGINES_HERE/inside" "$1/pause/"
	tar -C "$1/pause" -cf "$1/pause.tar" .
}

import_images() { # import_images FOLDER
	podman import -q -c 'CMD ["/bin/sh"]' -c 'ENV PATH=/usr/sbin:/usr/bin:/sbin:/bin' \
		"$1/bb.tar" $image && podman import -q -c 'ENTRYPOINT ["/inside"]' "$1/pause.tar" localhost/pause
}
