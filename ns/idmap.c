/* idmap.c -- tell the kernel which ids inside are which ids outside.
 *
 * A new user namespace starts with no mapping; until one is written everybody in it is "nobody".
 * One id a process may map for itself. More needs help from outside: root writes the file,
 * everyone else asks newuidmap(1), which consults /etc/subuid.
 *
 * Does not choose the mapping (runtime/plan.c) and does not become root inside
 * (runtime/inside.c). */
#include "ns/idmap.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"
#include "runtime/base/proc.h"

enum { lines_at_most = 340 }; /* user_namespaces(7), since 4.15 */

/* By absolute path, never by $PATH: these are setuid programs (security: LXC's setuid helpers). */
static const char *const helper_folders[] = { "/usr/bin", "/usr/local/bin", "/bin" };

static bool is_our_own_id(const struct spec_id_maps *maps, uint32_t id)
{
	return maps->count == 1 && maps->at[0].size == 1 && maps->at[0].host_id == id;
}

bool ns_maps_deny_setgroups(const struct ns_idmap *map)
{
	return !map->privileged && is_our_own_id(map->gids, getegid());
}

static int write_map(int proc, const char *file, const struct spec_id_maps *maps)
{
	static char text[lines_at_most * 36];
	int length = 0;

	if (maps->count > lines_at_most)
		return refuse(EINVAL, "%zu lines are too many for %s: the kernel takes %d",
			      maps->count, file, lines_at_most);
	for (size_t i = 0; i < maps->count; i++)
		length += snprintf(text + length, sizeof text - (size_t)length, "%u %u %u\n",
				   maps->at[i].container_id, maps->at[i].host_id,
				   maps->at[i].size);
	autoclose int fd = openat(proc, file, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(errno, "open the new process's %s", file);
	/* The kernel takes a map in one write(2) or not at all. */
	if (write(fd, text, (size_t)length) != length)
		return fail(errno, "write the new process's %s", file);
	return 0;
}

static const char *find_helper(const char *name, char *path, size_t size)
{
	for (size_t i = 0; i < sizeof helper_folders / sizeof *helper_folders; i++) {
		snprintf(path, size, "%s/%s", helper_folders[i], name);
		if (!access(path, X_OK))
			return path;
	}
	return NULL;
}

/* The first line the helper wrote to stderr: it knows why. */
static void hear_helper(int from, char *said, size_t size)
{
	ssize_t got = read(from, said, size - 1);

	said[got > 0 ? got : 0] = '\0';
	said[strcspn(said, "\n")] = '\0';
}

static int run_helper(const char *path, char *const argv[], const char *name)
{
	char *const no_environment[] = { NULL };
	struct clone_args args = { .flags = CLONE_PIDFD, .exit_signal = SIGCHLD };
	int said_ends[2], pidfd = -1, status;
	char said[256];

	if (pipe2(said_ends, O_CLOEXEC) < 0)
		return fail(errno, "make a pipe");
	autoclose int reading = said_ends[0];
	autoclose int writing = said_ends[1];
	args.pidfd = (uint64_t)(uintptr_t)&pidfd;
	long pid = syscall(SYS_clone3, &args, sizeof args);
	if (pid < 0)
		return fail(errno, "fork");
	if (pid == 0) {
		dup2(writing, STDERR_FILENO);
		execve(path, argv, no_environment);
		_exit(127);
	}
	autoclose int helper = pidfd;
	close(take(&writing));
	hear_helper(reading, said, sizeof said);
	status = pidfd_reap(helper);
	if (status)
		return advise(refuse(EPERM, "%s ended with status %d: %s", path, status, said),
			      "give the user a range in /etc/sub%s (usermod --add-sub%ss)", name,
			      name);
	return 0;
}

/* newuidmap PID INSIDE OUTSIDE SIZE ... */
static int ask_helper(const char *helper, pid_t pid, const struct spec_id_maps *maps,
		      const char *name)
{
	char path[64], numbers[1 + 3 * lines_at_most][12];
	char *argv[3 + 3 * lines_at_most];
	size_t words = 0, used = 0;

	if (maps->count > lines_at_most)
		return refuse(EINVAL, "%zu lines are too many for a map: the kernel takes %d",
			      maps->count, lines_at_most);
	if (!find_helper(helper, path, sizeof path))
		return advise(refuse(ENOENT, "%s is not installed, and only it may map more than "
				     "one id for an ordinary user", helper),
			      "install it (Debian: the package uidmap)");
	argv[words++] = path;
	snprintf(numbers[used], sizeof *numbers, "%d", pid);
	argv[words++] = numbers[used++];
	for (size_t i = 0; i < maps->count; i++) {
		const uint32_t line[3] = { maps->at[i].container_id, maps->at[i].host_id,
					   maps->at[i].size };

		for (size_t j = 0; j < 3; j++) {
			snprintf(numbers[used], sizeof *numbers, "%u", line[j]);
			argv[words++] = numbers[used++];
		}
	}
	argv[words] = NULL;
	return run_helper(path, argv, name);
}

static int map_uids(const struct ns_idmap *map, int proc, pid_t pid)
{
	if (map->privileged || is_our_own_id(map->uids, geteuid()))
		return write_map(proc, "uid_map", map->uids);
	return ask_helper("newuidmap", pid, map->uids, "uid");
}

static int map_gids(const struct ns_idmap *map, int proc, pid_t pid)
{
	if (ns_maps_deny_setgroups(map)) {
		int result = write_small(proc, "setgroups", "deny");

		if (result)
			return fail(result, "deny setgroups in the new user namespace");
	}
	if (map->privileged || is_our_own_id(map->gids, getegid()))
		return write_map(proc, "gid_map", map->gids);
	return ask_helper("newgidmap", pid, map->gids, "gid");
}

static int open_process(pid_t pid)
{
	char path[32];
	int proc;

	snprintf(path, sizeof path, "/proc/%d", pid);
	proc = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return proc < 0 ? fail(errno, "open %s", path) : proc;
}

int ns_write_maps(void *context, pid_t pid)
{
	const struct ns_idmap *map = context;
	autoclose int proc = open_process(pid);
	int result;

	if (proc < 0)
		return proc;
	result = map_uids(map, proc, pid);
	if (result)
		return blame(result, "linux.uidMappings");
	return blame(map_gids(map, proc, pid), "linux.gidMappings");
}

bool ns_id_outside(const struct spec_id_maps *maps, uint32_t inside, uint32_t *outside)
{
	for (size_t i = 0; i < maps->count; i++) {
		const struct spec_id_map *map = &maps->at[i];

		if (inside >= map->container_id && inside - map->container_id < map->size) {
			*outside = map->host_id + (inside - map->container_id);
			return true;
		}
	}
	return false;
}

static bool has_line(const struct spec_id_maps *maps, const struct spec_id_map *line)
{
	for (size_t i = 0; i < maps->count; i++) {
		const struct spec_id_map *map = &maps->at[i];

		if (map->container_id == line->container_id && map->host_id == line->host_id &&
		    map->size == line->size)
			return true;
	}
	return false;
}

/* The kernel sorts the lines when there are more than five of them. */
static int check_map(int proc, const char *file, const struct spec_id_maps *maps,
		     const char *joined)
{
	static char text[lines_at_most * 36];
	struct spec_id_map line;
	size_t found = 0;
	int length;

	ssize_t got = read_small(proc, file, text, sizeof text);
	if (got < 0)
		return fail((int)got, "read the mapping of the user namespace %s", joined);
	for (const char *at = text; sscanf(at, "%u %u %u%n", &line.container_id, &line.host_id,
					   &line.size, &length) == 3; at += length) {
		if (!has_line(maps, &line))
			return refuse(EINVAL, "the user namespace %s, which is joined, maps %u %u %u",
				      joined, line.container_id, line.host_id, line.size);
		found++;
	}
	return found == maps->count
		       ? 0
		       : refuse(EINVAL, "the user namespace %s, which is joined, maps less", joined);
}

int ns_check_maps(const struct ns_idmap *map, pid_t pid, const char *joined)
{
	autoclose int proc = open_process(pid);
	int result = proc < 0 ? proc : check_map(proc, "uid_map", map->uids, joined);

	if (result)
		return blame(result, "linux.uidMappings");
	return blame(check_map(proc, "gid_map", map->gids, joined), "linux.gidMappings");
}

/* A line of subuid(5): "NAME:FIRST:COUNT", the name being a login name or a number. */
static bool our_range(const char *line, const char *name, uid_t uid, uint32_t *first,
		      uint32_t *count)
{
	char owner[64], number[16];

	if (sscanf(line, "%63[^:]:%u:%u", owner, first, count) != 3 || !*count)
		return false;
	snprintf(number, sizeof number, "%u", uid);
	return !strcmp(owner, number) || (name && !strcmp(owner, name));
}

/* The host's own /etc/passwd, read without NSS: no library code of others runs in here. */
static char *login_name(uid_t uid, char *name, size_t size)
{
	FILE *passwd = fopen("/etc/passwd", "re");
	char line[512], found[64];
	unsigned id;

	name[0] = '\0';
	while (passwd && fgets(line, sizeof line, passwd)) {
		if (sscanf(line, "%63[^:]:%*[^:]:%u:", found, &id) == 2 && id == uid) {
			snprintf(name, size, "%s", found);
			break;
		}
	}
	if (passwd)
		fclose(passwd);
	return name[0] ? name : NULL;
}

void ns_default_maps(struct spec_id_maps *maps, bool groups, uint32_t inside_id,
		     struct arena *arena)
{
	FILE *ranges = fopen(groups ? "/etc/subgid" : "/etc/subuid", "re");
	char line[256], name_room[64];
	char *name = login_name(geteuid(), name_room, sizeof name_room);
	uint32_t first = 0, count = 0;
	bool found = false;

	while (ranges && !found && fgets(line, sizeof line, ranges))
		found = our_range(line, name, geteuid(), &first, &count);
	if (ranges)
		fclose(ranges);
	maps->at = arena_array(arena, 2, sizeof *maps->at);
	maps->count = found ? 2 : 1;
	maps->at[0] = (struct spec_id_map){
		.container_id = found ? 0 : inside_id,
		.host_id = groups ? getegid() : geteuid(),
		.size = 1,
	};
	if (found)
		maps->at[1] = (struct spec_id_map){ 1, first, count };
}
