/* test_dropin.c -- what callers that come from runc or crun count on, beyond words and statuses
 * (test_words.c). Most of these were found by the two runtimes' own test suites. */
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/lib/box.h"
#include "tests/lib/config.h"
#include "tests/lib/host.h"

TestSuite(dropin, .init = boxes_open, .fini = boxes_close, .timeout = 120);

static struct box *box_sleeping(void)
{
	struct box *box = box_new();

	box_args(box, "sleep", "1000");
	assert_ok(box_create(box));
	return box;
}

/* ---- descriptors ------------------------------------------------------------------------ */

/* A pipe that holds `text`, as <(...) of a shell makes one. */
static int pipe_with(const char *text)
{
	int ends[2];

	cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
	cr_assert_eq(write(ends[1], text, strlen(text)), (ssize_t)strlen(text));
	close(ends[1]);
	return ends[0];
}

Test(dropin, a_process_may_be_read_from_a_descriptor_of_the_callers)
{
	struct box *box = box_sleeping();

	runtime_leak(pipe_with("{\"args\": [\"/bin/echo\", \"read\"], \"cwd\": \"/\"}"), 63);
	assert_prints(runtime(box, "exec", "--process", "/dev/fd/63", box->id), "read\n");
}

Test(dropin, a_config_may_be_read_from_a_descriptor_of_the_callers)
{
	struct box *box = box_new();

	box_args(box, "/bin/sh", "-c", "echo $(ls /proc/self/fd)");
	runtime_leak(pipe_with(json_dumps(box->config, 0)), 60);
	runtime_leak(pipe_with("not asked for"), 61);
	/* 3 is that of ls. */
	assert_prints(runtime(box, "run", "--config=/proc/self/fd/60", box->id), "0 1 2 3\n");
}

/* CVE-2024-21626: runc held /sys/fs/cgroup open. Sockets are the gate and nothing else. */
Test(dropin, a_created_container_holds_nothing_of_the_host)
{
	struct box *box = box_new();
	char folder[64], path[352], target[512];
	struct dirent *entry;
	DIR *list;

	box_args(box, "sleep", "1000");
	box_write(box);
	runtime_leak(pipe_with(json_dumps(box->config, 0)), 60);
	assert_ok(runtime(box, "create", "--config", "/dev/fd/60", box->id));
	snprintf(folder, sizeof folder, "/proc/%d/fd", box_pid(box));
	list = opendir(folder);
	cr_assert_not_null(list);
	while ((entry = readdir(list))) {
		ssize_t length;

		if (atoi(entry->d_name) < 3)
			continue;
		snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
		length = readlink(path, target, sizeof target - 1);
		cr_assert_gt(length, 0);
		target[length] = '\0';
		cr_expect_eq(strncmp(target, "socket:", 7), 0, "%s is %s", entry->d_name, target);
	}
	closedir(list);
}

/* ---- cpus ------------------------------------------------------------------------------- */

static void need_two_cpus(cpu_set_t *all)
{
	cr_assert_eq(sched_getaffinity(0, sizeof *all, all), 0);
	if (CPU_COUNT(all) < 2)
		boxes_skip("there is only one cpu here");
}

/* The runtime's caller (systemd's CPUAffinity=, taskset) is bound to one cpu. */
static void bind_to_one(const cpu_set_t *all)
{
	cpu_set_t one;
	int cpu = 0;

	while (!CPU_ISSET(cpu, all))
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	cr_assert_eq(sched_setaffinity(0, sizeof one, &one), 0);
}

Test(dropin, a_container_is_not_bound_to_the_cpus_of_its_caller)
{
	struct box *box = box_new();
	cpu_set_t all;
	char *before;

	need_two_cpus(&all);
	before = strdup(proc_status(getpid(), "Cpus_allowed"));
	bind_to_one(&all);
	box_args(box, "sleep", "1000");
	assert_ok(box_create(box));
	cr_expect_str_eq(proc_status(box_pid(box), "Cpus_allowed"), before);
	assert_prints(box_exec(box, "sh", "-c", "grep -c \"$(printf 'Cpus_allowed:\\t%s$' \"$0\")\" "
						"/proc/self/status", before), "1\n");
	free(before);
}

/* ---- exec --cgroup ---------------------------------------------------------------------- */

Test(dropin, exec_says_which_cgroup_it_cannot_enter)
{
	struct box *box = box_sleeping();

	assert_fails(runtime(box, "exec", "--cgroup", "nowhere", box->id, "true"), 255,
		     "cgroup: --cgroup nowhere: adding pid to /sys/fs/cgroup/");
	assert_fails(runtime(box, "exec", "--cgroup", "a/../b", box->id, "true"), 255,
		     "cgroup: --cgroup a/../b: bad sub cgroup path: `..` components are not "
		     "allowed\n");
	assert_fails(runtime(box, "exec", "--cgroup", "whaaat:/", box->id, "true"), 255,
		     "cgroup: --cgroup whaaat:/: unknown controller whaaat\n");
}

