/* devices.c -- /dev: the nodes and links every container has, and linux.devices.
 *
 * Nodes are made with mknod(2); where a user namespace forbids that, the node that the host's side
 * has made (hostnodes.c), else the host's own, is bind mounted by descriptor, nosuid and noexec.
 * Either way it is looked at before it is trusted: an
 * image may have a symlink or a plain file where a device should be (CVE-2025-31133), and may have
 * made /dev itself a symlink (CVE-2026-41579, CVE-2026-47766). A node that is there already is
 * left as it is if it is that device, else the start fails. The host's nodes are never chowned.
 *
 * A /dev that is a bind mount of the config is the host's and left alone, as runc does.
 * Does not write device cgroup rules (cgroups/). */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "ns/below.h"
#include "ns/rootplan.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

/* config-linux.md, "Default Devices"; console and ptmx come differently. */
static const struct {
	const char *name;
	unsigned minor, major;
} defaults[] = {
	{ "null", 3, 1 },   { "zero", 5, 1 },	 { "full", 7, 1 },
	{ "random", 8, 1 }, { "urandom", 9, 1 }, { "tty", 0, 5 },
};

const char *devices_default(const struct ns_root *root, size_t index)
{
	return index < sizeof defaults / sizeof *defaults
		       ? arena_format(root->context.arena, "/dev/%s", defaults[index].name)
		       : NULL;
}

static const struct {
	const char *name, *text;
} links[] = {
	{ "fd", "/proc/self/fd" },	 { "stdin", "/proc/self/fd/0" },
	{ "stdout", "/proc/self/fd/1" }, { "stderr", "/proc/self/fd/2" },
	{ "core", "/proc/kcore" },
};

static bool is_node(const struct stat *about, const struct node *node)
{
	if ((about->st_mode & S_IFMT) != (node->mode & S_IFMT))
		return false;
	return S_ISFIFO(node->mode) || about->st_rdev == node->device;
}

/* ---- bind mounts of nodes made outside ------------------------------------------------------ */

/* What a node is mounted on. */
static int open_place(const struct node *node, int directory, const char *name)
{
	struct stat about;
	int made = openat(directory, name, O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);

	if (made < 0 && errno != EEXIST)
		return fail(errno, "make %s", node->path);
	if (made >= 0)
		close(made);
	autoclose int target = open_how(directory, name, O_PATH | O_NOFOLLOW, 0, 0);
	if (target < 0)
		return fail(target, "open %s", node->path);
	if (fstat(target, &about) < 0 || S_ISLNK(about.st_mode) || S_ISDIR(about.st_mode))
		return refuse(EEXIST, "%s exists and is not a device", node->path);
	return take(&target);
}

/* `tree`: of hostnodes.c, which becomes the mount; -1: the host's own node. */
static int bind_node(struct ns_root *root, const struct node *node, int tree, int directory,
		     const char *name)
{
	static const uint64_t safe = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
	struct attachment what = {
		.source = node->path,
		.at = node->path,
		.root = root->fd,
		.detached = tree >= 0,
		.set = safe,
		.userns = -1,
	};
	autoclose int source =
		tree >= 0 ? tree : open_how(AT_FDCWD, node->path, O_PATH | O_NOFOLLOW, 0, 0);
	struct stat about;

	if (source < 0)
		return fail(source, "open the host's device %s", node->path);
	if (fstat(source, &about) < 0 || !is_node(&about, node))
		return refuse(ENODEV, "the host's %s is not the device %u:%u", node->path,
			      major(node->device), minor(node->device));
	autoclose int target = open_place(node, directory, name);
	if (target < 0)
		return target;
	what.from = what.detached ? take(&source) : source;
	autoclose int mount = attach(&what, target);
	if (mount < 0)
		return mount;
	promise(root, mount, &(struct mount_promise) { .at = node->path, .set = safe });
	return 0;
}

/* ---- nodes -------------------------------------------------------------------------------- */

