# lib_docker.sh -- dockerd with what is shipped, and an image: to be sourced.
#
# The drop-in file is the one of docs/engines, as it is: caisson is the default runtime, so swarm's
# services and builds have it too. $image is busybox, without a registry.
#
# shellcheck disable=SC2034 # names for whoever sources it
. "$ENGINES_HERE/lib.sh"

image=bb
# The client of the daemon's release, whatever else a machine has in /usr/local.
ln -sf /usr/bin/docker "$ENGINES_ROOM/bin/docker"
export DOCKER_CLI_HINTS=false DOCKER_BUILDKIT=0
if [ -e /usr/local/bin/caisson ]; then
	mkdir -p /etc/docker
	cp /usr/local/share/caisson/engines/daemon.json /etc/docker/
	# What docker's own BuildKit runs is called runc.
	ln -sf /usr/local/bin/caisson /usr/local/sbin/runc
fi

begin_docker() { # begin_docker [option...]: $daemon is its pid
	dockerd "$@" >>"$ENGINES_ROOM/dockerd.log" 2>&1 &
	daemon=$!
	await_docker
}

await_docker() { # $answers says whether there is one now
	answers=no tries=0
	until docker version >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ $tries -lt 300 ] || break
		sleep 0.2
	done
	[ $tries -eq 300 ] || answers=yes
}

end_docker() {
	kill "$daemon"
	wait "$daemon"
}

import_image() {
	[ -e "$ENGINES_ROOM/bb.tar" ] || busybox_image "$ENGINES_ROOM/bb.tar"
	docker import -c 'CMD ["/bin/sh"]' -c 'ENV PATH=/usr/sbin:/usr/bin:/sbin:/bin' \
		"$ENGINES_ROOM/bb.tar" $image
}

# of NAME TEMPLATE WANTED: what inspect says of it.
program of <<'END'
#!/bin/sh
said=$(docker inspect -f "$2" "$1")
echo "$said"
[ "$said" = "$3" ]
END
