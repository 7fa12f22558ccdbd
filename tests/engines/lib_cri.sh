# lib_cri.sh -- pods and containers as a kubelet asks for them, by crictl: to be sourced.
#
# No Debian has crictl; $CRICTL says outside which one is meant (world.sh). A pod or a container is called
# by a short name here, @NAME where crictl wants its id. Those who source this set $handler, the name that
# a RuntimeClass would have for the runtime under test, and $engine, the daemon's program.
#
# What a request says by number is CRI's: of namespaces 0 is the pod's, 1 the container's own, 2 the node's
# and 3 another container's; of seccomp profiles 0 is the engine's, 1 none and 2 a file of the node; of mounts
# 1 is HostToContainer and 2 Bidirectional; signal 29 is SIGUSR1.
#
# shellcheck disable=SC2034 # names for whoever sources it
. "$ENGINES_HERE/lib.sh"

command -v crictl >/dev/null || cannot "no Debian has crictl; CRICTL=FILE names one"
export image=localhost/bb:latest
export ids="$ENGINES_ROOM/ids" pods="$ENGINES_ROOM/pods" logs=/var/log/pods
mkdir -p "$ids" "$pods"

# The images as archives: what pods run, and their own first process.
make_archives() {
	busybox_image "$ENGINES_ROOM/bb.tar"
	oci_archive "$ENGINES_ROOM/bb.tar" $image "$ENGINES_ROOM/bb.oci"
	tar -C "$ENGINES_HERE" -cf "$ENGINES_ROOM/pause.tar" inside
	oci_archive "$ENGINES_ROOM/pause.tar" localhost/pause:latest "$ENGINES_ROOM/pause.oci" /inside
}

