# lib_kubelet.sh -- what a kubelet asks of an engine, whichever it is: to be sourced after lib_cri.sh.
#
# The engine is there, with its images; $handler is the name by which it knows the runtime, whose file is
# $runtime and whose records it keeps in $runtime_root. Does not end the engine, nor ask what only one of
# them has.

# ---- the engine ---------------------------------------------------------------------------------
prints "RuntimeApiVersion:  v1" "version" cri version
does "it is ready, and so is its network" sh -c "cri info | jq -e '[.status.conditions[] |
	select(.type == \"RuntimeReady\" or .type == \"NetworkReady\") | .status] == [true, true]'"
prints localhost/bb "images" cri images
prints localhost/bb "inspecti" cri inspecti $image

# ---- a pod --------------------------------------------------------------------------------------
does "runp" pod web '.port_mappings = [{protocol: 0, container_port: 80, host_port: 8080}]'
prints SANDBOX_READY "inspectp" cri inspectp @web
prints web "pods" cri pods
does "its address" address_of web
does "create" make long web 'runs("trap \"echo caught; exit 3\" TERM; echo out; echo err >&2; printf part;
	sleep 0.3; echo s; while :; do sleep 0.1; done")'
does "inspect: created" is CREATED long
does "start" cri start @long
does "inspect: running" is RUNNING long
does "the runtime knows it" sh -c "'$runtime' --root $runtime_root list -q | grep -x \"\$(cat $ids/long)\""
prints Running "ps" cri ps --name long
soon "logs: stdout" sh -c "cri logs @long 2>/dev/null | grep -x out"
soon "logs: stderr" sh -c "cri logs @long 2>&1 >/dev/null | grep -x err"
soon "logs: a line in parts" sh -c "cri logs @long | grep -x parts"
prints err "logs --stream" sh -c "cri logs --stream stderr @long 2>&1"
soon "the log as a kubelet reads it" grep -q '^20[^ ]* stdout F out$' $logs/web/long.log
prints web "its host name" cri exec -s @long hostname
prints 10.96.0.1 "its environment" cri exec -s @long env
does "a second one in the pod" begin other web
does "their network, IPC and host name are the pod's" shares "net ipc uts" long other
does "their processes are not" sh -c '! shares pid long other'
prints "1 sleep" "its first process is 1" cri exec -s @other sh -c 'echo 1 $(cat /proc/1/comm)'
does "a server in it" begin server web '.command = ["httpd", "-f", "-p", "80", "-h", "/var/www"]'
soon "it answers through the pod's loopback" cri exec -s @long wget -q -O - http://127.0.0.1/
soon "it answers at the pod's address" sh -c 'fetch "$(address_of web)" | grep hello'
soon "it answers at the node's port" sh -c "fetch $(hostname -I | cut -d' ' -f1) 8080 | grep hello"
does "another pod" pod client
does "a container in that" begin asker client
does "it reaches the first" sh -c 'cri exec -s @asker wget -q -O - "http://$(address_of web)/" | grep hello'
forward() {
	cri port-forward @web 8181:80 &
	forwarder=$!
	soon "port-forward" sh -c "fetch 127.0.0.1 8181 | grep hello"
	kill $forwarder
}
forward

# ---- exec ---------------------------------------------------------------------------------------
prints inside "exec -s" cri exec -s @long echo inside
prints wrong "exec -s: stderr" cri exec -s @long sh -c 'echo wrong >&2'
fails "exited with 5" "exec -s: the exit status" cri exec -s @long sh -c 'exit 5'
fails "exited with 137" "exec -s: killed is 137" cri exec -s @long sh -c 'kill -9 $$'
fails "no such file or directory" "exec -s: a program that is not there" cri exec -s @long /nothing
fails "permission denied" "exec -s: a program that cannot be run" cri exec -s @long /etc/passwd
does "exec -s --timeout" sh -c "cri exec -s --timeout 1 @long sleep 1003 2>&1 | grep -E 'timed out|exceeded'"
soon "nobody of it is left" sh -c '! pgrep -f "sleep 100[3]"'
prints inside "exec" cri exec @long echo inside
prints wrong "exec: stderr" sh -c "cri exec @long sh -c 'echo wrong >&2' 2>&1 >/dev/null"
fails "exit code 6" "exec: the exit status" cri exec @long sh -c 'exit 6'
fails "no such file or directory" "exec: a program that is not there" cri exec @long /nothing
prints heard "exec -i" sh -c "echo heard | cri exec -i @long cat"
prints 1048576 "exec -i: a MiB" sh -c "head -c 1048576 /dev/zero | cri exec -i @long cat | wc -c"
# CRI-O loses what a terminal's program says last, one time in six, with any runtime: it does not read on.
prints /dev/pts "exec -it" on_a_terminal "cri exec -it @long sh -c 'tty; sleep 1'"
prints "31 117" "exec -it: its size" on_a_terminal \
	"stty rows 31 cols 117; cri exec -it @long sh -c 'sleep 1; stty size; sleep 1'"
does "ten execs at once" at_once 10 "cri exec -s @long true"
does "a hundred, one after the other" sh -c "for i in \$(seq 100); do cri exec -s @other true || exit; done"

# ---- limits -------------------------------------------------------------------------------------
prints 67108864 "its memory" cri exec -s @long sh -c "$(limit memory memory.limit_in_bytes memory.max)"
prints 50000 "its cpu" cri exec -s @long sh -c "$(limit cpu cpu.cfs_quota_us cpu.max)"
prints 939 "its oom_score_adj" cri exec -s @long cat /proc/1/oom_score_adj
does "it is below its pod" sh -c 'grep /kubepods/burstable/pod-web/ "/proc/$(pid_of long)/cgroup"'
does "update" cri update --memory 100663296 --cpu-quota 30000 --cpu-period 100000 --cpu-share 256 @long
prints 100663296 "update: memory" cri exec -s @long sh -c "$(limit memory memory.limit_in_bytes memory.max)"
prints 30000 "update: cpu" cri exec -s @long sh -c "$(limit cpu cpu.cfs_quota_us cpu.max)"
does "update --cpuset-cpus" cri update --cpuset-cpus 0 @long
prints "Cpus_allowed_list:	0" "update: cpuset" cri exec -s @long grep Cpus_allowed_list /proc/self/status
prints 100663296 "inspect says that" cri inspect @long
does "stats" sh -c "cri stats -o json --id @long | jq -e '.stats[0].memory.workingSetBytes.value | tonumber > 0'"
does "statsp" sh -c "cri statsp -o json --id @web | jq -e '.stats[0].linux.memory'"
does "a small one" begin small web '.linux.resources.memory_limit_in_bytes = 16777216'
does "update below what it needs" sh -c "cri update --memory 67108864 @small && cri exec -s @small true"
does "one that is hungry" begin hungry web '.command = ["tail", "/dev/zero"] |
	.linux.resources.memory_limit_in_bytes = 16777216'
soon "OOMKilled" ended 137 OOMKilled hungry

# ---- an end -------------------------------------------------------------------------------------
does "log rotation" sh -c "mv $logs/web/long.log $logs/web/long.log.1 && cri logs --reopen @long"
soon "there is a new log" test -e $logs/web/long.log
does "stop" cri stop --timeout 10 @long
does "its exit status, and the reason" ended 3 Error long
does "what it said last is in the new log" grep -q 'stdout F caught$' $logs/web/long.log
does "stop again" cri stop @long
does "no exec in it any more" sh -c "! cri exec -s @long true"
does "rm" cri rm @long
fails "NotFound" "it is gone" cri inspect @long
does "one that ends" begin brief web '.command = ["true"]'
soon "Completed" ended 0 Completed brief
does "the same again, as a restart" begin brief2 web '.command = ["false"] | .metadata = {name: "brief", attempt: 1}'
soon "Error" ended 1 Error brief2
does "one that is deaf" begin deaf web 'runs("trap : TERM; while :; do sleep 0.1; done")'
does "stop: killed in the end" cri stop --timeout 1 @deaf
does "that is 137" ended 137 Error deaf
fails "no such file or directory" "a program that is not there" begin lacking web '.command = ["/nothing"]'
fails "permission denied" "a program that cannot be run" begin barred web '.command = ["/etc/passwd"]'
fails "executable file not found" "a name that is not in PATH" begin unknown web '.command = ["nothing"]'
does "a directory that is not there is made" begin placed web '.working_dir = "/made" | .command = ["pwd"]'
soon "and it was in it" sh -c "cri logs @placed | grep -x /made"
does "created and never started" make never web
does "rm of it" cri rm -f @never

# ---- attached -----------------------------------------------------------------------------------
does "one that listens" begin ears web '.stdin = true | runs("read a; echo heard $a; sleep 1000")'
soon "attach -i" sh -c "(echo this; sleep 1) | timeout 3 crictl attach -i $(cat "$ids/ears")
	cri logs @ears | grep 'heard this'"
does "one that listens once" begin once web '.stdin = true | .stdin_once = true | .command = ["cat"]'
prints "to the end" "attach -i, to the end" sh -c "echo to the end | cri attach -i @once"
soon "and it ended" ended 0 Completed once
does "one on a terminal" begin screen web '.stdin = true | .tty = true |
	runs("tty; read a; stty size; sleep 1000")'
soon "its terminal" sh -c "cri logs @screen | grep /dev/pts"
does "attach -it" on_a_terminal "stty rows 33 cols 99
	(sleep 1; echo; sleep 1) | timeout 5 crictl attach -it $(cat "$ids/screen") || true"

# ---- securityContext ----------------------------------------------------------------------------
does "one confined" begin tight web 'runs("cat /proc/self/status; id; touch /there") |
	secured(. + {readonly_rootfs: true, no_new_privs: true, run_as_user: {value: 1000},
	run_as_group: {value: 1000}, supplemental_groups: [29, 3000], capabilities: {drop_capabilities: ["ALL"]}})'
soon "it has ended" is EXITED tight
for told in "CapEff:	0000000000000000" "CapBnd:	0000000000000000" "NoNewPrivs:	1" "Seccomp:	2" \
	"Groups:	29 1000 3000" "uid=1000(user) gid=1000(user)" "/there: Read-only file system"; do
	prints "$told" "it says $told" sh -c "cri logs @tight 2>&1"
done
does "one with capabilities more" begin keen web 'secured(.capabilities = {add_capabilities: ["SYS_ADMIN", "MKNOD"]})'
does "it can mount" cri exec -s @keen mount -t tmpfs none /tmp
fails "permission denied" "the others cannot" cri exec -s @other mount -t tmpfs none /tmp
does "one of root's group 1000" begin grouped web 'secured(.run_as_user = {value: 0} | .run_as_group = {value: 1000})'
prints "uid=0(root) gid=1000(user)" "exec has them as well" cri exec -s @grouped id
does "one by name" begin named web 'secured(.run_as_username = "user")'
prints "uid=1000(user)" "exec has its user as well" cri exec -s @named id
prints "Seccomp:	2" "seccomp: the runtime's default" cri exec -s @other grep Seccomp: /proc/self/status
does "one unconfined" begin loose web 'secured(.seccomp = {profile_type: 1})'
prints "Seccomp:	0" "seccomp: unconfined" cri exec -s @loose grep Seccomp: /proc/1/status
cat >"$ENGINES_ROOM/profile.json" <<END
{"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64"],
 "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1}]}
END
does "one with a profile of the node's" begin profiled web "secured(.seccomp = {profile_type: 2,
	localhost_ref: \"$ENGINES_ROOM/profile.json\"})"
fails "not permitted" "seccomp: that profile" cri exec -s @profiled mkdir /tmp/new
does "a privileged pod" pod lord '.linux.security_context.privileged = true'
does "one in it" begin master lord 'secured(. + {privileged: true} | del(.masked_paths, .readonly_paths, .seccomp))'
does "it can do more" cri exec -s @master sh -c 'mount -t tmpfs none /tmp && test -c /dev/fuse &&
	echo 1 >/proc/sys/net/ipv4/ip_forward'
fails "Read-only" "the others can not" cri exec -s @other sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'

# ---- mounts, devices, sysctls ---------------------------------------------------------------------
data=$ENGINES_ROOM/data
mkdir -p "$data/below"
echo given >"$data/file"
mount -t tmpfs below "$data/below"
does "one with mounts" begin rich web ".mounts = [{container_path: \"/rw\", host_path: \"$data\"},
	{container_path: \"/ro\", host_path: \"$data\", readonly: true},
	{container_path: \"/in\", host_path: \"$data\", propagation: 1},
	{container_path: \"/etc/one\", host_path: \"$data/file\", readonly: true}] |
	.devices = [{container_path: \"/dev/fuse2\", host_path: \"/dev/fuse\", permissions: \"rwm\"}]"
prints given "a file" cri exec -s @rich cat /etc/one
does "a folder that may be written" sh -c "cri exec -s @rich touch /rw/there && test -e $data/there"
fails "Read-only" "a folder that is read-only" cri exec -s @rich touch /ro/no
does "what is mounted below is not" cri exec -s @rich touch /ro/below/yes
mkdir -p "$data/late"
mount -t tmpfs late "$data/late"
touch "$data/late/come"
does "HostToContainer: a mount of later is seen" cri exec -s @rich test -e /in/late/come
fails "exited with 1" "None: it is not" cri exec -s @rich test -e /rw/late/come
does "a device" cri exec -s @rich sh -c 'exec 3<>/dev/fuse2'
fails "can't create /tmp/mine: Operation not permitted" "no other device" cri exec -s @keen \
	sh -c 'mknod /tmp/mine c 10 229 && mount -o remount,dev /tmp; exec 3<>/tmp/mine'
does "one that mounts for the node" begin giver lord "secured(. + {privileged: true}) |
	.mounts = [{container_path: \"/out\", host_path: \"$data\", propagation: 2}]"
does "Bidirectional" sh -c "cri exec -s @giver sh -c 'mkdir /out/given && mount -t tmpfs none /out/given &&
	touch /out/given/x' && test -e $data/given/x"
does "a pod with sysctls" pod tuned '.linux.sysctls = {"kernel.shm_rmid_forced": "1",
	"net.ipv4.ip_unprivileged_port_start": "0"}'
does "one in that" begin tuning tuned
prints 1 "a sysctl of IPC" cri exec -s @tuning cat /proc/sys/kernel/shm_rmid_forced
prints 0 "a sysctl of the network" cri exec -s @tuning cat /proc/sys/net/ipv4/ip_unprivileged_port_start
does "a pod with a resolver" pod resolving '.dns_config = {servers: ["10.1.2.4"], searches: ["there"]}'
does "one that resolves" begin resolver resolving
prints "nameserver 10.1.2.4" "its resolv.conf" cri exec -s @resolver cat /etc/resolv.conf

# ---- other namespaces ---------------------------------------------------------------------------
does "a pod with a pid namespace for all" pod shared '.linux.security_context.namespace_options.pid = 0'
does "one there" begin first shared '.command = ["sleep", "1111"]'
does "another one there" begin second shared
prints "sleep 1111" "they see each other" cri exec -s @second ps
prints inside "and the pod's first process" cri exec -s @second cat /proc/1/comm
does "one that looks into another" begin debug web "secured(.namespace_options = {pid: 3, target_id: \"$(cat $ids/other)\"})"
does "it sees its processes" shares pid debug other
does "rm -f of it, looking" cri rm -f @debug
does "a pod of the node" pod host 'del(.hostname) |
	.linux.security_context.namespace_options = {network: 2, pid: 2, ipc: 2}'
does "one of the node" begin node host 'runs("sleep 2001 & sleep 2002 & wait")'
does "its network, processes and IPC are the node's" shares "net pid ipc" node
does "its end" cri stop --timeout 0 @node
soon "nobody of it is left there" sh -c '! pgrep -f "sleep 200[12]"'
ids_of='[{container_id: 0, host_id: 100000, length: 65536}]'
does "a pod with users of its own" pod mapped ".linux.security_context.namespace_options.userns_options =
	{mode: 0, uids: $ids_of, gids: $ids_of}"
does "one of those" begin stranger mapped
prints "100000      65536" "its mapping" cri exec -s @stranger cat /proc/self/uid_map
prints "uid=0(root)" "it is root inside" cri exec @stranger id
prints 100000 "and nobody outside" sh -c 'stat -c %u "/proc/$(pid_of stranger)"'
does "it has a network" cri exec -s @stranger ip link show eth0
does "one of those with a volume" begin owner mapped ".mounts = [{container_path: \"/data\",
	host_path: \"$data\", uidMappings: $ids_of, gidMappings: $ids_of}]"
does "the volume is as the node has it" sh -c \
	"cri exec -s @owner touch /data/owned && [ \$(stat -c %u $data/owned) = 0 ]"

# ---- many -----------------------------------------------------------------------------------------
does "twenty pods at once" at_once 20 'pod many$i &&
	begin one$i many$i "runs(\"trap exit TERM; echo I am $i; sleep 1000 & wait\")"'
does "an exec in each" at_once 20 'cri exec -s @one$i true'
does "each has said its own" at_once 20 'cri logs @one$i | grep -x "I am $i"'
does "stopp and rmp of them" at_once 20 'cri stopp @many$i && cri rmp @many$i'
