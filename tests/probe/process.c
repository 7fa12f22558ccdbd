/* process.c -- the probe's second part: how this process was started and is scheduled. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/sched.h>
#include <linux/sched/types.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#include "probe.h"

extern char **environ;

static void environment(void)
{
	for (char **at = environ; *at; at++) {
		char *equals = strchr(*at, '=');

		if (!equals) {
			fact(named("env[%s]", *at), "(no value)");
			continue;
		}
		fact(named("env[%.*s]", (int)(equals - *at), *at), "%s", equals + 1);
	}
}

/* Pids differ between runs; who leads whom does not. */
static void relations(void)
{
	char path[PATH_MAX] = "?";
	struct stat about;

	fact("process.is_pid_1", "%d", getpid() == 1);
	fact("process.parent_is_outside", "%d", getppid() == 0);
	fact("process.leads_session", "%d", getsid(0) == getpid());
	fact("process.leads_group", "%d", getpgrp() == getpid());
	fact("process.session_is_outside", "%d", getsid(0) == 0);
	if (syscall(SYS_getcwd, path, sizeof path) < 0)
		snprintf(path, sizeof path, "%s", error_name(errno));
	fact("process.cwd", "%s", path);
	if (stat(".", &about) == 0)
		fact("process.cwd_owner", "%04o %u:%u", about.st_mode & 07777, about.st_uid,
		     about.st_gid);
	if (stat("/", &about) == 0)
		fact("process.root_owner", "%04o %u:%u", about.st_mode & 07777, about.st_uid,
		     about.st_gid);
}

static void terminal_of(int fd)
{
	struct winsize size = { 0 };
	struct termios modes;
	char path[PATH_MAX] = "?";

	if (tcgetattr(fd, &modes) < 0) {
		fact(named("tty[%d]", fd), "none: %s", error_name(errno));
		return;
	}
	if (ttyname_r(fd, path, sizeof path) != 0)
		snprintf(path, sizeof path, "?");
	ioctl(fd, TIOCGWINSZ, &size);
	fact(named("tty[%d]", fd), "%s", path);
	fact(named("tty[%d].size", fd), "%ux%u", size.ws_row, size.ws_col);
	fact(named("tty[%d].modes", fd), "i%o o%o c%o l%o", modes.c_iflag, modes.c_oflag,
	     modes.c_cflag, modes.c_lflag);
	fact(named("tty[%d].foreground", fd), "%d", tcgetpgrp(fd) == getpgrp());
}

static void terminals(void)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	fact("tty.controlling", "%s", fd < 0 ? error_name(errno) : "yes");
	if (fd >= 0)
		close(fd);
	for (fd = 0; fd < 3; fd++)
		terminal_of(fd);
}

static void bits(const char *name, const unsigned long *mask, int count)
{
	char list[4096] = "";

	for (int i = 0; i < count; i++) {
		if (mask[i / 64] >> i % 64 & 1)
			snprintf(list + strlen(list), sizeof list - strlen(list), "%s%d",
				 *list ? "," : "", i);
	}
	fact(name, "%s", list);
}

static void weights(void)
{
	struct sched_attr attributes = { 0 };
	unsigned long mask[128] = { 0 };
	long length, mode = -1;

	syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0);
	fact("scheduler.policy", "%u", attributes.sched_policy);
	fact("scheduler.flags", "%llx", (unsigned long long)attributes.sched_flags);
	fact("scheduler.nice", "%d", getpriority(PRIO_PROCESS, 0));
	fact("scheduler.priority", "%u", attributes.sched_priority);
	/* Other policies have a time slice in the first of these since 6.12. */
	if (attributes.sched_policy == SCHED_DEADLINE)
		fact("scheduler.deadline", "%llu/%llu/%llu",
		     (unsigned long long)attributes.sched_runtime,
		     (unsigned long long)attributes.sched_deadline,
		     (unsigned long long)attributes.sched_period);
	length = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
	bits("scheduler.cpus", mask, length > 0 ? (int)length * 8 : 0);
	fact("ioprio", "%lx", syscall(SYS_ioprio_get, 1, 0));
	fact("personality", "%x", personality(0xffffffff));
	memset(mask, 0, sizeof mask);
	if (syscall(SYS_get_mempolicy, &mode, mask, 1024, NULL, 0) < 0)
		fact("memory.policy", "%s", error_name(errno));
	else
		fact("memory.policy", "%x", (unsigned)mode);
	bits("memory.nodes", mask, 1024);
	fact("oom_score_adj", "%s", first_line("/proc/self/oom_score_adj"));
}

void probe_process(void)
{
	environment();
	relations();
	terminals();
	weights();
	fact("coredump_filter", "%s", first_line("/proc/self/coredump_filter"));
}
