/* devices.h -- which devices the container may use: rules in one normal form. */
#ifndef CAISSON_CGROUPS_DEVICES_H
#define CAISSON_CGROUPS_DEVICES_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cgroups/cgroup.h"

/* Bits as the kernel has them (BPF_DEVCG_ACC_*). */
enum { ACCESS_MKNOD = 1, ACCESS_READ = 2, ACCESS_WRITE = 4, ACCESS_ALL = 7 };
enum { ANY_NUMBER = -1 };

/* Concerns character or block devices, never both: a rule of type 'a' becomes two. */
struct device_rule {
	bool allow;
	char type;            /* 'c', 'b' */
	int64_t major, minor; /* ANY_NUMBER: all */
	unsigned access;
};

/* What a device may be used for: each access by the last rule that names it, and where no rule
 * does, by `allow_rest`. */
struct device_rules {
	bool allow_rest;
	struct device_rule *at;
	size_t count;
};

/* Refuses a wrong rule by its path. */
int cg_check_devices(const struct spec_resources *resources);
/* The rules of config.json in their order (none yet: all is denied), then those every container
 * gets, without the ones that linux.devices replaces by another device at the same path. What an
 * earlier rule says about all devices is dropped when a later one says it again. */
struct device_rules cg_device_rules(const struct spec_resources *resources,
				    const struct spec_devices *devices, struct arena *arena);
/* Into the v1 devices hierarchy, or as an eBPF program on v2. On v1 the rules are written one by
 * one, the first of which denies everything: nobody may be in the cgroup yet. */
int cg_limit_devices(struct cgroup *cgroup);
bool cg_has_v1_devices(struct cgroup *cgroup);

/* devices_v1.c: devices.allow and devices.deny of the cgroup behind `dir`. */
int cg_devices_v1(struct cgroup *cgroup, struct cg_hierarchy *hierarchy,
		  const struct device_rules *rules);
/* The kernel's list for these rules: a default and exceptions from it. -ENOTSUP when it cannot
 * express them. */
int cg_v1_exceptions(const struct device_rules *rules, struct arena *arena,
		     struct device_rules *list);

/* devices_bpf.c: the program, and the program loaded and attached. */
struct bpf_code {
	struct bpf_insn *at;
	size_t count;
};
struct bpf_code cg_devices_program(const struct device_rules *rules, struct arena *arena);
int cg_devices_bpf(struct cgroup *cgroup, struct cg_hierarchy *hierarchy,
		   const struct device_rules *rules);

#endif
