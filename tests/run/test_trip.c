/* test_trip.c -- every row of the construction lists fails once, and nothing is left.
 *
 * `--trip STEP` makes a row fail before it does anything. The names come from `help --steps`, so
 * they are not written down again, but for the rows that a variant of the config does not want:
 * those are its claim, and a row that none of them reaches would be seen here.
 *
 * Nowhere tripped: "labels" (needs AppArmor or SELinux), "join scope" and "leave scope" (need
 * systemd; left out of the lists), "oom score first" (an ordinary user's; see test_rootless.c) and
 * "limits first" (needs real-time limits; see test_limit_acts.c). */
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/box.h"
#include "tests/lib/config.h"
#include "tests/lib/holder.h"
#include "tests/lib/host.h"

TestSuite(trip, .init = boxes_open, .fini = boxes_close, .timeout = 200);

enum { most_steps = 64 };

static char steps[most_steps][40];
static unsigned step_count;
static char console[128], pidfd_socket[128], seccomp_socket[128], pid_file[128];
static int listeners[3];
static bool has_device;

/* ---- the stage -------------------------------------------------------------------------- */

/* The names of one list, in its order. */
static void read_steps(const char *list)
{
	struct said said = runtime(NULL, "help", "--steps");
	char *rest, *line, *text = strdup(said.out);

	cr_assert_eq(said.status, 0, "%s", said.err);
	step_count = 0;
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		char of[16], side[16];

		cr_assert_lt(step_count, most_steps);
		cr_assert_eq(sscanf(line, "%15[^\t]\t%15[^\t]\t%39[^\t]", of, side,
				    steps[step_count]), 3, "%s", line);
		step_count += !strcmp(of, list) && !strstr(steps[step_count], " scope");
	}
	cr_assert_gt(step_count, 15);
	free(text);
}

static bool ip_link(const char *const *words)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		/* What is to be deleted may go by itself meanwhile. */
		dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
		execvp("ip", (char *const *)words);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	return status == 0;
}

/* A device to give away, in the network of our own that is the runtime's host here. A container
 * that was given one takes it along when it goes, but not at once; with its peer it goes now. */
static void make_device(void)
{
	static const char *const add[] = { "ip", "link", "add", "test0", "type", "veth", "peer",
					   "name", "test1", NULL };
	static const char *const del[] = { "ip", "link", "del", "test1", NULL };

	if (if_nametoindex("test1"))
		ip_link(del);
	has_device = ip_link(add);
	if (!has_device)
		cr_log_warn("no network device can be made here: that row is not tripped");
}

static void make_sockets(void)
{
	snprintf(console, sizeof console, "%s/console.sock", boxes_folder());
	snprintf(pidfd_socket, sizeof pidfd_socket, "%s/pidfd.sock", boxes_folder());
	snprintf(seccomp_socket, sizeof seccomp_socket, "%s/seccomp.sock", boxes_folder());
	snprintf(pid_file, sizeof pid_file, "%s/pid", boxes_folder());
	listeners[0] = listener_new(console);
	listeners[1] = listener_new(pidfd_socket);
	listeners[2] = listener_new(seccomp_socket);
}

static void hang_up(void)
{
	for (unsigned i = 0; i < 3; i++)
		listener_drain(listeners[i]);
}

/* A box that wants every row there is, but for those of user namespaces. */
static struct box *box_with_everything(void)
{
	static const char *const hooks[] = { "prestart", "createRuntime", "createContainer",
					     "startContainer", "poststart", "poststop" };
	struct box *box = box_new();
	char path[64];

	cr_assert_eq(unshare(CLONE_NEWNET), 0);
	make_device();
	make_sockets();
	setenv("NOTIFY_SOCKET", "/run/nobody-listens-here", 1);
	for (unsigned i = 0; i < sizeof hooks / sizeof *hooks; i++) {
		snprintf(path, sizeof path, "hooks.%s[+].path", hooks[i]);
		box_set(box, path, "'/bin/true'");
	}
	/* It ends at once: a start with NOTIFY_SOCKET waits for READY=1 or for that. */
	box_args(box, "true");
	box_set(box, "process.terminal", "true");
	box_set(box, "annotations", "{'run.oci.hooks.stdout': '%s/hooks'}", boxes_folder());
	box_set(box, "process.oomScoreAdj", "500");
	/* No fewer: descriptors that other tests have under way count for the listener's (unix(7)). */
	box_set(box, "process.rlimits", "[{'type': 'RLIMIT_NOFILE', 'soft': 1000, 'hard': 2000}]");
	box_set(box, "hostname", "'tripped'");
	box_namespace(box, "cgroup");
	box_set(box, "linux.sysctl", "{'kernel.msgmax': '4096'}");
	box_set(box, "linux.resources.pids.limit", "20");
	box_set(box, "linux.seccomp", "{'defaultAction': 'SCMP_ACT_ALLOW', 'listenerPath': '%s',"
		" 'syscalls': [{'names': ['swapoff'], 'action': 'SCMP_ACT_NOTIFY'}]}",
		seccomp_socket);
	box_set(box, "mounts[+]", "{'destination': '/volume', 'type': 'bind', 'source': '/%s',"
		" 'options': ['bind'], 'uidMappings': [{'containerID': 0, 'hostID': 7, 'size': 9}],"
		" 'gidMappings': [{'containerID': 0, 'hostID': 7, 'size': 9}]}",
		boxes_folder() + 1);
	if (has_device)
		box_set(box, "linux.netDevices", "{'test0': {'name': 'eth0'}}");
	return box;
}

