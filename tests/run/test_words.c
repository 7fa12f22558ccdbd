/* test_words.c -- exit statuses and sentences that engines match, word for word.
 *
 * A row of a table is a command line on a container in a certain state: what it exits with, and
 * all that it says on stderr. "@" stands for the container's id. */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lib/box.h"
#include "tests/lib/config.h"
#include "tests/lib/holder.h"
#include "tests/lib/host.h"

TestSuite(words, .init = boxes_open, .fini = boxes_close, .timeout = 120);

/* ---- tables ----------------------------------------------------------------------------- */

struct line {
	const char *words; /* the command line, split at spaces */
	int status;
	const char *err;
	const char *out; /* NULL: nothing */
};

/* "@" becomes the id. */
static char *filled(const char *text, const char *id)
{
	char *copy = calloc(1, strlen(text) + 32 * strlen(id) + 1), *to = copy;

	for (; *text; text++) {
		if (*text == '@')
			to = stpcpy(to, id);
		else
			*to++ = *text;
	}
	return copy;
}

static void check_line(struct box *box, const struct line *line)
{
	const char *id = box ? box->id : "none";
	const char *words[16] = { NULL };
	char *rest, *text = filled(line->words, id);
	unsigned count = 0;
	struct said said;

	for (char *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		words[count++] = word;
	said = runtime_words(box, words);
	cr_expect_eq(said.status, line->status, "%s: exit status %d, not %d", line->words,
		     said.status, line->status);
	cr_expect_str_eq(said.err, filled(line->err, id), "%s: %s", line->words, said.err);
	cr_expect_str_eq(said.out, line->out ? filled(line->out, id) : "", "%s: %s", line->words,
			 said.out);
}

#define CHECK(which, ...)                                                                \
	do {                                                                           \
		static const struct line lines_[] = { __VA_ARGS__ };                   \
		struct box *box_ = (which);                                            \
		for (size_t i_ = 0; i_ < sizeof lines_ / sizeof *lines_; i_++)         \
			check_line(box_, &lines_[i_]);                                 \
	} while (0)

static struct box *box_sleeping(void)
{
	struct box *box = box_new();

	box_args(box, "sleep", "1000");
	assert_ok(box_create(box));
	return box;
}

static struct box *box_stopped(void)
{
	struct box *box = box_of_sleep();

	assert_ok(box_kill(box, "KILL"));
	box_wait_status(box, "stopped");
	return box;
}

/* ---- a container in each state ---------------------------------------------------------- */

Test(words, of_a_container_that_does_not_exist)
{
	CHECK(box_new(),
	      { "state @", 1, "caisson: state @: container does not exist\n" },
	      { "start @", 1, "caisson: start @: container does not exist\n" },
	      { "kill @", 1, "caisson: kill @: container does not exist\n" },
	      { "kill --all @ 9", 1, "caisson: kill @: container does not exist\n" },
	      { "pause @", 1, "caisson: pause @: container does not exist\n" },
	      { "resume @", 1, "caisson: resume @: container does not exist\n" },
	      { "ps @", 1, "caisson: ps @: container does not exist\n" },
	      { "delete @", 1, "caisson: delete @: container does not exist\n" },
	      { "delete --force @", 0, "" },
	      { "exec @ true", 255, "caisson: exec @: container does not exist\n" },
	      { "list -f json", 0, "", "null\n" },
	      { "list -q", 0, "" });
}

Test(words, of_a_created_container)
{
	CHECK(box_sleeping(),
	      { "create @", 1, "caisson: create @: record: container with given ID already exists\n" },
	      { "run @", 1, "caisson: run @: record: container with given ID already exists\n" },
	      { "resume @", 1, "caisson: resume @: container not paused\n" },
	      { "exec @ echo hello", 0, "", "hello\n" },
	      { "list -q", 0, "", "@\n" },
	      { "kill @ FOO", 1, "caisson: kill @: unknown signal \"FOO\"\n" },
	      { "delete @", 0, "" },
	      { "state @", 1, "caisson: state @: container does not exist\n" });
}

Test(words, of_a_running_container)
{
	CHECK(box_of_sleep(),
	      { "create @", 1, "caisson: create @: record: container with given ID already exists\n" },
	      { "start @", 1, "caisson: start @: cannot start an already running container\n" },
	      { "resume @", 1, "caisson: resume @: container not paused\n" },
	      { "delete @", 1, "caisson: delete @: cannot delete container @ that is not stopped: "
			       "running\n  hint: caisson delete --force @ kills it first\n" },
	      { "kill @ 0", 0, "" },
	      { "kill @ 65", 1, "caisson: kill @: unknown signal \"65\"\n" },
	      { "kill @ SIGFOO", 1, "caisson: kill @: unknown signal \"SIGFOO\"\n" },
	      { "kill @ -1", 1, "caisson: flag provided but not defined: -1\n  hint: see: caisson "
			       "help kill\n" },
	      { "delete --force @", 0, "" },
	      { "delete --force @", 0, "" });
}

Test(words, of_a_paused_container)
{
	CHECK(box_of_sleep(),
	      { "pause @", 0, "" },
	      { "pause @", 1, "caisson: pause @: container not running\n" },
	      { "start @", 1, "caisson: start @: cannot start an already running container\n" },
	      { "exec @ true", 255, "caisson: exec @: cannot exec in a paused container (use "
				    "--ignore-paused to override)\n" },
	      { "delete @", 1, "caisson: delete @: cannot delete container @ that is not stopped: "
			       "paused\n  hint: caisson delete --force @ kills it first\n" },
	      { "resume @", 0, "" },
	      { "resume @", 1, "caisson: resume @: container not paused\n" },
	      { "pause @", 0, "" },
	      { "delete --force @", 0, "" });
}

Test(words, of_a_stopped_container)
{
	CHECK(box_stopped(),
	      { "start @", 1, "caisson: start @: cannot start a container that has stopped\n" },
	      { "kill @", 1, "caisson: kill @: container not running\n" },
	      { "kill @ KILL", 1, "caisson: kill @: container not running\n" },
	      { "kill --all @ 9", 0, "" },
	      { "kill -a @ TERM", 0, "" },
	      { "pause @", 1, "caisson: pause @: container not running\n" },
	      { "resume @", 1, "caisson: resume @: container not paused\n" },
	      { "exec @ true", 255, "caisson: exec @: cannot exec in a stopped container\n" },
	      { "ps --format json @", 0, "", "[]\n" },
	      { "create @", 1, "caisson: create @: record: container with given ID already exists\n" },
	      { "delete @", 0, "" },
	      { "list --format=json", 0, "", "null\n" });
}

/* A refused create must not touch the container that has the id. */
Test(words, a_refused_create_leaves_the_other_container_alone)
{
	struct box *box = box_of_sleep();
	pid_t pid = box_pid(box);

	assert_status(box_create(box), 1);
	assert_status(box_run(box), 1);
	cr_assert_str_eq(box_status(box), "running");
	cr_assert_eq(box_pid(box), pid);
}

/* ---- what cannot be run ----------------------------------------------------------------- */

Test(words, of_a_program_that_cannot_be_run)
{
	struct box *box = box_of_sleep();

	box_file(box, "plain", 0644, "text\n");
	box_file(box, "wrong", 0755, "neither ELF nor script\n");
	box_file(box, "lost", 0755, "#!/no/such/interpreter\n");
	CHECK(box,
	      { "exec @ /bin/nonexist", 255, "caisson: exec @: program: exec: \"/bin/nonexist\": "
		"stat /bin/nonexist: no such file or directory\n" },
	      { "exec @ nonexist", 255, "caisson: exec @: program: exec: \"nonexist\": executable "
		"file not found in $PATH\n" },
	      { "exec @ /tmp", 255, "caisson: exec @: program: exec: \"/tmp\": permission "
		"denied: it is a directory\n" },
	      { "exec @ /plain", 255, "caisson: exec @: program: exec: \"/plain\": permission "
		"denied\n" },
	      { "exec @ /wrong", 255, "caisson: exec @: exec: exec /wrong: exec format error\n  hint: "
		"it is neither a script with a #! line nor a program for this machine\n" },
	      { "exec @ /lost", 255, "caisson: exec @: exec: exec /lost: no such file or directory\n"
		"  hint: it is there; the interpreter its first line or its ELF header names is not\n" },
	      { "exec @", 255, "caisson: exec @: nothing to run: neither --process nor a command is "
		"given\n" },
	      { "exec --user nobody @ true", 255, "caisson: exec @: names: bad user \"nobody\": not "
		"in the container's /etc/passwd\n" },
	      { "exec --user 0x0 @ true", 255, "caisson: exec @: bad uid: \"0x0\" is not a "
		"number\n  hint: give USER or USER:GROUP, each a number or a name that the "
		"container's /etc/passwd and /etc/group have\n" },
	      { "exec --cwd /no/such/place @ true", 255, "caisson: exec @: user: enter "
		"\"/no/such/place\": No such file or directory\n" });
}

Test(words, the_status_of_what_was_run)
{
	struct box *box = box_of_sleep();

	assert_status(box_exec(box, "sh", "-c", "exit 37"), 37);
	assert_status(box_exec(box, "sh", "-c", "kill -9 $$"), 137);
	assert_status(box_exec(box, "sh", "-c", "kill -TERM $$"), 143);
	assert_ok(box_delete_force(box));
	box_shell(box, "exit 37");
	assert_status(box_run(box), 37);
	/* A first process can be killed from outside only. */
	box_args(box, "sleep", "1000");
	struct running run = box_begin_run(box);
	while (runtime(box, "state", box->id).status || strcmp(box_status(box), "running"))
		;
	assert_ok(box_kill(box, "KILL"));
	assert_status(runtime_finish(&run), 137);
}

/* ---- command lines ---------------------------------------------------------------------- */

Test(words, of_commands_and_options_that_do_not_exist)
{
	CHECK(NULL,
	      { "strat web", 3, "caisson: No help topic for 'strat'\n"
				"  hint: did you mean \"caisson start\"?\n" },
	      { "start --nonsense web", 1, "caisson: flag provided but not defined: -nonsense\n"
				     "  hint: see: caisson help start\n" },
	      { "--nonsense list", 1, "caisson: flag provided but not defined: -nonsense\n"
				 "  hint: see: caisson --help\n" },
	      { "state", 1, "caisson: \"state\" requires exactly 1 argument(s)\n"
			 "  hint: usage: caisson state <container-id>\n" },
	      { "state one two", 1, "caisson: \"state\" requires exactly 1 argument(s)\n"
			      "  hint: usage: caisson state <container-id>\n" },
	      { "create -f", 1, "caisson: option --config requires an argument\n" });
}

/* ---- what engines read ------------------------------------------------------------------ */

static const char *keys_of(json_t *object)
{
	static char text[512];
	const char *key;
	json_t *value;

	text[0] = '\0';
	json_object_foreach(object, key, value)
		strcat(strcat(text, *text ? " " : ""), key);
	return text;
}

static json_t *parse(const char *text)
{
	json_error_t error;
	json_t *value = json_loads(text, 0, &error);

	cr_assert_not_null(value, "%s in %s", error.text, text);
	return value;
}

Test(words, the_log_of_a_failure_is_one_object)
{
	struct box *box = box_new();
	char log[256];
	struct said said;
	json_t *object;

	snprintf(log, sizeof log, "%s/log.json", boxes_folder());
	box_set(box, "linux.resources.memory.limit", "'512M'");
	box_write(box);
	said = runtime(box, "--log", log, "--log-format", "json", "create", box->id);
	cr_assert_eq(said.status, 1);
	object = parse(file_text("%s", log));
	cr_assert_str_eq(keys_of(object), "level msg time path errno hint");
	cr_assert_str_eq(json_string_value(json_object_get(object, "level")), "error");
	snprintf(log, sizeof log, "%s\n", json_string_value(json_object_get(object, "msg")));
	cr_assert_str_eq(said.err, log);
}

Test(words, a_failing_step_is_a_key_of_the_log)
{
	struct box *box = box_new();
	char log[128], wanted[256];
	struct said said;
	json_t *object;

	snprintf(log, sizeof log, "%s/log.json", boxes_folder());
	box_args(box, "/bin/nonexist");
	box_write(box);
	said = runtime(box, "--log", log, "--log-format=json", "run", box->id);
	cr_assert_eq(said.status, 1);
	snprintf(wanted, sizeof wanted, "run %s: program: exec: \"/bin/nonexist\": stat "
		 "/bin/nonexist: no such file or directory (config.json:10:7: process.args[0])",
		 box->id);
	object = parse(file_text("%s", log));
	cr_assert_str_eq(keys_of(object), "level msg time step path errno");
	cr_assert_str_eq(json_string_value(json_object_get(object, "step")), "program");
	cr_assert_str_eq(json_string_value(json_object_get(object, "errno")), "ENOENT");
	cr_assert_str_eq(json_string_value(json_object_get(object, "msg")), wanted);
	strcat(wanted, "\n");
	cr_assert_str_eq(said.err, wanted);
}

Test(words, the_pid_file_is_a_number_and_nothing_else)
{
	struct box *box = box_new();
	char wanted[16];

	box_args(box, "sleep", "1000");
	box_write(box);
	assert_ok(runtime(box, "create", "--pid-file", "init.pid", box->id));
	snprintf(wanted, sizeof wanted, "%d", box_pid(box));
	cr_assert_str_eq(file_text("%s/init.pid", box->bundle), wanted);
	assert_ok(runtime(box, "exec", "-d", "--pid-file", "exec.pid", box->id, "sleep", "1000"));
	cr_assert_gt(atoi(file_text("%s/exec.pid", box->bundle)), 0);
	cr_assert_null(strchr(file_text("%s/exec.pid", box->bundle), '\n'));
}

/* conmon takes the file as the word that exec succeeded. */
Test(words, an_exec_that_failed_has_no_pid_file)
{
	struct box *box = box_of_sleep();
	struct stat about;
	char path[128];

	snprintf(path, sizeof path, "%s/exec.pid", box->bundle);
	assert_status(runtime(box, "exec", "-d", "--pid-file", path, box->id, "nonexist"), 255);
	cr_assert_eq(stat(path, &about), -1);
}

Test(words, the_keys_of_the_state)
{
	struct box *box = box_new();
	struct said said;
	json_t *state;

	box_args(box, "sleep", "1000");
	box_set(box, "annotations", "{'org.example': 'yes'}");
	assert_ok(box_create(box));
	said = runtime(box, "state", box->id);
	cr_assert_eq(strncmp(said.out, "{\n  \"ociVersion\": ", 18), 0, "%s", said.out);
	state = parse(said.out);
	cr_assert_str_eq(keys_of(state), "ociVersion id pid status bundle rootfs created "
					 "annotations owner");
	cr_assert_str_eq(json_string_value(json_object_get(state, "bundle")), box->bundle);
	cr_assert_str_eq(json_string_value(json_object_get(state, "rootfs")), box->rootfs);
	cr_assert_str_eq(json_string_value(json_object_get(state, "owner")), "root");
	assert_ok(box_kill(box, "KILL"));
	box_wait_status(box, "stopped");
	cr_assert_eq(box_pid(box), 0);
}

Test(words, the_lines_of_the_version)
{
	struct said said = runtime(NULL, "--version");
	char *rest, *text = strdup(said.out);

	cr_assert_eq(said.status, 0);
	cr_assert_eq(strncmp(strtok_r(text, "\n", &rest), "caisson version ", 16), 0);
	cr_assert_eq(strncmp(strtok_r(NULL, "\n", &rest), "commit: ", 8), 0);
	cr_assert_eq(strncmp(strtok_r(NULL, "\n", &rest), "spec: 1.", 8), 0);
	cr_assert_str_eq(said.err, "");
	free(text);
}

Test(words, features_are_json_with_what_engines_look_at)
{
	struct said said = runtime(NULL, "features");
	json_t *features = parse(said.out);

	cr_assert_eq(said.status, 0);
	cr_assert_str_eq(said.err, "");
	cr_assert(json_is_true(config_get(features, "linux.mountExtensions.idmap.enabled")));
	cr_assert_not_null(strstr(said.out, "\"rro\""));
	cr_assert_not_null(strstr(said.out, "\"user\""));
}

/* ---- how engines call ------------------------------------------------------------------- */

Test(words, options_may_be_spelled_and_repeated_as_engines_do)
{
	struct box *box = box_new();

	box_args(box, "sleep", "1000");
	box_write(box);
	assert_ok(runtime(box, "--root", boxes_root(), "--log-format=text", "-log-format", "json",
			  "--systemd-cgroup=false", "--rootless=auto", "create", "-no-subreaper",
			  "--bundle", box->bundle, "--pid-file=first", "--pid-file", "second",
			  box->id));
	cr_assert_str_eq(file_text("%s/first", box->bundle), "");
	cr_assert_gt(atoi(file_text("%s/second", box->bundle)), 0);
	assert_ok(runtime(box, "delete", box->id, "--force"));
}

Test(words, an_empty_environment_is_enough)
{
	struct box *box = box_new();

	clearenv();
	box_args(box, "/bin/echo", "still here");
	assert_prints(box_run(box), "still here\n");
}

Test(words, a_relative_root_is_where_the_caller_is)
{
	struct box *box = box_new();
	struct stat about;
	char path[160];

	box_args(box, "sleep", "1000");
	box_write(box);
	assert_ok(runtime(box, "--root", "state", "create", "--bundle", ".", box->id));
	snprintf(path, sizeof path, "%s/state/%s", box->bundle, box->id);
	cr_assert_eq(stat(path, &about), 0);
	assert_ok(runtime(box, "--root=state", "delete", "--force", box->id));
	cr_assert_eq(stat(path, &about), -1);
}

Test(words, of_terminals_and_console_sockets)
{
	struct box *box = box_new();

	box_set(box, "process.terminal", "true");
	box_write(box);
	CHECK(box,
	      { "create @", 1, "caisson: create @: a detached container's terminal needs a "
		"--console-socket to be handed over to (config.json:4:17: process.terminal)\n"
		"  hint: set process.terminal to false, or run in the foreground\n" },
	      { "run -d @", 1, "caisson: run @: a detached container's terminal needs a "
		"--console-socket to be handed over to (config.json:4:17: process.terminal)\n"
		"  hint: set process.terminal to false, or run in the foreground\n" },
	      { "create --console-socket missing.sock @", 1, "caisson: create @: console socket: "
		"connect to console socket missing.sock: No such file or directory\n" });
	box_set(box, "process.terminal", "false");
	box_write(box);
	CHECK(box,
	      { "create --console-socket missing.sock @", 1, "caisson: create @: --console-socket "
		"is given, but the process asks for no terminal\n  hint: set process.terminal to "
		"true, or leave --console-socket out\n" });
}
