/* mounts.c -- mounts[], done in the order of config.json (config.md, "Mounts").
 *
 * For each entry the source is opened, the destination is opened or made (target.c), and attach.c
 * puts one on the other; what it is to have then is noted for verify.c. tmpfs and /dev become
 * read-only only at the end, since later entries still make files in them.
 *
 * Does not know words (flags.c), system calls (attach.c) or symlinks (below.c). */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "ns/below.h"
#include "ns/rootplan.h"
#include "runtime/base/debug.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

enum { any_flag = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC };

void attachment_of(struct attachment *what, const struct ns_root *root,
		   const struct mount_plan *plan)
{
	const struct mount_options *options = &plan->options;
	uint64_t atime_bits = MOUNT_ATTR__ATIME | MOUNT_ATTR_NODIRATIME;

	*what = (struct attachment) {
		.type = plan->type,
		.source = plan->source,
		.at = plan->destination,
		.root = root->fd,
		.from = -1,
		.recursive = options->recursive,
		.tree_set = options->rec_set,
		.tree_clear = options->rec_clear,
		.propagation = options->propagation,
		.propagation_count = options->propagation_count,
		.userns = plan->userns,
		.userns_tree = options->idmap_recursive,
		.super = options->super,
	};
	if (plan->type) {
		what->set = mount_options_attributes(options);
		what->tree_set = what->tree_clear = 0;
		return;
	}
	if (!options->flags_said)
		return;
	/* One word about flags says all of them, as runc has it: what is not asked for is cleared
	 * (if a user namespace allows), but for the atime ones, where nothing said means keep.
	 * Only nosymfollow is never locked (mount_namespaces(7)). */
	what->set = options->set;
	what->clear = options->clear | (MOUNT_ATTR_NOSYMFOLLOW & ~options->set);
	what->clear_if_allowed = any_flag & ~options->set;
	if (options->atime) {
		what->set |= atime_attributes(options->atime);
		what->clear |= atime_bits;
	}
}

/* "atime" on a bind mount undoes noatime; whether there is any to undo, the source knows. */
static void undo_atime(struct attachment *what, const struct mount_options *options, int source)
{
	enum { noatime = 1024, nodiratime = 2048, relatime = 4096 }; /* statfs(2) */
	struct statfs about;

	if (options->atime || !options->no_atime || fstatfs(source, &about) < 0)
		return;
	if ((options->no_atime & MS_NOATIME && about.f_flags & noatime) ||
	    (options->no_atime & MS_STRICTATIME && !(about.f_flags & (noatime | relatime))))
		what->clear |= MOUNT_ATTR__ATIME;
	if (options->no_atime & MS_NODIRATIME && about.f_flags & nodiratime)
		what->clear |= MOUNT_ATTR_NODIRATIME;
}

/* `late`: it becomes read-only in the end, and promises that then. */
static void promise_one(struct ns_root *root, const struct mount_plan *plan,
			const struct attachment *what, bool late, int mount)
{
	struct mount_promise kept = { .at = what->at, .type = what->type };
	uint64_t all =
		(any_flag | MOUNT_ATTR_NOSYMFOLLOW) & ~(uint64_t)(late ? MOUNT_ATTR_RDONLY : 0);

	kept.set = ((what->set & ~what->tree_clear) | what->tree_set) & all;
	kept.not_set = (what->type ? all : what->clear | what->tree_clear) & all & ~kept.set;
	kept.place = arena_format(root->context.arena, "mounts[%zu]", plan->index);
	if (what->propagation_count)
		kept.propagation =
			what->propagation[what->propagation_count - 1] & ~(unsigned long)MS_REC;
	promise(root, mount, &kept);
}

static void seal_later(struct ns_root *root, const char *at, int *mount)
{
	struct sealed_mount *sealed = &root->sealed.at[root->sealed.count++];

	sealed->id = attach_id(*mount);
	sealed->at = at;
	sealed->fd = take(mount);
}

int mount_one(struct ns_root *root, const struct mount_plan *plan, const struct attachment *asked,
	      int target)
{
	struct attachment what = *asked;
	bool late = what.set & MOUNT_ATTR_RDONLY &&
		    (plan->on_dev || (what.type && !strcmp(what.type, "tmpfs")));
	int result;

	debug("mount %s%s%s on %s", what.type ? what.type : "bind", what.type ? "" : " ",
	      what.type || !plan->source ? "" : plan->source, what.at);
	/* Later entries and the devices still make files in there. */
	if (late)
		what.set &= ~(uint64_t)MOUNT_ATTR_RDONLY;
	autoclose int mount = attach(&what, target);
	if (mount < 0)
		return mount;
	promise_one(root, plan, &what, late, mount);
	if (late) {
		result = fcntl(mount, F_DUPFD_CLOEXEC, 0);
		if (result < 0)
			return fail(errno, "keep %s", plan->destination);
		seal_later(root, what.at, &result);
	}
	return take(&mount);
}

