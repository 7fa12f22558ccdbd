#!/bin/sh
# podman.sh -- podman and buildah as their users use them, with $ENGINES_RUNTIME as the runtime.
#
# Run by world.sh. No registry: the image is imported.
. "$ENGINES_HERE/lib.sh"

cat >"$ENGINES_ROOM/containers.conf" <<END
[containers]
# Raising limits needs CAP_SYS_RESOURCE, which not every host's root has.
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
[engine]
runtime = "tested"
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime_supports_json = ["tested"]
runtime_supports_nocgroups = ["tested"]
[engine.runtimes]
tested = ["$ENGINES_RUNTIME"]
END
printf '{"default": [{"type": "insecureAcceptAnything"}]}\n' >"$ENGINES_ROOM/policy.json"
mkdir -p /etc/containers
mount --bind "$ENGINES_ROOM" /etc/containers
export CONTAINERS_CONF=$ENGINES_ROOM/containers.conf
image=localhost/bb

# Limits as the kernel has them: v1 or v2.
limit() { # limit CONTROLLER V1-FILE V2-FILE: from inside
	printf 'cat /sys/fs/cgroup/%s/%s 2>/dev/null || cat /sys/fs/cgroup/%s' "$1" "$2" "$3"
}

busybox_image "$ENGINES_ROOM/bb.tar"
does "import" podman import -c 'CMD ["/bin/sh"]' \
	-c 'ENV PATH=/usr/sbin:/usr/bin:/sbin:/bin' "$ENGINES_ROOM/bb.tar" $image
prints tested "info names the runtime" podman info

# ---- run ------------------------------------------------------------------------------------
prints hi "run and its output" podman run --rm $image echo hi
ends 7 "the exit status" podman run --rm $image sh -c 'exit 7'
ends 127 "a program that is not there" podman run --rm $image /nothing
ends 126 "a program that cannot be run" podman run --rm $image /etc/passwd
prints "not a tty" "no terminal unless asked for" podman run --rm $image tty
prints /dev/pts "a terminal" on_a_terminal podman run --rm -t $image tty
prints "from stdin" "stdin" sh -c "echo from stdin | podman run --rm -i $image cat"
prints 1000 "another user" podman run --rm -u user $image id -u
prints /tmp "a working directory" podman run --rm -w /tmp $image pwd
prints set=1 "environment" podman run --rm -e set=1 $image env
prints box "a host name" podman run --rm --hostname box $image hostname
ends 137 "killed is 137" podman run --rm $image sh -c 'kill -9 $$'
ends 143 "terminated is 143" podman run --rm --init $image sh -c 'kill -15 $$'

# ---- a life -----------------------------------------------------------------------------------
does "run -d" podman run -d --name long $image sh -c 'echo begun; exec sleep 1000'
prints begun "logs" podman logs long
prints sleep "top" podman top long args
prints inside "exec" podman exec long echo inside
ends 5 "exec: the exit status" podman exec long sh -c 'exit 5'
ends 127 "exec: a program that is not there" podman exec long /nothing
prints /dev/pts "exec -t" on_a_terminal podman exec -t long tty
prints 1000 "exec -u" podman exec -u user long id -u
does "exec -d" podman exec -d long touch /tmp/there
soon "exec -d has run" podman exec long test -e /tmp/there
prints long "stats" podman stats --no-stream long
does "pause" podman pause long
prints paused "it is paused" podman inspect -f '{{.State.Status}}' long
does "unpause" podman unpause long
does "kill -s USR1 is delivered" podman kill -s URG long
does "restart" podman restart -t 0 long
does "stop" podman stop -t 0 long
prints exited "it has ended" podman inspect -f '{{.State.Status}}' long
does "start" podman start long
prints inside "exec after start" podman exec long echo inside
does "cp in" podman cp /etc/passwd long:/tmp/copied
does "rm -f" podman rm -f -t 0 long
does "create, start -a" sh -c "podman create --name two $image echo two && podman start -a two"
ends 0 "wait" podman wait two
does "rm" podman rm two

# ---- limits -------------------------------------------------------------------------------------
prints 67108864 "memory" podman run --rm -m 64m $image \
	sh -c "$(limit memory memory.limit_in_bytes memory.max)"
prints 50000 "cpus" podman run --rm --cpus 0.5 $image \
	sh -c "$(limit cpu cpu.cfs_quota_us cpu.max)"
prints 77 "pids" podman run --rm --pids-limit 77 $image \
	sh -c "$(limit pids pids.max pids.max)"
ends 137 "out of memory" podman run --rm -m 32m --memory-swap 32m $image \
	sh -c 'tail /dev/zero'
prints 0 "cpuset" podman run --rm --cpuset-cpus 0 $image \
	sh -c 'grep Cpus_allowed_list /proc/self/status'
does "limited, for an update" podman run -d --name limited -m 64m $image sleep 1000
does "update" podman update -m 96m limited
prints 100663296 "the update is there" podman exec limited \
	sh -c "$(limit memory memory.limit_in_bytes memory.max)"
does "rm -f of it" podman rm -f -t 0 limited
does "no cgroups at all" podman run --rm --cgroups=disabled $image true

# ---- confinement --------------------------------------------------------------------------------
ends 1 "read-only" podman run --rm --read-only $image touch /there
prints "0000000000000000" "all capabilities dropped" podman run --rm --cap-drop all $image \
	grep CapEff /proc/self/status
prints "NoNewPrivs:	1" "no new privileges" podman run --rm --security-opt no-new-privileges \
	$image grep NoNewPrivs /proc/self/status
