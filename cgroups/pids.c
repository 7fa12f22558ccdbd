/* pids.c -- which processes are in a cgroup, and below it.
 *
 * cgroup.procs lists the processes of one cgroup only; the payload may have made more below. A
 * threaded v2 cgroup refuses to be read that way (EOPNOTSUPP) and lists threads instead. A cgroup
 * that vanishes while it is read (ENODEV) has no processes.
 *
 * Does not signal them: kill.c. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroups/tree.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"
#include "runtime/base/proc.h"

enum { deepest = 64, longest_list = 64 << 20 };

static bool is_gone(int result)
{
	return result == -ENOENT || result == -ENODEV;
}

static int each_below(int dir, int (*visit)(int, void *), void *data, unsigned depth)
{
	struct dirent *entry;
	int result = 0, again = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = again < 0 ? NULL : fdopendir(again);

	if (!list) {
		result = -errno;
		if (again >= 0)
			close(again);
		return is_gone(result) ? 0 : result;
	}
	while (!result && depth < deepest && (entry = readdir(list))) {
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		autoclose int below = cg_open_dir(dir, entry->d_name);
		if (below >= 0)
			result = each_below(below, visit, data, depth + 1);
	}
	closedir(list);
	return result ? result : visit(dir, data);
}

int cg_each_below(int dir, int (*visit)(int dir, void *data), void *data)
{
	return each_below(dir, visit, data, 0);
}

struct gathering {
	struct arena *arena;
	struct pid_list *list;
};

static void add_pid(const struct gathering *gathering, pid_t pid)
{
	struct pid_list *list = gathering->list;

	if (list->count == list->room) {
		size_t room = list->room ? list->room * 2 : 64;
		pid_t *larger = arena_array(gathering->arena, room, sizeof *larger);

		if (list->count)
			memcpy(larger, list->at, list->count * sizeof *larger);
		list->at = larger;
		list->room = room;
	}
	list->at[list->count++] = pid;
}

static int gather(int dir, void *data)
{
	const struct gathering *gathering = data;
	autoclose int fd = open_below(dir, "cgroup.procs", O_RDONLY, 0);
	ssize_t length;
	char *text;

	if (fd < 0)
		return is_gone(fd) ? 0 : fd;
	length = read_all(fd, gathering->arena, &text, longest_list);
	if (length == -EOPNOTSUPP) {
		autoclose int threads = open_below(dir, "cgroup.threads", O_RDONLY, 0);

		length = threads < 0 ? threads :
				       read_all(threads, gathering->arena, &text, longest_list);
	}
	if (length < 0)
		return is_gone((int)length) ? 0 : (int)length;
	for (char *end; *text; text = end + (*end == '\n')) {
		long pid = strtol(text, &end, 10);

		if (end == text)
			break;
		/* 0: a process that our pid namespace cannot see. */
		if (pid > 0)
			add_pid(gathering, (pid_t)pid);
	}
	return 0;
}

int cg_list_pids(int dir, struct arena *arena, struct pid_list *list)
{
	struct gathering gathering = { arena, list };

	list->count = 0;
	return cg_each_below(dir, gather, &gathering);
}

ssize_t cg_pids(struct cgroup *cgroup, struct arena *arena, pid_t **pids)
{
	struct cg_hierarchy *hierarchy = cg_hierarchy_of_processes(cgroup);
	struct pid_list list = { 0 };
	int dir = hierarchy ? cg_dir(hierarchy) : -ENOENT, result;

	*pids = NULL;
	if (dir < 0)
		return dir == -ENOENT ? 0 : dir;
	result = cg_list_pids(dir, arena, &list);
	if (result)
		return fail(result, "list the processes of cgroup %s%s", hierarchy->mount,
			    hierarchy->path);
	*pids = list.at;
	return (ssize_t)list.count;
}

const char *cg_describe_pid(const struct pid_list *list, char *text, size_t size)
{
	char path[64], name[64] = "?", state = '?';
	uint64_t started;
	ssize_t length;

	if (!list->count) {
		snprintf(text, size, "a process that is not visible from here");
		return text;
	}
	snprintf(path, sizeof path, "/proc/%d/comm", list->at[0]);
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	length = fd < 0 ? 0 : read(fd, name, sizeof name - 1);
	if (length > 0)
		name[length - (name[length - 1] == '\n')] = '\0';
	process_look(list->at[0], &started, &state);
	snprintf(text, size, "pid %d (%s, state %c)", list->at[0], name, state);
	return text;
}
