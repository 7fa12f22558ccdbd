/* host.c -- the host as a test finds it, and a container seen from outside. See host.h. */
#include "tests/lib/host.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/base/arena.h"
#include "runtime/base/clock.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"
#include "runtime/base/proc.h"

enum { end_patience_ms = 10 * 1000, most_text = 4 << 20 };

static struct arena words; /* as long as the test */
static const char *mounts_before;
static char change[1024];

const char *file_text(const char *path, ...)
{
	char name[512], *text = NULL;
	va_list arguments;

	va_start(arguments, path);
	vsnprintf(name, sizeof name, path, arguments);
	va_end(arguments);
	autoclose int file = open(name, O_RDONLY | O_CLOEXEC);
	if (file < 0 || read_all(file, &words, &text, most_text) < 0)
		return "";
	return text;
}

bool file_write(const char *folder, const char *name, const char *text)
{
	char path[4096];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	autoclose int file = open(path, O_WRONLY | O_CLOEXEC);
	return file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text);
}

/* ---- has anything changed? -------------------------------------------------------------- */

static const char *mounts_now(void)
{
	return file_text("/proc/self/mountinfo");
}

void host_snapshot(void)
{
	mounts_before = mounts_now();
}

/* The first line that one text has and the other has not. */
static bool differs(const char *before, const char *now)
{
	char *rest, *copy = arena_copy(&words, now);

	if (!strcmp(before, now))
		return false;
	for (char *line = strtok_r(copy, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (!strstr(before, line)) {
			snprintf(change, sizeof change, "a mount is left: %s", line);
			return true;
		}
	}
	snprintf(change, sizeof change, "a mount of the host is gone");
	return true;
}

static const char *cgroup_mark;

static int look_at_cgroup(const char *path, const struct stat *about, int kind, struct FTW *walk)
{
	(void)about;
	if (kind != FTW_DP || !strstr(path + walk->base, cgroup_mark))
		return 0;
	snprintf(change, sizeof change, "a cgroup is left: %s", path);
	/* Said, it need not stay: its processes are dead by now. */
	rmdir(path);
	return 0;
}

static bool has_entry(const char *folder, const char *mark)
{
	DIR *open_folder = opendir(folder);
	struct dirent *entry;
	bool found = false;

	while (open_folder && (entry = readdir(open_folder))) {
		if (!strstr(entry->d_name, mark))
			continue;
		snprintf(change, sizeof change, "a file is left: %s/%s", folder, entry->d_name);
		found = true;
	}
	if (open_folder)
		closedir(open_folder);
	return found;
}

static pid_t ignored[8];
static unsigned ignored_count;

void host_ignore(pid_t child)
{
	cr_assert_lt(ignored_count, sizeof ignored / sizeof *ignored);
	ignored[ignored_count++] = child;
}

/* A child that is not ignored, or 0. */
static pid_t some_child(void)
{
	const char *at = file_text("/proc/self/task/%d/children", getpid());
	pid_t child;

	while ((child = (pid_t)strtol(at, (char **)&at, 10))) {
		unsigned i = 0;

		while (i < ignored_count && ignored[i] != child)
			i++;
		if (i == ignored_count)
			break;
	}
	return child;
}

/* All our descendants are our children by now, or will be: we are their subreaper. */
static bool has_descendants(void)
{
	int64_t until = clock_ms() + end_patience_ms;
	bool found = false;

	for (;;) {
		pid_t child = some_child();

		if (!child)
			return found;
		autoclose int pidfd = pidfd_of(child);
		/* Zombies among the others may be what it waits for. */
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		if (pidfd >= 0 && pidfd_wait_end(pidfd, clock_left(until)) == -ETIMEDOUT) {
			snprintf(change, sizeof change, "a process is left: %d (%s)", child,
				 proc_status(child, "Name"));
			kill(child, SIGKILL);
			found = true;
		}
		waitpid(child, NULL, 0);
	}
}

const char *host_changed(const char *mark, const char *folder)
{
	if (has_descendants() || has_entry(folder, mark))
		return change;
	change[0] = '\0';
	cgroup_mark = mark;
	nftw("/sys/fs/cgroup", look_at_cgroup, 32, FTW_PHYS | FTW_DEPTH);
	if (change[0])
		return change;
	return differs(mounts_before, mounts_now()) ? change : NULL;
}

/* ---- a container seen from outside ------------------------------------------------------ */

const char *proc_text(pid_t pid, const char *name)
{
	return file_text("/proc/%d/%s", pid, name);
}

const char *proc_status(pid_t pid, const char *key)
{
	const char *line = proc_text(pid, "status");
	size_t length = strlen(key);

	while (line && (strncmp(line, key, length) || line[length] != ':')) {
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	if (!line)
		return "";
	line += length + 1;
	line += strspn(line, "\t ");
	return arena_copy_bytes(&words, line, strcspn(line, "\n"));
}

const char *proc_namespace(pid_t pid, const char *kind)
{
	char path[64], target[128];
	ssize_t length;

	snprintf(path, sizeof path, "/proc/%d/ns/%s", pid, kind);
	length = readlink(path, target, sizeof target);
	return length < 0 ? "" : arena_copy_bytes(&words, target, (size_t)length);
}

const char *proc_mount(pid_t pid, const char *where)
{
	char *rest, *text = arena_copy(&words, proc_text(pid, "mountinfo"));
	const char *found = NULL;

	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		char at[256] = "";

		if (sscanf(line, "%*s %*s %*s %*s %255s", at) == 1 && !strcmp(at, where))
			found = line;
	}
	return found;
}

/* Whether "cpu,cpuacct" has the word "cpu". */
static bool has_word(const char *list, const char *word)
{
	size_t length = strlen(word);

	for (; list; list = strchr(list, ',')) {
		list += *list == ',';
		if (!strncmp(list, word, length) && (!list[length] || list[length] == ','))
			return true;
	}
	return false;
}

/* Where the v1 hierarchy of `controller`, or the v2 one for NULL, is mounted; "" when nowhere. */
static const char *hierarchy(const char *controller)
{
	char *rest, *text = arena_copy(&words, mounts_now());
	const char *found = "";

	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		char at[256], type[32], options[256];
		const char *tail = strstr(line, " - ");

		if (!tail || sscanf(line, "%*s %*s %*s %*s %255s", at) != 1 ||
		    sscanf(tail, " - %31s %*s %255s", type, options) != 2)
			continue;
		if (controller ? !strcmp(type, "cgroup") && has_word(options, controller) :
				 !strcmp(type, "cgroup2"))
			found = arena_copy(&words, at);
	}
	return found;
}

