/* test_hooks.c -- what a hook is given, and what is made of its end. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/fault.h"
#include "runtime/hooks.h"

static const char state[] = "{\"id\":\"web\"}";
static char folder[64], output[96];

static void make_folder(void)
{
	snprintf(folder, sizeof folder, "/tmp/hooks.XXXXXX");
	cr_assert_not_null(mkdtemp(folder));
	snprintf(output, sizeof output, "%s/output", folder);
}

static void remove_folder(void)
{
	unlink(output);
	rmdir(folder);
}

TestSuite(hooks, .init = make_folder, .fini = remove_folder, .timeout = 30);

/* A hook that runs `script`, which finds the path of a file to write to in $1. */
static struct spec_hook shell(const char *script)
{
	static char path[] = "/bin/sh", sh[] = "sh", c[] = "-c", *args[8][6];
	static int used;
	char **argv = args[used++];

	argv[0] = sh, argv[1] = c, argv[2] = strdup(script), argv[3] = sh, argv[4] = output;
	return (struct spec_hook){ .path = path, .args = { argv, 5 } };
}

/* Whether a process group comes to its end soon: an orphan's zombie counts as ended, since
 * whoever adopts it reaps it in a time of its own. */
static bool group_ends(pid_t group)
{
	int64_t until = clock_ms() + 10 * 1000;
	char script[128];

	snprintf(script, sizeof script, "pgrep -g %d -r D,R,S,T > /dev/null", group);
	while (system(script) == 0) {
		if (clock_ms() > until)
			return false;
	}
	return true;
}

static int run(struct spec_hook hook)
{
	struct spec_hook_list list = { &hook, 1 };

	return hooks_run(&list, "createRuntime", &(struct hooks_setting){ .state = state });
}

