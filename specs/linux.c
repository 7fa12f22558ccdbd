/* linux.c -- the shape of what only Linux has (config-linux.md), resources and seccomp aside. */
#include "specs/shapes.h"
#include "specs/vocabulary.h"

static const struct shape_field namespace_fields[] = {
	WORD(spec_namespace, "type", type, spec_namespace_words, "which kind", REQUIRED),
	FIELD(spec_namespace, "path", path, "one that exists, to join; absent: a new one"),
};
static const struct shape spec_namespace_shape = SHAPE(spec_namespace, namespace_fields);

/* fileMode may carry the type's bits (S_IFCHR, ...): engines write st_mode as stat(2) gave it. */
static const struct shape_field device_fields[] = {
	WORD(spec_device, "type", type, spec_device_words, "as mknod(1) has it", REQUIRED),
	FIELD(spec_device, "path", path, "full path inside", REQUIRED),
	FIELD(spec_device, "major", major, "major number"),
	FIELD(spec_device, "minor", minor, "minor number"),
	FIELD(spec_device, "fileMode", file_mode, "permissions; decimal"),
	FIELD(spec_device, "uid", uid, "owner inside", SPEC_ID),
	FIELD(spec_device, "gid", gid, "group inside", SPEC_ID),
};
static const struct shape spec_device_shape = SHAPE(spec_device, device_fields);

static const struct shape_field net_device_fields[] = {
	FIELD(spec_net_device, "name", new_name, "its name inside; absent: as on the host"),
};
static const struct shape spec_net_device_shape = SHAPE(spec_net_device, net_device_fields);

static const struct shape_field intel_rdt_fields[] = {
	FIELD(spec_intel_rdt, "closID", clos_id, "class of service; \"/\" is the default one"),
	FIELD(spec_intel_rdt, "l3CacheSchema", l3_cache_schema, "L3 cache bit masks"),
	FIELD(spec_intel_rdt, "memBwSchema", mem_bw_schema, "memory bandwidth, \"MB:...\""),
	FIELD(spec_intel_rdt, "schemata", schemata, "lines for the schemata file"),
	FIELD(spec_intel_rdt, "enableMonitoring", enable_monitoring, "a monitoring group"),
};
static const struct shape spec_intel_rdt_shape = SHAPE_GIVEN(spec_intel_rdt, intel_rdt_fields);

static const struct shape_field memory_policy_fields[] = {
	WORD(spec_memory_policy, "mode", mode, spec_memory_policy_words, "of set_mempolicy(2)",
	     REQUIRED, MATCHED("invalid memory policy mode: ")),
	FIELD(spec_memory_policy, "nodes", nodes, "NUMA nodes, such as 0-3,7"),
	FLAGS(spec_memory_policy, "flags", flags, spec_memory_policy_flag_words,
	      "of set_mempolicy(2)", MATCHED("invalid memory policy flag: ")),
};
static const struct shape spec_memory_policy_shape =
	SHAPE_GIVEN(spec_memory_policy, memory_policy_fields);

static const struct shape_field personality_fields[] = {
	WORD(spec_personality, "domain", domain, spec_personality_words, "LINUX32: uname says i686",
	     REQUIRED),
	FIELD(spec_personality, "flags", flags, "none is defined"),
};
static const struct shape spec_personality_shape =
	SHAPE_GIVEN(spec_personality, personality_fields);

static const struct shape_field time_offset_fields[] = {
	FIELD(spec_time_offset, "secs", secs, "seconds"),
	FIELD(spec_time_offset, "nanosecs", nanosecs, "nanoseconds", RANGE(0, 999999999)),
};
static const struct shape spec_time_offset_shape =
	SHAPE_GIVEN(spec_time_offset, time_offset_fields);

static const struct shape_field time_offsets_fields[] = {
	OBJECT(spec_time_offsets, "monotonic", monotonic, spec_time_offset, "CLOCK_MONOTONIC"),
	OBJECT(spec_time_offsets, "boottime", boottime, spec_time_offset, "CLOCK_BOOTTIME"),
};
static const struct shape spec_time_offsets_shape = SHAPE(spec_time_offsets, time_offsets_fields);

static const struct shape_field linux_fields[] = {
	LIST(spec_linux, "uidMappings", uid_mappings, spec_id_map, "user ids inside and outside"),
	LIST(spec_linux, "gidMappings", gid_mappings, spec_id_map, "group ids inside and outside"),
	FIELD(spec_linux, "sysctl", sysctl, "kernel parameters of the container's namespaces"),
	OBJECT(spec_linux, "resources", resources, spec_resources, "limits, by cgroups"),
	FIELD(spec_linux, "cgroupsPath", cgroups_path, "where in the cgroup tree"),
	LIST(spec_linux, "namespaces", namespaces, spec_namespace, "new ones, or ones to join"),
	LIST(spec_linux, "devices", devices, spec_device, "device nodes besides the default ones"),
	KEYED(spec_linux, "netDevices", net_devices, spec_net_device, name,
	      "network devices to move inside"),
	OBJECT(spec_linux, "seccomp", seccomp, spec_seccomp, "which system calls are allowed"),
	WORD(spec_linux, "rootfsPropagation", rootfs_propagation, spec_propagation_words,
	     "whether mounts cross the root's border"),
	FIELD(spec_linux, "maskedPaths", masked_paths, "hidden inside"),
	FIELD(spec_linux, "readonlyPaths", readonly_paths, "read-only inside"),
	FIELD(spec_linux, "mountLabel", mount_label, "SELinux context of the mounts"),
	OBJECT(spec_linux, "intelRdt", intel_rdt, spec_intel_rdt, "Intel RDT, by resctrl"),
	OBJECT(spec_linux, "memoryPolicy", memory_policy, spec_memory_policy, "set_mempolicy(2)"),
	OBJECT(spec_linux, "personality", personality, spec_personality, "personality(2)"),
	OBJECT(spec_linux, "timeOffsets", time_offsets, spec_time_offsets,
	       "clocks of a new time namespace"),
};
const struct shape spec_linux_shape = SHAPE_GIVEN(spec_linux, linux_fields);
