/* check.h -- rules that hold between several fields of config.json. */
#ifndef CAISSON_SPECS_CHECK_H
#define CAISSON_SPECS_CHECK_H

#include "specs/spec.h"

/* Applies all rules in the order of the list; the first one broken is refused. */
int spec_check(const struct spec *spec);
/* The rules that concern a process alone (exec --process). */
int spec_check_process(const struct spec_process *process);

#endif
