/* scene.c -- what criu finds in the mount namespace made for it, when it restores.
 *
 * All of it is gone with criu, however that ends, and nobody on the host sees it.
 *
 * An image holds a container's memory, so its directory is for root alone. For a container in a
 * user namespace criu reads it first as a process without any ids and then as root of that
 * namespace: here, and only here, the directory is one that everybody may search. An overlay has
 * the mode of its upper directory.
 *
 * Does not make what outlives criu: the mount points are there already (restore.c). */
#include "runtime/scene.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "runtime/base/owned.h"
#include "runtime/stage.h"
#include "runtime/yard.h"

/* criu wants a root that is a mount of its own. As a slave we still see what the host mounts;
 * the host never sees ours. */
static int prepare_root(const char *rootfs)
{
	if (mount("", "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
		return fail(errno, "hide mounts from the host");
	if (mount(rootfs, rootfs, NULL, MS_BIND | MS_REC, NULL) < 0)
		return fail(errno, "bind %s on itself", rootfs);
	return 0;
}

static int open_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? fail(errno, "open the image's directory %s", path) : fd;
}

/* Mounted where the image is, so that its link to a parent leads where it did. */
static int open_to_everybody(const char *path, int image)
{
	char options[128];
	autoclose int above = -1;

	if (mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=755") < 0)
		return fail(errno, "mount a tmpfs on %s", path);
	above = open_folder(path);
	if (above < 0)
		return above;
	if (mkdirat(above, "upper", 0755) < 0 || mkdirat(above, "work", 0700) < 0)
		return fail(errno, "make directories on a tmpfs");
	/* By descriptors: a path may have any letter in it, and these options may not. */
	snprintf(options, sizeof options,
		 "lowerdir=/proc/self/fd/%d,upperdir=/proc/self/fd/%d/upper,"
		 "workdir=/proc/self/fd/%d/work", image, above, above);
	if (mount("overlay", path, "overlay", MS_NOSUID | MS_NODEV | MS_NOEXEC, options) < 0)
		return advise(fail(errno, "mount an overlay on %s", path),
			      "criu reads the image as root of the container's user namespace: "
			      "chmod go+rx lets it, without an overlay");
	return 0;
}

static bool is_open_to_everybody(int folder)
{
	struct stat about;

	return fstat(folder, &about) == 0 && (about.st_mode & 5) == 5;
}

/* criu mounts in its directory of work, so that has to be of this mount namespace. */
static int open_folders(const struct plan *plan, const struct image *image, int *images, int *work)
{
	autoclose int plain = open_folder(image->path);
	int result = plain < 0 ? plain : 0;

	if (!result)
		*work = result = open_folder(image->work);
	if (result >= 0 && plan->new_userns && !is_open_to_everybody(plain)) {
		result = open_to_everybody(image->path, plain);
		if (result)
			return result;
	}
	if (result >= 0)
		*images = result = open_folder(image->path);
	return result < 0 ? result : 0;
}

int scene_set(const struct plan *plan, struct image *image)
{
	int *images = &image->descriptors[image->options.images - criu_given];
	int *work = &image->descriptors[image->options.work - criu_given];
	const char *yard = image->options.cgroup_yard;
	int result = prepare_root(ns_root_path(plan->root));

	if (!result && stage_wanted(plan))
		result = stage_mounts(&image->options.mounts);
	if (!result && yard)
		result = yard_of_mounts(&plan->cgroup, yard, plan->arena);
	return result ? result : open_folders(plan, image, images, work);
}
