# crio.sh -- what CRI-O asks of conmon and the runtime, which no Debian has itself. Run by world.sh.
. "$ENGINES_HERE/lib_crio.sh"

with conmon --version
busybox_image "$ENGINES_ROOM/bb.tar"
# What the kubelet makes before it asks for the pod.
for tree in $(awk '$3 ~ /^cgroup2?$/ { print $2 }' /proc/mounts); do
	for part in /kubepods /kubepods/burstable $pod_cgroup; do
		mkdir -p "$tree$part"
		for file in cpuset.cpus cpuset.mems; do
			[ ! -w "$tree$part/$file" ] || cat "$(dirname "$tree$part")/$file" >"$tree$part/$file"
		done
	done
done 2>/dev/null
pod pod

# ---- what it asks when it starts ---------------------------------------------------------------
probe() { env -i PATH="$PATH" "$runtime" "$@" 2>&1; }
prints "version" "--version" probe --version
does "features is JSON" sh -c "'$runtime' features 2>&1 | jq -e '.ociVersionMin and .ociVersionMax and .linux'"
ends 1 "state of nobody is 1" on nobody state
does "delete --force of nobody" on nobody delete --force

# ---- a container of a pod -----------------------------------------------------------------------
talks='.process.args = ["sh", "-c", "trap \"echo caught; exit 3\" TERM; echo out; echo err >&2; printf part;
	sleep 0.3; echo s; while :; do sleep 0.1; done"]'
does "a bundle" bundle long pod "$talks"
does "create by conmon" created long
does "its pid file" sh -c "kill -0 \$(cat $(bundle_of long)/pidfile)"
does "no line ends in it" sh -c "! tail -c 1 $(bundle_of long)/pidfile | grep -q '^\$'"
does "conmon's pid file" sh -c "grep -q conmon /proc/\$(cat $(bundle_of long)/conmon-pidfile)/comm"
does "state: created" is created long
prints "$(id_of long)" "it is in the pod's cgroup" sh -c "grep ':pids:\|^0:' /proc/\$(cat $(bundle_of long)/pidfile)/cgroup"
prints crio-conmon "conmon is in its own" sh -c "grep ':pids:\|^0:' /proc/\$(cat $(bundle_of long)/conmon-pidfile)/cgroup"
does "conmon is its parent" sh -c "grep -q \"^PPid:.\$(cat $(bundle_of long)/conmon-pidfile)\$\" \
	/proc/\$(cat $(bundle_of long)/pidfile)/status"
does "start" on long start
does "state: running" is running long
soon "the log: stdout" grep -q '^20[^ ]* stdout F out$' "$(log_of long)"
soon "the log: stderr" grep -q '^20[^ ]* stderr F err$' "$(log_of long)"
soon "the log: a line in parts" grep -q '^20[^ ]* stdout P part$' "$(log_of long)"
does "start again fails" sh -c '! on long start'
does "the namespaces of the pod" sh -c "for kind in net ipc uts; do test \
	\"\$(stat -Lc %i /proc/\$(cat $(bundle_of long)/pidfile)/ns/\$kind)\" = \"\$(stat -Lc %i /run/\${kind}ns/pod)\" ||
	exit 1; done"
prints 67108864 "its limit" sh -c "cat /sys/fs/cgroup/memory$pod_cgroup/crio-$(id_of long)/memory.limit_in_bytes ||
	cat /sys/fs/cgroup$pod_cgroup/crio-$(id_of long)/memory.max"
prints '"pids"' "events --stats" on long events --stats

