/* test_events.c -- what `events` says of containers is what happens to them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/box.h"
#include "tests/lib/config.h"
#include "tests/lib/host.h"
#include "tests/lib/limits.h"

/* Emulated, and on a busy machine, a command takes seconds. */
TestSuite(events, .init = boxes_open, .fini = boxes_close, .timeout = 600);

static struct box *sleeper(void)
{
	struct box *box = box_new();

	box_args(box, "sleep", "1000");
	return box;
}

/* From here on box_wait_output() waits for what `events` prints. Its first line tells that it
 * listens. */
static struct running begin_events(struct box *box, const char *interval)
{
	struct running running =
		runtime_begin(box, "events", "--interval", interval, box->id);

	box->output = running.call;
	return running;
}

static unsigned count(const char *text, const char *word)
{
	unsigned found = 0;

	for (; (text = strstr(text, word)); text += strlen(word))
		found++;
	return found;
}

/* The object behind "data" in the first line. As reals: "no limit" is more than jansson's integers
 * hold. */
static json_t *data_of(const char *lines)
{
	const size_t flags = JSON_DISABLE_EOF_CHECK | JSON_DECODE_INT_AS_REAL;
	json_t *line = json_loads(lines, flags, NULL);

	cr_assert_not_null(line, "no JSON: %s", lines);
	cr_assert_str_eq(json_string_value(json_object_get(line, "type")), "stats");
	return json_object_get(line, "data");
}

static json_t *stats_of(struct box *box)
{
	struct said said = runtime(box, "events", "--stats", box->id);

	cr_assert_eq(said.status, 0, "%s", said.err);
	cr_assert_str_eq(said.err, "");
	cr_assert_eq(count(said.out, "\n"), 1, "%s", said.out);
	return data_of(said.out);
}

static double number(json_t *data, const char *path)
{
	json_t *value = config_get(data, path);

	cr_assert(json_is_real(value), "%s in %s", path, json_dumps(data, 0));
	return json_real_value(value);
}

/* ---- numbers --------------------------------------------------------------------------------- */

Test(events, show_the_limits)
{
	struct box *box = box_new();
	json_t *data;

	needs_controller("pids");
	needs_controller("memory");
	box_set(box, "linux.resources.pids.limit", "23");
	box_set(box, "linux.resources.memory.limit", "33554432");
	/* More work than the clock of a user-mode kernel overlooks. */
	box_shell(box, "i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done; echo worked; "
		       "exec sleep 1000");
	box_begin(box);
	box_wait_output(box, "worked\n");
	data = stats_of(box);
	cr_assert_eq(number(data, "pids.limit"), 23);
	cr_assert_eq(number(data, "memory.usage.limit"), 33554432);
	cr_assert_gt(number(data, "memory.usage.usage"), 0);
	cr_assert_gt(number(data, "cpu.usage.total"), 0);
}

Test(events, count_the_processes)
{
	struct box *box = box_new();

	needs_controller("pids");
	box_shell(box, "sleep 1000 & sleep 1000 & sleep 1000 & echo there; wait");
	box_begin(box);
	box_wait_output(box, "there");
	cr_assert_eq(number(stats_of(box), "pids.current"), 4);
}

/* "some avg10=0.00 avg60=0.00 avg300=0.00 total=9211": the number at the end. */
static double pressure_of(pid_t pid, const char *file)
{
	const char *folder = cgroup_folder(pid, "not of v1");
	const char *total = strstr(file_text("%s/%s", folder, file), "total=");

	return total ? atof(total + strlen("total=")) : -1;
}

/* Two are in each other's way where there is time for less than one. */
Test(events, show_the_pressure)
{
	struct box *box = box_new();
	json_t *data;
	pid_t pid;

	needs_controller("cpu");
	box_set(box, "linux.resources.cpu", "{'quota': 10000, 'period': 50000}");
	box_shell(box, "while :; do :; done & while :; do :; done");
	box_begin(box);
	pid = box_pid(box);
	if (pressure_of(pid, "cpu.pressure") < 0)
		boxes_skip("this host has no pressure stall information of cgroups");
	for (unsigned i = 0; pressure_of(pid, "cpu.pressure") == 0; i++) {
		cr_assert_lt(i, 1000, "two busy processes, and no pressure");
		stats_of(box);
	}
	data = stats_of(box);
	cr_assert_gt(number(data, "cpu.psi.some.total"), 0);
	cr_assert_leq(number(data, "cpu.psi.some.total"), pressure_of(pid, "cpu.pressure"));
	cr_assert_geq(number(data, "memory.psi.full.total"), 0);
	cr_assert_geq(number(data, "blkio.psi.full.total"), 0);
}

Test(events, count_the_forks_that_were_refused)
{
	struct box *box = box_new();

	needs_controller("pids");
	box_set(box, "linux.resources.pids.limit", "3");
	/* The shell that cannot fork ends over it. */
	box_shell(box, "sh -c 'sleep 1000 & (true); true'; exec sleep 1000");
	assert_ok(box_create(box));
	if (!*cgroup_text(box_pid(box), "pids", "pids.events"))
		boxes_skip("this kernel does not count refused forks");
	assert_ok(box_start(box));
	limit_wait(box_pid(box), "pids", "pids.events", "pids.events", "max", 1);
	cr_assert_geq(number(stats_of(box), "pids.events.max"), 1);
}

