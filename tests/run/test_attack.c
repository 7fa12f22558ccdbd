/* test_attack.c -- old holes of runtimes, tried again on this one from outside.
 *
 * The config is trusted; what is in the root file system, what runs in the container and what the
 * caller left open is not. H is a directory of the test that stands for the host: it must stay as
 * it was, and nothing of it may be seen inside. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/owned.h"
#include "tests/lib/box.h"
#include "tests/lib/config.h"
#include "tests/lib/host.h"

TestSuite(attack, .init = boxes_open, .fini = boxes_close, .timeout = 120);

/* ---- H ---------------------------------------------------------------------------------- */

static char h[128], tree[8192];

static int note_entry(const char *path, const struct stat *about, int kind, struct FTW *walk)
{
	size_t used = strlen(tree);

	(void)kind;
	(void)walk;
	snprintf(tree + used, sizeof tree - used, "%s %o %u %u %ld\n", path, about->st_mode,
		 about->st_uid, about->st_gid, (long)about->st_size);
	return 0;
}

static const char *tree_of(const char *path)
{
	tree[0] = '\0';
	nftw(path, note_entry, 16, FTW_PHYS);
	return tree;
}

static const char *before;

static void make_h(void)
{
	char path[160];

	snprintf(h, sizeof h, "%s/H", boxes_folder());
	cr_assert_eq(mkdir(h, 0755), 0);
	snprintf(path, sizeof path, "%s/secret", h);
	autoclose int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	cr_assert_eq(write(file, "secret\n", 7), 7);
	before = strdup(tree_of(h));
}

static void assert_h_unchanged(const char *attack)
{
	cr_assert_str_eq(tree_of(h), before, "%s changed the host", attack);
}

/* `name` in the rootfs becomes a symlink. */
static void plant_link(struct box *box, const char *name, const char *target)
{
	char path[256];

	snprintf(path, sizeof path, "%s/%s", box->rootfs, name);
	if (rmdir(path) < 0)
		unlink(path);
	cr_assert_eq(symlink(target, path), 0, "%s", path);
}

static void drop_mount(struct box *box, const char *destination)
{
	json_t *mounts = config_get(box->config, "mounts"), *mount;
	size_t i;

	json_array_foreach(mounts, i, mount) {
		const char *at = json_string_value(json_object_get(mount, "destination"));

		if (!strncmp(at, destination, strlen(destination)))
			json_array_remove(mounts, i--);
	}
}

/* ---- symlinks in the image -------------------------------------------------------------- */

/* CVE-2019-19921, CVE-2023-28642, youki's CVE-2025-54867 */
Test(attack, a_proc_or_sys_that_is_a_symlink_is_refused)
{
	static const char *const names[] = { "proc", "sys" };

	make_h();
	for (unsigned i = 0; i < 2; i++) {
		struct box *box = box_new();

		plant_link(box, names[i], h);
		box_args(box, "true");
		assert_fails(box_run(box), 1, "must be mounted on ordinary directory");
		assert_h_unchanged(names[i]);
	}
}

/* CVE-2026-41579, CVE-2026-47766: device nodes and links made on the host. */
Test(attack, a_dev_that_is_a_symlink_touches_nothing_outside)
{
	struct box *box = box_new();

	make_h();
	drop_mount(box, "/dev");
	plant_link(box, "dev", h);
	box_args(box, "true");
	box_run(box);
	assert_h_unchanged("a symlink /dev");
}

/* crun's CVE-2019-18837, CVE-2024-45310: the mount point is found, or made, outside. */
Test(attack, a_mount_point_behind_a_symlink_stays_inside)
{
	struct box *box = box_new();
	char target[160];

	make_h();
	snprintf(target, sizeof target, "%s/made/here", h);
	plant_link(box, "absolute", target);
	plant_link(box, "climbing", "../../../../../../../../../../tmp");
	box_set(box, "mounts[+]", "{'destination': '/absolute/x', 'type': 'tmpfs', 'source': 't'}");
	box_set(box, "mounts[+]", "{'destination': '/climbing/x', 'type': 'tmpfs', 'source': 't'}");
	box_shell(box, "grep -c ' tmpfs t ' /proc/self/mountinfo; test -e %s/secret", h);
	assert_fails(box_run(box), 1, "");
	cr_assert_str_eq(box_output(box), "2\n");
	assert_h_unchanged("a mount point behind a symlink");
}

