/* hide.c -- linux.maskedPaths and linux.readonlyPaths.
 *
 * A masked file is covered by a null device that was looked at first; if none can be had, the
 * start fails rather than a mask be left out (CVE-2025-31133). Masked directories share one empty
 * read-only tmpfs: one superblock, and nothing of the host to be seen in it.
 *
 * Paths that are not there need no hiding (config-linux.md, "Masked Paths"). Done after
 * pivot_root, so that symlinks in them lead where the container's own lead. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ns/below.h"
#include "ns/rootplan.h"
#include "runtime/base/fault.h"
#include "runtime/base/owned.h"

struct masks {
	int null, empty; /* -1 until needed */
};

/* The first masked directory: its mount is the one the others are clones of. One inode is the root
 * itself; Ubuntu's 5.4 kernel wants at least two. */
static int mask_first(struct ns_root *root, int target, const char *path)
{
	static char *const words[] = { (char *)"nr_blocks=1", (char *)"nr_inodes=2", NULL };
	static const struct strings data = { (char **)words, 2 };
	const char *label = root->spec->linux.mount_label;
	const struct attachment what = {
		.type = "tmpfs",
		.source = "tmpfs",
		.at = path,
		.root = root->fd,
		.userns = -1,
		.set = MOUNT_ATTR_RDONLY,
		.super_readonly = true,
		.data = &data,
		.label_key = root->label_key,
		.label = label && label[0] ? label : NULL,
	};

	return attach(&what, target);
}

static int mask_directory(struct ns_root *root, struct masks *masks, int target, const char *path)
{
	if (masks->empty >= 0)
		return attach_bind(masks->empty, target, root->fd, path, false, 0);
	return mask_first(root, target, path);
}

static int mask_file(struct ns_root *root, struct masks *masks, int target, const char *path)
{
	if (masks->null < 0)
		masks->null = devices_null(root);
	if (masks->null < 0)
		return masks->null;
	return attach_bind(masks->null, target, root->fd, path, false, 0);
}

static bool is_absent(int error)
{
	return error == -ENOENT || error == -ENOTDIR;
}

static int mask(struct ns_root *root, struct masks *masks, const char *path)
{
	struct mount_promise kept = { .at = path };
	autoclose int target = below_open(root->fd, path, 0);
	struct stat about;

	if (target < 0)
		return is_absent(target) ? 0 : fail(target, "mask %s", path);
	if (fstat(target, &about) < 0)
		return fail(errno, "mask %s", path);
	if (S_ISDIR(about.st_mode))
		kept.set = MOUNT_ATTR_RDONLY;
	autoclose int mount = S_ISDIR(about.st_mode) ? mask_directory(root, masks, target, path)
						     : mask_file(root, masks, target, path);
	if (mount < 0)
		return mount;
	promise(root, mount, &kept);
	if (S_ISDIR(about.st_mode) && masks->empty < 0)
		masks->empty = take(&mount);
	return 0;
}

/* config.json says it twice: a second mount over the first would hide nothing more. */
static bool said_before(const struct strings *paths, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		if (!strcmp(paths->at[i], paths->at[index]))
			return true;
	}
	return false;
}

static int make_readonly(struct ns_root *root, const char *path)
{
	autoclose int target = below_open(root->fd, path, 0);

	if (target < 0)
		return is_absent(target) ? 0 : fail(target, "make %s read-only", path);
	autoclose int mount = attach_bind(target, target, root->fd, path, true, MOUNT_ATTR_RDONLY);
	if (mount < 0)
		return mount;
	promise(root, mount, &(struct mount_promise) { .at = path, .set = MOUNT_ATTR_RDONLY });
	return 0;
}

int hide_paths(struct ns_root *root)
{
	const struct spec_linux *linux = &root->spec->linux;
	struct masks masks = { -1, -1 };
	int result = 0;

	for (size_t i = 0; !result && i < linux->readonly_paths.count; i++) {
		if (!said_before(&linux->readonly_paths, i))
			result = blame(make_readonly(root, linux->readonly_paths.at[i]),
				       "linux.readonlyPaths[%zu]", i);
	}
	for (size_t i = 0; !result && i < linux->masked_paths.count; i++) {
		if (!said_before(&linux->masked_paths, i))
			result = blame(mask(root, &masks, linux->masked_paths.at[i]),
				       "linux.maskedPaths[%zu]", i);
	}
	close_owned(&masks.null);
	close_owned(&masks.empty);
	return result;
}
