/* priority.h -- how the kernel weighs the workload: scheduler, io, memory policy, oom, limits.
 *
 * Each returns 0 or a negative errno with its fault set, a cure where we know one, and the place
 * in config.json. What the kernel can tell is read back. */
#ifndef CAISSON_PRIORITY_H
#define CAISSON_PRIORITY_H

#include <sys/types.h>

#include "specs/spec.h"

/* On the caller itself, inside, while it still has its capabilities. An object that was not
 * `given` is nothing to do. */

/* sched_setattr(2). Under SCHED_DEADLINE without SCHED_FLAG_RESET_ON_FORK the caller cannot fork
 * any more: so after the last hook. */
int priority_scheduler(const struct spec_scheduler *scheduler);
int priority_io(const struct spec_io_priority *io);                   /* ioprio_set(2) */
int priority_memory_policy(const struct spec_memory_policy *policy);  /* set_mempolicy(2) */
int priority_personality(const struct spec_personality *personality); /* personality(2) */
/* A cpu list ("0-3,7") for a pid, 0 for the caller: sched_setaffinity(2). NULL: nothing to do. */
int priority_affinity(pid_t pid, const char *cpus, const char *json_path);

/* A line of --debug: on which cpus it may run, as a hexadecimal mask. */
void priority_tell_affinity(pid_t pid);

/* All cpus that the cgroup's cpuset leaves, for the caller. That this cannot be done is a warning. */
void priority_all_cpus(void);

/* On another process, from the host's side, whose privileges it lacks in a user namespace; pid 0
 * is the caller. */
int priority_rlimits(pid_t pid, const struct spec_rlimits *limits); /* prlimit(2) */
int priority_oom_score(pid_t pid, int64_t score);                   /* /proc/PID/oom_score_adj */

#endif
