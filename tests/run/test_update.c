/* test_update.c -- `update`: the kernel's files have the new limits, all of them or none.
 *
 * Good for v1, hybrid and v2 hosts: a row names the file of each. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "tests/lib/box.h"
#include "tests/lib/config.h"
#include "tests/lib/host.h"
#include "tests/lib/limits.h"

/* Emulated, and on a busy machine, a command takes seconds. */
TestSuite(update, .init = boxes_open, .fini = boxes_close, .timeout = 600);

static bool on_v1(pid_t pid, const char *controller)
{
	return !strstr(cgroup_folder(pid, controller), "unified") &&
	       !*cgroup_text(pid, controller, "cgroup.controllers");
}

/* A limit as this host has it, without the newline. */
static const char *limit(pid_t pid, const char *controller, const char *v1, const char *v2)
{
	char *text = (char *)cgroup_text(pid, controller, on_v1(pid, controller) ? v1 : v2);

	text[strcspn(text, "\n")] = '\0';
	return text;
}

static struct box *sleeping_box(void)
{
	struct box *box = box_new();

	box_args(box, "sleep", "1000");
	return box;
}

/* A file with JSON in which ' stands for ", beside the box. */
static const char *resources(const char *json)
{
	static char path[128];
	json_t *value = config_parse(json);

	snprintf(path, sizeof path, "%s/resources.json", boxes_folder());
	cr_assert_eq(json_dump_file(value, path, JSON_ENCODE_ANY), 0);
	json_decref(value);
	return path;
}

static struct said update_by(struct box *box, const char *json)
{
	return runtime(box, "update", "--resources", resources(json), box->id);
}

/* ---- each option ----------------------------------------------------------------------------- */

static const struct {
	const char *option, *value, *controller;
	const char *v1_file, *v1, *v2_file, *v2; /* NULL: refused there */
} options[] = {
	{ "--memory", "64M", "memory", "memory.limit_in_bytes", "67108864", "memory.max",
	  "67108864" },
	{ "--memory", "96m", "memory", "memory.limit_in_bytes", "100663296", "memory.max",
	  "100663296" },
	{ "--memory-swap", "128MiB", "memory", "memory.memsw.limit_in_bytes", "134217728",
	  "memory.swap.max", "33554432" },
	{ "--memory-swap", "-1", "memory", "memory.memsw.limit_in_bytes", "9223372036854771712",
	  "memory.swap.max", "max" },
	{ "--memory-reservation", "32M", "memory", "memory.soft_limit_in_bytes", "33554432",
	  "memory.low", "33554432" },
	{ "--memory", "-1", "memory", "memory.limit_in_bytes", "9223372036854771712", "memory.max",
	  "max" },
	{ "--pids-limit", "77", "pids", "pids.max", "77", "pids.max", "77" },
	{ "--pids-limit", "-1", "pids", "pids.max", "max", "pids.max", "max" },
	{ "--cpu-quota", "30000", "cpu", "cpu.cfs_quota_us", "30000", "cpu.max", "30000 100000" },
	{ "--cpu-period", "60000", "cpu", "cpu.cfs_period_us", "60000", "cpu.max", "30000 60000" },
	{ "--cpu-burst", "10000", "cpu", "cpu.cfs_burst_us", "10000", "cpu.max.burst", "10000" },
	{ "--cpu-burst", "0", "cpu", "cpu.cfs_burst_us", "0", "cpu.max.burst", "0" },
	{ "--cpu-quota", "-1", "cpu", "cpu.cfs_quota_us", "-1", "cpu.max", "max 60000" },
	{ "--cpu-share", "512", "cpu", "cpu.shares", "512", "cpu.weight", "59" },
	{ "--cpu-idle", "1", "cpu", "cpu.idle", "1", "cpu.idle", "1" },
	{ "--cpu-idle", "0", "cpu", "cpu.idle", "0", "cpu.idle", "0" },
	{ "--cpuset-cpus", "0", "cpuset", "cpuset.cpus", "0", "cpuset.cpus", "0" },
	{ "--cpuset-mems", "0", "cpuset", "cpuset.mems", "0", "cpuset.mems", "0" },
	{ "--cpu-rt-period", "500000", "cpu", "cpu.rt_period_us", "500000", NULL, NULL },
	{ "--cpu-rt-runtime", "1000", "cpu", "cpu.rt_runtime_us", "1000", NULL, NULL },
	{ "--blkio-weight", "300", "blkio", "blkio.bfq.weight", "300", "io.bfq.weight",
	  "default 300" },
};

