/* yard.h -- the host's cgroup hierarchies in one directory, as criu looks for them. */
#ifndef CAISSON_YARD_H
#define CAISSON_YARD_H

#include "cgroups/cgroup.h"
#include "runtime/criu/criu.h"

/* Where a process is, in every hierarchy: "cpu,cpuacct", "name=systemd", or "" for v2, and the path
 * there. */
int yard_places_of(struct criu_pairs *places, pid_t pid, struct arena *arena);
/* Whether a yard of the hierarchies in `cgroup` would have all these places. */
bool yard_shows(const struct cgroup *cgroup, const struct criu_pairs *places, struct arena *arena);
/* Puts the container's own cgroup in the place of those that a yard shows, which may be below it. */
void yard_roots(const struct cgroup *cgroup, struct criu_pairs *places);
/* The directory, for a criu that saves. -1 without a fault: the kernel is too old for it. */
int yard_of_links(const struct cgroup *cgroup);
/* For one that restores: at `path`, in a mount namespace that goes with it. */
int yard_of_mounts(const struct cgroup *cgroup, const char *path, struct arena *arena);

#endif