/* CVE-2025-31133: the image's /dev/null is what masked files become. */
Test(attack, a_false_dev_null_is_not_what_masks)
{
	struct box *box = box_new();

	make_h();
	drop_mount(box, "/dev");
	plant_link(box, "dev/null", "/proc/sys/kernel/core_pattern");
	box_shell(box, "cat /proc/keys | wc -c; cat /proc/sys/kernel/core_pattern | wc -c");
	box_set(box, "linux.maskedPaths", "['/proc/keys']");
	box_run(box);
	cr_assert_null(strstr(box_output(box), file_text("/proc/sys/kernel/core_pattern")));
	cr_assert_eq(strncmp(box_output(box), "0\n", strlen(box_output(box)) ? 2 : 0), 0, "%s",
		     box_output(box));
	assert_h_unchanged("a false /dev/null");
}

Test(attack, a_dev_null_that_is_a_file_is_not_what_masks)
{
	struct box *box = box_new();

	drop_mount(box, "/dev");
	box_file(box, "dev/null", 0666, "the image's words\n");
	box_set(box, "linux.maskedPaths", "['/proc/keys']");
	box_shell(box, "cat /proc/keys");
	box_run(box);
	cr_assert_str_eq(box_output(box), "");
}

/* CVE-2019-16884, CVE-2025-52881: labels and sysctls are written to a file of the image's. */
Test(attack, a_volume_over_proc_does_not_catch_what_is_written_there)
{
	struct box *box = box_new();

	make_h();
	box_file(box, "../fake/sys/kernel/msgmax", 0666, "untouched\n");
	drop_mount(box, "/proc");
	box_set(box, "mounts[+]", "{'destination': '/proc', 'type': 'bind', 'source': '%s/fake',"
				  " 'options': ['bind']}", box->bundle);
	box_set(box, "linux.sysctl", "{'kernel.msgmax': '4321'}");
	box_args(box, "true");
	assert_status(box_run(box), 1);
	cr_assert_str_eq(file_text("%s/fake/sys/kernel/msgmax", box->bundle), "untouched\n");
}

Test(attack, a_sysctl_reaches_the_kernel_whatever_lies_over_it)
{
	struct box *box = box_new();

	box_set(box, "mounts[+]", "{'destination': '/proc/sys/kernel', 'type': 'tmpfs',"
				  " 'source': 't'}");
	box_set(box, "linux.sysctl", "{'kernel.msgmax': '4321'}");
	box_shell(box, "echo up; exec sleep 1000");
	if (box_create(box).status == 0) {
		char path[64], value[16] = "";
		autoclose int ours = open("/proc/self/ns/ipc", O_RDONLY | O_CLOEXEC);

		/* Only a look from inside its ipc namespace tells. */
		snprintf(path, sizeof path, "/proc/%d/ns/ipc", box_pid(box));
		autoclose int theirs = open(path, O_RDONLY | O_CLOEXEC);
		cr_assert_eq(setns(theirs, CLONE_NEWIPC), 0);
		snprintf(value, sizeof value, "%s", file_text("/proc/sys/kernel/msgmax"));
		cr_assert_eq(setns(ours, CLONE_NEWIPC), 0);
		cr_assert_str_eq(value, "4321\n");
	}
}

/* CVE-2025-52565 */
Test(attack, a_console_that_is_a_symlink_is_not_followed)
{
	struct box *box = box_new();

	make_h();
	drop_mount(box, "/dev");
	box_set(box, "mounts[+]", "{'destination': '/dev/pts', 'type': 'devpts',"
				  " 'source': 'devpts', 'options': ['newinstance', 'ptmxmode=0666']}");
	box_file(box, "dev/.keep", 0644, "");
	plant_link(box, "dev/console", h);
	box_args(box, "true");
	box_run(box);
	assert_h_unchanged("a symlink /dev/console");
}

