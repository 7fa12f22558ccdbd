/* test_cgroup_host.c -- real cgroups of this host, whatever its version: made, limited, lived in,
 * frozen, killed, removed, and nothing left.
 *
 * Needs root and a writable cgroup filesystem. Each test has a cgroup of its own name. The same
 * binary is good for a v1, a hybrid and a v2 host. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroups/tree.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"
#include "runtime/base/proc.h"

#define GIVEN(number) { true, (number) }

static struct arena arena;
static struct cgroup cgroup;
static pid_t children[8];
static size_t child_count;

static bool is_there(void)
{
	for (size_t i = 0; i < cgroup.count; i++) {
		autoclose int dir = cg_open_dir(cg_mount(&cgroup.hierarchies[i]),
						cgroup.hierarchies[i].path);
		if (dir >= 0)
			return true;
	}
	return false;
}

static void clean(void)
{
	if (!arena.blocks)
		return;

	if (geteuid() == 0 && cgroup.count) {
		cg_freeze(&cgroup, false);
		cg_kill(&cgroup);
	}
	for (size_t i = 0; i < child_count; i++) {
		if (children[i]) {
			kill(children[i], SIGKILL);
			waitpid(children[i], NULL, 0);
		}
	}
	if (geteuid() == 0 && cgroup.count) {
		cr_expect_eq(cg_remove(&cgroup), 0, "%s", last_fault()->what);
		cr_expect_not(is_there());
	}
	cg_close(&cgroup);
	cgroup.count = 0;
	arena_free(&arena);
}

/* Neither a skipped test nor one that failed gets to its .fini. */
#define leave(...)                    \
	do {                          \
		clean();              \
		cr_skip(__VA_ARGS__); \
	} while (0)

static void plan(const char *inner, const struct spec_resources *asked)
{
	struct cg_request request = {
		.cgroups_path = arena_format(&arena, "/caisson-unit-%d%s", getpid(), inner),
		.id = "unit",
		.resources = asked,
	};

	if (geteuid() != 0)
		leave("needs root");
	atexit(clean);
	if (cg_plan(&cgroup, &request, &arena)) {
		if (last_fault()->error == ENOTSUP)
			leave("this host: %s: %s", last_fault()->path, last_fault()->what);
		cr_assert_fail("%s: %s", last_fault()->path, last_fault()->what);
	}
	if (faccessat(cg_parent(&cgroup.hierarchies[0]), ".", W_OK, 0) < 0)
		leave("the cgroup filesystem is not writable");
}

static void make(const char *inner, const struct spec_resources *asked)
{
	plan(inner, asked);
	cr_assert_eq(cg_make(&cgroup), 0, "%s", last_fault()->what);
	cr_assert_eq(cg_limit(&cgroup), 0, "%s: %s", last_fault()->path, last_fault()->what);
}

/* A child that is born in the cgroup (v2) and enters it (v1) before it does anything. */
static pid_t spawn(int (*work)(void))
{
	struct clone_args how = { .exit_signal = SIGCHLD };
	int birth, entered[2];
	char nothing;
	pid_t pid;

	cr_assert_eq(pipe2(entered, O_CLOEXEC), 0);
	cr_assert_eq(cg_open_tasks(&cgroup), 0, "%s", last_fault()->what);
	cr_assert_eq(cg_birth_fd(&cgroup, &birth), 0, "%s", last_fault()->what);
	if (birth >= 0) {
		how.flags = CLONE_INTO_CGROUP;
		how.cgroup = (unsigned)birth;
	}
	fflush(NULL);
	pid = (pid_t)syscall(SYS_clone3, &how, sizeof how);
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (cg_enter_self(&cgroup))
			_exit(111);
		close(entered[0]);
		close(entered[1]);
		_exit(work());
	}
	cr_assert_gt(pid, 0, "clone3: %s", strerror(errno));
	children[child_count++] = pid;
	close(entered[1]);
	cr_assert_eq(read(entered[0], &nothing, 1), 0);
	close(entered[0]);
	return pid;
}

static int wait_for(pid_t pid)
{
	int status;

	cr_assert_eq(waitpid(pid, &status, 0), pid);
	for (size_t i = 0; i < child_count; i++) {
		if (children[i] == pid)
			children[i] = 0;
	}
	return status;
}

