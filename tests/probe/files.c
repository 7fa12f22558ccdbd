/* files.c -- the probe's fourth part: descriptors, /dev, and the paths runtimes hide or lock. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "probe.h"

enum { deepest = 4 };

static const char *kind_of(const struct stat *about)
{
	switch (about->st_mode & S_IFMT) {
	case S_IFREG:
		return "file";
	case S_IFDIR:
		return "directory";
	case S_IFLNK:
		return "symlink";
	case S_IFIFO:
		return "fifo";
	case S_IFSOCK:
		return "socket";
	case S_IFBLK:
		return named("block %u:%u", major(about->st_rdev), minor(about->st_rdev));
	case S_IFCHR:
		return named("char %u:%u", major(about->st_rdev), minor(about->st_rdev));
	default:
		return "anonymous";
	}
}

static void descriptor(int fd)
{
	static const char *const modes[] = { "read", "write", "read and write", "path" };
	int flags = fcntl(fd, F_GETFL), own = fcntl(fd, F_GETFD);
	struct stat about;

	if (flags < 0 || fstat(fd, &about) < 0)
		return;
	fact(named("fd[%02d].owner", fd), "%u", about.st_uid);
	fact(named("fd[%02d]", fd), "%s, %s%s%s%s", kind_of(&about),
	     modes[flags & O_PATH ? 3 : flags & O_ACCMODE], flags & O_APPEND ? ", append" : "",
	     flags & O_NONBLOCK ? ", nonblock" : "", own & FD_CLOEXEC ? ", cloexec" : "");
}

static void descriptors(void)
{
	int above = 0;

	for (int fd = 0; fd <= 64; fd++)
		descriptor(fd);
	for (int fd = 65; fd < 1024; fd++)
		above += fcntl(fd, F_GETFD) >= 0;
	fact("fd.above_64", "%d", above);
}

static void list(const char *path, int depth)
{
	DIR *folder = opendir(path);
	struct dirent *entry;

	while (folder && (entry = readdir(folder))) {
		char target[PATH_MAX] = "";
		char *child;
		struct stat about;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		child = strdup(named("%s/%s", path, entry->d_name));
		if (lstat(child, &about) < 0)
			continue;
		if (S_ISLNK(about.st_mode) && readlink(child, target, sizeof target - 1) >= 0)
			fact(named("dev[%s]", child), "symlink to %s", target);
		else
			fact(named("dev[%s]", child), "%s %04o %u:%u", kind_of(&about),
			     about.st_mode & 07777, about.st_uid, about.st_gid);
		if (S_ISDIR(about.st_mode) && depth < deepest)
			list(child, depth + 1);
	}
	if (folder)
		closedir(folder);
}

static const char *fullness(const char *path, const struct stat *about)
{
	int fd, error;
	ssize_t got;
	char byte;

	if (S_ISDIR(about->st_mode)) {
		DIR *folder = opendir(path);
		int count = 0;

		error = errno;
		while (folder && readdir(folder))
			count++;
		if (folder)
			closedir(folder);
		return folder ? (count > 2 ? "not empty" : "empty") : error_name(error);
	}
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return error_name(errno);
	got = read(fd, &byte, 1);
	error = errno;
	close(fd);
	return got < 0 ? error_name(error) : got ? "not empty" : "empty";
}

/* Opening for writing is as far as this goes. */
static const char *writable(const char *path, const struct stat *about)
{
	int fd;

	if (S_ISDIR(about->st_mode))
		return access(path, W_OK) == 0 ? "writable" : error_name(errno);
	fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return error_name(errno);
	close(fd);
	return "writable";
}

static void look_at(const char *path)
{
	struct statvfs filesystem;
	struct stat about;

	if (stat(path, &about) < 0) {
		fact(named("path[%s]", path), "%s", error_name(errno));
		return;
	}
	fact(named("path[%s]", path), "%s %04o %u:%u, %s, to write: %s, mount: %s", kind_of(&about),
	     about.st_mode & 07777, about.st_uid, about.st_gid, fullness(path, &about),
	     writable(path, &about),
	     statvfs(path, &filesystem) == 0 && filesystem.f_flag & ST_RDONLY ? "ro" : "rw");
}

/* The masked and read-only paths of the usual engines, and their neighbours. */
static void paths(void)
{
	static const char *const all[] = {
		"/",
		"/dev",
		"/dev/shm",
		"/dev/mqueue",
		"/proc",
		"/proc/acpi",
		"/proc/asound",
		"/proc/bus",
		"/proc/config.gz",
		"/proc/fs",
		"/proc/interrupts",
		"/proc/irq",
		"/proc/kallsyms",
		"/proc/kcore",
		"/proc/keys",
		"/proc/kmsg",
		"/proc/latency_stats",
		"/proc/sched_debug",
		"/proc/scsi",
		"/proc/self/oom_score_adj",
		"/proc/sys",
		"/proc/sys/kernel/core_pattern",
		"/proc/sys/kernel/hostname",
		"/proc/sys/net/ipv4/ip_forward",
		"/proc/sysrq-trigger",
		"/proc/timer_list",
		"/proc/timer_stats",
		"/sys",
		"/sys/devices/virtual/powercap",
		"/sys/firmware",
		"/sys/fs/cgroup",
		"/sys/fs/selinux",
		"/sys/kernel",
		"/sys/kernel/security",
	};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		look_at(all[i]);
}

void probe_files(void)
{
	descriptors();
	list("/dev", 1);
	paths();
}
