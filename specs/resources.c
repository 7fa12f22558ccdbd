/* resources.c -- the shape of linux.resources: what cgroups limit (config-linux.md, "Control
 * groups"). */
#include "specs/shapes.h"
#include "specs/vocabulary.h"

/* -1 is "no limit"; nothing else below 0 means anything. */
#define LIMIT	    RANGE(-1, INT64_MAX)
#define SIXTEEN_BIT RANGE(0, UINT16_MAX)

/* A major or minor of -1 is how some engines write "any". */
static const struct shape_field device_rule_fields[] = {
	FIELD(spec_device_rule, "allow", allow, "allow or deny", REQUIRED),
	WORD(spec_device_rule, "type", type, spec_device_rule_words, "a (all), c or b",
	     OTHERWISE('a')),
	FIELD(spec_device_rule, "major", major, "absent: any", LIMIT),
	FIELD(spec_device_rule, "minor", minor, "absent: any", LIMIT),
	FIELD(spec_device_rule, "access", access, "of r (read), w (write), m (mknod)"),
};
static const struct shape spec_device_rule_shape = SHAPE(spec_device_rule, device_rule_fields);

static const struct shape_field memory_fields[] = {
	FIELD(spec_memory, "limit", limit, "bytes", LIMIT),
	FIELD(spec_memory, "reservation", reservation, "bytes: the soft limit", LIMIT),
	FIELD(spec_memory, "swap", swap, "bytes of memory and swap together", LIMIT),
	FIELD(spec_memory, "kernel", kernel, "bytes: of kernel memory", LIMIT),
	FIELD(spec_memory, "kernelTCP", kernel_tcp, "bytes: of TCP buffers", LIMIT),
	FIELD(spec_memory, "swappiness", swappiness, "0 to 100"),
	FIELD(spec_memory, "disableOOMKiller", disable_oom_killer, "wait instead of kill"),
	FIELD(spec_memory, "useHierarchy", use_hierarchy, "children count too"),
	FIELD(spec_memory, "checkBeforeUpdate", check_before_update,
	      "refuse a limit below what is in use"),
};
static const struct shape spec_memory_shape = SHAPE_GIVEN(spec_memory, memory_fields);

static const struct shape_field cpu_fields[] = {
	FIELD(spec_cpu, "shares", shares, "relative weight"),
	FIELD(spec_cpu, "quota", quota, "microseconds of CPU time per period"),
	FIELD(spec_cpu, "burst", burst, "microseconds that may be saved up"),
	FIELD(spec_cpu, "period", period, "microseconds"),
	FIELD(spec_cpu, "realtimeRuntime", realtime_runtime, "microseconds per realtime period"),
	FIELD(spec_cpu, "realtimePeriod", realtime_period, "microseconds"),
	FIELD(spec_cpu, "cpus", cpus, "CPUs, such as 0-3,7"),
	FIELD(spec_cpu, "mems", mems, "memory nodes, such as 0-3,7"),
	FIELD(spec_cpu, "idle", idle, "1: SCHED_IDLE", RANGE(0, 1)),
};
static const struct shape spec_cpu_shape = SHAPE_GIVEN(spec_cpu, cpu_fields);

static const struct shape_field pids_fields[] = {
	FIELD(spec_pids, "limit", limit, "tasks; 0 is a limit, -1 is none", LIMIT),
};
static const struct shape spec_pids_shape = SHAPE_GIVEN(spec_pids, pids_fields);

#define DEVICE_NUMBER REQUIRED, RANGE(0, UINT32_MAX)
static const struct shape_field weight_device_fields[] = {
	FIELD(spec_weight_device, "major", major, "major number", DEVICE_NUMBER),
	FIELD(spec_weight_device, "minor", minor, "minor number", DEVICE_NUMBER),
	FIELD(spec_weight_device, "weight", weight, "bandwidth weight", SIXTEEN_BIT),
	FIELD(spec_weight_device, "leafWeight", leaf_weight, "against child cgroups", SIXTEEN_BIT),
};
static const struct shape spec_weight_device_shape =
	SHAPE(spec_weight_device, weight_device_fields);

