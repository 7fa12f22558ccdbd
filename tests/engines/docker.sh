# docker.sh -- docker on one machine, as its users have it: containers, their life and their limits.
#
# Run by world.sh. Networks, volumes, images and builds are docker_things.sh, many nodes swarm.sh.
. "$ENGINES_HERE/lib_docker.sh"

with dockerd --version
begin_docker
does "the daemon answers" test $answers = yes
does "import" import_image
prints "${ENGINES_RUNTIME##*/}" "info names the runtime" docker info -f '{{.DefaultRuntime}}'

# ---- run ------------------------------------------------------------------------------------
prints hi "run and its output" docker run --rm $image echo hi
ends 7 "the exit status" docker run --rm $image sh -c 'exit 7'
ends 125 "a mistake of the caller is 125" docker run --rm --memory 1 $image true
ends 126 "a program that cannot be run is 126" docker run --rm $image /etc/passwd
ends 126 "a directory is 126" docker run --rm $image /etc
ends 127 "a program that is not there is 127" docker run --rm $image /nothing
ends 127 "a name that is not in PATH is 127" docker run --rm $image nothing
ends 137 "killed is 137" docker run --rm --init $image sh -c 'kill -9 $$'
ends 143 "terminated is 143" docker run --rm --init $image sh -c 'kill -15 $$'
prints "not a tty" "no terminal unless asked for" sh -c "docker run --rm $image tty || true"
prints /dev/pts "run -it" on_a_terminal docker run --rm -it $image tty
prints "from stdin" "run -i" sh -c "echo from stdin | docker run --rm -i $image cat"
prints 1000 "run -u" docker run --rm -u user $image id -u
prints "groups=0(root),29" "run --group-add" docker run --rm --group-add 29 $image id
prints /tmp "run -w" docker run --rm -w /tmp $image pwd
prints /made "run -w makes the directory" docker run --rm -w /made $image pwd
prints set=1 "run -e" docker run --rm -e set=1 $image env
prints box "run --hostname" docker run --rm --hostname box $image hostname
prints docker-init "run --init" docker run --rm --init $image cat /proc/1/comm

# ---- a life -----------------------------------------------------------------------------------
does "run -d" docker run -d --name long $image \
	sh -c 'trap "echo caught" USR1; echo begun; while :; do sleep 0.1; done'
soon "logs" sh -c "docker logs long | grep begun"
prints sleep "top" docker top long
prints inside "exec" docker exec long echo inside
ends 5 "exec: the exit status" docker exec long sh -c 'exit 5'
ends 126 "exec: a program that cannot be run is 126" docker exec long /etc/passwd
fails "no such file or directory" "exec: a program that is not there" docker exec long /nothing
prints /dev/pts "exec -it" on_a_terminal docker exec -it long tty
prints "from stdin" "exec -i" sh -c "echo from stdin | docker exec -i long cat"
prints 1000 "exec -u" docker exec -u user long id -u
prints /tmp "exec -w" docker exec -w /tmp long pwd
prints set=2 "exec -e" docker exec -e set=2 long env
does "exec --privileged" docker exec --privileged long \
	sh -c '! grep -q "CapEff:	00000000a80425fb" /proc/self/status'
does "exec -d" docker exec -d long touch /there
soon "exec -d has run" docker exec long test -e /there
prints long "stats" docker stats --no-stream --format '{{.Name}}' long
does "pause" docker pause long
does "it is paused" of long '{{.State.Status}}' paused
ends 1 "no exec while it is paused" docker exec long true
does "unpause" docker unpause long
does "kill -s USR1" docker kill -s USR1 long
soon "it was caught" sh -c "docker logs long | grep caught"
does "cp in" docker cp /etc/passwd long:/copied
prints root "cp out" sh -c "docker cp long:/copied - | tar -xO"
prints "A /copied" "diff" docker diff long
does "rename" docker rename long longer
does "restart" docker restart -t 0 longer
does "stop" docker stop -t 0 longer
does "it has ended" of longer '{{.State.Status}} {{.State.ExitCode}}' "exited 137"
does "start" docker start longer
prints inside "exec after start" docker exec longer echo inside
does "kill" docker kill longer
does "rm" docker rm longer
prints two "create, start -a" sh -c "docker create --name two $image echo two && docker start -a two"
prints 0 "wait" docker wait two
does "rm, second" docker rm two
does "stop is TERM" docker run -d --name polite $image \
	sh -c 'trap "exit 3" TERM; while :; do sleep 0.1; done'
does "stop of it" docker stop polite
does "its status" of polite '{{.State.ExitCode}}' 3
does "rm -f" docker rm -f polite
does "a stop signal of its own" sh -c "docker run -d --name quits --stop-signal QUIT $image \
	sh -c 'trap \"exit 4\" QUIT; while :; do sleep 0.1; done' && docker stop quits"
does "its status, after QUIT" of quits '{{.State.ExitCode}}' 4

