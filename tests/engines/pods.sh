# pods.sh -- podman's networks, pods and Kubernetes YAML. Run by world.sh.
. "$ENGINES_HERE/lib_podman.sh"

with podman --version
make_archives "$ENGINES_ROOM"
does "import" import_images "$ENGINES_ROOM"

# ---- networks -----------------------------------------------------------------------------------
backend=$(podman info -f '{{.Host.NetworkBackend}}')
address_of() { # address_of CONTAINER NETWORK
	podman inspect -f "{{(index .NetworkSettings.Networks \"$2\").IPAddress}}" "$1"
}
fetch() { # fetch ADDRESS[:PORT]: from here, by the one client every Debian has
	perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => 80, Timeout => 5)
		or die "$@\n"; print $s "GET / HTTP/1.0\r\n\r\n"; print while <$s>' "$1"
}
prints "1: lo" "no network" podman run --rm --network none $image ip -o link
does "no network: loopback is up" podman run --rm --network none $image sh -c 'ip link show lo | grep UP'
does "the host's network" podman run --rm --network host $image ip link
does "the default network ($backend)" podman run --rm $image sh -c 'ip -o -4 addr | grep eth0'
does "a network of its own" podman network create --subnet 10.90.0.0/24 net
does "a server in it" podman run -d --name web --network net $image httpd -f -p 80 -h /var/www
address=$(address_of web net)
soon "it answers another container" podman run --rm --network net $image wget -q -O - "http://$address/"
does "it answers the host" fetch "$address:80"
does "a port published" sh -c "podman run -d --name port -p 8080:80 $image httpd -f -p 80 -h /var/www &&
	podman port port"
does "the port published answers" fetch 127.0.0.1:8080
prints 10.90.0.77 "an address of one's own" podman run --rm --network net --ip 10.90.0.77 $image ip -o -4 addr
prints 02:11:22:33:44:55 "a hardware address" podman run --rm --network net --mac-address 02:11:22:33:44:55 \
	$image ip link
prints "10.1.2.3" "a name in /etc/hosts" podman run --rm --add-host there:10.1.2.3 $image cat /etc/hosts
prints "nameserver 10.1.2.4" "a name server" podman run --rm --dns 10.1.2.4 $image cat /etc/resolv.conf
does "the network of another container" podman run --rm --network container:web $image wget -q -O - http://127.0.0.1/
does "network connect" sh -c "podman network create other && podman network connect other web &&
	podman exec web ip -o -4 addr | grep eth1"
does "network disconnect" sh -c "podman network disconnect other web && ! podman exec web ip -o -4 addr | grep eth1"
does "network reload" podman network reload web
prints eth0 "in a user namespace" podman run --rm --uidmap 0:100000:5000 --network net $image ip -o link
does "restarted, it answers" sh -c "podman restart -t 0 web"
address=$(address_of web net)
soon "it answers another container again" podman run --rm --network net $image wget -q -O - "http://$address/"
does "rm -f of the servers" podman rm -f -t 0 web port
does "network rm" podman network rm net other

# ---- pods -----------------------------------------------------------------------------------------
does "a pod" podman pod create --name pod -p 8081:80
does "a container in it" podman run -d --pod pod --name podded $image httpd -f -p 80 -h /var/www
does "another, through their loopback" podman run --rm --pod pod $image wget -q -O - http://127.0.0.1/
does "the pod's port answers" fetch 127.0.0.1:8081
prints podded "pod ps" podman ps --pod
prints httpd "pod top" podman pod top pod hpid args
prints podded "pod stats" podman pod stats --no-stream pod
does "the name is the pod's" sh -c "podman exec podded hostname | grep -x pod"
does "pod pause" podman pod pause pod
does "pod unpause" podman pod unpause pod
does "generate kube" podman generate kube pod -f "$ENGINES_ROOM/generated.yaml"
does "pod stop" podman pod stop -t 0 pod
does "pod start" podman pod start pod
does "pod restart" podman pod restart pod
does "pod kill" podman pod kill pod
does "pod rm" podman pod rm -f -t 0 pod
does "a pod with a shared pid namespace" sh -c "podman pod create --name sharing --share pid,net,ipc,uts &&
	podman run --rm --pod sharing $image ps | grep inside && podman pod rm -f -t 0 sharing"
