# podman.sh -- podman as its users use it: a container's life, its limits, what confines it.
#
# Run by world.sh, as the other scripts of engines are.
. "$ENGINES_HERE/lib_podman.sh"

with podman --version
make_archives "$ENGINES_ROOM"
does "import" import_images "$ENGINES_ROOM"
prints "$(basename "$ENGINES_RUNTIME")" "info names the runtime" \
	podman info -f '{{.Host.OCIRuntime.Name}} {{.Host.OCIRuntime.Version}}'

# ---- run ------------------------------------------------------------------------------------
prints hi "run and its output" podman run --rm $image echo hi
ends 7 "the exit status" podman run --rm $image sh -c 'exit 7'
ends 127 "a program that is not there" podman run --rm $image /nothing
ends 127 "one that is nowhere in PATH" podman run --rm $image nothing
ends 126 "a program that cannot be run" podman run --rm $image /etc/passwd
ends 126 "a directory" podman run --rm $image /etc
fails "not a tty" "no terminal unless asked for" podman run --rm $image tty
prints /dev/pts "run -t" on_a_terminal podman run --rm -t $image tty
# podman tells the size once it is attached, which may be after the program began.
prints "24 80" "run -it, its size" on_a_terminal "stty rows 24 cols 80; podman run --rm -it $image \
	sh -c 'until stty size 2>/dev/null | grep -v \"^0 0\"; do sleep 0.1; done'"
prints "from stdin" "run -i" sh -c "echo from stdin | podman run --rm -i $image cat"
prints 1000 "another user" podman run --rm -u user $image id -u
prints "1000 7" "another user and group" podman run --rm -u 1000:7 $image sh -c 'echo $(id -u) $(id -g)'
prints 44 "--group-add" podman run --rm --group-add 44 $image id -G
prints /tmp "a working directory" podman run --rm -w /tmp $image pwd
prints set=1 "environment" podman run --rm -e set=1 $image env
prints box "a host name" podman run --rm --hostname box $image hostname
prints 0027 "--umask" podman run --rm --umask 0027 $image sh -c umask
ends 143 "terminated is 143" podman run --rm --init $image sh -c 'kill -15 $$'
prints init "--init is the first process" podman run --rm --init $image cat /proc/1/comm
prints preserved "--preserve-fds" sh -c "echo preserved >$ENGINES_ROOM/fd
	podman run --rm --preserve-fds 1 $image sh -c 'read line <&3; echo \$line' 3<$ENGINES_ROOM/fd"
prints "/bin" "--read-only and --entrypoint" podman run --rm --read-only --entrypoint ls $image -d /bin
ends 0 "--timeout" sh -c "! podman run --rm --timeout 1 $image sleep 1000"
prints hi "--log-driver none" podman run --rm --log-driver none $image echo hi
does "--cidfile, --pidfile" sh -c "podman run -d --name files --cidfile $ENGINES_ROOM/cid \
	--pidfile $ENGINES_ROOM/pid $image sleep 1000 && grep -q sleep /proc/\$(cat $ENGINES_ROOM/pid)/cmdline &&
	podman rm -f -t 0 \$(cat $ENGINES_ROOM/cid)"
does "--rootfs" podman run --rm --rootfs "$ENGINES_ROOM/busybox" true

