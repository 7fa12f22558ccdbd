/* systemd.h -- the driver that lets systemd make the cgroup: a transient scope unit.
 *
 * systemd owns the tree on most hosts and wants to be asked (systemd.io/CGROUP_DELEGATION). The
 * scope needs a first process, so the one that asks, a helper of ours, is in it until the container
 * is there: then it leaves, and were we killed meanwhile, the scope would be empty and gone.
 *
 * The rest of the room sees an ordinary cgroup: its files are written as the cgroupfs driver does.
 * What systemd has a property for is also set there, or its next reload would put it back.
 *
 * Does not link libsystemd: the helper does (cgroups/scope/). */
#ifndef CAISSON_CGROUPS_SYSTEMD_H
#define CAISSON_CGROUPS_SYSTEMD_H

#include "cgroups/cgroup.h"

/* linux.cgroupsPath as "slice:prefix:name" (absent: "system.slice", for an ordinary user
 * "user.slice", "caisson" and the id) becomes the unit's name and `path`, its place in each
 * hierarchy. Connects to systemd, which has to say where its tree begins and how old it is; makes
 * nothing. */
int cg_systemd_plan(struct cgroup *cgroup, const struct cg_request *request, char **path);
/* Does systemd make and remove the directories of this hierarchy? */
bool cg_systemd_manages(const struct cgroup *cgroup, const struct cg_hierarchy *hierarchy);
/* Starts the scope, with the properties that the limits and the annotations
 * org.systemd.property.* ask for. The helper stays in it until cg_systemd_release(). */
int cg_systemd_make(struct cgroup *cgroup);
/* After the birth, and before the files are written: what could not be set while the helper was
 * alone in the scope. */
int cg_systemd_limit(struct cgroup *cgroup);
/* May the kernel not let us be born in the scope (an ordinary user's, entered from outside)? Then
 * there is no cg_birth_fd(), and systemd moves the process. */
bool cg_systemd_attaches(const struct cgroup *cgroup);
int cg_systemd_attach(struct cgroup *cgroup, pid_t pid);
/* The container is in the scope: the helper leaves. */
void cg_systemd_release(struct cgroup *cgroup);
/* In the process just made: it does not hold the helper. */
void cg_systemd_disown(void);
/* update: the properties that these limits are, on the running scope. Before the files are
 * written, which then have the last word. */
int cg_systemd_set(struct cgroup *cgroup, const struct spec_resources *resources);
/* Stops the scope and forgets its failure, so that the name is free again; gone is success. When
 * systemd cannot be asked, a warning: the directories can be removed all the same. */
void cg_systemd_remove(struct cgroup *cgroup);

/* For cg_save and cg_reopen: the words that the record keeps of the unit, and whether a word is one
 * of them (then it is taken in). */
size_t cg_systemd_save(const struct cgroup *cgroup, char **words, struct arena *arena);
bool cg_systemd_reopen(struct cgroup *cgroup, const char *word);
enum { cg_systemd_words = 6 }; /* at most */

#endif