# ---- again and again ------------------------------------------------------------------------------
does "--restart on-failure" docker run -d --name failing --restart on-failure:2 $image false
soon "it was tried twice more" of failing '{{.RestartCount}} {{.State.Status}}' "2 exited"
does "--restart always" docker run -d --name always --restart always $image sleep 1000
does "--restart unless-stopped" docker run -d --name unless --restart unless-stopped $image \
	sleep 1000
does "their ends" sh -c "kill -9 \$(docker inspect -f '{{.State.Pid}}' always unless)"
soon "always is there again" of always '{{.RestartCount}} {{.State.Status}}' "1 running"
soon "unless-stopped is there again" of unless '{{.RestartCount}} {{.State.Status}}' "1 running"
does "a stop of unless-stopped" docker stop -t 0 unless
end_docker
begin_docker --live-restore
soon "always is there after the daemon's end" of always '{{.State.Status}}' running
does "unless-stopped is not" of unless '{{.State.Status}}' exited
kept=$(docker inspect -f '{{.State.Pid}}' always)
kill -9 "$daemon"
wait "$daemon" 2>/dev/null
begin_docker --live-restore
does "--live-restore: it outlives the daemon" of always '{{.State.Pid}}' "$kept"
prints inside "exec after that" docker exec always echo inside
does "rm -f of them" docker rm -f failing always unless quits

# ---- limits -------------------------------------------------------------------------------------
prints 67108864 "-m" docker run --rm -m 64m $image \
	sh -c "$(limit memory memory.limit_in_bytes memory.max)"
prints 100663296 "--memory-swap" docker run --rm -m 64m --memory-swap 96m $image \
	sh -c "cat /sys/fs/cgroup/memory/memory.memsw.limit_in_bytes ||
		echo \$((\$(cat /sys/fs/cgroup/memory.swap.max) + 67108864))"
prints 33554432 "--memory-reservation" docker run --rm --memory-reservation 32m $image \
	sh -c "$(limit memory memory.soft_limit_in_bytes memory.low)"
prints 50000 "--cpus" docker run --rm --cpus 0.5 $image \
	sh -c "$(limit cpu cpu.cfs_quota_us cpu.max)"
does "--cpu-shares" docker run --rm --cpu-shares 512 $image \
	sh -c "test \"\$($(limit cpu cpu.shares cpu.weight))\" != 100"
prints "Cpus_allowed_list:	0" "--cpuset-cpus" docker run --rm --cpuset-cpus 0 $image \
	grep Cpus_allowed_list: /proc/self/status
prints 77 "--pids-limit" docker run --rm --pids-limit 77 $image \
	sh -c "$(limit pids pids.max pids.max)"
disk=/dev/$(find /sys/block -name '[vs]d?' -o -name 'nvme*' -o -name loop0 | sed 's|.*/||' | tail -n 1)
prints 1048576 "--device-read-bps" docker run --rm --device-read-bps "$disk:1mb" $image \
	sh -c "$(limit blkio blkio.throttle.read_bps_device io.max)"
prints 33 "--ulimit" docker run --rm --ulimit nofile=33:33 $image sh -c 'ulimit -n'
prints 200 "--oom-score-adj" docker run --rm --oom-score-adj 200 $image cat /proc/self/oom_score_adj
prints 2048 "--shm-size" docker run --rm --shm-size 2m $image df -k /dev/shm
does "out of memory" sh -c "docker run --name hungry -m 16m --memory-swap 16m $image tail /dev/zero ||
	test \$? = 137"
does "it is known" of hungry '{{.State.OOMKilled}}' true
does "limited, for an update" docker run -d --name limited -m 64m $image sleep 1000
does "update" docker update -m 96m --memory-swap 96m --cpus 0.3 --pids-limit 55 limited
prints 100663296 "update: memory" docker exec limited \
	sh -c "$(limit memory memory.limit_in_bytes memory.max)"
prints 30000 "update: cpu" docker exec limited sh -c "$(limit cpu cpu.cfs_quota_us cpu.max)"
prints 55 "update: pids" docker exec limited sh -c "$(limit pids pids.max pids.max)"
does "update --restart" docker update --restart always limited
does "--cgroup-parent" docker run --rm --cgroup-parent /of/mine $image true
prints /docker/ "--cgroupns host" docker run --rm --cgroupns host $image cat /proc/self/cgroup
prints "0::/" "--cgroupns private" docker run --rm --cgroupns private $image cat /proc/self/cgroup
does "rm -f of the limited" docker rm -f limited hungry

# ---- confinement --------------------------------------------------------------------------------
ends 1 "--read-only" docker run --rm --read-only $image touch /there
does "--read-only with --tmpfs" docker run --rm --read-only --tmpfs /scratch:size=1m,exec $image \
	touch /scratch/there