# ---- exec -----------------------------------------------------------------------------------------
prints "stdout F inside" "exec sync" exec_sync long '.args = ["echo", "inside"]'
prints "stderr F wrong" "exec sync: stderr" exec_sync long '.args = ["sh", "-c", "echo wrong >&2"]'
ends 5 "exec sync: the exit status" exec_sync long '.args = ["sh", "-c", "exit 5"]'
ends 137 "exec sync: killed is 137" exec_sync long '.args = ["sh", "-c", "kill -9 $$"]'
fails "no such file or directory" "exec sync: a program that is not there" exec_sync long '.args = ["/nothing"]'
fails "permission denied" "exec sync: a program that cannot be run" exec_sync long '.args = ["/etc/passwd"]'
fails "command timed out" "exec sync: too long" exec_sync long '.args = ["sleep", "1003"]' -T 1
soon "nobody of it is left" sh -c '! pgrep -f "sleep 100[3]"'
prints 1000 "exec sync: the user" exec_sync long '.args = ["id", "-u"] | .user = {uid: 1000, gid: 1000}'
prints /dev/pts "exec sync on a terminal" exec_sync long '.args = ["tty"] | .terminal = true' -t
direct() { on "$1" exec --process "$(process "$1" "$2")"; }
prints heard "exec" sh -c "echo heard | on long exec --process $(process long '.args = ["cat"]')"
ends 6 "exec: the exit status" direct long '.args = ["sh", "-c", "exit 6"]'
prints /dev/pts "exec on a terminal" on_a_terminal \
	"on long exec --process $(process long '.args = ["sh", "-c", "tty; stty size"] | .terminal = true')"
prints "31 117" "exec on a terminal: its size" on_a_terminal \
	"stty rows 31 cols 117; on long exec --process $(process long '.args = ["stty", "size"] | .terminal = true')"
does "ten execs at once" at_once 10 "on long exec --process $(process long '.args = ["true"]')"

# ---- while it lives -------------------------------------------------------------------------------
update() { echo "$2" | on "$1" update --resources -; }
does "update" update long '{"memory": {"limit": 100663296, "swap": 100663296}, "cpu": {"quota": 30000,
	"period": 100000, "shares": 256}, "pids": {"limit": 55}, "unified": null}'
prints 100663296 "update: memory" sh -c "cat /sys/fs/cgroup/memory$pod_cgroup/crio-$(id_of long)/memory.limit_in_bytes ||
	cat /sys/fs/cgroup$pod_cgroup/crio-$(id_of long)/memory.max"
prints 30000 "update: cpu" sh -c "cat /sys/fs/cgroup/cpu$pod_cgroup/crio-$(id_of long)/cpu.cfs_quota_us ||
	cat /sys/fs/cgroup$pod_cgroup/crio-$(id_of long)/cpu.max"
prints 55 "update: pids" sh -c "cat /sys/fs/cgroup/pids$pod_cgroup/crio-$(id_of long)/pids.max ||
	cat /sys/fs/cgroup$pod_cgroup/crio-$(id_of long)/pids.max"
does "pause" on long pause
does "state: paused" is paused long
does "resume" on long resume
does "state: running again" is running long
rotate() {
	mv "$(log_of long)" "$(log_of long).1"
	echo "2 0 0" >"$(bundle_of long)/ctl"
}
does "the log is rotated" rotate
soon "there is a new one" test -e "$(log_of long)"

# ---- its end ----------------------------------------------------------------------------------------
does "stop" on long kill @ 15
soon "the exit file" ended long 3
soon "state: stopped" is stopped long
does "what it said last is in the new log" grep -q "stdout F caught" "$(log_of long)"
fails "container not running" "kill of the stopped" on long kill @ KILL
does "kill -a of the stopped" on long kill -a @ 9
does "delete --force" on long delete --force
does "delete --force again" on long delete --force
ends 1 "state: it is gone" on long state
does "its cgroup is gone" sh -c "! ls -d /sys/fs/cgroup/*$pod_cgroup/crio-$(id_of long) 2>/dev/null"

does "its bundle" bundle deaf pod '.process.args = ["sh", "-c", "trap : TERM; while :; do sleep 0.1; done"]'
does "create it" created deaf
does "start it" on deaf start
does "TERM" on deaf kill @ 15
does "it is there" is running deaf
does "KILL" on deaf kill @ KILL
soon "its exit file" ended deaf 137
does "delete it" on deaf delete --force

# ---- what could not be made ---------------------------------------------------------------------
does "one without its program" bundle lacking pod '.process.args = ["/nothing"]'
prints "no such file or directory" "its create says so" create lacking
does "its delete" on lacking delete --force
does "one without its namespace" bundle homeless nowhere .
prints '"message"' "its create says so, too" create homeless
does "its delete, too" on homeless delete --force

