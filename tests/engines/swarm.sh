# swarm.sh -- docker's swarm on one node: services, their updates, secrets and stacks.
#
# Run by world.sh. Which runtime a service has cannot be said: it is the daemon's default. Services
# are found by DNS (dnsrr) and by the host's ports, since virtual addresses need IPVS in the kernel.
. "$ENGINES_HERE/lib_docker.sh"

# replicas SERVICE N: so many tasks of it run, and those that were to end have ended.
program replicas <<'END'
#!/bin/sh
running=$(docker service ps --filter desired-state=running --format '{{.CurrentState}}' "$1" |
	grep -c ^Running)
[ "$running" = "$2" ] && [ "$(docker ps -q --filter "name=^$1\." | wc -l)" = "$2" ]
END
program inside <<'END'
#!/bin/sh
# inside SERVICE COMMAND...: in one of its containers
service=$1
shift
exec docker exec "$(docker ps -q --filter "name=^$service\.1\." | head -n 1)" "$@"
END
# What a service's containers run now, each once.
program commands <<'END'
#!/bin/sh
docker ps -q --filter "name=^$1\." | xargs docker inspect -f '{{.Config.Cmd}}' | sort -u
END

with dockerd --version
begin_docker
does "the daemon answers" test $answers = yes
does "import" import_image
does "swarm init" docker swarm init --advertise-addr 127.0.0.1
prints Leader "node ls" docker node ls
does "an overlay network" docker network create -d overlay --attachable over

# ---- a service ----------------------------------------------------------------------------------
service() { # service NAME [option...] IMAGE COMMAND...
	name=$1
	shift
	docker service create -d --no-resolve-image --name "$name" "$@"
}
does "service create --replicas 3" service web --replicas 3 --network over --endpoint-mode dnsrr \
	--update-delay 0s --update-parallelism 1 --stop-grace-period 1s \
	$image httpd -f -p 80 -h /var/www
soon "three run" replicas web 3
prints "${ENGINES_RUNTIME##*/}" "with the default runtime" sh -c \
	"docker inspect -f '{{.HostConfig.Runtime}}' \$(docker ps -q | head -n 1)"
soon "they are found by name" docker run --rm --network over $image \
	sh -c 'test "$(nslookup tasks.web 2>/dev/null | grep -c "^Address.*10\.")" = 3'
soon "they answer by name" docker run --rm --network over $image wget -q -O - http://web/
does "service scale" docker service scale -d web=5
soon "five run" replicas web 5
does "service scale, down" docker service scale -d web=2
soon "two run" replicas web 2
does "a task's death" sh -c "kill -9 \$(docker inspect -f '{{.State.Pid}}' \
	\$(docker ps -q --filter 'name=^web\.' | head -n 1))"
soon "another takes its place" sh -c "docker service ps web | grep -q Failed && replicas web 2"
does "service update" docker service update -d --no-resolve-image --args "sleep 1001" web
soon "all are the new ones" sh -c "test \"\$(commands web)\" = '[sleep 1001]' && replicas web 2"
does "service rollback" docker service rollback -d web
soon "all are the old ones" sh -c "test \"\$(commands web)\" = '[httpd -f -p 80 -h /var/www]' &&
	replicas web 2"
does "service rm" docker service rm web

# ---- what a service may have --------------------------------------------------------------------
does "secret create" sh -c "echo hush | docker secret create key -"
does "config create" sh -c "echo set | docker config create conf -"
does "a confined service" service tight --limit-memory 64m --limit-cpu 0.5 --limit-pids 44 \
	--cap-drop ALL --read-only --init --user 1000 --secret key --config source=conf,target=/conf \
	--health-cmd true --health-interval 1s --mount type=tmpfs,dst=/scratch --restart-condition any \
	$image sleep 1000
soon "it runs" replicas tight 1
prints 67108864 "its memory" inside tight sh -c "$(limit memory memory.limit_in_bytes memory.max)"
prints 50000 "its cpu" inside tight sh -c "$(limit cpu cpu.cfs_quota_us cpu.max)"
prints 44 "its pids" inside tight sh -c "$(limit pids pids.max pids.max)"
prints 0000000000000000 "its capabilities" inside tight grep CapEff /proc/self/status
ends 1 "its root is read-only" inside tight touch /there
prints hush "its secret" inside tight cat /run/secrets/key
prints set "its config" inside tight cat /conf
does "its limits, updated" docker service update -d --no-resolve-image --limit-memory 96m tight
soon "they are the new ones" sh -c \
	"inside tight sh -c '$(limit memory memory.limit_in_bytes memory.max)' | grep 100663296"
does "a port of the host" service shown --publish mode=host,target=80,published=8081 \
	$image httpd -f -p 80 -h /var/www
soon "it answers there" sh -c 'busybox wget -q -O - http://127.0.0.1:8081/ | grep hello'
does "a service on every node" service everywhere --mode global $image sleep 1000
soon "it runs on this one" replicas everywhere 1
prints hello "service logs" sh -c "docker service create -d --no-resolve-image --name says --restart-condition none \
	$image echo hello >/dev/null; for try in \$(seq 50); do docker service logs says 2>/dev/null | grep hello && break
	sleep 0.2; done"
does "service rm, all" docker service rm tight shown everywhere says

# ---- a stack ----------------------------------------------------------------------------------------
cat >"$ENGINES_ROOM/stack.yml" <<END
version: "3.8"
services:
  web:
    image: $image
    command: httpd -f -p 80 -h /var/www
    deploy: { replicas: 2, endpoint_mode: dnsrr, resources: { limits: { memory: 32M } } }
    secrets: [word]
  asks:
    image: $image
    command: sh -c 'until wget -q -O - http://web/; do sleep 0.2; done; exec sleep 1000'
    deploy: { endpoint_mode: dnsrr }
secrets: { word: { file: $ENGINES_ROOM/word } }
END
echo word >"$ENGINES_ROOM/word"
does "stack deploy" docker stack deploy --resolve-image never -c "$ENGINES_ROOM/stack.yml" pile
soon "both of one run" replicas pile_web 2
soon "the other has found them" sh -c 'docker service logs pile_asks 2>/dev/null | grep hello'
prints word "its secret, in the stack" inside pile_web cat /run/secrets/word
does "stack rm" docker stack rm pile
does "swarm leave" docker swarm leave --force
soon "all are gone" sh -c 'test -z "$(docker ps -q)"'
end_docker
