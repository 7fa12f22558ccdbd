/* stats_table.c -- the table of counters: where a number stands in the JSON, and which file has it.
 *
 * The order is that of the JSON: runc's keys as runc has them (its types/events.go), each object's
 * further keys, which are ours, after them. v1 counts in nanoseconds or, in cpuacct.stat, in ticks
 * of 10 ms (USER_HZ is 100 on all that we run on); v2 in microseconds.
 *
 * Sources: Documentation/admin-guide/cgroup-v1/, cgroup-v2.rst.
 *
 * Does not read (stats.c) and does not write (stats_write.c). */
#include "cgroups/stats_row.h"

#define AT(kind, member) kind, false, offsetof(struct cg_stats, member)
#define ALWAYS(kind, member) kind, true, offsetof(struct cg_stats, member)

enum { us = 1000, tick = 10 * 1000 * 1000 };

#define CPUSET(name, kind)                                                       \
	{ "cpuset." #name, ALWAYS(kind, cpuset.name), "cpuset", { "cpuset." #name } }
#define MEMORY_V1(path, member, prefix)                                           \
	{ path ".limit", ALWAYS(STAT_NUMBER, member.limit), "memory",             \
	  { prefix ".limit_in_bytes" } },                                         \
	{ path ".usage", AT(STAT_NUMBER, member.usage), "memory",                 \
	  { prefix ".usage_in_bytes" } },                                         \
	{ path ".max", AT(STAT_NUMBER, member.max), "memory",                     \
	  { prefix ".max_usage_in_bytes" } },                                     \
	{ path ".failcnt", ALWAYS(STAT_NUMBER, member.failcnt), "memory",         \
	  { prefix ".failcnt" } }

const struct stat_row cg_stat_rows[] = {
	{ "cpu.usage.total", AT(STAT_NUMBER, cpu.total), "cpuacct",
	  { "cpuacct.usage" }, { "cpu.stat", "usage_usec", us } },
	{ "cpu.usage.percpu", AT(STAT_NUMBERS, cpu.percpu), "cpuacct",
	  { "cpuacct.usage_percpu" } },
	{ "cpu.usage.percpu_kernel", AT(STAT_NUMBERS, cpu.percpu_kernel), "cpuacct",
	  { "cpuacct.usage_all", "system" } },
	{ "cpu.usage.percpu_user", AT(STAT_NUMBERS, cpu.percpu_user), "cpuacct",
	  { "cpuacct.usage_all", "user" } },
	{ "cpu.usage.kernel", ALWAYS(STAT_NUMBER, cpu.kernel), "cpuacct",
	  { "cpuacct.stat", "system", tick }, { "cpu.stat", "system_usec", us } },
	{ "cpu.usage.user", ALWAYS(STAT_NUMBER, cpu.user), "cpuacct",
	  { "cpuacct.stat", "user", tick }, { "cpu.stat", "user_usec", us } },
	{ "cpu.throttling.periods", AT(STAT_NUMBER, cpu.periods), "cpu",
	  { "cpu.stat", "nr_periods" }, { "cpu.stat", "nr_periods" } },
	{ "cpu.throttling.throttledPeriods", AT(STAT_NUMBER, cpu.throttled_periods), "cpu",
	  { "cpu.stat", "nr_throttled" }, { "cpu.stat", "nr_throttled" } },
	{ "cpu.throttling.throttledTime", AT(STAT_NUMBER, cpu.throttled_time), "cpu",
	  { "cpu.stat", "throttled_time" }, { "cpu.stat", "throttled_usec", us } },
	{ "cpu.throttling.bursts", AT(STAT_NUMBER, cpu.bursts), "cpu",
	  { "cpu.stat", "nr_bursts" }, { "cpu.stat", "nr_bursts" } },
	{ "cpu.throttling.burstTime", AT(STAT_NUMBER, cpu.burst_time), "cpu",
	  { "cpu.stat", "burst_time" }, { "cpu.stat", "burst_usec", us } },
	{ "cpu.psi", AT(STAT_PRESSURE, cpu.pressure), NULL, { 0 }, { "cpu.pressure" } },

	{ "cpuset.cpus", AT(STAT_CPUS, cpuset.cpus), "cpuset", { "cpuset.cpus" } },
	CPUSET(cpu_exclusive, STAT_NUMBER),
	{ "cpuset.mems", AT(STAT_CPUS, cpuset.mems), "cpuset", { "cpuset.mems" } },
	CPUSET(mem_hardwall, STAT_NUMBER),
	CPUSET(mem_exclusive, STAT_NUMBER),
	CPUSET(memory_migrate, STAT_NUMBER),
	CPUSET(memory_spread_page, STAT_NUMBER),
	CPUSET(memory_spread_slab, STAT_NUMBER),
	CPUSET(memory_pressure, STAT_NUMBER),
	CPUSET(sched_load_balance, STAT_NUMBER),
	CPUSET(sched_relax_domain_level, STAT_SIGNED),

	{ "memory.cache", AT(STAT_NUMBER, memory.cache), "memory",
	  { "memory.stat", "cache" }, { "memory.stat", "file" } },
	{ "memory.usage.limit", ALWAYS(STAT_NUMBER, memory.usage.limit), "memory",
	  { "memory.limit_in_bytes" }, { "memory.max" } },
	{ "memory.usage.usage", AT(STAT_NUMBER, memory.usage.usage), "memory",
	  { "memory.usage_in_bytes" }, { "memory.current" } },
	{ "memory.usage.max", AT(STAT_NUMBER, memory.usage.max), "memory",
	  { "memory.max_usage_in_bytes" }, { "memory.peak" } },
	{ "memory.usage.failcnt", ALWAYS(STAT_NUMBER, memory.usage.failcnt), "memory",
	  { "memory.failcnt" } },
	MEMORY_V1("memory.swap", memory.swap, "memory.memsw"),
	MEMORY_V1("memory.kernel", memory.kernel, "memory.kmem"),
	MEMORY_V1("memory.kernelTCP", memory.kernel_tcp, "memory.kmem.tcp"),
	{ "memory.raw", AT(STAT_COUNTS, memory.raw), "memory",
	  { "memory.stat" }, { "memory.stat" } },
	{ "memory.psi", AT(STAT_PRESSURE, memory.pressure), NULL, { 0 }, { "memory.pressure" } },
	{ "memory.swapOnly.limit", ALWAYS(STAT_NUMBER, memory.swap_only.limit), "memory",
	  { 0 }, { "memory.swap.max" } },
	{ "memory.swapOnly.usage", AT(STAT_NUMBER, memory.swap_only.usage), "memory",
	  { 0 }, { "memory.swap.current" } },
	{ "memory.swapOnly.max", AT(STAT_NUMBER, memory.swap_only.max), "memory",
	  { 0 }, { "memory.swap.peak" } },
	{ "memory.swapOnly.failcnt", ALWAYS(STAT_NUMBER, memory.swap_only.failcnt), "memory",
	  { 0 }, { "memory.swap.events", "fail" } },
	{ "memory.events", AT(STAT_EVENTS, memory.events), "memory",
	  { "memory.oom_control" }, { "memory.events" } },

	{ "pids.current", AT(STAT_NUMBER, pids.current), "pids",
	  { "pids.current" }, { "pids.current" } },
	{ "pids.limit", AT(STAT_NUMBER, pids.limit), "pids", { "pids.max" }, { "pids.max" } },
	{ "pids.events", AT(STAT_EVENTS, pids.events), "pids",
	  { "pids.events" }, { "pids.events" } },

	{ "blkio.ioServiceBytesRecursive", AT(STAT_IO, io.bytes) },
	{ "blkio.ioServicedRecursive", AT(STAT_IO, io.serviced) },
	{ "blkio.ioQueueRecursive", AT(STAT_IO, io.queued) },
	{ "blkio.ioServiceTimeRecursive", AT(STAT_IO, io.service_time) },
	{ "blkio.ioWaitTimeRecursive", AT(STAT_IO, io.wait_time) },
	{ "blkio.ioMergedRecursive", AT(STAT_IO, io.merged) },
	{ "blkio.ioTimeRecursive", AT(STAT_IO, io.time) },
	{ "blkio.sectorsRecursive", AT(STAT_IO, io.sectors) },
	{ "blkio.psi", AT(STAT_PRESSURE, io.pressure), NULL, { 0 }, { "io.pressure" } },
	{ "blkio.ioDiscardBytesRecursive", AT(STAT_IO, io.discarded_bytes) },
	{ "blkio.ioDiscardedRecursive", AT(STAT_IO, io.discards) },
	{ "blkio.ioCostUsage", AT(STAT_IO, io.cost_usage) },
	{ "blkio.ioCostWait", AT(STAT_IO, io.cost_wait) },
	{ "blkio.ioCostIndebt", AT(STAT_IO, io.cost_indebt) },
	{ "blkio.ioCostIndelay", AT(STAT_IO, io.cost_indelay) },

	{ "hugetlb", AT(STAT_HUGE, huge_pages) },
	{ "intel_rdt", AT(STAT_OBJECT, intel_rdt) },
	/* Filled by runc only for veth pairs of its own making, which config.json cannot ask for. */
	{ "network_interfaces", STAT_NULL },
	{ "rdma_current", AT(STAT_RDMA, rdma) },
	{ "rdma_limit", AT(STAT_RDMA, rdma_limit) },
	{ "misc", AT(STAT_MISC, misc) },
};
const size_t cg_stat_row_count = sizeof cg_stat_rows / sizeof *cg_stat_rows;
