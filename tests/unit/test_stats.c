/* test_stats.c -- a cgroup's files, of v1, of v2 and of both, become the JSON that runc prints.
 *
 * The cgroups are directories with the files of real ones, so both versions are tested everywhere.
 * The values are those of a container that runc 1.3.6 printed the same JSON for, without our keys. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroups/stats_row.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/record.h"

static struct arena arena;
static char folder[] = "/tmp/caisson-stats-XXXXXX";
static struct cgroup cgroup;

static void open_folder(void)
{
	cr_assert_not_null(mkdtemp(folder));
	cgroup.arena = &arena;
}

static void remove_folder(void)
{
	int tmp = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	cg_close(&cgroup);
	cr_assert_eq(records_remove_tree(tmp, strrchr(folder, '/') + 1), 0);
	close(tmp);
	arena_free(&arena);
}

TestSuite(stats, .init = open_folder, .fini = remove_folder);

static void add_hierarchy(const char *controllers, bool v2)
{
	cgroup.hierarchies[cgroup.count++] = (struct cg_hierarchy){
		.v2 = v2,
		.controllers = controllers,
		.mount = "/sys/fs/cgroup",
		.path = arena_copy(&arena, "/web"),
		.mount_fd = -1,
		.parent_fd = -1,
		.tasks_fd = -1,
		.fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
	};
}

static void file(const char *name, const char *content)
{
	int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	cr_assert_eq(write_atomically(dir, name, 0600, content, strlen(content)), 0, "%s", name);
	close(dir);
}

static const char *json_of(const struct cg_stats *stats)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);
	const char *copy;

	cg_stats_write(stats, out);
	fclose(out);
	copy = arena_copy(&arena, text);
	free(text);
	return copy;
}

static const char *read_json(void)
{
	struct cg_stats stats;

	cr_assert_eq(cg_stats(&cgroup, &stats, &arena), 0, "%s", last_fault()->what);
	return json_of(&stats);
}

static void v1_files(void)
{
	file("cpuacct.usage", "60244636\n");
	file("cpuacct.usage_percpu", "1278479 58966157 \n");
	file("cpuacct.usage_all", "cpu user system\n0 0 0\n1 20000000 36000000\n");
	file("cpuacct.stat", "user 2\nsystem 3\n");
	file("cpu.stat", "nr_periods 2\nnr_throttled 1\nthrottled_time 99\nnr_bursts 0\n"
			 "burst_time 0\n");
	file("cpuset.cpus", "0-1\n");
	file("cpuset.mems", "0\n");
	file("cpuset.sched_load_balance", "1\n");
	file("cpuset.sched_relax_domain_level", "-1\n");
	file("memory.stat", "cache 1982464\nrss 53248\n");
	file("memory.limit_in_bytes", "67108864\n");
	file("memory.usage_in_bytes", "2592768\n");
	file("memory.max_usage_in_bytes", "3293184\n");
	file("memory.failcnt", "7\n");
	file("memory.memsw.limit_in_bytes", "67108865\n");
	file("memory.memsw.usage_in_bytes", "2592769\n");
	file("memory.memsw.max_usage_in_bytes", "3293184\n");
	file("memory.memsw.failcnt", "0\n");
	file("memory.kmem.limit_in_bytes", "9223372036854771712\n");
	file("memory.kmem.usage_in_bytes", "253952\n");
	file("memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n");
	file("pids.current", "1\n");
	file("pids.max", "33\n");
	file("pids.events", "max 0\n");
}

Test(stats, of_v1_are_as_runc_prints_them)
{
	add_hierarchy("cpu,cpuacct", false);
	add_hierarchy("memory", false);
	add_hierarchy("cpuset", false);
	add_hierarchy("pids", false);
	add_hierarchy("blkio", false);
	add_hierarchy("hugetlb", false);
	v1_files();
	file("blkio.throttle.io_serviced_recursive", "8:0 Read 9\n8:0 Total 9\nTotal 9\n");
	file("blkio.throttle.io_service_bytes_recursive", "8:0 Read 36864\n8:0 Write 0\n");
	file("hugetlb.2MB.usage_in_bytes", "2097152\n");
	file("hugetlb.2MB.rsvd.usage_in_bytes", "4194304\n");
	file("hugetlb.2MB.rsvd.max_usage_in_bytes", "6291456\n");
	file("hugetlb.2MB.rsvd.failcnt", "3\n");
	cr_assert_str_eq(
		read_json(),
		"{\"cpu\":{\"usage\":{\"total\":60244636,\"percpu\":[1278479,58966157],"
		"\"percpu_kernel\":[0,36000000],\"percpu_user\":[0,20000000],"
		"\"kernel\":30000000,\"user\":20000000},"
		"\"throttling\":{\"periods\":2,\"throttledPeriods\":1,\"throttledTime\":99}},"
		"\"cpuset\":{\"cpus\":[0,1],\"cpu_exclusive\":0,\"mems\":[0],\"mem_hardwall\":0,"
		"\"mem_exclusive\":0,\"memory_migrate\":0,\"memory_spread_page\":0,"
		"\"memory_spread_slab\":0,\"memory_pressure\":0,\"sched_load_balance\":1,"
		"\"sched_relax_domain_level\":-1},"
		"\"memory\":{\"cache\":1982464,"
		"\"usage\":{\"limit\":67108864,\"usage\":2592768,\"max\":3293184,\"failcnt\":7},"
		"\"swap\":{\"limit\":67108865,\"usage\":2592769,\"max\":3293184,\"failcnt\":0},"
		"\"kernel\":{\"limit\":9223372036854771712,\"usage\":253952,\"failcnt\":0},"
		"\"kernelTCP\":{\"limit\":0,\"failcnt\":0},"
		"\"raw\":{\"cache\":1982464,\"rss\":53248},"
		"\"swapOnly\":{\"limit\":1,\"usage\":1,\"failcnt\":0},"
		"\"events\":{\"oom_kill\":1}},"
		"\"pids\":{\"current\":1,\"limit\":33},"
		"\"blkio\":{\"ioServiceBytesRecursive\":["
		"{\"major\":8,\"op\":\"Read\",\"value\":36864},{\"major\":8,\"op\":\"Write\"}],"
		"\"ioServicedRecursive\":[{\"major\":8,\"op\":\"Read\",\"value\":9},"
		"{\"major\":8,\"op\":\"Total\",\"value\":9}]},"
		"\"hugetlb\":{\"2MB\":{\"usage\":4194304,\"max\":6291456,\"failcnt\":3,"
		"\"faulted\":2097152}},"
		"\"intel_rdt\":{},\"network_interfaces\":null}");
}

static void v2_files(void)
{
	file("cpu.stat", "usage_usec 570\nuser_usec 560\nsystem_usec 10\nnr_periods 6\n"
			 "nr_throttled 3\nthrottled_usec 60\nnr_bursts 1\nburst_usec 2\n");
	file("cpu.pressure", "some avg10=0.00 avg60=12.50 avg300=0.07 total=4968\n"
			     "full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n");
	file("memory.stat", "anon 49152\nfile 1880064\n");
	file("memory.max", "max\n");
	file("memory.current", "2244608\n");
	file("memory.peak", "2777088\n");
	file("memory.swap.max", "1048576\n");
	file("memory.swap.current", "4096\n");
	file("memory.swap.peak", "8192\n");
	file("memory.swap.events", "high 0\nmax 0\nfail 5\n");
	file("memory.events", "low 0\noom_kill 2\n");
	file("pids.current", "4\n");
	file("pids.max", "max\n");
	file("io.stat", "98:0 rbytes=1880064 wbytes=0 rios=99 wios=0\n");
	file("rdma.current", "mlx\"4 hca_handle=2 hca_object=0\n");
	file("misc.current", "sev 3\n");
	file("misc.events", "sev.max 2\n");
	file("hugetlb.1GB.current", "0\n");
	file("hugetlb.1GB.rsvd.current", "0\n");
	file("hugetlb.2MB.current", "2097152\n");
	file("hugetlb.2MB.events", "max 4\n");
}

Test(stats, of_v2_are_as_runc_prints_them)
{
	add_hierarchy("", true);
	v2_files();
	cr_assert_str_eq(
		read_json(),
		"{\"cpu\":{\"usage\":{\"total\":570000,\"kernel\":10000,\"user\":560000},"
		"\"throttling\":{\"periods\":6,\"throttledPeriods\":3,\"throttledTime\":60000,"
		"\"bursts\":1,\"burstTime\":2000},"
		"\"psi\":{\"some\":{\"avg10\":0,\"avg60\":12.5,\"avg300\":0.07,\"total\":4968},"
		"\"full\":{\"avg10\":0,\"avg60\":0,\"avg300\":0,\"total\":0}}},"
		"\"cpuset\":{\"cpu_exclusive\":0,\"mem_hardwall\":0,\"mem_exclusive\":0,"
		"\"memory_migrate\":0,\"memory_spread_page\":0,\"memory_spread_slab\":0,"
		"\"memory_pressure\":0,\"sched_load_balance\":0,\"sched_relax_domain_level\":0},"
		"\"memory\":{\"cache\":1880064,"
		"\"usage\":{\"limit\":18446744073709551615,\"usage\":2244608,\"max\":2777088,"
		"\"failcnt\":0},"
		"\"swap\":{\"limit\":18446744073709551615,\"usage\":2248704,\"failcnt\":0},"
		"\"kernel\":{\"limit\":0,\"failcnt\":0},\"kernelTCP\":{\"limit\":0,\"failcnt\":0},"
		"\"raw\":{\"anon\":49152,\"file\":1880064},"
		"\"swapOnly\":{\"limit\":1048576,\"usage\":4096,\"max\":8192,\"failcnt\":5},"
		"\"events\":{\"oom_kill\":2}},"
		"\"pids\":{\"current\":4},"
		"\"blkio\":{\"ioServiceBytesRecursive\":["
		"{\"major\":98,\"op\":\"Read\",\"value\":1880064},{\"major\":98,\"op\":\"Write\"}],"
		"\"ioServicedRecursive\":[{\"major\":98,\"op\":\"Read\",\"value\":99},"
		"{\"major\":98,\"op\":\"Write\"}]},"
		"\"hugetlb\":{\"1GB\":{\"failcnt\":0},"
		"\"2MB\":{\"usage\":2097152,\"failcnt\":4,\"faulted\":2097152}},"
		"\"intel_rdt\":{},\"network_interfaces\":null,"
		"\"rdma_current\":[{\"device\":\"mlx\\\"4\",\"hca_handles\":2}],"
		"\"misc\":{\"sev\":{\"usage\":3,\"events\":2}}}");
}

Test(stats, where_a_hybrid_host_has_v1_files_those_count)
{
	struct cg_stats stats;

	add_hierarchy("memory", false);
	add_hierarchy("", true);
	v1_files();
	v2_files();
	file("memory.stat", "cache 1\nfile 2\n");
	cr_assert_eq(cg_stats(&cgroup, &stats, &arena), 0);
	cr_expect_eq(stats.memory.cache, 1);
	cr_expect_eq(stats.memory.usage.limit, 67108864);
	cr_expect_eq(stats.cpu.total, 570000);
	cr_expect(stats.cpu.pressure.known);
	cr_expect_eq(stats.cpuset.cpus.count, 0);
}

Test(stats, of_an_empty_cgroup_are_zeros)
{
	add_hierarchy("", true);
	file("cgroup.procs", "");
	cr_assert_str_eq(
		read_json(),
		"{\"cpu\":{\"usage\":{\"kernel\":0,\"user\":0},\"throttling\":{}},"
		"\"cpuset\":{\"cpu_exclusive\":0,\"mem_hardwall\":0,\"mem_exclusive\":0,"
		"\"memory_migrate\":0,\"memory_spread_page\":0,\"memory_spread_slab\":0,"
		"\"memory_pressure\":0,\"sched_load_balance\":0,\"sched_relax_domain_level\":0},"
		"\"memory\":{\"usage\":{\"limit\":0,\"failcnt\":0},"
		"\"swap\":{\"limit\":0,\"failcnt\":0},\"kernel\":{\"limit\":0,\"failcnt\":0},"
		"\"kernelTCP\":{\"limit\":0,\"failcnt\":0},"
		"\"swapOnly\":{\"limit\":0,\"failcnt\":0}},"
		"\"pids\":{},\"blkio\":{},\"hugetlb\":{},\"intel_rdt\":{},"
		"\"network_interfaces\":null}");
}

Test(stats, without_the_pids_controller_the_processes_are_counted)
{
	struct cg_stats stats;

	add_hierarchy("", true);
	file("cgroup.procs", "12\n13\n14\n");
	cr_assert_eq(cg_stats(&cgroup, &stats, &arena), 0);
	cr_assert_eq(stats.pids.current, 3);
	cr_assert_eq(stats.pids.limit, 0);
}

Test(stats, a_file_that_is_not_understood_is_named)
{
	struct cg_stats stats;

	add_hierarchy("", true);
	file("memory.current", "much\n");
	cr_assert_eq(cg_stats(&cgroup, &stats, &arena), -EINVAL);
	cr_assert_str_eq(last_fault()->what,
			 "memory.current in cgroup /sys/fs/cgroup/web is not in a form we know");
}

Test(stats, the_first_set_of_blkio_files_that_says_anything_counts)
{
	struct cg_stats stats;

	add_hierarchy("blkio", false);
	file("blkio.bfq.sectors_recursive", "");
	file("blkio.bfq.io_serviced_recursive", "8:0 Read 1\n");
	file("blkio.bfq.io_service_bytes_recursive", "8:0 Read 2\n");
	file("blkio.throttle.io_serviced_recursive", "8:0 Read 3\n");
	cr_assert_eq(stat_read_io(cgroup.hierarchies[0].fd, false, &stats, &arena), 0);
	cr_assert_eq(stats.io.serviced.at[0].value, 1);
	cr_assert_eq(stats.io.bytes.at[0].value, 2);
}

Test(stats, what_resctrl_says_has_its_place)
{
	struct cg_stats stats = { .intel_rdt = "{\"schemata\":[\"MB:0=20\"]}" };

	cr_assert_not_null(
		strstr(json_of(&stats), "\"intel_rdt\":{\"schemata\":[\"MB:0=20\"]},"));
}
