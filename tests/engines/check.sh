# check.sh -- every engine with caisson and with runc: sh tests/engines/check.sh build/release [short]
#
# Each script of this folder runs in worlds of its own (world.sh): with the engines of this machine's
# Debian and with those of trixie, with caisson and with Debian's runc. Whatever works with runc has
# to work with caisson; TAP on stdout says of each operation whether it does (compare.awk), and
# $out/table.md is what docs/ENGINES.md shows (`make docs`).
#
# "short" is for `make check`: podman and containerd of this machine, with caisson; with runc only
# where something failed. ONLY="podman images" chooses scripts, WORLDS="trixie" worlds.
# CRICTL and CRIO name what no Debian has (world.sh); who wants it says so where it is not there.
# Where engines cannot be had that is one skipped test with the reason.
set -u
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.." || exit 1
build=$1
export BUILD="$build"
short=${2-}
out=$build/tests/out/engines
rm -rf "$out" && mkdir -p "$out"
release=$(. /etc/os-release 2>/dev/null && echo "${VERSION_CODENAME:-}")

# Every file here that is an engine's script, and none that is sourced or runs them.
scripts() {
	for script in "$here"/*.sh; do
		script=$(basename "$script" .sh)
		case $script in
		check | lib* | root | table | world) ;;
		*) echo "$script" ;;
		esac
	done
}

scripts=${ONLY:-$(if [ "$short" ]; then echo podman containerd; else scripts; fi)}
worlds=${WORLDS:-$release $([ "$short" ] || echo trixie)}

# Succeeds with the reason on stdout when there can be no engines here.
cannot() {
	if [ "$(id -u)" != 0 ]; then
		echo "root is needed, for namespaces and packages"
	elif [ "${build##*/}" = san ]; then
		echo "they are asked about the release variant; the sanitizers' libraries are not in their worlds"
	elif [ -z "$release" ] || ! command -v apt-get >/dev/null; then
		echo "only Debian has the packages"
	elif ! sh tests/deps.sh engines >"$out/prepare.log" 2>&1; then
		echo "cannot be installed: $(grep . "$out/prepare.log" | tail -n 1)"
	else
		return 1
	fi
}

run() { # run WORLD SCRIPT RUNTIME: leaves WORLD-SCRIPT-RUNTIME.tap
	root=
	[ "$1" = "$release" ] || root=$(cat "$out/$1.root")
	timeout 1500 sh tests/engines/world.sh "$2" "$3" ${root:+"$root"} \
		>"$out/$1-$2-$(basename "$3").tap" 2>"$out/$1-$2-$(basename "$3").log"
}

# Where it is short and all is well, runc is not asked.
both() { # both WORLD SCRIPT
	caisson=$out/$1-$2-caisson.tap runc=$out/$1-$2-runc.tap
	run "$1" "$2" "$build/caisson" &
	[ -z "$short" ] || wait
	if [ -z "$short" ] || grep -q '^not ok' "$caisson" || ! grep -q '^# end' "$caisson"; then
		run "$1" "$2" runc
	fi
	wait
	[ -e "$runc" ] || runc=/dev/null
	awk -v of="$2 ($1)" -f "$here/compare.awk" "$caisson" "$runc"
}

all() {
	if reason=$(cannot); then
		echo "ok - engines # SKIP $reason"
		return
	fi
	for world in $worlds; do
		if [ "$world" != "$release" ] && ! sh tests/engines/root.sh "$world" \
			>"$out/$world.root" 2>"$out/$world.log"; then
			echo "ok - engines of $world # SKIP no root: $(grep . "$out/$world.log" | tail -n 1)"
			continue
		fi
		for script in $scripts; do
			both "$world" "$script"
		done
	done
}

if [ "$short" ]; then
	all
else
	all | tee "$out/engines.tap"
	sh "$here/table.sh" "$out" >"$out/table.md"
	. tests/tap.sh
	tap_sum "$out/engines.tap"
fi
