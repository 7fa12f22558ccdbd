/* caps.h -- capabilities(7): five sets, dropped and raised in the one order that leaves no gap. */
#ifndef CAISSON_NS_CAPS_H
#define CAISSON_NS_CAPS_H

#include <stdbool.h>
#include <stdint.h>

#include "specs/spec.h"

struct ns_caps {
	uint64_t bounding, effective, inheritable, permitted, ambient;
};

/* From the config's five sets, while planning. What the kernel does not know or cannot grant is
 * left out, with one warning for each capability and reason (config.md, "capabilities"):
 *	unable to apply caps: CAP_SYS_RESOURCE: the runtime does not hold it (bounding, permitted)
 * `full`: the container makes or joins a user namespace of its own; whoever enters one holds every
 * capability there (user_namespaces(7)), whatever the runtime holds out here.
 * Absent `capabilities`: all sets empty, as runc has it. */
int ns_caps_plan(struct ns_caps *caps, const struct spec_capabilities *asked, bool full);
/* Before setuid: afterwards we may not drop what we no longer hold. Needs CAP_SETPCAP unless
 * nothing is to be dropped. Verified by reading it back. */
int ns_caps_limit_bounding(const struct ns_caps *caps);
/* After setuid (PR_SET_KEEPCAPS was set by the caller): the other four, then read back. */
int ns_caps_apply(const struct ns_caps *caps);

/* Loading a seccomp filter takes no_new_privs or CAP_SYS_ADMIN (seccomp(2)). Without the former the
 * sets are first applied with that one capability more, and settled once the filter is loaded: one
 * capset(2) and nothing else, since the filter may allow no more than that. */
struct ns_caps ns_caps_with_admin(const struct ns_caps *caps);
int ns_caps_settle(const struct ns_caps *caps);

#endif
