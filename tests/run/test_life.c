/* test_life.c -- a container from create to delete, also when something goes wrong on the way. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/owned.h"
#include "runtime/base/proc.h"
#include "tests/lib/box.h"
#include "tests/lib/config.h"
#include "tests/lib/host.h"

TestSuite(life, .init = boxes_open, .fini = boxes_close, .timeout = 120);

enum { patience_ms = 10 * 1000 };

static void unshare_no_pids(struct box *box)
{
	json_t *list = config_get(box->config, "linux.namespaces"), *namespace;
	size_t i;

	json_array_foreach(list, i, namespace) {
		if (!strcmp(json_string_value(json_object_get(namespace, "type")), "pid"))
			break;
	}
	json_array_remove(list, i);
}

/* ---- from command to command ------------------------------------------------------------ */

Test(life, what_is_paused_stands_still_until_it_is_resumed)
{
	struct box *box = box_new();
	size_t before;

	box_shell(box, "while :; do echo tick; sleep 0.01; done");
	assert_ok(box_create(box));
	assert_ok(box_start(box));
	box_wait_output(box, "tick\n");
	assert_ok(runtime(box, "pause", box->id));
	cr_assert_str_eq(box_status(box), "paused");
	before = strlen(box_output(box));
	/* Of the time that passes here it would use some. */
	assert_ok(runtime(box, "list"));
	assert_ok(runtime(box, "ps", box->id));
	cr_assert_eq(strlen(box_output(box)), before);
	assert_ok(runtime(box, "resume", box->id));
	cr_assert_str_eq(box_status(box), "running");
	box_wait_output(box, "tick\ntick\ntick\n");
}

Test(life, ps_and_list_show_what_runs)
{
	struct box *box = box_of_sleep();
	char wanted[64];

	snprintf(wanted, sizeof wanted, "[%d]\n", box_pid(box));
	assert_prints(runtime(box, "ps", "--format", "json", box->id), wanted);
	cr_assert_not_null(strstr(runtime(box, "ps", box->id).out, "sleep 1000"));
	cr_assert_not_null(strstr(runtime(box, "list").out, box->bundle));
}

Test(life, a_detached_run_goes_on_by_itself)
{
	struct box *box = box_new();

	box_shell(box, "echo up; exec sleep 1000");
	box_write(box);
	assert_ok(runtime(box, "run", "-d", box->id));
	cr_assert_str_eq(box_status(box), "running");
	assert_ok(box_kill(box, "KILL"));
	box_wait_status(box, "stopped");
	assert_ok(box_delete(box));
}

Test(life, what_was_kept_is_stopped_not_gone)
{
	struct box *box = box_new();

	box_shell(box, "exit 3");
	box_write(box);
	assert_status(runtime(box, "run", "--keep", box->id), 3);
	cr_assert_str_eq(box_status(box), "stopped");
	assert_ok(box_delete(box));
}

Test(life, a_foreground_run_leaves_no_record)
{
	struct box *box = box_new();

	box_args(box, "true");
	assert_prints(box_run(box), "");
	assert_fails(runtime(box, "state", box->id), 1, "container does not exist");
	cr_assert_null(boxes_left());
}

Test(life, a_detached_exec_goes_on_by_itself)
{
	struct box *box = box_of_sleep();
	pid_t pid;

	assert_ok(runtime(box, "exec", "-d", "--pid-file", "exec.pid", box->id, "sleep", "999"));
	pid = atoi(file_text("%s/exec.pid", box->bundle));
	cr_assert_str_eq(proc_text(pid, "cmdline"), "sleep");
	cr_assert_str_eq(proc_namespace(pid, "pid"), proc_namespace(box_pid(box), "pid"));
	cr_assert_str_eq(proc_text(pid, "cgroup"), proc_text(box_pid(box), "cgroup"));
}

/* config.md, "process": required when start is called, not before. */
Test(life, without_a_process_it_is_created_but_not_started)
{
	struct box *box = box_new();
	char wanted[160];

	box_unset(box, "process");
	assert_ok(box_create(box));
	cr_assert_str_eq(box_status(box), "created");
	snprintf(wanted, sizeof wanted, "caisson: start %s: wait for start: config.json has no "
		 "process, so there is nothing to start\n", box->id);
	cr_assert_str_eq(box_start(box).err, wanted);
	box_wait_status(box, "stopped");
	assert_ok(box_delete(box));
}

