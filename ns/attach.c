/* attach.c -- one mount: made detached, given all it is to have, then attached in one step.
 *
 * fsopen(2), fsmount(2) and open_tree(2) give a mount that is nowhere yet; mount_setattr(2) makes
 * it read-only, nosuid, private, idmapped; move_mount(2) puts it on a descriptor. There is no
 * moment at which it can be seen with less than was asked for, no path for a rename to redirect
 * (CVE-2021-30465), and no re-open. Everything is there since Linux 5.12; older kernels go the
 * way of attach_old.c, which is chosen once and for all by a probe, never by a call that fails.
 *
 * Does not choose options (flags.c, mounts.c) or targets (below.c). */
#include "ns/attach.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "runtime/base/owned.h"

/* fsconfig(2) takes strings below this length; overlayfs' lowerdir= can be longer. */
enum { fsconfig_value_max = 256 };

bool attach_new_api(void)
{
	static int known;

	/* Bad arguments: EBADF or EINVAL where it exists. A seccomp filter that hides it says
	 * ENOSYS, or EPERM as old container engines' did. */
	if (!known) {
		struct mount_attr none = { 0 };
		long result = syscall(SYS_mount_setattr, -1, "", 0, &none, 0);

		known = result < 0 && (errno == ENOSYS || errno == EPERM) ? 1 : 2;
	}
	return known == 2;
}

/* Old ids are what mountinfo has, unique ones what statmount(2) takes: useless without it. */
static bool statmount_there(void)
{
	static int known;

	if (!known) {
		long result = syscall(SYS_statmount, NULL, NULL, 0, 0);

		known = result < 0 && (errno == ENOSYS || errno == EPERM) ? 1 : 2;
	}
	return known == 2;
}

uint64_t attach_id(int fd)
{
	struct statx about;

	if (statmount_there() && statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID_UNIQUE, &about) == 0 &&
	    about.stx_mask & STATX_MNT_ID_UNIQUE)
		return about.stx_mnt_id;
	if (statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &about) == 0 &&
	    about.stx_mask & STATX_MNT_ID)
		return about.stx_mnt_id;
	return 0;
}

int attach_clone(int dir, const char *path, bool recursive, bool nofollow)
{
	unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (path ? 0 : AT_EMPTY_PATH) |
			 (recursive ? AT_RECURSIVE : 0) | (nofollow ? AT_SYMLINK_NOFOLLOW : 0);
	int tree = (int)syscall(SYS_open_tree, dir, path ? path : "", flags);

	return tree < 0 ? -errno : tree;
}

static int setattr(int mount, bool recursive, const struct mount_attr *attributes)
{
	long result = syscall(SYS_mount_setattr, mount, "",
			      AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0), attributes,
			      sizeof *attributes);

	return result < 0 ? -errno : 0;
}

int attach_change(int mount, bool recursive, uint64_t set, uint64_t clear,
		  unsigned long propagation)
{
	const struct mount_attr attributes = {
		.attr_set = set,
		.attr_clr = clear,
		.propagation = propagation,
	};

	if (!attach_new_api())
		return attach_old_change(mount, recursive, set, clear, propagation);
	return setattr(mount, recursive, &attributes);
}

/* ---- a new file system -------------------------------------------------------------------- */

/* What the file system said about it: "e tmpfs: Unknown parameter 'x'". The last line counts. */
static int fail_with_log(int error, int context, const struct attachment *what)
{
	char line[256], words[256] = "";
	ssize_t length;

	while ((length = read(context, line, sizeof line - 1)) > 0) {
		line[length] = '\0';
		line[strcspn(line, "\n")] = '\0';
		snprintf(words, sizeof words, "%s", line + (length > 2 ? 2 : 0));
	}
	if (words[0])
		return fail(error, "mount %s on %s: %s", what->type, what->at, words);
	return fail(error, "mount %s on %s", what->type, what->at);
}

static int config(int context, unsigned command, const char *key, const char *value)
{
	return (int)syscall(SYS_fsconfig, context, command, key, value, 0);
}

