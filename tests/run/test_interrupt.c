/* test_interrupt.c -- SIGHUP, SIGINT and SIGTERM while a container is being built. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/owned.h"
#include "tests/lib/box.h"
#include "tests/lib/config.h"
#include "tests/lib/host.h"

TestSuite(interrupt, .init = boxes_open, .fini = boxes_close, .timeout = 120);

/* A box with a hook of that kind that hangs: it waits for a line that never comes. */
static struct box *box_that_hangs(const char *kind)
{
	struct box *box = box_new();
	bool inside = !strcmp(kind, "startContainer");
	char fifo[128], path[64];

	snprintf(fifo, sizeof fifo, "%s/fifo", box->bundle);
	cr_assert_eq(mkfifo(fifo, 0666), 0);
	box_set(box, "mounts[+]", "{'destination': '/bundle', 'type': 'bind', 'source': '%s',"
				  " 'options': ['bind']}", box->bundle);
	snprintf(path, sizeof path, "hooks.%s[+]", kind);
	box_set(box, path, "{'path': '/bin/sh', 'args': ['sh', '-c', 'read line < %s']}",
		inside ? "/bundle/fifo" : fifo);
	box_args(box, "true");
	box_write(box);
	return box;
}

/* Returns when the hook has begun: it has opened its end. */
static int await_hook(struct box *box)
{
	char fifo[128];
	int gate;

	snprintf(fifo, sizeof fifo, "%s/fifo", box->bundle);
	gate = open(fifo, O_WRONLY | O_CLOEXEC);
	cr_assert_geq(gate, 0);
	return gate;
}

static void assert_interrupted(struct box *box, struct running *command, int signal,
			       const char *words)
{
	autoclose int gate = await_hook(box);
	struct said said;

	cr_assert_eq(kill(command->pid, signal), 0);
	said = runtime_finish(command);
	cr_assert_eq(said.status, 128 + signal, "exit status %d, stderr: %s", said.status, said.err);
	cr_assert_not_null(strstr(said.err, words), "no \"%s\" in: %s", words, said.err);
	cr_assert_null(boxes_left());
	assert_prints(runtime(NULL, "list", "-q"), "");
}

static void interrupt_run(const char *kind, int signal, const char *words)
{
	struct box *box = box_that_hangs(kind);
	struct running run = runtime_begin(box, "run", box->id);

	assert_interrupted(box, &run, signal, words);
}

static void interrupt_create(const char *kind, int signal, const char *words)
{
	struct box *box = box_that_hangs(kind);
	struct running create = runtime_begin(box, "create", box->id);

	assert_interrupted(box, &create, signal, words);
}

Test(interrupt, ends_a_run_in_a_prestart_hook)
{
	interrupt_run("prestart", SIGTERM,
		      "prestart hooks: error running prestart hook #0: interrupted by SIGTERM");
}

Test(interrupt, ends_a_run_in_a_createRuntime_hook)
{
	interrupt_run("createRuntime", SIGINT,
		      "createRuntime hooks: error running createRuntime hook #0: interrupted by "
		      "SIGINT");
}

Test(interrupt, ends_a_run_in_a_createContainer_hook)
{
	interrupt_run("createContainer", SIGHUP, "interrupted by SIGHUP\n");
}

Test(interrupt, ends_a_run_in_a_startContainer_hook)
{
	interrupt_run("startContainer", SIGTERM, "interrupted by SIGTERM\n");
}

Test(interrupt, ends_a_run_in_a_poststart_hook)
{
	struct box *box = box_that_hangs("poststart");
	struct running run;

	box_args(box, "sleep", "1000");
	box_write(box);
	run = runtime_begin(box, "run", box->id);
	assert_interrupted(box, &run, SIGINT,
			   "poststart hooks: error running poststart hook #0: interrupted by SIGINT");
}

Test(interrupt, ends_a_create_in_a_prestart_hook)
{
	interrupt_create("prestart", SIGINT, "prestart hook #0: interrupted by SIGINT");
}