/* ---- descriptors of the caller ---------------------------------------------------------- */

/* CVE-2024-21626 */
Test(attack, a_cwd_by_way_of_a_leaked_descriptor_does_not_lead_out)
{
	struct box *box = box_new();

	make_h();
	autoclose int leaked = open(h, O_RDONLY | O_DIRECTORY);
	runtime_leak(leaked, 11);
	box_shell(box, "cat secret ../secret; pwd");
	for (int fd = 3; fd < 16; fd++) {
		box_set(box, "process.cwd", "'/proc/self/fd/%d'", fd);
		box_run(box);
		cr_assert_null(strstr(box_output(box), "secret\n"), "descriptor %d", fd);
	}
	assert_h_unchanged("a cwd in /proc/self/fd");
}

Test(attack, an_execs_cwd_by_way_of_a_leaked_descriptor_does_not_lead_out)
{
	struct box *box = box_new();
	char cwd[32];

	make_h();
	autoclose int leaked = open(h, O_RDONLY | O_DIRECTORY);
	runtime_leak(leaked, 11);
	box_args(box, "sleep", "1000");
	assert_ok(box_create(box));
	for (int fd = 3; fd < 16; fd++) {
		struct said said;

		snprintf(cwd, sizeof cwd, "/proc/self/fd/%d", fd);
		said = runtime(box, "exec", "--cwd", cwd, box->id, "cat", "secret", "../secret");
		cr_assert_null(strstr(said.out, "secret\n"), "descriptor %d", fd);
	}
}

Test(attack, a_program_by_way_of_a_leaked_descriptor_is_not_run)
{
	struct box *box = box_new();
	char program[64];

	autoclose int leaked = open("/bin", O_RDONLY | O_DIRECTORY);
	runtime_leak(leaked, 11);
	for (int fd = 3; fd < 16; fd++) {
		snprintf(program, sizeof program, "/proc/self/fd/%d/sh", fd);
		box_args(box, program, "-c", "echo outside");
		box_run(box);
		cr_assert_null(strstr(box_output(box), "outside"), "descriptor %d", fd);
	}
}

Test(attack, the_workload_has_three_descriptors)
{
	struct box *box = box_new();

	autoclose int leaked = open("/", O_RDONLY | O_DIRECTORY);
	runtime_leak(leaked, 7);
	/* 3 is that of ls. */
	box_shell(box, "echo $(ls /proc/self/fd)");
	assert_prints(box_run(box), "0 1 2 3\n");
	box_args(box, "sleep", "1000");
	assert_ok(box_create(box));
	assert_prints(box_exec(box, "sh", "-c", "echo $(ls /proc/self/fd)"), "0 1 2 3\n");
}

/* ---- the runtime itself ----------------------------------------------------------------- */

/* CVE-2019-5736: run us from inside, then write to /proc/PID/exe. */
Test(attack, our_own_program_cannot_be_written_from_inside)
{
	static const char collector[] =
		"#!/bin/sh\n"
		"while :; do for p in /proc/[0-9]*; do\n"
		"  test \"$p\" = /proc/1 && continue\n"
		"  { printf overwritten > $p/exe; } 2>/dev/null && echo written\n"
		"done; done\n";
	struct box *box = box_new();
	struct stat was, is;

	cr_assert_eq(stat(boxes_runtime(), &was), 0);
	box_file(box, "collect", 0755, collector);
	box_file(box, "self", 0755, "#!/proc/self/exe\n");
	box_set(box, "process.capabilities.bounding[+]", "'CAP_SYS_PTRACE'");
	box_set(box, "process.capabilities.effective[+]", "'CAP_SYS_PTRACE'");
	box_set(box, "process.capabilities.permitted[+]", "'CAP_SYS_PTRACE'");
	box_shell(box, "/collect & sleep 1000");
	assert_ok(box_create(box));
	assert_ok(box_start(box));
	for (unsigned i = 0; i < 20; i++) {
		box_exec(box, "/self");
		box_exec(box, "/proc/self/exe", "--version");
	}
	cr_assert_eq(stat(boxes_runtime(), &is), 0);
	cr_assert_eq(was.st_size, is.st_size);
	cr_assert_eq(was.st_mtim.tv_sec, is.st_mtim.tv_sec);
	cr_assert_eq(was.st_ino, is.st_ino);
	cr_assert_null(strstr(box_output(box), "written"));
}