cat >"$ENGINES_ROOM/seccomp.json" <<END
{"defaultAction": "SCMP_ACT_ALLOW",
 "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1}]}
END
ends 1 "a seccomp profile" podman run --rm \
	--security-opt seccomp="$ENGINES_ROOM/seccomp.json" $image mkdir /tmp/new
does "unconfined" podman run --rm --security-opt seccomp=unconfined $image mkdir /tmp/new
does "privileged" podman run --rm --privileged $image true
does "a device" podman run --rm --device /dev/fuse $image test -c /dev/fuse
prints "0          1        500" "a user namespace" podman run --rm --uidmap 0:1:500 $image \
	cat /proc/self/uid_map
prints 33 "ulimit" podman run --rm --ulimit nofile=33:33 $image sh -c 'ulimit -n'
prints 1 "sysctl" podman run --rm --sysctl net.ipv4.ip_forward=1 $image \
	cat /proc/sys/net/ipv4/ip_forward
does "the host's namespaces" podman run --rm --pid host --ipc host --uts host --network host \
	$image true

# ---- volumes --------------------------------------------------------------------------------------
mkdir -p "$ENGINES_ROOM/data"
does "a bind mount" podman run --rm -v "$ENGINES_ROOM/data:/data" $image touch /data/there
does "it was written to" test -e "$ENGINES_ROOM/data/there"
ends 1 "a read-only one" podman run --rm -v "$ENGINES_ROOM/data:/data:ro" $image touch /data/no
does "a volume" sh -c "podman volume create v && podman run --rm -v v:/v $image touch /v/there"
prints there "it is kept" podman run --rm -v v:/v $image ls /v
does "tmpfs" podman run --rm --tmpfs /scratch:size=1m $image touch /scratch/there

# ---- health, network, pods -------------------------------------------------------------------------
does "with a health check" podman run -d --name well --health-cmd 'test -e /etc/passwd' \
	$image sleep 1000
does "healthcheck run" podman healthcheck run well
does "rm -f of it" podman rm -f -t 0 well
prints lo "no network" podman run --rm --network none $image ip link
does "a network of its own" podman network create net
does "a server in it" podman run -d --name web --network net $image httpd -f -p 80 -h /var/www
address=$(podman inspect -f '{{.NetworkSettings.Networks.net.IPAddress}}' web 2>/dev/null)
soon "it answers another container" podman run --rm --network net $image \
	wget -q -O - "http://$address/"
does "rm -f of it" podman rm -f -t 0 web

cat >"$ENGINES_ROOM/pause.c" <<END
#include <unistd.h>
int main(void) { for (;;) pause(); }
END
mkdir -p "$ENGINES_ROOM/pause"
cc -static -O -o "$ENGINES_ROOM/pause/pause" "$ENGINES_ROOM/pause.c"
tar -C "$ENGINES_ROOM/pause" -cf "$ENGINES_ROOM/pause.tar" .
podman import -c 'ENTRYPOINT ["/pause"]' "$ENGINES_ROOM/pause.tar" localhost/pause >/dev/null 2>&1
does "a pod" podman pod create --name pod --infra-image localhost/pause --infra-command /pause
does "a container in it" podman run -d --pod pod --name podded $image sleep 1000
prints podded "pod ps" podman ps --pod
does "generate kube" podman generate kube pod -f "$ENGINES_ROOM/generated.yaml"
does "pod stop" podman pod stop -t 0 pod
does "pod rm" podman pod rm -f pod
cat >"$ENGINES_ROOM/kube.yaml" <<END
apiVersion: v1
kind: Pod
metadata: { name: kube }
spec:
  restartPolicy: Never
  containers:
  - name: one
    image: $image:latest
    imagePullPolicy: Never
    command: ["sleep", "1000"]
    resources: { limits: { memory: 64Mi, cpu: 500m } }
    securityContext:
      readOnlyRootFilesystem: true
      runAsUser: 1000
      capabilities: { drop: ["ALL"] }
    volumeMounts: [{ name: empty, mountPath: /empty }]
  volumes: [{ name: empty, emptyDir: {} }]
END
printf '[engine]\ninfra_image = "localhost/pause"\ninfra_command = "/pause"\n' \
	>"$ENGINES_ROOM/infra.conf"
sed -i 's|^cgroup_manager|infra_image = "localhost/pause"\ninfra_command = "/pause"\n&|' \
	"$CONTAINERS_CONF"
does "play kube" podman play kube --network none "$ENGINES_ROOM/kube.yaml"
prints 1000 "its user" podman exec kube-one id -u
does "play kube --down" podman play kube --down "$ENGINES_ROOM/kube.yaml"

# ---- many, and images ---------------------------------------------------------------------------------
ends 0 "twenty at once" sh -c "for i in \$(seq 20); do podman run --rm --network none $image true &
	pids=\"\$pids \$!\"; done; for pid in \$pids; do wait \$pid || exit 1; done"
does "commit" sh -c "podman run --name changed $image touch /changed &&
	podman commit changed localhost/changed && podman run --rm localhost/changed test -e /changed"
mkdir -p "$ENGINES_ROOM/build"
printf 'FROM %s\nRUN echo built > /built\nRUN --mount=type=tmpfs,target=/scratch touch /scratch/x\nUSER user\nCMD ["cat", "/built"]\n' \
	$image >"$ENGINES_ROOM/build/Containerfile"
does "build" podman build --network none -t localhost/built "$ENGINES_ROOM/build"
prints built "what was built runs" podman run --rm localhost/built
does "buildah bud" buildah --runtime "$ENGINES_RUNTIME" bud --network none --isolation oci \
	-t localhost/bud "$ENGINES_ROOM/build"
prints from "buildah from, run" sh -c "id=\$(buildah from $image) &&
	buildah run --network none --isolation oci --runtime '$ENGINES_RUNTIME' \$id echo from"
does "system: all is gone" sh -c "podman rm -af -t 0 && test -z \"\$(podman ps -aq)\""
