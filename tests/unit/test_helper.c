/* test_helper.c -- a program inside this program: what it gets, and what is said when it fails.
 *
 * The program is the mover of network devices, which without any is content with whatever it is
 * given. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/embedded.h"
#include "runtime/base/fault.h"
#include "runtime/base/helper.h"

static struct helper helper = HELPER_NONE;
static char *const words[] = { (char *)"caisson-net", NULL };

static int starts(const struct helper_program *program, int given)
{
	return helper_start(&helper, program, words, given);
}

/* The helper's own file or link below /proc. */
static const char *proc(const char *name)
{
	static char path[64];
	char line[128], fdinfo[64];
	int pid = 0;
	FILE *about;

	snprintf(fdinfo, sizeof fdinfo, "/proc/self/fdinfo/%d", helper.pidfd);
	about = fopen(fdinfo, "re");
	while (fgets(line, sizeof line, about))
		sscanf(line, "Pid: %d", &pid);
	fclose(about);
	snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
	return path;
}

static void ends(void)
{
	helper_end(&helper);
	cr_expect_not(helper_runs(&helper));
	cr_expect_eq(waitpid(-1, NULL, WNOHANG), -1);
	helper_end(&helper); /* once is enough */
}

Test(helper, it_answers_each_time_it_is_asked)
{
	cr_assert_eq(starts(&net_mover, 0), 0, "%s", last_fault()->what);
	cr_expect(helper_runs(&helper));
	cr_expect_eq(helper_await(&helper), 0, "%s", last_fault()->what);
	cr_expect_eq(helper_ask(&helper), 0, "%s", last_fault()->what);
	ends();
}

Test(helper, it_has_no_environment_and_five_descriptors)
{
	char text[512], listed[2048] = "", link[64];
	int leaked = open("/dev/null", O_RDONLY), given = open("/dev/full", O_RDONLY | O_CLOEXEC);
	struct dirent *entry;
	unsigned count = 0;
	DIR *folder;
	int file;

	cr_assert_eq(starts(&net_mover, given), 0);
	cr_assert_eq(helper_await(&helper), 0, "%s", last_fault()->what);
	file = open(proc("environ"), O_RDONLY);
	cr_expect_eq(read(file, text, sizeof text), 0);
	folder = opendir(proc("fd"));
	while ((entry = readdir(folder))) {
		count += entry->d_name[0] != '.';
		snprintf(listed + strlen(listed), sizeof listed - strlen(listed), " %s",
			 entry->d_name);
	}
	closedir(folder);
	cr_expect_eq(count, 5, "%s", listed);
	link[readlink(proc("fd/4"), link, sizeof link - 1)] = '\0';
	cr_expect_str_eq(link, "/dev/full");
	close(leaked);
	ends();
}

Test(helper, it_is_sealed_memory_with_a_name_and_a_session)
{
	char text[64] = "";
	int file;

	cr_assert_eq(starts(&net_mover, 0), 0);
	cr_assert_eq(helper_await(&helper), 0);
	file = open(proc("exe"), O_RDONLY);
	cr_expect_eq(fcntl(file, F_GET_SEALS) & F_SEAL_WRITE, F_SEAL_WRITE);
	file = open(proc("comm"), O_RDONLY);
	cr_expect_gt(read(file, text, sizeof text - 1), 0);
	cr_expect_str_eq(text, "caisson-net\n");
	cr_expect_neq(getsid(atoi(proc("") + strlen("/proc/"))), getsid(0));
	ends();
}

Test(helper, bytes_that_are_no_program_are_a_fault)
{
	static const char bytes[] = "all of this is text, and text is no program";
	const struct helper_program text = { "text", bytes, bytes + sizeof bytes, "nothing" };

	cr_assert_eq(starts(&text, 0), 0);
	cr_expect_eq(helper_await(&helper), -ENOEXEC);
	cr_expect_str_eq(last_fault()->what, "execute the program text: Exec format error");
	ends();
}

/* The mover, asking for a library nobody has. */
Test(helper, a_library_that_is_missing_is_named)
{
	size_t size = (size_t)(net_mover.end - net_mover.begin);
	char *bytes = malloc(size), *name;
	struct helper_program lacking = { "lacking", bytes, bytes + size, "libmnl" };

	memcpy(bytes, net_mover.begin, size);
	name = memmem(bytes, size, "libmnl.so", strlen("libmnl.so"));
	if (!name)
		cr_skip("libmnl is linked in here");
	memcpy(name, "libnil", strlen("libnil"));
	cr_assert_eq(starts(&lacking, 0), 0);
	cr_expect_eq(helper_await(&helper), -ENOENT);
	cr_expect_str_eq(last_fault()->what, "the program lacking could not be loaded");
	cr_expect_str_eq(last_fault()->hint, "it needs the shared library libmnl");
	ends();
	free(bytes);
}

Test(helper, one_that_is_no_helper_is_found_out)
{
	char *const says_nothing[] = { (char *)"sh", (char *)"-c", (char *)"exit 7", NULL };
	int file = open("/bin/sh", O_RDONLY | O_CLOEXEC);
	static char bytes[4 << 20];
	ssize_t size = read(file, bytes, sizeof bytes);
	struct helper_program shell = { "shell", bytes, bytes + size, "nothing" };

	cr_assert_gt(size, 0);
	cr_assert_eq(helper_start(&helper, &shell, says_nothing, 0), 0);
	cr_expect_eq(helper_await(&helper), -ECHILD);
	cr_expect_str_eq(last_fault()->what, "the program shell ended with status 7, too early");
	cr_expect_eq(helper_ask(&helper), -ECHILD);
	close(file);
	ends();
}

static bool forbid_memory(void)
{
	int file = open("/proc/sys/vm/memfd_noexec", O_WRONLY | O_CLOEXEC);

	return getpid() == 1 && file >= 0 && write(file, "2", 1) == 1;
}

static int status_of(pid_t pid)
{
	int status = -1;

	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

enum { as_claimed, otherwise, cannot_try };

static int try_where_memory_is_forbidden(void)
{
	if (!forbid_memory())
		return cannot_try;
	if (starts(&net_mover, 0) != -EACCES)
		return otherwise;
	if (strcmp(last_fault()->what,
		   "make memory for the program caisson-net: Permission denied") ||
	    strcmp(last_fault()->hint, "it is executed from memory, which vm.memfd_noexec=2 or a "
				       "security module forbids"))
		return otherwise;
	return as_claimed;
}

/* The sysctl is of the pid namespace: this one is the test's own. */
Test(helper, memory_that_may_not_be_executed_is_a_fault_with_a_hint)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (unshare(CLONE_NEWPID) < 0)
			_exit(cannot_try);
		pid = fork();
		_exit(pid == 0 ? try_where_memory_is_forbidden() : status_of(pid));
	}
	status = status_of(pid);
	if (status == cannot_try)
		cr_skip("needs a pid namespace of its own and vm.memfd_noexec (6.3)");
	cr_expect_eq(status, as_claimed);
}
