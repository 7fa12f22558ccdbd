/* stage.h -- what a container has from the host, where root of its user namespace can reach it. */
#ifndef CAISSON_RUNTIME_STAGE_H
#define CAISSON_RUNTIME_STAGE_H

#include <stdbool.h>

#include "runtime/base/arena.h"
#include "runtime/criu/criu.h"
#include "runtime/plan.h"

/* Whether there is a user namespace, and the system calls to help it (5.12). */
bool stage_wanted(const struct plan *plan);
/* Mounts the host's part of each pair on the stage of this mount namespace, which is private. What
 * is not there is left out: criu asks for what the image names, and says what it lacks. */
int stage_mounts(const struct criu_pairs *mounts);
/* Puts the places on the stage in place of the host's paths. */
void stage_name(struct criu_pairs *mounts, struct arena *arena);

#endif
