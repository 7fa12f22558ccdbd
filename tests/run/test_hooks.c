/* test_hooks.c -- hooks: when, where, with what, and what their failure means. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/owned.h"
#include "tests/lib/box.h"
#include "tests/lib/config.h"
#include "tests/lib/holder.h"
#include "tests/lib/host.h"

TestSuite(hooks, .init = boxes_open, .fini = boxes_close, .timeout = 120);

static const char *const kinds[] = { "prestart", "createRuntime", "createContainer",
				     "startContainer", "poststart", "poststop" };
enum { kind_count = sizeof kinds / sizeof *kinds };

/* A hook that is a script. */
static void box_hook(struct box *box, const char *kind, const char *script)
{
	char path[64];
	json_t *args = json_pack("[s, s, s]", "sh", "-c", script);

	snprintf(path, sizeof path, "hooks.%s[+]", kind);
	config_set(box->config, path, json_pack("{s:s, s:o}", "path", "/bin/sh",
						"args", args));
}

/* The log of all hooks, in the bundle, which the container sees as /log. */
static struct box *box_with_log(void)
{
	struct box *box = box_new();

	box_set(box, "mounts[+]", "{'destination': '/log', 'type': 'bind', 'source': '%s',"
				  " 'options': ['bind']}", box->bundle);
	box_args(box, "sleep", "1000");
	return box;
}

/* A hook of each kind. The script finds in $kind which it is, in $log where to write. */
static void hook_all(struct box *box, const char *script)
{
	for (unsigned i = 0; i < kind_count; i++) {
		const char *log = !strcmp(kinds[i], "startContainer") ? "/log" : box->bundle;
		char whole[1024];

		snprintf(whole, sizeof whole, "kind=%s log=%s; %s", kinds[i], log, script);
		box_hook(box, kinds[i], whole);
	}
}

static void live_and_die(struct box *box)
{
	assert_ok(box_create(box));
	assert_ok(box_start(box));
	assert_ok(box_kill(box, "KILL"));
	box_wait_status(box, "stopped");
	assert_ok(box_delete(box));
}

/* ---- when ------------------------------------------------------------------------------- */

Test(hooks, come_in_order_and_hear_the_status)
{
	struct box *box = box_with_log();

	hook_all(box, "echo $kind $(sed 's/.*\"status\":\"\\([a-z]*\\)\".*/\\1/') >> $log/hooks");
	assert_ok(box_create(box));
	cr_assert_str_eq(file_text("%s/hooks", box->bundle),
			 "prestart created\ncreateRuntime created\ncreateContainer created\n");
	assert_ok(box_start(box));
	assert_ok(box_kill(box, "KILL"));
	box_wait_status(box, "stopped");
	assert_ok(box_delete(box));
	cr_assert_str_eq(file_text("%s/hooks", box->bundle),
			 "prestart created\ncreateRuntime created\ncreateContainer created\n"
			 "startContainer created\npoststart running\npoststop stopped\n");
}

Test(hooks, of_one_kind_come_in_the_order_of_the_config)
{
	struct box *box = box_with_log();

	for (unsigned i = 0; i < 3; i++) {
		char script[256];

		snprintf(script, sizeof script, "echo %u >> %s/hooks", i, box->bundle);
		box_hook(box, "createRuntime", script);
	}
	box_args(box, "true");
	assert_ok(box_run(box));
	cr_assert_str_eq(file_text("%s/hooks", box->bundle), "0\n1\n2\n");
}

/* ---- with what rights ------------------------------------------------------------------- */

/* /log/hook, with what bounds the workload, is written by a startContainer hook; so is, by the
 * workload itself, what it prints. */
static struct box *box_that_compares(const char *no_new_privileges)
{
	static const char look[] = "grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status";
	struct box *box = box_with_log();
	char script[160];

	box_set(box, "process.noNewPrivileges", "%s", no_new_privileges);
	snprintf(script, sizeof script, "%s > /log/hook", look);
	box_hook(box, "startContainer", script);
	box_shell(box, "%s", look);
	return box;
}

static void assert_hook_is_as_confined(struct box *box, const char *wanted)
{
	struct said said = box_run(box);

	cr_assert_eq(said.status, 0, "%s", said.err);
	cr_assert_not_null(strstr(said.out, wanted), "%s", said.out);
	cr_assert_str_eq(file_text("%s/hook", box->bundle), said.out);
}

#define PROFILE "{'defaultAction': 'SCMP_ACT_ALLOW', 'syscalls':" \
		" [{'names': ['mkdir', 'mkdirat'], 'action': '%s'}]}"

