/* test_smoke.c -- the shortest life of a container, command by command. */
#include "tests/lib/box.h"
#include "tests/lib/host.h"

TestSuite(smoke, .init = boxes_open, .fini = boxes_close, .timeout = 120);

Test(smoke, run_prints_what_the_workload_prints)
{
	struct box *box = box_new();

	box_args(box, "echo", "hello");
	assert_prints(box_run(box), "hello\n");
}

Test(smoke, the_exit_status_is_the_workloads)
{
	struct box *box = box_new();

	box_shell(box, "exit 37");
	assert_status(box_run(box), 37);
}

Test(smoke, a_readonly_root_cannot_be_written)
{
	struct box *box = box_new();

	box_set(box, "root.readonly", "true");
	box_shell(box, "touch /x");
	assert_fails(box_run(box), 1, "Read-only file system");
}

Test(smoke, a_mount_of_the_config_is_there)
{
	struct box *box = box_new();

	box_set(box, "mounts[+]", "{'destination': '/tmp', 'type': 'tmpfs', 'source': 'tmpfs',"
				  " 'options': ['size=%dk']}", 64);
	box_shell(box, "df -k /tmp | tail -n 1 | awk '{ print $2 }'");
	assert_prints(box_run(box), "64\n");
}

Test(smoke, a_life_in_five_commands)
{
	struct box *box = box_new();
	pid_t pid;

	box_shell(box, "echo up; exec sleep 1000");
	assert_ok(box_create(box));
	cr_assert_str_eq(box_status(box), "created");
	cr_assert_str_eq(box_output(box), "");
	assert_ok(box_start(box));
	box_wait_output(box, "up\n");
	cr_assert_str_eq(box_status(box), "running");
	pid = box_pid(box);
	cr_assert_str_neq(proc_namespace(pid, "pid"), proc_namespace(1, "pid"));
	cr_assert_str_eq(proc_status(pid, "NoNewPrivs"), "1");
	assert_ok(box_kill(box, "KILL"));
	box_wait_status(box, "stopped");
	assert_ok(box_delete(box));
	assert_fails(runtime(box, "state", box->id), 1, "does not exist");
}

Test(smoke, exec_joins_it)
{
	struct box *box = box_new();

	box_set(box, "hostname", "'inside'");
	box_args(box, "sleep", "1000");
	assert_ok(box_create(box));
	assert_ok(box_start(box));
	assert_prints(box_exec(box, "hostname"), "inside\n");
}

Test(smoke, a_limit_of_processes_is_set)
{
	struct box *box = box_new();

	if (!host_has_controller("pids"))
		boxes_skip("this host has no pids controller");
	box_set(box, "linux.resources.pids.limit", "17");
	box_args(box, "sleep", "1000");
	assert_ok(box_create(box));
	cr_assert_str_eq(cgroup_text(box_pid(box), "pids", "pids.max"), "17\n");
}

Test(smoke, a_signal_to_run_reaches_the_workload)
{
	struct box *box = box_new();
	struct running run;

	box_shell(box, "trap 'echo got it; exit 9' TERM; echo up; while :; do sleep 0.05; done");
	run = box_begin_run(box);
	box_wait_output(box, "up\n");
	cr_assert_eq(kill(run.pid, SIGTERM), 0);
	assert_status(runtime_finish(&run), 9);
	cr_assert_str_eq(box_output(box), "up\ngot it\n");
}

Test(smoke, what_cannot_be_run_is_an_error)
{
	struct box *box = box_new();

	box_args(box, "/bin/nowhere");
	assert_fails(box_run(box), 1, "no such file or directory");
	assert_fails(runtime(box, "state", box->id), 1, "does not exist");
}
