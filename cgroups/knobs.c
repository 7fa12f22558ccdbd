/* knobs.c -- the table of limits.
 *
 * A row is a field of linux.resources (config-linux.md), what v1 calls it and what v2 calls it.
 * The order is the order of writing. Where one value bounds another (limit and swap, quota and
 * burst, shares and idle) the kernel refuses a write that comes too early with EINVAL; limit.c
 * then comes back to it, so that the order here only has to be right for a new cgroup.
 *
 * Sources: Documentation/admin-guide/cgroup-v1/, cgroup-v2.rst.
 *
 * Does not convert (convert.c), does not judge (check.c), does not write (limit.c). */
#include "cgroups/knobs.h"

#include <string.h>

#include "cgroups/tree.h"

enum { unset_0_no_limit_1 = zero_unset | minus_one_no_limit };
#define AT(kind, member) kind, offsetof(struct spec_resources, member)
#define LIST(lines)	 KNOB_LIST, 0, 0, lines

static const char no_swappiness[] = "cgroup v2 has no swappiness of its own";
static const char no_oom_switch[] = "cgroup v2 cannot switch the OOM killer off";
static const char no_kernel_limit[] = "the kernel ignores it since 5.16";
static const char no_tcp_limit[] = "cgroup v2 counts TCP buffers in memory.limit";
static const char no_realtime[] = "cgroup v2 has no limit for realtime processes";
static const char no_leaf_weight[] = "cgroup v2 has no leaf weights";
static const char no_net_class[] = "cgroup v2 has no network controller";
static const char only_unified[] = "cannot use unified on cgroup v1";

