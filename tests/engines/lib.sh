# lib.sh -- what the scripts of engines say and how they look: one line an operation.
#
#	# with podman version 5.4.2
#	ok - run and its output
#	not ok - pause
#	#   what it printed
#	# end
#
# Sourced. Works in $ENGINES_ROOM; the runtime under test is $ENGINES_RUNTIME. Names are said once in
# a script: compare.awk finds the same operation of the other runtime by them.

said=$ENGINES_ROOM/said
patience=${ENGINES_PATIENCE:-90}
trap 'echo "# end"' EXIT

# Some virtual machines accept hardware breakpoints and never hit them: criu would wait for ever. This is
# its own switch for machines without; not every engine would hand it on.
if [ -x /usr/sbin/criu ]; then
	printf '#!/bin/sh\nCRIU_FAULT=130 exec /usr/sbin/criu "$@"\n' >/usr/local/sbin/criu
	chmod 755 /usr/local/sbin/criu
fi

# with COMMAND...: which engine it is, in its own words.
with() {
	echo "# with $("$@" | head -n 1)"
}

# cannot REASON: none of it can be asked here.
cannot() {
	echo "ok - all of it # SKIP $1"
	exit
}

ok() { # ok NAME
	echo "ok - $1"
}

not_ok() { # not_ok NAME
	echo "not ok - $1"
	grep . "$said" | tail -n 6 | cut -c1-300 | sed 's/^/#   /'
}

# ask COMMAND...: it may be a function of the script, too; then there is no limit of time.
ask() {
	if command -v "$1" | grep -q /; then
		set -- timeout "$patience" "$@"
	fi
	"$@" >"$said" 2>&1 </dev/null
}

# does NAME COMMAND...: it succeeds.
does() {
	name=$1
	shift
	if ask "$@"; then ok "$name"; else not_ok "$name"; fi
}

# prints TEXT NAME COMMAND...: it succeeds, and TEXT is in what it prints.
prints() {
	text=$1 name=$2
	shift 2
	if ask "$@" && grep -qF -- "$text" "$said"; then
		ok "$name"
	else
		not_ok "$name"
	fi
}

# fails TEXT NAME COMMAND...: it does not succeed, and TEXT is in what it prints.
fails() {
	text=$1 name=$2
	shift 2
	if ! ask "$@" && grep -qF -- "$text" "$said"; then
		ok "$name"
	else
		not_ok "$name"
	fi
}

# ends STATUS NAME COMMAND...: its exit status is that one.
ends() {
	wanted=$1 name=$2
	shift 2
	ask "$@"
	status=$?
	if [ $status -eq "$wanted" ]; then
		ok "$name"
	else
		echo "exit status $status instead of $wanted" >>"$said"
		not_ok "$name"
	fi
}

# soon NAME COMMAND...: it succeeds within 30 seconds, asked again and again.
soon() {
	name=$1
	shift
	until_time=$(($(date +%s) + 30))
	until timeout 30 "$@" >"$said" 2>&1 </dev/null; do
		if [ "$(date +%s)" -gt $until_time ]; then
			not_ok "$name"
			return
		fi
		sleep 0.2
	done
	ok "$name"
}

# at_once N COMMAND...: the command N times side by side, $i being its number. All succeed.
at_once() {
	count=$1
	shift
	pids=
	for i in $(seq "$count"); do
		i=$i sh -c "$*" &
		pids="$pids $!"
	done
	worst=0
	for pid in $pids; do
		wait "$pid" || worst=$?
	done
	return $worst
}

# A root file system of busybox, as a tar: $1.
busybox_image() {
	root=$ENGINES_ROOM/busybox
	mkdir -p "$root/bin" "$root/etc" "$root/tmp" "$root/root" "$root/var/www"
	cp "$(command -v busybox)" "$root/bin/busybox"
	for applet in $("$root/bin/busybox" --list); do
		[ -e "$root/bin/$applet" ] || ln -s busybox "$root/bin/$applet"
	done
	chmod 1777 "$root/tmp"
	printf 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/:/bin/sh\n' >"$root/etc/passwd"
	printf 'root:x:0:\nuser:x:1000:\n' >"$root/etc/group"
	echo hello >"$root/var/www/index.html"
	tar -C "$root" -cf "$1" .
}

# oci_archive LAYER.tar IMAGE OUT.tar [PROGRAM]: an image of one layer as an OCI archive, which is a tar
# of JSON and blobs: no engine need be there to write one.
oci_archive() {
	place=$(mktemp -d "$ENGINES_ROOM/oci.XXXXXX")
	mkdir -p "$place/blobs/sha256"
	layer=$(blob "$1")
	cat >"$place/config" <<-END
		{"architecture": "amd64", "os": "linux",
		 "config": {"Env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"], "Cmd": ["${4:-sh}"]},
		 "rootfs": {"type": "layers", "diff_ids": ["sha256:$layer"]}}
	END
	config=$(blob "$place/config")
	cat >"$place/manifest" <<-END
		{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
		 "config": {"mediaType": "application/vnd.oci.image.config.v1+json",
		  "digest": "sha256:$config", "size": $(stat -c %s "$place/config")},
		 "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar",
		  "digest": "sha256:$layer", "size": $(stat -c %s "$1")}]}
	END
	manifest=$(blob "$place/manifest")
	cat >"$place/index.json" <<-END
		{"schemaVersion": 2, "manifests": [{"digest": "sha256:$manifest",
		 "mediaType": "application/vnd.oci.image.manifest.v1+json",
		 "size": $(stat -c %s "$place/manifest"),
		 "annotations": {"io.containerd.image.name": "$2"}}]}
	END
	echo '{"imageLayoutVersion": "1.0.0"}' >"$place/oci-layout"
	tar -C "$place" -cf "$3" blobs index.json oci-layout
}

blob() { # blob FILE: into $place; prints its digest
	digest=$(sha256sum "$1" | cut -d' ' -f1)
	cp "$1" "$place/blobs/sha256/$digest"
	echo "$digest"
}

# A program of the script's own, from stdin: so timeout(1) can run it, and other programs.
program() { # program NAME
	mkdir -p "$ENGINES_ROOM/bin"
	cat >"$ENGINES_ROOM/bin/$1"
	chmod 755 "$ENGINES_ROOM/bin/$1"
}
export PATH="$ENGINES_ROOM/bin:$PATH"

# A terminal around a command whose stdin must be one.
program on_a_terminal <<'END'
#!/bin/sh
exec script -qec "$*" /dev/null </dev/null
END

# The limit as the kernel has it, from inside: on v1, or on v2 where the file has another name.
limit() { # limit CONTROLLER V1-FILE V2-FILE
	printf 'cat /sys/fs/cgroup/%s/%s 2>/dev/null || cat /sys/fs/cgroup/%s' "$1" "$2" "$3"
}