does "a pod with a user namespace" sh -c "podman pod create --name mapped --uidmap 0:100000:5000 &&
	podman run --rm --pod mapped $image grep 100000 /proc/self/uid_map && podman pod rm -f -t 0 mapped"
does "a pod with limits" sh -c "podman pod create --name limited --cpus 0.5 -m 64m &&
	podman run --rm --pod limited $image true && podman pod rm -f -t 0 limited"

# ---- Kubernetes -------------------------------------------------------------------------------------
kube() { # kube play ARGUMENT... : version 4 calls it play kube
	podman play kube "$@"
}
cat >"$ENGINES_ROOM/kube.yaml" <<END
apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
data: { colour: blue }
---
apiVersion: v1
kind: Pod
metadata: { name: kube }
spec:
  restartPolicy: Never
  hostname: box
  initContainers:
  - name: first
    image: $image:latest
    imagePullPolicy: Never
    command: ["touch", "/empty/first"]
    volumeMounts: [{ name: empty, mountPath: /empty }]
  containers:
  - name: one
    image: $image:latest
    imagePullPolicy: Never
    command: ["sleep", "1000"]
    env: [{ name: COLOUR, valueFrom: { configMapKeyRef: { name: settings, key: colour } } }]
    resources: { limits: { memory: 64Mi, cpu: 500m } }
    livenessProbe: { exec: { command: ["test", "-e", "/empty"] }, periodSeconds: 10 }
    securityContext:
      readOnlyRootFilesystem: true
      runAsUser: 1000
      capabilities: { drop: ["ALL"] }
    volumeMounts: [{ name: empty, mountPath: /empty }, { name: settings, mountPath: /settings }]
  - name: two
    image: $image:latest
    imagePullPolicy: Never
    command: ["httpd", "-f", "-p", "80", "-h", "/var/www"]
  volumes:
  - { name: empty, emptyDir: {} }
  - { name: settings, configMap: { name: settings } }
END
does "play kube" kube "$ENGINES_ROOM/kube.yaml"
prints 1000 "its user" podman exec kube-one id -u
prints COLOUR=blue "its environment" podman exec kube-one env
prints blue "its configuration as a file" podman exec kube-one cat /settings/colour
prints 67108864 "its limit" podman exec kube-one sh -c "$(limit memory memory.limit_in_bytes memory.max)"
prints 0000000000000000 "its capabilities" podman exec kube-one grep CapEff /proc/self/status
fails "Read-only" "its root is read-only" podman exec kube-one touch /there
does "its init container has run" podman exec kube-one test -e /empty/first
prints hello "one reaches the other" podman exec kube-one wget -q -O - http://127.0.0.1/
does "play kube --down" kube --down "$ENGINES_ROOM/kube.yaml"
cat >"$ENGINES_ROOM/deployment.yaml" <<END
apiVersion: apps/v1
kind: Deployment
metadata: { name: fleet }
spec:
  replicas: 1
  selector: { matchLabels: { app: fleet } }
  template:
    metadata: { labels: { app: fleet } }
    spec:
      containers:
      - { name: one, image: "$image:latest", imagePullPolicy: Never, command: ["sleep", "1000"] }
END
does "a deployment" kube --network none "$ENGINES_ROOM/deployment.yaml"
does "play kube --down of the deployment" kube --down "$ENGINES_ROOM/deployment.yaml"
does "what generate kube wrote plays" sh -c "podman play kube $ENGINES_ROOM/generated.yaml && podman pod rm -f -t 0 pod"
does "all is gone" sh -c "podman pod rm -af -t 0; podman rm -af -t 0; test -z \"\$(podman ps -aq)\""
