/* flags.c -- the words of mounts[].options, sorted by what they are to the kernel.
 *
 * A word is one of: a flag of one mount (ro, nosuid), the same for a whole tree (rro), a flag of
 * the file system's superblock (sync), a propagation type (rslave), something we do ourselves
 * (tmpcopyup), or, when the table lacks it, an option of the file system (config.md, "Linux mount
 * options"). Later words win over earlier ones.
 *
 * Does not mount anything (attach.c) and does not know types of file systems (mounts.c). */
#include "ns/flags.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ns/attach.h"
#include "runtime/base/fault.h"

enum kind {
	NOTHING,
	SET,
	CLEAR,
	ATIME,
	NO_ATIME,
	TREE_SET,
	TREE_CLEAR,
	TREE_ATIME,
	SUPER,
	NO_SUPER,
	PROPAGATION,
	OURS,
};

enum ours {
	BIND,
	RBIND,
	REMOUNT,
	COPY_UP,
	IDMAP,
	RIDMAP,
	COPY_SYMLINK,
	SOURCE_NOFOLLOW,
	DESTINATION_NOFOLLOW
};

/* In the order of the alphabet: bsearch(3) looks them up, features lists them.
 *
 * "loud", "silent": whether a failing mount leaves a line in the kernel's log. The new mount API
 * hands such lines to the caller instead, so both mean what we do anyway.
 * "norelatime", "rnorelatime": relatime is what the kernel does when nothing is said (since
 * 2.6.30), so undoing it leaves it; strictatime is the word for the other thing. */
static const struct row {
	const char *name;
	enum kind kind;
	uint64_t value;
} words[] = {
	{ "async", NO_SUPER, SUPER_SYNC },
	{ "atime", NO_ATIME, ATIME_NO },
	{ "bind", OURS, BIND },
	{ "copy-symlink", OURS, COPY_SYMLINK },
	{ "defaults", NOTHING, 0 },
	{ "dest-nofollow", OURS, DESTINATION_NOFOLLOW },
	{ "dev", CLEAR, MOUNT_ATTR_NODEV },
	{ "diratime", NO_ATIME, ATIME_NO_DIRECTORIES },
	{ "dirsync", SUPER, SUPER_DIRSYNC },
	{ "exec", CLEAR, MOUNT_ATTR_NOEXEC },
	{ "idmap", OURS, IDMAP },
	{ "iversion", SUPER, SUPER_IVERSION },
	{ "lazytime", SUPER, SUPER_LAZYTIME },
	{ "loud", NOTHING, 0 },
	{ "mand", SUPER, SUPER_MAND },
	{ "noatime", ATIME, ATIME_NO },
	{ "nodev", SET, MOUNT_ATTR_NODEV },
	{ "nodiratime", ATIME, ATIME_NO_DIRECTORIES },
	{ "noexec", SET, MOUNT_ATTR_NOEXEC },
	{ "noiversion", NO_SUPER, SUPER_IVERSION },
	{ "nolazytime", NO_SUPER, SUPER_LAZYTIME },
	{ "nomand", NO_SUPER, SUPER_MAND },
	{ "norelatime", NO_ATIME, ATIME_RELATIVE },
	{ "nostrictatime", NO_ATIME, ATIME_STRICT },
	{ "nosuid", SET, MOUNT_ATTR_NOSUID },
	{ "nosymfollow", SET, MOUNT_ATTR_NOSYMFOLLOW },
	{ "private", PROPAGATION, MS_PRIVATE },
	{ "ratime", TREE_ATIME, MOUNT_ATTR_RELATIME },
	{ "rbind", OURS, RBIND },
	{ "rdev", TREE_CLEAR, MOUNT_ATTR_NODEV },
	{ "rdiratime", TREE_CLEAR, MOUNT_ATTR_NODIRATIME },
	{ "relatime", ATIME, ATIME_RELATIVE },
	{ "remount", OURS, REMOUNT },
	{ "rexec", TREE_CLEAR, MOUNT_ATTR_NOEXEC },
	{ "ridmap", OURS, RIDMAP },
	{ "rnoatime", TREE_ATIME, MOUNT_ATTR_NOATIME },
	{ "rnodev", TREE_SET, MOUNT_ATTR_NODEV },
	{ "rnodiratime", TREE_SET, MOUNT_ATTR_NODIRATIME },
	{ "rnoexec", TREE_SET, MOUNT_ATTR_NOEXEC },
	{ "rnorelatime", NOTHING, 0 },
	{ "rnostrictatime", TREE_ATIME, MOUNT_ATTR_RELATIME },
	{ "rnosuid", TREE_SET, MOUNT_ATTR_NOSUID },
	{ "rnosymfollow", TREE_SET, MOUNT_ATTR_NOSYMFOLLOW },
	{ "ro", SET, MOUNT_ATTR_RDONLY },
	{ "rprivate", PROPAGATION, MS_PRIVATE | MS_REC },
	{ "rrelatime", TREE_ATIME, MOUNT_ATTR_RELATIME },
	{ "rro", TREE_SET, MOUNT_ATTR_RDONLY },
	{ "rrw", TREE_CLEAR, MOUNT_ATTR_RDONLY },
	{ "rshared", PROPAGATION, MS_SHARED | MS_REC },
	{ "rslave", PROPAGATION, MS_SLAVE | MS_REC },
	{ "rstrictatime", TREE_ATIME, MOUNT_ATTR_STRICTATIME },
	{ "rsuid", TREE_CLEAR, MOUNT_ATTR_NOSUID },
	{ "rsymfollow", TREE_CLEAR, MOUNT_ATTR_NOSYMFOLLOW },
	{ "runbindable", PROPAGATION, MS_UNBINDABLE | MS_REC },
	{ "rw", CLEAR, MOUNT_ATTR_RDONLY },
	{ "shared", PROPAGATION, MS_SHARED },
	{ "silent", NOTHING, 0 },
	{ "slave", PROPAGATION, MS_SLAVE },
	{ "src-nofollow", OURS, SOURCE_NOFOLLOW },
	{ "strictatime", ATIME, ATIME_STRICT },
	{ "suid", CLEAR, MOUNT_ATTR_NOSUID },
	{ "symfollow", CLEAR, MOUNT_ATTR_NOSYMFOLLOW },
	{ "sync", SUPER, SUPER_SYNC },
	{ "tmpcopyup", OURS, COPY_UP },
	{ "unbindable", PROPAGATION, MS_UNBINDABLE },
};

