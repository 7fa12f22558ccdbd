/* life.h -- what state a container is in, and how others are told. */
#ifndef CAISSON_LIFE_H
#define CAISSON_LIFE_H

#include <stdbool.h>

#include "runtime/base/arena.h"
#include "runtime/record.h"

/* The gate socket's name in the record's directory: made by create, unlinked by start. */
#define LIFE_GATE "start.sock"

enum life {
	LIFE_UNKNOWN, /* the record is damaged, or its maker died */
	LIFE_CREATING,
	LIFE_CREATED,
	LIFE_RUNNING,
	LIFE_PAUSED,
	LIFE_STOPPED,
};

/* The spec's word (runtime.md, "State"); "unknown" is ours. */
const char *life_name(enum life life);

/* Looks: at the pid with its start time (a pid is reused), the boot id, the gate, the freezer. */
enum life life_of(const struct record *record);

/* True when there is a live init process to signal or to look at. */
bool life_is_alive(enum life life);

/* The name of who made it, "#1000" for a user without one. */
char *life_owner(const struct record *record, struct arena *arena);

/* What `state` prints: runc's keys in runc's order, two spaces, a newline at its end. */
char *life_state(const struct record *record, enum life life, struct arena *arena);
/* The same as one value for `list --format json`: compact, no newline. */
char *life_state_line(const struct record *record, enum life life, struct arena *arena);
/* What hooks get on stdin: the spec's keys only, compact. `life` and `pid` as the moment demands
 * (runtime.md, "Lifecycle"); pid 0 is left out. */
char *life_hook_state(const struct record *record, enum life life, pid_t pid,
		      struct arena *arena);
/* What a seccomp listener gets (config-linux.md, "The Container Process State"). `metadata`: NULL
 * when absent. */
char *life_seccomp_state(const struct record *record, enum life life, pid_t pid,
			 const char *metadata, struct arena *arena);

#endif