Test(life, one_that_ends_before_its_start_is_stopped)
{
	struct box *box = box_new();

	box_args(box, "sleep", "1000");
	assert_ok(box_create(box));
	cr_assert_eq(kill(box_pid(box), SIGKILL), 0);
	box_wait_status(box, "stopped");
	assert_fails(box_start(box), 1, "cannot start a container that has stopped");
	assert_ok(box_delete(box));
}

Test(life, of_eight_creates_of_one_id_one_succeeds)
{
	struct box *box = box_new();
	struct running creates[8];
	unsigned made = 0;

	box_args(box, "sleep", "1000");
	box_write(box);
	for (unsigned i = 0; i < 8; i++)
		creates[i] = runtime_begin(box, "create", box->id);
	for (unsigned i = 0; i < 8; i++) {
		struct said said = runtime_finish(&creates[i]);

		made += said.status == 0;
		if (said.status)
			cr_assert_not_null(strstr(said.err, "container with given ID already "
						  "exists"), "%s", said.err);
	}
	cr_assert_eq(made, 1);
	cr_assert_str_eq(box_status(box), "created");
	assert_ok(box_start(box));
	cr_assert_str_eq(box_status(box), "running");
}

/* ---- killed in the middle --------------------------------------------------------------- */

/* As an engine that dies with PR_SET_PDEATHSIG takes its runtime along. */
static void kill_create_in_hook(const char *kind)
{
	struct box *box = box_new();
	char fifo[128], script[256], path[64];
	struct running create;

	snprintf(fifo, sizeof fifo, "%s/fifo", boxes_folder());
	cr_assert_eq(mkfifo(fifo, 0600), 0);
	snprintf(path, sizeof path, "hooks.%s[+]", kind);
	snprintf(script, sizeof script, "read line < %s", fifo);
	box_set(box, path, "{'path': '/bin/sh', 'args': ['sh', '-c', '%s']}", script);
	box_args(box, "sleep", "1000");
	box_write(box);
	create = runtime_begin(box, "create", box->id);
	/* Opens when the hook has opened it for reading. */
	autoclose int gate = open(fifo, O_WRONLY | O_CLOEXEC);
	cr_assert_geq(gate, 0);
	cr_assert_eq(kill(create.pid, SIGKILL), 0);
	assert_status(runtime_finish(&create), 137);
	assert_ok(runtime(NULL, "list"));
	assert_fails(box_create(box), 1, "container with given ID already exists");
	assert_ok(box_delete_force(box));
	close(take(&gate));
	cr_assert_null(boxes_left());
	box_unset(box, "hooks");
	assert_ok(box_create(box));
}

Test(life, a_create_killed_in_a_createRuntime_hook_can_be_deleted)
{
	kill_create_in_hook("createRuntime");
}

Test(life, a_create_killed_in_a_createContainer_hook_can_be_deleted)
{
	kill_create_in_hook("createContainer");
}

/* Its create is at work until what is returned is closed. */
static int begin_slow_create(struct box *box, struct running *create)
{
	char fifo[128];

	snprintf(fifo, sizeof fifo, "%s/fifo", boxes_folder());
	cr_assert_eq(mkfifo(fifo, 0600), 0);
	box_set(box, "hooks.createContainer[+]",
		"{'path': '/bin/sh', 'args': ['sh', '-c', 'read line < %s; true']}", fifo);
	box_args(box, "sleep", "1000");
	box_write(box);
	*create = runtime_begin(box, "create", box->id);
	return open(fifo, O_WRONLY | O_CLOEXEC);
}

Test(life, a_create_that_hangs_can_be_deleted)
{
	struct box *box = box_new();
	struct running create;
	autoclose int gate = begin_slow_create(box, &create);

	cr_assert_str_eq(box_status(box), "creating");
	assert_ok(box_delete_force(box));
	assert_status(runtime_finish(&create), 1);
}

