# cni.sh -- podman's networks by CNI plugins, as podman 4 may have them. Run by world.sh.
. "$ENGINES_HERE/lib_podman.sh"

printf '[network]\nnetwork_backend = "cni"\n' >$drop_in/cni.conf
with podman --version
podman info >"$said" 2>&1 || cannot "$(tail -n 1 "$said")"
make_archives "$ENGINES_ROOM"
does "import" import_images "$ENGINES_ROOM"
prints cni "info says so" podman info -f '{{.Host.NetworkBackend}}'
does "the default network" podman run --rm $image sh -c 'ip -o -4 addr | grep eth0'
does "a network of its own" podman network create --subnet 10.91.0.0/24 net
does "a server in it" podman run -d --name web --network net -p 8080:80 $image httpd -f -p 80 -h /var/www
address=$(address_of web net)
soon "it answers another container" podman run --rm --network net $image wget -q -O - "http://$address/"
does "it answers the host" fetch "$address:80"
does "the port published answers" fetch 127.0.0.1:8080
prints 10.91.0.77 "an address of one's own" podman run --rm --network net --ip 10.91.0.77 $image ip -o -4 addr
does "network connect" sh -c "podman network create other && podman network connect other web &&
	podman exec web ip -o -4 addr | grep eth1"
does "in a user namespace" podman run --rm --uidmap 0:100000:5000 --network net $image sh -c 'ip -o link | grep eth0'
does "a pod" sh -c "podman pod create --name pod --network net && podman run --rm --pod pod $image ip link &&
	podman pod rm -f -t 0 pod"
does "rm -f of the server" podman rm -f -t 0 web
does "network rm" podman network rm net other
does "all is gone" sh -c "podman rm -af -t 0 && test -z \"\$(podman ps -aq)\""