/* mkdir(1) makes a v1 cpuset that nobody can enter; runc and crun fill it. */
Test(dropin, a_cpuset_that_was_left_empty_above_is_filled)
{
	struct box *box = box_new();
	char folder[128];

	snprintf(folder, sizeof folder, "/sys/fs/cgroup/cpuset/%s-pod", box->id);
	if (access("/sys/fs/cgroup/cpuset/cpuset.cpus", F_OK) < 0)
		boxes_skip("this host has no v1 cpuset hierarchy");
	cr_assert_eq(mkdir(folder, 0755), 0);
	box_set(box, "linux.cgroupsPath", "'/%s-pod/inner'", box->id);
	box_args(box, "true");
	assert_ok(box_run(box));
	rmdir(folder);
}

/* ---- the first process ------------------------------------------------------------------ */

/* In a pid namespace of its own it is deaf to TERM unless it says otherwise. */
Test(dropin, a_created_container_dies_of_TERM)
{
	struct box *box = box_sleeping();

	assert_ok(box_kill(box, "TERM"));
	box_wait_status(box, "stopped");
	assert_ok(box_delete(box));
}

/* The creator is gone before the container has got to its gate: it has to hear it on the way. */
Test(dropin, TERM_is_heard_before_the_gate)
{
	struct box *box = box_sleeping();

	assert_ok(box_delete_force(box));
	box_set(box, "hooks.createRuntime",
		"[{'path': '/bin/sh', 'args': ['sh', '-c', "
		"'kill -TERM $(grep -o pid[^,]* | grep -oE [0-9]+)']}]");
	assert_fails(box_create(box), 1, "the container's first process was killed by signal 15 "
					 "(Terminated) while it was being set up\n");
	cr_assert_null(boxes_left());
}

/* In all of this crun and runc have numbers only; docker and podman look names up themselves. */
Test(dropin, exec_knows_the_names_of_the_containers_users)
{
	struct box *box = box_new();

	box_file(box, "etc/passwd", 0644, "web:x:1000:1001::/srv:/bin/sh\n1:x:0:0::/:/bin/sh\n");
	box_file(box, "etc/group", 0644, "audio:x:29:web\n");
	box_args(box, "sleep", "1000");
	box_set(box, "process.user", "{'uid': 5, 'gid': 5, 'additionalGids': [6]}");
	assert_ok(box_create(box));
	assert_prints(runtime(box, "exec", "--user", "web", "-g", "7", box->id, "sh", "-c",
			      "echo $(id -u) $(id -G) $HOME"), "1000 1001 7 29 /srv\n");
	assert_prints(runtime(box, "exec", "-u", "1:audio", box->id, "sh", "-c",
			      "echo $(id -u) $(id -G)"), "1 29 6\n");
	assert_fails(runtime(box, "exec", "-u", "root", box->id, "true"), 255,
		     "names: bad user \"root\": not in the container's /etc/passwd\n");
}

Test(dropin, an_empty_home_is_none)
{
	struct box *box = box_new();

	box_file(box, "etc/passwd", 0644, "root:x:0:0:root:/home/of/root:/bin/sh\n");
	box_set(box, "process.env", "['PATH=/bin', 'HOME=/override', 'HOME=']");
	box_args(box, "sh", "-c", "env | grep HOME");
	assert_prints(box_run(box), "HOME=/home/of/root\n");
}

Test(dropin, exec_adds_an_inheritable_capability_to_the_ambient_ones)
{
	struct box *box = box_new();

	box_set(box, "process.capabilities", "{'bounding': ['CAP_KILL', 'CAP_CHOWN'],"
		" 'inheritable': ['CAP_CHOWN'], 'permitted': ['CAP_KILL'],"
		" 'effective': ['CAP_KILL']}");
	box_args(box, "sleep", "1000");
	assert_ok(box_create(box));
	assert_prints(runtime(box, "exec", "--user", "1000", "--cap", "CAP_CHOWN", box->id, "grep",
			      "CapEff", "/proc/self/status"), "CapEff:\t0000000000000001\n");
	assert_prints(runtime(box, "exec", "--user", "1000", "--cap", "CAP_KILL", box->id, "grep",
			      "CapEff", "/proc/self/status"), "CapEff:\t0000000000000000\n");
}

/* ---- mounts ----------------------------------------------------------------------------- */

