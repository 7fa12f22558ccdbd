#!/bin/sh
# containerd.sh -- containerd as `ctr` users use it: its shim calls $ENGINES_RUNTIME.
#
# Run by world.sh. No registry: the image is imported as an OCI archive.
. "$ENGINES_HERE/lib.sh"

mkdir -p "$ENGINES_ROOM/etc"
cat >"$ENGINES_ROOM/config.toml" <<END
version = 2
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.snapshotter.v1.btrfs",
	"io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs"]
END
with containerd --version
containerd --config "$ENGINES_ROOM/config.toml" >"$ENGINES_ROOM/containerd.log" 2>&1 &
daemon=$!
image=localhost/bb:latest

ctr_run() { # ctr_run [option...] image id command...
	ctr run --runc-binary "$ENGINES_RUNTIME" "$@"
}
# An OCI archive is a tar of JSON and layers: written here, since no other engine need be there.
oci_archive() { # oci_archive LAYER.tar OUT.tar
	place=$ENGINES_ROOM/oci
	mkdir -p "$place/blobs/sha256"
	put() { # put FILE: prints its digest
		digest=$(sha256sum "$1" | cut -d' ' -f1)
		cp "$1" "$place/blobs/sha256/$digest"
		echo "$digest"
	}
	layer=$(put "$1")
	printf '{"architecture":"amd64","os":"linux","config":{"Env":["PATH=/bin"],"Cmd":["sh"]},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
		"$layer" >"$ENGINES_ROOM/image.json"
	config=$(put "$ENGINES_ROOM/image.json")
	printf '{"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:%s","size":%s},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"sha256:%s","size":%s}]}' \
		"$config" "$(stat -c %s "$ENGINES_ROOM/image.json")" "$layer" "$(stat -c %s "$1")" \
		>"$ENGINES_ROOM/manifest.json"
	manifest=$(put "$ENGINES_ROOM/manifest.json")
	printf '{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:%s","size":%s,"annotations":{"io.containerd.image.name":"%s"}}]}' \
		"$manifest" "$(stat -c %s "$ENGINES_ROOM/manifest.json")" "$image" >"$place/index.json"
	echo '{"imageLayoutVersion":"1.0.0"}' >"$place/oci-layout"
	tar -C "$place" -cf "$2" .
}

busybox_image "$ENGINES_ROOM/bb.tar"
oci_archive "$ENGINES_ROOM/bb.tar" "$ENGINES_ROOM/oci.tar"
soon "the daemon answers" ctr version
does "image import" ctr image import "$ENGINES_ROOM/oci.tar"

# ---- run ------------------------------------------------------------------------------------
prints hi "run and its output" ctr_run --rm $image r1 echo hi
ends 7 "the exit status" ctr_run --rm $image r2 sh -c 'exit 7'
ends 1 "a program that is not there" ctr_run --rm $image r3 /nothing
prints "no such file or directory" "and its words" sh -c \
	"ctr run --runc-binary '$ENGINES_RUNTIME' --rm $image r4 /nothing 2>&1 || true"
prints /dev/pts "a terminal" on_a_terminal ctr run --runc-binary "$ENGINES_RUNTIME" --rm -t \
	$image r5 tty
prints set=1 "environment" ctr_run --rm --env set=1 $image r6 env
prints /tmp "a working directory" ctr_run --rm --cwd /tmp $image r7 pwd
prints 1000 "another user" ctr_run --rm --user 1000 $image r8 id -u
ends 1 "read-only" ctr_run --rm --read-only $image r9 touch /there
does "privileged" ctr_run --rm --privileged $image r10 true
does "the host's network" ctr_run --rm --net-host $image r11 true
prints 67108864 "memory" ctr_run --rm --memory-limit 67108864 \
	--mount type=cgroup,src=cgroup,dst=/sys/fs/cgroup,options=ro $image r12 \
	sh -c "$(limit memory memory.limit_in_bytes memory.max)"
does "seccomp" ctr_run --rm --seccomp $image r13 true
does "a user namespace" ctr_run --rm --uidmap 0:100000:1000 --gidmap 0:100000:1000 $image r14 true
mkdir -p "$ENGINES_ROOM/data"
does "a bind mount" ctr_run --rm \
	--mount "type=bind,src=$ENGINES_ROOM/data,dst=/data,options=rbind:rw" $image r15 \
	touch /data/there
does "it was written to" test -e "$ENGINES_ROOM/data/there"
does "a device" ctr_run --rm --device /dev/fuse $image r16 test -c /dev/fuse
does "an apparmor-less, no-pivot-less start by rootfs" ctr_run --rm --rootfs \
	"$ENGINES_ROOM/busybox" r17 /bin/true

# ---- a task -------------------------------------------------------------------------------------
does "run -d" ctr_run -d $image task sleep 1000
prints RUNNING "task ls" ctr task ls
prints inside "task exec" ctr task exec --exec-id e1 task echo inside
ends 5 "task exec: the exit status" ctr task exec --exec-id e2 task sh -c 'exit 5'
prints /dev/pts "task exec -t" on_a_terminal ctr task exec -t --exec-id e3 task tty
does "task exec -d" ctr task exec -d --exec-id e4 task touch /tmp/there
soon "it has run" ctr task exec --exec-id e5 task test -e /tmp/there
prints PID "task ps" ctr task ps task
prints memory "task metrics" ctr task metrics task
does "task pause" ctr task pause task
prints PAUSED "it is paused" ctr task ls
does "task resume" ctr task resume task
prints RUNNING "it runs" ctr task ls
does "task kill" ctr task kill -s KILL task
soon "it has stopped" sh -c "ctr task ls | grep -q STOPPED"
does "task delete" sh -c "ctr task delete task; ! ctr task ls | grep -q task"
does "task start" ctr task start -d task
does "task kill --all" ctr task kill -a -s KILL task
soon "it has stopped again" sh -c "ctr task ls | grep -q STOPPED"
does "container delete" sh -c "ctr task delete task; ctr container delete task"
does "create, start" sh -c "ctr container create --runc-binary '$ENGINES_RUNTIME' $image two echo two &&
	ctr task start two && ctr container delete two"
does "twenty at once" at_once 20 "ctr run --runc-binary $ENGINES_RUNTIME --rm $image many\$i true"
does "nothing is left" sh -c "test -z \"\$(ctr task ls -q)\" && test -z \"\$(ctr container ls -q)\""
kill $daemon