static int config_word(int context, const char *word)
{
	const char *equals = strchr(word, '=');
	char key[128];

	if (!equals)
		return config(context, FSCONFIG_SET_FLAG, word, NULL);
	if ((size_t)(equals - word) >= sizeof key) {
		errno = EINVAL;
		return -1;
	}
	memcpy(key, word, equals - word);
	key[equals - word] = '\0';
	return config(context, FSCONFIG_SET_STRING, key, equals + 1);
}

static int config_all(int context, const struct attachment *what)
{
	static const struct {
		unsigned long flag;
		const char *name;
	} super[] = {
		{ MS_SYNCHRONOUS, "sync" },
		{ MS_DIRSYNC, "dirsync" },
		{ MS_LAZYTIME, "lazytime" },
		{ MS_MANDLOCK, "mand" },
	};

	if (what->source && config(context, FSCONFIG_SET_STRING, "source", what->source) < 0)
		return -1;
	if (what->super_readonly && config(context, FSCONFIG_SET_FLAG, "ro", NULL) < 0)
		return -1;
	for (size_t i = 0; i < sizeof super / sizeof *super; i++) {
		if (what->super & super[i].flag &&
		    config(context, FSCONFIG_SET_FLAG, super[i].name, NULL) < 0)
			return -1;
	}
	if (what->mode && config(context, FSCONFIG_SET_STRING, "mode", what->mode) < 0)
		return -1;
	for (size_t i = 0; what->data && i < what->data->count; i++) {
		if (config_word(context, what->data->at[i]) < 0)
			return -1;
	}
	if (what->label && config(context, FSCONFIG_SET_STRING, what->label_key, what->label) < 0)
		return -1;
	return 0;
}

/* A detached mount of a new file system, its attributes set. */
static int make_new(const struct attachment *what)
{
	/* A mount of its own is a tree of one. */
	uint64_t attributes = (what->set & ~what->tree_clear) | what->tree_set;
	autoclose int context = (int)syscall(SYS_fsopen, what->type, FSOPEN_CLOEXEC);
	int mount;

	if (context < 0) {
		int error = errno;
		int result = fail(error, "mount %s on %s", what->type, what->at);

		return error == ENODEV ? advise(result,
						"this kernel has no file system \"%s\"; "
						"see /proc/filesystems",
						what->type)
				       : result;
	}
	if (config_all(context, what) < 0 || config(context, FSCONFIG_CMD_CREATE, NULL, NULL) < 0)
		return fail_with_log(errno, context, what);
	mount = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, (unsigned)attributes);
	return mount < 0 ? fail_with_log(errno, context, what) : mount;
}

/* ---- attributes --------------------------------------------------------------------------- */

/* At most three calls: this mount, its tree, its mapping; the last joins one of the same reach. */
struct changes {
	struct {
		bool recursive;
		struct mount_attr attributes;
	} at[3];
	size_t count;
};

static struct mount_attr *add_change(struct changes *changes, bool recursive)
{
	changes->at[changes->count].recursive = recursive;
	return &changes->at[changes->count++].attributes;
}

static void list_changes(struct changes *changes, const struct attachment *what)
{
	struct mount_attr *attributes;

	memset(changes, 0, sizeof *changes);
	if (!what->type && what->set | what->clear | what->clear_if_allowed) {
		attributes = add_change(changes, false);
		attributes->attr_set = what->set;
		attributes->attr_clr = what->clear | what->clear_if_allowed;
	}
	if (!what->type && what->tree_set | what->tree_clear) {
		attributes = add_change(changes, what->recursive);
		attributes->attr_set = what->tree_set;
		attributes->attr_clr = what->tree_clear;
	}
	if (what->userns >= 0) {
		bool joins = changes->count &&
			     changes->at[changes->count - 1].recursive == what->userns_tree;

		attributes = joins ? &changes->at[changes->count - 1].attributes
				   : add_change(changes, what->userns_tree);
		attributes->attr_set |= MOUNT_ATTR_IDMAP;
		attributes->userns_fd = (uint64_t)what->userns;
	}
}

