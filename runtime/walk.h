/* walk.h -- two processes walk one list and pass one baton. */
#ifndef CAISSON_WALK_H
#define CAISSON_WALK_H

#include "runtime/run.h"
#include "runtime/step.h"

/* The host's side: runs the list from its first row to its last. On a failure of either side
 * everything done is undone in reverse order, and last_fault() says what failed, step included.
 * Returns 0 when the list is through, the inside's execve included where the list has one. */
int walk(const struct step_list *list, struct run *run);

/* The inside's part, from the row after the one that made it. Called by that row in the new
 * process; never returns. */
__attribute__((noreturn)) void walk_inside(struct run *run);

#endif