# ---- a life -----------------------------------------------------------------------------------
does "run -d" podman run -d --name long $image sh -c 'echo begun; exec sleep 1000'
prints begun "logs" podman logs long
prints sleep "top" podman top long args
prints inside "exec" podman exec long echo inside
ends 5 "exec: the exit status" podman exec long sh -c 'exit 5'
ends 127 "exec: a program that is not there" podman exec long /nothing
ends 126 "exec: one that cannot be run" podman exec long /etc/passwd
prints /dev/pts "exec -t" on_a_terminal podman exec -t long tty
prints "from stdin" "exec -i" sh -c "echo from stdin | podman exec -i long cat"
prints 1000 "exec -u" podman exec -u user long id -u
prints set=1 "exec -e, -w" podman exec -e set=1 -w /tmp long env
prints CapEff "exec --privileged" podman exec --privileged long grep CapEff /proc/self/status
does "exec -d" podman exec -d long touch /tmp/there
soon "exec -d has run" podman exec long test -e /tmp/there
prints long "stats" podman stats --no-stream long
does "pause" podman pause long
prints paused "it is paused" podman inspect -f '{{.State.Status}}' long
fails improper "no exec while it is" podman exec long true
does "unpause" podman unpause long
does "kill -s URG is delivered" podman kill -s URG long
does "restart" podman restart -t 0 long
does "stop" podman stop -t 0 long
prints exited "it has ended" podman inspect -f '{{.State.Status}}' long
does "start" podman start long
prints inside "exec after start" podman exec long echo inside
does "cp into it" podman cp /etc/passwd long:/tmp/copied
prints copied "what was copied is there" podman exec long ls /tmp
does "cp out of it" podman cp long:/tmp/copied "$ENGINES_ROOM/copied"
does "mount, diff" sh -c "podman mount long && podman diff long | grep -q copied"
fails "" "its name is taken" podman create --name long $image true
does "rename" podman rename long other
does "rm -f" podman rm -f -t 0 other
does "create, start -a" sh -c "podman create --name two $image echo two && podman start -a two"
prints 0 "wait" podman wait two
does "rm" podman rm two
does "stop by signal, a trap in it" sh -c "podman run -d --name trap $image \
	sh -c 'trap \"exit 9\" TERM; while :; do sleep 0.1; done' && podman stop -t 20 trap"
prints 9 "its exit status" podman inspect -f '{{.State.ExitCode}}' trap
does "a restart policy" podman run -d --name again --restart on-failure:2 $image false
soon "it was started twice again" sh -c "podman inspect -f '{{.RestartCount}}' again | grep -q 2"
does "rm -af" podman rm -af -t 0
prints "got words" "attach" sh -c "podman run -d -i --name attached $image sh -c 'read line; echo got \$line' &&
	echo words | podman attach attached"
ends 137 "killed is 137" sh -c "podman run -d --name killed $image sleep 1000 && podman kill killed &&
	exit \$(podman wait killed)"
does "with a health check" podman run -d --name well --health-cmd 'test -e /etc/passwd' $image sleep 1000
does "healthcheck run" podman healthcheck run well
prints healthy "it is healthy" podman inspect -f '{{.State.Health.Status}}' well
does "rm -f of the healthy one" podman rm -f -t 0 well
perl -MSocket -e 'socket(S, PF_UNIX, SOCK_DGRAM, 0); bind(S, sockaddr_un($ARGV[0])); $| = 1;
	while (defined recv(S, $_, 4096, 0)) { print "$_\n" }' "$ENGINES_ROOM/notify" >"$ENGINES_ROOM/heard" &
listener=$!
does "--sdnotify container" env NOTIFY_SOCKET="$ENGINES_ROOM/notify" timeout 60 podman run -d \
	--name notifying --sdnotify container localhost/pause notify READY=1
soon "it was heard" grep -q READY=1 "$ENGINES_ROOM/heard"
does "rm -f of the notifying one" podman rm -f -t 0 notifying
kill $listener
does "fifty at once" at_once 50 "podman run --rm --network none $image true"

# ---- limits -------------------------------------------------------------------------------------
prints 67108864 "memory" podman run --rm -m 64m $image \
	sh -c "$(limit memory memory.limit_in_bytes memory.max)"
prints 33554432 "a memory reservation" podman run --rm --memory-reservation 32m $image \
	sh -c "$(limit memory memory.soft_limit_in_bytes memory.low)"
prints 50000 "cpus" podman run --rm --cpus 0.5 $image sh -c "$(limit cpu cpu.cfs_quota_us cpu.max)"
does "cpu shares" podman run --rm --cpu-shares 512 $image \
	sh -c "$(limit cpu cpu.shares cpu.weight) | grep -E '^(512|20|59)\$'"
