/* flags.h -- the words of mounts[].options, sorted by what they are to the kernel. */
#ifndef CAISSON_NS_FLAGS_H
#define CAISSON_NS_FLAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/base/arena.h"
#include "specs/spec.h"

struct mount_options {
	uint64_t set, clear; /* MOUNT_ATTR_* said, MOUNT_ATTR_* said not to be */
	/* How reading a file updates its atime, said and undone: MS_NOATIME, MS_STRICTATIME,
	 * MS_RELATIME, MS_NODIRATIME. */
	unsigned long atime, no_atime;
	uint64_t rec_set, rec_clear; /* for the whole tree: ready for mount_setattr(2) */
	unsigned long super;	     /* MS_SYNCHRONOUS, ...: a bind mount cannot change them */
	bool flags_said;	     /* any word that is about one mount's flags */
	bool bind, recursive;
	bool remount, copy_up, idmap, idmap_recursive;
	const char *idmap_text; /* what follows "idmap=", as crun has it; NULL: nothing */
	bool copy_symlink, source_nofollow, destination_nofollow; /* as crun has them */
	unsigned long propagation[4]; /* MS_SHARED, ... with or without MS_REC, in order */
	size_t propagation_count;
	struct strings data; /* what we do not know is the file system's business */
};

/* Never fails but for too many propagation words (-EINVAL, fault set, no place). */
int mount_options_read(struct mount_options *options, const struct strings *words,
		       struct arena *arena);
/* The MOUNT_ATTR_* of a new mount with these options. */
uint64_t mount_options_attributes(const struct mount_options *options);
/* Those MS_* as MOUNT_ATTR__ATIME and MOUNT_ATTR_NODIRATIME bits; strictatime beats noatime, as in
 * mount(2). */
uint64_t atime_attributes(unsigned long atime);
/* True if `options` holds KEY or KEY=... among the file system's own. */
bool mount_options_have(const struct mount_options *options, const char *key);

#endif
