/* stats.c -- the table of counters: where a number stands in the JSON, and which file has it.
 *
 * The order is that of the JSON: runc's keys as runc has them (its types/events.go), each object's
 * further keys, which are ours, after them. v1 counts in nanoseconds or, in cpuacct.stat, in ticks
 * of 10 ms (USER_HZ is 100 on all that we run on); v2 in microseconds.
 *
 * Sources: Documentation/admin-guide/cgroup-v1/, cgroup-v2.rst.
 *
 * Does not know the formats (stats_text.c) and does not write (stats_write.c). */
#include "cgroups/stats.h"

#include <errno.h>
#include <string.h>

#include "cgroups/stats_row.h"
#include "cgroups/tree.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

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
	{ "memory.events", AT(STAT_COUNTS, memory.events), "memory",
	  { "memory.oom_control" }, { "memory.events" } },

	{ "pids.current", AT(STAT_NUMBER, pids.current), "pids",
	  { "pids.current" }, { "pids.current" } },
	{ "pids.limit", AT(STAT_NUMBER, pids.limit), "pids", { "pids.max" }, { "pids.max" } },
	{ "pids.events", AT(STAT_COUNTS, pids.events), "pids",
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

/* ---- reading --------------------------------------------------------------------------------- */

enum { longest_file = 16 << 20, most_files = 64 };

/* One reading: each file is read once, however many rows look at it. */
struct reading {
	struct cgroup *cgroup;
	struct cg_stats *stats;
	struct arena *arena;
	struct {
		int dir;
		const char *file;
		char *text;
	} seen[most_files];
	size_t count;
};

int stat_text(int dir, const char *file, char **text, struct arena *arena)
{
	ssize_t length;
	autoclose int fd = open_below(dir, file, O_RDONLY, 0);

	*text = NULL;
	if (fd == -ENOENT)
		return 0;
	length = fd < 0 ? fd : read_all(fd, arena, text, longest_file);
	if (length == -EOPNOTSUPP) {
		*text = NULL;
		return 0;
	}
	return length < 0 ? (int)length : 0;
}

/* Readers cut a text up; each gets a copy of its own. */
static int text_of(struct reading *reading, int dir, const char *file, char **text)
{
	size_t at = 0;
	int result;

	while (at < reading->count && (reading->seen[at].dir != dir ||
				       strcmp(reading->seen[at].file, file) != 0))
		at++;
	if (at == reading->count) {
		result = stat_text(dir, file, text, reading->arena);
		if (result < 0 || at == most_files)
			return result;
		reading->seen[at].dir = dir;
		reading->seen[at].file = file;
		reading->seen[at].text = *text;
		reading->count++;
	}
	*text = reading->seen[at].text;
	if (*text)
		*text = arena_copy(reading->arena, *text);
	return 0;
}

static int parse(const struct stat_row *row, const struct stat_source *source, char *text,
		 void *target, struct arena *arena)
{
	uint64_t *number = target;
	int result;

	switch (row->kind) {
	case STAT_NUMBER:
		result = source->key ? stat_keyed(text, source->key, number) :
				       stat_number(text, number);
		if (source->scale)
			*number *= source->scale;
		return result;
	case STAT_SIGNED:
		return stat_signed(text, target);
	case STAT_NUMBERS:
		return stat_numbers(text, source->key, target, arena);
	case STAT_CPUS:
		return stat_cpus(text, target, arena);
	case STAT_COUNTS:
		return stat_counts(text, target, arena);
	case STAT_PRESSURE:
		return stat_pressure(text, target);
	default:
		return 0;
	}
}

/* The hierarchy that counts for this controller: v1 before v2, as everywhere. v2 counts some things
 * for every cgroup, whatever controllers are enabled in it. */
static struct cg_hierarchy *hierarchy_for(struct cgroup *cgroup, const char *v1_controller)
{
	struct cg_hierarchy *v1 = v1_controller ? cg_hierarchy_of(cgroup, v1_controller) : NULL;

	return v1 ? v1 : cg_hierarchy_v2(cgroup);
}

static int speak(int result, const struct cg_hierarchy *hierarchy, const char *file)
{
	if (result == -ENOENT || result == -ENODEV)
		return result;
	return fail(result, "read %s in cgroup %s%s", file, hierarchy->mount, hierarchy->path);
}

static int read_row(struct reading *reading, const struct stat_row *row)
{
	struct cg_hierarchy *hierarchy = hierarchy_for(reading->cgroup, row->v1_controller);
	const struct stat_source *source = hierarchy && !hierarchy->v2 ? &row->v1 : &row->v2;
	char *text;
	int dir, result;

	if (!hierarchy || !source->file)
		return 0;
	dir = cg_dir(hierarchy);
	if (dir < 0)
		return dir;
	result = text_of(reading, dir, source->file, &text);
	if (result < 0)
		return speak(result, hierarchy, source->file);
	if (!text)
		return 0;
	result = parse(row, source, text, (char *)reading->stats + row->offset, reading->arena);
	return result < 0 ? speak(result, hierarchy, source->file) : 0;
}

static const struct {
	const char *controller, *what;
	stat_reader *read;
} lists[] = {
	{ "blkio", "what was read and written", stat_read_io },
	{ "hugetlb", "huge pages", stat_read_huge_pages },
	{ "rdma", "rdma.current", stat_read_rdma },
	{ "misc", "misc.current", stat_read_misc },
};

static int read_lists(struct reading *reading)
{
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		struct cg_hierarchy *hierarchy = hierarchy_for(reading->cgroup,
							       lists[i].controller);
		int dir = hierarchy ? cg_dir(hierarchy) : -1, result;

		if (!hierarchy)
			continue;
		if (dir < 0)
			return dir;
		result = lists[i].read(dir, hierarchy->v2, reading->stats, reading->arena);
		if (result < 0)
			return speak(result, hierarchy, lists[i].what);
	}
	return 0;
}

