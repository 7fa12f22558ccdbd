/* inherit.c -- which of the caller's descriptors the workload gets. See inherit.h.
 *
 * One descriptor of the host that leaks into a container is the host (CVE-2016-9962,
 * CVE-2024-21626), so the question is asked twice: when we start, and right before execve.
 *
 * Does not pass descriptors to hooks (hooks.c closes all) or to the console socket. */
#include "runtime/inherit.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "runtime/base/owned.h"

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif

int inherit_standard(void)
{
	for (int fd = 0; fd < inherit_first; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		/* The lowest free number is this one. It is meant to be inherited: no O_CLOEXEC. */
		if (open("/dev/null", fd == 0 ? O_RDONLY : O_WRONLY) != fd)
			return fail(errno, "open /dev/null as descriptor %d", fd);
	}
	return 0;
}

static bool was_open(const struct inherit *plan, unsigned fd)
{
	return plan->open[fd / 64] >> (fd % 64) & 1;
}

/* A number from 0 to `limit` and nothing after it. */
static bool number(const char *text, unsigned long limit, unsigned long *value)
{
	char *end;

	if (!text || text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	*value = strtoul(text, &end, 10);
	return !errno && !*end && *value <= limit;
}

static int read_environment(struct inherit *plan)
{
	const char *fds = getenv("LISTEN_FDS"), *pid = getenv("LISTEN_PID");
	unsigned long value;

	plan->listen_fds = 0;
	plan->listen_names = NULL;
	if (!fds)
		return 0;
	if (pid && !(number(pid, INT32_MAX, &value) && (pid_t)value == getpid()))
		return 0;
	if (!number(fds, inherit_limit - inherit_first, &value))
		return refuse(EINVAL, "LISTEN_FDS is not a number from 0 to %d: \"%s\"",
			      inherit_limit - inherit_first, fds);
	plan->listen_fds = (unsigned)value;
	if (value)
		plan->listen_names = getenv("LISTEN_FDNAMES");
	return 0;
}

int inherit_plan(struct inherit *plan, unsigned preserve_fds)
{
	int result;

	memset(plan, 0, sizeof *plan);
	result = read_environment(plan);
	if (result)
		return result;
	if (preserve_fds > inherit_limit - inherit_first - plan->listen_fds)
		return refuse(EINVAL, "%u descriptors to preserve are too many: %d with LISTEN_FDS",
			      preserve_fds, inherit_limit - inherit_first);
	plan->end = inherit_first + plan->listen_fds + preserve_fds;
	for (unsigned fd = inherit_first; fd < plan->end; fd++) {
		/* What is close-on-exec did not come from the caller. */
		if (fcntl((int)fd, F_GETFD) == 0)
			plan->open[fd / 64] |= UINT64_C(1) << (fd % 64);
	}
	return 0;
}

bool inherit_keep(struct inherit *plan, unsigned fd)
{
	const size_t room = sizeof plan->named / sizeof *plan->named;

	if (fd < plan->end || plan->named_count == room)
		return false;
	plan->named[plan->named_count++] = fd;
	return true;
}

void inherit_name(struct inherit *plan, const char *path)
{
	static const char *const folders[] = { "/dev/fd/", "/proc/self/fd/" };
	unsigned long fd;

	for (size_t i = 0; path && i < sizeof folders / sizeof *folders; i++) {
		size_t length = strlen(folders[i]);

		if (strncmp(path, folders[i], length) || !number(path + length, INT32_MAX, &fd))
			continue;
		if (fcntl((int)fd, F_GETFD) >= 0)
			inherit_keep(plan, (unsigned)fd);
	}
}

void inherit_forget_named(const struct inherit *plan)
{
	for (size_t i = 0; i < plan->named_count; i++)
		close((int)plan->named[i]);
}

/* The lowest of them from `first` on; ~0U: there is none. */
static unsigned next_named(const struct inherit *plan, unsigned first)
{
	unsigned lowest = ~0U;

	for (size_t i = 0; i < plan->named_count; i++) {
		if (plan->named[i] >= first && plan->named[i] < lowest)
			lowest = plan->named[i];
	}
	return lowest;
}

static int close_all_but_named(const struct inherit *plan)
{
	unsigned first = plan->end, kept;

	while ((kept = next_named(plan, first)) != ~0U) {
		if (kept > first && syscall(SYS_close_range, first, kept - 1, 0) < 0)
			return -errno;
		if (fcntl((int)kept, F_SETFD, FD_CLOEXEC) < 0)
			return -errno;
		first = kept + 1;
	}
	return syscall(SYS_close_range, first, ~0U, 0) < 0 ? -errno : 0;
}

int inherit_start(const struct inherit *plan)
{
	int result;

	for (unsigned fd = inherit_first; fd < plan->end; fd++) {
		if (was_open(plan, fd) && fcntl((int)fd, F_SETFD, FD_CLOEXEC) < 0)
			return fail(errno, "keep descriptor %u", fd);
	}
	result = close_all_but_named(plan);
	return result ? fail(result, "close all descriptors from %u on", plan->end) : 0;
}

/* Linux 5.9 and 5.10 have close_range without this flag: one by one then. Everything of ours has
 * it anyhow; this is the second look. */
static int close_on_exec_from(unsigned first)
{
	long limit = sysconf(_SC_OPEN_MAX);

	if (syscall(SYS_close_range, first, ~0U, CLOSE_RANGE_CLOEXEC) == 0)
		return 0;
	if (errno != EINVAL)
		return fail(errno, "have all descriptors from %u on closed by exec", first);
	for (long fd = first; fd < limit; fd++)
		fcntl((int)fd, F_SETFD, FD_CLOEXEC);
	return 0;
}

int inherit_exec(const struct inherit *plan)
{
	for (unsigned fd = inherit_first; fd < plan->end; fd++) {
		bool kept = was_open(plan, fd);

		/* A hole may have been filled by a descriptor of ours. */
		if (fcntl((int)fd, F_SETFD, kept ? 0 : FD_CLOEXEC) < 0 && kept)
			return fail(errno, "pass on descriptor %u", fd);
	}
	return close_on_exec_from(plan->end);
}

/* PIPEFS_MAGIC of linux/magic.h: a fifo with a name is on the filesystem it has its name in. */
static bool is_nameless_pipe(int fd, const struct stat *about)
{
	struct statfs filesystem;

	return S_ISFIFO(about->st_mode) && fstatfs(fd, &filesystem) == 0 &&
	       filesystem.f_type == PIPEFS_MAGIC;
}

static bool is_null(const struct stat *about)
{
	return S_ISCHR(about->st_mode) && about->st_rdev == makedev(1, 3);
}

/* O_NONBLOCK: whatever else is there must not hold us up; null does not care. */
static int take_own_null(int fd)
{
	autoclose int own = open("/dev/null", O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat about;

	if (own < 0 || fstat(own, &about) < 0 || !is_null(&about))
		return 0; /* a container without one keeps the host's */
	return dup2(own, fd) < 0 ? fail(errno, "make the container's /dev/null descriptor %d", fd)
				 : 0;
}

static int give_pipe(int fd, unsigned uid, unsigned gid)
{
	if (fchown(fd, uid, gid) < 0 && errno != EPERM && errno != EINVAL)
		return fail(errno, "give descriptor %d to uid %u", fd, uid);
	return 0;
}

int inherit_settle(unsigned uid, unsigned gid)
{
	int result = 0;

	for (int fd = 0; fd < inherit_first && !result; fd++) {
		struct stat about;

		if (fstat(fd, &about) < 0)
			continue;
		if (is_null(&about))
			result = take_own_null(fd);
		else if ((about.st_uid != uid || about.st_gid != gid) && is_nameless_pipe(fd, &about))
			result = give_pipe(fd, uid, gid);
	}
	return result;
}

struct strings inherit_env(const struct inherit *plan, const struct strings *env,
			   struct arena *arena)
{
	/* Three more and the NULL. */
	struct strings made = { arena_array(arena, env->count + 4, sizeof *made.at), 0 };

	for (size_t i = 0; i < env->count; i++) {
		const char *word = env->at[i];

		if (plan->listen_fds &&
		    (!strncmp(word, "LISTEN_FDS=", 11) || !strncmp(word, "LISTEN_PID=", 11) ||
		     !strncmp(word, "LISTEN_FDNAMES=", 15)))
			continue;
		made.at[made.count++] = env->at[i];
	}
	if (!plan->listen_fds)
		return made;
	made.at[made.count++] = arena_format(arena, "LISTEN_FDS=%u", plan->listen_fds);
	/* sd_listen_fds(3) compares it with getpid(), and the workload is 1 in a pid namespace. */
	made.at[made.count++] = arena_copy(arena, "LISTEN_PID=1");
	if (plan->listen_names)
		made.at[made.count++] = arena_format(arena, "LISTEN_FDNAMES=%s",
						     plan->listen_names);
	return made;
}
