# rootless.sh -- podman and buildah of an ordinary user, who exists in this world only. Run by world.sh.
. "$ENGINES_HERE/lib_podman.sh"
. "$ENGINES_HERE/lib_user.sh"

mkdir -p $user_home/archives $user_home/.config/containers/containers.conf.d
# Her own drop-in file, where podman looks for it.
mv $drop_in/* $user_home/.config/containers/containers.conf.d/
make_archives $user_home/archives
chown -R anna:anna $user_home
program hers <<'END'
#!/bin/sh
exec anna podman "$@"
END

with anna podman --version
does "import" sh -c "anna podman import -q -c 'CMD [\"/bin/sh\"]' -c 'ENV PATH=/usr/sbin:/usr/bin:/sbin:/bin' \
	archives/bb.tar $image && anna podman import -q -c 'ENTRYPOINT [\"/inside\"]' archives/pause.tar localhost/pause"
prints true "info says rootless" hers info -f '{{.Host.Security.Rootless}} {{.Store.GraphDriverName}}'

prints hi "run and its output" hers run --rm $image echo hi
ends 7 "the exit status" hers run --rm $image sh -c 'exit 7'
ends 127 "a program that is not there" hers run --rm $image /nothing
ends 126 "a program that cannot be run" hers run --rm $image /etc/passwd
prints /dev/pts "run -t" on_a_terminal anna podman run --rm -t $image tty
prints 0 "root inside" hers run --rm $image id -u
prints 1000 "another user" hers run --rm -u user $image id -u
prints 200999 "who is another outside" sh -c "hers run -d --name outside -u user $image sleep 1000 &&
	stat -c %u /proc/\$(hers inspect -f '{{.State.Pid}}' outside) && hers rm -f -t 0 outside"
prints "1500" "--userns keep-id" hers run --rm --userns keep-id $image id -u
prints "7 8" "--userns keep-id:uid" hers run --rm --userns keep-id:uid=7,gid=8 $image sh -c 'echo $(id -u) $(id -g)'
prints 65534 "--userns nomap" hers run --rm --userns nomap $image sh -c 'grep -q 1500 /proc/self/uid_map || echo 65534'
prints 1024 "--userns auto" hers run --rm --userns auto:size=1024 $image cat /proc/self/uid_map
prints "0          1        500" "--uidmap" hers run --rm --uidmap 0:1:500 $image cat /proc/self/uid_map
prints 65534 "--group-add keep-groups" hers run --rm --group-add keep-groups $image id -G

does "run -d" hers run -d --name long $image sh -c 'echo begun; exec sleep 1000'
prints begun "logs" hers logs long
prints inside "exec" hers exec long echo inside
prints /dev/pts "exec -t" on_a_terminal anna podman exec -t long tty
ends 5 "exec: the exit status" hers exec long sh -c 'exit 5'
prints 1000 "exec -u" hers exec -u user long id -u
prints sleep "top" hers top long args
does "kill -s URG" hers kill -s URG long
does "restart" hers restart -t 0 long
does "stop" hers stop -t 0 long
does "start" hers start long
does "cp into it" hers cp /etc/passwd long:/tmp/copied
does "rm -f" hers rm -f -t 0 long
does "healthcheck run" sh -c "hers run -d --name well --health-cmd true $image sleep 1000 &&
	hers healthcheck run well && hers rm -f -t 0 well"
does "ten at once" at_once 10 "hers run --rm --network none $image true"

does "a limit is passed over" hers run --rm -m 64m $image true
does "--cgroups=disabled" hers run --rm --cgroups=disabled $image true
prints "0000000000000000" "all capabilities dropped" hers run --rm --cap-drop all $image grep CapEff /proc/self/status
prints "Seccomp:	2" "the default profile" hers run --rm $image grep Seccomp: /proc/self/status
does "privileged" hers run --rm --privileged $image mount -t tmpfs tmpfs /tmp
ends 1 "read-only" hers run --rm --read-only $image touch /there
does "a device" hers run --rm --device /dev/fuse $image test -c /dev/fuse
does "--security-opt unmask" hers run --rm --security-opt unmask=ALL $image true
prints 1 "sysctl" hers run --rm --sysctl net.ipv4.ip_forward=1 $image cat /proc/sys/net/ipv4/ip_forward
prints 33 "ulimit" hers run --rm --ulimit nofile=33:33 $image sh -c 'ulimit -n'
does "the host's namespaces" hers run --rm --pid host --ipc host --uts host --network host $image true
prints 500 "--oom-score-adj" hers run --rm --oom-score-adj 500 $image cat /proc/self/oom_score_adj
does "--init" hers run --rm --init $image true
does "--sdnotify conmon" hers run --rm --sdnotify conmon $image true

anna mkdir -p data
does "a bind mount" hers run --rm -v /home/anna/data:/data $image touch /data/there
prints 1500 "what was written is hers" stat -c %u /home/anna/data/there
ends 1 "a read-only one" hers run --rm -v /home/anna/data:/data:ro $image touch /data/no
does "noexec, nosuid, nodev" hers run --rm -v /home/anna/data:/data:noexec,nosuid,nodev $image true
does "a volume" sh -c "hers volume create v && hers run --rm -v v:/v $image touch /v/there"
prints there "it is kept" hers run --rm -v v:/v $image ls /v
does "tmpfs" hers run --rm --tmpfs /scratch:size=1m $image touch /scratch/there
does "a volume for the user (:U)" hers run --rm -u 1000 -v v:/v:U $image touch /v/other
does "an overlay volume (:O)" hers run --rm -v /home/anna/data:/data:O $image touch /data/only-inside
prints secret "a secret" sh -c "echo secret | hers secret create s - && hers run --rm --secret s $image cat /run/secrets/s"

does "no network" hers run --rm --network none $image sh -c 'ip link show lo | grep UP'
does "slirp4netns" hers run --rm --network slirp4netns $image sh -c 'ip -o link | grep tap0'
does "pasta" hers run --rm --network pasta $image true
does "a port published" hers run -d --name port -p 8080:80 $image httpd -f -p 80 -h /var/www
soon "it answers" perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:8080", Timeout => 5)
	or die "$@\n"; print $s "GET / HTTP/1.0\r\n\r\n"; die unless join("", <$s>) =~ /hello/'
does "a network of its own" hers network create net
does "a server in it" hers run -d --name web --network net $image httpd -f -p 80 -h /var/www
soon "it answers another container" hers run --rm --network container:web $image wget -q -O - http://127.0.0.1/
does "a pod" sh -c "hers pod create --name pod && hers run --rm --pod pod $image true && hers pod rm -f -t 0 pod"

anna mkdir -p build
printf 'FROM %s\nRUN echo built >/built\nRUN --mount=type=tmpfs,target=/scratch touch /scratch/x\nUSER user\nRUN id -u >/tmp/user\nCMD ["cat", "/built", "/tmp/user"]\n' \
	$image | anna tee build/Containerfile >/dev/null
does "podman build" hers build -t localhost/built build
prints built "what was built runs" hers run --rm localhost/built
does "buildah bud, isolation oci" anna buildah --runtime "$ENGINES_RUNTIME" bud --network host --isolation oci -t localhost/bud build
does "buildah bud, isolation rootless" anna buildah bud --network host --isolation rootless -t localhost/bud build
prints from "buildah from, run" anna sh -c "id=\$(buildah from $image) &&
	buildah run --network host --isolation oci --runtime '$ENGINES_RUNTIME' \$id echo from"
does "podman unshare" hers unshare true
does "all is gone" sh -c "hers rm -af -t 0 && test -z \"\$(hers ps -aq)\""