/* Whether this kernel has the file. */
static bool try_option(struct box *box, pid_t pid, size_t i)
{
	const char *controller = options[i].controller;
	bool v1 = on_v1(pid, controller);
	const char *file = v1 ? options[i].v1_file : options[i].v2_file, *now;
	struct said said;

	if (file && !*cgroup_text(pid, controller, file))
		return false;
	said = runtime(box, "update", options[i].option, options[i].value, box->id);
	if (!file) {
		cr_expect_eq(said.status, 1);
		cr_expect_not_null(strstr(said.err, ": cannot be applied: cgroup v2 has no limit "), "%s",
				   said.err);
		return true;
	}
	cr_expect_eq(said.status, 0, "%s", said.err);
	cr_expect_str_eq(said.err, "");
	now = limit(pid, controller, options[i].v1_file, options[i].v2_file);
	cr_expect_str_eq(now, v1 ? options[i].v1 : options[i].v2, "%s %s: %s", options[i].option,
			 options[i].value, now);
	return true;
}

static void try_all_options(struct box *box)
{
	const char *status = box_status(box);
	pid_t pid = box_pid(box);
	unsigned tried = 0;

	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		tried += try_option(box, pid, i);
	cr_log_info("%u options of one that is %s", tried, status);
	cr_expect_gt(tried, 4);
	cr_expect_str_eq(box_status(box), status);
}

Test(update, every_option_is_in_the_file_of_the_kernel_before_the_start)
{
	struct box *box = sleeping_box();

	needs_controller("pids");
	assert_ok(box_create(box));
	try_all_options(box);
}

Test(update, every_option_is_in_the_file_of_the_kernel)
{
	struct box *box = sleeping_box();

	needs_controller("pids");
	box_begin(box);
	try_all_options(box);
}

Test(update, every_option_is_in_the_file_of_the_kernel_while_it_is_paused)
{
	struct box *box = sleeping_box();

	needs_controller("pids");
	box_begin(box);
	assert_ok(runtime(box, "pause", box->id));
	try_all_options(box);
	assert_ok(runtime(box, "resume", box->id));
}

Test(update, zero_means_not_given)
{
	struct box *box = sleeping_box();
	pid_t pid;

	needs_controller("memory");
	needs_controller("cpu");
	box_set(box, "linux.resources.memory.limit", "33554432");
	box_set(box, "linux.resources.cpu", "{'shares': 512, 'quota': 20000, 'period': 50000}");
	pid = box_begin(box);
	assert_prints(runtime(box, "update", "--memory", "0", "--memory-swap", "0",
			      "--memory-reservation", "0", "--cpu-share", "0", "--cpu-quota", "0",
			      "--cpu-period", "0", "--blkio-weight", "0", "--cpuset-cpus", "",
			      box->id),
		      "");
	cr_expect_str_eq(limit(pid, "memory", "memory.limit_in_bytes", "memory.max"), "33554432");
	cr_expect_str_eq(limit(pid, "cpu", "cpu.shares", "cpu.weight"),
			 on_v1(pid, "cpu") ? "512" : "59");
	cr_expect_str_eq(limit(pid, "cpu", "cpu.cfs_quota_us", "cpu.max"),
			 on_v1(pid, "cpu") ? "20000" : "20000 50000");
}

Test(update, nothing_asked_changes_nothing)
{
	struct box *box = sleeping_box();

	box_begin(box);
	assert_prints(runtime(box, "update", box->id), "");
	assert_prints(update_by(box, "{}"), "");
}

/* ---- limits that bound each other ------------------------------------------------------------ */

