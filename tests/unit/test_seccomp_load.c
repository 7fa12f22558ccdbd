/* test_seccomp_load.c -- what the kernel does with our programs, in children that load them. */
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/seccomp_profiles.h"

static struct sc_program program;

/* Raw calls: a filtered child must not wander through the C library. */
static long raw(long number, long a, long b, long c)
{
	return syscall(number, a, b, c, 0L, 0L, 0L);
}

/* Runs `body` in a child under the profile; gives wait(2)'s status. The child ends with what
 * `body` returned. */
static int under(const struct spec_seccomp *seccomp, int (*body)(void))
{
	int status;
	pid_t child;

	compiled(&program, seccomp);
	child = fork();
	if (!child) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		if (sc_load(&program, -1, NULL) < 0)
			leave(99);
		leave(body());
	}
	cr_assert_eq(waitpid(child, &status, 0), child);
	return status;
}

static int getppid_errno(void)
{
	return raw(SYS_getppid, 0, 0, 0) < 0 ? errno : 0;
}

#define PROFILE_ON_GETPPID(what, ...)                                             \
	{                                                                         \
		.given = true, .default_action = SECCOMP_ACTION_ALLOW,            \
		.syscalls = RULES({ .names = WORDS("getppid"),                    \
				    .action = SECCOMP_ACTION_##what, __VA_ARGS__ }) \
	}

Test(seccomp_load, errno_is_what_the_call_returns)
{
	struct spec_seccomp seccomp = PROFILE_ON_GETPPID(ERRNO, .errno_ret = GIVEN(ENOTTY));
	int status = under(&seccomp, getppid_errno);

	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == ENOTTY);
}

Test(seccomp_load, errno_is_eperm_unless_given)
{
	struct spec_seccomp seccomp = PROFILE_ON_GETPPID(ERRNO, .errno_ret = { 0 });
	int status = under(&seccomp, getppid_errno);

	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == EPERM);
}

Test(seccomp_load, kill_process_ends_by_sigsys)
{
	struct spec_seccomp seccomp = PROFILE_ON_GETPPID(KILL_PROCESS, .errno_ret = { 0 });
	int status = under(&seccomp, getppid_errno);

	cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
}

Test(seccomp_load, kill_thread_ends_the_only_thread)
{
	struct spec_seccomp seccomp = PROFILE_ON_GETPPID(KILL_THREAD, .errno_ret = { 0 });
	int status = under(&seccomp, getppid_errno);

	cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
}

static void on_sigsys(int signal)
{
	leave(signal);
}

static int trapped(void)
{
	signal(SIGSYS, on_sigsys);
	raw(SYS_getppid, 0, 0, 0);
	return 0;
}

Test(seccomp_load, trap_can_be_handled)
{
	struct spec_seccomp seccomp = PROFILE_ON_GETPPID(TRAP, .errno_ret = { 0 });
	int status = under(&seccomp, trapped);

	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == SIGSYS);
}

Test(seccomp_load, log_lets_the_call_go_on)
{
	struct spec_seccomp seccomp = PROFILE_ON_GETPPID(LOG, .errno_ret = { 0 });
	int status = under(&seccomp, getppid_errno);

	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

Test(seccomp_load, trace_without_a_tracer_is_enosys)
{
	struct spec_seccomp seccomp = PROFILE_ON_GETPPID(TRACE, .errno_ret = { 0 });
	int status = under(&seccomp, getppid_errno);

	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == ENOSYS);
}

Test(seccomp_load, trace_tells_a_tracer_the_number)
{
	struct spec_seccomp seccomp = PROFILE_ON_GETPPID(TRACE, .errno_ret = GIVEN(77));
	unsigned long message = 0;
	int status;
	pid_t child;

	compiled(&program, &seccomp);
	child = fork();
	if (!child) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		if (sc_load(&program, -1, NULL) < 0)
			leave(99);
		leave(getppid_errno());
	}
	waitpid(child, &status, 0);
	ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL);
	ptrace(PTRACE_CONT, child, 0, 0);
	waitpid(child, &status, 0);
	cr_assert_eq(status >> 8, SIGTRAP | PTRACE_EVENT_SECCOMP << 8);
	ptrace(PTRACE_GETEVENTMSG, child, 0, &message);
	cr_expect_eq(message, 77);
	ptrace(PTRACE_CONT, child, 0, 0);
	waitpid(child, &status, 0);
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static int third_argument(void)
{
	raw(SYS_prctl, PR_SET_NAME, (long)"ok", 5);
	if (raw(SYS_prctl, PR_SET_NAME, (long)"no", 6) == 0 || errno != EACCES)
		return 1;
	return 0;
}