const char *cgroup_folder(pid_t pid, const char *controller)
{
	char *rest, *text = arena_copy(&words, proc_text(pid, "cgroup"));
	const char *v1 = hierarchy(controller), *v2 = hierarchy(NULL);

	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		char *names = strchr(line, ':'), *path = names ? strchr(names + 1, ':') : NULL;

		if (!path)
			continue;
		*path++ = '\0';
		if (*v1 ? has_word(names + 1, controller) : *v2 && !names[1])
			return arena_format(&words, "%s%s", *v1 ? v1 : v2, path);
	}
	return "";
}

bool host_has_v1_controller(const char *controller)
{
	return *hierarchy(controller);
}

bool host_has_controller(const char *controller)
{
	const char *v2 = hierarchy(NULL);

	return *hierarchy(controller) ||
	       (*v2 && strstr(file_text("%s/cgroup.controllers", v2), controller));
}

/* Whatever mount namespace a test is in, this is the same directory. */
void host_hold_hierarchies(bool alone)
{
	int folder = open("/sys/fs/cgroup", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	cr_assert_geq(folder, 0, "/sys/fs/cgroup: %m");
	cr_assert_eq(flock(folder, alone ? LOCK_EX : LOCK_SH), 0, "%m");
}

const char *cgroup_text(pid_t pid, const char *controller, const char *name)
{
	return file_text("%s/%s", cgroup_folder(pid, controller), name);
}