Test(update, memory_and_swap_grow_and_shrink_together)
{
	static const char *const steps[][2] = {
		{ "33554432", "67108864" }, { "134217728", "268435456" },
		{ "67108864", "67108864" }, { "33554432", "33554432" },
		{ "268435456", "268435456" }, { "16777216", "33554432" },
	};
	struct box *box = sleeping_box();
	pid_t pid;

	needs_controller("memory");
	pid = box_begin(box);
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		char rest[32];

		assert_prints(runtime(box, "update", "--memory", steps[i][0], "--memory-swap",
				      steps[i][1], box->id),
			      "");
		cr_expect_str_eq(limit(pid, "memory", "memory.limit_in_bytes", "memory.max"),
				 steps[i][0]);
		snprintf(rest, sizeof rest, "%ld", atol(steps[i][1]) - atol(steps[i][0]));
		if (*limit(pid, "memory", "memory.memsw.limit_in_bytes", "memory.swap.max"))
			cr_expect_str_eq(limit(pid, "memory", "memory.memsw.limit_in_bytes",
					       "memory.swap.max"),
					 on_v1(pid, "memory") ? steps[i][1] : rest);
	}
}

/* On v2 the file counts swap alone, and has to follow. */
Test(update, memory_and_swap_together_stay_what_they_were_when_memory_changes)
{
	struct box *box = sleeping_box();
	pid_t pid;

	needs_controller("memory");
	box_set(box, "linux.resources.memory", "{'limit': 33554432, 'swap': 134217728}");
	pid = box_begin(box);
	if (!*limit(pid, "memory", "memory.memsw.limit_in_bytes", "memory.swap.max"))
		boxes_skip("this kernel does not count swap");
	assert_prints(runtime(box, "update", "--memory", "64M", box->id), "");
	cr_expect_str_eq(limit(pid, "memory", "memory.memsw.limit_in_bytes", "memory.swap.max"),
			 on_v1(pid, "memory") ? "134217728" : "67108864");
	assert_prints(runtime(box, "update", "--memory-swap", "256M", box->id), "");
	assert_prints(runtime(box, "update", "--memory", "128M", box->id), "");
	cr_expect_str_eq(limit(pid, "memory", "memory.memsw.limit_in_bytes", "memory.swap.max"),
			 on_v1(pid, "memory") ? "268435456" : "134217728");
	assert_fails(runtime(box, "update", "--memory", "512M", box->id), 1,
		     "--memory-swap: 268435456 is memory and swap together, and less than "
		     "memory.limit 536870912");
	cr_expect_str_eq(limit(pid, "memory", "memory.limit_in_bytes", "memory.max"), "134217728");
}

Test(update, quota_period_and_burst_grow_and_shrink_together)
{
	static const char *const steps[][3] = {
		{ "50000", "100000", "20000" }, { "10000", "20000", "5000" },
		{ "400000", "1000000", "300000" }, { "2000", "2000", "1000" },
		{ "90000", "100000", "90000" }, { "1000", "1000000", "0" },
	};
	struct box *box = sleeping_box();
	char both[32];
	pid_t pid;

	needs_controller("cpu");
	pid = box_begin(box);
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		assert_prints(runtime(box, "update", "--cpu-quota", steps[i][0], "--cpu-period",
				      steps[i][1], "--cpu-burst", steps[i][2], box->id),
			      "");
		snprintf(both, sizeof both, "%s %s", steps[i][0], steps[i][1]);
		cr_expect_str_eq(limit(pid, "cpu", "cpu.cfs_quota_us", "cpu.max"),
				 on_v1(pid, "cpu") ? steps[i][0] : both);
		cr_expect_str_eq(limit(pid, "cpu", "cpu.cfs_burst_us", "cpu.max.burst"),
				 steps[i][2]);
	}
	assert_fails(runtime(box, "update", "--cpu-burst", "2000", box->id), 1,
		     "--cpu-burst: 2000 is larger than cpu.quota 1000");
}

Test(update, who_is_no_longer_idle_gets_a_weight_in_the_same_update)
{
	struct box *box = sleeping_box();
	pid_t pid;

	needs_controller("cpu");
	pid = box_begin(box);
	assert_prints(runtime(box, "update", "--cpu-idle", "1", box->id), "");
	assert_fails(runtime(box, "update", "--cpu-share", "100", box->id), 1,
		     "hint: the container is SCHED_IDLE, which has no other weight: set cpu.idle "
		     "to 0");
	assert_prints(runtime(box, "update", "--cpu-share", "100", "--cpu-idle", "0", box->id), "");
	cr_expect_str_eq(limit(pid, "cpu", "cpu.shares", "cpu.weight"),
			 on_v1(pid, "cpu") ? "100" : "17");
}

