/* options.c -- the words of mounts[].options and what the kernel calls them. See options.h.
 *
 * All of config.md's table ("Linux mount options": MUST, SHOULD and MAY), rnodev, which that
 * table forgets although features.md lists it, and three of crun's that podman passes. `features` prints the names of this table, so a
 * word may only stand here when ns/ does what it says.
 *
 * atime is one setting of four values, not four flags. relatime is the kernel's default, so
 * "atime", "nostrictatime" and "relatime" all lead there; "norelatime" asks for nothing. */
#include "specs/options.h"

#include <linux/mount.h>
#include <stdlib.h>
#include <string.h>

#define ON(ms, attribute)  .kind = OPTION_ATTRIBUTE, .flag = ms, .attr_set = attribute
#define OFF(ms, attribute) .kind = OPTION_ATTRIBUTE, .clears = true, .flag = ms, \
			   .attr_clear = attribute
#define ATIME(ms, attribute) ON(ms, attribute), .attr_clear = MOUNT_ATTR__ATIME
#define NO_ATIME(ms)	     OFF(ms, MOUNT_ATTR__ATIME)
#define ALL		     .recursive = true
#define SB(ms, word)	     .kind = OPTION_SUPERBLOCK, .flag = ms, .superblock = word
#define NO_SB(ms, word)	     SB(ms, word), .clears = true
#define SPREAD(ms)	     .kind = OPTION_PROPAGATION, .flag = ms

