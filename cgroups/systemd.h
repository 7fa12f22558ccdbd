/* systemd.h -- the driver that lets systemd make the cgroup: a transient scope unit.
 *
 * systemd owns the tree on most hosts and wants to be asked (systemd.io/CGROUP_DELEGATION). The
 * scope needs a first process, so the one that asks, a helper of ours, is in it until the container
 * is born there: then it leaves, and were we killed meanwhile, the scope would be empty and gone.
 *
 * The rest of the room sees an ordinary cgroup: its files are written as the cgroupfs driver does.
 * What systemd has a property for is also set there, or its next reload would put it back.
 *
 * Does not link libsystemd: the helper does (cgroups/scope/). */
#ifndef CAISSON_CGROUPS_SYSTEMD_H
#define CAISSON_CGROUPS_SYSTEMD_H

#include "cgroups/cgroup.h"

/* linux.cgroupsPath as "slice:prefix:name" (absent: "system.slice", for an ordinary user
 * "user.slice", "caisson" and the id) becomes the unit's name and its path in each hierarchy. */
int cg_systemd_plan(struct cgroup *cgroup, const struct cg_request *request);
/* Starts the scope, with the properties that the limits and the annotations
 * org.systemd.property.* ask for. The helper stays in it until cg_systemd_release(). */
int cg_systemd_make(struct cgroup *cgroup);
/* The container is in the scope: the helper leaves. */
int cg_systemd_release(struct cgroup *cgroup);
/* update: the properties that these limits are, on the running scope. */
int cg_systemd_set(struct cgroup *cgroup, const struct spec_resources *resources);
/* Stops the scope and forgets its failure, so that the name is free again; gone is success. */
int cg_systemd_remove(struct cgroup *cgroup);

#endif