static const struct shape_field throttle_device_fields[] = {
	FIELD(spec_throttle_device, "major", major, "major number", DEVICE_NUMBER),
	FIELD(spec_throttle_device, "minor", minor, "minor number", DEVICE_NUMBER),
	FIELD(spec_throttle_device, "rate", rate, "per second: bytes, or operations", REQUIRED),
};
static const struct shape spec_throttle_device_shape =
	SHAPE(spec_throttle_device, throttle_device_fields);

static const struct shape_field block_io_fields[] = {
	FIELD(spec_block_io, "weight", weight, "relative weight", SIXTEEN_BIT),
	FIELD(spec_block_io, "leafWeight", leaf_weight, "against child cgroups", SIXTEEN_BIT),
	LIST(spec_block_io, "weightDevice", weight_device, spec_weight_device, "weight by device"),
	LIST(spec_block_io, "throttleReadBpsDevice", throttle_read_bps, spec_throttle_device,
	     "bytes read per second"),
	LIST(spec_block_io, "throttleWriteBpsDevice", throttle_write_bps, spec_throttle_device,
	     "bytes written per second"),
	LIST(spec_block_io, "throttleReadIOPSDevice", throttle_read_iops, spec_throttle_device,
	     "reads per second"),
	LIST(spec_block_io, "throttleWriteIOPSDevice", throttle_write_iops, spec_throttle_device,
	     "writes per second"),
};
static const struct shape spec_block_io_shape = SHAPE_GIVEN(spec_block_io, block_io_fields);

static const struct shape_field hugepage_limit_fields[] = {
	FIELD(spec_hugepage_limit, "pageSize", page_size, "such as 2MB", REQUIRED),
	FIELD(spec_hugepage_limit, "limit", limit, "bytes", REQUIRED),
};
static const struct shape spec_hugepage_limit_shape =
	SHAPE(spec_hugepage_limit, hugepage_limit_fields);

static const struct shape_field net_priority_fields[] = {
	FIELD(spec_net_priority, "name", name, "network device", REQUIRED),
	FIELD(spec_net_priority, "priority", priority, "of packets through it", REQUIRED),
};
static const struct shape spec_net_priority_shape = SHAPE(spec_net_priority, net_priority_fields);

static const struct shape_field network_class_fields[] = {
	FIELD(spec_network_class, "classID", class_id, "tag on packets, for tc(8)"),
	LIST(spec_network_class, "priorities", priorities, spec_net_priority, "by device"),
};
static const struct shape spec_network_class_shape =
	SHAPE_GIVEN(spec_network_class, network_class_fields);

static const struct shape_field rdma_fields[] = {
	FIELD(spec_rdma, "hcaHandles", hca_handles, "most handles"),
	FIELD(spec_rdma, "hcaObjects", hca_objects, "most objects"),
};
static const struct shape spec_rdma_shape = SHAPE(spec_rdma, rdma_fields);

static const struct shape_field resources_fields[] = {
	LIST(spec_resources, "devices", devices, spec_device_rule, "device access, in this order"),
	OBJECT(spec_resources, "memory", memory, spec_memory, "memory"),
	OBJECT(spec_resources, "cpu", cpu, spec_cpu, "CPU time and placement"),
	OBJECT(spec_resources, "pids", pids, spec_pids, "number of tasks"),
	OBJECT(spec_resources, "blockIO", block_io, spec_block_io, "disk bandwidth"),
	LIST(spec_resources, "hugepageLimits", hugepage_limits, spec_hugepage_limit, "huge pages"),
	OBJECT(spec_resources, "network", network, spec_network_class, "packet classes"),
	KEYED(spec_resources, "rdma", rdma, spec_rdma, device, "RDMA, by device"),
	FIELD(spec_resources, "unified", unified, "cgroup v2 files and what is written to them"),
};
const struct shape spec_resources_shape = SHAPE_GIVEN(spec_resources, resources_fields);