Test(hooks, of_startContainer_may_no_more_than_the_workload)
{
	struct box *box = box_that_compares("true");

	box_set(box, "linux.seccomp", PROFILE, "SCMP_ACT_KILL");
	assert_hook_is_as_confined(box, "NoNewPrivs:\t1\nSeccomp:\t2\n");
}

Test(hooks, of_startContainer_may_no_more_where_the_filter_takes_a_capability)
{
	struct box *box = box_that_compares("false");

	box_set(box, "linux.seccomp", PROFILE, "SCMP_ACT_KILL");
	assert_hook_is_as_confined(box, "NoNewPrivs:\t0\nSeccomp:\t2\n");
}

Test(hooks, of_startContainer_get_no_new_privileges_without_a_filter)
{
	assert_hook_is_as_confined(box_that_compares("true"), "NoNewPrivs:\t1\nSeccomp:\t0\n");
}

Test(hooks, of_startContainer_die_of_the_filter)
{
	struct box *box = box_with_log();
	char made[160];

	box_set(box, "linux.seccomp", PROFILE, "SCMP_ACT_KILL");
	snprintf(made, sizeof made, "%s/made", box->bundle);
	box_hook(box, "startContainer", "mkdir /log/made");
	assert_fails(box_run(box), 1, "startContainer hooks: error running startContainer hook #0: "
				      "signal: bad system call");
	cr_assert_eq(access(made, F_OK), -1);
}

/* It is told of the workload, once. */
Test(hooks, of_startContainer_ask_no_agent)
{
	struct box *box = box_with_log();
	char agent[128];

	snprintf(agent, sizeof agent, "%s/agent", boxes_folder());
	cr_assert_geq(listener_new(agent), 0);
	box_set(box, "linux.seccomp", PROFILE, "SCMP_ACT_NOTIFY");
	box_set(box, "linux.seccomp.listenerPath", "'%s'", agent);
	box_hook(box, "startContainer", "mkdir /log/made 2> /log/said; true");
	box_args(box, "true");
	assert_ok(box_run(box));
	cr_assert_str_eq(file_text("%s/said", box->bundle),
			 "mkdir: can't create directory '/log/made': Function not implemented\n");
}

Test(hooks, of_startContainer_that_are_missing_are_named_under_a_filter)
{
	struct box *box = box_with_log();

	box_set(box, "linux.seccomp", PROFILE, "SCMP_ACT_ERRNO");
	box_set(box, "hooks.startContainer", "[{'path': '/no/such/hook'}]");
	assert_fails(box_run(box), 1, "error running startContainer hook #0: fork/exec "
				      "/no/such/hook: no such file or directory");
}

/* ---- where ------------------------------------------------------------------------------ */

Test(hooks, are_in_the_namespaces_the_spec_says)
{
	struct box *box = box_with_log();
	char wanted[512];
	const char *host, *inside;
	pid_t pid;

	hook_all(box, "echo $kind $(readlink /proc/self/ns/uts) >> $log/hooks");
	assert_ok(box_create(box));
	assert_ok(box_start(box));
	pid = box_pid(box);
	host = proc_namespace(getpid(), "uts");
	inside = proc_namespace(pid, "uts");
	snprintf(wanted, sizeof wanted, "prestart %s\ncreateRuntime %s\ncreateContainer %s\n"
		 "startContainer %s\npoststart %s\n", host, host, inside, inside, host);
	cr_assert_str_eq(file_text("%s/hooks", box->bundle), wanted);
}

/* config.md, "createContainer Hooks": after the mounts, before pivot_root. */
Test(hooks, of_createContainer_see_the_mounts_and_the_hosts_root)
{
	struct box *box = box_with_log();
	char script[512];

	snprintf(script, sizeof script, "grep -c ' %s/log ' /proc/self/mountinfo > %s/hooks",
		 box->rootfs, box->bundle);
	box_hook(box, "createContainer", script);
	assert_ok(box_create(box));
	cr_assert_str_eq(file_text("%s/hooks", box->bundle), "1\n");
	cr_assert_null(proc_mount(getpid(), "/log"));
}

/* ---- with what -------------------------------------------------------------------------- */

