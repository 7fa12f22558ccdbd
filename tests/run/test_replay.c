/* test_replay.c -- whole lives of containers as each engine leads them, word for word.
 *
 * The command lines, their order and what comes with them (environment, directory, descriptors, an
 * ignored SIGPIPE, the oom score) are those that the engines were seen to use: podman 4.3 to 5.8 and
 * CRI-O 1.37 through conmon, containerd 1.6 to 2.1 through its shim as ctr, CRI and dockerd 20.10 to
 * 28.5 call it, buildah 1.28, BuildKit. In the words {id}, {bundle}, {root} and {room} (a folder for
 * the engine's files) are filled in. tests/engines/ has the engines themselves. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/owned.h"
#include "runtime/base/proc.h"
#include "tests/lib/box.h"
#include "tests/lib/caller.h"
#include "tests/lib/config.h"
#include "tests/lib/holder.h"
#include "tests/lib/host.h"

TestSuite(replay, .init = boxes_open, .fini = boxes_close, .timeout = 120);

/* ---- who calls -------------------------------------------------------------------------- */

#define ENVIRONMENT(...) (const char *const[]){ __VA_ARGS__, NULL }
#define PATHS "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* What it starts directly gets next to nothing. */
static const struct caller podman = {
	.environment = ENVIRONMENT(PATHS, "HOME=/root", "XDG_RUNTIME_DIR="),
};
static const struct caller conmon = {
	.environment = ENVIRONMENT(PATHS, "HOME=/root", "TERM=xterm", "_OCI_SYNCPIPE=3",
				   "_OCI_STARTPIPE=4", "XDG_RUNTIME_DIR=",
				   "CONTAINERS_CONF=/etc/containers/containers.conf",
				   "TMPDIR=/var/tmp"),
	.pipes = 1, .ignores_sigpipe = true, .at_root = true,
};
static const struct caller crio = {
	.environment = ENVIRONMENT(PATHS, "XDG_RUNTIME_DIR="),
	.at_root = true,
};
static const struct caller conmon_of_crio = {
	.environment = ENVIRONMENT(PATHS, "_OCI_SYNCPIPE=3", "_OCI_STARTPIPE=4",
	       "CRI_O_EXTERNAL=1"),
	.pipes = 1, .ignores_sigpipe = true,
};
static const struct caller shim = {
	.environment = ENVIRONMENT(PATHS, "NAMESPACE=default", "GOMAXPROCS=4", "MAX_SHIM_VERSION=2",
				   "GRPC_ADDRESS=/run/containerd/containerd.sock",
				   "TTRPC_ADDRESS=/run/containerd/containerd.sock.ttrpc",
				   "LD_LIBRARY_PATH=/opt/containerd/lib:",
				   "OTEL_SERVICE_NAME=containerd-shim-default"),
	.pipes = 2, .oom_score_adj = 1,
};
static const struct caller dockerd = {
	.environment = ENVIRONMENT(PATHS, "HOME=/root", "NOTIFY_SOCKET="),
	.at_root = true,
};
static const struct caller buildah = {
	.environment = ENVIRONMENT(PATHS, "HOME=/root", "TERM=xterm", "LOGLEVEL=3",
				   "TMPDIR=/var/tmp"),
	.pipes = 8, .at_root = true,
};
static const struct caller buildkit = {
	.environment = ENVIRONMENT(PATHS, "HOME=/root"),
	.at_root = true,
};

/* ---- what it says ----------------------------------------------------------------------- */

struct line {
	const struct caller *by;
	const char *words;  /* the command line, split at spaces */
	const char *then;   /* the container's status after it, waited for; NULL: there is none */
	int status;
	const char *err;    /* all of stderr; NULL: nothing */
	const char *out;    /* how stdout begins; NULL: nothing */
	const char *input;
};

static const char *room(void)
{
	static char path[128];

	snprintf(path, sizeof path, "%s/room", boxes_folder());
	return path;
}

static const char *value_of(struct box *box, const char *name, size_t length)
{
	const struct {
		const char *name, *value;
	} values[] = { { "id", box->id }, { "bundle", box->bundle }, { "root", boxes_root() },
		       { "room", room() } };

	const char *value = NULL;

	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		if (strlen(values[i].name) == length && !memcmp(values[i].name, name, length))
			value = values[i].value;
	}
	cr_assert_not_null(value, "nothing is called %s", name);
	return value;
}

