/* test_debug.c -- with --debug the log tells what was done on what; without, engines find in it what
 * they parse. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/lib/box.h"
#include "tests/lib/config.h"
#include "tests/lib/host.h"

TestSuite(debug, .init = boxes_open, .fini = boxes_close, .timeout = 120);

static char log_path[128];

static struct box *box_with_log(void)
{
	struct box *box = box_new();

	snprintf(log_path, sizeof log_path, "%s/log", boxes_folder());
	box_args(box, "true");
	box_write(box);
	return box;
}

/* Every line of the log, one object each, in one array. */
static json_t *log_lines(void)
{
	json_t *lines = json_array();
	size_t at = 0;

	for (const char *text = file_text("%s", log_path); text[at];) {
		json_error_t error;
		json_t *line = json_loads(text + at, JSON_DISABLE_EOF_CHECK, &error);

		cr_assert_not_null(line, "no JSON: %s", text + at);
		json_array_append_new(lines, line);
		at += (size_t)error.position;
		cr_assert_eq(text[at++], '\n');
	}
	return lines;
}

static const char *member(json_t *line, const char *key)
{
	const char *text = json_string_value(json_object_get(line, key));

	return text ? text : "";
}

static bool says(json_t *lines, const char *level, const char *words)
{
	json_t *line;
	size_t i;

	json_array_foreach (lines, i, line) {
		if (!strcmp(member(line, "level"), level) && strstr(member(line, "msg"), words))
			return true;
	}
	return false;
}

#define assert_says(lines, words) \
	cr_assert(says((lines), "debug", (words)), "no \"%s\" in %s", (words), file_text("%s", log_path))

Test(debug, tells_each_step_and_what_it_acts_on)
{
	struct box *box = box_with_log();
	char bundle[128], command[64];
	json_t *lines;

	box_set(box, "hooks.poststop[+]", "{'path': '/bin/true'}");
	box_set(box, "linux.resources.pids.limit", "23");
	box_write(box);
	assert_ok(runtime(box, "--log", log_path, "--log-format", "json", "--debug", "run", box->id));
	lines = log_lines();
	snprintf(bundle, sizeof bundle, "bundle %s", box->bundle);
	snprintf(command, sizeof command, "--debug run %s", box->id);
	assert_says(lines, command);
	assert_says(lines, bundle);
	assert_says(lines, "step \"record\": ");
	assert_says(lines, "step \"enter root\": pivot_root, and the host's mounts are gone");
	assert_says(lines, "mount proc on /proc");
	assert_says(lines, "execute /bin/true");
	assert_says(lines, "poststop hook /bin/true");
	if (!host_has_controller("pids"))
		return;
	assert_says(lines, "make cgroup /sys/fs/cgroup");
	assert_says(lines, "write \"23\" to /sys/fs/cgroup");
}

/* runc's own tests look for these, and people who know its log. */
Test(debug, tells_what_runc_says_at_the_same_moments)
{
	struct box *box = box_with_log();

	box_set(box, "process.args", "['/bin/sleep', '1000']");
	box_set(box, "process.execCPUAffinity", "{'initial': '0'}");
	box_set(box, "linux.seccomp", "{'defaultAction': 'SCMP_ACT_ALLOW', 'flags': []}");
	box_write(box);
	assert_ok(runtime(box, "--log", log_path, "--log-format", "json", "--debug", "run", "-d",
			  box->id));
	assert_says(log_lines(), "nsexec container setup");
	assert_says(log_lines(), "child process in init()");
	assert_says(log_lines(), "init: closing the pipe to signal completion");
	assert_says(log_lines(), "seccomp filter flags: 0");
	unlink(log_path);
	assert_ok(runtime(box, "--log", log_path, "--log-format", "json", "--debug", "exec", box->id,
			  "/bin/true"));
	assert_says(log_lines(), "nsexec container setup");
	assert_says(log_lines(), ": affinity: 0x1");
	assert_says(log_lines(), "child process in init()");
	assert_says(log_lines(), "setns_init: about to exec");
}

Test(debug, ends_the_log_of_a_failure_with_the_error)
{
	struct box *box = box_with_log();
	json_t *lines, *last;

	assert_status(runtime(box, "--log", log_path, "--log-format", "json", "--debug", "--trip",
			      "enter root", "run", box->id),
		      1);
	lines = log_lines();
	last = json_array_get(lines, json_array_size(lines) - 1);
	cr_assert_gt(json_array_size(lines), 5);
	cr_assert_str_eq(member(last, "level"), "error");
	cr_assert_not_null(strstr(member(last, "msg"), "tripped, as --trip asked"));
}

Test(debug, is_off_and_then_a_failure_is_the_only_object)
{
	struct box *box = box_with_log();
	json_t *lines;

	assert_status(runtime(box, "--log", log_path, "--log-format", "json", "--trip", "enter root",
			      "run", box->id),
		      1);
	lines = log_lines();
	cr_assert_eq(json_array_size(lines), 1, "%s", file_text("%s", log_path));
	cr_assert_str_eq(member(json_array_get(lines, 0), "level"), "error");
	unlink(log_path);
	assert_ok(runtime(box, "--log", log_path, "--log-format", "json", "run", box->id));
	cr_assert_str_eq(file_text("%s", log_path), "");
}

Test(debug, is_said_to_people_on_stderr)
{
	struct box *box = box_with_log();
	struct said said = runtime(box, "--log-level", "debug", "run", box->id);

	cr_assert_eq(said.status, 0);
	cr_assert_not_null(strstr(said.err, "\ncaisson: debug: execute /bin/true\n"), "%s",
			   said.err);
	cr_assert_str_eq(said.out, "");
}

Test(debug, does_not_come_between_an_engine_and_the_state)
{
	struct box *box = box_with_log();
	struct said said;

	assert_ok(box_create(box));
	said = runtime(box, "--debug", "state", box->id);
	cr_assert_eq(said.status, 0);
	cr_assert_str_eq(said.err, "");
}

Test(debug, of_the_inside_comes_through_start_too)
{
	struct box *box = box_with_log();

	assert_ok(runtime(box, "--log", log_path, "--log-format", "json", "--debug", "create",
			  box->id));
	cr_assert_not(says(log_lines(), "debug", "execute /bin/true"));
	assert_ok(runtime(box, "--log", log_path, "--log-format", "json", "--debug", "start",
			  box->id));
	assert_says(log_lines(), "execute /bin/true");
}
