# lib_crio.sh -- conmon and the runtime as CRI-O calls them: to be sourced.
#
# No Debian has CRI-O (kubelet_crio.sh asks one that is brought along). What it asks of a runtime goes through
# conmon, which Debian has, or is a call of its own; both are made here with its arguments, environment,
# directories and files, and with the config.json it writes. Where the runtime is, and its root, is read
# from the drop-in file that is shipped. A container is called by a short name here; conmon and the runtime
# know its id.
#
# shellcheck disable=SC2034 # names for whoever sources it
. "$ENGINES_HERE/lib.sh"

drop_in=/usr/local/share/caisson/engines/crio.conf
setting() { # setting NAME: of the drop-in file
	sed -n "s/^$1 = \"\(.*\)\"\$/\1/p" $drop_in
}
if [ -e $drop_in ]; then
	runtime=$(setting runtime_path) runtime_root=$(setting runtime_root)
else
	runtime=$(command -v "$ENGINES_RUNTIME") runtime_root=/run/$ENGINES_RUNTIME
fi
export runtime runtime_root

exits=/var/run/crio/exits
logs=/var/log/pods
pod_cgroup=/kubepods/burstable/pod1
mkdir -p $exits $logs /run/crio/pod

# Of a container by its short name.
id_of() { printf %s "$1" | sha256sum | cut -c 1-64; }
bundle_of() { echo "/run/containers/storage/overlay-containers/$(id_of "$1")/userdata"; }
persist_of() { echo "/var/lib/containers/storage/overlay-containers/$(id_of "$1")/userdata"; }
log_of() { echo "$logs/$1.log"; }

# The namespaces of a pod, held by files as pinns leaves them: net, ipc, uts, and user where there are
# MAPPINGS ("0 100000 65536"), which then owns the others.
pod() { # pod NAME [MAPPINGS]
	kinds="net ipc uts${2:+ user}"
	# shellcheck disable=SC2086 # --user or nothing
	unshare --net --ipc --uts ${2:+--user} sleep 1000 &
	holder=$!
	until [ "$(readlink /proc/$holder/ns/uts)" != "$(readlink /proc/self/ns/uts)" ] &&
		[ "$(cat /proc/$holder/comm)" = sleep ]; do
		sleep 0.05
	done
	[ -z "${2:-}" ] || echo "$2" | tee /proc/$holder/uid_map >/proc/$holder/gid_map
	for kind in $kinds; do
		mkdir -p "/run/${kind}ns"
		touch "/run/${kind}ns/$1"
		mount --bind "/proc/$holder/ns/$kind" "/run/${kind}ns/$1"
	done
	kill $holder
}