/* Scripts poll `state` until it knows the container, which with runc and crun is then created. */
Test(life, who_asks_while_create_is_at_work_is_told_how_it_ended)
{
	enum { a_moment_ms = 100 };
	struct box *box = box_new();
	struct running create, state;
	autoclose int gate = begin_slow_create(box, &create);
	struct pollfd answer;

	state = runtime_begin(box, "state", box->id);
	answer = (struct pollfd){ .fd = state.pidfd, .events = POLLIN };
	cr_assert_eq(poll(&answer, 1, a_moment_ms), 0, "it did not wait");
	close(take(&gate));
	cr_assert_not_null(strstr(runtime_finish(&state).out, "\"status\": \"created\""));
	assert_ok(runtime_finish(&create));
}

/* ---- records that were damaged ---------------------------------------------------------- */

static void damage(struct box *box, const char *content)
{
	char path[160];

	snprintf(path, sizeof path, "%s/%s/state.json", boxes_root(), box->id);
	if (!content) {
		cr_assert_eq(unlink(path), 0);
		cr_assert_eq(mkdir(path, 0700), 0);
		return;
	}
	autoclose int file = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	cr_assert_geq(file, 0);
	cr_assert_eq(write(file, content, strlen(content)), (ssize_t)strlen(content));
}

Test(life, a_damaged_record_is_listed_and_freed_with_its_processes)
{
	static const char *const contents[] = {
		"", "{", "\xff\xfe not JSON at all", "{\"id\": 7, \"pid\": []}", NULL,
	};

	for (unsigned i = 0; i < sizeof contents / sizeof *contents; i++) {
		struct box *box = box_of_sleep();
		autoclose int pidfd = pidfd_of(box_pid(box));
		struct said said;

		damage(box, contents[i]);
		said = runtime(NULL, "list");
		cr_assert_eq(said.status, 0, "%s", said.err);
		cr_assert_not_null(strstr(said.out, "unknown"), "%s", said.out);
		assert_status(runtime(NULL, "state", box->id), 1);
		assert_status(box_delete(box), 1);
		assert_ok(box_delete_force(box));
		cr_assert_eq(pidfd_wait_end(pidfd, patience_ms), 0, "damage %u: it lives on", i);
		assert_prints(runtime(NULL, "list", "-q"), "");
	}
}

/* ---- with the host's pids --------------------------------------------------------------- */

Test(life, processes_that_outlive_the_first_one_are_killed_by_run)
{
	struct box *box = box_new();

	unshare_no_pids(box);
	box_shell(box, "sleep 1000 & sleep 1000 & exit 4");
	assert_status(box_run(box), 4);
	cr_assert_null(boxes_left());
}

Test(life, processes_that_outlive_the_first_one_are_killed_by_kill)
{
	struct box *box = box_new();

	unshare_no_pids(box);
	box_shell(box, "sleep 1000 & exit 0");
	assert_ok(box_create(box));
	assert_ok(box_start(box));
	box_wait_status(box, "stopped");
	cr_assert_str_neq(runtime(box, "ps", "--format", "json", box->id).out, "[]\n");
	assert_ok(box_kill(box, "KILL"));
	assert_ok(box_delete(box));
	cr_assert_null(boxes_left());
}

Test(life, processes_that_outlive_the_first_one_are_killed_by_delete)
{
	struct box *box = box_new();

	unshare_no_pids(box);
	box_shell(box, "sleep 1000 & exit 0");
	assert_ok(box_create(box));
	assert_ok(box_start(box));
	box_wait_status(box, "stopped");
	assert_ok(box_delete(box));
	cr_assert_null(boxes_left());
}

/* ---- what a config leaves open ---------------------------------------------------------- */

/* crun's default maps. The mounts must know of them, too: the default config has devpts with gid=5,
 * which is not mapped then. */
Test(life, a_user_namespace_without_mappings_maps_at_least_ourselves)
{
	struct box *box = box_new();
	struct said said;

	box_set(box, "linux.namespaces[+]", "{'type': 'user'}");
	box_shell(box, "head -n 1 /proc/self/uid_map");
	said = box_run(box);
	assert_ok(said);
	cr_assert_str_eq(said.out, "         0          0          1\n");
}