enum { word_count = sizeof words / sizeof *words };

const char *mount_option_name(size_t i)
{
	return i < word_count ? words[i].name : NULL;
}

static int compare(const void *name, const void *row)
{
	return strcmp(name, ((const struct row *)row)->name);
}

static void do_ours(struct mount_options *options, enum ours what)
{
	switch (what) {
	case RBIND:
		options->recursive = true;
		options->bind = true;
		break;
	case BIND:
		options->bind = true;
		break;
	case REMOUNT:
		options->remount = true;
		break;
	case COPY_UP:
		options->copy_up = true;
		break;
	case RIDMAP:
		options->idmap = options->idmap_recursive = true;
		break;
	case IDMAP:
		options->idmap = true;
		break;
	case COPY_SYMLINK:
		options->copy_symlink = true;
		break;
	case SOURCE_NOFOLLOW:
		options->source_nofollow = true;
		break;
	case DESTINATION_NOFOLLOW:
		options->destination_nofollow = true;
		break;
	}
}

static int add_propagation(struct mount_options *options, const struct row *row)
{
	size_t most = sizeof options->propagation / sizeof *options->propagation;

	if (options->propagation_count == most)
		return refuse(EINVAL, "more than %zu propagation options, \"%s\" the last", most,
			      row->name);
	options->propagation[options->propagation_count++] = row->value;
	return 0;
}

static int apply(struct mount_options *options, const struct row *row)
{
	switch (row->kind) {
	case NOTHING:
		break;
	case SET:
		options->set |= row->value;
		options->clear &= ~row->value;
		break;
	case CLEAR:
		options->set &= ~row->value;
		options->clear |= row->value;
		break;
	case ATIME:
		options->atime |= row->value;
		options->no_atime &= ~row->value;
		break;
	case NO_ATIME:
		options->atime &= ~row->value;
		options->no_atime |= row->value;
		break;
	case TREE_SET:
		options->rec_set |= row->value;
		options->rec_clear &= ~row->value;
		break;
	case TREE_CLEAR:
		options->rec_set &= ~row->value;
		options->rec_clear |= row->value;
		break;
	case TREE_ATIME:
		/* The three are one number, not bits: the kernel wants all of it cleared before
		 * one is set (mount_setattr(2)). */
		options->rec_set &= ~(uint64_t)MOUNT_ATTR__ATIME;
		options->rec_set |= row->value;
		options->rec_clear |= MOUNT_ATTR__ATIME;
		break;
	case SUPER:
		options->super |= row->value;
		break;
	case NO_SUPER:
		options->super &= ~row->value;
		break;
	case PROPAGATION:
		return add_propagation(options, row);
	case OURS:
		do_ours(options, (enum ours)row->value);
		break;
	}
	if (row->kind >= SET && row->kind <= NO_ATIME)
		options->flags_said = true;
	return 0;
}

int mount_options_read(struct mount_options *options, const struct strings *said,
		       struct arena *arena)
{
	*options = (struct mount_options) { 0 };
	options->data.at = arena_array(arena, said->count + 1, sizeof *options->data.at);
	for (size_t i = 0; i < said->count; i++) {
		const struct row *row =
			bsearch(said->at[i], words, word_count, sizeof *words, compare);
		int result;

		if (!row) {
			if (said->at[i][0])
				options->data.at[options->data.count++] = said->at[i];
			continue;
		}
		result = apply(options, row);
		if (result)
			return result;
	}
	return 0;
}

uint64_t atime_attributes(unsigned atime)
{
	uint64_t attributes = atime & ATIME_STRICT ? MOUNT_ATTR_STRICTATIME
			      : atime & ATIME_NO   ? MOUNT_ATTR_NOATIME
						   : MOUNT_ATTR_RELATIME;

	return attributes | (atime & ATIME_NO_DIRECTORIES ? MOUNT_ATTR_NODIRATIME : 0);
}

uint64_t mount_options_attributes(const struct mount_options *options)
{
	uint64_t one = options->set | atime_attributes(options->atime);

	/* A new mount is a tree of one. */
	return (one & ~options->rec_clear) | options->rec_set;
}

bool mount_options_have(const struct mount_options *options, const char *key)
{
	size_t length = strlen(key);

	for (size_t i = 0; i < options->data.count; i++) {
		const char *word = options->data.at[i];

		if (!strncmp(word, key, length) && (word[length] == '=' || !word[length]))
			return true;
	}
	return false;
}
