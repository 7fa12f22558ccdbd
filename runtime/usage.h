/* usage.h -- what containers use, as a table for people. */
#ifndef CAISSON_USAGE_H
#define CAISSON_USAGE_H

#include <stdint.h>
#include <stdio.h>

#include "cgroups/stats.h"

/* The processor time at an earlier moment, for the share in between. */
struct usage_moment {
	uint64_t cpu; /* nanoseconds */
	int64_t at;   /* nanoseconds of CLOCK_BOOTTIME */
};

/* When a process started that proc(5) says started so many clock ticks after boot. */
struct usage_moment usage_start(uint64_t ticks);

void usage_heading(FILE *out);
/* `before` becomes now. */
void usage_line(FILE *out, const char *id, const struct cg_stats *stats,
		struct usage_moment *before);
void usage_oom(FILE *out, const char *id);

#endif