Test(seccomp_load, arguments_are_compared)
{
	struct spec_seccomp seccomp = {
		.given = true,
		.default_action = SECCOMP_ACTION_ALLOW,
		.syscalls = RULES({ .names = WORDS("prctl"),
				    .action = SECCOMP_ACTION_ERRNO,
				    .errno_ret = GIVEN(EACCES),
				    .args = ARGS({ 2, 5, 0, SECCOMP_OP_GT }) }),
	};
	int status = under(&seccomp, third_argument);

	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static int newer_call(void)
{
	return raw(SYS_getppid, 0, 0, 0) == -1 && errno == EPERM &&
			       raw(SYS_openat2 + 1, 0, 0, 0) == -1 && errno == ENOSYS ?
		       0 :
		       1;
}

Test(seccomp_load, a_newer_call_does_not_exist)
{
	struct spec_seccomp seccomp = {
		.given = true,
		.default_action = SECCOMP_ACTION_ERRNO,
		.syscalls = RULES({ .names = WORDS("openat2", TO_END),
				    .action = SECCOMP_ACTION_ALLOW }),
	};
	int status = under(&seccomp, newer_call);

	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static int nothing(void)
{
	return 0;
}

Test(seccomp_load, every_flag_is_taken)
{
	struct spec_seccomp seccomp = {
		.given = true,
		.default_action = SECCOMP_ACTION_ALLOW,
		.flags_given = true,
		.flags = WORDS("SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG",
			       "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
			       "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"),
	};
	int status = under(&seccomp, nothing);

	cr_expect_eq(program.load_flags,
		     SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_LOG |
			     SECCOMP_FILTER_FLAG_SPEC_ALLOW |
			     SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);
	/* Nobody to synchronise with, and no answer to wait for. */
	cr_expect_eq(sc_load_flags(&program),
		     SECCOMP_FILTER_FLAG_LOG | SECCOMP_FILTER_FLAG_SPEC_ALLOW);
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

Test(seccomp_load, without_a_list_of_flags_spec_allow_is_set)
{
	struct spec_seccomp seccomp = { .given = true, .default_action = SECCOMP_ACTION_ALLOW };

	compiled(&program, &seccomp);
	cr_expect_eq(program.load_flags, SECCOMP_FILTER_FLAG_SPEC_ALLOW);
	seccomp.flags_given = true; /* an empty list */
	compiled(&program, &seccomp);
	cr_expect_eq(program.load_flags, 0);
}

Test(seccomp_load, an_unprivileged_load_needs_no_new_privs)
{
	struct spec_seccomp seccomp = { .given = true, .default_action = SECCOMP_ACTION_ALLOW };
	char (*said)[4096] = mmap(NULL, sizeof *said, PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status;
	pid_t child;

	if (geteuid())
		cr_skip("needs root to give privileges up");
	compiled(&program, &seccomp);
	child = fork();
	if (!child) {
		if (setresuid(65534, 65534, 65534) < 0)
			leave(1);
		status = sc_load(&program, -1, NULL);
		snprintf(*said, sizeof *said, "%s|%s", last_fault()->what, last_fault()->hint);
		leave(status == -EACCES ? 0 : 2);
	}
	waitpid(child, &status, 0);
	cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	cr_expect_str_eq(*said, "load the seccomp filter: Permission denied|set "
				"process.noNewPrivileges, or keep CAP_SYS_ADMIN until the filter "
				"is loaded");
}

static double *took;

static double microseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

Test(seccomp_load, the_kernel_takes_a_big_profile)
{
	static struct big_profile big;
	int status;
	pid_t child;

	took = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	make_big_profile(&big);
	compiled(&program, &big.seccomp);
	child = fork();
	if (!child) {
		double start = microseconds();

		if (sc_load(&program, -1, NULL) < 0)
			leave(1);
		*took = microseconds() - start;
		leave(raw(SYS_swapon, 0, 0, 0) < 0 && errno == EPERM ? 0 : 2);
	}
	waitpid(child, &status, 0);
	fprintf(stderr, "big profile: loaded in %.0f us\n", *took);
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	free_big_profile(&big);
}
