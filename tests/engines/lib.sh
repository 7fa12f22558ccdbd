# lib.sh -- what the scripts of engines say and how they look: one line an operation.
#
#	ok - podman: run and its output
#	not ok - podman: pause
#	#   what it printed
#
# Sourced. Works in $ENGINES_ROOM; the runtime under test is $ENGINES_RUNTIME.

engine=${0##*/}
engine=${engine%.sh}
said=$ENGINES_ROOM/said

ok() { # ok NAME
	echo "ok - $engine: $1"
}

not_ok() { # not_ok NAME
	echo "not ok - $engine: $1"
	tail -n 6 "$said" | cut -c1-300 | sed 's/^/#   /'
}

# does NAME COMMAND...: it succeeds.
does() {
	name=$1
	shift
	if timeout 90 "$@" >"$said" 2>&1 </dev/null; then ok "$name"; else not_ok "$name"; fi
}

# prints TEXT NAME COMMAND...: it succeeds, and TEXT is in what it prints.
prints() {
	text=$1 name=$2
	shift 2
	if timeout 90 "$@" >"$said" 2>&1 </dev/null && grep -qF -- "$text" "$said"; then
		ok "$name"
	else
		not_ok "$name"
	fi
}

# ends STATUS NAME COMMAND...: its exit status is that one.
ends() {
	wanted=$1 name=$2
	shift 2
	timeout 90 "$@" >"$said" 2>&1 </dev/null
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
	tries=0
	until timeout 30 "$@" >"$said" 2>&1 </dev/null; do
		tries=$((tries + 1))
		if [ $tries -gt 150 ]; then
			not_ok "$name"
			return
		fi
		sleep 0.2
	done
	ok "$name"
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

# A terminal around a command whose stdin must be one.
on_a_terminal() {
	script -qec "$*" /dev/null </dev/null
}