static int exit_of(int (*work)(void))
{
	int status = wait_for(spawn(work));

	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int for_ever(void)
{
	while (pause() < 0)
		;
	return 0;
}

TestSuite(cgroup_host, .fini = clean, .timeout = 60);

static const char *read_back(const char *controller, const char *v1_file, const char *v2_file)
{
	static char text[4096];
	struct cg_hierarchy *hierarchy = cg_hierarchy_of(&cgroup, controller);
	ssize_t length;

	cr_assert_not_null(hierarchy, "%s", controller);
	length = read_small(cg_dir(hierarchy), hierarchy->v2 ? v2_file : v1_file, text, sizeof text);
	cr_assert_geq(length, 0, "%s: %s", v1_file, strerror((int)-length));
	text[strcspn(text, "\n")] = '\0';
	return text;
}

static bool on_v2(const char *controller)
{
	return cg_hierarchy_of(&cgroup, controller)->v2;
}

static bool has(const char *controller)
{
	struct cgroup look = { .arena = &arena };
	struct cg_request request = { .cgroups_path = "/caisson-unit-look", .id = "x" };
	bool found;

	if (cg_plan(&look, &request, &arena))
		return false;
	found = cg_hierarchy_of(&look, controller);
	cg_close(&look);
	return found;
}

#define need(controller)                                              \
	do {                                                          \
		if (geteuid() != 0)                                   \
			leave("needs root");                        \
		if (!has(controller))                                 \
			leave("no controller %s here", controller); \
	} while (0)

/* ---- limits ---------------------------------------------------------------------------------- */

Test(cgroup_host, memory_limits_are_read_back)
{
	struct spec_resources asked = { .memory = { .limit = GIVEN(64 << 20),
						    .reservation = GIVEN(32 << 20) } };

	need("memory");
	make("", &asked);
	cr_expect_str_eq(read_back("memory", "memory.limit_in_bytes", "memory.max"), "67108864");
	cr_expect_str_eq(read_back("memory", "memory.soft_limit_in_bytes", "memory.low"),
			 "33554432");
}

Test(cgroup_host, memory_and_swap_are_written_in_an_order_the_kernel_takes)
{
	static const struct {
		int64_t limit, swap;
		const char *v1, *v2;
	} rows[] = {
		{ 30 << 20, 50 << 20, "52428800", "20971520" },
		{ 60 << 20, 80 << 20, "83886080", "20971520" }, /* above the old swap */
		{ 10 << 20, 10 << 20, "10485760", "0" },
		{ -1, 0, "9223372036854771712", "max" },
	};
	struct spec_resources asked = { .memory = { .limit = GIVEN(0), .swap = GIVEN(0) } };

	need("memory");
	make("", NULL);
	if (faccessat(cg_dir(cg_hierarchy_of(&cgroup, "memory")),
		      on_v2("memory") ? "memory.swap.max" : "memory.memsw.limit_in_bytes", F_OK, 0))
		leave("no swap accounting here");
	cgroup.resources = &asked;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		asked.memory.limit.value = rows[i].limit;
		asked.memory.swap.value = rows[i].swap;
		cr_assert_eq(cg_limit(&cgroup), 0, "%s", last_fault()->what);
		cr_expect_str_eq(
			read_back("memory", "memory.memsw.limit_in_bytes", "memory.swap.max"),
			on_v2("memory") ? rows[i].v2 : rows[i].v1);
	}
}

