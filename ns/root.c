/* root.c -- the container's root file system: the rows of the construction list.
 *
 * See root.h for their order. Each is a sentence here; the work is in mounts.c, devices.c,
 * pivot.c, hide.c and verify.c.
 *
 * Does not decide in which order or on which side the rows run (runtime/build.c). */
#include "ns/root.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ns/rootplan.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"
#include "specs/annotations.h"

/* ---- planning ----------------------------------------------------------------------------- */

/* run.oci.mount_context_type, as crun and podman have it. */
static int plan_label(struct ns_root *root)
{
	static const char *const keys[] = { "context", "fscontext", "defcontext", "rootcontext" };
	const char *asked = spec_annotation(&root->spec->annotations, ANNOTATION_CONTEXT_TYPE);

	root->label_key = "context";
	for (size_t k = 0; asked && k < sizeof keys / sizeof *keys; k++) {
		if (!strcmp(asked, keys[k])) {
			root->label_key = keys[k];
			return 0;
		}
	}
	return asked ? blame(refuse(EINVAL,
				    "unknown mount context type \"%s\"; one of: context, "
				    "fscontext, defcontext, rootcontext",
				    asked),
			     "annotations[\"" ANNOTATION_CONTEXT_TYPE "\"]")
		     : 0;
}

/* Without the slashes at its end, since destinations are compared with it. */
static const char *rootfs_path(const struct spec *spec, const struct ns_root_context *context)
{
	const char *path = spec->root.path;
	char *whole = path[0] == '/' ? arena_copy(context->arena, path)
				     : arena_format(context->arena, "%s/%s", context->bundle, path);
	size_t length = strlen(whole);

	while (length > 1 && whole[length - 1] == '/')
		whole[--length] = '\0';
	return whole;
}

int ns_root_plan(struct ns_root **made, const struct spec *spec,
		 const struct ns_root_context *context)
{
	struct ns_root *root = arena_new(context->arena, struct ns_root);
	int result;

	if (!spec->root.given || !spec->root.path || !spec->root.path[0])
		return blame(refuse(EINVAL, "no root file system given"), "root.path");
	root->context = *context;
	root->spec = spec;
	root->null = root->notify = root->host = -1;
	root->userns = context->new_userns || context->joins_userns || context->rootless;
	root->chroot_only = !context->new_mountns;
	root->path = rootfs_path(spec, context);
	root->fd = open(root->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root->fd < 0)
		return blame(fail(errno, "open root file system %s", root->path), "root.path");
	result = plan_label(root);
	if (!result)
		result = mounts_plan(root);
	if (result) {
		close(root->fd);
		return result;
	}
	root->promises.room = root->mount_count + spec->linux.masked_paths.count +
			      spec->linux.readonly_paths.count + spec->linux.devices.count + 32;
	root->promises.at =
		arena_array(context->arena, root->promises.room, sizeof *root->promises.at);
	*made = root;
	return 0;
}

const char *ns_root_path(const struct ns_root *root)
{
	return root->path;
}

int ns_root_fd(const struct ns_root *root)
{
	return root->fd;
}

bool ns_root_wants_host(const struct ns_root *root)
{
	return idmount_wanted(root) || hostnodes_wanted(root);
}

int ns_root_prepare_host(struct ns_root *root)
{
	int result = idmount_prepare(root);

	return !result && hostnodes_wanted(root) ? hostnodes_prepare(root) : result;
}

/* ---- the rows ----------------------------------------------------------------------------- */

int ns_root_private(struct ns_root *root)
{
	unsigned long asked = root->spec->linux.rootfs_propagation;
	/* As a slave we still see what the host mounts below a volume; the host never sees ours.
	 * "unbindable" would keep us from cloning anything, so it waits for ns_root_seal(). */
	unsigned long now = asked & MS_SHARED			   ? asked
			    : asked & (MS_PRIVATE | MS_UNBINDABLE) ? MS_PRIVATE | MS_REC
								   : MS_SLAVE | MS_REC;

	if (root->chroot_only)
		return 0;
	if (mount(NULL, "/", NULL, now, NULL) < 0) {
		int result = fail(errno, "change the propagation of /");

		return result == -EINVAL ? advise(result, "/ is not a mount point: bind mount the "
							  "directory before chroot(1)")
					 : result;
	}
	return 0;
}

/* With rootfsPropagation shared everything is still shared with the host; the mount the rootfs
 * lies in must not be, or the container's root would show up there, and pivot_root(2) refuses. */
static int unshare_parent(struct ns_root *root)
{
	char *path = arena_copy(root->context.arena, root->path);

	while (mount(NULL, path, NULL, MS_PRIVATE, NULL) < 0) {
		char *slash = strrchr(path, '/');

		if (errno != EINVAL || !path[1])
			return fail(errno, "make the mount of %s private", root->path);
		slash[slash == path] = '\0';
	}
	return 0;
}