prints 77 "pids" podman run --rm --pids-limit 77 $image sh -c "$(limit pids pids.max pids.max)"
fails "can't fork" "too many of them" podman run --rm --pids-limit 4 $image \
	sh -c 'for i in 1 2 3 4 5 6; do sleep 5 & done'
ends 137 "out of memory" podman run --name oom -m 32m --memory-swap 32m $image tail /dev/zero
prints true "inspect knows it" podman inspect -f '{{.State.OOMKilled}}' oom
prints "list:	0" "cpuset" podman run --rm --cpuset-cpus 0 $image grep Cpus_allowed_list /proc/self/status
does "block io" podman run --rm --device-read-bps /dev/vda:1mb $image true
does "limited, for an update" podman run -d --name limited -m 64m $image sleep 1000
does "update" podman update -m 96m --cpus 0.7 --cpuset-cpus 0 limited
prints 100663296 "the update is there" podman exec limited \
	sh -c "$(limit memory memory.limit_in_bytes memory.max)"
does "update while paused" sh -c "podman pause limited && podman update -m 128m limited && podman unpause limited"
does "rm -f of the limited" podman rm -f -t 0 limited
prints 33 "ulimit" podman run --rm --ulimit nofile=33:33 --ulimit nproc=4096 $image sh -c 'ulimit -n'
does "--cgroups=disabled" podman run --rm --cgroups=disabled $image true
does "--cgroups=no-conmon" podman run --rm --cgroups=no-conmon $image true
does "--cgroupns private" podman run --rm --cgroupns private $image true
does "--cgroup-parent" podman run --rm --cgroup-parent /parent $image true
prints 500 "--oom-score-adj" podman run --rm --oom-score-adj 500 $image cat /proc/self/oom_score_adj
prints 65536 "--shm-size" podman run --rm --shm-size 64m $image df -k /dev/shm

# ---- confinement --------------------------------------------------------------------------------
ends 1 "read-only" podman run --rm --read-only $image touch /there
prints "0000000000000000" "all capabilities dropped" podman run --rm --cap-drop all $image \
	grep CapEff /proc/self/status
prints "0000000000000400" "one of them added" podman run --rm --cap-drop all --cap-add net_bind_service \
	$image grep CapEff /proc/self/status
prints "NoNewPrivs:	1" "no new privileges" podman run --rm --security-opt no-new-privileges \
	$image grep NoNewPrivs /proc/self/status