Test(events, count_the_refused_for_each_size_of_huge_pages)
{
	struct box *box = sleeper();

	needs_huge_pages();
	/* cgroup v2 counts where a limit had the controller enabled. */
	box_set(box, "linux.resources.hugepageLimits[+]", "{'pageSize': '2MB', 'limit': 4194304}");
	box_begin(box);
	cr_assert_eq(number(stats_of(box), "hugetlb.2MB.failcnt"), 0);
}

Test(events, show_who_is_throttled)
{
	struct box *box = box_new();
	struct running events;

	needs_controller("cpu");
	box_set(box, "linux.resources.cpu", "{'quota': 5000, 'period': 50000}");
	box_shell(box, "while :; do :; done");
	box_begin(box);
	events = begin_events(box, "50ms");
	box_wait_output(box, "\"throttledPeriods\":");
	assert_ok(box_kill(box, "KILL"));
	assert_ok(runtime_finish(&events));
}

Test(events, are_there_before_the_start_and_while_it_is_paused)
{
	struct box *box = sleeper();

	needs_controller("pids");
	assert_ok(box_create(box));
	cr_assert_eq(number(stats_of(box), "pids.current"), 1);
	assert_ok(box_start(box));
	assert_ok(runtime(box, "pause", box->id));
	cr_assert_eq(number(stats_of(box), "pids.current"), 1);
	assert_ok(runtime(box, "resume", box->id));
}

/* ---- out of memory --------------------------------------------------------------------------- */

static void may_use_little(struct box *box)
{
	needs_controller("memory");
	box_set(box, "linux.resources.memory", "{'limit': 16777216, 'swap': 16777216}");
}

#define GREEDY "dd if=/dev/zero of=/dev/null bs=64M count=1"

/* Runs it with somebody listening, and returns how often they heard of the OOM killer. */
static unsigned strikes_of(struct box *box)
{
	struct running events;
	struct said said;
	char line[96];

	assert_ok(box_create(box));
	events = begin_events(box, "100ms");
	box_wait_output(box, "stats");
	assert_ok(box_start(box));
	said = runtime_finish(&events);
	cr_assert_eq(said.status, 0, "%s", said.err);
	cr_assert_str_eq(said.err, "");
	snprintf(line, sizeof line, "{\"type\":\"oom\",\"id\":\"%s\"}\n", box->id);
	return count(said.out, line);
}

Test(events, tell_once_that_the_container_ran_out_of_memory)
{
	struct box *box = box_new();

	may_use_little(box);
	box_shell(box, "exec " GREEDY);
	cr_assert_eq(strikes_of(box), 1);
}

Test(events, tell_each_time_that_a_process_ran_out_of_memory)
{
	struct box *box = box_new();

	may_use_little(box);
	box_shell(box, "for i in 1 2 3; do sh -c '" GREEDY "; exit 3'; done; exit 0");
	cr_assert_eq(strikes_of(box), 3);
}

Test(events, do_not_tell_what_happened_before_they_looked)
{
	struct box *box = box_new();
	struct running events;
	struct said said;

	may_use_little(box);
	box_shell(box, GREEDY "; echo survived; exec sleep 1000");
	box_begin(box);
	box_wait_output(box, "survived");
	events = begin_events(box, "50ms");
	box_wait_output(box, "stats");
	assert_ok(box_kill(box, "KILL"));
	said = runtime_finish(&events);
	cr_assert_eq(count(said.out, "\"type\":\"oom\""), 0, "%s", said.out);
}

/* ---- when ------------------------------------------------------------------------------------ */

/* The heading of the table is printed when the container has been found. */
Test(events, end_with_the_container_and_not_with_the_interval)
{
	struct box *box = sleeper();
	struct running events;
	struct said said;

	box_begin(box);
	events = runtime_begin(box, "events", "--format", "table", "--interval", "1h", box->id);
	box->output = events.call;
	box_wait_output(box, "WRITTEN\n");
	assert_ok(box_kill(box, "KILL"));
	said = runtime_finish(&events);
	cr_assert_eq(said.status, 0, "%s", said.err);
	cr_assert_eq(count(said.out, "\n"), 1, "%s", said.out);
	cr_assert_str_eq(said.err, "");
}

Test(events, come_at_every_interval)
{
	struct box *box = sleeper();
	struct running events;

	box_begin(box);
	events = begin_events(box, "20ms");
	box_wait_times(box, "stats", 3);
	assert_ok(box_kill(box, "KILL"));
	assert_ok(runtime_finish(&events));
}