const struct spec_mount_option spec_mount_options[] = {
	{ "async", NO_SB(MS_SYNCHRONOUS, "async") },
	{ "atime", NO_ATIME(MS_NOATIME) },
	{ "bind", .kind = OPTION_BIND, .flag = MS_BIND },
	{ "copy-symlink", .kind = OPTION_COPY_SYMLINK },
	{ "defaults", .kind = OPTION_NOTHING },
	{ "dest-nofollow", .kind = OPTION_DESTINATION_NOFOLLOW },
	{ "dev", OFF(MS_NODEV, MOUNT_ATTR_NODEV) },
	{ "diratime", OFF(MS_NODIRATIME, MOUNT_ATTR_NODIRATIME) },
	{ "dirsync", SB(MS_DIRSYNC, "dirsync") },
	{ "exec", OFF(MS_NOEXEC, MOUNT_ATTR_NOEXEC) },
	{ "idmap", .kind = OPTION_IDMAP },
	{ "iversion", SB(MS_I_VERSION, NULL) },
	{ "lazytime", SB(MS_LAZYTIME, "lazytime") },
	{ "loud", NO_SB(MS_SILENT, NULL) },
	{ "mand", SB(MS_MANDLOCK, "mand") },
	{ "noatime", ATIME(MS_NOATIME, MOUNT_ATTR_NOATIME) },
	{ "nodev", ON(MS_NODEV, MOUNT_ATTR_NODEV) },
	{ "nodiratime", ON(MS_NODIRATIME, MOUNT_ATTR_NODIRATIME) },
	{ "noexec", ON(MS_NOEXEC, MOUNT_ATTR_NOEXEC) },
	{ "noiversion", NO_SB(MS_I_VERSION, NULL) },
	{ "nolazytime", NO_SB(MS_LAZYTIME, "nolazytime") },
	{ "nomand", NO_SB(MS_MANDLOCK, "nomand") },
	{ "norelatime", OFF(MS_RELATIME, 0) },
	{ "nostrictatime", NO_ATIME(MS_STRICTATIME) },
	{ "nosuid", ON(MS_NOSUID, MOUNT_ATTR_NOSUID) },
	{ "nosymfollow", ON(MS_NOSYMFOLLOW, MOUNT_ATTR_NOSYMFOLLOW) },
	{ "private", SPREAD(MS_PRIVATE) },
	{ "ratime", NO_ATIME(MS_NOATIME), ALL },
	{ "rbind", .kind = OPTION_BIND, .flag = MS_BIND, ALL },
	{ "rdev", OFF(MS_NODEV, MOUNT_ATTR_NODEV), ALL },
	{ "rdiratime", OFF(MS_NODIRATIME, MOUNT_ATTR_NODIRATIME), ALL },
	{ "relatime", ATIME(MS_RELATIME, MOUNT_ATTR_RELATIME) },
	{ "remount", .kind = OPTION_REMOUNT, .flag = MS_REMOUNT },
	{ "rexec", OFF(MS_NOEXEC, MOUNT_ATTR_NOEXEC), ALL },
	{ "ridmap", .kind = OPTION_IDMAP, ALL },
	{ "rnoatime", ATIME(MS_NOATIME, MOUNT_ATTR_NOATIME), ALL },
	{ "rnodev", ON(MS_NODEV, MOUNT_ATTR_NODEV), ALL },
	{ "rnodiratime", ON(MS_NODIRATIME, MOUNT_ATTR_NODIRATIME), ALL },
	{ "rnoexec", ON(MS_NOEXEC, MOUNT_ATTR_NOEXEC), ALL },
	{ "rnorelatime", OFF(MS_RELATIME, 0), ALL },
	{ "rnostrictatime", NO_ATIME(MS_STRICTATIME), ALL },
	{ "rnosuid", ON(MS_NOSUID, MOUNT_ATTR_NOSUID), ALL },
	{ "rnosymfollow", ON(MS_NOSYMFOLLOW, MOUNT_ATTR_NOSYMFOLLOW), ALL },
	{ "ro", ON(MS_RDONLY, MOUNT_ATTR_RDONLY) },
	{ "rprivate", SPREAD(MS_PRIVATE), ALL },
	{ "rrelatime", ATIME(MS_RELATIME, MOUNT_ATTR_RELATIME), ALL },
	{ "rro", ON(MS_RDONLY, MOUNT_ATTR_RDONLY), ALL },
	{ "rrw", OFF(MS_RDONLY, MOUNT_ATTR_RDONLY), ALL },
	{ "rshared", SPREAD(MS_SHARED), ALL },
	{ "rslave", SPREAD(MS_SLAVE), ALL },
	{ "rstrictatime", ATIME(MS_STRICTATIME, MOUNT_ATTR_STRICTATIME), ALL },
	{ "rsuid", OFF(MS_NOSUID, MOUNT_ATTR_NOSUID), ALL },
	{ "rsymfollow", OFF(MS_NOSYMFOLLOW, MOUNT_ATTR_NOSYMFOLLOW), ALL },
	{ "runbindable", SPREAD(MS_UNBINDABLE), ALL },
	{ "rw", OFF(MS_RDONLY, MOUNT_ATTR_RDONLY) },
	{ "shared", SPREAD(MS_SHARED) },
	{ "silent", SB(MS_SILENT, NULL) },
	{ "slave", SPREAD(MS_SLAVE) },
	{ "src-nofollow", .kind = OPTION_SOURCE_NOFOLLOW },
	{ "strictatime", ATIME(MS_STRICTATIME, MOUNT_ATTR_STRICTATIME) },
	{ "suid", OFF(MS_NOSUID, MOUNT_ATTR_NOSUID) },
	{ "symfollow", OFF(MS_NOSYMFOLLOW, MOUNT_ATTR_NOSYMFOLLOW) },
	{ "sync", SB(MS_SYNCHRONOUS, "sync") },
	{ "tmpcopyup", .kind = OPTION_TMPCOPYUP },
	{ "unbindable", SPREAD(MS_UNBINDABLE) },
	{ NULL },
};

static int by_name(const void *name, const void *option)
{
	return strcmp(name, ((const struct spec_mount_option *)option)->name);
}

const struct spec_mount_option *spec_mount_option(const char *name)
{
	const size_t count = sizeof spec_mount_options / sizeof *spec_mount_options - 1;

	return bsearch(name, spec_mount_options, count, sizeof *spec_mount_options, by_name);
}