# config.json, as CRI-O writes it for a container of that pod. FILTER is jq's. Its limits for huge pages
# are left out: it asks for them where it finds their controller.
config() { # config NAME POD FILTER
	cat <<END | jq --arg id "$(id_of "$1")" --arg pod "$2" --arg root "$(persist_of "$1")/merged" \
		--arg cgroup $pod_cgroup "$3"
{
	"ociVersion": "1.0.2-dev", "hostname": "pod",
	"process": {
		"user": { "uid": 0, "gid": 0, "umask": 18, "additionalGids": [0, 10] },
		"args": ["sleep", "1000"], "cwd": "/",
		"env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm", "HOSTNAME=pod", "HOME=/root",
			"KUBERNETES_SERVICE_HOST=10.96.0.1"],
		"capabilities": {
			"bounding": $capabilities, "effective": $capabilities, "permitted": $capabilities
		},
		"oomScoreAdj": 939
	},
	"root": { "path": "$(persist_of "$1")/merged" },
	"mounts": [
		{ "destination": "/proc", "type": "proc", "source": "proc", "options": ["nosuid", "noexec", "nodev"] },
		{ "destination": "/dev", "type": "tmpfs", "source": "tmpfs",
		  "options": ["nosuid", "strictatime", "mode=755", "size=65536k"] },
		{ "destination": "/dev/pts", "type": "devpts", "source": "devpts",
		  "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"] },
		{ "destination": "/dev/mqueue", "type": "mqueue", "source": "mqueue",
		  "options": ["nosuid", "noexec", "nodev"] },
		{ "destination": "/sys", "type": "sysfs", "source": "sysfs",
		  "options": ["nosuid", "noexec", "nodev", "ro"] },
		{ "destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup",
		  "options": ["nosuid", "noexec", "nodev", "relatime", "ro"] },
		{ "destination": "/dev/shm", "type": "bind", "source": "/run/crio/pod/shm", "options": ["rw", "bind"] },
		{ "destination": "/etc/resolv.conf", "type": "bind", "source": "/run/crio/pod/resolv.conf",
		  "options": ["rw", "bind", "nodev", "nosuid", "noexec"] },
		{ "destination": "/etc/hostname", "type": "bind", "source": "/run/crio/pod/hostname",
		  "options": ["rw", "bind"] },
		{ "destination": "/run/.containerenv", "type": "bind", "source": "/run/crio/pod/containerenv",
		  "options": ["rw", "bind"] },
		{ "destination": "/var/run/secrets/kubernetes.io/serviceaccount", "type": "bind",
		  "source": "/run/crio/pod/token", "options": ["ro", "rbind", "rprivate", "bind"] },
		{ "destination": "/dev/termination-log", "type": "bind", "source": "/run/crio/pod/termination-log",
		  "options": ["rw", "rbind", "rprivate", "bind"] }
	],
	"annotations": {
		"io.kubernetes.cri-o.ContainerType": "container", "io.kubernetes.cri-o.TTY": "false",
		"io.kubernetes.container.terminationMessagePath": "/dev/termination-log",
		"io.kubernetes.cri-o.Labels": "{\"io.kubernetes.pod.name\":\"pod\"}",
		"org.systemd.property.After": "['crio.service']",
		"org.systemd.property.DefaultDependencies": "true",
		"org.systemd.property.TimeoutStopUSec": "uint64 30000000"
	},
	"linux": {
		"cgroupsPath": "$pod_cgroup/crio-$(id_of "$1")",
		"resources": {
			"devices": [{ "allow": false, "access": "rwm" }],
			"memory": { "limit": 67108864, "swap": 67108864 },
			"cpu": { "shares": 512, "quota": 50000, "period": 100000 },
			"pids": { "limit": 100 }
		},
		"namespaces": [
			{ "type": "pid" }, { "type": "mount" }, { "type": "cgroup" },
			{ "type": "network", "path": "/run/netns/$2" },
			{ "type": "ipc", "path": "/run/ipcns/$2" }, { "type": "uts", "path": "/run/utsns/$2" }
		],
		"maskedPaths": ["/proc/asound", "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
			"/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware",
			"/sys/devices/virtual/powercap"],
		"readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
		"seccomp": { "defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
			{ "names": ["keyctl", "add_key"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1 }
		] }
	}
}
END
}
capabilities='["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_SETGID", "CAP_SETUID",
	"CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_KILL"]'
# What a pod's containers share.
mkdir -p /run/crio/pod/shm /run/crio/pod/token
chmod 1777 /run/crio/pod/shm
echo token >/run/crio/pod/token/token
echo pod >/run/crio/pod/hostname
touch /run/crio/pod/resolv.conf /run/crio/pod/containerenv /run/crio/pod/termination-log

# A bundle and a root file system, where CRI-O's storage has them.
bundle() { # bundle NAME POD FILTER
	storage=$(persist_of "$1")
	mkdir -p "$(bundle_of "$1")" "$storage/upper" "$storage/work" "$storage/merged"
	mount -t overlay -o "lowerdir=$ENGINES_ROOM/busybox,upperdir=$storage/upper,workdir=$storage/work" \
		overlay "$storage/merged"
	config "$1" "$2" "$3" >"$(bundle_of "$1")/config.json"
}

# conmon with two sockets, and what it says through the first; it goes on once it is in its cgroup.
program monitor <<'END'
#!/usr/bin/perl
# monitor CGROUP ARGUMENTS...: CGROUP may be empty
use strict;
use POSIX ();
use Socket;

my $cgroup = shift;
my @pairs = map { socketpair(my $ours, my $its, AF_UNIX, SOCK_STREAM, 0) or die $!; [$ours, $its] } 1 .. 2;
my $pid = fork // die $!;
if (!$pid) {
	# First out of the way of 3 and 4, which they may be themselves.
	POSIX::dup2(fileno $pairs[$_][1], 20 + $_) for 0 .. 1;
	for (0 .. 1) {
		POSIX::dup2(20 + $_, 3 + $_) or die $!;
		POSIX::close(20 + $_);
	}
	%ENV = (PATH => $ENV{PATH}, _OCI_SYNCPIPE => 3, _OCI_STARTPIPE => 4, CRI_O_EXTERNAL => 1);
	exec '/usr/bin/conmon', @ARGV or die "conmon: $!";
}
close $_->[1] for @pairs;
for my $tree ($cgroup ? grep { -d "$_/kubepods" } '/sys/fs/cgroup', glob '/sys/fs/cgroup/*' : ()) {
	-d "$tree/$cgroup" or mkdir "$tree/$cgroup" or die "$tree/$cgroup: $!";
	for my $file (grep { -e "$tree/$cgroup/../$_" } 'cpuset.cpus', 'cpuset.mems') {
		open my $from, '<', "$tree/$cgroup/../$file";
		open my $to, '>', "$tree/$cgroup/$file" or next;
		print $to readline $from;
	}
	open my $procs, '>', "$tree/$cgroup/cgroup.procs" or die $!;
	print $procs $pid;
}
syswrite $pairs[1][0], "\0";
waitpid $pid, 0;
# One JSON object, with no end of line when all went well.
alarm 60;
my $said = '';
sysread $pairs[0][0], $said, 9000, length $said or last until $said =~ /}\s*$/;
print "$said\n";
END