static int check_existing(const struct node *node, int directory, const char *name)
{
	struct stat about;

	if (fstatat(directory, name, &about, AT_SYMLINK_NOFOLLOW) < 0)
		return fail(errno, "look at %s", node->path);
	if (is_node(&about, node))
		return 0;
	if (S_ISFIFO(node->mode))
		return refuse(EEXIST, "%s exists in the root file system and is not a fifo",
			      node->path);
	return refuse(EEXIST, "%s exists in the root file system and is not the device %u:%u",
		      node->path, major(node->device), minor(node->device));
}

/* The umask is 0: only the owner may still be wrong. */
static int own_node(const struct node *node, int directory, const char *name)
{
	autoclose int fd = -1;
	struct stat about;

	if (!node->uid && !node->gid)
		return 0;
	fd = open_how(directory, name, O_PATH | O_NOFOLLOW, 0, 0);
	if (fd < 0 || fstat(fd, &about) < 0 || !is_node(&about, node))
		return refuse(EAGAIN, "%s changed while it was made", node->path);
	if (fchownat(fd, "", node->uid, node->gid, AT_EMPTY_PATH) < 0)
		return fail(errno, "chown %s to %u:%u", node->path, node->uid, node->gid);
	return 0;
}

static int make_node(struct ns_root *root, const struct node *node, int tree, int directory,
		     const char *name)
{
	bool bind = root->userns && !S_ISFIFO(node->mode);
	int error;

	if (!bind && mknodat(directory, name, node->mode, node->device) == 0)
		return own_node(node, directory, name);
	error = bind ? 0 : errno;
	if (error == EEXIST)
		return check_existing(node, directory, name);
	/* Also in a container that may not mknod although it has no user namespace of its own. */
	if (bind || (error == EPERM && !S_ISFIFO(node->mode)))
		return bind_node(root, node, tree, directory, name);
	return fail(error, "make device %s", node->path);
}

/* The config may have something else in a default's place. */
static bool config_has(const struct ns_root *root, const char *path)
{
	const struct spec_linux *linux = &root->spec->linux;

	for (size_t i = 0; i < linux->devices.count; i++) {
		if (is_path(linux->devices.at[i].path, path))
			return true;
	}
	return false;
}

static int make_defaults(struct ns_root *root, int dev)
{
	for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++) {
		char path[32];
		const struct node node = {
			.path = path,
			.mode = S_IFCHR | 0666,
			.device = makedev(defaults[i].major, defaults[i].minor),
		};
		int result;

		snprintf(path, sizeof path, "/dev/%s", defaults[i].name);
		if (config_has(root, path))
			continue;
		result = make_node(root, &node, -1, dev, defaults[i].name);
		if (result)
			return result;
	}
	root->null = open_how(dev, "null", O_PATH | O_NOFOLLOW, 0, 0);
	return root->null < 0 ? fail(root->null, "open /dev/null") : 0;
}

/* ---- linux.devices ------------------------------------------------------------------------ */

int node_of(struct node *node, const struct spec_device *device)
{
	static const mode_t kinds[] = {
		['c'] = S_IFCHR, ['u'] = S_IFCHR, ['b'] = S_IFBLK, ['p'] = S_IFIFO
	};
	mode_t permissions = device->file_mode.given ? device->file_mode.value & 07777 : 0666;

	if ((unsigned char)device->type >= sizeof kinds / sizeof *kinds ||
	    !kinds[(unsigned char)device->type])
		return refuse(EINVAL, "device %s has no type known", device->path);
	*node = (struct node) {
		.path = device->path,
		.mode = kinds[(unsigned char)device->type] | permissions,
		.uid = device->uid.value,
		.gid = device->gid.value,
	};
	if (!S_ISFIFO(node->mode))
		node->device =
			makedev((unsigned)device->major.value, (unsigned)device->minor.value);
	return 0;
}

