/* scope_program.h -- the helper that talks to systemd, as bytes. Only cgroups/ includes this. */
#ifndef CAISSON_CGROUPS_SCOPE_PROGRAM_H
#define CAISSON_CGROUPS_SCOPE_PROGRAM_H

#include "runtime/base/helper.h"

extern const struct helper_program cg_scope_program;

#endif
