/* attach.h -- one mount: made detached, given all it is to have, then attached in one step. */
#ifndef CAISSON_NS_ATTACH_H
#define CAISSON_NS_ATTACH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mount.h>
#include <sys/syscall.h>

#include "specs/spec.h"

/* Kernel constants newer than the C library's headers (mount.h, fcntl.h, stat.h). */
#ifndef MOUNT_ATTR_NOSYMFOLLOW
#define MOUNT_ATTR_NOSYMFOLLOW 0x00200000
#endif
#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif
#ifndef STATX_MNT_ID_UNIQUE
#define STATX_MNT_ID_UNIQUE 0x00004000U /* since 6.8 */
#endif
#ifndef SYS_statmount
#define SYS_statmount 457 /* since 6.8 */
#endif
#ifndef MS_LAZYTIME
#define MS_LAZYTIME (1 << 25)
#endif

struct attachment {
	const char *type;   /* a file system's; NULL: a bind mount of `from` */
	const char *source; /* as mountinfo shows it; for messages when binding */
	const char *at;	    /* the destination, below `root`: for messages, and for kernels without
			     * the new API to find again what they have mounted */
	int root;

	int from;	/* bind: a descriptor of the source */
	bool detached;	/* `from` is attach_clone()'s: it becomes the mount, and attach()'s own */
	bool recursive; /* bind: with everything mounted below it */

	/* mount_setattr(2) */
	uint64_t set, clear;
	uint64_t clear_if_allowed; /* given up in a user namespace that may not clear them */
	uint64_t tree_set, tree_clear;
	const unsigned long *propagation;
	size_t propagation_count;
	int userns; /* idmapped through this user namespace; -1: not */
	bool userns_tree;

	/* A new file system. */
	const struct strings *data;
	const char *mode;	       /* or NULL */
	const char *label_key, *label; /* or NULL: context="..." */
	unsigned long super;	       /* MS_SYNCHRONOUS, ... */
	bool super_readonly;
	int (*fill)(int mount, int target); /* before anybody sees it; speaks for itself */
};

/* Mounts on `target`. Returns an O_PATH descriptor of the new mount, the caller's; or a negative
 * errno with its fault set. */
int attach(const struct attachment *what, int target);

/* The simplest bind mount: `from` on `target` with MOUNT_ATTR_* `set` added. Same return. */
int attach_bind(int from, int target, int root, const char *at, bool recursive, uint64_t set);

/* mount_setattr(2) on an attached mount: a negative errno, nothing said. `propagation` MS_* or 0.
 */
int attach_change(int mount, bool recursive, uint64_t set, uint64_t clear,
		  unsigned long propagation);
/* Reconfigures the mount (and, with data or super flags, the file system) at `target`. */
int attach_remount(const struct attachment *what, int target);

/* open_tree(2) with OPEN_TREE_CLONE; `path` NULL: `dir` itself. A negative errno, nothing said. */
int attach_clone(int dir, const char *path, bool recursive, bool nofollow);
/* Which mount a descriptor is on: unique for ever, and above 2^31, where the kernel has that (since
 * 6.8), else as in mountinfo and until reused. 0: not known. */
uint64_t attach_id(int fd);
/* True when open_tree(2) and mount_setattr(2) are there (5.12): asked once. */
bool attach_new_api(void);

/* attach.c's two ways; nobody else calls them. */
int attach_old(const struct attachment *what, int target);
int attach_old_change(int mount, bool recursive, uint64_t set, uint64_t clear,
		      unsigned long propagation);

#endif
