/* proc.c -- processes, named so that they cannot be mistaken for others. See proc.h. */
#include "runtime/base/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "runtime/base/decimal.h"
#include "runtime/base/owned.h"

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

int process_look(pid_t pid, uint64_t *started, char *state)
{
	enum { fields_to_skip = 20 - 1 }; /* from the state, field 3, to the start time, field 22 */
	char path[64], text[1024], *after;

	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	ssize_t length = read(fd, text, sizeof text - 1);
	if (length <= 0)
		return -ESRCH;
	text[length] = '\0';
	/* The second field is the command's name and may hold spaces and brackets: what counts
	 * starts after the last one. */
	after = strrchr(text, ')');
	if (!after || after[1] != ' ' || !after[2])
		return -EIO;
	*state = after[2];
	after += 2;
	for (int skipped = 0; skipped < fields_to_skip; skipped++) {
		after = strchr(after, ' ');
		if (!after)
			return -EIO;
		after++;
	}
	return decimal_span(after, strcspn(after, " \n"), UINT64_MAX, started) ? -EIO : 0;
}

bool process_alive(const struct process *process)
{
	uint64_t started;
	char state;

	if (process->pid <= 0 || process_look(process->pid, &started, &state) < 0)
		return false;
	return started == process->started && state != 'Z' && state != 'X';
}

/* include/linux/proc_ns.h: the initial user namespace has this inode number, always. */
enum { initial_userns_inode = 0xEFFFFFFDU };

bool in_initial_userns(void)
{
	struct stat about;

	return stat("/proc/self/ns/user", &about) == 0 && about.st_ino == initial_userns_inode;
}

bool process_denied_groups(pid_t pid)
{
	char path[64], text[16];
	ssize_t got;

	snprintf(path, sizeof path, "/proc/%d/setgroups", pid);
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	got = read(fd, text, sizeof text);
	return got >= 4 && !memcmp(text, "deny", 4);
}

int pidfd_of(pid_t pid)
{
	/* Close-on-exec by default, see pidfd_open(2). */
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	return fd < 0 ? -errno : fd;
}

int process_open(const struct process *process)
{
	autoclose int fd = -1;

	if (process->pid <= 0)
		return -ESRCH;
	fd = pidfd_of(process->pid);
	if (fd < 0)
		return fd;
	/* Looked at after it was pinned: now the pid cannot change hands any more. */
	if (!process_alive(process))
		return -ESRCH;
	return take(&fd);
}

int pidfd_signal(int pidfd, int signal)
{
	return syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) < 0 ? -errno : 0;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / (1000 * 1000);
}

int pidfd_wait_end(int pidfd, int limit_ms)
{
	struct pollfd ended = { .fd = pidfd, .events = POLLIN };
	int64_t until = now_ms() + limit_ms;

	for (;;) {
		int64_t left = limit_ms < 0 ? -1 : until - now_ms();
		int ready = poll(&ended, 1, limit_ms < 0 ? -1 : left < 0 ? 0 : (int)left);

		if (ready > 0)
			return 0;
		if (ready == 0)
			return -ETIMEDOUT;
		if (errno != EINTR)
			return -errno;
	}
}

static int wait_for(int pidfd, int options)
{
	siginfo_t info = { 0 };

	while (waitid(P_PIDFD, (id_t)pidfd, &info, options) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return info.si_code == CLD_EXITED ? info.si_status & 0xff : 128 + info.si_status;
}

int pidfd_reap(int pidfd)
{
	return wait_for(pidfd, WEXITED);
}

int pidfd_peek(int pidfd)
{
	return wait_for(pidfd, WEXITED | WNOWAIT);
}
