# containerd.sh -- containerd as users of `ctr` have it: its shim calls $ENGINES_RUNTIME.
#
# Run by world.sh. No registry: the image is an archive. CRI, which Kubernetes uses, is
# kubelet_containerd.sh.
. "$ENGINES_HERE/lib_containerd.sh"

tasks=/run/containerd/runc/default
program run <<END
#!/bin/sh
exec ctr run --runc-binary "$tested" "\$@"
END
# Every exec wants an id of its own.
program inside <<'END'
#!/bin/sh
exec ctr task exec --exec-id "exec-$$" "$@"
END
program is <<'END'
#!/bin/sh
# is STATUS TASK
ctr task ls | grep -q "^$2 .*$1"
END

with containerd --version
busybox_image "$ENGINES_ROOM/bb.tar"
oci_archive "$ENGINES_ROOM/bb.tar" $image "$ENGINES_ROOM/oci.tar"
begin_containerd <<END
version = 2
disabled_plugins = ["io.containerd.grpc.v1.cri"]
END
does "image import" ctr image import "$ENGINES_ROOM/oci.tar"

# ---- run ------------------------------------------------------------------------------------
prints hi "run and its output" run --rm $image r1 echo hi
ends 7 "run: the exit status" run --rm $image r3 sh -c 'exit 7'
fails 'exec: "/nothing": stat /nothing: no such file or directory' "run: a program that is not there" \
	run --rm $image r5 /nothing
fails 'exec: "/etc/passwd": permission denied' "run: a program that cannot be run" \
	run --rm $image r6 /etc/passwd
prints /dev/pts "run -t" on_a_terminal run --rm -t $image r7 tty
prints set=1 "run --env" run --rm --env set=1 $image r8 env
prints /tmp "run --cwd" run --rm --cwd /tmp $image r9 pwd
prints 1000 "run --user" run --rm --user 1000 $image r10 id -u
ends 1 "run --read-only" run --rm --read-only $image r11 touch /there
does "run --null-io" run --rm --null-io $image r12 echo nobody hears
does "run --net-host" run --rm --net-host $image r13 true
prints world "run --with-ns uts" run --rm --with-ns uts:/proc/1/ns/uts $image r14 hostname
does "run --pid-file" run --rm --pid-file "$ENGINES_ROOM/pid" $image r15 true
does "the pid is there" test -s "$ENGINES_ROOM/pid"
does "run --runc-root" run --rm --runc-root /run/elsewhere $image r16 true
does "run --no-pivot" run --rm --no-pivot --rootfs "$ENGINES_ROOM/busybox" r17 /bin/true
ends 4 "run --rootfs" run --rm --rootfs "$ENGINES_ROOM/busybox" r18 /bin/sh -c 'exit 4'
prints annotated "run --annotation" sh -c \
	"run --rm --annotation said=annotated $image r19 true && echo annotated"
does "run --rootfs-propagation" run --rm --rootfs-propagation rshared --privileged \
	--rootfs "$ENGINES_ROOM/busybox" r20 /bin/true

# ---- limits -----------------------------------------------------------------------------------
cgroup=type=cgroup,src=cgroup,dst=/sys/fs/cgroup,options=ro
prints 67108864 "run --memory-limit" run --rm --memory-limit 67108864 --mount $cgroup $image l1 \
	sh -c "$(limit memory memory.limit_in_bytes memory.max)"
prints 50000 "run --cpus" run --rm --cpus 0.5 --mount $cgroup $image l2 \
	sh -c "$(limit cpu cpu.cfs_quota_us cpu.max)"
prints 20000 "run --cpu-quota" run --rm --cpu-quota 20000 --cpu-period 100000 --mount $cgroup \
	$image l3 sh -c "$(limit cpu cpu.cfs_quota_us cpu.max)"
ends 137 "out of memory is 137" run --rm --memory-limit 16777216 $image l4 tail /dev/zero
prints /of/mine/l5 "run --cgroup" run --rm --cgroup /of/mine/l5 $image l5 cat /proc/1/cgroup

