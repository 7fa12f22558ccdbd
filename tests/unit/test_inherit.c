/* test_inherit.c -- which descriptors the workload gets. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "runtime/inherit.h"

TestSuite(inherit, .timeout = 30);

/* What happens to descriptors happens in a child: criterion has some of its own. `about` becomes
 * the child's standard output; the caller reads what it wrote. */
static const char *in_child(void (*act)(void))
{
	static char said[4096];
	size_t length = 0;
	ssize_t got;
	int ends[2], status;
	pid_t child;

	cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
	child = fork();
	if (child == 0) {
		/* As a shell leaves it: 0-2 and nothing else. */
		dup2(ends[1], 1);
		close_range(3, ~0U, 0);
		unsetenv("LISTEN_FDS");
		unsetenv("LISTEN_PID");
		unsetenv("LISTEN_FDNAMES");
		act();
		fflush(stdout);
		_exit(0);
	}
	close(ends[1]);
	while ((got = read(ends[0], said + length, sizeof said - 1 - length)) > 0)
		length += (size_t)got;
	said[length] = '\0';
	close(ends[0]);
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_assert_eq(status, 0);
	return said;
}

static void open_as(int number)
{
	int fd = open("/dev/null", O_RDWR);

	if (fd == number)
		return;
	dup2(fd, number);
	close(fd);
}

static void say_open(void)
{
	for (int fd = 0; fd < 100; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			printf("%d%s ", fd, fcntl(fd, F_GETFD) & FD_CLOEXEC ? "x" : "");
	}
}

static void say_fault(int result)
{
	if (result < 0)
		printf("%s", last_fault()->what);
}

static void start_with(unsigned preserve)
{
	struct inherit plan;
	int result = inherit_plan(&plan, preserve);

	say_fault(result ? result : inherit_start(&plan));
	say_open();
}

static void leak_two(void)
{
	open_as(3);
	open_as(77);
	start_with(0);
}

Test(inherit, the_callers_leaks_die_at_the_start)
{
	cr_assert_str_eq(in_child(leak_two), "0 1 2 ");
}

static void preserve_with_a_hole(void)
{
	open_as(3);
	open_as(5);
	open_as(6);
	start_with(3);
}

Test(inherit, holes_stay_holes_and_helpers_get_nothing)
{
	cr_assert_str_eq(in_child(preserve_with_a_hole), "0 1 2 3x 5x ");
}

static void exec_with_a_filled_hole(void)
{
	struct inherit plan;

	open_as(3);
	open_as(5);
	inherit_plan(&plan, 3);
	inherit_start(&plan);
	open_as(4);  /* ours, and without O_CLOEXEC: a bug of ours must not become a leak */
	open_as(20);
	say_fault(inherit_exec(&plan));
	say_open();
}

Test(inherit, at_exec_only_what_was_promised_survives)
{
	cr_assert_str_eq(in_child(exec_with_a_filled_hole), "0 1 2 3 4x 5 20x ");
}

static void preserve_after_listen(void)
{
	open_as(3);
	open_as(4);
	open_as(5);
	open_as(6);
	setenv("LISTEN_FDS", "2", 1);
	start_with(1);
}

Test(inherit, preserved_ones_are_counted_after_listen_fds)
{
	cr_assert_str_eq(in_child(preserve_after_listen), "0 1 2 3x 4x 5x ");
}

static void listen_for_another(void)
{
	open_as(3);
	setenv("LISTEN_FDS", "1", 1);
	setenv("LISTEN_PID", "1", 1);
	start_with(0);
}

Test(inherit, sockets_for_another_process_are_not_ours)
{
	cr_assert_str_eq(in_child(listen_for_another), "0 1 2 ");
}

static void listen_for_me(void)
{
	char pid[32];

	open_as(3);
	snprintf(pid, sizeof pid, "%d", getpid());
	setenv("LISTEN_FDS", "1", 1);
	setenv("LISTEN_PID", pid, 1);
	start_with(0);
}