# A network of its own for each pod, on a bridge: what a cluster's network plugin would write.
make_network() {
	mkdir -p /etc/cni/net.d
	rm -f /etc/cni/net.d/*
	cat >/etc/cni/net.d/10-pods.conflist <<-END
		{"cniVersion": "0.4.0", "name": "pods", "plugins": [
		 {"type": "bridge", "bridge": "pods0", "isGateway": true, "ipMasq": false, "hairpinMode": true,
		  "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.85.0.0/16"}]]}},
		 {"type": "portmap", "capabilities": {"portMappings": true}}]}
	END
}

use_endpoint() { # use_endpoint SOCKET
	printf 'runtime-endpoint: unix://%s\nimage-endpoint: unix://%s\ntimeout: 60\n' "$1" "$1" >/etc/crictl.yaml
}

program cri <<'END'
#!/bin/sh
# cri WORD...: crictl, with its id for each @NAME
for word; do
	shift
	case $word in
	@*) word=$(cat "$ids/${word#@}") || exit ;;
	esac
	set -- "$@" "$word"
done
exec crictl "$@"
END

# The cgroup comes first: a kubelet makes it before it asks for the pod.
program pod <<'END'
#!/bin/sh
# pod NAME [FILTER [option...]]: FILTER is jq's
name=$1 filter=${2:-.}
shift $(($# < 2 ? $# : 2))
cgroup=/kubepods/burstable/pod-$name
for tree in $(awk '$3 ~ /^cgroup2?$/ { print $2 }' /proc/mounts); do
	for part in /kubepods /kubepods/burstable "$cgroup"; do
		above=$(dirname "$tree$part")
		mkdir -p "$tree$part"
		[ ! -e "$above/cgroup.subtree_control" ] ||
			sed 's/^\| / +/g' "$above/cgroup.controllers" >"$above/cgroup.subtree_control"
		for file in cpuset.cpus cpuset.mems; do
			[ ! -w "$tree$part/$file" ] || cat "$above/$file" >"$tree$part/$file"
		done
	done
done 2>/dev/null
jq -n --arg name "$name" --arg cgroup "$cgroup" --arg logs "$logs/$name" '{
	metadata: {name: $name, uid: $name, namespace: "default", attempt: 0}, hostname: $name,
	log_directory: $logs, labels: {app: $name},
	linux: {cgroup_parent: $cgroup, security_context: {
		namespace_options: {network: 0, pid: 1, ipc: 0}, seccomp: {profile_type: 0}}}
} | '"$filter" >"$pods/$name" && mkdir -p "$logs/$name" &&
	crictl runp --runtime "$handler" "$@" "$pods/$name" >"$ids/$name"
status=$?
cat "$ids/$name"
exit $status
END

# With what a kubelet adds of the pod, and of a Linux: its namespaces, what is masked and what read-only.
program make <<'END'
#!/bin/sh
# make NAME POD [FILTER]: FILTER may say runs(SCRIPT of sh)
jq -n --arg name "$1" --arg image "$image" --slurpfile pod "$pods/$2" '
def runs($script): .command = ["sh", "-c", $script];
def secured(f): .linux.security_context |= f;
{
	metadata: {name: $name, attempt: 0}, image: {image: $image}, log_path: ($name + ".log"),
	command: ["sleep", "1000"], envs: [{key: "KUBERNETES_SERVICE_HOST", value: "10.96.0.1"}],
	labels: {"io.kubernetes.container.name": $name},
	linux: {
		resources: {cpu_period: 100000, cpu_quota: 50000, cpu_shares: 512, oom_score_adj: 939,
			memory_limit_in_bytes: 67108864},
		security_context: {
			namespace_options: $pod[0].linux.security_context.namespace_options,
			seccomp: {profile_type: 0},
			masked_paths: ["/proc/asound", "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
				"/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware"],
			readonly_paths: ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]
		}
	}
} | '"${3:-.}" >"$ENGINES_ROOM/$1.json" &&
	cri create "@$2" "$ENGINES_ROOM/$1.json" "$pods/$2" >"$ids/$1"
status=$?
cat "$ids/$1"
exit $status
END

program begin <<'END'
#!/bin/sh
# begin NAME POD [FILTER]: makes and starts it
make "$@" && cri start "@$1"
END

program is <<'END'
#!/bin/sh
# is STATE NAME: such as RUNNING, as the engine says it of the container
state=$(cri inspect "@$2" | jq -r .status.state)
echo "$state"
[ "$state" = "CONTAINER_$1" ]
END

program ended <<'END'
#!/bin/sh
# ended STATUS REASON NAME
said=$(cri inspect "@$3" | jq -r '.status | "\(.state) \(.exitCode) \(.reason) \(.message)"')
echo "$said"
case $said in
"CONTAINER_EXITED $1 $2 "*) ;;
*) exit 1 ;;
esac
END

program pid_of <<'END'
#!/bin/sh
# pid_of NAME: of the container's first process, outside
cri inspect "@$1" | jq -e .info.pid
END

program shares <<'END'
#!/bin/sh
# shares KINDS NAME [OTHER]: two containers have these namespaces in common, or one has the node's
for kind in $1; do
	is=$(cri exec -s "@$2" readlink "/proc/self/ns/$kind")
	other=$(if [ "$3" ]; then cri exec -s "@$3" readlink "/proc/self/ns/$kind"; else readlink "/proc/self/ns/$kind"; fi)
	echo "$is $other"
	[ "$is" ] && [ "$is" = "$other" ] || exit 1
done
END

program address_of <<'END'
#!/bin/sh
# address_of POD
cri inspectp "@$1" | jq -er .status.network.ip
END

program fetch <<'END'
#!/usr/bin/perl
# fetch ADDRESS [PORT]
use IO::Socket::INET;
$s = IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => $ARGV[1] // 80, Timeout => 5) or die "$@\n";
print $s "GET / HTTP/1.0\r\n\r\n";
print while <$s>;
END

begin_engine() { # begin_engine NAME: of the question whether $engine answers. $daemon is its pid.
	$engine >>"$ENGINES_ROOM/$engine.log" 2>&1 &
	daemon=$!
	soon "$1" crictl version
}

end_engine() { # end_engine [SIGNAL]
	kill -s "${1:-TERM}" "$daemon"
	wait "$daemon"
}

# restarts does|soon: the engine ends and dies while containers live; and by when it knows who ended.
restarts() {
	does "one that ends while nobody looks" begin unseen web 'runs("trap \"exit 5\" TERM; sleep 1000 & wait")'
	unseen=$(pid_of unseen) other=$(pid_of other)
	end_engine
	does "the containers live without it" kill -0 "$other"
	kill "$unseen"
	begin_engine "it answers, restarted"
	does "they are running" is RUNNING other
	$1 "the one that ended is known" ended 5 Error unseen
	prints inside "exec, restarted" cri exec @other echo inside
	soon "the server answers" sh -c 'fetch "$(address_of web)" | grep hello'
	does "a new one in the old pod" begin newer web
	end_engine KILL
	begin_engine "it answers, after it was killed"
	does "they still run" is RUNNING other
	does "exec, after it was killed" cri exec -s @newer true
	does "stop, after it was killed" cri stop --timeout 0 @newer
	does "that is 137, too" ended 137 Error newer
}