/* ---- a JSON object --------------------------------------------------------------------------- */

Test(update, takes_an_object_and_leaves_what_it_does_not_name)
{
	struct box *box = sleeping_box();
	pid_t pid;

	needs_controller("memory");
	needs_controller("pids");
	box_set(box, "linux.resources.memory.limit", "67108864");
	pid = box_begin(box);
	assert_prints(update_by(box, "{'pids': {'limit': 12}, 'somethingElse': 1}"), "");
	cr_expect_str_eq(limit(pid, "pids", "pids.max", "pids.max"), "12");
	cr_expect_str_eq(limit(pid, "memory", "memory.limit_in_bytes", "memory.max"), "67108864");
}

Test(update, reads_an_object_from_its_standard_input)
{
	struct box *box = sleeping_box();
	char line[512];
	pid_t pid;

	needs_controller("pids");
	pid = box_begin(box);
	snprintf(line, sizeof line, "echo '{\"pids\":{\"limit\":13}}' | %s --root %s update -r - %s",
		 boxes_runtime(), boxes_root(), box->id);
	cr_assert_eq(system(line), 0);
	cr_expect_str_eq(limit(pid, "pids", "pids.max", "pids.max"), "13");
}

Test(update, sets_files_of_v2_by_name)
{
	struct box *box = sleeping_box();
	pid_t pid;

	needs_controller("memory");
	pid = box_begin(box);
	if (on_v1(pid, "memory")) {
		assert_fails(update_by(box, "{'unified': {'memory.high': '33554432'}}"), 1,
			     "linux.resources.unified[\"memory.high\"]" + 16);
		return;
	}
	assert_prints(update_by(box, "{'unified': {'memory.high': '33554432'}}"), "");
	cr_expect_str_eq(limit(pid, "memory", "", "memory.high"), "33554432");
}

Test(update, tells_that_options_are_not_used_beside_an_object)
{
	struct box *box = sleeping_box();
	struct said said;
	pid_t pid;

	needs_controller("pids");
	pid = box_begin(box);
	said = runtime(box, "update", "-r", resources("{'pids': {'limit': 14}}"), "--pids-limit",
		       "15", box->id);
	cr_expect_eq(said.status, 0);
	cr_expect_str_eq(said.err, "caisson: warning: --pids-limit is not used beside "
				   "--resources\n");
	cr_expect_str_eq(limit(pid, "pids", "pids.max", "pids.max"), "14");
}

Test(update, tells_that_kernels_have_no_limit_for_their_own_memory)
{
	struct box *box = sleeping_box();
	struct said said;

	box_begin(box);
	said = runtime(box, "update", "--kernel-memory", "64M", box->id);
	cr_expect_eq(said.status, 0);
	cr_expect_str_eq(said.err, "caisson: warning: linux.resources.memory.kernel is not applied: "
				   "the kernel ignores it since 5.16: such memory counts in "
				   "memory.limit\n");
}

/* ---- in which state -------------------------------------------------------------------------- */

Test(update, reaches_a_container_that_is_not_started_and_one_that_is_paused)
{
	struct box *box = sleeping_box();
	pid_t pid;

	needs_controller("pids");
	assert_ok(box_create(box));
	pid = box_pid(box);
	assert_prints(runtime(box, "update", "--pids-limit", "21", box->id), "");
	cr_expect_str_eq(limit(pid, "pids", "pids.max", "pids.max"), "21");
	cr_expect_str_eq(box_status(box), "created");
	assert_ok(box_start(box));
	assert_ok(runtime(box, "pause", box->id));
	assert_prints(runtime(box, "update", "--pids-limit", "22", "--memory", "64M", box->id), "");
	cr_expect_str_eq(limit(pid, "pids", "pids.max", "pids.max"), "22");
	cr_expect_str_eq(box_status(box), "paused");
	/* On v1 a list with another default is written to a frozen cgroup. */
	assert_prints(update_by(box, "{'devices': [{'allow': true}, {'allow': false, 'type': 'c', "
				     "'major': 1, 'minor': 1}]}"),
		      "");
	cr_expect_str_eq(box_status(box), "paused");
	assert_ok(runtime(box, "resume", box->id));
}

