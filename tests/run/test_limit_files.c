/* test_limit_files.c -- each limit of linux.resources is in its file, as the kernel reads it back.
 *
 * One test per row of the table (`caisson help --limits`), on whatever version the controllers have
 * here: the same suite is run on hosts with v1, v2 and both. */
#include <stdio.h>
#include <sys/sysmacros.h>

#include "tests/lib/host.h"
#include "tests/lib/limits.h"

TestSuite(limit_files, .init = boxes_open, .fini = boxes_close, .timeout = 120);

/* A created container with these resources: nobody has run in it yet. */
static pid_t create(const char *resources)
{
	struct box *box = box_new();

	box_set(box, "linux.resources", "%s", resources);
	assert_prints(box_create(box), "");
	return box_pid(box);
}

struct file {
	const char *name, *text;
};
static const struct file nothing = { NULL, NULL };

static void check(const char *controller, const char *resources, struct file v1, struct file v2)
{
	bool is_v1 = host_has_v1_controller(controller);
	const struct file *wanted = is_v1 ? &v1 : &v2;
	const char *text;

	needs_controller(controller);
	if (!wanted->name)
		boxes_skip("cgroup %s has nothing like %s", is_v1 ? "v1" : "v2",
			   is_v1 ? v2.name : v1.name);
	text = limit_text(create(resources), controller, v1.name, v2.name);
	if (!*text)
		boxes_skip("this kernel has no %s", wanted->name);
	cr_assert_str_eq(text, wanted->text);
}

/* For what v2 does without: there the container is made all the same, with one warning. */
static void check_v1(const char *controller, const char *resources, struct file v1,
		     const char *warning)
{
	struct box *box;

	needs_controller(controller);
	if (host_has_v1_controller(controller)) {
		check(controller, resources, v1, nothing);
		return;
	}
	box = box_new();
	box_set(box, "linux.resources", "%s", resources);
	cr_assert_str_eq(box_create(box).err, warning);
	assert_ok(box_start(box));
}

#define CLAIM(name, controller, resources, ...)                       \
	Test(limit_files, name)                                       \
	{                                                             \
		check((controller), "{" resources "}", __VA_ARGS__);  \
	}
#define CLAIM_OF_V1(name, controller, resources, ...)                    \
	Test(limit_files, name)                                          \
	{                                                                \
		check_v1((controller), "{" resources "}", __VA_ARGS__);  \
	}
#define NOT_APPLIED "caisson: warning: linux.resources."
#define FILE(...) ((struct file){ __VA_ARGS__ })
/* The value of a v1 file that has no limit: LONG_MAX in whole pages. */
#define NO_LIMIT "9223372036854771712"

/* ---- memory --------------------------------------------------------------------------------- */

CLAIM(memory_limit, "memory", "'memory': {'limit': 33554432}",
      FILE("memory.limit_in_bytes", "33554432"), FILE("memory.max", "33554432"))
CLAIM(memory_limit_of_minus_1_is_none, "memory", "'memory': {'limit': -1}",
      FILE("memory.limit_in_bytes", NO_LIMIT), FILE("memory.max", "max"))
CLAIM(memory_limit_of_0_is_not_set, "memory", "'memory': {'limit': 0}",
      FILE("memory.limit_in_bytes", NO_LIMIT), FILE("memory.max", "max"))
CLAIM(memory_swap_is_both_on_v1_and_the_difference_on_v2, "memory",
      "'memory': {'limit': 33554432, 'swap': 50331648}",
      FILE("memory.memsw.limit_in_bytes", "50331648"), FILE("memory.swap.max", "16777216"))
CLAIM(memory_swap_like_the_limit_is_no_swap, "memory",
      "'memory': {'limit': 33554432, 'swap': 33554432}",
      FILE("memory.memsw.limit_in_bytes", "33554432"), FILE("memory.swap.max", "0"))
CLAIM(memory_swap_of_minus_1_is_no_limit, "memory",
      "'memory': {'limit': 33554432, 'swap': -1}", FILE("memory.memsw.limit_in_bytes", NO_LIMIT),
      FILE("memory.swap.max", "max"))
CLAIM(memory_reservation, "memory", "'memory': {'reservation': 16777216}",
      FILE("memory.soft_limit_in_bytes", "16777216"), FILE("memory.low", "16777216"))
CLAIM_OF_V1(memory_kernel_tcp, "memory", "'memory': {'kernelTCP': 8388608}",
      FILE("memory.kmem.tcp.limit_in_bytes", "8388608"),
	    NOT_APPLIED "memory.kernelTCP is not applied: cgroup v2 counts TCP buffers in memory.limit\n")
CLAIM_OF_V1(memory_swappiness, "memory", "'memory': {'swappiness': 17}",
      FILE("memory.swappiness", "17"),
	    NOT_APPLIED "memory.swappiness is not applied: cgroup v2 has no swappiness of its own\n")
CLAIM_OF_V1(memory_swappiness_of_0, "memory", "'memory': {'swappiness': 0}",
      FILE("memory.swappiness", "0"),
	    NOT_APPLIED "memory.swappiness is not applied: cgroup v2 has no swappiness of its own\n")
