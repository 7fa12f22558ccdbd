/* kinds.h -- the eight kinds of namespaces Linux has, in one table. */
#ifndef CAISSON_NS_KINDS_H
#define CAISSON_NS_KINDS_H

#include <sched.h>
#include <stddef.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

struct ns_kind {
	const char *name; /* in config.json */
	const char *file; /* in /proc/PID/ns */
	int flag;         /* CLONE_NEW* */
};

enum { ns_kind_count = 8 };
extern const struct ns_kind ns_kinds[ns_kind_count];

const struct ns_kind *ns_kind_of(int flag);

#endif
