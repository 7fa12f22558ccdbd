/* oom.h -- hearing of it when the OOM killer strikes in a container's cgroup. */
#ifndef CAISSON_CGROUPS_OOM_H
#define CAISSON_CGROUPS_OOM_H

#include <stdbool.h>
#include <stdint.h>

#include "cgroups/cgroup.h"

struct cg_oom {
	int fd;       /* to poll for `events`; -1: nothing will come (any more) */
	short events; /* POLLIN or POLLPRI */
	bool v2;
	int dir;        /* v1: the memory cgroup */
	uint64_t kills; /* the kernel's count at the last look */
	bool ahead;     /* v1: the last strike was told before its kill was counted */
};

/* From now on. Its descriptors are its own: the cgroup may be closed. -ENOTSUP, with a fault, when
 * this host cannot tell. */
int cg_oom_watch(struct cgroup *cgroup, struct cg_oom *oom);
/* How often it struck since the last call; call it when `fd` is ready, and once more when the
 * container has ended. Never waits. Where a v1 cgroup's OOM killer is switched off, how often it
 * would have. */
uint64_t cg_oom_strikes(struct cg_oom *oom);
void cg_oom_close(struct cg_oom *oom);

#endif