/* ---- tripping --------------------------------------------------------------------------- */

static struct said trip(struct box *box, const char *command, const char *step)
{
	const char *words[] = { "--trip", step, command, "--console-socket", console,
				"--pid-file", pid_file, "--pidfd-socket", pidfd_socket,
				box->id, NULL, NULL };

	if (!strcmp(command, "run")) {
		words[9] = "--detach";
		words[10] = box->id;
	}
	box_write(box);
	return runtime_words(box, words);
}

static void assert_tripped(struct said said, const char *command, const char *id, const char *step,
			   int status)
{
	char wanted[256];

	snprintf(wanted, sizeof wanted, "caisson: %s %s: %s: tripped, as --trip asked\n", command,
		 id, step);
	cr_assert_str_eq(said.err, wanted);
	cr_assert_eq(said.status, status, "%s: exit status %d", step, said.status);
}

static void assert_nothing_left(const char *command, const char *step)
{
	struct stat about;
	const char *left;

	hang_up();
	left = boxes_left();
	cr_assert_null(left, "%s, tripped at \"%s\": %s", command, step, left);
	cr_assert_eq(stat(pid_file, &about), -1, "%s, tripped at \"%s\": the pid file is left",
		     command, step);
	if (has_device)
		cr_assert_neq(if_nametoindex("test0"), 0, "%s, tripped at \"%s\": the device is "
			      "not back", command, step);
}

/* The rows behind the gate fail at start; everything is then freed by delete, as engines do it. At
 * the gate itself nobody listens: the creator is gone, the starter has not come. */
static bool trips_at_start(struct box *box, const char *step)
{
	bool unheard = !strcmp(step, "wait for start");
	struct said said;

	if (unheard)
		box_wait_status(box, "stopped");
	said = box_start(box);
	if (said.status == 0)
		return false;
	if (unheard)
		assert_fails(said, 1, "cannot start a container that has stopped");
	else
		assert_tripped(said, "start", box->id, step, 1);
	box_wait_status(box, "stopped");
	assert_ok(box_delete(box));
	return true;
}

static void free_all(struct box *box)
{
	assert_ok(box_delete_force(box));
	unlink(pid_file);
	hang_up();
}

/* Trips every row; the claim is which of them are not wanted: "a, b". */
static void trip_all(struct box *box, const char *command, const char *not_wanted)
{
	char untripped[1024] = "";

	read_steps("create");
	for (unsigned i = 0; i < step_count; i++) {
		struct said said;

		if (has_device && !if_nametoindex("test0"))
			make_device();
		said = trip(box, command, steps[i]);
		if (said.status != 0) {
			assert_tripped(said, command, box->id, steps[i], 1);
		} else if (strcmp(command, "create") || !trips_at_start(box, steps[i])) {
			strcat(strcat(untripped, *untripped ? ", " : ""), steps[i]);
			free_all(box);
		} else {
			unlink(pid_file);
		}
		if (said.status != 0)
			assert_nothing_left(command, steps[i]);
	}
	if (has_device && !if_nametoindex("test0"))
		make_device();
	assert_nothing_left(command, "all");
	cr_assert_str_eq(untripped, not_wanted);
}

Test(trip, create_leaves_nothing_whichever_step_fails)
{
	trip_all(box_with_everything(), "create",
		 "resctrl, notify listener, id maps, enter resctrl, limits first, oom score first, "
		 "become root, ipc namespace, rlimits by host, labels, late pid file, poststart hooks");
}

Test(trip, run_leaves_nothing_whichever_step_fails)
{
	trip_all(box_with_everything(), "run",
		 "resctrl, gate, id maps, enter resctrl, limits first, oom score first, become root, "
		 "ipc namespace, rlimits by host, labels, pid file, wait for start");
}

/* ---- with a user namespace, and with joined ones ---------------------------------------- */

static void give_user_namespace(struct box *box)
{
	box_set(box, "linux.namespaces[+]", "{'type': 'user'}");
	box_set(box, "linux.uidMappings", "[{'containerID': 0, 'hostID': 100000, 'size': 65536}]");
	box_set(box, "linux.gidMappings", "[{'containerID': 0, 'hostID': 100000, 'size': 65536}]");
	/* Engines give the root file system to the mapped root; here what it would make is there. */
	box_file(box, "run/notify/.keep", 0644, "");
	/* Idmapped mounts of a user namespace's own are another matter; the row is tripped above. */
	box_unset(box, "mounts[7]");
}