# ---- attached -----------------------------------------------------------------------------------
does "one that listens" bundle ears pod '.process.args = ["sh", "-c", "read a; echo heard $a; echo end; sleep 1000"]'
does "create -i" created ears -i --leave-stdin-open
does "start of it" on ears start
prints "heard this" "attach" attach ears "this
"
does "one on a terminal" bundle screen pod '.process.args = ["sh", "-c", "tty; read a; stty size; echo end; sleep 1000"] |
	.process.terminal = true | .annotations["io.kubernetes.cri-o.TTY"] = "true"'
does "create -t" created screen -t
does "start of that" on screen start
soon "its terminal" grep -q /dev/pts "$(log_of screen)"
does "its window" sh -c "echo '1 33 99' >$(bundle_of screen)/ctl"
soon "it has that size" sh -c "jq '.process | .args = [\"true\"]' $(bundle_of screen)/config.json >/dev/null &&
	stty size </proc/\$(cat $(bundle_of screen)/pidfile)/fd/0 | grep '33 99'"
prints "33 99" "attach to it" attach screen "
"
does "KILL of both" sh -c "on ears kill @ KILL && on screen kill @ KILL"
soon "the exit file of one" ended ears 137
soon "and of the other" ended screen 137
does "delete of both" sh -c "on ears delete --force && on screen delete --force"

# ---- other pods -----------------------------------------------------------------------------------
does "one that is hungry" bundle hungry pod '.process.args = ["tail", "/dev/zero"] |
	.linux.resources.memory = {limit: 16777216, swap: 16777216}'
does "create it, hungry" created hungry
does "start it, hungry" on hungry start
soon "the OOM killer came" ended hungry 137
does "conmon knows it" test -e "$(bundle_of hungry)/oom"
does "delete it, hungry" on hungry delete --force
does "one in the node's pid namespace" bundle node pod 'del(.linux.namespaces[] | select(.type == "pid")) |
	.process.args = ["sh", "-c", "sleep 2001 & sleep 2002 & sleep 1; exit 4"]'
does "create it there" created node
does "start it there" on node start
soon "its first process ends" ended node 4
does "kill -a, as its status is asked" on node kill -a @ 9
soon "nobody is left in it" sh -c '! pgrep -f "sleep 200[12]"'
does "delete it there" on node delete --force
pod mapped "0 100000 65536"
does "one of a pod with a user namespace" bundle mapped mapped '
	.linux.namespaces += [{type: "user", path: "/run/userns/mapped"}] |
	.linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings |
	(.mounts[] | select(.type == "bind" and .source != "/run/crio/pod/token").options) |= . + ["rprivate"]'
chown -hR 100000:100000 "$(persist_of mapped)/merged"
does "create it, mapped" created mapped
does "start it, mapped" on mapped start
prints "100000      65536" "its mapping" exec_sync mapped '.args = ["cat", "/proc/self/uid_map"]'
prints "uid=0" "exec, mapped" sh -c "on mapped exec --process $(process mapped '.args = ["id"]')"
does "KILL, mapped" on mapped kill @ KILL
soon "its exit file, mapped" ended mapped 137
does "delete it, mapped" on mapped delete --force
does "one with hooks" bundle hooked pod '.hooks = {
	prestart: [{path: "/bin/sh", args: ["sh", "-c", "cat >/run/crio/prestart"]}],
	poststart: [{path: "/bin/touch", args: ["touch", "/run/crio/poststart"], env: ["A=1"], timeout: 10}],
	poststop: [{path: "/bin/touch", args: ["touch", "/run/crio/poststop"]}]}'
