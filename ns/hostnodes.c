/* hostnodes.c -- linux.devices for a new user namespace, made by the host's side.
 *
 * Nobody in a user namespace may mknod(2). So that a device need not be there on the host, and has
 * the owner and the mode that config.json gives it, its node is made out here, in a directory of
 * the record that only root may enter, and is handed in as a detached bind mount of that one file.
 * The node goes with the record.
 *
 * What cannot be made (we may not either, an owner without a mapping) is left to devices.c, which
 * has the host's own node for it. Does not look at the default devices: every host has those. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ns/idmap.h"
#include "ns/rootplan.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

bool hostnodes_wanted(const struct ns_root *root)
{
	return root->context.nodes_dir && attach_new_api();
}

/* The clone is nobody's peer, and the file system of the record may be mounted nodev. */
static int clone_node(int directory, const char *name)
{
	static const uint64_t safe = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
	autoclose int tree = attach_clone(directory, name, false, true);
	int result;

	if (tree < 0)
		return tree;
	result = attach_change(tree, false, safe, MOUNT_ATTR_NODEV | MOUNT_ATTR_RDONLY, MS_PRIVATE);
	return result ? result : take(&tree);
}

/* `tree`: a detached mount of the node; untouched: devices.c shall see to it. */
static int make_node(const struct ns_root *root, int directory, size_t index, int *tree)
{
	const struct spec_linux *linux = &root->spec->linux;
	struct node node;
	uint32_t uid, gid;
	char name[24];
	int result = node_of(&node, &linux->devices.at[index]);

	if (result)
		return result;
	if (S_ISFIFO(node.mode) || !ns_id_outside(&linux->uid_mappings, node.uid, &uid) ||
	    !ns_id_outside(&linux->gid_mappings, node.gid, &gid))
		return 0;
	snprintf(name, sizeof name, "%zu", index);
	if (mknodat(directory, name, node.mode, node.device) < 0)
		return errno == EPERM ? 0 : fail(errno, "make device %s", node.path);
	if (fchownat(directory, name, uid, gid, AT_SYMLINK_NOFOLLOW) < 0)
		return fail(errno, "chown %s to %u:%u", node.path, node.uid, node.gid);
	/* After chown(2), which takes the set-id bits; the umask had its part in mknod(2), too. */
	if (fchmodat(directory, name, node.mode & 07777, 0) < 0)
		return fail(errno, "chmod %s", node.path);
	result = clone_node(directory, name);
	if (result < 0)
		return fail(result, "open the node of device %s", node.path);
	*tree = result;
	return 0;
}

const char *hostnodes_path(const struct ns_root *root, size_t index)
{
	return root->nodes && root->nodes[index] >= 0
		       ? arena_format(root->context.arena, "%s/%zu", root->context.nodes_dir, index)
		       : NULL;
}

int hostnodes_prepare(struct ns_root *root)
{
	const char *path = root->context.nodes_dir;
	size_t count = root->spec->linux.devices.count;

	if (mkdir(path, 0700) < 0)
		return fail(errno, "make %s", path);
	autoclose int directory = open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (directory < 0)
		return fail(errno, "open %s", path);
	root->nodes = arena_array(root->context.arena, count, sizeof *root->nodes);
	for (size_t i = 0; i < count; i++) {
		int result;

		root->nodes[i] = -1;
		result = make_node(root, directory, i, &root->nodes[i]);
		if (result)
			return blame(result, "linux.devices[%zu]", i);
	}
	return 0;
}