Test(update, refuses_a_container_that_has_ended)
{
	struct box *box = box_new();

	box_args(box, "true");
	assert_ok(box_create(box));
	assert_ok(box_start(box));
	box_wait_status(box, "stopped");
	assert_fails(runtime(box, "update", "--pids-limit", "5", box->id), 1,
		     "container not running\n");
	assert_fails(runtime(box, "update", "--pids-limit", "5", "nobody"), 1,
		     "container does not exist\n");
}

/* ---- all or nothing -------------------------------------------------------------------------- */

static const struct {
	const char *words[5];
	const char *says;
} mistakes[] = {
	{ { "--memory", "64X" },
	  "--memory: expected a size such as 512M, or -1 for no limit, got \"64X\"" },
	{ { "--memory", "-2" },
	  "--memory: expected a size such as 512M, or -1 for no limit, got \"-2\"" },
	{ { "--memory", "9223372036854775808" }, "--memory: 9223372036854775808 is too large" },
	{ { "--memory", "99999999P" }, "--memory: 99999999P is too large" },
	{ { "--memory-swap", "0x10" },
	  "--memory-swap: expected a size such as 512M, or -1 for no limit, got \"0x10\"" },
	{ { "--memory", "64M", "--memory-swap", "32M" },
	  "--memory-swap: 33554432 is memory and swap together, and less than memory.limit "
	  "67108864" },
	{ { "--pids-limit", "many" }, "--pids-limit: expected a whole number, got \"many\"" },
	{ { "--pids-limit", "99999999" },
	  "--pids-limit: 99999999 is in tasks; the kernel takes 0 to 4194304, or -1 for no limit" },
	{ { "--cpu-quota", "999" },
	  "--cpu-quota: 999 is in microseconds; the kernel takes 1000 to 17592186044415, or -1 for "
	  "no limit" },
	{ { "--cpu-period", "-1" },
	  "--cpu-period: expected a whole number from 0 on, got \"-1\"" },
	{ { "--cpu-period", "1000001" },
	  "--cpu-period: 1000001 is in microseconds; the kernel takes 1000 to 1000000" },
	{ { "--cpu-quota", "5000", "--cpu-burst", "6000" },
	  "--cpu-burst: 6000 is larger than cpu.quota 5000" },
	{ { "--cpu-idle", "2" }, "--cpu-idle: expected 0 or 1, got \"2\"" },
	{ { "--blkio-weight", "4294967296" }, "--blkio-weight: 4294967296 is too large" },
	{ { "--l3-cache-schema", "L3:0=f" },
	  "updating a non-existent Intel RDT configuration is not supported" },
};

Test(update, refuses_what_is_wrong_by_the_name_of_the_option)
{
	struct box *box = sleeping_box();
	pid_t pid;

	needs_controller("memory");
	needs_controller("cpu");
	needs_controller("pids");
	pid = box_begin(box);
	for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
		const char *words[10] = { "update", "--memory-reservation", "16M", box->id };
		char wanted[512];
		struct said said;

		memcpy(words + 3, mistakes[i].words, sizeof mistakes[i].words);
		for (size_t at = 3; at < 9; at++) {
			if (!words[at]) {
				words[at] = box->id;
				break;
			}
		}
		said = runtime_words(box, words);
		snprintf(wanted, sizeof wanted, "caisson: update %s: %s\n", box->id,
			 mistakes[i].says);
		cr_expect_eq(said.status, 1, "%s", mistakes[i].says);
		cr_expect_str_eq(said.err, wanted, "%s", said.err);
		cr_expect_str_neq(limit(pid, "memory", "memory.soft_limit_in_bytes", "memory.low"),
				  "16777216");
	}
}

static const struct {
	const char *json, *says;
} wrong_objects[] = {
	{ "{'memory': {'limit': '64M'}}",
	  "@FILE@:1:22: memory.limit: expected an integer, got \"64M\"\n  hint: limit is: bytes" },
	{ "{'memory': {'limit': 67108864, 'swap': 1048576}}",
	  "@FILE@:1:40: memory.swap: counts memory and swap together, so expected at least "
	  "memory.limit, 67108864, got 1048576" },
	{ "{'cpu': {'quota': 5}}",
	  "@FILE@:1:19: cpu.quota: 5 is in microseconds; the kernel takes 1000 to 17592186044415, "
	  "or -1 for no limit" },
	{ "{'devices': [{'allow': true, 'access': 'x'}]}",
	  "@FILE@:1:40: devices[0].access: expected letters of r (read), w (write) and m (mknod), "
	  "got \"x\"" },
	{ "{'unified': {'cgroup.procs': '1'}}",
	  "@FILE@:1:30: unified[\"cgroup.procs\"]: is a command to the kernel, not a limit" },
};