Test(cgroup_host, cpu_limits_are_read_back)
{
	struct spec_resources asked = {
		.cpu = { .shares = GIVEN(512), .quota = GIVEN(50000), .period = GIVEN(200000),
			 .burst = GIVEN(1000) },
	};

	need("cpu");
	make("", &asked);
	cr_expect_str_eq(read_back("cpu", "cpu.shares", "cpu.weight"), on_v2("cpu") ? "59" : "512");
	cr_expect_str_eq(read_back("cpu", "cpu.cfs_quota_us", "cpu.max"),
			 on_v2("cpu") ? "50000 200000" : "50000");
	cr_expect_str_eq(read_back("cpu", "cpu.cfs_burst_us", "cpu.max.burst"), "1000");
	/* A period too short for the old quota comes first in the table and is taken all the
	 * same; the quota alone leaves it. */
	asked = (struct spec_resources){ .cpu = { .quota = GIVEN(4000), .period = GIVEN(5000) } };
	cr_assert_eq(cg_limit(&cgroup), 0, "%s", last_fault()->what);
	asked = (struct spec_resources){ .cpu = { .quota = GIVEN(3000) } };
	cr_assert_eq(cg_limit(&cgroup), 0, "%s", last_fault()->what);
	cr_expect_str_eq(read_back("cpu", "cpu.cfs_quota_us", "cpu.max"),
			 on_v2("cpu") ? "3000 5000" : "3000");
}

Test(cgroup_host, idle_and_shares_do_not_get_into_each_others_way)
{
	struct spec_resources asked = { .cpu = { .shares = GIVEN(512), .idle = GIVEN(1) } };

	need("cpu");
	make("", &asked);
	cr_expect_str_eq(read_back("cpu", "cpu.idle", "cpu.idle"), "1");
	asked.cpu.idle.value = 0;
	cr_assert_eq(cg_limit(&cgroup), 0, "%s", last_fault()->what);
	cr_expect_str_eq(read_back("cpu", "cpu.shares", "cpu.weight"), on_v2("cpu") ? "59" : "512");
}

Test(cgroup_host, a_limit_the_kernel_refuses_is_told_with_file_and_place)
{
	struct spec_resources asked = { .cpu = { .cpus = (char *)"4095" } };
	struct cg_hierarchy *hierarchy;
	char whole[512];
	int result;

	need("cpuset");
	plan("", &asked);
	cr_assert_eq(cg_make(&cgroup), 0);
	result = cg_limit(&cgroup);
	cr_assert_lt(result, 0);
	hierarchy = cg_hierarchy_of(&cgroup, "cpuset");
	snprintf(whole, sizeof whole, "write \"4095\" to %s%s/cpuset.cpus: %s", hierarchy->mount,
		 hierarchy->path, strerror(-result));
	cr_expect_str_eq(last_fault()->what, whole);
	cr_expect_str_eq(last_fault()->path, "linux.resources.cpu.cpus");
}

static void take_memory(size_t size)
{
	char *all = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	memset(all, 1, size);
}

static int eat_memory(void)
{
	take_memory(64 << 20);
	return 0;
}

static int hold_memory(void)
{
	take_memory(1 << 20);
	return for_ever();
}

Test(cgroup_host, the_memory_limit_acts)
{
	struct spec_resources asked = { .memory = { .limit = GIVEN(16 << 20),
						    .swap = GIVEN(16 << 20) } };

	need("memory");
	make("", &asked);
	cr_expect_eq(cg_oom_kills(&cgroup), 0);
	cr_expect_eq(exit_of(eat_memory), 128 + SIGKILL);
	cr_expect_eq(cg_oom_kills(&cgroup), 1);
}

Test(cgroup_host, check_before_update_rejects_a_limit_below_the_usage)
{
	struct spec_resources asked = { .memory = { .limit = GIVEN(4096),
						    .check_before_update = GIVEN(true) } };
	/* On a host with both versions a limit is what brings v2's controller. */
	struct spec_resources first = { .memory = { .limit = GIVEN(256 << 20) } };

	need("memory");
	make("", &first);
	spawn(hold_memory);
	for (int64_t until = now_ms() + 10000;
	     atoll(read_back("memory", "memory.usage_in_bytes", "memory.current")) < 8192;)
		cr_assert_lt(now_ms(), until);
	cgroup.resources = &asked;
	cr_expect_eq(cg_limit(&cgroup), -EBUSY);
	cr_expect_str_eq(last_fault()->path, "linux.resources.memory.limit");
	cr_expect(strstr(last_fault()->what, "rejecting memory limit 4096 <= usage "));
}

static int fork_twice(void)
{
	pid_t one = fork(), two;

	if (!one)
		for_ever();
	two = fork();
	if (!two)
		_exit(0);
	kill(one, SIGKILL);
	return one > 0 && two < 0 && errno == EAGAIN ? 7 : 8;
}

