/* test_contract.c -- what engines rely on beyond words: streams, files, parents, the caller's end.
 *
 * The sentences and statuses are test_words.c's, whole command lines of engines test_dropin.c's. */
#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/base/owned.h"
#include "tests/lib/box.h"
#include "tests/lib/config.h"
#include "tests/lib/holder.h"
#include "tests/lib/host.h"

TestSuite(contract, .init = boxes_open, .fini = boxes_close, .timeout = 240);

/* ---- streams ---------------------------------------------------------------------------- */

static json_t *only_json(struct said said)
{
	json_t *value;

	cr_assert_eq(said.status, 0, "%s", said.err);
	cr_assert_str_eq(said.err, "");
	/* As reals: "no limit" of cgroup v2 is more than jansson's integers hold. */
	value = json_loads(said.out, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, NULL);
	cr_assert_not_null(value, "no JSON, or more: %s", said.out);
	return value;
}

/* containerd and cri-o read both streams together. */
Test(contract, what_programs_read_is_json_and_stderr_is_silent)
{
	struct box *box = box_of_sleep();

	only_json(runtime(box, "state", box->id));
	only_json(runtime(box, "list", "--format", "json"));
	only_json(runtime(box, "list", "-f=json"));
	only_json(runtime(box, "ps", "--format", "json", box->id));
	only_json(runtime(box, "ps", "-f", "json", box->id));
	only_json(runtime(box, "events", "--stats", box->id));
	only_json(runtime(NULL, "features"));
}

Test(contract, the_state_has_a_time_and_paths_without_links_and_the_list_repeats_it)
{
	static const char *const same[] = { "ociVersion", "id", "pid", "status", "bundle", "rootfs",
					    "created", "owner" };
	struct box *box = box_of_sleep();
	json_t *state = only_json(runtime(box, "state", box->id));
	json_t *list = only_json(runtime(box, "list", "-f", "json"));
	const char *created = json_string_value(json_object_get(state, "created"));
	regex_t time;

	cr_assert_eq(regcomp(&time, "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
				    "(\\.[0-9]+)?Z$", REG_EXTENDED | REG_NOSUB), 0);
	cr_assert_eq(regexec(&time, created, 0, NULL, 0), 0, "%s", created);
	regfree(&time);
	cr_assert_eq(json_array_size(list), 1);
	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		cr_expect(json_equal(json_object_get(state, same[i]),
				     json_object_get(json_array_get(list, 0), same[i])),
			  "%s", same[i]);
}

/* podman takes the whole log for one document. */
Test(contract, a_warning_before_a_failure_does_not_make_two_objects_of_the_log)
{
	struct box *box = box_new();
	char log[160];

	snprintf(log, sizeof log, "%s/log.json", boxes_folder());
	box_set(box, "process.capabilities.bounding[+]", "'CAP_OF_ANOTHER_KERNEL'");
	box_args(box, "/no/such/program");
	box_write(box);
	assert_status(runtime(box, "--log", log, "--log-format=json", "run", box->id), 1);
	json_t *object = json_loads(file_text("%s", log), 0, NULL);
	cr_assert_not_null(object, "%s", file_text("%s", log));
	cr_assert_str_eq(json_string_value(json_object_get(object, "level")), "error");
}

Test(contract, the_callers_environment_stays_outside)
{
	struct box *box = box_new();

	setenv("_OCI_SYNCPIPE", "5", 1);
	setenv("_OCI_STARTPIPE", "6", 1);
	setenv("XDG_RUNTIME_DIR", "/run/user/0", 1);
	box_set(box, "process.env", "['PATH=/bin', 'HOME=/', 'mine=1']");
	box_args(box, "env");
	assert_prints(box_run(box), "PATH=/bin\nHOME=/\nmine=1\n");
}

/* nohup(1), a shell's "&", and engines ignore some; runc hands none of it on. */
Test(contract, what_the_caller_ignores_the_workload_hears)
{
	static const int ignored[] = { SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGUSR1, SIGTSTP, SIGTTOU, 40 };
	struct box *box = box_new();

	for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
		signal(ignored[i], SIG_IGN);
	box_args(box, "grep", "SigIgn", "/proc/self/status");
	assert_prints(box_run(box), "SigIgn:\t0000000000000000\n");
	box_args(box, "sleep", "1000");
	assert_ok(box_create(box));
	assert_ok(box_start(box));
	cr_assert_str_eq(proc_status(box_pid(box), "SigIgn"), "0000000000000000");
	assert_prints(box_exec(box, "grep", "SigIgn", "/proc/self/status"),
		      "SigIgn:\t0000000000000000\n");
}