Test(interrupt, ends_a_create_in_a_createRuntime_hook)
{
	interrupt_create("createRuntime", SIGTERM, "createRuntime hook #0: interrupted by SIGTERM");
}

Test(interrupt, ends_a_create_in_a_createContainer_hook)
{
	interrupt_create("createContainer", SIGTERM, "interrupted by SIGTERM\n");
}

Test(interrupt, ends_a_detached_run)
{
	struct box *box = box_that_hangs("createRuntime");
	struct running run = runtime_begin(box, "run", "-d", box->id);

	assert_interrupted(box, &run, SIGTERM, "interrupted by SIGTERM");
}

/* Without a pid namespace it is not the end of the first process that ends the hook. */
Test(interrupt, ends_what_a_hook_inside_has_started)
{
	struct box *box = box_that_hangs("createContainer");
	json_t *namespaces = config_get(box->config, "linux.namespaces");
	struct running run;

	for (size_t i = json_array_size(namespaces); i-- > 0;) {
		json_t *type = json_object_get(json_array_get(namespaces, i), "type");

		if (!strcmp(json_string_value(type), "pid"))
			json_array_remove(namespaces, i);
	}
	box_write(box);
	run = runtime_begin(box, "run", box->id);
	assert_interrupted(box, &run, SIGTERM, "interrupted by SIGTERM");
}

/* There is nothing to undo any more: the hook is given up, and the status is the workload's. */
Test(interrupt, ends_a_poststop_hook_and_the_container_is_freed)
{
	struct box *box = box_that_hangs("poststop");
	struct running run = runtime_begin(box, "run", box->id);
	autoclose int gate = await_hook(box);
	struct said said;

	cr_assert_eq(kill(run.pid, SIGINT), 0);
	said = runtime_finish(&run);
	cr_assert_eq(said.status, 0);
	cr_assert_str_eq(said.err, "caisson: warning: error running poststop hook #0: interrupted "
				   "by SIGINT\n");
	cr_assert_null(boxes_left());
}

/* nohup(1), and SIGINT for what a shell runs in the background. */
static void ignore(int signal_number)
{
	static const char *const commands[] = { "run", "create" };

	signal(signal_number, SIG_IGN);
	for (unsigned i = 0; i < 2; i++) {
		struct box *box = box_that_hangs("createRuntime");
		struct running command = runtime_begin(box, commands[i], box->id);
		autoclose int gate = await_hook(box);

		cr_assert_eq(kill(command.pid, signal_number), 0);
		cr_assert_eq(write(gate, "go on\n", 6), 6);
		assert_ok(runtime_finish(&command));
	}
}

Test(interrupt, that_the_caller_ignores_does_not_end_it)
{
	ignore(SIGHUP);
	ignore(SIGINT);
}

/* Whoever waits at the gate is the container, and its signals are its own. */
Test(interrupt, leaves_no_signal_blocked_in_a_created_container)
{
	struct box *box = box_new();

	box_args(box, "sleep", "1000");
	assert_ok(box_create(box));
	cr_assert_str_eq(proc_status(box_pid(box), "SigBlk"), "0000000000000000");
	assert_ok(box_start(box));
	cr_assert_str_eq(proc_status(box_pid(box), "SigBlk"), "0000000000000000");
}

Test(interrupt, after_the_start_is_the_workloads)
{
	struct box *box = box_that_hangs("createRuntime");
	struct running run;
	int gate;

	box_shell(box, "trap 'exit 7' TERM; echo up; while :; do sleep 0.02; done");
	box_write(box);
	run = runtime_begin(box, "run", box->id);
	box->output = run.call;
	gate = await_hook(box);
	cr_assert_eq(write(gate, "go on\n", 6), 6);
	close(gate);
	box_wait_output(box, "up\n");
	cr_assert_eq(kill(run.pid, SIGTERM), 0);
	assert_status(runtime_finish(&run), 7);
}