Test(trip, create_with_a_user_namespace_leaves_nothing)
{
	struct box *box = box_with_everything();

	give_user_namespace(box);
	trip_all(box, "create",
		 "resctrl, notify listener, id maps, enter resctrl, limits first, oom score first, "
		 "rlimits, labels, late pid file, poststart hooks");
}

Test(trip, run_with_a_user_namespace_leaves_nothing)
{
	struct box *box = box_with_everything();

	give_user_namespace(box);
	trip_all(box, "run",
		 "resctrl, gate, id maps, enter resctrl, limits first, oom score first, rlimits, "
		 "labels, pid file, wait for start");
}

/* Those named in `kinds` are joined from the holder. */
static void join_namespaces(struct box *box, pid_t holder, const char *kinds)
{
	json_t *list = config_get(box->config, "linux.namespaces");

	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *namespace = json_array_get(list, i);
		const char *type = json_string_value(json_object_get(namespace, "type"));
		const char *file = !strcmp(type, "network") ? "net" :
				   !strcmp(type, "pid")	    ? "pid_for_children" : type;
		char path[64];

		if (!strstr(kinds, type))
			continue;
		snprintf(path, sizeof path, "/proc/%d/ns/%s", holder, file);
		json_object_set_new(namespace, "path", json_string(path));
	}
}

Test(trip, create_in_joined_namespaces_leaves_nothing)
{
	struct box *box = box_with_everything();

	join_namespaces(box, holder_new(CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS),
			"network pid ipc uts");
	trip_all(box, "create",
		 "resctrl, notify listener, id maps, enter resctrl, limits first, oom score first, "
		 "become root, ipc namespace, loopback, rlimits by host, labels, late pid file, "
		 "poststart hooks");
}

Test(trip, run_in_a_joined_user_namespace_leaves_nothing)
{
	struct box *box = box_with_everything();

	give_user_namespace(box);
	join_namespaces(box, holder_new(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWPID |
					CLONE_NEWIPC | CLONE_NEWUTS), "user network pid ipc uts");
	trip_all(box, "run",
		 "resctrl, gate, enter resctrl, limits first, oom score first, ipc namespace, loopback, "
		 "rlimits, labels, pid file, wait for start");
}

/* ---- exec ------------------------------------------------------------------------------- */

/* A detached `true` that was not tripped takes its time to end. */
static void wait_until_alone(struct box *box, const char *alone)
{
	while (strcmp(runtime(box, "ps", "--format", "json", box->id).out, alone))
		usleep(1000);
}

static void trip_all_of_exec(struct box *box, const char *not_wanted)
{
	char untripped[256] = "";
	const char *before;

	/* With nobody to tell it is ready a start does not wait. */
	unsetenv("NOTIFY_SOCKET");
	box_args(box, "sleep", "1000");
	box_set(box, "process.execCPUAffinity", "{'initial': '0'}");
	assert_ok(trip(box, "run", "gate"));
	unlink(pid_file);
	before = runtime(box, "ps", "--format", "json", box->id).out;
	read_steps("exec");
	for (unsigned i = 0; i < step_count; i++) {
		struct said said = runtime(box, "--trip", steps[i], "exec", "--tty", "--detach",
					   "--user", "root", "--console-socket", console, "--pid-file", pid_file,
					   "--pidfd-socket", pidfd_socket, box->id, "true");
		struct stat about;

		hang_up();
		if (said.status == 0) {
			strcat(strcat(untripped, *untripped ? ", " : ""), steps[i]);
			wait_until_alone(box, before);
		} else {
			assert_tripped(said, "exec", box->id, steps[i], 255);
		}
		cr_assert_eq(stat(pid_file, &about), said.status ? -1 : 0, "%s", steps[i]);
		unlink(pid_file);
		if (said.status)
			assert_prints(runtime(box, "ps", "--format", "json", box->id), before);
	}
	cr_assert_str_eq(untripped, not_wanted);
	free_all(box);
}

Test(trip, exec_leaves_nothing_whichever_step_fails)
{
	trip_all_of_exec(box_with_everything(),
			 "enter resctrl, cpus, become root, procfs, rlimits by host, labels");
}

Test(trip, exec_in_a_user_namespace_leaves_nothing)
{
	struct box *box = box_with_everything();

	give_user_namespace(box);
	trip_all_of_exec(box, "enter resctrl, cpus, procfs, rlimits, labels");
}

/* ---- the names -------------------------------------------------------------------------- */

Test(trip, a_step_that_does_not_exist_is_refused)
{
	struct box *box = box_new();
	char wanted[160];

	box_write(box);
	snprintf(wanted, sizeof wanted, "caisson: create %s: --trip: there is no step \"spwan\"\n"
		 "  hint: did you mean \"spawn\"?\n", box->id);
	cr_assert_str_eq(runtime(box, "--trip", "spwan", "create", box->id).err, wanted);
}
