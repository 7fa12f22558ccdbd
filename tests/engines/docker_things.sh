# docker_things.sh -- what docker makes besides containers: networks, volumes, images, builds, projects.
#
# Run by world.sh. The containers themselves are docker.sh.
. "$ENGINES_HERE/lib_docker.sh"

with dockerd --version
begin_docker
does "the daemon answers" test $answers = yes
does "import" import_image

# ---- networks -----------------------------------------------------------------------------------
prints "lo" "--network none" docker run --rm --network none $image ls /sys/class/net
does "nothing else in it" docker run --rm --network none $image sh -c '! test -e /sys/class/net/eth0'
does "--network host" docker run --rm --network host $image test -e /sys/class/net/docker0
does "bridge" docker run --rm $image ping -c 1 -W 5 172.17.0.1
does "a published port" docker run -d --name web -p 127.0.0.1:8080:80 $image httpd -f -p 80 -h /var/www
soon "it answers from outside" sh -c 'busybox wget -q -O - http://127.0.0.1:8080/ | grep hello'
prints 127.0.0.1:8080 "port" docker port web
does "network create" docker network create --subnet 10.9.0.0/24 mine
does "a server in it" docker run -d --name served --network mine --ip 10.9.0.7 \
	--network-alias other $image httpd -f -p 80 -h /var/www
soon "it answers by name" docker run --rm --network mine $image wget -q -O - http://served/
soon "and by its alias" docker run --rm --network mine $image wget -q -O - http://other/
ends 1 "not from another network" docker run --rm $image ping -c 1 -W 1 10.9.0.7
does "network connect" docker network connect mine web
does "it has a second device" docker exec web test -e /sys/class/net/eth1
does "network disconnect" docker network disconnect mine web
does "it has it no longer" docker exec web sh -c '! test -e /sys/class/net/eth1'
prints 1.2.3.4 "--add-host" docker run --rm --add-host far:1.2.3.4 $image cat /etc/hosts
prints 9.9.9.9 "--dns" docker run --rm --dns 9.9.9.9 $image cat /etc/resolv.conf
does "--network container:" docker run --rm --network container:web $image \
	sh -c 'wget -q -O - http://127.0.0.1/ | grep hello'
does "rm -f of the servers" docker rm -f web served
does "network rm" docker network rm mine

# ---- volumes --------------------------------------------------------------------------------------
mkdir -p "$ENGINES_ROOM/data"
does "-v" docker run --rm -v "$ENGINES_ROOM/data:/data" $image touch /data/there
does "it was written to" test -e "$ENGINES_ROOM/data/there"
ends 1 "-v, read-only" docker run --rm -v "$ENGINES_ROOM/data:/data:ro" $image touch /data/no
does "volume create" docker volume create kept
does "a volume" docker run --rm -v kept:/kept $image touch /kept/there
prints there "it is kept" docker run --rm -v kept:/kept $image ls /kept
prints www "a new volume has what the image has there" docker run --rm -v /var $image ls /var
does "--volumes-from" sh -c "docker run --name owner -v /v $image touch /v/there &&
	docker run --rm --volumes-from owner $image test -e /v/there && docker rm -v owner"
does "--tmpfs" docker run --rm --tmpfs /scratch:size=1m,mode=1770 $image \
	sh -c 'test "$(stat -c %a /scratch)" = 1770'
does "a single file" docker run --rm -v "$ENGINES_ROOM/data/there:/etc/there" $image test -f /etc/there
does "rslave: what is mounted later is seen" sh -c "docker run -d --name slave \
	-v '$ENGINES_ROOM/data:/data:rslave' $image sleep 1000 && mkdir '$ENGINES_ROOM/data/late' &&
	mount -t tmpfs none '$ENGINES_ROOM/data/late' && touch '$ENGINES_ROOM/data/late/file' &&
	docker exec slave test -e /data/late/file && docker rm -f slave"
does "rshared: what is mounted inside is seen" sh -c "docker run --rm --privileged \
	-v '$ENGINES_ROOM/data:/data:rshared' $image sh -c \
	'mkdir -p /data/made && mount -t tmpfs none /data/made && touch /data/made/file' &&
	test -e '$ENGINES_ROOM/data/made/file' && umount '$ENGINES_ROOM/data/made'"
does "--mount" docker run --rm --mount "type=bind,src=$ENGINES_ROOM/data,dst=/data,readonly" $image \
	sh -c '! touch /data/no'
does "volume rm" docker volume rm kept

# ---- images -----------------------------------------------------------------------------------------
does "commit" sh -c "docker run --name changed $image touch /changed && docker commit changed changed &&
	docker run --rm changed test -e /changed && docker rm changed"
does "save, load" sh -c "docker save changed -o '$ENGINES_ROOM/saved.tar' && docker rmi changed &&
	docker load -i '$ENGINES_ROOM/saved.tar' && docker run --rm changed true"
does "export" sh -c "docker create --name exported $image && docker export exported | tar -t |
	grep '^bin/busybox' && docker rm exported"
mkdir -p "$ENGINES_ROOM/build"
cat >"$ENGINES_ROOM/build/Dockerfile" <<END
FROM $image
ARG word=built
RUN echo \$word >/built && test "\$(id -u)" = 0
WORKDIR /made/by/the/builder
COPY Dockerfile copied
RUN ["/bin/sh", "-c", "test -s copied && chown 1000 ."]
USER user
RUN touch there && ! touch /there
ENTRYPOINT ["cat"]
CMD ["/built"]
HEALTHCHECK CMD true
END
build() { docker build --network none --force-rm -q "$@" "$ENGINES_ROOM/build"; }
does "build" build -t built
prints built "what was built runs" docker run --rm built
does "build --build-arg" build -t other --build-arg word=other
prints other "it was heard" docker run --rm other
does "build -m --cpu-quota" build --no-cache -m 64m --cpu-quota 50000
printf 'FROM %s\nRUN exit 9\n' $image >"$ENGINES_ROOM/build/Fails"
fails "non-zero code: 9" "a build that fails says how" build -f "$ENGINES_ROOM/build/Fails"
export DOCKER_BUILDKIT=1
does "BuildKit" build --no-cache -t kit
prints built "what BuildKit built runs" docker run --rm kit
export DOCKER_BUILDKIT=0

# ---- projects -----------------------------------------------------------------------------------------
mkdir -p "$ENGINES_ROOM/project"
cat >"$ENGINES_ROOM/project/docker-compose.yml" <<END
version: "3"
services:
  web:
    image: $image
    command: httpd -f -p 80 -h /var/www
    restart: always
    read_only: true
    cap_drop: [all]
    cap_add: [net_bind_service]
    healthcheck: { test: "true", interval: 1s }
    volumes: ["kept:/kept"]
  asks:
    image: $image
    command: sh -c 'until wget -q -O - http://web/; do sleep 0.2; done; sleep 1000'
    depends_on: [web]
volumes: { kept: {} }
END
program compose <<END
#!/bin/sh
exec docker-compose --project-directory "$ENGINES_ROOM/project" -f "$ENGINES_ROOM/project/docker-compose.yml" "\$@"
END
does "compose up" compose up -d
soon "its services find each other" sh -c 'compose logs asks | grep hello'
prints www "compose exec" compose exec -T web ls /var
does "compose up --scale" compose up -d --scale asks=3
prints 3 "there are three" sh -c "compose ps -q asks | wc -l"
does "compose stop, start" sh -c "compose stop -t 0 && compose start"
prints web "compose ps" compose ps
does "compose down" compose down -v -t 0
does "all are gone, things too" sh -c 'test -z "$(docker ps -aq)"'
end_docker
