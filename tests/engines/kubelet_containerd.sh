# kubelet_containerd.sh -- containerd as a kubelet has it, with the tables that are shipped. Run by world.sh.
#
# As users of `ctr` have it is containerd.sh.
. "$ENGINES_HERE/lib_cri.sh"

handler=${ENGINES_RUNTIME##*/} runtime=$(command -v "$ENGINES_RUNTIME") runtime_root=/run/containerd/runc/k8s.io
export handler runtime runtime_root
mkdir -p /etc/containerd
shipped=/usr/local/share/caisson/engines/containerd.toml
if [ "$handler" = caisson ]; then cat $shipped; else echo "version = 2"; fi >/etc/containerd/config.toml
# What this machine needs besides: not every machine's root has CAP_SYS_RESOURCE.
cat >>/etc/containerd/config.toml <<END

[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "localhost/pause:latest"
restrict_oom_score_adj = true
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "/usr/lib/cni"
END
make_archives
make_network
use_endpoint /run/containerd/containerd.sock

begin_containerd() { # begin_containerd NAME: of the question whether it answers. $daemon is its pid.
	containerd >>"$ENGINES_ROOM/containerd.log" 2>&1 &
	daemon=$!
	soon "$1" crictl version
}

end_containerd() { # end_containerd [SIGNAL]
	kill -s "${1:-TERM}" "$daemon"
	wait "$daemon"
}

with containerd --version
begin_containerd "the daemon answers"
for name in bb pause; do
	does "the image $name, by ctr" ctr -n k8s.io image import "$ENGINES_ROOM/$name.oci"
done
does "info names the runtime" sh -c "cri info | jq -e '.config.containerd.defaultRuntimeName == \"$handler\"'"

. "$ENGINES_HERE/lib_kubelet.sh"

# ---- it is restarted ----------------------------------------------------------------------------
does "one that ends while nobody looks" begin unseen web 'runs("trap \"exit 5\" TERM; sleep 1000 & wait")'
unseen=$(pid_of unseen) other=$(pid_of other)
end_containerd
does "the containers live without it" kill -0 "$other"
kill "$unseen"
begin_containerd "it answers, restarted"
does "they are running" is RUNNING other
soon "the one that ended is known" ended 5 Error unseen
prints inside "exec, restarted" cri exec @other echo inside
soon "the server answers" sh -c 'fetch "$(address_of web)" | grep hello'
does "a new one in the old pod" begin newer web
end_containerd KILL
begin_containerd "it answers, after it was killed"
does "they still run" is RUNNING other
does "exec, after it was killed" cri exec -s @newer true
does "stop, after it was killed" cri stop --timeout 0 @newer
does "that is 137, too" ended 137 Error newer

# ---- its end ------------------------------------------------------------------------------------
does "stop of all" sh -c "cri ps -q | xargs -r crictl stop --timeout 0"
does "stopp of all" sh -c "cri pods -q | xargs -r crictl stopp"
does "rmp of all" cri rmp -a
end_containerd
prints "0 left" "nothing is left of the runtime" sh -c "echo \$(ls $runtime_root 2>/dev/null | wc -l) left"
prints "0 left" "nor of cgroups" sh -c \
	"echo \$(find /sys/fs/cgroup -path '*/kubepods/burstable/pod-*/*' -type d | wc -l) left"
prints "0 left" "nor of mounts" sh -c "echo \$(grep -cE '/rootfs |/netns/' /proc/mounts) left"
prints "0 left" "nor of processes" sh -c "echo \$(pgrep -c 'containerd-shim|$handler|inside') left"
