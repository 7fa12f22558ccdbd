/* priority.h -- how the kernel weighs the workload: scheduler, io, memory policy, oom, limits. */
#ifndef CAISSON_PRIORITY_H
#define CAISSON_PRIORITY_H

#include <sys/types.h>

#include "specs/spec.h"

/* On the caller itself, inside. */
int priority_scheduler(const struct spec_scheduler *scheduler);       /* sched_setattr(2) */
int priority_io(const struct spec_io_priority *io);                   /* ioprio_set(2) */
int priority_memory_policy(const struct spec_memory_policy *policy);  /* set_mempolicy(2) */
int priority_personality(const struct spec_personality *personality); /* personality(2) */
/* A cpu list ("0-3,7") for a pid, 0 for the caller: sched_setaffinity(2). */
int priority_affinity(pid_t pid, const char *cpus, const char *json_path);

/* On another process, from the host's side, whose privileges it lacks in a user namespace. */
int priority_rlimits(pid_t pid, const struct spec_rlimits *limits);   /* prlimit(2) */
int priority_oom_score(pid_t pid, int64_t score);                     /* /proc/PID/oom_score_adj */

#endif
