/* enter.c -- how a process gets into the container's cgroup.
 *
 * Into v2 it is born: clone3(2) with CLONE_INTO_CGROUP. Into the v1 hierarchies it moves itself:
 * a single thread that writes "0" to `tasks` needs no lock and waits for no RCU grace period
 * (0.07 ms; any write to cgroup.procs costs 6 ms and more on an idle machine).
 *
 * The v1 `tasks` files are opened on the host's side; the kernel judges the write by the
 * credentials of the opener (cgroup_procs_write_start, f_cred).
 *
 * exec may name a cgroup below the container's own, and has to where the container's own takes
 * nobody any more: a v2 cgroup that hands controllers down holds no process itself.
 *
 * Does not make the cgroup: make.c. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cgroups/tree.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

int cg_birth_fd(struct cgroup *cgroup, int *dir)
{
	struct cg_hierarchy *v2 = cg_hierarchy_v2(cgroup);
	int result = v2 ? cg_dir(v2) : -1;

	*dir = result;
	if (!v2 || result >= 0)
		return 0;
	*dir = -1;
	return result == -ENOENT ? fail(ENOENT, "open cgroup %s%s", v2->mount, v2->path) : result;
}

int cg_open_tasks(struct cgroup *cgroup)
{
	for (size_t i = 0; i < cgroup->count; i++) {
		struct cg_hierarchy *hierarchy = &cgroup->hierarchies[i];
		int dir;

		if (hierarchy->v2 || hierarchy->tasks_fd >= 0)
			continue;
		dir = cg_dir(hierarchy);
		if (dir == -ENOENT)
			return fail(ENOENT, "open cgroup %s%s", hierarchy->mount, hierarchy->path);
		if (dir < 0)
			return dir;
		hierarchy->tasks_fd = open_below(dir, "tasks", O_WRONLY, 0);
		if (hierarchy->tasks_fd < 0)
			return fail(hierarchy->tasks_fd, "open cgroup %s%s/tasks", hierarchy->mount,
				    hierarchy->path);
	}
	return 0;
}

int cg_enter_self(struct cgroup *cgroup)
{
	for (size_t i = 0; i < cgroup->count; i++) {
		struct cg_hierarchy *hierarchy = &cgroup->hierarchies[i];

		if (hierarchy->v2)
			continue;
		if (write(hierarchy->tasks_fd, "0", 1) != 1)
			return fail(errno, "enter cgroup %s%s", hierarchy->mount, hierarchy->path);
		close(hierarchy->tasks_fd);
		hierarchy->tasks_fd = -1;
	}
	return 0;
}

/* "cpu,cpuacct" for every word of a list; "" for all hierarchies. */
static bool is_meant(const struct cg_hierarchy *hierarchy, const char *controllers, size_t length)
{
	while (length) {
		size_t span = 0;

		while (span < length && controllers[span] != ',')
			span++;
		char *word = strndupa(controllers, span);
		if (!hierarchy->v2 && cg_has_word(hierarchy->controllers, word))
			return true;
		controllers += span + (span < length);
		length -= span + (span < length);
	}
	return false;
}

/* From here on the hierarchy's directory is another one, below the container's. */
static int step_down(struct cg_hierarchy *hierarchy, const char *path)
{
	int dir = cg_dir(hierarchy), below;

	while (*path == '/')
		path++;
	if (dir == -ENOENT)
		return fail(ENOENT, "open cgroup %s%s", hierarchy->mount, hierarchy->path);
	if (dir < 0 || !*path)
		return dir < 0 ? dir : 0;
	/* The kernel itself refuses to leave by ".." (RESOLVE_BENEATH): crun 1.28 let exec climb
	 * out that way. */
	below = cg_open_dir(dir, path);
	if (below < 0)
		return fail(below, "open cgroup %s below the container's, %s%s", path,
			    hierarchy->mount, hierarchy->path);
	close(dir);
	hierarchy->fd = below;
	return 0;
}

int cg_descend(struct cgroup *cgroup, const char *word)
{
	const char *colon = strchr(word, ':');
	bool found = false;

	for (size_t i = 0; i < cgroup->count; i++) {
		struct cg_hierarchy *hierarchy = &cgroup->hierarchies[i];
		int result;

		if (colon && !is_meant(hierarchy, word, (size_t)(colon - word)))
			continue;
		found = true;
		result = step_down(hierarchy, colon ? colon + 1 : word);
		if (result)
			return result;
	}
	return found ? 0 : refuse(EINVAL, "no cgroup hierarchy of the container has that controller");
}

/* "0::/user/web/init\n": the part below "/user/web". */
static char *part_below(char *text, const char *path)
{
	char *line = strncmp(text, "0::", 3) ? strstr(text, "\n0::") : text, *at;
	size_t length = strlen(path);

	if (!line)
		return NULL;
	line[1 + strcspn(line + 1, "\n")] = '\0';
	at = strstr(line, path);
	return at && at[length] == '/' ? at + length : NULL;
}

int cg_follow(struct cgroup *cgroup, pid_t pid)
{
	struct cg_hierarchy *v2 = cg_hierarchy_v2(cgroup);
	char *text, *below, name[64];
	ssize_t length;

	snprintf(name, sizeof name, "/proc/%d/cgroup", pid);
	autoclose int fd = open(name, O_RDONLY | O_CLOEXEC);
	length = fd < 0 ? -errno : read_all(fd, cgroup->arena, &text, 1 << 20);
	below = v2 && length > 0 ? part_below(text, v2->path) : NULL;
	if (!below)
		return -ESRCH;
	return step_down(v2, below);
}