Test(cgroup_host, the_pids_limit_acts)
{
	struct spec_resources asked = { .pids = { .limit = GIVEN(2) } };

	need("pids");
	make("", &asked);
	cr_expect_str_eq(read_back("pids", "pids.max", "pids.max"), "2");
	cr_expect_eq(exit_of(fork_twice), 7);
}

static int count_cpus(void)
{
	cpu_set_t set;

	sched_getaffinity(0, sizeof set, &set);
	return CPU_COUNT(&set);
}

Test(cgroup_host, the_cpuset_acts)
{
	struct spec_resources asked = { .cpu = { .cpus = (char *)"0", .mems = (char *)"0" } };

	need("cpuset");
	make("/below", &asked);
	cr_expect_eq(exit_of(count_cpus), 1);
}

/* ---- devices --------------------------------------------------------------------------------- */

static const char *scratch;

static int open_device(const char *name, int major, int minor, int flags)
{
	char path[128];
	int fd, result;

	snprintf(path, sizeof path, "%s/%s", scratch, name);
	if (mknod(path, S_IFCHR | 0666, makedev((unsigned)major, (unsigned)minor)) < 0)
		return errno;
	fd = open(path, flags | O_CLOEXEC);
	result = fd < 0 ? errno : 0;
	if (fd >= 0)
		close(fd);
	return result;
}

/* One bit per surprise. */
static int try_devices(void)
{
	int surprises = 0;

	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("dev", scratch, "tmpfs", 0, NULL) < 0)
		return 128;
	surprises |= open_device("null", 1, 3, O_RDWR) ? 1 : 0;
	surprises |= open_device("mem", 1, 1, O_RDONLY) == EPERM ? 0 : 2;
	surprises |= open_device("kmsg-read", 1, 11, O_RDONLY) ? 4 : 0;
	surprises |= open_device("kmsg-write", 1, 11, O_WRONLY) == EPERM ? 0 : 8;
	surprises |= open_device("kmsg-both", 1, 11, O_RDWR) == EPERM ? 0 : 16;
	return surprises;
}

Test(cgroup_host, device_rules_act)
{
	struct spec_device_rule rules[] = {
		{ false, 'a', { 0 }, { 0 }, NULL },
		{ true, 'c', GIVEN(1), GIVEN(11), (char *)"rw" },
		{ false, 'c', GIVEN(1), GIVEN(11), (char *)"w" },
	};
	struct spec_resources asked = { .devices = { rules, 3 } };
	char folder[] = "/tmp/caisson-unit-XXXXXX";

	make("", &asked);
	scratch = mkdtemp(folder);
	cr_assert_not_null(scratch);
	cr_expect_eq(exit_of(try_devices), 0);
	rmdir(scratch);
}

Test(cgroup_host, the_v1_device_list_is_in_the_configs_order)
{
	struct spec_device_rule rules[] = {
		{ false, 'a', { 0 }, { 0 }, NULL },
		{ true, 'c', GIVEN(10), GIVEN(229), (char *)"rwm" },
		{ true, 'b', GIVEN(8), GIVEN(20), (char *)"rw" },
		{ true, 'b', GIVEN(10), GIVEN(200), (char *)"r" },
	};
	struct spec_resources asked = { .devices = { rules, 4 } };
	char list[4096];

	make("", &asked);
	if (!cg_hierarchy_of(&cgroup, "devices"))
		leave("no v1 devices hierarchy here");
	cr_assert_gt(read_small(cg_dir(cg_hierarchy_of(&cgroup, "devices")), "devices.list", list,
				sizeof list),
		     0);
	cr_expect_str_eq(list, "c 10:229 rwm\nb 8:20 rw\nb 10:200 r\nc *:* m\nb *:* m\n"
			       "c 1:3 rwm\nc 1:5 rwm\nc 1:7 rwm\nc 1:8 rwm\nc 1:9 rwm\n"
			       "c 5:0 rwm\nc 5:2 rwm\nc 136:* rwm\nc 10:200 rwm\n");
}

/* The kernel's list is written rule by rule, "a" to devices.deny first: whoever were in the cgroup
 * then could for a moment not even open its own terminal. */
