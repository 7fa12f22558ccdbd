/* knobs.c -- the table of limits.
 *
 * A row is a field of linux.resources (config-linux.md), what v1 calls it and what v2 calls it.
 * The order is the order of writing. Where one value bounds another (limit and swap, quota and
 * burst, shares and idle) the kernel refuses a write that comes too early with EINVAL; limit.c
 * then comes back to it, so that the order here only has to be right for a new cgroup.
 *
 * What a host does not have. The spec wants an error for what v2 cannot express (config-linux.md,
 * "Unified"), and a limit that is not there is one: somebody counts on it. But engines send some
 * fields to whatever host they are on, runc passes over them, and what they say is no limit: how
 * eagerly to swap, what an OOM killer shall do, who comes first where there is enough for one.
 * Without those the container gets no more than was asked for: LACK_WARNED, each with its reason.
 *
 * Sources: Documentation/admin-guide/cgroup-v1/, cgroup-v2.rst; ranges: kernel/sched/core.c,
 * kernel/cgroup/pids.c, block/bfq-cgroup.c.
 *
 * Does not convert (convert.c), does not judge (check.c), does not write (limit.c). */
#include "cgroups/knobs.h"

#include <string.h>

#include "cgroups/tree.h"
#include "runtime/base/fault.h"

enum { unset_0_no_limit_1 = zero_unset | minus_one_no_limit };
#define AT(kind, member) kind, offsetof(struct spec_resources, member)
#define LIST(lines)	 KNOB_LIST, 0, 0, lines
#define FILES(size)                                                                            \
	"`hugetlb.SIZE." size "`, and from Linux 5.7 `hugetlb.SIZE.rsvd." size "`"

static const char no_swappiness[] = "cgroup v2 has no swappiness of its own";
static const char no_oom_switch[] = "cgroup v2 cannot switch the OOM killer off";
static const char no_kernel_limit[] = "the kernel ignores it since 5.16: such memory counts in "
				      "memory.limit";
static const char no_tcp_limit[] = "cgroup v2 counts TCP buffers in memory.limit";
static const char always_hierarchy[] = "always so since Linux 5.11";
static const char no_realtime[] = "cgroup v2 has no limit for realtime processes";
static const char no_leaf_weight[] = "no kernel since 5.0 has leaf weights";
static const char no_net_class[] = "cgroup v2 has no network controller";
static const char only_unified[] = "cannot use unified on cgroup v1";

static const char weights[] = "10 to 1000; 0: not set";
static const char a_list[] = "a list such as `0-3,7`";
static const char a_rate[] = "bytes per second, by device; 0: no limit";
static const char operations[] = "operations per second, by device; 0: no limit";

