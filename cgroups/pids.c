/* pids.c -- which processes are in a cgroup, and below it.
 *
 * cgroup.procs lists the processes of one cgroup only; the payload may have made more below. A
 * threaded v2 cgroup refuses to be read that way (EOPNOTSUPP): its processes are listed by the one
 * above it that is not threaded, and that is among ours, since no cgroup with processes in it can
 * be made threaded (cgroups(7), "Thread mode"). A cgroup that vanishes while it is read (ENODEV)
 * has no processes.
 *
 * Does not signal them: kill.c. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cgroups/tree.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"
#include "runtime/base/proc.h"

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

/* "123\n45\n", cut anywhere. A 0 is a process that our pid namespace cannot see. */
static int add_pids(const struct gathering *gathering, int fd)
{
	char text[4096];
	pid_t pid = 0;

	for (;;) {
		ssize_t got = read(fd, text, sizeof text);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? -errno : 0;
		for (ssize_t i = 0; i < got; i++) {
			if (text[i] >= '0' && text[i] <= '9') {
				pid = pid * 10 + (text[i] - '0');
				continue;
			}
			if (pid > 0)
				add_pid(gathering, pid);
			pid = 0;
		}
	}
}

static int gather(int dir, void *data)
{
	const struct gathering *gathering = data;
	autoclose int fd = open_below(dir, "cgroup.procs", O_RDONLY, 0);
	int result = fd < 0 ? fd : add_pids(gathering, fd);

	return result == -EOPNOTSUPP || result == -ENOENT || result == -ENODEV ? 0 : result;
}

int cg_list_pids(int dir, struct arena *arena, struct pid_list *list)
{
	struct gathering gathering = { arena, list };

	list->count = 0;
	return cg_walk_below(dir, &(const struct cg_walk){ .visit = gather, .data = &gathering });
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

/* The cgroup it is in, as /proc/PID/cgroup says: "4:memory:/web/sub", "0::/web/sub". */
static bool find_cgroup(pid_t pid, const struct cg_hierarchy *hierarchy, char *text, size_t size)
{
	char path[64], *at;
	ssize_t length;

	snprintf(path, sizeof path, "/proc/%d/cgroup", pid);
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	length = fd < 0 ? -1 : read(fd, text, size - 1);
	if (length <= 0)
		return false;
	text[length] = '\0';
	for (char *line = text; line; line = strchr(line, '\n'), line += line != NULL) {
		const char *controllers = hierarchy->v2 ? "" : hierarchy->controllers;
		size_t span = strlen(controllers);

		at = strchr(line, ':');
		if (!at || strncmp(at + 1, controllers, span) || at[1 + span] != ':')
			continue;
		at += span + 2;
		length = (ssize_t)strcspn(at, "\n");
		memmove(text, at, (size_t)length);
		text[length] = '\0';
		return true;
	}
	return false;
}

const char *cg_describe_pid(const struct cg_hierarchy *hierarchy, const struct pid_list *list,
			    char *text, size_t size)
{
	char path[64], name[64] = "?", state = '?', where[4096];
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
	length = snprintf(text, size, "pid %d (%s, state %c", list->at[0], name, state);
	if (find_cgroup(list->at[0], hierarchy, where, sizeof where))
		length += snprintf(text + length, size - (size_t)length, ", in %.128s", where);
	if (list->count > 1)
		snprintf(text + length, size - (size_t)length, ") and %zu more", list->count - 1);
	else
		snprintf(text + length, size - (size_t)length, ")");
	return text;
}