/* Who waits for it searches for the word, as runc's tests do. */
Test(events, have_no_oom_in_them_before_there_is_one)
{
	struct box *box = sleeper();
	struct said said;

	needs_controller("memory");
	box_begin(box);
	said = runtime(box, "events", "--stats", box->id);
	cr_assert_eq(said.status, 0, "%s", said.err);
	cr_assert_not_null(strstr(said.out, "\"memory\""));
	cr_assert_null(strstr(said.out, "oom"), "%s", said.out);
}

Test(events, end_when_nobody_reads_them)
{
	struct box *box = sleeper();
	char script[512];

	box_begin(box);
	snprintf(script, sizeof script, "'%s' --root '%s' events --interval 10ms %s | head -n 2 > /dev/null",
		 boxes_runtime(), boxes_root(), box->id);
	cr_assert_eq(system(script), 0);
	cr_assert_str_eq(box_status(box), "running");
}

/* ---- many ------------------------------------------------------------------------------------ */

Test(events, of_several_containers_are_a_line_for_each)
{
	struct box *one = sleeper(), *other = sleeper();
	struct said said;
	char first[96], second[96];

	box_begin(one);
	box_begin(other);
	said = runtime(NULL, "events", "--stats", other->id, one->id);
	cr_assert_eq(said.status, 0, "%s", said.err);
	snprintf(first, sizeof first, "{\"type\":\"stats\",\"id\":\"%s\"", other->id);
	snprintf(second, sizeof second, "\n{\"type\":\"stats\",\"id\":\"%s\"", one->id);
	cr_assert_eq(strncmp(said.out, first, strlen(first)), 0, "%s", said.out);
	cr_assert_not_null(strstr(said.out, second), "%s", said.out);
	cr_assert_eq(count(said.out, "\n"), 2);
}

Test(events, of_several_containers_end_with_the_last)
{
	struct box *one = sleeper(), *other = sleeper();
	struct running events;
	char word[96];

	box_begin(one);
	box_begin(other);
	events = runtime_begin(one, "events", "--interval", "20ms", one->id, other->id);
	one->output = other->output = events.call;
	box_wait_output(one, one->id);
	assert_ok(box_kill(one, "KILL"));
	box_wait_status(one, "stopped");
	snprintf(word, sizeof word, "\"id\":\"%s\"", other->id);
	box_wait_times(other, word, count(box_output(other), word) + 2);
	assert_ok(box_kill(other, "KILL"));
	assert_ok(runtime_finish(&events));
}

Test(events, of_all_are_those_of_who_lives)
{
	struct box *one = sleeper(), *ended = sleeper();
	struct said said;

	box_begin(one);
	box_begin(ended);
	assert_ok(box_kill(ended, "KILL"));
	box_wait_status(ended, "stopped");
	said = runtime(NULL, "events", "--stats", "--all");
	cr_assert_eq(said.status, 0, "%s", said.err);
	cr_assert_eq(count(said.out, one->id), 1, "%s", said.out);
	cr_assert_eq(count(said.out, "\n"), 1, "%s", said.out);
	assert_ok(box_delete_force(one));
	assert_prints(runtime(NULL, "events", "--all"), "");
}

/* ---- no -------------------------------------------------------------------------------------- */

Test(events, of_who_does_not_live_are_refused)
{
	struct box *box = sleeper();
	char words[96];

	assert_fails(runtime(box, "events", box->id), 1, "container does not exist");
	box_begin(box);
	assert_ok(box_kill(box, "KILL"));
	box_wait_status(box, "stopped");
	snprintf(words, sizeof words, "container with id %s is not running", box->id);
	assert_fails(runtime(box, "events", box->id), 1, words);
	assert_fails(runtime(box, "events", "--stats", box->id), 1, words);
}

Test(events, want_an_interval_that_passes)
{
	struct box *box = sleeper();

	box_begin(box);
	assert_fails(runtime(box, "events", "--interval", "0", box->id), 1,
		     "duration interval must be greater than 0");
	assert_fails(runtime(box, "events", "--interval=-1s", box->id), 1,
		     "duration interval must be greater than 0");
	assert_fails(runtime(box, "events", "--interval", "5", box->id), 1,
		     "invalid value \"5\" for flag -interval: parse error");
}

Test(events, want_to_know_of_whom)
{
	assert_fails(runtime(NULL, "events"), 1, "\"events\" requires a minimum of 1 argument(s)");
	assert_fails(runtime(NULL, "events", "--all", "web"), 1,
		     "--all is for all containers: web cannot be named too");
}

/* ---- for people ------------------------------------------------------------------------------ */

Test(events, are_a_table_for_who_asks_for_one)
{
	struct box *box = sleeper();
	struct said said;
	char row[64];

	box_begin(box);
	said = runtime(box, "events", "--stats", "--format", "table", box->id);
	cr_assert_eq(said.status, 0, "%s", said.err);
	cr_assert_eq(strncmp(said.out, "ID ", 3), 0, "%s", said.out);
	snprintf(row, sizeof row, "\n%s ", box->id);
	cr_assert_not_null(strstr(said.out, row), "%s", said.out);
	cr_assert_eq(count(said.out, "\n"), 2, "%s", said.out);
}
