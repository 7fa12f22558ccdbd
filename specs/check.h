/* check.h -- rules that hold between several fields of config.json.
 *
 * A rule looks at the config alone; what only the host can tell (does the path exist, does the
 * kernel have it) is the plan's to find out. */
#ifndef CAISSON_SPECS_CHECK_H
#define CAISSON_SPECS_CHECK_H

#include "specs/spec.h"

/* Applies all rules in the order of the list; the first one broken is refused (-EINVAL), with the
 * place before the sentence and in fault.path. `process` may be absent: that is an error of start
 * only. Deprecated and ignored fields are warned about. */
int spec_check(const struct spec *spec);
/* The rules that concern a process alone (exec --process); paths start at its own members. */
int spec_check_process(const struct spec_process *process);
/* The rules that concern linux.resources alone (update --resources). */
int spec_check_resources(const struct spec_resources *resources);

/* One rule, as `explain` and the manual list them. */
struct spec_rule {
	const char *name, *why;
	int (*test)(const struct spec *spec);
};
/* Ends with a row whose name is NULL. */
extern const struct spec_rule spec_rules[];

#endif