/* The same directory as planned, in the mount namespace we are in now. */
static int reopen(struct ns_root *root)
{
	autoclose int again = open(root->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat then, now;

	if (again < 0) {
		int result = fail(errno, "open root file system %s", root->path);

		return result == -EACCES && root->userns
			       ? advise(result, "root of the user namespace must be allowed to "
						"search every directory on the way to it")
			       : result;
	}
	if (fstat(root->fd, &then) < 0 || fstat(again, &now) < 0)
		return fail(errno, "look at %s", root->path);
	if (then.st_dev != now.st_dev || then.st_ino != now.st_ino)
		return refuse(EAGAIN, "root file system %s was replaced meanwhile", root->path);
	return take(&again);
}

int ns_root_open(struct ns_root *root)
{
	unsigned long kind =
		root->spec->linux.rootfs_propagation & MS_SLAVE ? MS_SLAVE : MS_PRIVATE;
	autoclose int old_root = attach_new_api() ? -1 : open("/", O_PATH | O_CLOEXEC);
	autoclose int directory = -1;
	int result;

	if (!root->chroot_only && root->spec->linux.rootfs_propagation & MS_SHARED) {
		result = unshare_parent(root);
		if (result)
			return result;
	}
	directory = reopen(root);
	if (directory < 0)
		return directory;
	const struct attachment what = {
		.source = root->path,
		.at = root->path,
		.root = old_root,
		.from = directory,
		.recursive = true,
		.propagation = &kind,
		.propagation_count = 1,
		.userns = -1,
	};
	int mounted = attach(&what, directory);
	if (mounted < 0)
		return mounted;
	close(root->fd);
	root->fd = mounted;
	return 0;
}

void ns_root_may_ask(struct ns_root *root, int baton)
{
	root->host = baton;
}

int ns_root_mount(struct ns_root *root)
{
	return mounts_do(root);
}

int ns_root_devices(struct ns_root *root)
{
	return devices_make(root);
}

int ns_root_console(struct ns_root *root, int pty)
{
	return devices_console(root, pty);
}

int ns_root_enter(struct ns_root *root)
{
	return pivot_enter(root);
}

int ns_root_hide(struct ns_root *root)
{
	return hide_paths(root);
}

/* What was promised of that mount before holds, but that it is writable. */
static void promise_readonly(struct ns_root *root, const struct sealed_mount *sealed)
{
	for (size_t i = 0; i < root->promises.count; i++) {
		if (root->promises.at[i].id == sealed->id)
			root->promises.at[i].not_set &= ~(uint64_t)MOUNT_ATTR_RDONLY;
	}
	promise(root, sealed->fd,
		&(struct mount_promise){ .at = sealed->at, .set = MOUNT_ATTR_RDONLY });
}

static int seal_mounts(struct ns_root *root)
{
	for (size_t i = 0; i < root->sealed.count; i++) {
		struct sealed_mount *sealed = &root->sealed.at[i];
		int result = attach_change(sealed->fd, false, MOUNT_ATTR_RDONLY, 0, 0);

		if (result)
			return fail(result, "make %s read-only", sealed->at);
		promise_readonly(root, sealed);
		close(sealed->fd);
		sealed->fd = -1;
	}
	return 0;
}

/* "rshared" is said last, as runc and crun do it: of every mount, whatever its own options were. */
static void promise_propagation(struct ns_root *root, unsigned long kind)
{
	for (size_t i = 0; i < root->promises.count; i++)
		root->promises.at[i].propagation = kind;
}

int ns_root_seal(struct ns_root *root)
{
	unsigned long asked = root->spec->linux.rootfs_propagation;
	unsigned long kind = asked & (MS_SHARED | MS_UNBINDABLE);
	uint64_t readonly = root->spec->root.readonly ? MOUNT_ATTR_RDONLY : 0;
	int result = seal_mounts(root);

	if (result)
		return result;
	if (kind && !root->chroot_only) {
		result = attach_change(root->fd, asked & MS_REC, 0, 0, kind);
		if (result)
			return blame(fail(result, "change the propagation of the root"),
				     "linux.rootfsPropagation");
		if (asked & MS_REC)
			promise_propagation(root, kind);
	}
	if (readonly) {
		result = attach_change(root->fd, false, readonly, 0, 0);
		if (result)
			return blame(fail(result, "make the root file system read-only"),
				     "root.readonly");
	}
	promise(root, root->fd,
		&(struct mount_promise) { .at = "/", .set = readonly, .propagation = kind });
	return 0;
}

int ns_root_verify(struct ns_root *root)
{
	int result = verify_all(root);

	ns_root_close(root);
	return result;
}

void ns_root_close_unasked(struct ns_root *root)
{
	for (size_t i = 0; i < root->mount_count; i++) {
		struct mount_plan *plan = &root->mounts[i];

		if (plan->late)
			continue;
		/* A user namespace may serve several mounts. */
		for (size_t k = i + 1; plan->userns >= 0 && k < root->mount_count; k++) {
			if (root->mounts[k].userns == plan->userns)
				root->mounts[k].userns = -1;
		}
		close_owned(&plan->userns);
		close_owned(&plan->tree);
		plan->userns = plan->tree = -1;
	}
	for (size_t i = 0; i < root->sealed.count; i++)
		close_owned(&root->sealed.at[i].fd);
	root->sealed.count = 0;
	close_owned(&root->null);
	close_owned(&root->notify);
	close_owned(&root->fd);
	root->null = root->notify = root->fd = -1;
}

void ns_root_close(struct ns_root *root)
{
	for (size_t i = 0; i < root->mount_count; i++)
		root->mounts[i].late = false;
	ns_root_close_unasked(root);
}

bool ns_root_stays_mounted(const struct ns_root *root)
{
	return root->chroot_only;
}

int ns_root_unmount(const char *path)
{
	if (umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) < 0 && errno != EINVAL && errno != ENOENT)
		return fail(errno, "unmount %s", path);
	return 0;
}
