/* test_commands.c -- the words and results engines rely on, command by command.
 *
 * These containers are processes of the test with a record: no namespace, no cgroup. */
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "runtime/base/fault.h"
#include "runtime/command.h"
#include "runtime/life.h"
#include "put_into.h"
#include "state_root.h"

static struct globals globals;
static pid_t sleeper;

static void prepare(void)
{
	make_state_root();
	globals = (struct globals) { .root = state_root, .arena = &test_arena };
	sleeper = fork();
	if (sleeper == 0) {
		signal(SIGTERM, SIG_DFL);
		for (;;)
			pause();
	}
	cr_assert_gt(sleeper, 0);
}

static void clean_up(void)
{
	if (sleeper) {
		kill(sleeper, SIGKILL);
		waitpid(sleeper, NULL, 0);
	}
	remove_state_root();
}

TestSuite(commands, .init = prepare, .fini = clean_up);

static int run(const char *name, const char *const *words)
{
	const struct command *command = command_named(name);
	struct arguments arguments = { 0 };
	int result = options_parse(&arguments, command, (char **)words, &test_arena);

	if (!result)
		result = options_check_words(&arguments, command);
	if (!result)
		result = command->run(&globals, &arguments);
	fflush(stdout);
	return result;
}

#define RUN(name, ...) run(name, (const char *[]) { __VA_ARGS__, NULL })

static void refused(int result, const char *what, const char *hint)
{
	cr_assert_lt(result, 0);
	cr_assert_str_eq(last_fault()->what, what);
	cr_assert_str_eq(last_fault()->hint, hint);
}

