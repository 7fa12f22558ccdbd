# lib_containerd.sh -- containerd with the runtime under test, and an image without a registry: to be
# sourced. $tested is the runtime's file; $image is busybox.
#
# shellcheck disable=SC2034 # names for whoever sources it
. "$ENGINES_HERE/lib.sh"

image=localhost/bb:latest
tested=$(command -v "$ENGINES_RUNTIME")
# What has no --runc-binary (ctr container create) or forgets it (1.6: beside --uidmap or --no-pivot)
# runs what is called runc: so that is the runtime under test too.
[ "$tested" = "$(command -v runc)" ] || ln -sf "$tested" /usr/local/sbin/runc

# oci_archive LAYER.tar IMAGE OUT.tar: an image of one layer as an OCI archive, which is a tar of JSON
# and blobs: no engine need be there to write one.
oci_archive() {
	place=$(mktemp -d "$ENGINES_ROOM/oci.XXXXXX")
	mkdir -p "$place/blobs/sha256"
	layer=$(blob "$1")
	cat >"$place/config" <<-END
		{"architecture": "amd64", "os": "linux",
		 "config": {"Env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"], "Cmd": ["sh"]},
		 "rootfs": {"type": "layers", "diff_ids": ["sha256:$layer"]}}
	END
	config=$(blob "$place/config")
	cat >"$place/manifest" <<-END
		{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
		 "config": {"mediaType": "application/vnd.oci.image.config.v1+json",
		  "digest": "sha256:$config", "size": $(stat -c %s "$place/config")},
		 "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar",
		  "digest": "sha256:$layer", "size": $(stat -c %s "$1")}]}
	END
	manifest=$(blob "$place/manifest")
	cat >"$place/index.json" <<-END
		{"schemaVersion": 2, "manifests": [{"digest": "sha256:$manifest",
		 "mediaType": "application/vnd.oci.image.manifest.v1+json",
		 "size": $(stat -c %s "$place/manifest"),
		 "annotations": {"io.containerd.image.name": "$2"}}]}
	END
	echo '{"imageLayoutVersion": "1.0.0"}' >"$place/oci-layout"
	tar -C "$place" -cf "$3" blobs index.json oci-layout
}

blob() { # blob FILE: into $place; prints its digest
	digest=$(sha256sum "$1" | cut -d' ' -f1)
	cp "$1" "$place/blobs/sha256/$digest"
	echo "$digest"
}

# begin_containerd: with the config on stdin. $daemon is its pid.
begin_containerd() {
	cat >"$ENGINES_ROOM/config.toml"
	containerd --config "$ENGINES_ROOM/config.toml" >"$ENGINES_ROOM/containerd.log" 2>&1 &
	daemon=$!
	soon "the daemon answers" ctr version
}
