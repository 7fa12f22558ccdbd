/* spec.h -- what was asked: config.json as structs.
 *
 * One struct per object of the OCI runtime-spec v1.3.0, members in the order and under the names
 * of the spec (config.md, config-linux.md). Words of the spec that name a number of the kernel are
 * that number already: a namespace is its CLONE_NEW* flag, a capability its bit, a signal its
 * number. Nothing here is a decision: defaults are filled in by runtime/plan.c. A string is NULL
 * when it is absent, and also when it is "" in an optional field (as runc has it).
 *
 * Read-only after specs/load.c. All memory belongs to the arena it was loaded into. */
#ifndef CAISSON_SPEC_H
#define CAISSON_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "Not in config.json" is a value of its own. */
struct maybe_bool {
	bool given, value;
};
struct maybe_u32 {
	bool given;
	uint32_t value;
};
struct maybe_i64 {
	bool given;
	int64_t value;
};
struct maybe_u64 {
	bool given;
	uint64_t value;
};

/* at[count] is NULL, so that a list of words is an argv as it stands. */
struct strings {
	char **at;
	size_t count;
};
/* A JSON object whose values are strings, in the order of the file. */
struct pair {
	char *key, *value;
};
struct pairs {
	struct pair *at;
	size_t count;
};

/* A list of structs: `struct list_of(spec_mount) mounts;` has mounts.at[i] and mounts.count. */
#define list_of(type)               \
	{                           \
		struct type *at;    \
		size_t count;       \
	}

struct spec_root {
	bool given;
	char *path;
	bool readonly;
};

struct spec_id_map {
	uint32_t container_id, host_id, size;
};
struct spec_id_maps list_of(spec_id_map);

struct spec_mount {
	char *destination, *type, *source; /* type, source: NULL when absent */
	struct strings options;
	struct spec_id_maps uid_mappings, gid_mappings;
};

struct spec_console_size {
	bool given;
	uint32_t height, width;
};

struct spec_u32s {
	uint32_t *at;
	size_t count;
};

struct spec_user {
	uint32_t uid, gid;
	struct maybe_u32 umask;
	struct spec_u32s additional_gids;
	char *username; /* of Windows; kept for our own warning */
};

/* A set of capabilities: bit n is capability n. Names the runtime does not know are kept for the
 * warning the spec demands (config.md, "capabilities"). */
struct spec_cap_set {
	bool given;
	uint64_t bits;
	struct strings unknown;
};
struct spec_capabilities {
	bool given;
	struct spec_cap_set bounding, effective, inheritable, permitted, ambient;
};

struct spec_rlimit {
	int type; /* RLIMIT_* */
	uint64_t hard, soft;
};

struct spec_scheduler {
	bool given;
	int policy;     /* SCHED_* */
	int32_t nice, priority;
	uint64_t flags; /* SCHED_FLAG_* */
	struct maybe_u64 runtime, deadline; /* nanoseconds */
	uint64_t period;                    /* likewise; 0: the deadline */
};

struct spec_io_priority {
	bool given;
	int class; /* IOPRIO_CLASS_* */
	int32_t priority;
};

struct spec_exec_cpu_affinity {
	bool given;
	char *initial, *final; /* "0-3,7" as cpuset(7) has lists; NULL when absent */
};

struct spec_process {
	bool terminal;
	struct spec_console_size console_size;
	char *cwd;
	struct strings env, args;
	char *command_line; /* of Windows */
	struct spec_rlimits list_of(spec_rlimit) rlimits;
	char *apparmor_profile;
	struct spec_capabilities capabilities;
	struct maybe_bool no_new_privileges;
	struct maybe_i64 oom_score_adj;
	struct spec_scheduler scheduler;
	char *selinux_label;
	struct spec_io_priority io_priority;
	struct spec_exec_cpu_affinity exec_cpu_affinity;
	struct spec_user user;
};

struct spec_hook {
	char *path;
	struct strings args, env;
	bool env_given; /* an empty list and no list are not the same thing to some hooks */
	struct maybe_i64 timeout; /* seconds, above 0 */
};
struct spec_hook_list list_of(spec_hook);
struct spec_hooks {
	struct spec_hook_list prestart, create_runtime, create_container, start_container,
		poststart, poststop;
};

struct spec_namespace {
	int type;   /* CLONE_NEW* */
	char *path; /* NULL: make a new one */
};

struct spec_device {
	char type; /* 'c', 'b', 'u', 'p' */
	char *path;
	struct maybe_i64 major, minor;
	struct maybe_u32 file_mode, uid, gid;
};

struct spec_net_device {
	char *name;     /* on the host: the key */
	char *new_name; /* in the container: NULL keeps the name */
};

struct spec_time_offset {
	bool given;
	int64_t secs;
	uint32_t nanosecs;
};

struct spec_time_offsets {
	struct spec_time_offset monotonic, boottime;
};

struct spec_device_rule {
	bool allow;
	char type; /* 'a' (also when absent), 'c', 'b' */
	struct maybe_i64 major, minor;
	char *access; /* of "rwm"; NULL: all */
};