Test(hooks, hear_the_state_on_stdin)
{
	struct box *box = box_with_log();
	char script[256];
	json_t *state;

	snprintf(script, sizeof script, "cat > %s/state", box->bundle);
	box_hook(box, "createRuntime", script);
	box_set(box, "annotations", "{'org.example': 'yes'}");
	assert_ok(box_create(box));
	state = json_loads(file_text("%s/state", box->bundle), 0, NULL);
	cr_assert_not_null(state);
	cr_assert_str_eq(json_string_value(json_object_get(state, "id")), box->id);
	cr_assert_str_eq(json_string_value(json_object_get(state, "bundle")), box->bundle);
	cr_assert_eq(json_integer_value(json_object_get(state, "pid")), box_pid(box));
	cr_assert_str_eq(json_string_value(config_get(state, "annotations")
						   ? json_object_get(config_get(state, "annotations"),
								     "org.example")
						   : NULL), "yes");
}

/* NVIDIA's CVE-2025-23266: a hook took LD_PRELOAD from the image. */
Test(hooks, have_the_environment_of_their_entry_and_nothing_else)
{
	struct box *box = box_with_log();

	setenv("OF_THE_CALLER", "1", 1);
	box_set(box, "process.env[+]", "'LD_PRELOAD=/evil.so'");
	/* What shells add of their own is not ours. */
	hook_all(box, "env | grep -vE '^(PWD|OLDPWD|SHLVL|_|kind|log)=' | sort > $log/env.$kind");
	for (unsigned i = 0; i < kind_count; i++) {
		char path[64];

		snprintf(path, sizeof path, "hooks.%s[0].env", kinds[i]);
		box_set(box, path, "['ONE=1', 'PATH=/bin:/usr/bin']");
	}
	live_and_die(box);
	for (unsigned i = 0; i < kind_count; i++)
		cr_assert_str_eq(file_text("%s/env.%s", box->bundle, kinds[i]),
				 "ONE=1\nPATH=/bin:/usr/bin\n");
}

Test(hooks, have_no_descriptor_but_three_and_a_session_of_their_own)
{
	struct box *box = box_with_log();
	autoclose int leaked = open("/", O_RDONLY | O_DIRECTORY);
	char script[256];

	runtime_leak(leaked, 11);
	/* The fourth is that of ls itself. */
	snprintf(script, sizeof script, "echo $(ls /proc/self/fd) > $log/fds.$kind; test $(cut -d' ' "
		 "-f6 /proc/self/stat) != %d", getsid(0));
	hook_all(box, script);
	live_and_die(box);
	for (unsigned i = 0; i < kind_count; i++)
		cr_assert_str_eq(file_text("%s/fds.%s", box->bundle, kinds[i]), "0 1 2 3\n", "%s",
				 kinds[i]);
}

/* ---- failing ---------------------------------------------------------------------------- */

static const char fails[] = "echo some output; echo the reason >&2; exit 7";
#define ITS_WORDS "exit status 7, stdout: some output\n, stderr: the reason\n"

/* Lifecycle, 13: the last of them all, also after another one that failed. */
static void box_hook_poststop(struct box *box)
{
	char script[256];

	snprintf(script, sizeof script, "echo poststop >> %s/hooks", box->bundle);
	box_hook(box, "poststop", script);
}

static void assert_create_fails(const char *kind)
{
	struct box *box = box_with_log();
	char step[32], wanted[512];
	struct said said;

	box_hook_poststop(box);
	snprintf(step, sizeof step, "%s hooks", kind);
	box_hook(box, kind, fails);
	said = box_create(box);
	snprintf(wanted, sizeof wanted, "caisson: create %s: %s: error running %s hook #0: "
		 ITS_WORDS, box->id, step, kind);
	cr_assert_eq(said.status, 1);
	cr_assert_eq(strncmp(said.err, wanted, strlen(wanted)), 0, "%s", said.err);
	cr_assert_str_eq(file_text("%s/hooks", box->bundle), "poststop\n");
	cr_assert_null(boxes_left());
}

Test(hooks, of_prestart_that_fail_undo_the_create)
{
	assert_create_fails("prestart");
}

Test(hooks, of_createRuntime_that_fail_undo_the_create)
{
	assert_create_fails("createRuntime");
}

Test(hooks, of_createContainer_that_fail_undo_the_create)
{
	assert_create_fails("createContainer");
}

Test(hooks, of_startContainer_that_fail_destroy_the_container)
{
	struct box *box = box_with_log();

	box_hook_poststop(box);
	box_hook(box, "startContainer", fails);
	assert_ok(box_create(box));
	assert_fails(box_start(box), 1, "startContainer hooks: error running startContainer hook "
					"#0: " ITS_WORDS);
	cr_assert_str_eq(file_text("%s/hooks", box->bundle), "poststop\n");
	cr_assert_null(boxes_left());
}