/* ---- doing -------------------------------------------------------------------------------- */

/* The source as a detached tree, or, without the new mount API, as it is. */
static int open_source(const struct ns_root *root, struct mount_plan *plan, bool *detached)
{
	bool nofollow = plan->options.source_nofollow;
	int source;

	*detached = attach_new_api();
	if (plan->late && root->host >= 0)
		return idlate_ask(root, plan);
	if (plan->tree >= 0 && plan->options.idmap)
		return take(&plan->tree);
	if (*detached)
		source = attach_clone(AT_FDCWD, plan->source, plan->options.recursive, nofollow);
	else
		source = open_how(AT_FDCWD, plan->source, O_PATH | (nofollow ? O_NOFOLLOW : 0), 0,
				  0);
	/* The container's root may be nobody on the way to it; the host's side was not. And what lies
	 * below mounts that came with a user namespace is locked away from it (EINVAL). */
	if ((source == -EACCES || source == -EINVAL) && plan->tree >= 0)
		return take(&plan->tree);
	return source < 0 ? fail(source, "open bind mount source %s", plan->source) : source;
}

/* copy-symlink: a source that is a symlink is made again instead of followed. 1: done. */
static int copy_link(const struct ns_root *root, const struct mount_plan *plan)
{
	char text[PATH_MAX], there[PATH_MAX], name[NAME_MAX + 1];
	ssize_t length = readlink(plan->source, text, sizeof text - 1);

	if (length < 0)
		return errno == EINVAL ? 0 : fail(errno, "open bind mount source %s", plan->source);
	text[length] = '\0';
	autoclose int parent = below_parent(root->fd, plan->destination, name, sizeof name);
	if (parent < 0)
		return fail(parent, "make symlink %s", plan->destination);
	if (symlinkat(text, parent, name) == 0)
		return 1;
	if (errno != EEXIST)
		return fail(errno, "make symlink %s", plan->destination);
	length = readlinkat(parent, name, there, sizeof there - 1);
	if (length >= 0)
		there[length] = '\0';
	if (length < 0 || strcmp(text, there))
		return refuse(EEXIST, "%s exists and is no symlink to %s", plan->destination, text);
	return 1;
}

static int do_bind(struct ns_root *root, struct mount_plan *plan)
{
	struct attachment what;
	bool detached;
	int result;

	if (plan->options.copy_symlink) {
		result = copy_link(root, plan);
		if (result)
			return result < 0 ? result : 0;
	}
	autoclose int source = open_source(root, plan, &detached);
	if (source < 0)
		return source;
	autoclose int target = open_target(root, plan, source, NULL);
	if (target < 0)
		return target;
	result = check_proc(root, plan, source, target);
	if (result)
		return result;

	attachment_of(&what, root, plan);
	undo_atime(&what, &plan->options, source);
	what.detached = detached;
	what.from = detached ? take(&source) : source;
	if (plan->options.idmap && root->userns)
		what.userns = -1; /* done on the host's side already: idmount.c */
	autoclose int mount = mount_one(root, plan, &what, target);
	return mount < 0 ? mount : 0;
}

static void set_label(struct attachment *what, const struct ns_root *root,
		      const struct mount_plan *plan)
{
	static const char *const without[] = { "proc", "sysfs", "mqueue", "cgroup", "cgroup2" };

	if (!root->spec->linux.mount_label || !root->spec->linux.mount_label[0])
		return;
	for (size_t i = 0; i < sizeof without / sizeof *without; i++) {
		if (!strcmp(plan->type, without[i]))
			return;
	}
	what->label_key = root->label_key;
	what->label = root->spec->linux.mount_label;
}

/* mqueue takes no context= option, but its root takes the attribute. */
static int label_mqueue(const struct ns_root *root, const struct mount_plan *plan, int mount)
{
	const char *label = root->spec->linux.mount_label;
	char name[64];

	if (!label || !label[0] || strcmp(plan->type, "mqueue"))
		return 0;
	snprintf(name, sizeof name, "/proc/self/fd/%d", mount);
	if (setxattr(name, "security.selinux", label, strlen(label) + 1, 0) < 0)
		return fail(errno, "label %s as %s", plan->destination, label);
	return 0;
}

