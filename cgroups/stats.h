/* stats.h -- what a container has used, as the kernel counts it, in one shape for v1 and v2. */
#ifndef CAISSON_CGROUPS_STATS_H
#define CAISSON_CGROUPS_STATS_H

#include <jansson.h>

#include "cgroups/cgroup.h"

/* The object that stands behind "data" in a line of `events`, key by key as runc prints it, so that
 * engines can read it. Owned by the caller; NULL with a fault. */
json_t *cg_stats(struct cgroup *cgroup);

#endif