cat >"$ENGINES_ROOM/seccomp.json" <<END
{"defaultAction": "SCMP_ACT_ALLOW",
 "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1}]}
END
ends 1 "a seccomp profile" podman run --rm \
	--security-opt seccomp="$ENGINES_ROOM/seccomp.json" $image mkdir /tmp/new
prints "Seccomp:	2" "the default profile" podman run --rm $image grep Seccomp: /proc/self/status
does "unconfined" podman run --rm --security-opt seccomp=unconfined $image mkdir /tmp/new
does "--security-opt mask, unmask" podman run --rm --security-opt mask=/etc/group \
	--security-opt unmask=/proc/kcore $image sh -c 'test ! -s /etc/group'
does "privileged" podman run --rm --privileged $image true
does "a device" podman run --rm --device /dev/fuse $image test -c /dev/fuse
does "a device by another name" podman run --rm --device /dev/fuse:/dev/other:r $image test -c /dev/other
does "--device-cgroup-rule" podman run --rm --device-cgroup-rule 'c 10:* rwm' $image true
prints "0          1        500" "a user namespace" podman run --rm --uidmap 0:1:500 $image \
	cat /proc/self/uid_map
printf 'containers:200000:1000000\n' | tee -a /etc/subuid >>/etc/subgid
prints 1024 "--userns auto" podman run --rm --userns auto:size=1024 $image cat /proc/self/uid_map
does "--userns auto, two at once" at_once 2 "podman run --rm --userns auto $image true"
does "an exec in a user namespace" sh -c "podman run -d --name mapped --uidmap 0:100000:5000 $image sleep 1000 &&
	podman exec mapped touch /etc/there && podman rm -f -t 0 mapped"
does "a user namespace of another container" sh -c "podman run -d --name owner --uidmap 0:100000:5000 \
	$image sleep 1000 && podman run --rm --userns container:owner $image true && podman rm -f -t 0 owner"
prints 1 "sysctl" podman run --rm --sysctl net.ipv4.ip_forward=1 $image cat /proc/sys/net/ipv4/ip_forward
does "the host's namespaces" podman run --rm --pid host --ipc host --uts host --network host $image true
does "--group-add keep-groups" podman run --rm --group-add keep-groups $image id -G
does "--personality" podman run --rm --personality LINUX32 $image true
does "a hook" sh -c "mkdir -p $ENGINES_ROOM/hooks; printf '#!/bin/sh\ncat >$ENGINES_ROOM/hooked\n' \
	>$ENGINES_ROOM/hook; chmod +x $ENGINES_ROOM/hook; echo '{\"version\": \"1.0.0\", \"hook\": {\"path\":
	\"$ENGINES_ROOM/hook\"}, \"when\": {\"always\": true}, \"stages\": [\"createRuntime\"]}' >$ENGINES_ROOM/hooks/a.json
	podman --hooks-dir $ENGINES_ROOM/hooks run --rm $image true && grep -q ociVersion $ENGINES_ROOM/hooked"

# ---- volumes --------------------------------------------------------------------------------------
data=$ENGINES_ROOM/data
mkdir -p "$data/below"
does "a bind mount" podman run --rm -v "$data:/data" $image touch /data/there
does "it was written to" test -e "$data/there"
ends 1 "a read-only one" podman run --rm -v "$data:/data:ro" $image touch /data/no
mount -t tmpfs tmpfs "$data/below"
does "rshared" podman run --rm --privileged -v "$data:/data:rshared" $image mount -t tmpfs tmpfs /data/below
does "noexec, nosuid, nodev" sh -c "podman run --rm -v $data:/data:noexec,nosuid,nodev $image \
	grep ' /data ' /proc/self/mounts | grep nosuid,nodev,noexec"
umount "$data/below"
does "a volume" sh -c "podman volume create v && podman run --rm -v v:/v $image touch /v/there"
prints there "it is kept" podman run --rm -v v:/v $image ls /v
does "a volume of the image's content" sh -c "podman run --rm -v w:/etc $image test -e /etc/passwd"
does "tmpfs" podman run --rm --tmpfs /scratch:size=1m $image touch /scratch/there
does "--mount type=tmpfs, with what is below" podman run --rm \
	--mount type=tmpfs,destination=/etc,tmpcopyup $image test -e /etc/passwd
does "a file" podman run --rm -v "$ENGINES_ROOM/seccomp.json:/etc/file:ro" $image test -s /etc/file
mkdir -m 755 "$ENGINES_ROOM/owned"
prints "0 0" "an idmapped volume" podman run --rm --uidmap 0:100000:5000 \
	-v "$ENGINES_ROOM/owned:/owned:idmap" $image stat -c '%u %g' /owned
does "a volume for the user (:U)" podman run --rm -u 1000 -v "$ENGINES_ROOM/owned:/owned:U" $image touch /owned/there
does "--volumes-from" sh -c "podman create --name from -v v:/v $image true &&
	podman run --rm --volumes-from from $image test -e /v/there && podman rm from"
prints secret "a secret" sh -c "echo secret | podman secret create s - &&
	podman run --rm --secret s $image cat /run/secrets/s"
does "an overlay volume (:O)" podman run --rm -v "$data:/data:O" $image touch /data/only-inside
does "--image-volume, --mount type=image" podman run --rm --mount type=image,source=$image,destination=/image \
	$image test -e /image/bin/busybox
does "all is gone" sh -c "podman rm -af -t 0 && test -z \"\$(podman ps -aq)\""