const struct knob cg_knobs[] = {
	{ "memory.limit", "bytes", AT(KNOB_I64, memory.limit), unset_0_no_limit_1, 0,
	  { "memory", "memory.limit_in_bytes", write_plain, 0, INT64_MAX },
	  { "memory", "memory.max", write_or_max, 0, INT64_MAX } },
	/* v1: memory and swap; v2: swap alone. */
	{ "memory.swap", "bytes", AT(KNOB_I64, memory.swap), unset_0_no_limit_1, 0,
	  { "memory", "memory.memsw.limit_in_bytes", write_swap_v1, 0, INT64_MAX },
	  { "memory", "memory.swap.max", write_swap_v2, 0, INT64_MAX } },
	{ "memory.reservation", "bytes", AT(KNOB_I64, memory.reservation), unset_0_no_limit_1, 0,
	  { "memory", "memory.soft_limit_in_bytes", write_plain, 0, INT64_MAX },
	  { "memory", "memory.low", write_or_max, 0, INT64_MAX } },
	{ "memory.kernel", "bytes", AT(KNOB_I64, memory.kernel), unset_0_no_limit_1, 0,
	  { 0 }, { 0 }, no_kernel_limit },
	{ "memory.kernelTCP", "bytes", AT(KNOB_I64, memory.kernel_tcp), unset_0_no_limit_1, 0,
	  { "memory", "memory.kmem.tcp.limit_in_bytes", write_plain, 0, INT64_MAX },
	  { 0 }, no_tcp_limit },
	{ "memory.swappiness", "percent", AT(KNOB_U64, memory.swappiness), 0, 0,
	  { "memory", "memory.swappiness", write_plain, 0, 100 },
	  { 0 }, no_swappiness },
	{ "memory.disableOOMKiller", NULL, AT(KNOB_BOOL, memory.disable_oom_killer), zero_unset, 0,
	  { "memory", "memory.oom_control", write_plain },
	  { 0 }, no_oom_switch },
	/* Always so since 5.11 and on v2; kernels before that want to be told. */
	{ "memory.useHierarchy", NULL, AT(KNOB_BOOL, memory.use_hierarchy), zero_unset, 0,
	  { "memory", "memory.use_hierarchy", write_if_there },
	  { "", NULL, NULL } },

	{ "cpu.realtimePeriod", "microseconds", AT(KNOB_U64, cpu.realtime_period), zero_unset, 0,
	  { "cpu", "cpu.rt_period_us", write_plain, 1, INT32_MAX },
	  { 0 }, no_realtime },
	{ "cpu.realtimeRuntime", "microseconds", AT(KNOB_I64, cpu.realtime_runtime),
	  unset_0_no_limit_1, 0,
	  { "cpu", "cpu.rt_runtime_us", write_plain, 1, INT32_MAX },
	  { 0 }, no_realtime },
	{ "cpu.shares", "shares", AT(KNOB_U64, cpu.shares), zero_unset, 0,
	  { "cpu", "cpu.shares", write_plain, 2, 262144 },
	  { "cpu", "cpu.weight", write_weight } },
	{ "cpu.period", "microseconds", AT(KNOB_U64, cpu.period), zero_unset, 0,
	  { "cpu", "cpu.cfs_period_us", write_plain, 1000, 1000000 },
	  { "cpu", "cpu.max", write_period_v2, 1000, 1000000 } },
	{ "cpu.quota", "microseconds", AT(KNOB_I64, cpu.quota), unset_0_no_limit_1, 0,
	  { "cpu", "cpu.cfs_quota_us", write_plain, 1000, (1LL << 44) - 1 },
	  { "cpu", "cpu.max", write_quota_v2, 1000, (1LL << 44) - 1 } },
	{ "cpu.burst", "microseconds", AT(KNOB_U64, cpu.burst), zero_default, 0,
	  { "cpu", "cpu.cfs_burst_us", write_plain, 0, (1LL << 44) - 1 },
	  { "cpu", "cpu.max.burst", write_plain, 0, (1LL << 44) - 1 } },
	{ "cpu.idle", NULL, AT(KNOB_I64, cpu.idle), zero_default, 0,
	  { "cpu", "cpu.idle", write_plain, 0, 1 },
	  { "cpu", "cpu.idle", write_plain, 0, 1 } },
	{ "cpu.cpus", NULL, AT(KNOB_TEXT, cpu.cpus), zero_unset, 0,
	  { "cpuset", "cpuset.cpus", write_cpuset },
	  { "cpuset", "cpuset.cpus", write_cpuset } },
	{ "cpu.mems", NULL, AT(KNOB_TEXT, cpu.mems), zero_unset, 0,
	  { "cpuset", "cpuset.mems", write_cpuset },
	  { "cpuset", "cpuset.mems", write_cpuset } },

	{ "pids.limit", "tasks", AT(KNOB_I64, pids.limit), minus_one_no_limit, 0,
	  { "pids", "pids.max", write_or_max, 0, 4 << 20 },
	  { "pids", "pids.max", write_or_max, 0, 4 << 20 } },

	{ "blockIO.weight", NULL, AT(KNOB_U32, block_io.weight), zero_unset, 0,
	  { "blkio", "blkio.weight", write_blkio_weight, 10, 1000 },
	  { "io", "io.bfq.weight", write_io_weight, 10, 1000 } },
	{ "blockIO.leafWeight", NULL, AT(KNOB_U32, block_io.leaf_weight), zero_unset, 0,
	  { "blkio", "blkio.leaf_weight", write_plain, 10, 1000 },
	  { 0 }, no_leaf_weight },
	{ "blockIO.weightDevice", NULL, LIST(1),
	  { "blkio", "blkio.weight_device", write_weight_device },
	  { "io", "io.bfq.weight", write_io_weight_device } },
	{ "blockIO.weightDevice", NULL, LIST(1),
	  { "blkio", "blkio.leaf_weight_device", write_leaf_weight_device },
	  { NULL, NULL, write_leaf_weight_device }, no_leaf_weight },
	{ "blockIO.throttleReadBpsDevice", NULL, AT(KNOB_LIST, block_io.throttle_read_bps), 0, 1,
	  { "blkio", "blkio.throttle.read_bps_device", write_throttle_v1 },
	  { "io", "rbps", write_throttle_v2 } },
	{ "blockIO.throttleWriteBpsDevice", NULL, AT(KNOB_LIST, block_io.throttle_write_bps), 0, 1,
	  { "blkio", "blkio.throttle.write_bps_device", write_throttle_v1 },
	  { "io", "wbps", write_throttle_v2 } },
	{ "blockIO.throttleReadIOPSDevice", NULL, AT(KNOB_LIST, block_io.throttle_read_iops), 0, 1,
	  { "blkio", "blkio.throttle.read_iops_device", write_throttle_v1 },
	  { "io", "riops", write_throttle_v2 } },
	{ "blockIO.throttleWriteIOPSDevice", NULL, AT(KNOB_LIST, block_io.throttle_write_iops),
	  false, 1,
	  { "blkio", "blkio.throttle.write_iops_device", write_throttle_v1 },
	  { "io", "wiops", write_throttle_v2 } },

	/* Usage and, where the kernel has it (5.7), reservation: the spec's "Huge page limits". */
	{ "hugepageLimits", NULL, LIST(2),
	  { "hugetlb", "limit_in_bytes", write_hugetlb_v1 },
	  { "hugetlb", "max", write_hugetlb_v2 } },
	{ "network.classID", NULL, AT(KNOB_U32, network.class_id), zero_unset, 0,
	  { "net_cls", "net_cls.classid", write_plain },
	  { 0 }, no_net_class },
	{ "network.priorities", NULL, LIST(1),
	  { "net_prio", "net_prio.ifpriomap", write_priority },
	  { NULL, NULL, write_priority }, no_net_class },
	{ "rdma", NULL, LIST(1),
	  { "rdma", "rdma.max", write_rdma },
	  { "rdma", "rdma.max", write_rdma } },
	/* Last: whoever writes kernel files by name means to have the last word. */
	{ "unified", NULL, LIST(0),
	  { NULL, NULL, write_unified },
	  { "", NULL, write_unified }, only_unified },
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