# The runtime, as CRI-O calls it itself: nothing in its environment but who calls.
program on <<'END'
#!/bin/sh
# on NAME COMMAND [argument...]: with the container's id as the last one, or for @
name=$(printf %s "$1" | sha256sum | cut -c 1-64) command=$2
shift 2
for word in "$@"; do
	shift
	[ "$word" = @ ] && word=$name && name=
	set -- "$@" "$word"
done
exec env -i PATH="$PATH" CRI_O_EXTERNAL=1 "$runtime" --root "$runtime_root" "$command" "$@" ${name:+"$name"}
END

create() { # create NAME [option...]: of conmon's
	id=$(id_of "$1") bundle=$(bundle_of "$1") log=$(log_of "$1") persist=$(persist_of "$1")
	called=k8s_${1}_pod_default_1_0
	shift
	(cd "$bundle" && monitor $pod_cgroup/crio-conmon-$id -b "$bundle" -c "$id" --exit-dir $exits \
		-l "$log" --log-level info -n "$called" \
		-P "$bundle/conmon-pidfile" -p "$bundle/pidfile" --persist-dir "$persist" \
		-r "$runtime" --runtime-arg "--root=$runtime_root" --socket-dir-path /var/run/crio --syslog \
		-u "$id" --log-size-max 8192 "$@")
}

# Creates it for good: a pid came.
created() { # created NAME [option...]
	answer=$(create "$@")
	echo "$answer"
	echo "$answer" | grep -q '"\(pid\|data\)": *[1-9]'
}

# process NAME FILTER: the container's, changed, as a file for exec
process() {
	jq ".process | $2" "$(bundle_of "$1")/config.json" >"$ENGINES_ROOM/exec-process-$1"
	echo "$ENGINES_ROOM/exec-process-$1"
}

# exec_sync NAME FILTER [option...]: conmon's answer, then what was printed. It ends as the program did.
exec_sync() {
	id=$(id_of "$1") file=$(process "$1" "$2") called=k8s_${1}_pod_default_1_0
	shift 2
	rm -f "$ENGINES_ROOM/exec-log" "$ENGINES_ROOM/exec-pid"
	monitor "" -c "$id" -n "$called" -r "$runtime" -p "$ENGINES_ROOM/exec-pid" -e \
		-l "$ENGINES_ROOM/exec-log" --socket-dir-path /var/run/crio --log-level info --sync \
		--log-global-size-max 16777216 "$@" --exec-process-spec "$file" \
		--runtime-arg "--root=$runtime_root" >"$ENGINES_ROOM/answer"
	cat "$ENGINES_ROOM/answer" "$ENGINES_ROOM/exec-log"
	status=$(jq -r 'if .exit_code == -1 then 255 else .exit_code end' "$ENGINES_ROOM/answer")
	return "${status:-255}"
}

program is <<'END'
#!/bin/sh
# is STATUS NAME
state=$(on "$2" state) || exit 1
echo "$state"
echo "$state" | jq -e --arg wanted "$1" '.status == $wanted and .pid >= 0 and (.created | length > 0)'
END
program ended <<'END'
#!/bin/sh
# ended NAME STATUS: what conmon wrote down
id=$(printf %s "$1" | sha256sum | cut -c 1-64)
[ "$(cat "/var/run/crio/exits/$id")" = "$2" ] || { cat "/var/run/crio/exits/$id"; exit 1; }
END

# attach NAME INPUT: what its output is from then on, until a line of it is `end`
program attach <<'END'
#!/usr/bin/perl
use strict;
use Socket;

my $id = `printf %s $ARGV[0] | sha256sum | cut -c 1-64`;
chomp $id;
socket(my $to, AF_UNIX, SOCK_SEQPACKET, 0) or die $!;
connect $to, sockaddr_un("/var/run/crio/$id/attach") or die "attach: $!";
syswrite $to, $ARGV[1] if $ARGV[1] ne '';
alarm 30;
my $all = '';
until ($all =~ /^end\r?$/m) {
	sysread $to, my $packet, 8193 or last;
	$all .= substr $packet, 1;
}
print $all;
END
