/* destroy.h -- free all that belongs to a container. */
#ifndef CAISSON_DESTROY_H
#define CAISSON_DESTROY_H

#include "cgroups/cgroup.h"
#include "runtime/record.h"

/* Kills what is left of it, removes its cgroups, runs the poststop hooks (their failures are
 * warnings), removes the record. `open`: its cgroup where that is open already, else NULL. What
 * could not be freed is the fault, and the record stays. */
int container_destroy(struct record *record, struct cgroup *open);
/* SIGKILL to the first process alone; gone already is success. */
int destroy_first_process(const struct record *record);

#endif