/* ---- files ------------------------------------------------------------------------------ */

/* Whoever waits for the file never reads half a number. */
Test(contract, a_pid_file_is_put_in_its_place_whole)
{
	struct box *box = box_new();
	struct stat before, after;
	char path[160];

	box_file(box, "../pid", 0644, "what an earlier container left");
	snprintf(path, sizeof path, "%s/pid", box->bundle);
	cr_assert_eq(stat(path, &before), 0);
	box_args(box, "sleep", "1000");
	box_write(box);
	assert_ok(runtime(box, "create", "--pid-file", "pid", box->id));
	cr_assert_eq(stat(path, &after), 0);
	cr_assert_neq(before.st_ino, after.st_ino);
	cr_assert_eq(atoi(file_text("%s", path)), box_pid(box));
	snprintf(path, sizeof path, "ls -A %s | tr '\\n' ' '", box->bundle);
	FILE *names = popen(path, "re");
	char line[160] = "";
	cr_assert_not_null(fgets(line, sizeof line, names));
	pclose(names);
	cr_assert_str_eq(line, "config.json pid rootfs ");
}

Test(contract, a_hole_among_the_descriptors_stays_one)
{
	struct box *box = box_new();

	runtime_leak(open("/dev/zero", O_RDONLY | O_CLOEXEC), 3);
	runtime_leak(open("/dev/null", O_RDONLY | O_CLOEXEC), 5);
	runtime_leak(open("/dev/null", O_RDONLY | O_CLOEXEC), 6);
	/* 4 is that of ls. */
	box_args(box, "/bin/sh", "-c", "echo $(ls /proc/self/fd)");
	box_write(box);
	assert_prints(runtime(box, "run", "--preserve-fds", "3", box->id), "0 1 2 3 4 5\n");
}

/* ---- commands as engines give them ------------------------------------------------------ */

Test(contract, a_kill_without_a_signal_is_TERM)
{
	struct box *box = box_new();
	struct running run;

	box_shell(box, "trap 'exit 3' TERM; echo up; while :; do sleep 0.02; done");
	run = box_begin_run(box);
	box_wait_output(box, "up\n");
	assert_prints(runtime(box, "kill", box->id), "");
	assert_status(runtime_finish(&run), 3);
}

/* cri-o's exec sync; buildkit's with a pid file. */
Test(contract, an_exec_in_the_foreground_takes_a_process_from_a_file)
{
	struct box *box = box_of_sleep();

	box_file(box, "../process.json", 0644,
		 "{\"cwd\": \"/\", \"env\": [\"A=b\"], \"args\": [\"/bin/sh\", \"-c\", "
		 "\"echo $A; exit 4\"]}");
	struct said said = runtime(box, "exec", "--process", "process.json", "--pid-file", "pid",
				   box->id);
	cr_assert_eq(said.status, 4);
	cr_assert_str_eq(said.out, "b\n");
	cr_assert_gt(atoi(file_text("%s/pid", box->bundle)), 0);
}

/* conmon-rs */
Test(contract, a_detached_exec_hands_its_terminal_over)
{
	struct box *box = box_of_sleep();
	char option[160], name[64];

	snprintf(option, sizeof option, "--console-socket=%s/console", boxes_folder());
	autoclose int listener = listener_new(strchr(option, '=') + 1);
	assert_prints(runtime(box, "exec", "-d", option, "--tty", "--pid-file=pid", box->id,
			      "sleep", "1000"), "");
	autoclose int master = listener_receive(listener, name, sizeof name);
	cr_assert_geq(master, 0);
	cr_assert(isatty(master));
	cr_assert_eq(strncmp(name, "/dev/pts/", 9), 0, "%s", name);
	cr_assert_gt(atoi(file_text("%s/pid", box->bundle)), 0);
}