/* How many descriptors of a process lead to the file of our program. */
static unsigned descriptors_to_us(pid_t pid)
{
	struct stat us, about;
	unsigned count = 0;
	char path[64];

	cr_assert_eq(stat(boxes_runtime(), &us), 0);
	for (int fd = 0; fd < 64; fd++) {
		snprintf(path, sizeof path, "/proc/%d/fd/%d", pid, fd);
		if (stat(path, &about) == 0 && about.st_dev == us.st_dev &&
		    about.st_ino == us.st_ino)
			count++;
	}
	return count;
}

/* The clone we were executed from is held by a descriptor until the container is born. */
Test(attack, no_descriptor_leads_to_our_program)
{
	struct box *box = box_new(), *other = box_new();
	struct running run;

	box_args(box, "sleep", "1000");
	assert_ok(box_create(box));
	cr_assert_eq(descriptors_to_us(box_pid(box)), 0);
	box_args(other, "sleep", "1000");
	run = box_begin_run(other);
	box_wait_status(other, "running");
	cr_assert_eq(descriptors_to_us(run.pid), 0);
	assert_ok(box_kill(other, "KILL"));
	runtime_finish(&run);
}

/* CVE-2016-9962: who waits for start can neither be traced nor looked into. */
Test(attack, a_waiting_container_cannot_be_looked_into)
{
	struct box *box = box_new();
	struct stat about;
	char path[64];

	box_set(box, "process.user", "{'uid': 1000, 'gid': 1000}");
	box_args(box, "sleep", "1000");
	assert_ok(box_create(box));
	snprintf(path, sizeof path, "/proc/%d/maps", box_pid(box));
	cr_assert_eq(stat(path, &about), 0);
	cr_assert_eq(about.st_uid, 0, "its /proc belongs to root, not to its user");
}

/* A terminal of the caller's is not the workload's (TIOCSTI). */
Test(attack, the_workload_is_in_a_session_of_its_own)
{
	struct box *box = box_new();

	box_shell(box, "cut -d' ' -f6 /proc/self/stat");
	assert_prints(box_run(box), "1\n");
	box_args(box, "sleep", "1000");
	assert_ok(box_create(box));
	assert_prints(box_exec(box, "sh", "-c", "test $(cut -d' ' -f6 /proc/$$/stat) = $$ && "
					 "echo its own"), "its own\n");
}

/* ---- numbers and names ------------------------------------------------------------------ */

/* crun's CVE-2026-30892, containerd's CVE-2026-46680, runc's CVE-2016-3697 */
Test(attack, only_a_whole_number_is_a_user)
{
	static const char *const wrong[] = {
		"-1", "4294967295", "4294967296", "18446744073709551616", "", ":", "1:", ":1", " 1",
		"1 ", "+1", "0x1", "1e3", "1root", "1000:1root", "1:-1", "1:4294967295",
	};
	struct box *box = box_new();

	box_file(box, "etc/passwd", 0644, "1000:x:0:0::/:/bin/sh\n1:x:0:0::/:/bin/sh\n");
	box_args(box, "sleep", "1000");
	assert_ok(box_create(box));
	for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct said said = runtime(box, "exec", "--user", wrong[i], box->id, "id");

		cr_assert_eq(said.status, *wrong[i] ? 255 : 1, "--user \"%s\": %s", wrong[i], said.out);
		cr_assert_not_null(strstr(said.err, *wrong[i] ? "bad " : "--user is empty"),
				   "--user \"%s\": %s", wrong[i], said.err);
	}
	assert_prints(runtime(box, "exec", "--user", "1000", box->id, "sh", "-c",
			      "grep -E '^(Uid|Gid)' /proc/self/status"),
		      "Uid:\t1000\t1000\t1000\t1000\nGid:\t0\t0\t0\t0\n");
	assert_prints(runtime(box, "exec", "-u", "1:2", box->id, "sh", "-c",
			      "grep -E '^(Uid|Gid)' /proc/self/status"),
		      "Uid:\t1\t1\t1\t1\nGid:\t2\t2\t2\t2\n");
}

