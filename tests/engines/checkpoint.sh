# checkpoint.sh -- containers that podman saves through criu and brings back. Run by world.sh.
. "$ENGINES_HERE/lib_podman.sh"

with podman --version
command -v criu >/dev/null || cannot "criu is not installed here; trixie's is in its world"
why=$(criu check 2>&1) || cannot "criu does not work on this kernel: $(echo "$why" | head -n 1)"
make_archives "$ENGINES_ROOM"
does "import" import_images "$ENGINES_ROOM"

# It counts in /count; after it came back it counts on from where it was.
counts='i=0; while :; do i=$((i + 1)); echo $i >/count; sleep 0.1; done'
start_counting() { # start_counting NAME [OPTION...]
	name_of=$1
	shift
	podman run -d --name "$name_of" "$@" $image sh -c "$counts" && soon_counts "$name_of" 3
}
count_of() { # count_of NAME: the file may be empty for a moment
	podman exec "$1" cat /count | grep .
}
soon_counts() { # soon_counts NAME AT-LEAST
	for try in $(seq 100); do
		[ "$(count_of "$1" || echo 0)" -lt "$2" ] || return 0
		sleep 0.1
	done
	return 1
}
# saved_at NAME: what it had counted to, of the stopped container's file system.
saved_at() {
	podman cp "$1:/count" - | tar -xO | tail -n 1
}
counts_on() { # counts_on NAME FROM: never from the beginning again
	now=$(count_of "$1") && [ "$now" -ge "$2" ] && soon_counts "$1" $(($2 + 3))
}

does "one that counts" start_counting one --network none
does "checkpoint" podman container checkpoint one
prints exited "it has ended" podman inspect -f '{{.State.Status}}' one
prints true "inspect says checkpointed" podman inspect -f '{{.State.Checkpointed}}' one
at=$(saved_at one)
does "restore" podman container restore one
does "it counts on" counts_on one "$at"
prints inside "exec after restore" podman exec one echo inside
does "logs after restore" podman logs one
does "stats after restore" podman stats --no-stream one
does "pause, unpause after restore" sh -c "podman pause one && podman unpause one"
does "checkpoint again, --keep, --print-stats" podman container checkpoint --keep --print-stats one
at=$(saved_at one)
does "restore again, --keep, --print-stats" podman container restore --keep --print-stats one
does "it counts on once more" counts_on one "$at"
does "--leave-running" podman container checkpoint --leave-running one
does "it never stopped" counts_on one "$at"
does "stop after restore" podman stop -t 0 one
does "start afresh" podman start one
does "rm -f" podman rm -f -t 0 one

does "one to be moved" start_counting moved --network none -m 64m --cpus 0.5 -e set=1
does "--export" podman container checkpoint --export "$ENGINES_ROOM/moved.tar.gz" --compress gzip moved
at=$(saved_at moved)
does "rm of what was exported" podman rm -f -t 0 moved
does "--import" podman container restore --import "$ENGINES_ROOM/moved.tar.gz"
does "the imported one counts on" counts_on moved "$at"
prints 67108864 "with its limit" podman exec moved sh -c "$(limit memory memory.limit_in_bytes memory.max)"
prints set=1 "with its environment" podman exec moved cat /proc/1/environ
does "--import under another name" podman container restore --import "$ENGINES_ROOM/moved.tar.gz" --name clone
does "the clone counts on" counts_on clone "$at"
does "rm -f of both" podman rm -f -t 0 moved clone
does "one that is exported and runs on" start_counting on --network none
does "--export, --leave-running" podman container checkpoint --leave-running --export "$ENGINES_ROOM/on.tar" on
does "rm -f of the running" podman rm -f -t 0 on
does "--import of what ran on" podman container restore --import "$ENGINES_ROOM/on.tar"
does "rm -f of the imported" podman rm -f -t 0 on

mkdir -p "$ENGINES_ROOM/data"
does "one with volumes, a tmpfs, a device" start_counting rich --network none -v "$ENGINES_ROOM/data:/data" \
	-v v:/v --tmpfs /scratch --device /dev/fuse --read-only-tmpfs=false --init
does "checkpoint of the rich" podman container checkpoint rich
does "restore of the rich" podman container restore rich
does "its volumes are there" podman exec rich touch /data/there /v/there /scratch/there
does "rm -f of the rich" podman rm -f -t 0 rich

does "one in a network" start_counting networked
does "checkpoint of the networked" podman container checkpoint --tcp-established networked
does "restore of the networked" podman container restore --tcp-established networked
prints eth0 "its network is there" podman exec networked ip -o link
does "rm -f of the networked" podman rm -f -t 0 networked

does "one confined" start_counting confined --network none --cap-drop all --security-opt no-new-privileges
does "checkpoint of the confined" podman container checkpoint --file-locks confined
does "restore of the confined" podman container restore --file-locks confined
prints 0000000000000000 "no capability came back" podman exec confined grep CapEff /proc/1/status
prints "NoNewPrivs:	1" "nor a privilege" podman exec confined grep NoNewPrivs /proc/1/status
prints "Seccomp:	2" "its filter did" podman exec confined grep Seccomp: /proc/1/status
does "rm -f of the confined" podman rm -f -t 0 confined

does "one in a user namespace" start_counting mapped --network none --uidmap 0:100000:5000
does "checkpoint of the mapped" podman container checkpoint mapped
does "restore of the mapped" podman container restore mapped
prints 100000 "its mapping is there" podman exec mapped cat /proc/1/uid_map
does "rm -f of the mapped" podman rm -f -t 0 mapped
does "two" sh -c "podman run -d --name first --network none $image sleep 1000 &&
	podman run -d --name second --network none $image sleep 1000"
does "checkpoint --all" podman container checkpoint --all
does "restore --all" podman container restore --all
does "all is gone" sh -c "podman rm -af -t 0 && test -z \"\$(podman ps -aq)\""
