#!/bin/sh
# readme.sh -- the README's examples, line by line, as TAP: sh tests/readme.sh
#
# Every ```sh block from "By hand" to "With an engine", in an empty directory, in a mount namespace
# with a /run of its own. Lines that open a shell are left by "exit" on a terminal; the lines that are
# to fail are told apart by --trip. The block for an ordinary user is run by one, that for systemd by
# nobody. What a block has to
# have printed stands in `wanted`.
#
# As root. The runtime is $RUNTIME, else $BUILD/caisson.
set -u

# Nobody types so fast that the process is still about to die.
until_stopped() {
	tries=0
	until eval "$1" </dev/null 3<&- | grep ' stopped '; do
		tries=$((tries + 1))
		[ $tries -lt 1000 ] || return 1
	done
}

# Runs the lines of a file, to the first that fails. One that ends with a backslash goes on.
follow() {
	line=
	while IFS= read -r part <&3; do
		line=$line$part
		case $line in
		*\\) line="$line
" && continue ;;
		*"# stopped") until_stopped "$line" ;;
		*" --trip "*) ! eval "$line" </dev/null 3<&- || return 1 ;;
		"caisson exec --tty "* | "caisson run --bundle "*)
			printf 'exit\n' | script -qec "$line" /dev/null 3<&- ;;
		*) eval "$line" </dev/null 3<&- ;;
		esac || {
			echo "failed: $line"
			return 1
		}
		line=
	done 3<"$1"
}

if [ -n "${README_BLOCK-}" ]; then
	follow "$README_BLOCK"
	exit
fi

here=$(cd "$(dirname "$0")/.." && pwd)
script=$here/tests/readme.sh
runtime=$(realpath "${RUNTIME:-${BUILD:-$here/build/release}/caisson}")
if [ "${README_INSIDE-}" != yes ]; then
	if [ "$(id -u)" != 0 ]; then
		echo "ok - the README can be followed # SKIP only root can"
		exit
	fi
	README_INSIDE=yes RUNTIME=$runtime exec unshare --mount --propagation private sh "$script"
fi

mount -t tmpfs -o mode=755 none /run
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
mkdir "$work/bin" "$work/here" "$work/user"
cp "$runtime" "$work/bin/caisson"
export PATH="$work/bin:$PATH"
cd "$work/here" || exit 1

awk -v to="$work" '
	/^## / { inside = ($0 == "## By hand" || $0 == "## Looking inside") }
	/^```/ { if (!open && inside && $0 == "```sh") file = to "/block" ++number; else file = ""
		 open = !open; next }
	file { print > file }' "$here/README.md"

# What each block prints, among other things: one expression a line.
wanted() {
	case $1 in
	1 | 6) echo '^/ #' ;;
	2) printf '%s\n' '"status": "created"' '^web .* running' 'uid=1000' '^web .* stopped' ;;
	3) printf '%s\n' ':/.*web$' '"type":"stats"' ;;
	5) echo '^ *0 *100000 *65536$' ;;
	7) printf '%s\n' '^record  *host  *[0-9.]* ' \
		'^caisson: run web3: mounts: tripped, as --trip asked$' ;;
	esac
}

# As uid 1000, in a folder of that user's with a copy of the bundle made before.
follow_as_user() {
	cp -R "$work/here/web" "$work/user/"
	chown -R 1000:1000 "$work/user"
	(cd "$work/user" && README_BLOCK=$1 HOME=$work/user XDG_RUNTIME_DIR=$work/user exec \
		setpriv --reuid 1000 --regid 1000 --clear-groups sh "$script")
}

said_all() {
	wanted "$1" >"$work/wanted"
	while IFS= read -r expression; do
		tr -d '\r' <"$work/said" | grep -q -- "$expression" || {
			echo "not printed: $expression"
			return 1
		}
	done <"$work/wanted"
}

# Cgroups of these names; others may have made some.
cgroups() {
	find /sys/fs/cgroup -type d \( -name web -o -name 'web[23]' -o -name mine \) 2>/dev/null | sort
}

cgroups >"$work/cgroups"
number=0
status=0
while [ -e "$work/block$((number + 1))" ]; do
	number=$((number + 1))
	as=follow
	if grep -q systemctl "$work/block$number"; then
		echo "ok $number - README block $number # SKIP no systemd in a /run of its own:" \
			"run/test_systemd.c, in a guest"
		continue
	fi
	grep -q rootless "$work/block$number" && as=follow_as_user
	if $as "$work/block$number" >"$work/said" 2>&1 && said_all $number >>"$work/said"; then
		echo "ok $number - README block $number: $(head -n 1 "$work/block$number")"
	else
		echo "not ok $number - README block $number: $(head -n 1 "$work/block$number")"
		sed 's/^/  /' "$work/said"
		status=1
	fi
done
number=$((number + 1))
cgroups >"$work/cgroups.now"
left=$(caisson list -q; comm -13 "$work/cgroups" "$work/cgroups.now")
if [ -z "$left" ] && [ $number -gt 6 ]; then
	echo "ok $number - nothing is left when the README has been followed"
else
	echo "not ok $number - nothing is left when the README has been followed: $left"
	status=1
fi
exit $status