Test(attack, a_uid_of_32_ones_is_refused)
{
	static const char *const wrong[] = { "4294967295", "4294967296", "-1" };
	struct box *box = box_new();

	for (unsigned i = 0; i < 3; i++) {
		box_set(box, "process.user", "{'uid': %s, 'gid': 0}", wrong[i]);
		assert_fails(box_run(box), 1, "process.user.uid");
		box_set(box, "process.user", "{'uid': 0, 'gid': %s}", wrong[i]);
		assert_fails(box_run(box), 1, "process.user.gid");
	}
}

/* CRI-O's CVE-2022-0811 */
Test(attack, a_sysctl_of_the_whole_host_is_refused)
{
	static const char *const wrong[] = {
		"kernel.core_pattern", "kernel/core_pattern", "vm.swappiness",
		"net.ipv4/../../kernel/core_pattern", "kernel.shm_rmid_forced/../core_pattern",
		"fs.mqueue/../file-max", "kernel.sysrq", "net.ipv4//../../kernel.sysrq",
	};
	struct box *box = box_new();
	const char *pattern = file_text("/proc/sys/kernel/core_pattern");

	box_args(box, "true");
	for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		json_object_set_new(config_get(box->config, "linux"), "sysctl",
				    json_pack("{s:s}", wrong[i], "|/evil"));
		assert_fails(box_run(box), 1, "linux.sysctl");
	}
	cr_assert_str_eq(file_text("/proc/sys/kernel/core_pattern"), pattern);
}

Test(attack, a_cgroups_path_does_not_climb)
{
	static const char *const wrong[] = { "/../../../../tmp/evil", "../evil", "/a/../../evil" };
	struct box *box = box_new();

	box_args(box, "true");
	for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		box_set(box, "linux.cgroupsPath", "'%s'", wrong[i]);
		assert_fails(box_run(box), 1, "linux.cgroupsPath");
	}
}

/* crun 1.28 let exec climb out. */
Test(attack, an_execs_cgroup_does_not_climb)
{
	struct box *box = box_new();

	box_args(box, "sleep", "1000");
	assert_ok(box_create(box));
	assert_fails(runtime(box, "exec", "--cgroup", "pids:../", box->id, "true"), 255,
		     "--cgroup pids:../: bad sub cgroup path: `..` components are not allowed\n");
	assert_fails(runtime(box, "exec", "--cgroup", "../../", box->id, "true"), 255, "--cgroup");
}

/* ---- what exec must not forget ---------------------------------------------------------- */

Test(attack, exec_is_as_confined_as_the_first_process)
{
	struct box *box = box_new();
	const char *first;

	box_set(box, "process.rlimits", "[{'type': 'RLIMIT_NOFILE', 'soft': 77, 'hard': 78}]");
	box_set(box, "process.oomScoreAdj", "321");
	box_set(box, "linux.seccomp", "{'defaultAction': 'SCMP_ACT_ALLOW', 'syscalls':"
		" [{'names': ['swapoff'], 'action': 'SCMP_ACT_ERRNO'}]}");
	box_shell(box, "grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status; ulimit -n;"
		       "ulimit -Hn; cat /proc/self/oom_score_adj; echo done; exec sleep 1000");
	assert_ok(box_create(box));
	assert_ok(box_start(box));
	box_wait_output(box, "done\n");
	first = box_output(box);
	cr_assert_not_null(strstr(first, "NoNewPrivs:\t1\nSeccomp:\t2\n77\n78\n321\n"), "%s", first);
	assert_prints(box_exec(box, "sh", "-c", "grep -E '^(Cap|NoNewPrivs|Seccomp:)' "
			       "/proc/self/status; ulimit -n; ulimit -Hn;"
			       "cat /proc/self/oom_score_adj; echo done"), first);
}

