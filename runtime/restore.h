/* restore.h -- the list in which a container comes back from an image. */
#ifndef CAISSON_RESTORE_H
#define CAISSON_RESTORE_H

#include "runtime/step.h"

extern const struct step_list restore_list;

#endif