Test(update, refuses_what_is_wrong_by_its_place_in_the_file)
{
	struct box *box = sleeping_box();

	needs_controller("memory");
	needs_controller("cpu");
	box_begin(box);
	for (size_t i = 0; i < sizeof wrong_objects / sizeof *wrong_objects; i++) {
		struct said said = update_by(box, wrong_objects[i].json);
		char wanted[512], file[128];

		snprintf(file, sizeof file, "%s/resources.json", boxes_folder());
		snprintf(wanted, sizeof wanted, "caisson: update %s: %s%s\n", box->id, file,
			 wrong_objects[i].says + strlen("@FILE@"));
		cr_expect_eq(said.status, 1, "%s", wrong_objects[i].json);
		cr_expect_str_eq(said.err, wanted, "%s", said.err);
	}
	assert_fails(runtime(box, "update", "-r", "/no/such/file", box->id), 1,
		     "open /no/such/file: No such file or directory\n");
}

/* The kernel refuses a device that there is not, when others are written already. */
Test(update, puts_back_what_was_written_when_the_kernel_refuses)
{
	struct box *box = sleeping_box();
	struct said said;
	pid_t pid;

	needs_controller("memory");
	needs_controller("cpu");
	if (!host_has_controller("blkio") && !host_has_controller("io"))
		boxes_skip("this host has no blkio controller");
	box_set(box, "linux.resources.memory", "{'limit': 134217728, 'swap': 134217728}");
	box_set(box, "linux.resources.cpu", "{'quota': 50000, 'period': 100000, 'shares': 300}");
	box_set(box, "linux.resources.pids.limit", "30");
	pid = box_begin(box);
	said = update_by(box, "{'memory': {'limit': 67108864, 'swap': 100663296}, 'cpu': {'quota': "
			      "5000, 'period': 10000, 'burst': 3000, 'shares': 1000}, 'pids': "
			      "{'limit': 10}, 'blockIO': {'throttleReadBpsDevice': [{'major': 250, "
			      "'minor': 250, 'rate': 1000}]}}");
	cr_assert_eq(said.status, 1);
	cr_expect(strstr(said.err, "blockIO.throttleReadBpsDevice[0]"), "%s", said.err);
	cr_expect(strstr(said.err, "No such device"), "%s", said.err);
	cr_expect_not(strstr(said.err, "put back"), "%s", said.err);
	cr_expect_str_eq(limit(pid, "memory", "memory.limit_in_bytes", "memory.max"), "134217728");
	if (*limit(pid, "memory", "memory.memsw.limit_in_bytes", "memory.swap.max"))
		cr_expect_str_eq(limit(pid, "memory", "memory.memsw.limit_in_bytes",
				       "memory.swap.max"),
				 on_v1(pid, "memory") ? "134217728" : "0");
	cr_expect_str_eq(limit(pid, "cpu", "cpu.cfs_quota_us", "cpu.max"),
			 on_v1(pid, "cpu") ? "50000" : "50000 100000");
	cr_expect_str_eq(limit(pid, "cpu", "cpu.cfs_burst_us", "cpu.max.burst"), "0");
	cr_expect_str_eq(limit(pid, "cpu", "cpu.shares", "cpu.weight"),
			 on_v1(pid, "cpu") ? "300" : "39");
	cr_expect_str_eq(limit(pid, "pids", "pids.max", "pids.max"), "30");
}