/* ---- one shape for both versions ------------------------------------------------------------- */

static uint64_t sum(uint64_t one, uint64_t other)
{
	uint64_t result;

	return __builtin_add_overflow(one, other, &result) ? CG_NO_LIMIT : result;
}

static uint64_t difference(uint64_t one, uint64_t other)
{
	return one > other ? one - other : 0;
}

/* v1 counts memory and swap in one; v2 apart. The highest use of both in one v2 cannot tell. */
static void derive_swap(struct reading *reading)
{
	struct cg_hierarchy *hierarchy = hierarchy_for(reading->cgroup, "memory");
	struct cg_stats *stats = reading->stats;
	const struct cg_memory *memory = &stats->memory.usage;
	struct cg_memory *both = &stats->memory.swap, *swap = &stats->memory.swap_only;

	if (hierarchy && !hierarchy->v2) {
		swap->usage = difference(both->usage, memory->usage);
		swap->failcnt = difference(both->failcnt, memory->failcnt);
		swap->limit = difference(both->limit, memory->limit);
		return;
	}
	both->usage = sum(memory->usage, swap->usage);
	both->limit = sum(memory->limit, swap->limit);
}

/* Where the pids controller is off, the processes can still be counted. */
static int derive_pids(struct reading *reading)
{
	struct cg_stats *stats = reading->stats;
	pid_t *pids;
	ssize_t count;

	if (stats->pids.limit == CG_NO_LIMIT)
		stats->pids.limit = 0;
	if (stats->pids.current)
		return 0;
	count = cg_pids(reading->cgroup, reading->arena, &pids);
	if (count > 0)
		stats->pids.current = (uint64_t)count;
	return count < 0 ? (int)count : 0;
}

int cg_stats(struct cgroup *cgroup, struct cg_stats *stats, struct arena *arena)
{
	struct reading reading = { .cgroup = cgroup, .stats = stats, .arena = arena };
	int result = 0;

	*stats = (struct cg_stats){ 0 };
	if (!cgroup->count)
		return advise(refuse(ENOTSUP, "the container has no cgroup: nothing is counted"),
			      "run it with cgroups, see --cgroup-manager");
	for (size_t i = 0; !result && i < cg_stat_row_count; i++)
		result = read_row(&reading, &cg_stat_rows[i]);
	if (!result)
		result = read_lists(&reading);
	if (result < 0)
		return result;
	derive_swap(&reading);
	return derive_pids(&reading);
}
