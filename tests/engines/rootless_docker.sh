# rootless_docker.sh -- docker of an ordinary user: rootlesskit, slirp4netns, her own daemon. Run by world.sh.
#
# dockerd-rootless.sh is Debian's, as it is. On cgroup v1 docker has no cgroups there (driver "none"):
# limits are passed over, by docker itself.
. "$ENGINES_HERE/lib_docker.sh"
. "$ENGINES_HERE/lib_user.sh"

begins=/usr/share/docker.io/contrib/dockerd-rootless.sh
[ -e $begins ] || cannot "this docker.io has no dockerd-rootless.sh"
command -v rootlesskit >/dev/null || cannot "no rootlesskit"
# Her own daemon.json, where it is looked for; root's is nobody's here.
mkdir -p $user_home/.config/docker
[ ! -e /etc/docker/daemon.json ] || mv /etc/docker/daemon.json $user_home/.config/docker/
chown -R anna:anna $user_home
# The client as hers, with what `docker context use rootless` says.
rm "$ENGINES_ROOM/bin/docker"
program docker <<END
#!/bin/sh
exec anna env DOCKER_HOST=unix://$user_runtime/docker.sock DOCKER_BUILDKIT=\$DOCKER_BUILDKIT \\
	DOCKER_CLI_HINTS=false /usr/bin/docker "\$@"
END

with dockerd --version
anna sh $begins >>"$ENGINES_ROOM/dockerd.log" 2>&1 &
# shellcheck disable=SC2034 # end_docker ends it
daemon=$!
await_docker
does "the daemon answers" test $answers = yes
[ $answers = yes ] || tail -n 20 "$ENGINES_ROOM/dockerd.log" >&2
does "import" import_image
prints rootless "info says rootless" docker info -f '{{.SecurityOptions}}'
prints "${ENGINES_RUNTIME##*/}" "info names the runtime" docker info -f '{{.DefaultRuntime}}'
prints overlay "its storage" docker info -f '{{.Driver}} {{.CgroupDriver}}'

# ---- run ------------------------------------------------------------------------------------
prints hi "run and its output" docker run --rm $image echo hi
ends 7 "the exit status" docker run --rm $image sh -c 'exit 7'
ends 126 "a program that cannot be run is 126" docker run --rm $image /etc/passwd
ends 127 "a program that is not there is 127" docker run --rm $image /nothing
ends 137 "killed is 137" docker run --rm --init $image sh -c 'kill -9 $$'
prints /dev/pts "run -it" on_a_terminal docker run --rm -it $image tty
prints "from stdin" "run -i" sh -c "echo from stdin | docker run --rm -i $image cat"
prints "0       1500          1" "root inside is she" docker run --rm $image cat /proc/self/uid_map
prints 1000 "run -u" docker run --rm -u user $image id -u
prints "groups=0(root),29" "run --group-add" docker run --rm --group-add 29 $image id
prints /made "run -w makes the directory" docker run --rm -w /made $image pwd
prints box "run --hostname" docker run --rm --hostname box $image hostname
prints docker-init "run --init" docker run --rm --init $image cat /proc/1/comm

# ---- a life -----------------------------------------------------------------------------------
does "run -d" docker run -d --name long $image \
	sh -c 'trap "echo caught" USR1; echo begun; while :; do sleep 0.1; done'
soon "logs" sh -c "docker logs long | grep begun"
prints 1500 "it is hers outside" sh -c \
	"stat -c %u \"/proc/\$(docker inspect -f '{{.State.Pid}}' long)\""
prints sleep "top" docker top long
prints inside "exec" docker exec long echo inside
ends 5 "exec: the exit status" docker exec long sh -c 'exit 5'
ends 126 "exec: a program that cannot be run is 126" docker exec long /etc/passwd
fails "no such file or directory" "exec: a program that is not there" docker exec long /nothing
prints /dev/pts "exec -it" on_a_terminal docker exec -it long tty
prints 1000 "exec -u" docker exec -u user long id -u
does "exec --privileged" docker exec --privileged long \
	sh -c '! grep -q "CapEff:	00000000a80425fb" /proc/self/status'
does "exec -d" docker exec -d long touch /there
soon "exec -d has run" docker exec long test -e /there
prints long "stats" docker stats --no-stream --format '{{.Name}}' long
does "pause, unpause" sh -c "docker pause long && docker unpause long"
does "kill -s USR1" docker kill -s USR1 long
soon "it was caught" sh -c "docker logs long | grep caught"
does "cp in" docker cp /etc/passwd long:/copied
prints "A /copied" "diff" docker diff long
does "restart" docker restart -t 0 long
does "stop" docker stop -t 0 long
does "it has ended" of long '{{.State.Status}} {{.State.ExitCode}}' "exited 137"
does "start" docker start long
prints inside "exec after start" docker exec long echo inside
does "kill" docker kill long
does "rm" docker rm long
does "--restart always" docker run -d --name always --restart always $image sh -c 'sleep 1; exit 1'
soon "it is there again" of always '{{ge .RestartCount 1}}' true
does "rm -f" docker rm -f always
does "update" sh -c "docker run -d --name updated $image sleep 1000 &&
	docker update --restart always updated && docker rm -f updated"