const struct knob cg_knobs[] = {
	{ "memory.limit", "bytes", AT(KNOB_I64, memory.limit), unset_0_no_limit_1, 0,
	  { "memory", "memory.limit_in_bytes", write_plain, 0, INT64_MAX },
	  { "memory", "memory.max", write_or_max, 0, INT64_MAX } },
	/* v1: memory and swap; v2: swap alone. */
	{ "memory.swap", "bytes", AT(KNOB_I64, memory.swap), unset_0_no_limit_1, 0,
	  { "memory", "memory.memsw.limit_in_bytes", write_swap_v1, 0, INT64_MAX },
	  { "memory", "memory.swap.max", write_swap_v2, 0, INT64_MAX,
	    "`memory.swap.max`: swap - limit" } },
	{ "memory.reservation", "bytes", AT(KNOB_I64, memory.reservation), unset_0_no_limit_1, 0,
	  { "memory", "memory.soft_limit_in_bytes", write_plain, 0, INT64_MAX },
	  { "memory", "memory.low", write_or_max, 0, INT64_MAX } },
	/* Kernels before 5.16 have the file, and a container that reaches that limit fails in odd
	 * places (runc ignores the field since 1.0 for that). Older dockerd sends it. */
	{ "memory.kernel", "bytes", AT(KNOB_I64, memory.kernel), unset_0_no_limit_1, 0,
	  { 0 }, { 0 }, no_kernel_limit, LACK_WARNED, .takes = "bytes" },
	/* runc ignores it on v1 too, where it works. */
	{ "memory.kernelTCP", "bytes", AT(KNOB_I64, memory.kernel_tcp), unset_0_no_limit_1, 0,
	  { "memory", "memory.kmem.tcp.limit_in_bytes", write_plain, 0, INT64_MAX },
	  { 0 }, no_tcp_limit, LACK_WARNED },
	/* A hint for reclaim. kubelets and podman send it to v2 hosts. */
	{ "memory.swappiness", "percent", AT(KNOB_U64, memory.swappiness), 0, 0,
	  { "memory", "memory.swappiness", write_plain, 0, 100 },
	  { 0 }, no_swappiness, LACK_WARNED },
	/* Killed instead of stopped: the limit holds either way. */
	{ "memory.disableOOMKiller", NULL, AT(KNOB_BOOL, memory.disable_oom_killer), zero_unset, 0,
	  { "memory", "memory.oom_control", write_plain },
	  { 0 }, no_oom_switch, LACK_WARNED },
	{ "memory.useHierarchy", NULL, AT(KNOB_BOOL, memory.use_hierarchy), zero_unset, 0,
	  { 0 }, { 0 }, always_hierarchy, LACK_NOTHING },
	/* Looked at by limit.c. A check of a limit that cannot be had is not needed. */
	{ "memory.checkBeforeUpdate", NULL, AT(KNOB_BOOL, memory.check_before_update), zero_unset, 0,
	  { "memory", "memory.usage_in_bytes", .shown = "no limit below `memory.usage_in_bytes`" },
	  { "memory", "memory.current", .shown = "no limit below `memory.current`" },
	  NULL, LACK_NOTHING },

	/* A limit on what may starve everybody else: refused on v2, where no engine sends it. */
	{ "cpu.realtimePeriod", "microseconds", AT(KNOB_U64, cpu.realtime_period), zero_unset, 0,
	  { "cpu", "cpu.rt_period_us", write_plain, 1, INT32_MAX },
	  { 0 }, no_realtime },
	{ "cpu.realtimeRuntime", "microseconds", AT(KNOB_I64, cpu.realtime_runtime),
	  unset_0_no_limit_1, 0,
	  { "cpu", "cpu.rt_runtime_us", write_plain, 1, INT32_MAX },
	  { 0 }, no_realtime },
	/* v1 moves what is out of range to its edge in silence; runc refuses it there. The weight of
	 * v2 has its own range, onto which all shares are mapped. */
	{ "cpu.shares", "shares", AT(KNOB_U64, cpu.shares), zero_unset, 0,
	  { "cpu", "cpu.shares", write_plain, 2, 262144 },
	  { "cpu", "cpu.weight", write_weight, 1, INT64_MAX, "`cpu.weight`: 1024 is 100" } },
	{ "cpu.period", "microseconds", AT(KNOB_U64, cpu.period), zero_unset, 0,
	  { "cpu", "cpu.cfs_period_us", write_plain, 1000, 1000000 },
	  { "cpu", "cpu.max", write_period_v2, 1000, 1000000, "`cpu.max`, second number" } },
	{ "cpu.quota", "microseconds", AT(KNOB_I64, cpu.quota), unset_0_no_limit_1, 0,
	  { "cpu", "cpu.cfs_quota_us", write_plain, 1000, (1LL << 44) - 1 },
	  { "cpu", "cpu.max", write_quota_v2, 1000, (1LL << 44) - 1, "`cpu.max`, first number" } },
	/* Linux 5.14. Without it the container gets less, not more. */
	{ "cpu.burst", "microseconds", AT(KNOB_U64, cpu.burst), zero_default, 0,
	  { "cpu", "cpu.cfs_burst_us", write_plain, 0, (1LL << 44) - 1 },
	  { "cpu", "cpu.max.burst", write_plain, 0, (1LL << 44) - 1 }, NULL, LACK_WARNED },
	/* Linux 5.15. Without it the container would get more. */
	{ "cpu.idle", NULL, AT(KNOB_I64, cpu.idle), zero_default, 0,
	  { "cpu", "cpu.idle", write_plain, 0, 1 },
	  { "cpu", "cpu.idle", write_plain, 0, 1 } },
	{ "cpu.cpus", NULL, AT(KNOB_TEXT, cpu.cpus), zero_unset, 0,
	  { "cpuset", "cpuset.cpus", write_cpuset },
	  { "cpuset", "cpuset.cpus", write_cpuset }, .takes = a_list },
	{ "cpu.mems", NULL, AT(KNOB_TEXT, cpu.mems), zero_unset, 0,
	  { "cpuset", "cpuset.mems", write_cpuset },
	  { "cpuset", "cpuset.mems", write_cpuset }, .takes = a_list },

	{ "pids.limit", "tasks", AT(KNOB_I64, pids.limit), minus_one_no_limit, 0,
	  { "pids", "pids.max", write_or_max, 0, 4 << 20 },
	  { "pids", "pids.max", write_or_max, 0, 4 << 20 } },

	/* Weights say who comes first at a disk that is busy, and need its scheduler's help (bfq,
	 * iocost), which many kernels and most disks do without: engines send them regardless. */
	{ "blockIO.weight", NULL, AT(KNOB_U32, block_io.weight), zero_unset, 0,
	  { "blkio", "blkio.bfq.weight", write_plain, 10, 1000 },
	  { "io", "io.bfq.weight", write_io_weight, 10, 1000,
	    "`io.bfq.weight`, else `io.weight`: 10 to 1000 is 1 to 10000" },
	  NULL, LACK_WARNED },
	{ "blockIO.leafWeight", NULL, AT(KNOB_U32, block_io.leaf_weight), zero_unset, 0,
	  { 0 }, { 0 }, no_leaf_weight, LACK_WARNED, .takes = weights },
	{ "blockIO.weightDevice", NULL, LIST(1),
	  { "blkio", "blkio.bfq.weight_device", write_weight_device, 10, 1000 },
	  { "io", "io.bfq.weight", write_io_weight_device, 10, 1000,
	    "`io.bfq.weight`, else `io.weight`" },
	  NULL, LACK_WARNED, "weight" },
	{ "blockIO.weightDevice", NULL, LIST(1),
	  { NULL, NULL, write_leaf_weight_device }, { 0 },
	  no_leaf_weight, LACK_WARNED, "leafWeight", .takes = weights },
	{ "blockIO.throttleReadBpsDevice", NULL, AT(KNOB_LIST, block_io.throttle_read_bps), 0, 1,
	  { "blkio", "blkio.throttle.read_bps_device", write_throttle_v1 },
	  { "io", "rbps", write_throttle_v2, .shown = "`io.max`: rbps" }, .takes = a_rate },
	{ "blockIO.throttleWriteBpsDevice", NULL, AT(KNOB_LIST, block_io.throttle_write_bps), 0, 1,
	  { "blkio", "blkio.throttle.write_bps_device", write_throttle_v1 },
	  { "io", "wbps", write_throttle_v2, .shown = "`io.max`: wbps" }, .takes = a_rate },
	{ "blockIO.throttleReadIOPSDevice", NULL, AT(KNOB_LIST, block_io.throttle_read_iops), 0, 1,
	  { "blkio", "blkio.throttle.read_iops_device", write_throttle_v1 },
	  { "io", "riops", write_throttle_v2, .shown = "`io.max`: riops" }, .takes = operations },
	{ "blockIO.throttleWriteIOPSDevice", NULL, AT(KNOB_LIST, block_io.throttle_write_iops), 0, 1,
	  { "blkio", "blkio.throttle.write_iops_device", write_throttle_v1 },
	  { "io", "wiops", write_throttle_v2, .shown = "`io.max`: wiops" }, .takes = operations },

	/* Usage and, where the kernel has it, reservation: the spec's "Huge page limits". */
	{ "hugepageLimits", NULL, LIST(2),
	  { "hugetlb", "limit_in_bytes", write_hugetlb_v1, .shown = FILES("limit_in_bytes") },
	  { "hugetlb", "max", write_hugetlb_v2, .shown = FILES("max") },
	  .takes = "bytes, by page size; the kernel rounds down to whole pages" },
	/* A tag that somebody's packet filter goes by. Refused on v2, where no engine sends it. */
	{ "network.classID", NULL, AT(KNOB_U32, network.class_id), zero_unset, 0,
	  { "net_cls", "net_cls.classid", write_plain, 0, UINT32_MAX },
	  { 0 }, no_net_class },
	{ "network.priorities", NULL, LIST(1),
	  { "net_prio", "net_prio.ifpriomap", write_priority },
	  { NULL, NULL, write_priority }, no_net_class,
	  .takes = "a number, by interface of the host" },
	{ "rdma", NULL, LIST(1),
	  { "rdma", "rdma.max", write_rdma, 0, INT32_MAX },
	  { "rdma", "rdma.max", write_rdma, 0, INT32_MAX },
	  .takes = "handles and objects, by device: 0 to 2147483647" },
	/* Last: whoever writes kernel files by name means to have the last word. */
	{ "unified", NULL, LIST(0),
	  { NULL, NULL, write_unified },
	  { "", "the file of that name", write_unified, .shown = "the file of that name" },
	  only_unified, .takes = "its lines" },
	/* Not lines but a list with an order, and on v2 no file: devices.c. */
	{ "devices", NULL, LIST(1),
	  { "devices", "devices.list", .shown = "`devices.allow`, `devices.deny`" },
	  { "", "the program of the cgroup", .shown = "a BPF program" },
	  .takes = "allow or deny, in order" },
};