/* CVE-2022-24769, CVE-2022-29162, youki's CVE-2025-27612 */
Test(attack, no_capability_is_inherited_unless_the_config_says_so)
{
	struct box *box = box_new();
	static const char wanted[] = "CapInh:\t0000000000000000\nCapAmb:\t0000000000000000\n";

	json_object_del(config_get(box->config, "process.capabilities"), "inheritable");
	json_object_del(config_get(box->config, "process.capabilities"), "ambient");
	box_shell(box, "grep -E '^Cap(Inh|Amb)' /proc/self/status");
	assert_prints(box_run(box), wanted);
	box_args(box, "sleep", "1000");
	assert_ok(box_create(box));
	assert_prints(runtime(box, "exec", "--cap", "CAP_NET_RAW", box->id, "sh", "-c",
			      "grep -E '^Cap(Inh|Amb)' /proc/self/status"), wanted);
}

/* ---- the state on disk ------------------------------------------------------------------ */

Test(attack, the_state_is_for_its_owner_whatever_the_umask)
{
	static const char *const names[] = { "", "/state.json", "/config.json", "/intent.json" };
	struct box *box = box_new();
	struct stat about;
	char path[160];

	umask(0);
	box_args(box, "sleep", "1000");
	assert_ok(box_create(box));
	for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "%s/%s%s", boxes_root(), box->id, names[i]);
		cr_assert_eq(stat(path, &about), 0, "%s", path);
		cr_assert_eq(about.st_mode & 077, 0, "%s has mode %o", path, about.st_mode);
	}
}

Test(attack, files_of_the_image_that_are_fifos_hang_nothing)
{
	static const char *const names[] = { "etc/passwd", "etc/group" };
	struct box *box = box_new();

	for (unsigned i = 0; i < 2; i++) {
		char path[160];

		snprintf(path, sizeof path, "%s/%s", box->rootfs, names[i]);
		cr_assert_eq(unlink(path), 0);
		cr_assert_eq(mkfifo(path, 0666), 0);
	}
	box_shell(box, "echo $HOME");
	cr_assert_str_eq(box_run(box).err, "caisson: warning: HOME is not looked up: the "
			 "container's /etc/passwd: not a regular file\n");
	cr_assert_str_eq(box_output(box), "/\n");
	box_args(box, "sleep", "1000");
	assert_ok(box_create(box));
	cr_assert_str_eq(box_exec(box, "echo", "still here").out, "still here\n");
}

/* #3674 of runc: the owner of the host's /dev/null was changed. */
Test(attack, stdio_of_the_host_keeps_its_owner)
{
	struct stat was, is;
	struct box *box = box_new();

	cr_assert_eq(stat("/dev/null", &was), 0);
	box_set(box, "process.user", "{'uid': 1000, 'gid': 1000}");
	box_args(box, "true");
	assert_ok(box_run(box));
	cr_assert_eq(stat("/dev/null", &is), 0);
	cr_assert_eq(was.st_uid, is.st_uid);
	cr_assert_eq(was.st_gid, is.st_gid);
}

/* No leftover abstract socket can be reached from a container with the host's network
 * (CVE-2020-15257). */
Test(attack, there_is_no_abstract_socket_of_ours)
{
	struct box *box = box_new();
	json_t *list = config_get(box->config, "linux.namespaces"), *namespace;
	size_t i;

	json_array_foreach(list, i, namespace) {
		if (!strcmp(json_string_value(json_object_get(namespace, "type")), "network"))
			json_array_remove(list, i--);
	}
	box_shell(box, "grep -c '@.*%s' /proc/net/unix", box->id);
	assert_status(box_run(box), 1);
	cr_assert_str_eq(box_output(box), "0\n");
}