does "--health-cmd" docker run -d --name well --health-cmd true --health-interval 1s $image sleep 1000
soon "it is healthy" of well '{{.State.Health.Status}}' healthy
does "rm -f of it" docker rm -f well
does "ten at once" at_once 10 "docker run --rm --network none $image true"

# ---- limits and confinement -----------------------------------------------------------------------
does "a limit is passed over" docker run --rm -m 64m --cpus 0.5 --pids-limit 77 $image true
prints 33 "--ulimit" docker run --rm --ulimit nofile=33:33 $image sh -c 'ulimit -n'
prints 200 "--oom-score-adj" docker run --rm --oom-score-adj 200 $image cat /proc/self/oom_score_adj
prints 2048 "--shm-size" docker run --rm --shm-size 2m $image df -k /dev/shm
does "--cgroupns host" docker run --rm --cgroupns host $image cat /proc/self/cgroup
does "--cgroupns private" docker run --rm --cgroupns private $image cat /proc/self/cgroup
ends 1 "--read-only" docker run --rm --read-only $image touch /there
prints 0000000000000000 "--cap-drop all" docker run --rm --cap-drop all $image \
	grep CapEff /proc/self/status
prints "NoNewPrivs:	1" "no-new-privileges" docker run --rm --security-opt no-new-privileges $image \
	grep NoNewPrivs /proc/self/status
prints "Seccomp:	2" "docker's seccomp profile" docker run --rm $image grep Seccomp: /proc/self/status
does "--privileged" docker run --rm --privileged $image mount -t tmpfs none /tmp
does "not privileged" docker run --rm $image sh -c '! mount -t tmpfs none /tmp'
does "systempaths=unconfined" docker run --rm --security-opt systempaths=unconfined $image true
does "--device" docker run --rm --device /dev/fuse $image sh -c 'exec 3<>/dev/fuse'
prints 1 "--sysctl" docker run --rm --sysctl net.ipv4.ip_forward=1 $image \
	cat /proc/sys/net/ipv4/ip_forward
does "--pid host" docker run --rm --pid host $image sh -c 'ps | grep -q dockerd'
does "--ipc host" docker run --rm --ipc host $image true
does "--uts host" docker run --rm --uts host $image true
does "a container to join" docker run -d --name joined --ipc shareable $image sleep 1000
does "--pid, --ipc, --network container:" docker run --rm --pid container:joined \
	--ipc container:joined --network container:joined $image sh -c 'ps | grep "sleep 1000"'
does "rm -f of the joined" docker rm -f joined

# ---- files ------------------------------------------------------------------------------------------
anna mkdir -p data
does "-v" docker run --rm -v $user_home/data:/data $image touch /data/there
prints 1500 "what was written is hers" stat -c %u $user_home/data/there
prints 200999 "what another wrote is of her range" sh -c "docker run --rm -v $user_home/data:/data $image \
	sh -c 'touch /data/other && chown 1000 /data/other' && stat -c %u $user_home/data/other"
ends 1 "-v, read-only" docker run --rm -v $user_home/data:/data:ro $image touch /data/no
does "volume create" docker volume create kept
does "a volume" docker run --rm -v kept:/kept $image touch /kept/there
prints there "it is kept" docker run --rm -v kept:/kept $image ls /kept
does "--tmpfs" docker run --rm --tmpfs /scratch:size=1m $image touch /scratch/there

# ---- networks ---------------------------------------------------------------------------------------
does "--network none" docker run --rm --network none $image sh -c '! test -e /sys/class/net/eth0'
does "bridge" docker run --rm $image ping -c 1 -W 5 172.17.0.1
does "a published port" docker run -d --name web -p 127.0.0.1:8080:80 $image httpd -f -p 80 -h /var/www
soon "it answers from outside" sh -c 'busybox wget -q -O - http://127.0.0.1:8080/ | grep hello'
does "network create" docker network create mine
does "a server in it" docker run -d --name served --network mine $image httpd -f -p 80 -h /var/www
soon "it answers by name" docker run --rm --network mine $image wget -q -O - http://served/
does "--network host" docker run --rm --network host $image true
does "rm -f of the servers" docker rm -f web served

# ---- images -----------------------------------------------------------------------------------------
anna mkdir -p build
printf 'FROM %s\nRUN echo built >/built && test "$(id -u)" = 0\nUSER user\nRUN touch /tmp/there\nCMD ["cat", "/built"]\n' \
	$image | anna tee build/Dockerfile >/dev/null
does "build" docker build --network none --force-rm -q -t built $user_home/build
prints built "what was built runs" docker run --rm built
export DOCKER_BUILDKIT=1
does "BuildKit" docker build --network none --no-cache -q -t kit $user_home/build
export DOCKER_BUILDKIT=0
prints built "what BuildKit built runs" docker run --rm kit
does "commit" sh -c "docker run --name changed $image touch /changed && docker commit changed changed &&
	docker run --rm changed test -e /changed && docker rm changed"
does "all are gone" sh -c 'test -z "$(docker ps -aq)"'
does "and of the runtime nothing is left" sh -c \
	"test -z \"\$(find $user_runtime/docker/runtime-* -mindepth 2 -maxdepth 2 ! -name '.*')\""
end_docker