/* With every {name} filled in. Lives as long as the test. */
static char *filled(struct box *box, const char *text)
{
	char *filled = NULL;
	size_t size;
	FILE *to = open_memstream(&filled, &size);

	while (*text) {
		const char *end = *text == '{' ? strchr(text, '}') : NULL;

		if (end) {
			fputs(value_of(box, text + 1, (size_t)(end - text - 1)), to);
			text = end + 1;
		} else {
			fputc(*text++, to);
		}
	}
	fclose(to);
	return filled;
}

static struct said say(struct box *box, const struct line *line)
{
	const char *words[32] = { NULL };
	unsigned count = 0;
	struct said said;
	char *rest, *text = filled(box, line->words);

	for (char *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		words[count++] = word;
	runtime_called_by(line->by, line->input);
	said = runtime_words(box, words);
	runtime_called_by(NULL, NULL);
	return said;
}

static void check_line(struct box *box, const struct line *line)
{
	const char *out = line->out ? line->out : "";
	struct said said = say(box, line);

	cr_assert_eq(said.status, line->status, "%s: exit status %d, not %d, stderr: "
	       "%s", line->words,
		     said.status, line->status, said.err);
	cr_assert_str_eq(said.err, line->err ? filled(box, line->err) : "", "%s: %s", line->words,
			 said.err);
	/* The container's own output is in the file of create's. */
	cr_assert_eq(strncmp(said.out, filled(box, out), strlen(filled(box, out))), 0, "%s: %s",
		     line->words, said.out);
	cr_assert(*out || !*said.out, "%s: it printed %s", line->words, said.out);
	if (line->then)
		box_wait_status(box, line->then);
	else
		assert_status(runtime(box, "state", box->id), 1);
}

#define LIVE(box, ...)                                                       \
	do {                                                                 \
		static const struct line lines_[] = { __VA_ARGS__ };         \
		for (size_t i_ = 0; i_ < sizeof lines_ / sizeof *lines_; i_++) \
			check_line((box), &lines_[i_]);                      \
	} while (0)

/* ---- the scene -------------------------------------------------------------------------- */

static void write_room(const char *name, const char *text)
{
	char path[192];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", room(), name);
	file = fopen(path, "we");
	cr_assert_not_null(file);
	fputs(text, file);
	fclose(file);
}

/* What engines have lying around: processes for exec, limits for update. */
static void furnish(void)
{
	cr_assert_eq(mkdir(room(), 0755), 0);
	write_room("process", "{\"args\": [\"sleep\", \"1001\"], \"cwd\": \"/\","
			      " \"env\": [\"PATH=/bin\"]}");
	write_room("on-terminal", "{\"args\": [\"sleep\", \"1002\"], \"cwd\": \"/\","
				  " \"env\": [\"PATH=/bin\"], \"terminal\": true}");
	write_room("not-there", "{\"args\": [\"/nothing\"], \"cwd\": \"/\"}");
	write_room("limits", "{\"pids\": {\"limit\": 44}}");
}

/* A workload that first says what it has of its caller: descriptors (3 is that of ls), ignored
 * signals, and how many variables are an engine's. */
static struct box *box_telling(void)
{
	struct box *box = box_new();

