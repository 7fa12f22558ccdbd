# kubelet_crio.sh -- CRI-O as a kubelet has it, with the drop-in file that is shipped. Run by world.sh.
#
# No Debian has CRI-O: $CRIO says outside in which folder one is. What it asks of conmon and the runtime,
# without it, is crio.sh.
. "$ENGINES_HERE/lib_cri.sh"

command -v crio >/dev/null || cannot "no Debian has CRI-O; CRIO=FOLDER names the one of its programs"
handler=${ENGINES_RUNTIME##*/} runtime=$(command -v "$ENGINES_RUNTIME") runtime_root=/run/${ENGINES_RUNTIME##*/}
export handler runtime runtime_root
export engine=crio

# ---- how it is set up ---------------------------------------------------------------------------
settings=/etc/crio/crio.conf.d
mkdir -p $settings
[ "$handler" != caisson ] || cp /usr/local/share/caisson/engines/crio.conf $settings/50-caisson.conf
# What this machine needs besides. The default is another runtime, unless a later file says so.
cat >$settings/10-machine.conf <<END
[crio.image]
pause_image = "localhost/pause:latest"
pause_command = "/inside"
[crio.network]
plugin_dirs = ["/usr/lib/cni"]
[crio.runtime]
cgroup_manager = "cgroupfs"
conmon_cgroup = "pod"
default_runtime = "runc"
[crio.runtime.runtimes.runc]
runtime_root = "/run/runc"
[crio.runtime.workloads.asked]
activation_annotation = "asked"
allowed_annotations = ["io.kubernetes.cri-o.userns-mode", "io.kubernetes.cri-o.Devices",
	"io.kubernetes.cri-o.ShmSize", "io.kubernetes.cri-o.umask", "io.kubernetes.cri-o.seccompNotifierAction"]
END
# Where root lacks CAP_SYS_RESOURCE no process may be spared by the OOM killer, which CRI-O asks for the
# first process of a pod.
if ! sh -c 'echo -998 >/proc/self/oom_score_adj' 2>/dev/null; then
	program conmon <<'END'
#!/bin/sh
for word; do
	[ "$last" != -b ] || sed -i 's/"oomScoreAdj": *-998/"oomScoreAdj": 0/' "$word/config.json"
	last=$word
done
exec /usr/bin/conmon "$@"
END
fi
printf '{"default": [{"type": "insecureAcceptAnything"}]}\n' >/etc/containers/policy.json
echo "containers:200000:1000000" | tee -a /etc/subuid >>/etc/subgid
make_archives
make_network
use_endpoint /var/run/crio/crio.sock

with sh -c 'echo "$(crio --version | head -n 1), $(conmon --version | head -n 1)"'
for name in bb pause; do
	does "the image $name, by skopeo" skopeo copy "oci-archive:$ENGINES_ROOM/$name.oci" \
		"containers-storage:localhost/$name:latest"
done
does "the configuration is taken" sh -c "crio config >$ENGINES_ROOM/crio.conf 2>$ENGINES_ROOM/config.log &&
	! grep -E 'level=(warning|error|fatal).*$handler' $ENGINES_ROOM/config.log"
prints "default_runtime = \"$handler\"" "the default runtime" cat "$ENGINES_ROOM/crio.conf"
begin_engine "the daemon answers"
prints "runtime_root = \"$runtime_root\"" "crio status config" crio status config
does "info knows the handler" sh -c "cri info | jq -e '.runtimeHandlers[] | select(.name == \"$handler\")'"
does "and that it can make mounts read-only recursively" sh -c "cri info | jq -e '.runtimeHandlers[] |
	select(.name == \"$handler\").features.recursive_read_only_mounts'"
does "and that it can have users of its own" sh -c "cri info | jq -e '.runtimeHandlers[] |
	select(.name == \"$handler\").features.user_namespaces'"
prints CGROUPFS "runtime-config" cri runtime-config

. "$ENGINES_HERE/lib_kubelet.sh"

# ---- what only CRI-O has ------------------------------------------------------------------------
does "one with another signal" begin picky web '.stop_signal = 29 |
	runs("trap \"exit 4\" USR1; trap : TERM; while :; do sleep 0.1; done")'
does "stop by that signal" cri stop --timeout 5 @picky
does "that is what it caught" ended 4 Error picky
does "one with a mount that is read-only recursively" begin rro web ".mounts = [{container_path: \"/rro\",
	host_path: \"$data\", readonly: true, recursive_read_only: true}]"
fails "Read-only" "so is what is mounted below" cri exec -s @rro touch /rro/below/no
does "one with an image as a volume" begin imaged web ".mounts = [{container_path: \"/image\", readonly: true,
	image: {image: \"$image\"}}]"
prints hello "it is there" cri exec -s @imaged cat /image/var/www/index.html
does "rm -f of it, imaged" cri rm -f @imaged
does "one with the least memory" begin least web '.linux.resources.memory_limit_in_bytes = 1048576'
does "a pod that asks for more" pod asked '.annotations = {asked: "",
	"io.kubernetes.cri-o.userns-mode": "auto:size=65536", "io.kubernetes.cri-o.ShmSize": "8Mi",
	"io.kubernetes.cri-o.Devices": "/dev/fuse", "io.kubernetes.cri-o.umask": "077"}'
does "one in it, asked" begin more asked
prints "65536" "users of its own, by annotation" cri exec -s @more cat /proc/self/uid_map
prints "8192" "the size of /dev/shm" cri exec -s @more df -k /dev/shm
does "a device, by annotation" cri exec -s @more test -c /dev/fuse
prints 0077 "the umask" cri exec -s @more grep Umask /proc/1/status
prints 0077 "exec has it as well" cri exec -s @more sh -c umask
does "a pod whose system calls are watched" pod watched '.annotations = {asked: "",
	"io.kubernetes.cri-o.seccompNotifierAction": "stop"}'
does "one in it, watched" begin swapper watched 'runs("while :; do swapoff /x; sleep 0.2; done")'
soon "seccomp killed" ended 137 "seccomp killed" swapper
program over_http <<'END'
#!/usr/bin/perl
# over_http PATH: of the daemon's own
use IO::Socket::UNIX;
$s = IO::Socket::UNIX->new(Peer => '/var/run/crio/crio.sock') or die $!;
print $s "GET $ARGV[0] HTTP/1.0\r\nHost: crio\r\n\r\n";
print while <$s>;
END
prints "200 OK" "pause" over_http "/pause/$(cat "$ids/other")"
prints paused "the runtime says so" "$runtime" --root "$runtime_root" state "$(cat "$ids/other")"
prints "200 OK" "unpause" over_http "/unpause/$(cat "$ids/other")"
does "it runs again" cri exec -s @other true
prints container_ "metricsp" cri metricsp
does "a pod of another runtime beside it" env handler=runc runtime_root=/run/runc pod beside
does "one in it, beside" begin neighbour beside
prints "$(cat "$ids/neighbour" 2>/dev/null)" "it is the other's" runc --root /run/runc list -q

# ---- it is restarted ----------------------------------------------------------------------------
restarts does

# ---- checkpoints --------------------------------------------------------------------------------
checkpoints() {
	does "one that counts" begin counter client 'runs("i=0; while sleep 0.1; do i=$((i+1)); echo $i; done")'
	soon "it counts" sh -c "cri logs @counter | grep -x 5"
	last=$(cri logs @counter | tail -n 1)
	does "checkpoint" cri checkpoint --export "$ENGINES_ROOM/counter.tar" @counter
	does "it never stopped" is RUNNING counter
	does "rm -f of it" cri rm -f @counter
	does "a pod for the restored" pod reborn
	does "create from the checkpoint" make counter2 reborn ".image.image = \"$ENGINES_ROOM/counter.tar\""
	does "start, which restores" cri start @counter2
	does "inspect says so" sh -c "cri inspect @counter2 | jq -e .info.restored"
	soon "it counts on" sh -c "[ \"\$(cri logs @counter2 | tail -n 1)\" -gt $((last + 3)) ]"
	does "not from the beginning" sh -c "[ \$(cri logs @counter2 | grep -cx 1) -le 1 ]"
	prints inside "exec, restored" cri exec -s @counter2 echo inside
	does "update, restored" cri update --memory 100663296 @counter2
	does "stop, restored" cri stop --timeout 0 @counter2
}
if criu check >"$said" 2>&1; then
	checkpoints
else
	echo "ok - checkpoint # SKIP no criu here that knows this kernel"
fi

# ---- set up otherwise ---------------------------------------------------------------------------
cat >$settings/60-otherwise.conf <<END
[crio.runtime]
drop_infra_ctr = false
no_pivot = true
read_only = true
add_inheritable_capabilities = true
default_ulimits = ["nofile=256:512"]
default_sysctls = ["net.ipv4.ping_group_range=0 1000"]
default_env = ["SET=by default"]
hooks_dir = ["$ENGINES_ROOM/hooks"]
END
mkdir -p "$ENGINES_ROOM/hooks"
cat >"$ENGINES_ROOM/hooks/all.json" <<END
{"version": "1.0.0", "when": {"always": true},
 "hook": {"path": "/bin/sh", "args": ["sh", "-c", "jq -r .id >>$ENGINES_ROOM/hooked"],
  "env": ["PATH=/usr/bin:/bin"]}, "stages": ["prestart", "poststart", "poststop"]}
END
end_engine
begin_engine "it answers, set up otherwise"
does "a pod with a first process" pod otherwise
does "one in it, set up otherwise" begin other2 otherwise
does "the runtime has both" sh -c "$runtime --root $runtime_root list -q | grep -x \"\$(cat $ids/other2)\" &&
	$runtime --root $runtime_root list -q | grep -x \"\$(cat $ids/otherwise)\""
fails "Read-only" "read-only for all" cri exec -s @other2 touch /there
prints 256 "limits for all" cri exec -s @other2 sh -c 'ulimit -n'
prints "0	1000" "sysctls for all" cri exec -s @other2 cat /proc/sys/net/ipv4/ping_group_range
prints "SET=by default" "environment for all" cri exec -s @other2 env
does "capabilities are inherited" sh -c \
	"cri exec -s @other2 grep CapInh /proc/self/status | grep -v 0000000000000000"
prints "3 hooks" "the hooks have run" sh -c "cri stop --timeout 0 @other2 && cri rm @other2 &&
	echo \$(grep -c . $ENGINES_ROOM/hooked) hooks"

# ---- its end ------------------------------------------------------------------------------------
does "stop of all" sh -c "cri ps -q | xargs -r crictl stop --timeout 0"
does "stopp of all" sh -c "cri pods -q | xargs -r crictl stopp"
does "rmp of all" cri rmp -a
# The one that was a volume stays mounted until then.
does "rmi of all" cri rmi -a
end_engine
prints "0 left" "nothing is left of the runtime" sh -c "echo \$(ls $runtime_root 2>/dev/null | wc -l) left"
prints "0 left" "nor of cgroups" sh -c "echo \$(find /sys/fs/cgroup -path '*/kubepods/*/crio-*' -type d | wc -l) left"
prints "0 left" "nor of mounts" awk '$2 ~ "/overlay-containers/|/merged$|/run/[a-z]*ns/" { print; count++ }
	END { print count + 0, "left" }' /proc/mounts
prints "0 left" "nor of processes" sh -c "echo \$(pgrep -c 'conmon|$handler|inside') left"
