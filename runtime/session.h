/* session.h -- what create, run and exec have in common: before the list and after it. */
#ifndef CAISSON_SESSION_H
#define CAISSON_SESSION_H

#include "runtime/plan.h"
#include "runtime/run.h"

/* The first thing they do: the caller's leaked descriptors are closed, and our program is out of
 * reach. Fills globals->inherit. */
int session_secure(const struct globals *globals, const struct arguments *arguments);
/* Walks the list; then, however it ended, writes the trace; after a failure finds the line of
 * config.json. */
int session_walk(const struct step_list *list, struct run *run);
/* After a failure while planning: finds the line. Returns `result`. */
int session_blame(const struct plan *plan, int result);

#endif