/* go-runc */
Test(contract, ps_gives_the_options_to_ps_and_a_table_back)
{
	struct box *box = box_of_sleep();
	struct said said = runtime(box, "ps", "--format", "table", box->id, "-o", "pid,args");
	char wanted[64], first[8], second[16];

	snprintf(wanted, sizeof wanted, "%d sleep 1000\n", box_pid(box));
	cr_assert_eq(said.status, 0, "%s", said.err);
	/* How wide a column is each ps has its own mind about. */
	cr_assert_eq(sscanf(said.out, "%7s %15s", first, second), 2, "%s", said.out);
	cr_assert_str_eq(first, "PID");
	cr_assert_str_eq(second, "COMMAND");
	cr_assert_not_null(strstr(said.out, wanted), "%s", said.out);
}

/* podman --cgroups=disabled: the commands that follow come without the flag. */
Test(contract, who_made_the_cgroup_is_remembered)
{
	struct box *box = box_new();

	box_args(box, "sleep", "1000");
	box_write(box);
	assert_prints(runtime(box, "--cgroup-manager", "disabled", "create", box->id), "");
	assert_prints(box_start(box), "");
	assert_prints(box_exec(box, "echo", "in"), "in\n");
	assert_fails(runtime(box, "pause", box->id), 1, "pause ");
	assert_prints(runtime(box, "kill", box->id, "KILL"), "");
	box_wait_status(box, "stopped");
	assert_prints(runtime(box, "delete", box->id), "");
}

/* ---- parents ---------------------------------------------------------------------------- */

/* Each test is a subreaper, as conmon and the shim are. */
Test(contract, a_container_and_a_detached_exec_are_children_of_the_callers_subreaper)
{
	struct box *box = box_of_sleep();
	char self[16];

	snprintf(self, sizeof self, "%d", getpid());
	cr_expect_str_eq(proc_status(box_pid(box), "PPid"), self);
	assert_ok(runtime(box, "exec", "-d", "--pid-file", "pid", box->id, "sleep", "1000"));
	cr_expect_str_eq(proc_status(atoi(file_text("%s/pid", box->bundle)), "PPid"), self);
}

/* An engine that runs `create` as conmon does: the runtime is to die with it. */
struct engine {
	pid_t self, runtime;
};

/* Does not outlive `engine`, also when that ended before it could say so (prctl(2)). */
static void become_runtime(const struct box *box, const char *verb, pid_t engine)
{
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != engine)
		_exit(127);
	for (int fd = 0; fd < 3; fd++)
		dup2(nothing, fd);
	if (chdir(box->bundle) == 0)
		execl(boxes_runtime(), "caisson", "--root", boxes_root(), verb, box->id, NULL);
	_exit(127);
}

static struct engine engine_new(const struct box *box, const char *verb)
{
	struct engine engine;
	int ends[2];

	cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
	engine.self = fork();
	if (engine.self == 0) {
		pid_t self = getpid(), runtime = fork();

		if (runtime == 0)
			become_runtime(box, verb, self);
		(void)!write(ends[1], &runtime, sizeof runtime);
		for (;;)
			pause();
	}
	cr_assert_eq(read(ends[0], &engine.runtime, sizeof engine.runtime),
		     (ssize_t)sizeof engine.runtime);
	close(ends[0]);
	close(ends[1]);
	return engine;
}

/* Returns when both are gone: the runtime is ours by then. */
static void engine_dies(const struct engine *engine)
{
	cr_assert_eq(kill(engine->self, SIGKILL), 0);
	cr_assert_eq(waitpid(engine->self, NULL, 0), engine->self);
	cr_assert_eq(waitpid(engine->runtime, NULL, 0), engine->runtime);
}

/* Instants spread over more than a create takes; there is nothing to wait for in between. */
Test(contract, a_caller_may_die_at_any_instant_of_a_create)
{
	enum { instants = 40, step_us = 500 };
	struct box *box = box_new();

	box_args(box, "sleep", "1000");
	box_write(box);
	for (unsigned i = 0; i < instants; i++) {
		struct engine engine = engine_new(box, i % 2 ? "run" : "create");

		usleep(i * step_us);
		engine_dies(&engine);
		assert_prints(box_delete_force(box), "");
		cr_assert_null(boxes_left(), "after %u us: %s", i * step_us, boxes_left());
	}
	assert_ok(box_create(box));
}
