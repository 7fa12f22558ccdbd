# kubelet_containerd.sh -- containerd as a kubelet has it, with the tables that are shipped. Run by world.sh.
#
# As users of `ctr` have it is containerd.sh.
. "$ENGINES_HERE/lib_cri.sh"

handler=${ENGINES_RUNTIME##*/} runtime=$(command -v "$ENGINES_RUNTIME") runtime_root=/run/containerd/runc/k8s.io
export handler runtime runtime_root
export engine=containerd
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

with containerd --version
begin_engine "the daemon answers"
for name in bb pause; do
	does "the image $name, by ctr" ctr -n k8s.io image import "$ENGINES_ROOM/$name.oci"
done
does "info names the runtime" sh -c "cri info | jq -e '.config.containerd.defaultRuntimeName == \"$handler\"'"

. "$ENGINES_HERE/lib_kubelet.sh"

# ---- it is restarted ----------------------------------------------------------------------------
restarts soon

# ---- its end ------------------------------------------------------------------------------------
does "stop of all" sh -c "cri ps -q | xargs -r crictl stop --timeout 0"
does "stopp of all" sh -c "cri pods -q | xargs -r crictl stopp"
does "rmp of all" cri rmp -a
end_engine
prints "0 left" "nothing is left of the runtime" sh -c "echo \$(ls $runtime_root 2>/dev/null | wc -l) left"
prints "0 left" "nor of cgroups" sh -c \
	"echo \$(find /sys/fs/cgroup -path '*/kubepods/burstable/pod-*/*' -type d | wc -l) left"
prints "0 left" "nor of mounts" sh -c "echo \$(grep -cE '/rootfs |/netns/' /proc/mounts) left"
prints "0 left" "nor of processes" sh -c "echo \$(pgrep -c 'containerd-shim|$handler|inside') left"
