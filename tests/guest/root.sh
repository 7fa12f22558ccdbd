# root.sh -- makes the root file system of all guests in the cache: sh tests/guest/root.sh
#
# A minimal Debian of the release this machine has, since the test programs are built here: what
# they link, what the tests call, and systemd, which is the first process in one of the guests only.
# root/image is an ext4 file system made without mounting it. What of ours is in it (inside/) is put
# there at each boot.
#
# The user "tester" lingers: with systemd its user manager runs from boot on, with every controller
# that can be delegated.
set -eu
. "$(dirname "$0")/cache.sh"

packages="apparmor busybox-static iproute2 kmod procps runc secilc strace uidmap
	libcriterion3 libjansson4 libmnl0 libseccomp2 libcap2 libasan8 libubsan1
	systemd systemd-sysv dbus dbus-user-session libpam-systemd passwd"
# Neither is of use in a machine that lives for a minute.
masked="systemd-timesyncd.service systemd-networkd-wait-online.service apt-daily.timer
	apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer
	getty@tty1.service console-getty.service serial-getty@ttyS0.service systemd-update-utmp.service
	systemd-update-utmp-runlevel.service systemd-firstboot.service systemd-journal-flush.service
	systemd-binfmt.service systemd-hwdb-update.service ldconfig.service"

root() {
	folder=$1/root
	# mmdebstrap has a mount namespace of its own.
	mmdebstrap --quiet --mode=root --variant=essential --include="$(echo $packages | tr ' ' ,)" \
		--aptopt='Apt::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' \
		--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		"$guest_release" "$folder" "$(guest_mirror)"
	settle "$folder"
	mke2fs -q -t ext4 -O ^has_journal,^metadata_csum -m 0 -d "$folder" "$1/image" 4G
	rm -rf "$folder"
}

# settle FOLDER: the files of ours in it.
settle() {
	echo guest >"$1/etc/hostname"
	printf '127.0.0.1 localhost guest\n::1 localhost\n' >"$1/etc/hosts"
	: >"$1/etc/fstab"
	: >"$1/etc/machine-id"
	mkdir -p "$1/etc/systemd/system/user@.service.d" "$1/var/lib/systemd/linger"
	printf '[Service]\nDelegate=cpu cpuset io memory pids\n' \
		>"$1/etc/systemd/system/user@.service.d/delegate.conf"
	for unit in $masked; do
		ln -sf /dev/null "$1/etc/systemd/system/$unit"
	done
	chroot "$1" useradd --create-home --shell /bin/sh --uid 1000 tester
	touch "$1/var/lib/systemd/linger/tester"
}

cached root "$guest_release" root
