# kernel.sh -- puts a guest's kernel into the cache: sh tests/guest/kernel.sh uml|qemu
#
# uml: `linux`, a program that is a kernel (user-mode Linux). Debian's unstable one is taken where it
#	can be had and boots here: newer ones run their processes by seccomp instead of ptrace, which
#	is ten times as fast as this release's, the second choice. Its libc lies beside it.
# qemu: `vmlinuz`, this release's kernel, with every controller. Its other one, for machines in a cloud,
#	has no RDMA adapter that is all software.
# Both: early/, modules to find a disk with; modules.ext4, for /lib/modules. All of it is downloaded and unpacked, not installed.
set -eu
. "$(dirname "$0")/cache.sh"
. "$guest_here/packages.sh"

# modules FOLDER WHERE: the disk with what lies in WHERE/VERSION, and without sound and the like.
modules() {
	version=$(ls "$2")
	rm -rf "$1/modules"
	mkdir -p "$1/modules/lib/modules"
	mv "$2/$version" "$1/modules/lib/modules/"
	rm -rf "$1/modules/lib/modules/$version/kernel/sound"
	depmod -b "$1/modules" "$version"
	mke2fs -q -t ext4 -O ^has_journal -m 0 -d "$1/modules/lib/modules" "$1/modules.ext4" 1G
}

# early FOLDER MODULE...: those an initrd has to load before there is a disk, in that order.
early() {
	folder=$1
	shift
	mkdir "$folder/early"
	number=100
	modprobe -d "$folder/modules" -S "$version" -a --show-depends "$@" |
		awk '$1 == "insmod" && !seen[$2]++ { print $2 }' |
		while read -r module; do
			cp "$module" "$folder/early/$number-${module##*/}"
			number=$((number + 1))
		done
}

# proven FOLDER: whether that user-mode kernel boots on this machine at all.
proven() {
	mkdir -p "$1/proof/bin"
	cp "$(command -v busybox)" "$1/proof/bin/busybox"
	printf '#!/bin/busybox sh\necho it boots\n/bin/busybox poweroff -f\n' >"$1/proof/init"
	chmod 755 "$1/proof/init"
	guest_initrd "$1/proof" >"$1/proof.initrd"
	timeout -k 5 60 "$1/linux" mem=128M initrd="$1/proof.initrd" con=null con0=null,fd:1 \
		seccomp=on uml_dir="$1/" umid=proof </dev/null >"$1/console" 2>&1 || true
	grep -q 'it boots' "$1/console"
}

uml_of() {
	rm -rf "${1:?}/lib" "$1/linux"
	packages_index "$1" "$2" && packages_alone "$1" user-mode-linux libc6 || return 1
	mkdir "$1/lib"
	cp "$1/tree/usr/bin/linux.uml" "$1/linux"
	find "$1/tree" \( -name 'ld-linux*.so.*' -o -name libc.so.6 \) -exec cp -L {} "$1/lib/" \;
	patchelf --set-interpreter "$(echo "$1"/lib/ld-*)" --set-rpath "$1/lib" "$1/linux"
	proven "$1"
}

uml() {
	uml_of "$1" sid || uml_of "$1" "$guest_release"
	modules "$1" "$1/tree/usr/lib/uml/modules"
	mkdir "$1/early"
	rm -rf "$1/tree" "$1/apt" "$1/modules" "$1"/proof* "$1/console"
}

qemu() {
	packages_index "$1" "$guest_release"
	packages_alone "$1" linux-image-amd64
	mv "$1"/tree/boot/vmlinuz-* "$1/vmlinuz"
	modules "$1" "$1/tree/lib/modules"
	early "$1" virtio_pci virtio_blk ext4
	rm -rf "$1/tree" "$1/apt" "$1/modules"
}

export PATH="$PATH:/usr/sbin:/sbin"
cached "kernel-$1" "$guest_release $(cat "$guest_here/packages.sh")" "$1"