prints 0000000000000000 "--cap-drop all" docker run --rm --cap-drop all $image \
	grep CapEff /proc/self/status
prints 0000000000000001 "--cap-add" docker run --rm --cap-drop all --cap-add chown $image \
	grep CapEff /proc/self/status
prints "NoNewPrivs:	1" "no-new-privileges" docker run --rm --security-opt no-new-privileges $image \
	grep NoNewPrivs /proc/self/status
prints "Seccomp:	2" "docker's seccomp profile" docker run --rm $image grep Seccomp: /proc/self/status
prints "Seccomp:	0" "seccomp=unconfined" docker run --rm --security-opt seccomp=unconfined $image \
	grep Seccomp: /proc/self/status
cat >"$ENGINES_ROOM/seccomp.json" <<END
{"defaultAction": "SCMP_ACT_ALLOW",
 "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1}]}
END
fails "Operation not permitted" "a seccomp profile" docker run --rm \
	--security-opt seccomp="$ENGINES_ROOM/seccomp.json" $image mkdir /tmp/new
does "--privileged" docker run --rm --privileged $image sh -c 'mount -t tmpfs none /tmp && test -b '"$disk"
does "not privileged" docker run --rm $image sh -c '! mount -t tmpfs none /tmp'
does "/proc/kcore is masked" docker run --rm $image sh -c '! test -s /proc/kcore'
does "systempaths=unconfined" docker run --rm --security-opt systempaths=unconfined $image \
	sh -c '! grep " /proc/kcore " /proc/self/mountinfo'
does "--device" docker run --rm --device /dev/fuse $image sh -c 'exec 3<>/dev/fuse'
does "--device by another name, read only" docker run --rm --device /dev/fuse:/dev/other:r $image \
	sh -c 'exec 3</dev/other; ! (exec 3<>/dev/other)'
does "no device unless asked for" docker run --rm $image \
	sh -c 'mknod /tmp/fuse c 10 229; ! (exec 3<>/tmp/fuse)'
does "--device-cgroup-rule" docker run --rm --device-cgroup-rule 'c 10:* rwm' $image \
	sh -c 'mknod /tmp/fuse c 10 229 && exec 3<>/tmp/fuse'
prints 1 "--sysctl" docker run --rm --sysctl net.ipv4.ip_forward=1 $image \
	cat /proc/sys/net/ipv4/ip_forward
does "--pid host" docker run --rm --pid host $image sh -c 'ps | grep -q dockerd'
does "--ipc host, --uts host" sh -c \
	"test \"\$(docker run --rm --ipc host --uts host $image hostname)\" = \"\$(hostname)\""
does "a container to join" docker run -d --name joined --ipc shareable $image sleep 1000
does "--pid, --ipc, --network container:" docker run --rm --pid container:joined \
	--ipc container:joined --network container:joined $image sh -c 'ps | grep "sleep 1000"'
does "--pid host, rm -f" sh -c "docker run -d --name free --pid host $image \
	sh -c 'sleep 2001 & exec sleep 2002' && docker rm -f free"
soon "nobody of it is left" sh -c '! pgrep -f "sleep 200[12]"'
does "rm -f of the joined" docker rm -f joined

# ---- health, many -------------------------------------------------------------------------------
does "--health-cmd" docker run -d --name well --health-cmd 'test -e /ok' --health-interval 1s \
	--health-retries 2 $image sleep 1000
soon "it is unhealthy" of well '{{.State.Health.Status}}' unhealthy
does "its cure" docker exec well touch /ok
soon "it is healthy" of well '{{.State.Health.Status}}' healthy
does "rm -f of it" docker rm -f well
does "fifty at once" at_once 50 "docker run --rm --network none $image true"
does "all are gone" sh -c 'test -z "$(docker ps -aq)"'
# Of a container: caisson's compiled seccomp profiles stay, in a folder whose name begins with a dot.
does "and of the runtime nothing is left" sh -c \
	'test -z "$(find /run/docker/runtime-* -mindepth 2 -maxdepth 2 ! -name ".*")"'

# ---- other ids ----------------------------------------------------------------------------------
end_docker
echo "user:100000:65536" | tee -a /etc/subuid >>/etc/subgid
useradd -M user 2>/dev/null || adduser -D user
begin_docker --userns-remap user
does "--userns-remap" test $answers = yes
does "import, remapped" import_image
prints "0     100000      65536" "the mapping" docker run --rm $image cat /proc/self/uid_map
does "run -d, remapped" docker run -d --name mapped -m 64m $image sleep 1000
prints "uid=0" "exec, remapped" docker exec mapped id
prints /dev/pts "exec -it, remapped" on_a_terminal docker exec -it mapped tty
does "update, remapped" docker update -m 96m --memory-swap 96m mapped
does "--userns host" docker run --rm --userns host $image sh -c 'grep 4294967295 /proc/self/uid_map'
does "rm -f, remapped" docker rm -f mapped
end_docker
