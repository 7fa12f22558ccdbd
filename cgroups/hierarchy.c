/* hierarchy.c -- one mounted hierarchy: which it is, its mount, the container's directory in it.
 *
 * Everything below a mount is reached by descriptor and openat2(2) BENEATH, and the mount itself
 * is verified to be a cgroup filesystem: a name from config.json or from the record can then not
 * lead anywhere else (crun 1.28 made directories outside of cgroupfs for "../").
 *
 * Does not make directories: make.c. */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "cgroups/tree.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

bool cg_has_word(const char *list, const char *word)
{
	size_t length = strlen(word);

	while (*list) {
		size_t span = strcspn(list, ", \n");

		if (span == length && !memcmp(list, word, length))
			return true;
		list += span + (list[span] != '\0');
	}
	return false;
}

struct cg_hierarchy *cg_hierarchy_v2(struct cgroup *cgroup)
{
	for (size_t i = 0; i < cgroup->count; i++) {
		if (cgroup->hierarchies[i].v2)
			return &cgroup->hierarchies[i];
	}
	return NULL;
}

struct cg_hierarchy *cg_hierarchy_of(struct cgroup *cgroup, const char *controller)
{
	struct cg_hierarchy *v2 = cg_hierarchy_v2(cgroup);

	for (size_t i = 0; i < cgroup->count; i++) {
		struct cg_hierarchy *hierarchy = &cgroup->hierarchies[i];

		if (!hierarchy->v2 && cg_has_word(hierarchy->controllers, controller))
			return hierarchy;
	}
	return v2 && cg_has_word(v2->controllers, controller) ? v2 : NULL;
}

struct cg_hierarchy *cg_hierarchy_or_v2(struct cgroup *cgroup, const char *controller)
{
	struct cg_hierarchy *found = cg_hierarchy_of(cgroup, controller);

	return found ? found : cg_hierarchy_v2(cgroup);
}

struct cg_hierarchy *cg_hierarchy_of_processes(struct cgroup *cgroup)
{
	static const char *const preferred[] = { "freezer", "devices", "pids" };
	struct cg_hierarchy *found = cg_hierarchy_v2(cgroup);

	for (size_t i = 0; !found && i < sizeof preferred / sizeof *preferred; i++)
		found = cg_hierarchy_of(cgroup, preferred[i]);
	return found || !cgroup->count ? found : &cgroup->hierarchies[0];
}

int cg_mount(struct cg_hierarchy *hierarchy)
{
	struct statfs about;

	if (hierarchy->mount_fd >= 0)
		return hierarchy->mount_fd;
	autoclose int fd = open(hierarchy->mount, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return fail(errno, "open cgroup mount %s", hierarchy->mount);
	if (fstatfs(fd, &about) < 0)
		return fail(errno, "look at cgroup mount %s", hierarchy->mount);
	if (about.f_type != (hierarchy->v2 ? CGROUP2_SUPER_MAGIC : CGROUP_SUPER_MAGIC))
		return refuse(EINVAL, "%s is not a cgroup v%d filesystem", hierarchy->mount,
			      hierarchy->v2 ? 2 : 1);
	hierarchy->mount_fd = take(&fd);
	return hierarchy->mount_fd;
}

/* The top has every controller there is; which of them reach us is seen when they are enabled. */
int cg_read_controllers(struct cgroup *cgroup, const char *at)
{
	struct cg_hierarchy *hierarchy = cg_hierarchy_v2(cgroup);
	char text[1024], *path = arena_format(cgroup->arena, ".%s/cgroup.controllers", at);
	int mount = hierarchy ? cg_mount(hierarchy) : 0;
	ssize_t length;

	if (!hierarchy || mount < 0)
		return mount;
	length = read_small(mount, path, text, sizeof text);
	if (length < 0)
		return fail((int)length, "read %s%s/cgroup.controllers", hierarchy->mount, at);
	text[strcspn(text, "\n")] = '\0';
	hierarchy->controllers = arena_copy(cgroup->arena, text);
	return 0;
}

int cg_parent(const struct cg_hierarchy *hierarchy)
{
	return hierarchy->parent_fd >= 0 ? hierarchy->parent_fd : hierarchy->mount_fd;
}

int cg_open_dir(int dir, const char *path)
{
	while (*path == '/')
		path++;
	/* Not O_PATH: bpf(2) and reading the directory want a real descriptor. */
	return open_below(dir, *path ? path : ".", O_RDONLY | O_DIRECTORY, 0);
}

int cg_dir(struct cg_hierarchy *hierarchy)
{
	int mount, fd;

	if (hierarchy->fd >= 0)
		return hierarchy->fd;
	mount = cg_mount(hierarchy);
	if (mount < 0)
		return mount;
	fd = cg_open_dir(mount, hierarchy->path);
	if (fd == -ENODEV)
		fd = -ENOENT;
	if (fd < 0 && fd != -ENOENT)
		return fail(fd, "open cgroup %s%s", hierarchy->mount, hierarchy->path);
	if (fd >= 0)
		hierarchy->fd = fd;
	return fd;
}

bool cg_may_move(const struct cg_hierarchy *hierarchy, const char *from, struct arena *arena)
{
	const char *path = hierarchy->path;
	size_t common = 0;

	for (size_t i = 0; from[i] && from[i] == path[i]; i++) {
		if ((from[i + 1] == '/' || !from[i + 1]) && (path[i + 1] == '/' || !path[i + 1]))
			common = i + 1;
	}
	char *procs = arena_format(arena, "./%.*s/cgroup.procs", (int)common, path);
	return faccessat(hierarchy->mount_fd, procs, W_OK, AT_EACCESS) == 0;
}

static void close_and_forget(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void cg_close(struct cgroup *cgroup)
{
	for (size_t i = 0; i < cgroup->count; i++) {
		struct cg_hierarchy *hierarchy = &cgroup->hierarchies[i];

		close_and_forget(&hierarchy->tasks_fd);
		close_and_forget(&hierarchy->fd);
		close_and_forget(&hierarchy->parent_fd);
		close_and_forget(&hierarchy->mount_fd);
	}
}