Test(cgroup_host, the_v1_device_list_is_whole_before_anybody_can_be_in_the_cgroup)
{
	char list[4096];

	plan("", NULL);
	if (!cg_hierarchy_of(&cgroup, "devices") || cg_hierarchy_of(&cgroup, "devices")->v2)
		leave("no v1 devices hierarchy here");
	cr_assert_eq(cg_make(&cgroup), 0, "%s", last_fault()->what);
	cr_assert_gt(read_small(cg_dir(cg_hierarchy_of(&cgroup, "devices")), "devices.list", list,
				sizeof list),
		     0);
	cr_expect_null(strstr(list, "a *:* rwm"));
	cr_expect_not_null(strstr(list, "c 5:2 rwm\n"));
}

/* ---- who is in it ---------------------------------------------------------------------------- */

Test(cgroup_host, the_child_is_in_every_hierarchy_before_it_works)
{
	pid_t pid, *pids;
	char line[64];

	make("", NULL);
	pid = spawn(for_ever);
	snprintf(line, sizeof line, "%d\n", pid);
	for (size_t i = 0; i < cgroup.count; i++) {
		char procs[256] = "";

		read_small(cg_dir(&cgroup.hierarchies[i]), "cgroup.procs", procs, sizeof procs);
		cr_expect_str_eq(procs, line, "%s", cgroup.hierarchies[i].mount);
	}
	cr_assert_eq(cg_pids(&cgroup, &arena, &pids), 1);
	cr_expect_eq(pids[0], pid);
}

static void make_again(const char *inner)
{
	cg_close(&cgroup);
	plan(inner, NULL);
}

Test(cgroup_host, a_cgroup_with_processes_is_refused_and_left_alone)
{
	make("", NULL);
	spawn(for_ever);
	make_again("");
	cr_expect_eq(cg_make(&cgroup), -EBUSY);
	cr_expect(!strncmp(last_fault()->what,
			   "container's cgroup is not empty: 1 process(es) found in ", 55),
		  "%s", last_fault()->what);
	cr_expect(is_there());
}

Test(cgroup_host, a_frozen_cgroup_is_refused)
{
	char whole[512];

	make("", NULL);
	cr_assert_eq(cg_freeze(&cgroup, true), 0, "%s", last_fault()->what);
	make_again("");
	cr_expect_eq(cg_make(&cgroup), -EBUSY);
	snprintf(whole, sizeof whole, "container's cgroup unexpectedly frozen: %s%s",
		 cg_freezer(&cgroup)->mount, cg_freezer(&cgroup)->path);
	cr_expect_str_eq(last_fault()->what, whole);
	make_again("/below");
	cr_expect_eq(cg_make(&cgroup), -EBUSY);
	snprintf(whole, sizeof whole, "container's cgroup unexpectedly frozen: %s%s",
		 cg_freezer(&cgroup)->mount, cg_freezer(&cgroup)->path);
	cr_expect_str_eq(last_fault()->what, whole);
	make_again("");
}

Test(cgroup_host, an_empty_one_is_taken_over_and_undo_leaves_it)
{
	make("", NULL);
	make_again("");
	cr_assert_eq(cg_make(&cgroup), 0, "%s", last_fault()->what);
	cr_expect_not(cgroup.hierarchies[0].made);
	cr_expect_eq(cg_unmake(&cgroup), 0);
	cr_expect(is_there());
}

Test(cgroup_host, undo_takes_away_all_that_was_made_and_no_more)
{
	make("", NULL);
	make_again("/a/b/c");
	cr_assert_eq(cg_make(&cgroup), 0, "%s", last_fault()->what);
	cr_assert_eq(cg_unmake(&cgroup), 0, "%s", last_fault()->what);
	make_again("/a");
	cr_expect_not(is_there());
	make_again("");
	cr_expect(is_there());
}

Test(cgroup_host, delete_takes_away_the_directories_that_create_made_above)
{
	struct strings saved;

	plan("/a/b", NULL);
	saved = cg_save(&cgroup, &arena);
	cr_assert_eq(cg_make(&cgroup), 0, "%s", last_fault()->what);
	cg_close(&cgroup);
	cr_assert_eq(cg_reopen(&cgroup, &saved, CG_CGROUPFS, &arena), 0);
	cr_assert_eq(cg_remove(&cgroup), 0, "%s", last_fault()->what);
	make_again("");
	cr_expect_not(is_there());
}