static int make_device(struct ns_root *root, size_t index)
{
	const struct spec_device *device = &root->spec->linux.devices.at[index];
	char name[NAME_MAX + 1];
	struct node node;
	int result = node_of(&node, device);

	if (result)
		return result;
	/* Made as a link to the container's own devpts, whatever the config says. */
	if (is_path(device->path, "/dev/ptmx"))
		return 0;
	autoclose int parent = below_parent(root->fd, device->path, name, sizeof name);
	if (parent < 0)
		return fail(parent, "make the directory of device %s", device->path);
	return make_node(root, &node, root->nodes ? take(&root->nodes[index]) : -1, parent, name);
}

static int make_devices(struct ns_root *root)
{
	for (size_t i = 0; i < root->spec->linux.devices.count; i++) {
		int result = make_device(root, i);

		if (result)
			return blame(result, "linux.devices[%zu]", i);
	}
	return 0;
}

static int make_links(int dev)
{
	for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
		/* A kernel without CONFIG_PROC_KCORE has nothing to link to. */
		if (!strcmp(links[i].name, "core") && access(links[i].text, F_OK) < 0)
			continue;
		if (symlinkat(links[i].text, dev, links[i].name) < 0 && errno != EEXIST)
			return fail(errno, "link /dev/%s", links[i].name);
	}
	if (symlinkat("pts/ptmx", dev, "ptmx") == 0)
		return 0;
	/* The host's, or another container's, in a /dev of the image. */
	if (errno != EEXIST || unlinkat(dev, "ptmx", 0) < 0 ||
	    symlinkat("pts/ptmx", dev, "ptmx") < 0)
		return fail(errno, "link /dev/ptmx");
	return 0;
}

int devices_make(struct ns_root *root)
{
	mode_t before;
	int result;

	if (!root->populate_dev)
		return make_devices(root);
	autoclose int dev = below_make_directory(root->fd, "/dev", BELOW_NO_SYMLINKS);
	if (dev < 0)
		return fail(dev, "open /dev of the root file system");
	before = umask(0);
	result = make_devices(root);
	if (!result)
		result = make_defaults(root, dev);
	umask(before);
	return result ? result : make_links(dev);
}

int devices_null(struct ns_root *root)
{
	autoclose int null = -1;
	struct stat about;

	if (root->null >= 0)
		null = take(&root->null);
	else
		null = below_open(root->fd, "/dev/null", BELOW_NO_SYMLINKS);
	if (null < 0)
		return fail(null, "mask a file: open /dev/null");
	if (fstat(null, &about) < 0 || !S_ISCHR(about.st_mode) || about.st_rdev != makedev(1, 3))
		return refuse(ENODEV, "mask a file: the container's /dev/null is not the null "
				      "device");
	return take(&null);
}

int devices_console(struct ns_root *root, int pty)
{
	static const uint64_t safe = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
	struct stat about;

	if (!root->populate_dev)
		return 0;
	if (fstat(pty, &about) < 0 || !S_ISCHR(about.st_mode))
		return refuse(ENOTTY, "the console is not a terminal");
	autoclose int dev = below_make_directory(root->fd, "/dev", BELOW_NO_SYMLINKS);
	if (dev < 0)
		return fail(dev, "open /dev of the root file system");
	int made = openat(dev, "console", O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0620);
	if (made < 0 && errno != EEXIST)
		return fail(errno, "make /dev/console");
	if (made >= 0)
		close(made);
	autoclose int target = open_how(dev, "console", O_PATH | O_NOFOLLOW, 0, 0);
	if (target < 0 || fstat(target, &about) < 0 || S_ISLNK(about.st_mode))
		return refuse(EEXIST, "/dev/console is a symlink in the root file system");
	autoclose int mount = attach_bind(pty, target, root->fd, "/dev/console", false, safe);
	if (mount < 0)
		return mount;
	promise(root, mount, &(struct mount_promise) { .at = "/dev/console", .set = safe });
	return 0;
}