static const char *written(void)
{
	static char text[4096];
	int fd = open(output, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? 0 : read(fd, text, sizeof text - 1);

	close(fd);
	text[length < 0 ? 0 : length] = '\0';
	return text;
}

Test(hooks, the_state_comes_on_stdin)
{
	cr_assert_eq(run(shell("cat > $1")), 0);
	cr_assert_str_eq(written(), state);
}

Test(hooks, a_failing_hook_is_quoted)
{
	struct spec_hook hook = shell("echo HOOKERR >&2; exit 7");

	cr_assert_lt(run(hook), 0);
	cr_assert_str_eq(last_fault()->what, "error running createRuntime hook #0: exit status 7, "
					     "stdout: , stderr: HOOKERR\n");
	cr_assert_str_eq(last_fault()->path, "hooks.createRuntime[0]");
}

Test(hooks, the_second_is_named_and_the_third_not_run)
{
	struct spec_hook three[] = { shell("exit 0"), shell("echo out; exit 1"),
				     shell("echo ran > $1") };
	struct spec_hook_list list = { three, 3 };

	cr_assert_lt(hooks_run(&list, "poststart", &(struct hooks_setting){ .state = state }), 0);
	cr_assert_str_eq(last_fault()->what, "error running poststart hook #1: exit status 1, "
					     "stdout: out\n, stderr: ");
	cr_assert_str_eq(written(), "");
}

Test(hooks, a_killed_hook_names_the_signal)
{
	cr_assert_lt(run(shell("kill -KILL $$")), 0);
	cr_assert_str_eq(last_fault()->what,
			 "error running createRuntime hook #0: signal: killed, stdout: , stderr: ");
}

Test(hooks, a_missing_program_is_said_as_runc_says_it)
{
	char path[] = "/nowhere/hook";
	struct spec_hook hook = { .path = path };

	cr_assert_eq(run(hook), -ENOENT);
	cr_assert_str_eq(last_fault()->what, "error running createRuntime hook #0: "
					     "fork/exec /nowhere/hook: no such file or directory");
}

Test(hooks, a_relative_path_is_refused)
{
	char path[] = "bin/sh";
	struct spec_hook hook = { .path = path };

	cr_assert_eq(run(hook), -EINVAL);
	cr_assert_str_eq(last_fault()->what, "error running createRuntime hook #0: "
					     "hook path \"bin/sh\" is not absolute");
}

Test(hooks, a_hook_past_its_timeout_is_killed_with_its_children)
{
	struct spec_hook hook = shell("echo $$ > $1; sleep 1000 & sleep 1000");
	int64_t before = clock_ms();
	pid_t group;

	hook.timeout = (struct maybe_i64){ true, 1 };
	cr_assert_eq(run(hook), -ETIMEDOUT);
	cr_assert_str_eq(last_fault()->what, "error running createRuntime hook #0: "
					     "hook ran past specified timeout of 1.0s");
	cr_assert_lt(clock_ms() - before, 10 * 1000);
	group = atoi(written());
	cr_assert_gt(group, 1);
	cr_assert(group_ends(group), "somebody of the group still runs");
}

Test(hooks, without_env_only_our_callers_path_is_there)
{
	setenv("LD_AUDIT_OF_THE_CALLER", "x", 1);
	setenv("PATH", "/usr/bin:/opt/hooks", 1);
	cr_assert_eq(run(shell("tr '\\0' '\\n' < /proc/self/environ > $1")), 0);
	cr_assert_str_eq(written(), "PATH=/usr/bin:/opt/hooks\n");
}

Test(hooks, without_env_and_without_a_path_the_usual_one_is_there)
{
	unsetenv("PATH");
	cr_assert_eq(run(shell("tr '\\0' '\\n' < /proc/self/environ > $1")), 0);
	cr_assert_str_eq(written(), "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n");
}

Test(hooks, without_env_those_inside_have_the_workloads)
{
	char one[] = "ONE=1", two[] = "PATH=/usr/bin", *env[] = { one, two, NULL };
	struct spec_hook hook = shell("tr '\\0' '\\n' < /proc/self/environ > $1");
	struct spec_hook_list list = { &hook, 1 };

	cr_assert_eq(hooks_run(&list, "startContainer",
			       &(struct hooks_setting){ .state = state, .env = env }), 0);
	cr_assert_str_eq(written(), "ONE=1\nPATH=/usr/bin\n");
}

Test(hooks, env_is_exactly_that_of_the_hook)
{
	char one[] = "ONE=1", *env[] = { one, NULL };
	struct spec_hook hook = shell("/usr/bin/tr '\\0' '\\n' < /proc/$$/environ > $1");

	hook.env = (struct strings){ env, 1 };
	hook.env_given = true;

	cr_assert_eq(run(hook), 0);
	cr_assert_str_eq(written(), "ONE=1\n");
}

Test(hooks, an_empty_env_is_empty)
{
	struct spec_hook hook = shell("/usr/bin/wc -c < /proc/$$/environ > $1");

	hook.env_given = true;

	cr_assert_eq(run(hook), 0);
	cr_assert_str_eq(written(), "0\n");
}

Test(hooks, without_args_the_path_is_the_name)
{
	char path[] = "/bin/false";
	struct spec_hook hook = { .path = path };

	cr_assert_lt(run(hook), 0);
	cr_assert_str_eq(last_fault()->what, "error running createRuntime hook #0: exit status 1, "
					     "stdout: , stderr: ");
}

Test(hooks, no_descriptor_of_ours_is_passed_on)
{
	int leak = open("/dev/null", O_RDONLY); /* without O_CLOEXEC: as a careless caller has it */

	cr_assert_geq(leak, 3);
	/* 3 is the directory that ls reads. */
	cr_assert_eq(run(shell("ls /proc/self/fd | tr '\\n' ' ' > $1")), 0);
	cr_assert_str_eq(written(), "0 1 2 3 ");
	close(leak);
}

Test(hooks, signals_start_from_their_defaults)
{
	sigset_t all;

	signal(SIGTERM, SIG_IGN);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	cr_assert_eq(run(shell("grep -E 'Sig(Blk|Ign)' /proc/self/status | cut -f2 > $1")), 0);
	/* posix_spawn(3) of glibc ignores its own two, 32 and 33, in every child. */
	cr_assert_str_eq(written(), "0000000000000000\n0000000180000000\n");
}

Test(hooks, a_hook_leads_a_session)
{
	cr_assert_eq(run(shell("test $(cut -d' ' -f6 /proc/$$/stat) = $$ && echo yes > $1")), 0);
	cr_assert_str_eq(written(), "yes\n");
}

Test(hooks, they_start_where_they_are_told_to)
{
	struct spec_hook hook = shell("pwd > $1");
	struct spec_hook_list list = { &hook, 1 };

	cr_assert_eq(hooks_run(&list, "prestart",
			       &(struct hooks_setting){ .state = state, .cwd = "/usr" }), 0);
	cr_assert_str_eq(written(), "/usr\n");
}

Test(hooks, one_that_never_reads_does_not_hold_us_up)
{
	static char large[1 << 20];
	struct spec_hook hook = shell("exec < /dev/null; exit 0");
	struct spec_hook_list list = { &hook, 1 };

	memset(large, 'x', sizeof large - 1);
	cr_assert_eq(hooks_run(&list, "prestart", &(struct hooks_setting){ .state = large }), 0);
}

Test(hooks, a_large_state_arrives_whole)
{
	static char large[1 << 20];
	struct spec_hook hook = shell("wc -c > $1");
	struct spec_hook_list list = { &hook, 1 };

	memset(large, 'x', sizeof large - 1);
	cr_assert_eq(hooks_run(&list, "prestart", &(struct hooks_setting){ .state = large }), 0);
	cr_assert_str_eq(written(), "1048575\n");
}

Test(hooks, much_output_neither_blocks_nor_fills_the_message)
{
	cr_assert_lt(run(shell("yes | head -c 1000000; echo END >&2; exit 1")), 0);
	cr_assert_str_eq(last_fault()->what + strlen(last_fault()->what) -
				 strlen("y\ny\n, stderr: END\n"),
			 "y\ny\n, stderr: END\n");
}

Test(hooks, a_daemon_left_behind_is_not_waited_for)
{
	int64_t before = clock_ms();

	cr_assert_eq(run(shell("sleep 20 & echo $! > $1")), 0);
	cr_assert_lt(clock_ms() - before, 15 * 1000);
	kill(atoi(written()), SIGKILL);
}

Test(hooks, control_characters_do_not_reach_a_terminal)
{
	cr_assert_lt(run(shell("printf 'a\\033[2Jb'; exit 1")), 0);
	cr_assert_str_eq(last_fault()->what, "error running createRuntime hook #0: exit status 1, "
					     "stdout: a?[2Jb, stderr: ");
}

static char heard[512];

static void hear(const char *sentence)
{
	snprintf(heard, sizeof heard, "%s", sentence);
}

Test(hooks, poststop_warns_and_goes_on)
{
	struct spec_hook two[] = { shell("exit 3"), shell("echo second > $1") };
	struct spec_hook_list list = { two, 2 };

	send_warnings_to(hear);
	hooks_run_all(&list, "poststop", &(struct hooks_setting){ .state = state });
	cr_assert_str_eq(heard,
			 "error running poststop hook #0: exit status 3, stdout: , stderr: ");
	cr_assert_str_eq(written(), "second\n");
	cr_assert_eq(last_fault()->error, 0);
}
