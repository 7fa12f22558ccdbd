/* build.h -- the order in which a container is built. */
#ifndef CAISSON_BUILD_H
#define CAISSON_BUILD_H

#include "runtime/step.h"

/* THE LIST: create and run. */
extern const struct step_list build_list;

#endif