/* ---- frozen, killed, removed ----------------------------------------------------------------- */

static int count_up(void)
{
	for (volatile unsigned long i = 1; i; i++)
		;
	return 0;
}

static unsigned long ticks_of(pid_t pid)
{
	char path[64], text[1024], *at;
	unsigned long user = 0, kernel = 0;

	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = read(fd, text, sizeof text - 1);
	cr_assert_gt(length, 0);
	text[length] = '\0';
	at = strrchr(text, ')');
	sscanf(at + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel);
	return user + kernel;
}

Test(cgroup_host, who_is_frozen_stands_still_and_goes_on_when_thawed)
{
	unsigned long frozen_at;
	int64_t until;
	pid_t pid;

	make("", NULL);
	pid = spawn(count_up);
	while (ticks_of(pid) < 2)
		sched_yield();
	cr_expect_not(cg_is_frozen(&cgroup));
	cr_assert_eq(cg_freeze(&cgroup, true), 0, "%s", last_fault()->what);
	cr_expect(cg_is_frozen(&cgroup));
	frozen_at = ticks_of(pid);
	for (until = now_ms() + 100; now_ms() < until;)
		sched_yield();
	cr_expect_eq(ticks_of(pid), frozen_at);
	cr_assert_eq(cg_freeze(&cgroup, false), 0, "%s", last_fault()->what);
	cr_expect_not(cg_is_frozen(&cgroup));
	for (until = now_ms() + 10000; ticks_of(pid) == frozen_at && now_ms() < until;)
		sched_yield();
	cr_expect_gt(ticks_of(pid), frozen_at);
}

Test(cgroup_host, the_frozen_are_killed_too)
{
	pid_t *pids;

	make("", NULL);
	spawn(for_ever);
	cr_assert_eq(cg_freeze(&cgroup, true), 0, "%s", last_fault()->what);
	cr_assert_eq(cg_kill(&cgroup), 0, "%s", last_fault()->what);
	cr_expect_eq(cg_pids(&cgroup, &arena, &pids), 0);
}

static int freeze_a_part(void)
{
	struct cg_hierarchy *freezer = cg_freezer(&cgroup);
	char zero[] = "0";
	pid_t pid;

	if (mkdirat(freezer->fd, "nested", 0755) < 0)
		return 1;
	autoclose int nested = cg_open_dir(freezer->fd, "nested");
	pid = fork();
	if (!pid) {
		write_small(nested, "cgroup.procs", zero);
		for_ever();
	}
	if (write_small(nested, freezer->v2 ? "cgroup.freeze" : "freezer.state",
			freezer->v2 ? "1" : "FROZEN"))
		return 2;
	return for_ever();
}

Test(cgroup_host, a_frozen_part_of_the_container_is_killed_and_removed)
{
	pid_t *pids;

	make("", NULL);
	cg_dir(cg_freezer(&cgroup));
	spawn(freeze_a_part);
	for (int64_t until = now_ms() + 10000; cg_pids(&cgroup, &arena, &pids) < 2;)
		cr_assert_lt(now_ms(), until);
	cr_assert_eq(cg_kill(&cgroup), 0, "%s", last_fault()->what);
	cr_assert_eq(cg_remove(&cgroup), 0, "%s", last_fault()->what);
	cr_expect_not(is_there());
}

static int fork_bomb(void)
{
	while (fork() >= -1)
		;
	return 0;
}

Test(cgroup_host, a_fork_bomb_does_not_outrun_the_kill)
{
	struct spec_resources asked = { .pids = { .limit = GIVEN(50) } };
	pid_t *pids;

	need("pids");
	make("", &asked);
	spawn(fork_bomb);
	for (int64_t until = now_ms() + 10000; cg_pids(&cgroup, &arena, &pids) < 20;)
		cr_assert_lt(now_ms(), until);
	cr_assert_eq(cg_kill(&cgroup), 0, "%s", last_fault()->what);
	cr_expect_eq(cg_pids(&cgroup, &arena, &pids), 0);
	cr_assert_eq(cg_remove(&cgroup), 0, "%s", last_fault()->what);
}