# ---- confinement ------------------------------------------------------------------------------
does "run --privileged" run --rm --privileged $image c1 sh -c 'mount -t tmpfs none /tmp'
ends 1 "not privileged" run --rm $image c2 mount -t tmpfs none /tmp
prints "Seccomp:	2" "run --seccomp" run --rm --seccomp $image c3 grep Seccomp: /proc/self/status
cat >"$ENGINES_ROOM/seccomp.json" <<END
{"defaultAction": "SCMP_ACT_ALLOW",
 "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1}]}
END
ends 1 "run --seccomp-profile" run --rm --seccomp --seccomp-profile "$ENGINES_ROOM/seccomp.json" \
	$image c4 mkdir /tmp/new
ends 1 "run --cap-drop" run --rm --cap-drop CAP_CHOWN $image c5 chown 1 /tmp
does "run --cap-add" run --rm --cap-add CAP_SYS_ADMIN $image c6 mount -t tmpfs none /tmp
prints "NoNewPrivs:	1" "no new privileges" run --rm $image c7 grep NoNewPrivs /proc/self/status
prints "NoNewPrivs:	0" "run --allow-new-privs" run --rm --allow-new-privs $image c8 \
	grep NoNewPrivs /proc/self/status
prints "0     100000       1000" "run --uidmap" run --rm --uidmap 0:100000:1000 \
	--gidmap 0:100000:1000 $image c9 cat /proc/self/uid_map
does "run --device" run --rm --device /dev/fuse $image c10 sh -c 'exec 3<>/dev/fuse'
ends 1 "no other device" run --rm --cap-add CAP_MKNOD $image c11 \
	sh -c 'mknod /tmp/fuse c 10 229; exec 3<>/tmp/fuse'
mkdir -p "$ENGINES_ROOM/data"
does "run --mount bind" run --rm --mount \
	"type=bind,src=$ENGINES_ROOM/data,dst=/data,options=rbind:rw" $image c12 touch /data/there
does "it was written to" test -e "$ENGINES_ROOM/data/there"
ends 1 "run --mount bind, read-only" run --rm --mount \
	"type=bind,src=$ENGINES_ROOM/data,dst=/data,options=rbind:ro" $image c13 touch /data/no

# ---- a task -----------------------------------------------------------------------------------
does "run -d" run -d --mount $cgroup $image long sh -c 'trap "exit 3" TERM; while :; do sleep 0.1; done'
does "task ls: running" is RUNNING long
prints long "the runtime knows it" "$tested" --root $tasks list -q
prints inside "task exec" inside long echo inside
ends 5 "task exec: the exit status" inside long sh -c 'exit 5'
fails 'exec: "/nothing": stat /nothing: no such file or directory' \
	"task exec: a program that is not there" inside long /nothing
prints /dev/pts "task exec -t" on_a_terminal inside -t long tty
does "task exec -d" inside -d long touch /tmp/there
soon "task exec -d has run" inside long test -e /tmp/there
prints 1000 "task exec --user" inside --user 1000 long id -u
prints /tmp "task exec --cwd" inside --cwd /tmp long pwd
prints PID "task ps" ctr task ps long
prints memory "task metrics" ctr task metrics long
does "task pause" ctr task pause long
does "task ls: paused" is PAUSED long
does "task resume" ctr task resume long
does "it runs again" is RUNNING long
does "task kill" ctr task kill long
soon "task ls: stopped" is STOPPED long
prints "exit code 3" "task delete gives its status" ctr task delete long
does "task start -d" ctr task start -d long
does "task kill --all" ctr task kill --all -s KILL long
soon "it has stopped again" is STOPPED long
prints "exit code 137" "task delete after KILL" ctr task delete long
does "container delete" ctr container delete long
prints two "container create, task start" sh -c \
	"ctr container create $image two echo two && ctr task start two && ctr container delete two"
does "a shared pid namespace" run -d --with-ns pid:/proc/1/ns/pid $image shared \
	sh -c 'sleep 1001 & exec sleep 1002'
does "kill --all there" ctr task kill --all -s KILL shared
soon "nobody is left there" sh -c '! pgrep -f "sleep 100[12]"'
does "its delete" sh -c "ctr task delete shared; ctr container delete shared"

# ---- checkpoints --------------------------------------------------------------------------------
program end <<'END'
#!/bin/sh
# end TASK: with its container
ctr task kill -s KILL "$1"
until is STOPPED "$1"; do sleep 0.1; done
ctr task delete "$1"
ctr container delete "$1"
END
does "run -d, to be checkpointed" run -d --null-io $image counter \
	sh -c 'i=0; while sleep 0.1; do i=$((i+1)); echo $i >/count; done'
soon "it counts" inside counter test -s /count
does "task checkpoint" ctr task checkpoint --image-path "$ENGINES_ROOM/images" \
	--work-path "$ENGINES_ROOM/work" counter
does "container checkpoint --task" ctr container checkpoint --rw --image --task counter \
	localhost/cp:latest
count=$(inside counter cat /count)
soon "it counts on" inside counter sh -c "test \$(cat /count) -gt ${count:-0}"
does "its end" end counter
does "container restore --live" ctr container restore --rw --live counter localhost/cp:latest
does "it runs again, restored" is RUNNING counter
# What it counts with is in its memory, and older than what it wrote last.
soon "it counts on from there" inside counter sh -c "test \$(cat /count) -gt $((${count:-0} + 1))"
does "the end of what was restored" end counter

# ---- many ---------------------------------------------------------------------------------------
does "fifty at once" at_once 50 "run --rm $image many\$i true"
does "nothing is left" sh -c 'test -z "$(ctr task ls -q)$(ctr container ls -q)"'
prints "0 left" "nothing is left of the runtime" sh -c "echo \$(ls $tasks 2>/dev/null | wc -l) left"
kill $daemon