	furnish();
	box_shell(box, "echo $(ls /proc/self/fd) $(grep SigIgn /proc/self/status); env | grep -cE "
		       "'OCI|CRI|XDG|TMPDIR|GRPC|NAMESPACE|GOMAX|OTEL|LD_|LOGLEVEL|NOTIFY'; "
		       "exec sleep 1000");
	box_write(box);
	return box;
}

/* The calls are numbered: where the workload's output went is where create's did. */
static void check_told(struct box *box)
{
	box->output = 2;
	box_wait_output(box, "0 1 2 3 SigIgn: 0000000000000000\n0\n");
}

static void check_pid_file(struct box *box, const char *path)
{
	pid_t pid = atoi(file_text("%s", filled(box, path)));

	cr_assert_gt(pid, 0, "%s", path);
	cr_assert_eq(kill(pid, 0), 0, "%s", path);
}

static void check_limit(struct box *box, const char *wanted)
{
	if (host_has_controller("pids"))
		cr_assert_str_eq(cgroup_text(box_pid(box), "pids", "pids.max"), wanted);
}

/* podman and buildah give no --root: the records are where root's always are. */
static void share_default_root(void)
{
	cr_assert_eq(mount("run", "/run", "tmpfs", 0, "mode=0755"), 0);
	cr_assert_eq(mkdir("/run/caisson", 0700), 0);
	cr_assert_eq(mount(boxes_root(), "/run/caisson", NULL, MS_BIND, NULL), 0);
}

static void leave_default_root(void)
{
	cr_assert_eq(umount2("/run", MNT_DETACH), 0);
}

/* ---- podman ----------------------------------------------------------------------------- */

#define CONMON_LOG "--log-format=json --log {room}/oci-log "

Test(replay, podman)
{
	struct box *box = box_telling();
	char *socket = filled(box, "{room}/terminal");
	int terminals = listener_new(socket);

	share_default_root();
	LIVE(box,
	     { &conmon, CONMON_LOG "create --bundle {bundle} --pid-file {bundle}/pidfile "
	       "{id}", "created" },
	     { &podman, "start {id}", "running" },
	     { &conmon, CONMON_LOG "exec --pid-file {room}/exec_pid --process "
	       "{room}/process --detach {id}",
	       "running" },
	     { &conmon, CONMON_LOG "exec --pid-file {room}/tty_pid --process "
	       "{room}/on-terminal --detach "
	       "--tty --console-socket {room}/terminal {id}", "running" },
	     { &conmon, CONMON_LOG "exec --pid-file {room}/no_pid --process "
	       "{room}/not-there --detach {id}",
	       "running", 255,
	       "exec {id}: program: exec: \"/nothing\": stat /nothing: no such file or "
	       "directory\n" },
	     { &podman, "pause {id}", "paused" },
	     { &podman, "resume {id}", "running" },
	     { &podman, "update --resources={room}/limits {id}", "running" },
	     { &podman, "kill {id} 10", "running" });
	check_told(box);
	check_limit(box, "44\n");
	check_pid_file(box, "{bundle}/pidfile");
	check_pid_file(box, "{room}/exec_pid");
	check_pid_file(box, "{room}/tty_pid");
	cr_assert_eq(listener_drain(terminals), 1);
	cr_assert_not_null(strstr(file_text("%s/oci-log", room()), "\"level\":\"error\""));
	LIVE(box,
	     { &podman, "kill {id} 9", "stopped" },
	     { &podman, "kill {id} 9", "stopped", 1, "caisson: kill {id}: container not "
	       "running\n" },
	     { &podman, "delete --force {id}", NULL },
	     { &podman, "delete --force {id}", NULL });
	leave_default_root();
}

Test(replay, podman_gives_a_terminal_descriptors_and_no_cgroup)
{
	struct box *box = box_telling();
	int terminals = listener_new(filled(box, "{room}/terminal"));

	share_default_root();
	box_set(box, "process.terminal", "true");
	box_write(box);
	LIVE(box,
	     { &conmon, CONMON_LOG "create --bundle {bundle} --pid-file {bundle}/pidfile "
	       "--no-new-keyring "
	       "--console-socket {room}/terminal {id}", "created" },
	     { &podman, "start {id}", "running" },
	     { &podman, "kill {id} 9", "stopped" },
	     { &podman, "delete --force {id}", NULL });
	cr_assert_eq(listener_drain(terminals), 1);
	box_set(box, "process.terminal", "false");
	box_set(box, "linux.resources", "{}");
	box_shell(box, "echo $(ls /proc/self/fd); exec sleep 1000");
	box_write(box);
	LIVE(box,
	     { &conmon, CONMON_LOG "--cgroup-manager disabled create --bundle {bundle} --pid-file "
	       "{bundle}/pidfile --preserve-fds 1 {id}", "created" },
	     { &podman, "start {id}", "running" });
	cr_assert_str_eq(cgroup_folder(box_pid(box), "pids"), cgroup_folder(getpid(), "pids"));
	LIVE(box,
	     { &podman, "kill {id} 9", "stopped" },
	     { &podman, "delete --force {id}", NULL });
	leave_default_root();
}

Test(replay, podman_undoes_what_could_not_be_made)
{
	struct box *box = box_telling();

	share_default_root();
	box_args(box, "/nothing");
	box_write(box);
	LIVE(box,
	     { &conmon, CONMON_LOG "create --bundle {bundle} --pid-file {bundle}/pidfile "
	       "{id}", NULL, 1,
	       "create {id}: program: exec: \"/nothing\": stat /nothing: no such file or directory "
	       "(config.json:10:7: process.args[0])\n" },
	     { &podman, "delete --force {id}", NULL });
	cr_assert_not_null(strstr(file_text("%s/oci-log", room()), "stat /nothing: no such file"));
	leave_default_root();
}

/* ---- CRI-O ------------------------------------------------------------------------------ */

Test(replay, cri_o)
{
	struct box *box = box_telling();
	int terminals = listener_new(filled(box, "{room}/terminal"));

	LIVE(box,
	     { &conmon_of_crio, "--root={root} create --bundle {bundle} --pid-file "
	       "{bundle}/pidfile {id}",
	       "created" },
	     { &crio, "--version", "created", 0, NULL, "caisson version " },
	     { &crio, "features", "created", 0, NULL, "{" },
	     { &crio, "--root {root} state {id}", "created", 0, NULL, "{" },
	     { &crio, "--root {root} start {id}", "running" },
	     { &crio, "--root {root} state {id}", "running", 0, NULL, "{" },
	     { &conmon_of_crio, "--root={root} exec --pid-file {room}/exec_pid --process "
	       "{room}/process "
	       "--detach {id}", "running" },
	     { &conmon_of_crio, "--root={root} exec --pid-file {room}/tty_pid --process "
	       "{room}/on-terminal --detach --console-socket {room}/terminal {id}", "running" },
	     { &conmon_of_crio, "--root={root} exec --pid-file {room}/no_pid --process "
	       "{room}/not-there --detach {id}", "running", 255,
	       "caisson: exec {id}: program: exec: \"/nothing\": stat /nothing: no such file or "
	       "directory\n" },
     { &crio, "--root {root} update --resources - {id}", "running",
	       .input = "{\"pids\": {\"limit\": 45}}" },
	     { &crio, "--root {root} pause {id}", "paused" },
	     { &crio, "--root {root} state {id}", "paused", 0, NULL, "{" },
	     { &crio, "--root {root} resume {id}", "running" },
	     { &crio, "--root {root} kill {id} 15", "running" });
	check_told(box);
	check_limit(box, "45\n");
	check_pid_file(box, "{room}/exec_pid");
	check_pid_file(box, "{room}/tty_pid");
	/* What tells conmon that an exec failed: no status, no pid file. */
	cr_assert_eq(access(filled(box, "{room}/no_pid"), F_OK), -1);
	cr_assert_eq(listener_drain(terminals), 1);
	LIVE(box,
	     { &crio, "--root {root} events --stats {id}", "running", 0, NULL, "{" },
	     { &crio, "--root {root} kill {id} KILL", "stopped" },
	     { &crio, "--root {root} state {id}", "stopped", 0, NULL, "{" },
	     { &crio, "--root {root} kill {id} KILL", "stopped", 1,
	       "caisson: kill {id}: container not running\n" },
	     { &crio, "--root {root} delete --force {id}", NULL },
	     { &crio, "--root {root} state {id}", NULL, 1,
	       "caisson: state {id}: container does not exist\n" },
	     { &crio, "--root {root} delete --force {id}", NULL });
}

/* What is left of a container in the node's pid namespace when its first process has ended: CRI-O sends
 * it a `kill -a` of its own as soon as it has heard. */
Test(replay, cri_o_ends_what_is_left)
{
	struct box *box = box_new();
	pid_t left;

	furnish();
	box_set(box, "linux.namespaces", "[{\"type\": \"mount\"}, {\"type\": \"uts\"}]");
	box_shell(box, "sleep 1003 & echo left $! behind; exec sleep 1000");
	box_write(box);
	LIVE(box,
	     { &conmon_of_crio, "--root={root} create --bundle {bundle} --pid-file "
	       "{bundle}/pidfile {id}", "created" },
	     { &crio, "--root {root} start {id}", "running" });
	box->output = 2;
	box_wait_output(box, "behind\n");
	LIVE(box, { &crio, "--root {root} kill {id} 15", "stopped" });
	cr_assert_eq(sscanf(strstr(box_output(box), "left "), "left %d", &left), 1);
	autoclose int pidfd = pidfd_of(left);
	cr_assert_geq(pidfd, 0);
	LIVE(box, { &crio, "--root {root} kill -a {id} 9", "stopped" });
	cr_assert_eq(pidfd_wait_end(pidfd, 10 * 1000), 0, "it lives on");
	LIVE(box, { &crio, "--root {root} delete --force {id}", NULL });
}

/* `crictl exec`: neither --detach nor a console socket, and its own stdio. */
Test(replay, cri_o_executes_in_the_foreground)
{
	struct box *box = box_telling();

	write_room("process", "{\"args\": [\"sh\", \"-c\", \"cat; exit 5\"], \"cwd\": \"/\","
			      " \"env\": [\"PATH=/bin\"]}");
	LIVE(box,
	     { &conmon_of_crio, "--root={root} create --bundle {bundle} --pid-file "
	       "{bundle}/pidfile {id}",
	       "created" },
	     { &crio, "--root {root} start {id}", "running" },
	     { &crio, "--root {root} exec --process {room}/process "
	       "{id}", "running", 5, NULL, "heard",
	       .input = "heard" },
	     { &crio, "--root {root} kill {id} KILL", "stopped" },
	     { &crio, "--root {root} delete --force {id}", NULL });
}

/* ---- containerd ------------------------------------------------------------------------- */

#define SHIM "--root {root} --log {room}/log.json --log-format json "
/* The last line of the log with "error" in it is what the user reads. */
#define SHIM_DELETES \
	{ &shim, SHIM "delete {id}", NULL }, { &shim, SHIM "delete --force {id}", NULL }

Test(replay, containerd)
{
	struct box *box = box_telling();
	int terminals = listener_new(filled(box, "{room}/pty.sock"));

	LIVE(box,
	     { &shim, SHIM "create --bundle {bundle} --pid-file {bundle}/init.pid "
	       "{id}", "created" },
	     { &shim, SHIM "start {id}", "running" },
	     { &shim, SHIM "exec --process {room}/process --detach --pid-file {room}/e1.pid "
	       "{id}", "running" },
	     { &shim, SHIM "exec --process {room}/on-terminal --console-socket "
	       "{room}/pty.sock --detach "
	       "--pid-file {room}/e2.pid {id}", "running" },
	     { &shim, SHIM "exec --process {room}/not-there --detach --pid-file {room}/e3.pid {id}",
	       "running", 255,
	       "exec {id}: program: exec: \"/nothing\": stat /nothing: no such file or "
	       "directory\n" },
	     { &shim, SHIM "ps --format json {id}", "running", 0, NULL, "[" },
	     { &shim, SHIM "pause {id}", "paused" },
	     { &shim, SHIM "resume {id}", "running" },
	     { &shim, SHIM "update --resources=- {id}", "running",
	       .input = "{\"pids\": {\"limit\": 46}}" },
	     { &shim, SHIM "kill {id} 15", "running" });
	check_told(box);
	check_limit(box, "46\n");
	check_pid_file(box, "{bundle}/init.pid");
	check_pid_file(box, "{room}/e1.pid");
	check_pid_file(box, "{room}/e2.pid");
	cr_assert_str_eq(proc_text(box_pid(box), "oom_score_adj"), "1\n");
	cr_assert_eq(listener_drain(terminals), 1);
	LIVE(box,
	     { &shim, SHIM "kill --all {id} 9", "stopped" },
	     { &shim, SHIM "kill --all {id} 9", "stopped" },
	     { &shim, SHIM "kill {id} 9", "stopped", 1, "kill {id}: container not running\n" },
	     SHIM_DELETES,
	     { &shim, SHIM "kill {id} 9", NULL, 1, "kill {id}: container does not exist\n" },
	     { &shim, SHIM "delete {id}", NULL, 1, "delete {id}: container does not exist\n" });
	cr_assert_not_null(strstr(file_text("%s/log.json", room()),
				  "{\"level\":\"error\",\"msg\":\"kill "));
}

/* dockerd: the same shim; top, a terminal, a restart with the same id,
	       and what it asks by itself. */
Test(replay, docker)
{
	struct box *box = box_telling();
	int terminals = listener_new(filled(box, "{room}/pty.sock"));

	box_set(box, "process.terminal", "true");
	box_write(box);
	LIVE(box,
	     { &dockerd, "--version", NULL, 0, NULL, "caisson version " },
	     { &dockerd, "features", NULL, 0, NULL, "{" },
	     { &shim, SHIM "create --bundle {bundle} --pid-file {bundle}/init.pid --console-socket "
	       "{room}/pty.sock {id}", "created" },
	     { &shim, SHIM "start {id}", "running" },
	     { &shim, SHIM "ps --format json {id}", "running", 0, NULL, "[" },
	     { &shim, SHIM "kill {id} 10", "running" },
	     { &shim, SHIM "kill {id} 9", "stopped" },
	     SHIM_DELETES,
	     { &shim, SHIM "create --bundle {bundle} --pid-file {bundle}/init.pid --console-socket "
	       "{room}/pty.sock --no-pivot {id}", "created" },
	     { &shim, SHIM "start {id}", "running" },
	     { &shim, SHIM "kill --all {id} 9", "stopped" },
	     SHIM_DELETES);
	cr_assert_eq(listener_drain(terminals), 2);
}

/* A create that failed is cleaned up after by `delete --force` alone; of one whose shim was killed
 * the container may still run. */
Test(replay, containerd_cleans_up)
{
	struct box *box = box_telling();

	box_args(box, "/nothing");
	box_write(box);
	LIVE(box,
	     { &shim, SHIM "create --bundle {bundle} --pid-file {bundle}/init.pid {id}", NULL, 1,
	       "create {id}: program: exec: \"/nothing\": stat /nothing: no such file or directory "
	       "(config.json:10:7: process.args[0])\n" },
	     { &shim, SHIM "delete --force {id}", NULL });
	box_args(box, "sleep", "1000");
	box_write(box);
	LIVE(box,
	     { &shim, SHIM "create --bundle {bundle} --pid-file {bundle}/init.pid "
	       "{id}", "created" },
	     { &shim, SHIM "delete --force {id}", NULL },
	     { &shim, SHIM "create --bundle {bundle} --pid-file {bundle}/init.pid "
	       "{id}", "created" },
	     { &shim, SHIM "start {id}", "running" },
	     { &shim, SHIM "delete {id}", "running", 1,
	       "delete {id}: cannot delete container {id} that is not stopped: running\n" },
	     { &shim, SHIM "delete --force {id}", NULL });
}

/* ---- builders --------------------------------------------------------------------------- */

Test(replay, buildah)
{
	struct box *box = box_telling();

	share_default_root();
	box_args(box, "sh", "-c", "echo $(ls /proc/self/fd)");
	box_write(box);
	LIVE(box,
	     { &buildah, "create --bundle {bundle} --pid-file {bundle}/pid {id}", "created" },
	     { &buildah, "start {id}", "stopped" },
	     { &buildah, "state {id}", "stopped", 0, NULL, "{" },
	     { &buildah, "delete {id}", NULL });
	box->output = 2;
	box_wait_output(box, "0 1 2 3\n");
	leave_default_root();
}

Test(replay, buildkit)
{
	struct box *box = box_telling();

	box_args(box, "sh", "-c", "echo $(ls /proc/self/fd); exit 3");
	box_write(box);
	LIVE(box,
	     { &buildkit, "--root {root} --log {room}/log.json --log-format json run "
	       "--bundle {bundle} "
	       "--keep {id}", "stopped", 3, NULL, "0 1 2 3\n" },
	     { &buildkit, "--root {root} --log {room}/log.json --log-format json delete "
	       "{id}", NULL });
	cr_assert_str_eq(file_text("%s/log.json", room()), "");
}
