/* stats.h -- what a container has used, as the kernel counts it, in one shape for v1 and v2.
 *
 * stats_table.c is the table: each row is a number, where it stands in the JSON that `events`
 * prints, and the file that has it in either version. stats.c reads them; stats_text.c knows the
 * files' formats, stats_io.c and stats_list.c what is counted per device or kind; stats_write.c
 * writes the JSON.
 *
 * A file that this kernel or this cgroup does not have leaves a zero, or nothing known. */
#ifndef CAISSON_CGROUPS_STATS_H
#define CAISSON_CGROUPS_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "cgroups/cgroup.h"
#include "runtime/base/arena.h"

/* What the kernel writes as "max". */
#define CG_NO_LIMIT UINT64_MAX

struct cg_numbers {
	uint64_t *at;
	size_t count;
};

/* A flat-keyed file, sorted by its keys. */
struct cg_counts {
	struct cg_count {
		const char *key;
		uint64_t value;
	} *at;
	size_t count;
};

/* Bytes; how often the limit was hit. */
struct cg_memory {
	uint64_t limit, usage, max, failcnt;
};

/* Documentation/accounting/psi.rst */
struct cg_pressure {
	bool known;
	struct cg_stall {
		unsigned avg10, avg60, avg300; /* hundredths of a percent */
		uint64_t total;                /* microseconds */
	} some, full;
};

/* Per device: bytes, operations, nanoseconds or 512-byte sectors. */
struct cg_io {
	struct cg_io_entry {
		uint64_t major, minor, value;
		const char *op; /* "Read", "Total"; NULL: a value for the device as a whole */
	} *at;
	size_t count;
};

struct cg_huge_pages {
	struct cg_huge_page {
		const char *size;             /* "2MB" */
		uint64_t usage, max, failcnt; /* reservations included, where they are counted */
		uint64_t faulted;             /* bytes that are really there */
	} *at;
	size_t count;
};

struct cg_rdma {
	struct cg_rdma_entry {
		const char *device;
		uint64_t handles, objects;
	} *at;
	size_t count;
};

struct cg_misc {
	struct cg_misc_entry {
		const char *name;
		uint64_t usage, events;
	} *at;
	size_t count;
};

struct cg_stats {
	struct {
		uint64_t total, kernel, user; /* nanoseconds */
		struct cg_numbers percpu, percpu_kernel, percpu_user;
		uint64_t periods, throttled_periods, throttled_time, bursts, burst_time;
		struct cg_pressure pressure;
	} cpu;
	struct {
		struct cg_numbers cpus, mems;
		uint64_t cpu_exclusive, mem_hardwall, mem_exclusive, memory_migrate,
			memory_spread_page, memory_spread_slab, memory_pressure, sched_load_balance;
		int64_t sched_relax_domain_level;
	} cpuset;
	struct {
		uint64_t cache;
		struct cg_memory usage, swap, kernel, kernel_tcp;
		struct cg_memory swap_only; /* `swap` is memory and swap in one, as v1 counts */
		struct cg_counts raw, events;
		struct cg_pressure pressure;
	} memory;
	struct {
		uint64_t current, limit; /* limit 0: none */
		struct cg_counts events;
	} pids;
	struct {
		struct cg_io bytes, serviced, queued, service_time, wait_time, merged, time,
			sectors;
		struct cg_io discarded_bytes, discards, cost_usage, cost_wait, cost_indebt,
			cost_indelay;
		struct cg_pressure pressure;
	} io;
	struct cg_huge_pages huge_pages;
	const char *intel_rdt; /* a JSON object, put in by the caller; NULL: {} */
	struct cg_rdma rdma, rdma_limit;
	struct cg_misc misc;
};

/* Reads all of it. What is read lives in `arena`, which may be freed after each reading; the
 * cgroup's descriptors stay open until cg_close(). -ENOENT or -ENODEV, silently, when the cgroup is
 * gone. */
int cg_stats(struct cgroup *cgroup, struct cg_stats *stats, struct arena *arena);

/* The JSON object that stands behind "data" in a line of `events`: runc's keys in runc's order, in
 * each object ours after them. Not with jansson, whose integers end at INT64_MAX: "no limit" is
 * 18446744073709551615 there. */
void cg_stats_write(const struct cg_stats *stats, FILE *out);

#endif