const size_t cg_knob_count = sizeof cg_knobs / sizeof *cg_knobs;

bool knob_number(const struct knob *knob, const struct spec_resources *asked, int64_t *value)
{
	const void *field = (const char *)asked + knob->offset;
	bool given = false;

	switch (knob->kind) {
	case KNOB_I64:
		given = ((const struct maybe_i64 *)field)->given;
		*value = ((const struct maybe_i64 *)field)->value;
		break;
	case KNOB_U64:
		given = ((const struct maybe_u64 *)field)->given;
		/* Above INT64_MAX is above every range; -1 as unsigned is how Go programs say
		 * "not set" (docker's swappiness). */
		*value = (int64_t)((const struct maybe_u64 *)field)->value;
		if (*value == -1)
			given = false;
		else if (*value < 0)
			*value = INT64_MAX;
		break;
	case KNOB_U32:
		given = ((const struct maybe_u32 *)field)->given;
		*value = ((const struct maybe_u32 *)field)->value;
		break;
	case KNOB_BOOL:
		given = ((const struct maybe_bool *)field)->given;
		*value = ((const struct maybe_bool *)field)->value;
		break;
	case KNOB_TEXT:
	case KNOB_LIST:
		return false;
	}
	return given && (*value || !(knob->flags & zero_unset));
}

const struct knob_side *knob_side_here(const struct knob *knob, struct cgroup *cgroup,
				       struct cg_hierarchy **hierarchy)
{
	const char *names[] = { knob->v1.controller, knob->v2.controller };

	for (size_t i = 0; i < 2; i++) {
		if (!names[i])
			continue;
		/* "": a file of every v2 cgroup, of no controller. */
		*hierarchy = *names[i] ? cg_hierarchy_of(cgroup, names[i]) :
					 cg_hierarchy_v2(cgroup);
		if (*hierarchy && (*hierarchy)->v2 == (i == 1))
			return i ? &knob->v2 : &knob->v1;
	}
	return NULL;
}

void knob_warn(const struct knob *knob, const char *why)
{
	warn("linux.resources.%s%s%s is not applied: %s", knob->place, knob->member ? "[]." : "",
	     knob->member ? knob->member : "", why);
}
