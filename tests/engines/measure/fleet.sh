# fleet.sh -- what 200 containers that do nothing cost: sh tests/engines/world.sh measure/fleet caisson
#
# First with nobody but the runtimes: what stays of each, and how long its list, state and ps take while
# 200 of its own are there (medians, asked in turn). Then below containerd and below podman: what the
# process beside each container spends. docs/FLEET.md has the figures and what follows.
. "$ENGINES_HERE/lib_containerd.sh"

many=200 rounds=21
# crun refuses hosts with both versions.
umount /sys/fs/cgroup/unified 2>/dev/null
busybox_image "$ENGINES_ROOM/bb.tar"

# ---- nobody but the runtime ---------------------------------------------------------------------
root_of() { echo "/run/fleet/$1"; }

bring_up() { # bring_up RUNTIME
	bundle=$ENGINES_ROOM/bundle-$1
	mkdir -p "$bundle" "$(root_of "$1")"
	[ -e "$bundle/config.json" ] || (cd "$bundle" && "$1" spec)
	jq --arg root "$ENGINES_ROOM/busybox" '.process.terminal = false | .process.args = ["sleep", "100000"]
		| .root = { path: $root, readonly: true }' "$bundle/config.json" >"$bundle/new"
	for i in $(seq $many); do
		jq --arg path "/fleet-$1/$i" '.linux.cgroupsPath = $path' "$bundle/new" >"$bundle/config.json"
		"$1" --root "$(root_of "$1")" create --bundle "$bundle" "$1-$i" </dev/null >/dev/null &&
			"$1" --root "$(root_of "$1")" start "$1-$i"
	done
}

took() { # took COMMAND...: microseconds
	begun=$(date +%s%N)
	"$@" >/dev/null
	echo $((($(date +%s%N) - begun) / 1000))
}

median() { sort -n | sed -n "$((rounds / 2 + 1))p"; }

ask() { # ask NAME WORDS...: "@" is the id of one in the middle
	name=$1
	shift
	for _ in $(seq $rounds); do
		for runtime in $runtimes; do
			# shellcheck disable=SC2046 # words
			took "$runtime" --root "$(root_of "$runtime")" $(echo "$@" | sed "s/@/$runtime-100/") \
				>>"$ENGINES_ROOM/$name.$runtime"
		done
	done
	for runtime in $runtimes; do
		echo "$name with $many alive, $runtime: $(median <"$ENGINES_ROOM/$name.$runtime") us"
	done
}

runtimes="caisson crun runc"
rm -f /usr/local/sbin/runc
for runtime in $runtimes; do
	bring_up "$runtime"
	echo "$runtime: processes of it that stay: $(pgrep -cx "$runtime")," \
		"kB of records: $(du -sk "$(root_of "$runtime")" | cut -f1)," \
		"cgroups: $(find /sys/fs/cgroup -type d -path "*/fleet-$runtime/*" | wc -l)"
done
ask list list
ask state state @
ask ps ps --format json @
for runtime in $runtimes; do
	for i in $(seq $many); do
		"$runtime" --root "$(root_of "$runtime")" delete --force "$runtime-$i"
	done
done

# ---- below engines --------------------------------------------------------------------------------
# beside NAME PROGRAM: what the processes of that name spend, each.
beside() {
	pids=$(pgrep -f "^[^ ]*$2")
	count=$(echo "$pids" | wc -w)
	pss=0 rss=0 descriptors=0 threads=0
	for pid in $pids; do
		pss=$((pss + $(awk '/^Pss:/ { print $2 }' "/proc/$pid/smaps_rollup")))
		rss=$((rss + $(awk '/^Rss:/ { print $2 }' "/proc/$pid/smaps_rollup")))
		descriptors=$((descriptors + $(find "/proc/$pid/fd" -mindepth 1 | wc -l)))
		threads=$((threads + $(find "/proc/$pid/task" -mindepth 1 -maxdepth 1 | wc -l)))
	done
	echo "$1: $count of $2, each: Pss $((pss / count)) kB, Rss $((rss / count)) kB," \
		"$((descriptors / count)) descriptors, $((threads / count)) threads"
}

oci_archive "$ENGINES_ROOM/bb.tar" $image "$ENGINES_ROOM/oci.tar"
begin_containerd <<END
version = 2
disabled_plugins = ["io.containerd.grpc.v1.cri"]
END
ctr image import "$ENGINES_ROOM/oci.tar" >/dev/null
for runtime in $runtimes; do
	program=$(command -v "$runtime")
	for i in $(seq $many); do
		ctr run -d --null-io --runc-binary "$program" $image "$runtime-$i" sleep 100000
	done
	beside "containerd with $runtime" containerd-shim-runc-v2
	echo "containerd with $runtime: processes of the runtime: $(pgrep -cx "$runtime")"
	ctr task kill -s KILL "$runtime-1"
	for i in $(seq $many); do ctr task rm -f "$runtime-$i"; done >/dev/null 2>&1
	ctr container ls -q | xargs ctr container rm
done
kill "$daemon"
wait "$daemon"

printf '{"default": [{"type": "insecureAcceptAnything"}]}\n' >/etc/containers/policy.json
podman import -q -c 'CMD ["sh"]' "$ENGINES_ROOM/bb.tar" localhost/bb >/dev/null
for runtime in $runtimes; do
	program=$(command -v "$runtime")
	for i in $(seq $many); do
		podman --runtime "$program" run -d --network none --ulimit nofile=1024:1024 \
			--ulimit nproc=4096:4096 localhost/bb sleep 100000 >/dev/null
	done
	beside "podman with $runtime" conmon
	echo "podman with $runtime: processes of the runtime: $(pgrep -cx "$runtime")"
	podman --runtime "$program" rm -af -t 0 >/dev/null
done