Test(update, refuses_less_memory_than_is_in_use_when_it_is_to_look)
{
	struct box *box = box_new();
	pid_t pid;

	needs_controller("memory");
	box_shell(box, "head -c 20000000 /dev/zero | tail -c 20000000 >/tmp/kept; echo ready; "
		       "sleep 1000");
	box_set(box, "mounts[+]", "{'destination': '/tmp', 'type': 'tmpfs', 'source': 'tmpfs'}");
	box_set(box, "linux.resources.memory", "{'limit': 134217728, 'checkBeforeUpdate': true}");
	pid = box_begin(box);
	box_wait_output(box, "ready");
	assert_fails(runtime(box, "update", "--memory", "8M", box->id), 1,
		     "--memory: rejecting memory limit 8388608 <= usage ");
	assert_fails(update_by(box, "{'memory': {'limit': 8388608, 'checkBeforeUpdate': true}}"), 1,
		     "memory.limit: rejecting memory limit 8388608 <= usage ");
	assert_fails(update_by(box, "{'memory': {'limit': 8388608, 'swap': 9437184, "
				    "'checkBeforeUpdate': true}}"), 1,
		     "memory.swap: rejecting memory+swap limit 9437184 <= usage ");
	cr_expect_str_eq(limit(pid, "memory", "memory.limit_in_bytes", "memory.max"), "134217728");
	cr_expect_str_eq(box_status(box), "running");
}

/* v1: no cgroup may have what the one above has not. */
Test(update, takes_cpus_away_from_cgroups_that_the_workload_has_made)
{
	struct box *box = sleeping_box();
	char path[512], deep[600];
	FILE *file;
	pid_t pid;

	needs_second_cpu();
	box_set(box, "linux.resources.cpu.cpus", "'0-1'");
	pid = box_begin(box);
	if (!on_v1(pid, "cpuset"))
		boxes_skip("only cgroup v1 has this rule");
	for (unsigned i = 0; i < 2; i++) {
		static const char *const names[] = { "inner", "inner/deep" };

		snprintf(path, sizeof path, "%s/%s", cgroup_folder(pid, "cpuset"), names[i]);
		cr_assert_eq(mkdir(path, 0755), 0);
		snprintf(deep, sizeof deep, "%s/cpuset.cpus", path);
		file = fopen(deep, "we");
		fputs(i ? "0" : "0-1", file);
		cr_assert_eq(fclose(file), 0);
	}
	assert_prints(runtime(box, "update", "--cpuset-cpus", "1", box->id), "");
	cr_expect_str_eq(limit(pid, "cpuset", "cpuset.cpus", ""), "1");
	cr_expect_str_eq(limit(pid, "cpuset", "inner/cpuset.cpus", ""), "1");
	cr_expect_str_eq(limit(pid, "cpuset", "inner/deep/cpuset.cpus", ""), "1");
	assert_prints(runtime(box, "update", "--cpuset-cpus", "0-1", box->id), "");
	assert_fails(update_by(box, "{'cpu': {'cpus': '0'}, 'blockIO': {'throttleReadBpsDevice': "
				    "[{'major': 250, 'minor': 250, 'rate': 1000}]}}"),
		     1, "No such device");
	cr_expect_str_eq(limit(pid, "cpuset", "cpuset.cpus", ""), "0-1");
	cr_expect_str_eq(limit(pid, "cpuset", "inner/deep/cpuset.cpus", ""), "1");
}

/* ---- devices --------------------------------------------------------------------------------- */

/* 1:7 (full) and 1:8 (random), which every container may use unless something else is at their
 * places in /dev. */
static struct box *box_with_nodes(void)
{
	struct box *box = box_new();
	char path[160];

	box_file(box, "nodes/.keep", 0644, "");
	snprintf(path, sizeof path, "%s/nodes/full", box->rootfs);
	cr_assert_eq(mknod(path, S_IFCHR | 0666, makedev(1, 7)), 0);
	snprintf(path, sizeof path, "%s/nodes/random", box->rootfs);
	cr_assert_eq(mknod(path, S_IFCHR | 0666, makedev(1, 8)), 0);
	box_set(box, "linux.devices",
		"[{'path': '/dev/full', 'type': 'c', 'major': 1, 'minor': 5}, {'path': "
		"'/dev/random', 'type': 'c', 'major': 1, 'minor': 9}]");
	return box;
}

static const char *const swaps[] = {
	"{'devices': [{'allow': false}, {'allow': true, 'type': 'c', 'major': 1, 'minor': 7}]}",
	"{'devices': [{'allow': false}, {'allow': true, 'type': 'c', 'major': 1, 'minor': 7, "
	"'access': 'rw'}, {'allow': true, 'type': 'c', 'major': 1, 'minor': 11, 'access': 'r'}]}",
	"{'devices': [{'allow': true}, {'allow': false, 'type': 'c', 'major': 1, 'minor': 8}]}",
	"{'devices': [{'allow': true}, {'allow': false, 'type': 'c', 'major': 1, 'minor': 8}, "
	"{'allow': false, 'type': 'c', 'major': 1, 'minor': 11}]}",
};

