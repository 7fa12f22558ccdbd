/* options.h -- the words of mounts[].options and what the kernel calls them.
 *
 * Two generations of the kernel's interface are named side by side: MS_* for mount(2), and
 * MOUNT_ATTR_* for mount_setattr(2) and fsmount(2). A word that is not here belongs to the
 * filesystem ("size=64m"): runtimes pass it on as it stands (config.md, "Linux mount options"). */
#ifndef CAISSON_SPECS_OPTIONS_H
#define CAISSON_SPECS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum spec_option_kind {
	OPTION_NOTHING,     /* defaults */
	OPTION_ATTRIBUTE,   /* of one mount: flag, and attr_set/attr_clear */
	OPTION_SUPERBLOCK,  /* of the whole filesystem: flag, and the word fsconfig(2) takes */
	OPTION_PROPAGATION, /* flag is MS_SHARED, ...; recursive adds MS_REC */
	OPTION_BIND,        /* bind, rbind */
	OPTION_REMOUNT,
	OPTION_IDMAP,       /* idmap, ridmap */
	OPTION_TMPCOPYUP,   /* ours: a tmpfs that starts with what it hides */
	/* crun's, for bind mounts: a source that is a symlink is made again, or mounted itself;
	 * a destination that is one is covered. */
	OPTION_COPY_SYMLINK,
	OPTION_SOURCE_NOFOLLOW,
	OPTION_DESTINATION_NOFOLLOW,
};

struct spec_mount_option {
	const char *name;
	enum spec_option_kind kind;
	bool clears;             /* the flag is taken away, not added */
	bool recursive;          /* AT_RECURSIVE: every mount below too (kernel 5.12) */
	unsigned long flag;      /* MS_*, or 0 */
	uint64_t attr_set;       /* for struct mount_attr; a change of atime also needs */
	uint64_t attr_clear;     /* ... MOUNT_ATTR__ATIME here, see mount_setattr(2) */
	const char *superblock;  /* FSCONFIG_SET_FLAG's key, or NULL: fsconfig(2) has none */
};

/* Ends with a row whose name is NULL; sorted by name. */
extern const struct spec_mount_option spec_mount_options[];

/* The row of that name, or NULL: an option of the filesystem. */
const struct spec_mount_option *spec_mount_option(const char *name);

#endif