Test(inherit, sockets_for_this_process_are)
{
	cr_assert_str_eq(in_child(listen_for_me), "0 1 2 3x ");
}

static void listen_to_nonsense(void)
{
	struct inherit plan;

	setenv("LISTEN_FDS", "two", 1);
	say_fault(inherit_plan(&plan, 0));
}

Test(inherit, nonsense_in_listen_fds_is_refused)
{
	cr_assert_str_eq(in_child(listen_to_nonsense),
			 "LISTEN_FDS is not a number from 0 to 1021: \"two\"");
}

Test(inherit, too_many_are_refused)
{
	struct inherit plan;

	cr_assert_eq(inherit_plan(&plan, 1022), -EINVAL);
	cr_assert_str_eq(last_fault()->what,
			 "1022 descriptors to preserve are too many: 1021 with LISTEN_FDS");
	cr_assert_eq(inherit_plan(&plan, ~0U), -EINVAL);
	cr_assert_eq(inherit_plan(&plan, 1021), 0);
	cr_assert_eq(plan.end, 1024);
}

static void close_standard_ones(void)
{
	close(0);
	close(2);
	say_fault(inherit_standard());
	say_open();
	printf("%d%d", (fcntl(0, F_GETFL) & O_ACCMODE) == O_RDONLY,
	       (fcntl(2, F_GETFL) & O_ACCMODE) == O_WRONLY);
}

Test(inherit, closed_standard_descriptors_become_null)
{
	cr_assert_str_eq(in_child(close_standard_ones), "0 1 2 11");
}

static const char *environment(struct inherit *plan, struct arena *arena)
{
	static char text[512];
	char path[] = "PATH=/bin", pid[] = "LISTEN_PID=99", *at[] = { path, pid, NULL };
	struct strings env = { at, 2 }, made = inherit_env(plan, &env, arena);

	text[0] = '\0';
	for (size_t i = 0; i < made.count; i++) {
		strcat(text, made.at[i]);
		strcat(text, " ");
	}
	cr_assert_null(made.at[made.count]);
	return text;
}

Test(inherit, the_workload_is_told_as_sd_listen_fds_wants_it)
{
	struct arena arena = { 0 };
	struct inherit plan = { .listen_fds = 2, .listen_names = "http:https", .end = 5 };

	cr_assert_str_eq(environment(&plan, &arena), "PATH=/bin LISTEN_FDS=2 LISTEN_PID=1 "
						     "LISTEN_FDNAMES=http:https ");
	arena_free(&arena);
}

Test(inherit, without_listen_fds_the_environment_stays_as_it_is)
{
	struct arena arena = { 0 };
	struct inherit plan = { .end = 3 };

	cr_assert_str_eq(environment(&plan, &arena), "PATH=/bin LISTEN_PID=99 ");
	arena_free(&arena);
}

/* Descriptors 0 to 2 of a child are a pipe, a file and a fifo with a name. */
static void give_pipes(void)
{
	char fifo[] = "/tmp/inherit.XXXXXX";
	struct stat about;
	int ends[2];

	cr_assert_not_null(mkdtemp(fifo));
	rmdir(fifo);
	if (mkfifo(fifo, 0600) < 0 || pipe(ends) < 0)
		exit(1);
	dup2(ends[0], 0);
	dup2(open("/dev/null", O_RDWR | O_CLOEXEC), 2);
	int named = open(fifo, O_RDWR | O_CLOEXEC), output = dup(1);
	dup2(named, 1);
	unlink(fifo);
	say_fault(inherit_settle(1234, 5678));
	dup2(output, 1);
	fstat(0, &about);
	printf("%u:%u ", about.st_uid, about.st_gid);
	fstat(named, &about);
	printf("%u ", about.st_uid);
	fstat(2, &about);
	printf("%u", about.st_uid);
}

Test(inherit, only_pipes_without_a_name_become_the_users)
{
	if (geteuid() != 0)
		cr_skip("only root gives files away");
	cr_assert_str_eq(in_child(give_pipes), "1234:5678 0 0");
}