Test(update, of_devices_is_never_noticed_in_between)
{
	struct box *box = box_with_nodes();
	const char *out;
	char stop[160];
	FILE *file;

	box_set(box, "linux.resources.devices",
		"[{'allow': false}, {'allow': true, 'type': 'c', 'major': 1, 'minor': 7}]");
	box_shell(box, "exec 2>/dev/null; n=0; echo ready; while [ ! -e /stop ]; do n=$((n+1)); "
		       "true <>/nodes/full || echo lost; true </nodes/random && echo opened; done; "
		       "echo \"$n rounds\"");
	box_set(box, "root.readonly", "false");
	box_begin(box);
	box_wait_output(box, "ready");
	for (unsigned round = 1; round <= 80; round++)
		assert_prints(update_by(box, swaps[round % 4]), "");
	snprintf(stop, sizeof stop, "%s/stop", box->rootfs);
	file = fopen(stop, "we");
	fclose(file);
	box_wait_output(box, "rounds");
	out = box_output(box);
	cr_expect_null(strstr(out, "lost"), "%s", out);
	cr_expect_null(strstr(out, "opened"), "%s", out);
	cr_expect_gt(atoi(out + strlen("ready\n")), 100, "%s", out);
}

static struct said cat(struct box *box, const char *node)
{
	return box_exec(box, "head", "-c", "1", node);
}

Test(update, of_devices_gives_and_takes)
{
	struct box *box = box_with_nodes();

	box_args(box, "sleep", "1000");
	box_begin(box);
	assert_fails(cat(box, "/nodes/full"), 1, "Operation not permitted");
	assert_prints(update_by(box, swaps[0]), "");
	assert_ok(cat(box, "/nodes/full"));
	assert_fails(cat(box, "/nodes/random"), 1, "Operation not permitted");
	assert_prints(update_by(box, "{'devices': [{'allow': true}]}"), "");
	assert_ok(cat(box, "/nodes/random"));
	assert_prints(update_by(box, "{'devices': [{'allow': false}]}"), "");
	assert_fails(cat(box, "/nodes/full"), 1, "Operation not permitted");
	assert_fails(cat(box, "/nodes/random"), 1, "Operation not permitted");
	assert_ok(cat(box, "/dev/zero"));
}

/* Engines send all of linux.resources again, and a GPU's plugin may have opened a device. */
Test(update, of_devices_that_are_as_before_leaves_what_others_have_opened)
{
	struct box *box = box_with_nodes();
	char path[512];
	FILE *file;
	pid_t pid;

	needs_controller("devices");
	box_args(box, "sleep", "1000");
	box_set(box, "linux.resources.devices",
		"[{'allow': false}, {'allow': true, 'type': 'c', 'major': 1, 'minor': 7}]");
	pid = box_begin(box);
	snprintf(path, sizeof path, "%s/devices.allow", cgroup_folder(pid, "devices"));
	file = fopen(path, "we");
	fputs("c 1:8 r", file);
	cr_assert_eq(fclose(file), 0);
	assert_prints(update_by(box, swaps[0]), "");
	assert_prints(runtime(box, "update", "--pids-limit", "50", box->id), "");
	assert_ok(cat(box, "/nodes/random"));
	assert_prints(update_by(box, swaps[1]), "");
	assert_fails(cat(box, "/nodes/random"), 1, "Operation not permitted");
}

/* ---- resctrl --------------------------------------------------------------------------------- */

Test(update, a_class_of_service_is_refused_where_there_is_no_resctrl)
{
	struct box *box = box_new();

	if (strstr(file_text("/proc/filesystems"), "resctrl"))
		boxes_skip("this host has resctrl");
	box_set(box, "linux.intelRdt", "{'closID': 'gold', 'l3CacheSchema': 'L3:0=f'}");
	assert_fails(box_create(box), 1,
		     "this host has no resctrl file system: the CPU or the kernel cannot share out "
		     "cache and memory bandwidth (config.json:");
	cr_expect_null(boxes_left());
}