static int fail_change(int error, const struct attachment *what, const struct mount_attr *asked)
{
	if (asked->attr_set & MOUNT_ATTR_IDMAP) {
		int result = fail(error, "idmap %s on %s", what->source ? what->source : what->type,
				  what->at);

		return error == -EINVAL ? advise(result, "the file system may not support idmapped "
							 "mounts, or be idmapped already")
					: result;
	}
	return fail(error, "set mount options of %s on %s", what->source ? what->source : "mount",
		    what->at);
}

static int apply(int mount, const struct attachment *what)
{
	struct changes changes;

	list_changes(&changes, what);
	for (size_t i = 0; i < changes.count; i++) {
		struct mount_attr *attributes = &changes.at[i].attributes;
		int result = setattr(mount, changes.at[i].recursive, attributes);

		/* In a user namespace the flags a mount came with are locked (mount_namespaces(7)).
		 * Those nobody spoke about stay; those the config wants cleared are an error. */
		if (result == -EPERM && attributes->attr_clr & what->clear_if_allowed) {
			attributes->attr_clr &= ~what->clear_if_allowed | what->clear;
			result = setattr(mount, changes.at[i].recursive, attributes);
		}
		if (result)
			return fail_change(result, what, attributes);
	}
	return 0;
}

/* ---- attaching ---------------------------------------------------------------------------- */

static int move(int mount, int target)
{
	long result = syscall(SYS_move_mount, mount, "", target, "",
			      MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);

	return result < 0 ? -errno : 0;
}

/* Once it is in its place: a mount that lands in a shared one becomes shared itself, whatever it
 * was before (mount_namespaces(7)). */
static int propagate(int mount, const struct attachment *what)
{
	for (size_t i = 0; i < what->propagation_count; i++) {
		const struct mount_attr attributes = {
			.propagation = what->propagation[i] & ~(unsigned long)MS_REC,
		};
		int result = setattr(mount, what->propagation[i] & MS_REC, &attributes);

		if (result)
			return fail(result, "set propagation of %s", what->at);
	}
	return 0;
}

static bool too_long_for_fsconfig(const struct attachment *what)
{
	for (size_t i = 0; what->data && i < what->data->count; i++) {
		const char *equals = strchr(what->data->at[i], '=');

		if (equals && strlen(equals + 1) >= fsconfig_value_max)
			return true;
	}
	return what->type && what->source && strlen(what->source) >= fsconfig_value_max;
}

static int make(const struct attachment *what)
{
	int tree;

	if (what->type)
		return make_new(what);
	if (what->detached)
		return what->from;
	tree = attach_clone(what->from, NULL, what->recursive, false);
	return tree < 0 ? fail(tree, "bind mount %s on %s", what->source, what->at) : tree;
}

int attach(const struct attachment *what, int target)
{
	if (!attach_new_api() || too_long_for_fsconfig(what))
		return attach_old(what, target);

	autoclose int mount = make(what);
	int result;

	if (mount < 0)
		return mount;
	result = apply(mount, what);
	if (!result && what->fill)
		result = what->fill(mount, target);
	if (result)
		return result;
	result = move(mount, target);
	if (result)
		return fail(result, "mount %s on %s", what->source ? what->source : what->type,
			    what->at);
	result = propagate(mount, what);
	if (result)
		return result;
	/* MS_I_VERSION has no word in fsconfig(2); only a remount by mount(2) sets it. */
	if (what->type && what->super & MS_I_VERSION) {
		result = attach_remount(what, mount);
		if (result)
			return result;
	}
	return take(&mount);
}

int attach_bind(int from, int target, int root, const char *at, bool recursive, uint64_t set)
{
	const struct attachment what = {
		.source = at,
		.at = at,
		.root = root,
		.from = from,
		.recursive = recursive,
		.set = set,
		.userns = -1,
	};

	return attach(&what, target);
}