/* The sleeper's end: 128+n for signal n. */
static int end_of_sleeper(void)
{
	int status;

	cr_assert_eq(waitpid(sleeper, &status, 0), sleeper);
	sleeper = 0;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void make_web(bool started)
{
	struct record record;

	make_container(&record, "web", sleeper);
	if (!started)
		put_file("web", LIFE_GATE, "", 0);
}

static void stop_web(void)
{
	kill(sleeper, SIGKILL);
	end_of_sleeper();
}

static bool web_exists(void)
{
	return there_is("web", "");
}

/* ---- unknown --------------------------------------------------------------------------------- */

Test(commands, what_does_not_exist_is_said_to_every_command)
{
	static const char *const names[] = { "state", "kill", "delete", "ps", "pause", "resume" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		refused(RUN(names[i], "nobody"), "container does not exist", "");
}

Test(commands, forcing_the_deletion_of_nothing_succeeds)
{
	cr_assert_eq(RUN("delete", "--force", "nobody"), 0);
	globals.root = "/nonexistent/root";
	cr_assert_eq(RUN("delete", "--force", "nobody"), 0);
}

Test(commands, a_wrong_id_is_wrong_even_when_forced)
{
	refused(RUN("delete", "--force", "../etc"),
		"invalid container ID format: invalid character '/'",
		"letters, digits and _ + . - make an id, at most 255 of them, no dot in front");
}

/* ---- state ----------------------------------------------------------------------------------- */

Test(commands, state_prints_json_and_nothing_else)
{
	char expected[1024];
	struct record record;

	cr_redirect_stdout();
	make_web(true);
	cr_assert_eq(record_load(&record, &test_records, "web", RECORD_LOOK, &test_arena), 0);
	record_close(&record);
	cr_assert_eq(RUN("state", "web"), 0);
	snprintf(expected, sizeof expected,
		 "{\n"
		 "  \"ociVersion\": \"1.3.0\",\n"
		 "  \"id\": \"web\",\n"
		 "  \"pid\": %d,\n"
		 "  \"status\": \"running\",\n"
		 "  \"bundle\": \"/bundles/web\",\n"
		 "  \"rootfs\": \"/bundles/web/rootfs\",\n"
		 "  \"created\": \"%s\",\n"
		 "  \"owner\": \"%s\"\n"
		 "}\n",
		 sleeper, record.created, life_owner(&record, &test_arena));
	cr_assert_stdout_eq_str(expected);
}

Test(commands, state_of_a_damaged_record_says_how_to_be_rid_of_it)
{
	make_web(true);
	put_file("web", "state.json", "", 0);
	refused(RUN("state", "web"), "the record of the container is damaged",
		"caisson delete --force web frees what is left");
	unlinkat(test_records.fd, "web/state.json", 0);
	refused(RUN("state", "web"),
		"the record of the container is incomplete: its create was killed",
		"caisson delete --force web frees what is left");
}

/* ---- kill ------------------------------------------------------------------------------------ */

Test(commands, kill_without_a_signal_is_term)
{
	make_web(true);
	cr_assert_eq(RUN("kill", "web"), 0);
	cr_assert_eq(end_of_sleeper(), 128 + SIGTERM);
}

Test(commands, kill_takes_numbers_and_names)
{
	make_web(true);
	cr_assert_eq(RUN("kill", "web", "0"), 0);
	cr_assert_eq(RUN("kill", "web", "SIGKILL"), 0);
	cr_assert_eq(end_of_sleeper(), 128 + SIGKILL);
}

Test(commands, kill_of_a_stopped_container_is_refused_but_not_for_all)
{
	make_web(true);
	stop_web();
	refused(RUN("kill", "web", "9"), "container not running", "");
	refused(RUN("kill", "web", "0"), "container not running", "");
	cr_assert_eq(RUN("kill", "--all", "web", "9"), 0);
	cr_assert_eq(RUN("kill", "-a", "web", "0"), 0);
}

Test(commands, kill_refuses_an_unknown_signal)
{
	make_web(true);
	refused(RUN("kill", "web", "FOO"), "unknown signal \"FOO\"", "");
}

/* ---- delete ---------------------------------------------------------------------------------- */

Test(commands, a_running_container_is_not_deleted)
{
	make_web(true);
	refused(RUN("delete", "web"), "cannot delete container web that is not stopped: running",
		"caisson delete --force web kills it first");
	cr_assert(web_exists());
	cr_assert_eq(kill(sleeper, 0), 0);
}

Test(commands, a_stopped_container_is_deleted)
{
	make_web(true);
	stop_web();
	cr_assert_eq(RUN("delete", "web"), 0);
	cr_assert_not(web_exists());
	refused(RUN("delete", "web"), "container does not exist", "");
}

Test(commands, a_created_container_is_deleted_and_killed)
{
	make_web(false);
	cr_assert_eq(RUN("delete", "web"), 0);
	cr_assert_eq(end_of_sleeper(), 128 + SIGKILL);
	cr_assert_not(web_exists());
}

Test(commands, force_kills_what_runs)
{
	make_web(true);
	cr_assert_eq(RUN("delete", "-f", "web"), 0);
	cr_assert_eq(end_of_sleeper(), 128 + SIGKILL);
	cr_assert_not(web_exists());
}

Test(commands, force_frees_a_container_in_any_condition)
{
	static const char *const damages[] = { "", "{", "garbage\n", "{\"id\":\"web\"}", NULL };

	for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
		struct record record;

		make_container(&record, "web", 0);
		if (damages[i])
			put_file("web", "state.json", damages[i], strlen(damages[i]));
		else
			unlinkat(test_records.fd, "web/state.json", 0);
		refused(RUN("delete", "web"),
			"cannot delete container web that is not stopped: unknown",
			"caisson delete --force web frees what is left");
		cr_assert_eq(RUN("delete", "--force", "web"), 0);
		cr_assert_not(web_exists());
	}
	cr_assert_eq(mkdirat(test_records.fd, "web", 0700), 0);
	cr_assert_eq(RUN("delete", "--force", "web"), 0);
	cr_assert_not(web_exists());
}

Test(commands, force_kills_what_only_the_intent_knows)
{
	make_web(true);
	put_file("web", "state.json", "\0\0\0\0", 4);
	cr_assert_eq(RUN("delete", "--force", "web"), 0);
	cr_assert_eq(end_of_sleeper(), 128 + SIGKILL);
}

Test(commands, a_process_that_merely_has_the_pid_is_left_alone)
{
	struct record record;

	make_web(true);
	cr_assert_eq(record_load(&record, &test_records, "web", RECORD_LOOK, &test_arena), 0);
	record.init.started--;
	cr_assert_eq(record_write(&record), 0);
	record_close(&record);
	cr_assert_eq(RUN("delete", "--force", "web"), 0);
	cr_assert_eq(kill(sleeper, 0), 0);
}

/* ---- pause, resume --------------------------------------------------------------------------- */

Test(commands, only_what_runs_is_paused_and_only_what_is_paused_resumed)
{
	make_web(true);
	refused(RUN("resume", "web"), "container not paused", "");
	refused(RUN("pause", "web"), "a container without a cgroup cannot be paused", "");
	stop_web();
	refused(RUN("pause", "web"), "container not running", "");
	refused(RUN("resume", "web"), "container not paused", "");
}

/* ---- with a cgroup ---------------------------------------------------------------------------- */

static char cgroup_path[64];
static char freezer[512];

static bool cgroup_exists(void)
{
	return access(freezer, F_OK) == 0;
}

/* The sleeper in a cgroup of its own, of every hierarchy the host has. */
static void make_web_in_cgroup(bool own_pid_namespace)
{
	struct cgroup cgroup = { 0 };
	struct cg_request request = { .driver = CG_CGROUPFS, .cgroups_path = cgroup_path, .id = "web" };
	struct record record;

	if (geteuid() != 0)
		cr_skip("needs root, to make cgroups");
	snprintf(cgroup_path, sizeof cgroup_path, "/caisson-test-%d", getpid());
	if (cg_plan(&cgroup, &request, &test_arena) < 0 || cg_make(&cgroup) < 0)
		cr_skip("cannot make a cgroup here: %s", last_fault()->what);
	put_into(&cgroup, sleeper);
	cr_assert_gt(cgroup.count, 0);
	snprintf(freezer, sizeof freezer, "%s%s", cgroup.hierarchies[0].mount, cgroup_path);
	cr_assert(cgroup_exists());
	cr_assert_eq(record_reserve(&record, &test_records, "web", "/b", &test_arena), 0);
	cr_assert_eq(process_look(sleeper, &record.init.started, (char[1]){ 0 }), 0);
	record.init.pid = sleeper;
	record.cgroups = cg_save(&cgroup, &test_arena);
	record.own_pid_namespace = own_pid_namespace;
	cr_assert_eq(record_write(&record), 0);
	record_close(&record);
	cg_close(&cgroup);
}

static enum life life_of_web(void)
{
	struct record record;
	enum life life;

	cr_assert_eq(record_load(&record, &test_records, "web", RECORD_LOOK, &test_arena), 0);
	life = life_of(&record);
	record_close(&record);
	return life;
}

Test(commands, what_is_paused_is_resumed)
{
	make_web_in_cgroup(true);
	cr_assert_eq(RUN("pause", "web"), 0, "%s", last_fault()->what);
	cr_assert_eq(life_of_web(), LIFE_PAUSED);
	refused(RUN("pause", "web"), "container not running", "");
	refused(RUN("delete", "web"), "cannot delete container web that is not stopped: paused",
		"caisson delete --force web kills it first");
	cr_assert_eq(RUN("resume", "web"), 0);
	cr_assert_eq(life_of_web(), LIFE_RUNNING);
	cr_assert_eq(RUN("delete", "--force", "web"), 0, "%s", last_fault()->what);
	cr_assert_not(cgroup_exists());
}

Test(commands, what_is_paused_dies_when_it_is_killed)
{
	make_web_in_cgroup(true);
	cr_assert_eq(RUN("pause", "web"), 0, "%s", last_fault()->what);
	cr_assert_eq(RUN("kill", "web", "KILL"), 0);
	cr_assert_eq(end_of_sleeper(), 128 + SIGKILL);
	cr_assert_eq(RUN("delete", "web"), 0, "%s", last_fault()->what);
	cr_assert_not(cgroup_exists());
}

Test(commands, in_a_shared_pid_namespace_kill_is_for_those_that_are_left)
{
	struct process other = { 0 };
	int fds[2];
	char letter;

	make_web_in_cgroup(false);
	/* A process that outlives the first one. */
	cr_assert_eq(pipe(fds), 0);
	other.pid = fork();
	if (other.pid == 0) {
		close(fds[0]);
		for (;;)
			pause();
	}
	close(fds[1]);
	cr_assert_eq(process_look(other.pid, &other.started, &letter), 0);
	struct record record;
	struct cgroup cgroup;
	cr_assert_eq(record_load(&record, &test_records, "web", RECORD_LOOK, &test_arena), 0);
	cr_assert_eq(cg_reopen(&cgroup, &record.cgroups, record.driver, &test_arena), 0);
	put_into(&cgroup, other.pid);
	cg_close(&cgroup);
	record_close(&record);
	stop_web();
	cr_assert_eq(life_of_web(), LIFE_STOPPED);
	refused(RUN("kill", "web", "TERM"), "container not running", "");
	cr_assert_eq(RUN("kill", "web", "KILL"), 0);
	cr_assert_eq(read(fds[0], &letter, 1), 0, "its end of the pipe is closed");
	cr_assert_eq(waitpid(other.pid, NULL, 0), other.pid);
	refused(RUN("kill", "web", "KILL"), "container not running", "");
	cr_assert_eq(RUN("delete", "web"), 0, "%s", last_fault()->what);
	cr_assert_not(cgroup_exists());
}

Test(commands, ps_lists_what_is_in_the_cgroup)
{
	char expected[32];

	make_web_in_cgroup(true);
	cr_redirect_stdout();
	cr_assert_eq(RUN("ps", "-f", "json", "web"), 0);
	snprintf(expected, sizeof expected, "[%d]\n", sleeper);
	cr_assert_stdout_eq_str(expected);
	cr_assert_eq(RUN("delete", "--force", "web"), 0);
}

/* ---- list ------------------------------------------------------------------------------------ */

Test(commands, an_empty_list_has_a_heading)
{
	cr_redirect_stdout();
	cr_assert_eq(run("list", (const char *[]) { NULL }), 0);
	cr_assert_stdout_eq_str(
		"ID          PID         STATUS      BUNDLE      CREATED     OWNER\n");
}

Test(commands, an_empty_list_is_null_in_json)
{
	cr_redirect_stdout();
	cr_assert_eq(RUN("list", "--format=json"), 0);
	cr_assert_stdout_eq_str("null\n");
}

static void make_known(const char *id)
{
	struct record record;

	make_container(&record, id, 0);
	cr_assert_eq(record_load(&record, &test_records, id, RECORD_LOOK, &test_arena), 0);
	record.created = (char *)"2026-11-22T07:57:29.075741679Z";
	cr_assert_eq(record_write(&record), 0);
	record_close(&record);
}

Test(commands, a_list_is_laid_out_as_runcs_with_the_damaged_in_it)
{
	if (geteuid() != 0)
		cr_skip("expects containers of root");
	cr_redirect_stdout();
	make_known("c1");
	make_known("a-longer-name");
	mkdirat(test_records.fd, "broken", 0700);
	cr_assert_eq(RUN("list", "-f", "table"), 0);
	cr_assert_stdout_eq_str(
		"ID              PID         STATUS      BUNDLE         CREATED                    "
		"      OWNER\n"
		"a-longer-name   0           stopped     /bundles/web   "
		"2026-11-22T07:57:29.075741679Z   root\n"
		"broken          0           unknown                    -                          "
		"      root\n"
		"c1              0           stopped     /bundles/web   "
		"2026-11-22T07:57:29.075741679Z   root\n");
}

Test(commands, a_list_in_json_is_one_line)
{
	if (geteuid() != 0)
		cr_skip("expects containers of root");
	cr_redirect_stdout();
	make_known("c1");
	make_known("c2");
	cr_assert_eq(RUN("list", "-f", "json"), 0);
	cr_assert_stdout_eq_str(
		"[{\"ociVersion\":\"1.3.0\",\"id\":\"c1\",\"pid\":0,\"status\":\"stopped\","
		"\"bundle\":\"/bundles/web\",\"rootfs\":\"/bundles/web/rootfs\","
		"\"created\":\"2026-11-22T07:57:29.075741679Z\",\"owner\":\"root\"},"
		"{\"ociVersion\":\"1.3.0\",\"id\":\"c2\",\"pid\":0,\"status\":\"stopped\","
		"\"bundle\":\"/bundles/web\",\"rootfs\":\"/bundles/web/rootfs\","
		"\"created\":\"2026-11-22T07:57:29.075741679Z\",\"owner\":\"root\"}]\n");
}

Test(commands, a_quiet_list_has_only_ids)
{
	cr_redirect_stdout();
	make_known("c2");
	make_known("c1");
	cr_assert_eq(RUN("list", "-q"), 0);
	cr_assert_stdout_eq_str("c1\nc2\n");
}

Test(commands, a_root_that_was_named_must_be_there_to_be_listed)
{
	globals.root = "/nonexistent/root";
	refused(run("list", (const char *[]) { NULL }),
		"open the state directory /nonexistent/root: No such file or directory", "");
}

/* ---- ps -------------------------------------------------------------------------------------- */

Test(commands, ps_in_json_is_a_list_of_pids)
{
	char expected[32];

	cr_redirect_stdout();
	make_web(true);
	cr_assert_eq(RUN("ps", "--format", "json", "web"), 0);
	snprintf(expected, sizeof expected, "[%d]\n", sleeper);
	cr_assert_stdout_eq_str(expected);
}

Test(commands, ps_of_a_stopped_container_is_an_empty_list)
{
	cr_redirect_stdout();
	make_web(true);
	stop_web();
	cr_assert_eq(RUN("ps", "--format=json", "web"), 0);
	cr_assert_stdout_eq_str("[]\n");
}

Test(commands, ps_prints_the_lines_of_ps_about_the_container)
{
	char expected[64];

	if (access("/bin/ps", X_OK) < 0)
		cr_skip("needs ps(1)");
	cr_redirect_stdout();
	make_web(true);
	cr_assert_eq(RUN("ps", "web", "-e", "-o", "ppid:7,pid:7"), 0);
	snprintf(expected, sizeof expected, "%7s %7s\n%7d %7d\n", "PPID", "PID", getpid(), sleeper);
	cr_assert_stdout_eq_str(expected);
}

Test(commands, ps_needs_a_pid_column)
{
	if (access("/bin/ps", X_OK) < 0)
		cr_skip("needs ps(1)");
	make_web(true);
	refused(RUN("ps", "web", "-o", "args"), "couldn't find PID field in ps output",
		"the options for ps must leave a PID column");
}

/* ---- the rest -------------------------------------------------------------------------------- */

Test(commands, spec_does_not_overwrite)
{
	cr_assert_eq(RUN("spec", "--bundle", state_root), 0);
	refused(RUN("spec", "--bundle", state_root), "File config.json exists. Remove it first",
		"");
	cr_assert_eq(unlinkat(test_records.fd, "config.json", 0), 0);
}

Test(commands, only_one_line_has_the_word_version)
{
	char text[512];
	size_t length;
	unsigned lines = 0;
	FILE *out;

	cr_redirect_stdout();
	cr_assert_eq(run("version", (const char *[]) { NULL }), 0);
	out = cr_get_redirected_stdout();
	length = fread(text, 1, sizeof text - 1, out);
	text[length] = '\0';
	cr_assert_eq(strncmp(text, "caisson version ", 16), 0);
	for (const char *at = text; (at = strstr(at, "version")); at++)
		lines++;
	cr_assert_eq(lines, 1);
	cr_assert_not_null(strstr(text, "\ncommit: "));
	cr_assert_not_null(strstr(text, "\nspec: 1.3.0\n+"));
}

Test(commands, every_command_has_help)
{
	cr_redirect_stdout();
	for (const struct command *command = commands; command->name; command++)
		cr_assert_eq(RUN("help", command->name), 0);
	cr_assert_eq(RUN("help", "--man"), 0);
	refused(RUN("help", "nonsense"), "No help topic for 'nonsense'", "");
}

Test(commands, completion_knows_three_shells)
{
	cr_redirect_stdout();
	cr_assert_eq(RUN("completion", "bash"), 0);
	cr_assert_eq(RUN("completion", "zsh"), 0);
	cr_assert_eq(RUN("completion", "fish"), 0);
	refused(RUN("completion", "tcsh"), "no completion for the shell tcsh",
		"one of: bash, zsh, fish");
}