Test(hooks, of_poststart_that_fail_destroy_the_container)
{
	struct box *box = box_with_log();

	box_hook_poststop(box);
	box_hook(box, "poststart", fails);
	assert_ok(box_create(box));
	assert_fails(box_start(box), 1, "error running poststart hook #0: " ITS_WORDS);
	cr_assert_str_eq(file_text("%s/hooks", box->bundle), "poststop\n");
	cr_assert_null(boxes_left());
}

Test(hooks, of_poststart_that_fail_undo_a_run)
{
	struct box *box = box_with_log();

	box_hook(box, "poststart", fails);
	assert_fails(box_run(box), 1, "poststart hooks: error running poststart hook #0: "
				      ITS_WORDS);
	cr_assert_null(boxes_left());
}

/* runtime.md wants it after a hook that failed; where nothing could be made, nothing is torn down. */
Test(hooks, of_poststop_do_not_run_when_nothing_was_made)
{
	struct box *box = box_with_log();

	box_hook_poststop(box);
	box_set(box, "linux.sysctl", "{'kernel.msgmax': 'nonsense'}");
	assert_status(box_create(box), 1);
	cr_assert_str_eq(file_text("%s/hooks", box->bundle), "");
}

/* The files are appended to, and what is in them is not in the error. */
Test(hooks, say_what_they_say_to_the_files_of_annotations)
{
	struct box *box = box_with_log();
	char script[256];

	hook_all(box, "echo $kind out; echo $kind err >&2");
	box_set(box, "annotations", "{'run.oci.hooks.stdout': '%s/out', "
		"'run.oci.hooks.stderr': '%s/err'}", box->bundle, box->bundle);
	snprintf(script, sizeof script, "%s/out", box->bundle);
	close(open(script, O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
	live_and_die(box);
	cr_assert_str_eq(file_text("%s/out", box->bundle),
			 "prestart out\ncreateRuntime out\ncreateContainer out\n"
			 "startContainer out\npoststart out\npoststop out\n");
	cr_assert_str_eq(file_text("%s/err", box->bundle),
			 "prestart err\ncreateRuntime err\ncreateContainer err\n"
			 "startContainer err\npoststart err\npoststop err\n");
	box_set(box, "annotations", "{'run.oci.hooks.stdout': '/no/such/folder/file'}");
	assert_fails(box_create(box), 1, "hook output: open /no/such/folder/file: No such file or "
					 "directory (config.json:");
}

Test(hooks, of_poststop_that_fail_are_a_warning_and_the_next_runs)
{
	struct box *box = box_with_log();
	char script[256];
	struct said said;

	snprintf(script, sizeof script, "echo next > %s/hooks", box->bundle);
	box_hook(box, "poststop", fails);
	box_hook(box, "poststop", script);
	assert_ok(box_create(box));
	said = box_delete(box);
	cr_assert_eq(said.status, 0);
	cr_assert_str_eq(said.err, "caisson: warning: error running poststop hook #0: " ITS_WORDS
				   "\n");
	cr_assert_str_eq(file_text("%s/hooks", box->bundle), "next\n");
	cr_assert_null(boxes_left());
}

Test(hooks, that_are_missing_undo_the_create)
{
	struct box *box = box_with_log();

	box_set(box, "hooks.createRuntime[+].path", "'/no/such/hook'");
	assert_fails(box_create(box), 1, "createRuntime hooks: error running createRuntime hook "
					 "#0: fork/exec /no/such/hook: no such file or directory");
	cr_assert_null(boxes_left());
}

Test(hooks, that_take_longer_than_their_timeout_are_killed)
{
	struct box *box = box_with_log();

	box_hook(box, "createRuntime", "sleep 1000 & sleep 1000");
	box_set(box, "hooks.createRuntime[0].timeout", "1");
	assert_fails(box_create(box), 1, "createRuntime hooks: error running createRuntime hook "
					 "#0: hook ran past specified timeout of 1.0s");
	cr_assert_null(boxes_left());
}

Test(hooks, that_never_read_their_state_are_no_trouble)
{
	struct box *box = box_with_log();
	char *large = malloc(200001);

	memset(large, 'x', 200000);
	large[200000] = '\0';
	json_object_set_new(box->config, "annotations", json_pack("{s:s}", "large", large));
	box_set(box, "hooks.createRuntime[+].path", "'/bin/true'");
	box_args(box, "true");
	assert_ok(box_run(box));
	free(large);
}