struct spec_memory {
	bool given;
	struct maybe_i64 limit, reservation, swap, kernel, kernel_tcp; /* bytes, -1: no limit */
	struct maybe_u64 swappiness;
	struct maybe_bool disable_oom_killer, use_hierarchy, check_before_update;
};
struct spec_cpu {
	bool given;
	struct maybe_u64 shares, burst, period, realtime_period; /* microseconds */
	struct maybe_i64 quota, realtime_runtime, idle;
	char *cpus, *mems;
};
struct spec_pids {
	bool given;
	struct maybe_i64 limit;
};
struct spec_weight_device {
	int64_t major, minor;
	struct maybe_u32 weight, leaf_weight;
};
struct spec_throttle_device {
	int64_t major, minor;
	uint64_t rate;
};
struct spec_throttles list_of(spec_throttle_device);
struct spec_block_io {
	bool given;
	struct maybe_u32 weight, leaf_weight;
	struct spec_weight_devices list_of(spec_weight_device) weight_device;
	struct spec_throttles throttle_read_bps, throttle_write_bps, throttle_read_iops,
		throttle_write_iops;
};
struct spec_hugepage_limit {
	char *page_size;
	uint64_t limit; /* bytes */
};
struct spec_net_priority {
	char *name;
	uint32_t priority;
};
struct spec_network_class {
	bool given;
	struct maybe_u32 class_id;
	struct spec_net_priorities list_of(spec_net_priority) priorities;
};
struct spec_rdma {
	char *device; /* the key */
	struct maybe_u32 hca_handles, hca_objects;
};

struct spec_resources {
	bool given;
	struct spec_device_rules list_of(spec_device_rule) devices;
	struct spec_memory memory;
	struct spec_cpu cpu;
	struct spec_pids pids;
	struct spec_block_io block_io;
	struct spec_hugepage_limits list_of(spec_hugepage_limit) hugepage_limits;
	struct spec_network_class network;
	struct spec_rdmas list_of(spec_rdma) rdma;
	struct pairs unified;
};

enum seccomp_action {
	SECCOMP_ACTION_KILL_PROCESS,
	SECCOMP_ACTION_KILL_THREAD, /* also SCMP_ACT_KILL */
	SECCOMP_ACTION_TRAP,
	SECCOMP_ACTION_ERRNO,
	SECCOMP_ACTION_TRACE,
	SECCOMP_ACTION_ALLOW,
	SECCOMP_ACTION_LOG,
	SECCOMP_ACTION_NOTIFY,
};
enum seccomp_operator {
	SECCOMP_OP_NE,
	SECCOMP_OP_LT,
	SECCOMP_OP_LE,
	SECCOMP_OP_EQ,
	SECCOMP_OP_GE,
	SECCOMP_OP_GT,
	SECCOMP_OP_MASKED_EQ,
};
struct spec_seccomp_arg {
	uint32_t index; /* 0..5 */
	uint64_t value, value_two;
	enum seccomp_operator op;
};
struct spec_seccomp_rule {
	struct strings names;
	enum seccomp_action action;
	struct maybe_u32 errno_ret;
	struct spec_seccomp_args list_of(spec_seccomp_arg) args;
};
struct spec_seccomp {
	bool given;
	enum seccomp_action default_action;
	struct maybe_u32 default_errno_ret;
	struct strings architectures; /* SCMP_ARCH_*, checked against the spec's list */
	struct strings flags;         /* SECCOMP_FILTER_FLAG_*, checked likewise */
	bool flags_given;
	char *listener_path, *listener_metadata;
	struct spec_seccomp_rules list_of(spec_seccomp_rule) syscalls;
};

struct spec_intel_rdt {
	bool given;
	char *clos_id, *l3_cache_schema, *mem_bw_schema;
	struct strings schemata;
	bool enable_monitoring;
};

struct spec_memory_policy {
	bool given;
	int mode;       /* MPOL_* */
	char *nodes;    /* "0-3,7" */
	uint32_t flags; /* MPOL_F_* */
};

struct spec_personality {
	bool given;
	unsigned long domain; /* PER_LINUX or PER_LINUX32 */
	struct strings flags; /* none is defined */
};

struct spec_linux {
	bool given;
	struct spec_id_maps uid_mappings, gid_mappings;
	struct pairs sysctl;
	struct spec_resources resources;
	char *cgroups_path;
	struct spec_namespaces list_of(spec_namespace) namespaces;
	struct spec_devices list_of(spec_device) devices;
	struct spec_net_devices list_of(spec_net_device) net_devices;
	struct spec_seccomp seccomp;
	unsigned long rootfs_propagation; /* MS_SHARED, ..., with MS_REC for the "r" forms that
					   * engines write; 0: not given */
	struct strings masked_paths, readonly_paths;
	char *mount_label;
	struct spec_intel_rdt intel_rdt;
	struct spec_memory_policy memory_policy;
	struct spec_personality personality;
	struct spec_time_offsets time_offsets;
};

struct spec {
	char *oci_version;
	struct spec_root root;
	char *hostname, *domainname;
	struct spec_mounts list_of(spec_mount) mounts;
	struct spec_process *process; /* NULL: absent, an error only at start */
	struct spec_hooks hooks;
	struct pairs annotations;
	struct spec_linux linux;
	bool has_vm; /* `vm` is for other runtimes: warned about, never silently dropped */
};

#endif