CLAIM(memory_use_hierarchy, "memory", "'memory': {'useHierarchy': true}",
      FILE("memory.use_hierarchy", "1"), nothing)
CLAIM(memory_check_before_update_of_a_new_container, "memory",
      "'memory': {'limit': 33554432, 'checkBeforeUpdate': true}",
      FILE("memory.limit_in_bytes", "33554432"), FILE("memory.max", "33554432"))

/* v1 counts both together, and there is no less than no limit. */
Test(limit_files, memory_swap_without_a_limit_on_memory)
{
	struct box *box = box_new();

	needs_controller("memory");
	box_set(box, "linux.resources.memory", "{'limit': -1, 'swap': 33554432}");
	if (host_has_v1_controller("memory")) {
		assert_fails(box_create(box), 1,
			     "33554432 is memory and swap together, and cgroup v1 cannot limit it "
			     "while memory.limit is -1");
		return;
	}
	assert_ok(box_create(box));
	cr_assert_str_eq(limit_text(box_pid(box), "memory", NULL, "memory.swap.max"), "33554432");
}

CLAIM_OF_V1(memory_disable_oom_killer, "memory", "'memory': {'disableOOMKiller': true}",
	    FILE("memory.oom_control", "oom_kill_disable 1\nunder_oom 0\noom_kill 0"),
	    NOT_APPLIED "memory.disableOOMKiller is not applied: cgroup v2 cannot switch the OOM "
			"killer off\n")

/* No file is left of it in any version. */
Test(limit_files, memory_kernel_is_warned_of_once)
{
	struct box *box = box_new();

	box_set(box, "linux.resources.memory.kernel", "16777216");
	cr_assert_str_eq(box_create(box).err,
			 NOT_APPLIED "memory.kernel is not applied: the kernel ignores it since 5.16: "
				     "such memory counts in memory.limit\n");
	assert_ok(box_start(box));
}

/* ---- cpu ------------------------------------------------------------------------------------ */

CLAIM(cpu_shares, "cpu", "'cpu': {'shares': 512}", FILE("cpu.shares", "512"),
      FILE("cpu.weight", "59"))
CLAIM(cpu_shares_of_1024_are_the_default_weight, "cpu", "'cpu': {'shares': 1024}",
      FILE("cpu.shares", "1024"), FILE("cpu.weight", "100"))
CLAIM(cpu_shares_at_the_lower_end, "cpu", "'cpu': {'shares': 2}", FILE("cpu.shares", "2"),
      FILE("cpu.weight", "1"))
CLAIM(cpu_shares_at_the_upper_end, "cpu", "'cpu': {'shares': 262144}",
      FILE("cpu.shares", "262144"), FILE("cpu.weight", "10000"))
CLAIM(cpu_quota_alone_has_the_period_of_the_kernel, "cpu", "'cpu': {'quota': 30000}",
      FILE("cpu.cfs_quota_us", "30000"), FILE("cpu.max", "30000 100000"))
CLAIM(cpu_quota_and_period, "cpu", "'cpu': {'quota': 20000, 'period': 50000}",
      FILE("cpu.cfs_period_us", "50000"), FILE("cpu.max", "20000 50000"))
CLAIM(cpu_quota_of_minus_1_is_none, "cpu", "'cpu': {'quota': -1, 'period': 50000}",
      FILE("cpu.cfs_quota_us", "-1"), FILE("cpu.max", "max 50000"))
CLAIM(cpu_period_alone, "cpu", "'cpu': {'period': 50000}", FILE("cpu.cfs_period_us", "50000"),
      FILE("cpu.max", "max 50000"))
CLAIM(cpu_quota_and_period_at_their_lower_ends, "cpu", "'cpu': {'quota': 1000, 'period': 1000}",
      FILE("cpu.cfs_quota_us", "1000"), FILE("cpu.max", "1000 1000"))
CLAIM(cpu_burst, "cpu", "'cpu': {'quota': 20000, 'burst': 10000}",
      FILE("cpu.cfs_burst_us", "10000"), FILE("cpu.max.burst", "10000"))
CLAIM(cpu_burst_as_large_as_the_quota, "cpu", "'cpu': {'quota': 20000, 'burst': 20000}",
      FILE("cpu.cfs_burst_us", "20000"), FILE("cpu.max.burst", "20000"))
CLAIM(cpu_idle, "cpu", "'cpu': {'idle': 1}", FILE("cpu.idle", "1"), FILE("cpu.idle", "1"))
CLAIM(cpu_idle_beside_shares, "cpu", "'cpu': {'idle': 1, 'shares': 512}", FILE("cpu.idle", "1"),
      FILE("cpu.idle", "1"))
CLAIM(cpu_idle_is_the_least_share_there_is, "cpu", "'cpu': {'idle': 1}", FILE("cpu.shares", "3"), nothing)
CLAIM(cpuset_cpus, "cpuset", "'cpu': {'cpus': '0'}", FILE("cpuset.cpus", "0"),
      FILE("cpuset.cpus", "0"))
