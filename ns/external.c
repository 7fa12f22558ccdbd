/* external.c -- what a container's root file system has from the host: its bind mounts.
 *
 * criu saves what a container has of its own (tmpfs, /proc, /dev/pts) and wants to be told what
 * belongs to the host, and where that is to be found when the container comes back.
 *
 * Each is named by its destination as it is without the container's mounts: symlinks of the rootfs
 * are followed ("/var/run/x" is "/run/x"), since the kernel knows the mount by that name. These
 * names stand in the image; runc makes the same ones.
 *
 * Mounts nothing. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ns/below.h"
#include "ns/rootplan.h"
#include "runtime/base/fault.h"
#include "runtime/base/owned.h"

/* `rest` without "//" and "/./" behind `path`; ".." takes a component away, "/.." is "/". */
static char *join_clean(struct arena *arena, const char *path, const char *rest)
{
	char *made = arena_format(arena, "%s/%s", path, rest);
	size_t end = strlen(path);

	while (*rest) {
		size_t length = strcspn(rest, "/");

		if (length == 2 && !memcmp(rest, "..", 2)) {
			while (end > 0 && made[--end] != '/')
				;
		} else if (length && !(length == 1 && *rest == '.')) {
			made[end++] = '/';
			memmove(made + end, rest, length);
			end += length;
		}
		rest += length + (rest[length] == '/');
	}
	made[end] = '\0';
	return end ? made : arena_copy(arena, "/");
}

/* Where a descriptor below the root lies, seen from there: "" for the root itself. */
static const char *place_of(const struct ns_root *root, int fd)
{
	char text[64], whole[PATH_MAX], above[PATH_MAX];
	ssize_t length, root_length;

	snprintf(text, sizeof text, "/proc/self/fd/%d", fd);
	length = readlink(text, whole, sizeof whole - 1);
	snprintf(text, sizeof text, "/proc/self/fd/%d", root->fd);
	root_length = readlink(text, above, sizeof above - 1);
	if (length < 0 || root_length < 0)
		return NULL;
	if (root_length == 1) /* "/" */
		root_length = 0;
	if (length < root_length || memcmp(whole, above, (size_t)root_length))
		return NULL;
	return arena_copy_bytes(root->context.arena, whole + root_length,
				(size_t)(length - root_length));
}

/* The longest part that is there leads the way; what is not there cannot be a link. */
static const char *resolve(const struct ns_root *root, const char *path)
{
	struct arena *arena = root->context.arena;

	for (size_t length = strlen(path);; length--) {
		autoclose int fd = -1;
		const char *place;

		while (length && path[length] && path[length] != '/')
			length--;
		fd = below_open(root->fd, arena_format(arena, "/%.*s", (int)length, path), 0);
		place = fd < 0 ? NULL : place_of(root, fd);
		if (place)
			return join_clean(arena, place, path + length);
		if (!length)
			return join_clean(arena, "", path);
	}
}

static void add(struct ns_externals *externals, const char *at, const char *name,
		const char *source)
{
	externals->at[externals->count++] = (struct ns_external){ at, name, source };
}

/* As mount_hybrid() makes them. */
static void add_cgroups(struct ns_externals *externals, const struct ns_root *root,
			const struct mount_plan *plan)
{
	const struct ns_cgroup_view *view = root->context.cgroups;
	const char *at = resolve(root, plan->destination);

	if (!view || root->context.own_cgroupns || view->unified)
		return;
	for (size_t i = 0; i < view->count; i++) {
		const char *place = arena_format(root->context.arena, "%s/%s", at, view->at[i].name);

		add(externals, place, place, view->at[i].host_path);
	}
}

static int add_mount(struct ns_externals *externals, const struct ns_root *root,
		     const struct mount_plan *plan)
{
	const char *at;

	if (plan->options.remount)
		return 0;
	if (plan->options.idmap)
		return blame(refuse(ENOTSUP, "criu cannot bring back the id mapping of the mount on %s",
				    plan->destination),
			     "mounts[%zu]", plan->index);
	if (plan->is_cgroup)
		add_cgroups(externals, root, plan);
	if (plan->is_cgroup || plan->type)
		return 0;
	at = resolve(root, plan->destination);
	add(externals, at, at, plan->source);
	return 0;
}

/* Where a node cannot be made it is one that the host's side made (hostnodes.c) or the host's, bind
 * mounted (devices.c). A name that is no mount is never asked for. */
static void add_devices(struct ns_externals *externals, const struct ns_root *root)
{
	const struct spec_devices *devices = &root->spec->linux.devices;
	const char *path;

	for (size_t i = 0; (path = devices_default(root, i)); i++)
		add(externals, path, path, path);
	for (size_t i = 0; i < devices->count; i++) {
		const char *at = devices->at[i].path, *made = hostnodes_path(root, i);

		add(externals, at, at, made ? made : at);
	}
}

static bool is_file_there(int living, const char *path)
{
	autoclose int fd = below_open(living, path, 0);
	struct stat about;

	return fd >= 0 && fstat(fd, &about) == 0 && !S_ISDIR(about.st_mode);
}

/* Files are covered by a null device; what covers directories is the container's own. */
static void add_masks(struct ns_externals *externals, const struct ns_root *root, int living)
{
	static const char null[] = "/dev/null";
	const struct strings *paths = &root->spec->linux.masked_paths;

	for (size_t i = 0; living >= 0 && i < paths->count; i++) {
		if (is_file_there(living, paths->at[i]))
			add(externals, resolve(root, paths->at[i]), null, null);
	}
}

static size_t room_for(const struct ns_root *root)
{
	const struct ns_cgroup_view *view = root->context.cgroups;
	size_t defaults = 0;

	while (devices_default(root, defaults))
		defaults++;
	return root->mount_count * (1 + (view ? view->count : 0)) +
	       root->spec->linux.devices.count + root->spec->linux.masked_paths.count + defaults + 1;
}

int ns_root_externals(struct ns_externals *externals, const struct ns_root *root, int living)
{
	if (root->chroot_only)
		return refuse(ENOTSUP, "a container without a mount namespace of its own can be "
			      "neither checkpointed nor restored");
	*externals = (struct ns_externals){
		.at = arena_array(root->context.arena, room_for(root), sizeof *externals->at),
	};
	for (size_t i = 0; i < root->mount_count; i++) {
		int result = add_mount(externals, root, &root->mounts[i]);

		if (result)
			return result;
	}
	add_devices(externals, root);
	add_masks(externals, root, living);
	return 0;
}