/* The same without cgroup.kill, as on a host with v1 alone. */
Test(cgroup_host, a_fork_bomb_does_not_outrun_the_v1_freezer_either)
{
	struct spec_resources asked = { .pids = { .limit = GIVEN(50) } };
	struct strings saved;
	struct cgroup v1;
	pid_t *pids;

	need("pids");
	make("", &asked);
	if (!cg_hierarchy_of(&cgroup, "freezer"))
		leave("no v1 freezer here");
	spawn(fork_bomb);
	saved = cg_save(&cgroup, &arena);
	cr_assert_eq(cg_reopen(&v1, &saved, CG_CGROUPFS, &arena), 0);
	for (size_t i = 0; i < v1.count; i++) {
		if (v1.hierarchies[i].v2)
			v1.hierarchies[i] = v1.hierarchies[--v1.count];
	}
	for (int64_t until = now_ms() + 10000; cg_pids(&v1, &arena, &pids) < 20;)
		cr_assert_lt(now_ms(), until);
	cr_assert_eq(cg_kill(&v1), 0, "%s", last_fault()->what);
	cr_expect_eq(cg_pids(&v1, &arena, &pids), 0);
	cg_close(&v1);
}

Test(cgroup_host, a_signal_reaches_every_process)
{
	make("", NULL);
	pid_t one = spawn(for_ever), two = spawn(for_ever);
	int status;

	cr_assert_eq(cg_signal(&cgroup, SIGTERM), 0, "%s", last_fault()->what);
	status = wait_for(one);
	cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	status = wait_for(two);
	cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
}

Test(cgroup_host, what_is_gone_already_is_removed)
{
	pid_t *pids;

	make("", NULL);
	cr_assert_eq(cg_remove(&cgroup), 0);
	cr_expect_eq(cg_remove(&cgroup), 0);
	cr_expect_eq(cg_kill(&cgroup), 0);
	cr_expect_eq(cg_signal(&cgroup, SIGTERM), 0);
	cr_expect_eq(cg_pids(&cgroup, &arena, &pids), 0);
	cr_expect_not(cg_is_frozen(&cgroup));
	cr_expect_eq(cg_oom_kills(&cgroup), 0);
}

Test(cgroup_host, who_holds_a_cgroup_is_named, .timeout = 30)
{
	struct cg_hierarchy *hierarchy;
	char whole[512];
	pid_t pid;

	make("", NULL);
	pid = spawn(for_ever);
	prctl(PR_SET_NAME, "unit");
	/* Which hierarchy is met first depends on the host; all of them hold it. */
	cr_assert_eq(cg_remove(&cgroup), -EBUSY);
	hierarchy = &cgroup.hierarchies[0];
	snprintf(whole, sizeof whole, "remove cgroup %s%s: still in use after 10 s by pid %d (",
		 hierarchy->mount, hierarchy->path, pid);
	cr_expect(!strncmp(last_fault()->what, whole, strlen(whole)), "%s", last_fault()->what);
	snprintf(whole, sizeof whole, ", state S, in %s)", hierarchy->path);
	cr_expect(strstr(last_fault()->what, whole), "%s", last_fault()->what);
}

/* ---- what is planned ------------------------------------------------------------------------- */

Test(cgroup_host, a_relative_path_and_the_id_are_beside_or_below_us)
{
	struct cg_request request = { .cgroups_path = "../x/y", .id = "box" };

	if (geteuid() != 0)
		leave("needs root");
	for (int named = 1; named >= 0; named--) {
		if (!named)
			request.cgroups_path = NULL;
		cr_assert_eq(cg_plan(&cgroup, &request, &arena), 0, "%s", last_fault()->what);
		for (size_t i = 0; i < cgroup.count; i++) {
			const struct cg_hierarchy *one = &cgroup.hierarchies[i];
			const char *inner = named ? "/x/y" : "/box";
			char *expected = arena_format(&arena, "%s%s",
						      one->own[1] ? one->own : "", inner);

			if (one->v2)
				expected = cg_clean_path(
					&arena, arena_format(&arena, "%s/..%s",
							     cgroup.pure_v2 ? one->own : "",
							     inner));
			cr_expect_str_eq(one->path, expected, "%s", one->mount);
		}
		cg_close(&cgroup);
	}
	cgroup.count = 0;
}

