/* join.h -- the order in which a process joins a container: the list of exec. */
#ifndef CAISSON_JOIN_H
#define CAISSON_JOIN_H

#include "runtime/plan.h"
#include "runtime/run.h"
#include "runtime/step.h"

extern const struct step_list join_list;

/* Plans the process of `caisson exec` for the container of `record` (loaded; borrowed until the
 * command ends). */
int plan_join(struct plan *plan, struct record *record, const struct globals *globals,
	      const struct arguments *arguments);

#endif