static unsigned mounts_at(pid_t pid, const char *place)
{
	char *table = strdup(proc_text(pid, "mountinfo")), *rest;
	unsigned count = 0;

	for (char *line = strtok_r(table, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		count += strstr(line, place) != NULL;
	free(table);
	return count;
}

Test(dropin, a_path_that_is_masked_twice_is_covered_once)
{
	struct box *box = box_new();
	pid_t pid;

	box_file(box, "secret/key", 0644, "");
	box_set(box, "linux.maskedPaths", "['/secret', '/proc/keys', '/secret']");
	box_set(box, "linux.readonlyPaths", "['/etc', '/etc']");
	box_args(box, "sleep", "1000");
	assert_ok(box_create(box));
	pid = box_pid(box);
	cr_assert_eq(mounts_at(pid, " /secret "), 1);
	cr_assert_eq(mounts_at(pid, " /etc "), 1);
}

/* podman's `-v SOURCE:PLACE:idmap=...`. */
Test(dropin, a_mount_option_may_carry_its_own_mapping)
{
	struct box *box = box_new();
	char path[160];

	snprintf(path, sizeof path, "%s/volume", boxes_folder());
	cr_assert_eq(mkdir(path, 0755), 0);
	strcat(path, "/file");
	close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
	cr_assert_eq(chown(path, 3, 4), 0);
	box_set(box, "mounts[+]", "{'destination': '/volume', 'type': 'bind', 'source': '%s/volume',"
		" 'options': ['bind', 'idmap=uids=0-5000-10;gids=0-6000-10']}", boxes_folder());
	box_args(box, "stat", "-c", "%u:%g", "/volume/file");
	assert_prints(box_run(box), "5003:6004\n");
	box_unset(box, "mounts[7]");
	box_set(box, "mounts[+]", "{'destination': '/volume', 'type': 'bind', 'source': '%s/volume',"
		" 'options': ['bind', 'idmap=uids=0-5000']}", boxes_folder());
	assert_fails(box_run(box), 1, "idmap=uids=0-5000: expected FROM-TO-COUNT, more of them "
				      "after \"#\" (config.json:");
}

/* The links themselves, and files where links were in the way (podman's secrets and /etc). */
Test(dropin, links_are_mounted_as_crun_has_it)
{
	struct box *box = box_new();
	char path[160];

	snprintf(path, sizeof path, "%s/link", boxes_folder());
	cr_assert_eq(symlink("/etc/nowhere", path), 0);
	snprintf(path, sizeof path, "%s/words", boxes_folder());
	close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
	box_set(box, "mounts[+]", "{'destination': '/etc/copied', 'type': 'bind', 'source': "
		"'%s/link', 'options': ['bind', 'copy-symlink']}", boxes_folder());
	box_set(box, "mounts[+]", "{'destination': '/etc/itself', 'type': 'bind', 'source': "
		"'%s/link', 'options': ['bind', 'src-nofollow']}", boxes_folder());
	box_set(box, "mounts[+]", "{'destination': '/etc/covered', 'type': 'bind', 'source': "
		"'%s/words', 'options': ['bind', 'dest-nofollow']}", boxes_folder());
	box_shell(box, "readlink /etc/copied; readlink /etc/itself; "
		  "readlink /etc/covered || echo a file");
	snprintf(path, sizeof path, "%s/etc", box->rootfs);
	mkdir(path, 0755);
	strcat(path, "/covered");
	cr_assert_eq(symlink("passwd", path), 0);
	assert_prints(box_run(box), "/etc/nowhere\n/etc/nowhere\na file\n");
}

/* ---- the log ---------------------------------------------------------------------------- */

/* A datagram socket at `path`, in a file system of the test's own. */
static int collector(const char *folder, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	cr_assert_eq(mount("tmpfs", folder, "tmpfs", 0, NULL), 0);
	mkdir("/run/systemd", 0755);
	mkdir("/run/systemd/journal", 0755);
	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	cr_assert_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0, "%s", path);
	return fd;
}

static const char *collected(int fd)
{
	static char text[4096];
	ssize_t length = recv(fd, text, sizeof text - 1, 0);

	text[length < 0 ? 0 : length] = '\0';
	/* The length of the journal's field is binary; the sentence has less than 256 bytes. */
	for (ssize_t i = 0; i < length; i++)
		text[i] = text[i] ? text[i] : '.';
	return text;
}

Test(dropin, the_log_may_be_the_journal)
{
	int fd = collector("/run", "/run/systemd/journal/socket");

	assert_fails(runtime(NULL, "--log=journald:web", "--log-level=warning", "state", "none"), 1,
		     "state none: container does not exist\n");
	cr_assert_str_eq(collected(fd), "PRIORITY=3\nSYSLOG_IDENTIFIER=web\nMESSAGE\n"
					"$.......state none: container does not exist\n");
	cr_assert_str_eq(collected(fd), "");
	cr_assert_eq(umount2("/run", MNT_DETACH), 0);
}

Test(dropin, the_journal_hears_what_debug_tells)
{
	int fd = collector("/run", "/run/systemd/journal/socket");

	assert_fails(runtime(NULL, "--debug", "--log=journald:web", "state", "none"), 1,
		     "state none: container does not exist\n");
	cr_assert_not_null(strstr(collected(fd), "PRIORITY=7\nSYSLOG_IDENTIFIER=web\nMESSAGE\n"));
	cr_assert_eq(umount2("/run", MNT_DETACH), 0);
}

/* The socket is /dev/log, so there is a /dev with nothing else in it for a moment. */
Test(dropin, the_log_may_be_syslog)
{
	int fd = collector("/dev", "/dev/log");
	const char *line;

	cr_assert_eq(mknod("/dev/null", S_IFCHR | 0666, makedev(1, 3)), 0);
	assert_fails(runtime(NULL, "--log", "syslog:web", "state", "none"), 1,
		     "state none: container does not exist\n");
	line = collected(fd);
	cr_assert_eq(strncmp(line, "<11>", 4), 0, "%s", line);
	cr_assert_not_null(strstr(line, " web["), "%s", line);
	cr_assert_not_null(strstr(line, "]: state none: container does not exist"), "%s", line);
	cr_assert_eq(umount2("/dev", MNT_DETACH), 0);
}

Test(dropin, the_log_may_say_that_it_is_a_file)
{
	char option[160];

	snprintf(option, sizeof option, "file:%s/log", boxes_folder());
	assert_status(runtime(NULL, "--log", option, "state", "none"), 1);
	cr_assert_not_null(strstr(file_text("%s/log", boxes_folder()),
				  " level=error msg=\"state none: container does not exist\"\n"));
}

/* ---- the command lines of engines: whole lives are in test_replay.c ---------------------- */

/* conmon-rs says its options twice; cri-o looks at stdout and stderr together. */
Test(dropin, others_say_things_twice_or_not_at_all)
{
	struct box *box = box_new();
	char root[160];

	snprintf(root, sizeof root, "--root=%s", boxes_root());
	box_args(box, "sleep", "1000");
	box_write(box);
	assert_prints(runtime(box, root, root, "--systemd-cgroup=false", "--systemd-cgroup=false",
			      "create", "--bundle", box->bundle, "--pid-file", "pid", box->id), "");
	assert_prints(runtime(box, root, "start", box->id), "");
	assert_prints(runtime(box, root, "exec", "-d", "--pid-file=exec.pid", box->id, "sleep", "9"),
		      "");
	/* buildah */
	assert_prints(runtime(box, "kill", box->id, "SIGKILL"), "");
	box_wait_status(box, "stopped");
	assert_prints(runtime(box, "delete", box->id), "");
	/* buildkit */
	box_args(box, "sh", "-c", "exit 3");
	box_write(box);
	assert_status(runtime(box, "run", "--bundle", box->bundle, "--keep", box->id), 3);
	assert_ok(runtime(box, "delete", box->id));
}

/* podman: pkg/checkpoint/crutils */
Test(dropin, what_engines_ask_before_they_use_us)
{
	assert_status(runtime(NULL, "checkpoint", "--help"), 0);
	assert_fails(runtime(NULL, "restore", "--lsm-mount-context"), 1,
		     "option --lsm-mount-context requires an argument\n");
	cr_assert_str_eq(runtime(NULL, "features").err, "");
	cr_assert_not_null(strstr(runtime(NULL, "features").out, "run.oci.keep_original_groups"));
}

static const char *first_line_as(const char *name)
{
	static char line[128];
	char link[160], command[256];
	FILE *pipe;

	snprintf(link, sizeof link, "%s/%s", boxes_folder(), name);
	cr_assert_eq(symlink(boxes_runtime(), link), 0);
	snprintf(command, sizeof command, "%s --version", link);
	pipe = popen(command, "re");
	cr_assert_not_null(fgets(line, sizeof line, pipe));
	while (fgets(command, sizeof command, pipe))
		cr_assert_null(strstr(command, "version"), "docker would read: %s", command);
	cr_assert_eq(pclose(pipe), 0);
	return line;
}

Test(dropin, the_version_is_that_of_the_name_we_are_called_by)
{
	cr_assert_eq(strncmp(first_line_as("runc"), "runc version ", 13), 0);
	cr_assert_eq(strncmp(first_line_as("crun"), "crun version ", 13), 0);
	cr_assert_eq(strncmp(first_line_as("buildkit-runc"), "runc version ", 13), 0);
	cr_assert_eq(strncmp(first_line_as("anything"), "caisson version ", 16), 0);
}
