/* checkpoint.h -- save a container that runs to an image. */
#ifndef CAISSON_CHECKPOINT_H
#define CAISSON_CHECKPOINT_H

#include "runtime/plan.h"
#include "runtime/record.h"

/* With the options of `plan`, of which globals, arguments and arena are set. Afterwards its
 * processes are gone, unless they are to go on; after a failure they go on as before. */
int checkpoint(struct plan *plan, struct record *record);

#endif
