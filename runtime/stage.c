/* stage.c -- what a container has from the host, where root of its user namespace can reach it.
 *
 * For a container in a user namespace criu opens the sources of bind mounts as root of that
 * namespace, by their paths. Some of them lie where only the host's root may search: records,
 * engines' volumes, and device nodes that were made for it (ns/hostnodes.c), maybe on a file system
 * mounted nodev. So each gets a second mount, made by the host's root in the mount namespace that
 * criu has of its own (scene.c), on a tmpfs that everybody may search.
 *
 * It is on /dev/pts: wherever there are terminals it is there, nobody keeps anything in it, and
 * the container's own is another. */
#include "runtime/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ns/attach.h"
#include "runtime/base/fault.h"
#include "runtime/base/owned.h"

#define STAGE "/dev/pts"

bool stage_wanted(const struct plan *plan)
{
	return plan->new_userns && attach_new_api();
}

static int make_place(int stage, const char *name, mode_t kind)
{
	if (S_ISDIR(kind))
		return mkdirat(stage, name, 0755) < 0 ? -errno : 0;
	return mknodat(stage, name, S_IFREG | 0644, 0) < 0 ? -errno : 0;
}

/* One that is to be opened as a device is no use where devices are not. */
static int allow_device(int tree, mode_t kind)
{
	static const uint64_t safe = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;

	if (!S_ISCHR(kind) && !S_ISBLK(kind))
		return 0;
	return attach_change(tree, false, safe, MOUNT_ATTR_NODEV | MOUNT_ATTR_RDONLY, 0);
}

static int mount_one(int stage, size_t index, const char *source)
{
	autoclose int tree = attach_clone(AT_FDCWD, source, false, false);
	struct stat about;
	char name[24];
	int result;

	if (tree == -ENOENT || tree == -ENOTDIR)
		return 0;
	snprintf(name, sizeof name, "%zu", index);
	result = tree < 0 ? tree : fstat(tree, &about) < 0 ? -errno : 0;
	if (!result)
		result = make_place(stage, name, about.st_mode);
	if (!result)
		result = allow_device(tree, about.st_mode);
	if (!result && syscall(SYS_move_mount, tree, "", stage, name, MOVE_MOUNT_F_EMPTY_PATH) < 0)
		result = -errno;
	return result ? fail(result, "mount %s where root of the container's user namespace "
			     "can reach it", source)
		      : 0;
}

int stage_mounts(const struct criu_pairs *mounts)
{
	if (mount("tmpfs", STAGE, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=755") < 0)
		return fail(errno, "mount a tmpfs on " STAGE);
	autoclose int stage = open(STAGE, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (stage < 0)
		return fail(errno, "open " STAGE);
	for (size_t i = 0; i < mounts->count; i++) {
		int result = mount_one(stage, i, mounts->at[i].value);

		if (result)
			return result;
	}
	return 0;
}

void stage_name(struct criu_pairs *mounts, struct arena *arena)
{
	for (size_t i = 0; i < mounts->count; i++)
		mounts->at[i].value = arena_format(arena, STAGE "/%zu", i);
}
