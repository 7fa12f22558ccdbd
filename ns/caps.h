/* caps.h -- capabilities(7): five sets, dropped and raised in the one order that leaves no gap. */
#ifndef CAISSON_NS_CAPS_H
#define CAISSON_NS_CAPS_H

#include <stdint.h>

#include "specs/spec.h"

struct ns_caps {
	uint64_t bounding, effective, inheritable, permitted, ambient;
};

/* From the config's five sets. A capability the kernel does not know, we do not hold, or that
 * cannot be ambient without being permitted and inheritable, is left out with a warning
 * (config.md, "capabilities"). Absent `capabilities`: all sets empty, as runc has it. */
int ns_caps_plan(struct ns_caps *caps, const struct spec_capabilities *asked);
/* Before setuid: afterwards we may not drop what we no longer hold. */
int ns_caps_limit_bounding(const struct ns_caps *caps);
/* After setuid (PR_SET_KEEPCAPS was set by the caller): the other four, then read back. */
int ns_caps_apply(const struct ns_caps *caps);

#endif