static int advise_refused(int result, const struct ns_root *root, const struct mount_plan *plan,
			  int target)
{
	struct stat about;

	if (result == -EINVAL && fstat(target, &about) == 0 && !S_ISDIR(about.st_mode))
		return advise(result, "%s is a file, and a file system goes on a directory",
			      plan->destination);
	if (result != -EPERM || !root->userns)
		return result;
	if (!strcmp(plan->type, "sysfs"))
		return advise(result, "in a user namespace sysfs needs a network namespace of the "
				      "container's own; or bind mount /sys");
	if (!strcmp(plan->type, "proc"))
		return advise(result, "in a user namespace procfs needs a pid namespace of the "
				      "container's own and a /proc outside that nothing covers");
	if (!strcmp(plan->type, "mqueue"))
		return advise(result, "in a user namespace mqueue needs an ipc namespace of the "
				      "container's own");
	return result;
}

static int do_new(struct ns_root *root, struct mount_plan *plan)
{
	struct attachment what;
	char mode[8] = "";
	bool tmpfs = !strcmp(plan->type, "tmpfs");
	bool inherits = tmpfs && !mount_options_have(&plan->options, "mode");
	autoclose int target = plan->is_proc_or_sys
				       ? open_real_directory(root, plan)
				       : open_target(root, plan, -1, inherits ? mode : NULL);
	int result;

	if (target < 0)
		return target;
	result = check_proc(root, plan, -1, target);
	if (result)
		return result;
	if (plan->is_cgroup)
		return mount_cgroup(root, plan, target);

	attachment_of(&what, root, plan);
	set_label(&what, root, plan);
	what.data = &plan->options.data;
	what.mode = mode[0] ? mode : NULL;
	what.super_readonly = what.set & MOUNT_ATTR_RDONLY && !tmpfs && !plan->on_dev;
	what.fill = plan->options.copy_up ? copy_up : NULL;
	autoclose int mount = mount_one(root, plan, &what, target);
	if (mount < 0)
		return advise_refused(mount, root, plan, target);
	return label_mqueue(root, plan, mount);
}

static int do_remount(struct ns_root *root, struct mount_plan *plan)
{
	autoclose int target = below_open(root->fd, plan->destination, 0);
	struct attachment what;
	int result;

	if (target < 0)
		return fail(target, "remount %s", plan->destination);
	attachment_of(&what, root, plan);
	what.type = plan->options.bind ? NULL : plan->type;
	what.data = &plan->options.data;
	result = attach_remount(&what, target);
	if (result)
		return result;
	/* The entry that made it promised something else. */
	for (size_t i = 0; i < root->promises.count; i++) {
		if (root->promises.at[i].id == attach_id(target)) {
			root->promises.at[i].set = what.set & any_flag;
			root->promises.at[i].not_set = 0;
		}
	}
	return 0;
}

static int bind_notify_socket(struct ns_root *root)
{
	static const char at[] = "/run/notify";
	const char *from = root->context.notify_socket_dir;
	struct attachment what = {
		.source = at,
		.at = at,
		.root = root->fd,
		.detached = root->notify >= 0,
		.set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC,
		.userns = -1,
	};
	autoclose int source = what.detached ? take(&root->notify) :
					       open_how(AT_FDCWD, from, O_PATH | O_DIRECTORY, 0, 0);

	if (source < 0)
		return fail(source, "open the notify socket's directory %s", from);
	autoclose int target = below_make_directory(root->fd, at, 0);
	if (target < 0)
		return fail(target, "make mount point %s", at);
	what.from = what.detached ? take(&source) : source;
	autoclose int mount = attach(&what, target);
	return mount < 0 ? mount : 0;
}

int mounts_do(struct ns_root *root)
{
	/* A cgroup mount may seal one more than itself. */
	root->sealed.at =
		arena_array(root->context.arena, root->mount_count + 1, sizeof *root->sealed.at);
	for (size_t i = 0; i < root->mount_count; i++) {
		struct mount_plan *plan = &root->mounts[i];
		int result = plan->options.remount ? do_remount(root, plan)
			     : plan->type	   ? do_new(root, plan)
						   : do_bind(root, plan);

		if (result)
			return blame(result, "mounts[%zu]", i);
	}
	return root->context.notify_socket_dir ? bind_notify_socket(root) : 0;
}