CLAIM(cpuset_mems, "cpuset", "'cpu': {'mems': '0'}", FILE("cpuset.mems", "0"),
      FILE("cpuset.mems", "0"))

Test(limit_files, cpu_realtime)
{
	pid_t pid;

	needs_realtime_limits();
	pid = create("{'cpu': {'realtimeRuntime': 2000, 'realtimePeriod': 500000}}");
	cr_assert_str_eq(limit_text(pid, "cpu", "cpu.rt_runtime_us", NULL), "2000");
	cr_assert_str_eq(limit_text(pid, "cpu", "cpu.rt_period_us", NULL), "500000");
}

/* ---- pids ----------------------------------------------------------------------------------- */

CLAIM(pids_limit, "pids", "'pids': {'limit': 23}", FILE("pids.max", "23"), FILE("pids.max", "23"))
CLAIM(pids_limit_of_0, "pids", "'pids': {'limit': 0}", FILE("pids.max", "0"), FILE("pids.max", "0"))
CLAIM(pids_limit_of_minus_1_is_none, "pids", "'pids': {'limit': -1}", FILE("pids.max", "max"),
      FILE("pids.max", "max"))
CLAIM(pids_limit_at_the_upper_end, "pids", "'pids': {'limit': 4194304}",
      FILE("pids.max", "4194304"), FILE("pids.max", "4194304"))

/* ---- lists ---------------------------------------------------------------------------------- */

Test(limit_files, huge_pages_in_use_and_reserved)
{
	pid_t pid;

	needs_huge_pages();
	pid = create("{'hugepageLimits': [{'pageSize': '2MB', 'limit': 4194304}]}");
	cr_assert_str_eq(limit_text(pid, "hugetlb", "hugetlb.2MB.limit_in_bytes",
				    "hugetlb.2MB.max"),
			 "4194304");
	cr_assert_str_eq(limit_text(pid, "hugetlb", "hugetlb.2MB.rsvd.limit_in_bytes",
				    "hugetlb.2MB.rsvd.max"),
			 "4194304");
}

Test(limit_files, huge_pages_are_rounded_down_by_the_kernel)
{
	pid_t pid;

	needs_huge_pages();
	pid = create("{'hugepageLimits': [{'pageSize': '2MB', 'limit': 3000000}]}");
	cr_assert_str_eq(limit_text(pid, "hugetlb", "hugetlb.2MB.limit_in_bytes",
				    "hugetlb.2MB.max"),
			 "2097152");
}

/* Without an adapter the file is empty, and the kernel knows no name to limit. */
Test(limit_files, rdma)
{
	struct box *box = box_new();

	needs_controller("rdma");
	box_set(box, "linux.resources.rdma", "{'mlx5_1': {'hcaHandles': 3, 'hcaObjects': 10000}}");
	assert_fails(box_create(box), 1, "write \"mlx5_1 hca_handle=3 hca_object=10000\" to ");
	cr_assert_null(boxes_left());
}

/* ---- unified -------------------------------------------------------------------------------- */

static void needs_v2(const char *controller)
{
	needs_controller(controller);
	if (host_has_v1_controller(controller))
		boxes_skip("%s is a controller of cgroup v1 on this host", controller);
}

Test(limit_files, unified_is_written_as_it_stands)
{
	pid_t pid;

	needs_v2("memory");
	pid = create("{'unified': {'memory.high': '12345344', 'pids.max': '44', "
		     "'memory.oom.group': '1', 'cgroup.max.descendants': '7'}}");
	cr_assert_str_eq(limit_text(pid, "memory", NULL, "memory.high"), "12345344");
	cr_assert_str_eq(limit_text(pid, "memory", NULL, "memory.oom.group"), "1");
	cr_assert_str_eq(limit_text(pid, "memory", NULL, "cgroup.max.descendants"), "7");
	cr_assert_str_eq(limit_text(pid, "pids", NULL, "pids.max"), "44");
}

Test(limit_files, unified_has_the_last_word)
{
	pid_t pid;

	needs_v2("memory");
	pid = create("{'memory': {'limit': 33554432}, 'unified': {'memory.max': '67108864'}}");
	cr_assert_str_eq(limit_text(pid, "memory", NULL, "memory.max"), "67108864");
}

Test(limit_files, unified_works_on_a_host_with_both_versions)
{
	pid_t pid;

	needs_huge_pages();
	needs_v2("hugetlb");
	pid = create("{'unified': {'hugetlb.2MB.max': '2097152'}}");
	cr_assert_str_eq(limit_text(pid, "hugetlb", NULL, "hugetlb.2MB.max"), "2097152");
}

Test(limit_files, a_file_that_no_kernel_has_says_so_in_the_words_of_its_errno)
{
	struct box *box = box_new();
	char wanted[256];

	needs_v2("hugetlb");
	box_set(box, "linux.cgroupsPath", "'/%s'", box->id);
	box_set(box, "linux.resources.unified", "{'hugetlb.nothing': '1'}");
	snprintf(wanted, sizeof wanted, "/%s: No such file or directory", box->id);
	assert_fails(box_create(box), 1, wanted);
}