does "create it, hooked" created hooked
does "prestart was given its state" jq -e --arg id "$(id_of hooked)" '.id == $id' /run/crio/prestart
does "start it, hooked" sh -c "on hooked start && test -e /run/crio/poststart"
does "delete it, hooked" sh -c "on hooked delete --force && test -e /run/crio/poststop"
does "one confined" bundle tight pod '.root.readonly = true | .process.noNewPrivileges = true |
	.process.capabilities = {} | .process.user = {uid: 1000, gid: 1000} |
	.process.rlimits = [{type: "RLIMIT_NOFILE", hard: 512, soft: 256}] |
	.process.args = ["sh", "-c", "grep -E \"^(CapEff|NoNewPrivs|Seccomp):\" /proc/self/status; id -u; ulimit -n;
	touch /there; cat /var/run/secrets/kubernetes.io/serviceaccount/token; cat /proc/self/oom_score_adj; hostname"]'
does "its create, confined" created tight
does "its start, confined" on tight start
soon "its end, confined" ended tight 0
for told in "CapEff:	0000000000000000" "NoNewPrivs:	1" "Seccomp:	2" "F 1000" "F 256" "Read-only file system" \
	"F token" "F 939"; do
	prints "$told" "it says $told" cat "$(log_of tight)"
done
does "delete it, confined" on tight delete --force

# ---- conmon's death -----------------------------------------------------------------------------------
does "one to be left alone" bundle orphan pod .
does "create it, alone" created orphan
does "start it, alone" on orphan start
does "conmon's death" sh -c "kill -9 \$(cat $(bundle_of orphan)/conmon-pidfile)"
does "it is there without conmon" is running orphan
prints inside "exec without conmon" sh -c "on orphan exec --process $(process orphan '.args = ["echo", "inside"]')"
does "delete --force of the running" on orphan delete --force
does "it is gone with its cgroup" sh -c "! ls -d /sys/fs/cgroup/*$pod_cgroup/crio-$(id_of orphan) 2>/dev/null"

# ---- checkpoints ----------------------------------------------------------------------------------------
does "checkpoint --help" sh -c "'$runtime' checkpoint --help"
does "one that counts" bundle counter pod '.process.args = ["sh", "-c", "i=0; while sleep 0.1; do i=$((i+1)); echo $i; done"]'
does "its create" created counter
does "its start" on counter start
soon "it counts" grep -q "stdout F 5$" "$(log_of counter)"
images=$(persist_of counter)/checkpoint
does "pause, checkpoint, resume" sh -c "on counter pause && on counter checkpoint --file-locks --image-path $images \
	--work-path $(persist_of counter) --leave-running; status=\$?; on counter resume && exit \$status"
does "it never stopped" is running counter
does "its end" sh -c "on counter kill @ KILL && on counter delete --force"
rm -f "$exits/$(id_of counter)" "$(log_of counter)" "$(bundle_of counter)"/attach "$(bundle_of counter)"/ctl \
	"$(bundle_of counter)"/winsz
does "restore by conmon" created counter --restore "$images"
soon "it counts on" grep -q "stdout F [0-9]*[1-9]$" "$(log_of counter)"
does "not from the beginning" sh -c "! grep -q 'stdout F 1$' $(log_of counter)"
does "exec after restore" exec_sync counter '.args = ["true"]'
does "stop after restore" on counter kill @ KILL
soon "its exit file after restore" ended counter 137
does "delete after restore" on counter delete --force

# ---- many ---------------------------------------------------------------------------------------------
many() {
	for i in $(seq 20); do
		bundle "many$i" pod '.process.args = ["true"]' || return
	done
	pids=
	for i in $(seq 20); do
		(created "many$i" && on "many$i" start) >"$ENGINES_ROOM/many$i" 2>&1 &
		pids="$pids $!"
	done
	worst=0
	for pid in $pids; do
		wait "$pid" || worst=1
	done
	cat "$ENGINES_ROOM"/many*
	return $worst
}
does "twenty at once" many
soon "their exit files" sh -c "for i in \$(seq 20); do ended many\$i 0 || exit 1; done"
does "delete of them" at_once 20 "on many\$i delete --force"
prints "0 left" "nothing is left of the runtime" sh -c "echo \$(ls $runtime_root 2>/dev/null | wc -l) left"
prints "0 left" "nor of its cgroups" sh -c \
	"echo \$(find /sys/fs/cgroup -path '*$pod_cgroup/crio-*' ! -path '*crio-conmon-*' -type d | wc -l) left"