Test(cgroup_host, wrong_paths_are_refused)
{
	struct cg_request request = { .cgroups_path = "/..", .id = "box" };
	struct cgroup other;

	cr_expect_eq(cg_plan(&other, &request, &arena), -EINVAL);
	cr_expect_str_eq(last_fault()->path, "linux.cgroupsPath");
	cr_expect_str_eq(last_fault()->what, "\"/..\" leaves no name for the container's cgroup");
	request.cgroups_path = "/a\nb";
	cr_expect_eq(cg_plan(&other, &request, &arena), -EINVAL);
	cr_expect_str_eq(last_fault()->what, "a cgroup's name cannot have a newline in it");
	char name[300];
	memset(name, 'x', sizeof name - 1);
	name[0] = '/';
	name[sizeof name - 1] = '\0';
	request.cgroups_path = name;
	cr_expect_eq(cg_plan(&other, &request, &arena), -ENAMETOOLONG);
	cr_expect_str_eq(last_fault()->what, "has a name of 298 bytes, the kernel takes 255");
}

Test(cgroup_host, without_systemd_its_driver_is_refused)
{
	struct cg_request request = { .driver = CG_SYSTEMD, .id = "box" };
	struct cgroup other;

	if (!access("/run/systemd/system", F_OK))
		cr_skip("systemd runs here");
	cr_expect_eq(cg_plan(&other, &request, &arena), -ENOTSUP);
	cr_expect_str_eq(last_fault()->what, "systemd not running on this host, cannot use systemd "
					     "cgroups manager");
	cr_expect_str_eq(last_fault()->hint,
			 "leave --systemd-cgroup out (--cgroup-manager=cgroupfs)");
}

Test(cgroup_host, disabled_makes_nothing_and_promises_nothing)
{
	struct spec_resources asked = { .pids = { .limit = GIVEN(5) } };
	struct cg_request request = { .driver = CG_DISABLED, .id = "box" };
	struct cgroup other;
	int birth;

	cr_expect_eq(cg_plan(&other, &request, &arena), 0);
	cr_expect_eq(other.count, 0);
	cr_expect_eq(cg_make(&other), 0);
	cr_expect_eq(cg_limit(&other), 0);
	cr_expect_eq(cg_birth_fd(&other, &birth), 0);
	cr_expect_eq(birth, -1);
	request.resources = &asked;
	cr_expect_eq(cg_plan(&other, &request, &arena), -ENOTSUP);
	cr_expect_str_eq(last_fault()->path, "linux.resources.pids.limit");
	cr_expect_str_eq(last_fault()->what, "cannot be applied: no cgroup is made");
}

static int plan_rootless(void)
{
	struct spec_resources asked = { .pids = { .limit = GIVEN(5) } };
	struct cg_request request = { .id = "box", .rootless = true };
	struct cgroup other;

	if (setresgid(65534, 65534, 65534) < 0 || setresuid(65534, 65534, 65534) < 0)
		return 1;
	if (cg_plan(&other, &request, &arena) || other.count)
		return 2;
	request.resources = &asked;
	if (cg_plan(&other, &request, &arena) != -ENOTSUP ||
	    strcmp(last_fault()->what, "cannot be applied: rootless needs no limits + no cgrouppath "
				       "when no permission is granted for cgroups") != 0 ||
	    strcmp(last_fault()->path, "linux.resources.pids.limit") != 0)
		return 3;
	request.resources = NULL;
	request.cgroups_path = "/box";
	if (cg_plan(&other, &request, &arena) != -EACCES ||
	    !strstr(last_fault()->what, "/box: permission denied"))
		return 4;
	return 0;
}

Test(cgroup_host, without_permission_there_is_no_cgroup_and_no_limit)
{
	int status;
	pid_t pid;

	need("pids");
	pid = fork();
	if (!pid)
		_exit(plan_rootless());
	waitpid(pid, &status, 0);
	cr_expect(WIFEXITED(status));
	cr_expect_eq(WEXITSTATUS(status), 0, "step %d", WEXITSTATUS(status));
}
