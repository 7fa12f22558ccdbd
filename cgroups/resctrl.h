/* resctrl.h -- linux.intelRdt: a class of service and a monitoring group in the resctrl tree.
 *
 * resctrl is no cgroup: a tree of its own (usually /sys/fs/resctrl, see
 * Documentation/filesystems/resctrl.rst) where a directory is a class of service, `schemata` its
 * share of cache and memory bandwidth, and `tasks` who is in it. A directory in `mon_groups` of a
 * class counts for a part of its tasks. */
#ifndef CAISSON_CGROUPS_RESCTRL_H
#define CAISSON_CGROUPS_RESCTRL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "runtime/base/arena.h"
#include "specs/spec.h"

struct resctrl {
	char *mount;       /* NULL: nothing is asked */
	char *class;       /* the class's directory below it; "" is the default class */
	char *monitor;     /* the monitoring group's directory below it, NULL: none */
	bool named;        /* by closID: not ours to remove once the container is created */
	bool made_class;   /* by us, or will be */
	bool made_monitor; /* likewise */
	int dir;           /* `mount`, -1 until opened */
	const struct spec_intel_rdt *asked;
	struct arena *arena;
};

/* Finds the tree and checks what is asked against it (spec, "IntelRdt"); changes nothing. */
int rdt_plan(struct resctrl *resctrl, const struct spec_intel_rdt *asked, const char *id,
	     struct arena *arena);
/* The same with the place of the tree given. */
int rdt_plan_at(struct resctrl *resctrl, const char *mount, const struct spec_intel_rdt *asked,
		const char *id, struct arena *arena);
/* Makes the directories and writes schemata, before the process. */
int rdt_make(struct resctrl *resctrl);
/* Puts a process in. */
int rdt_enter(struct resctrl *resctrl, pid_t pid);
/* Removes what is the container's own. Gone is success. */
int rdt_remove(struct resctrl *resctrl);
/* Removes all that rdt_make made, for a create that failed or was killed: also a class that closID
 * named, while nobody else is in it. */
int rdt_unmake(struct resctrl *resctrl);

/* update --l3-cache-schema, --mem-bw-schema (NULL: not given). `before` is set to the lines that
 * rdt_put_back writes again. */
int rdt_update(struct resctrl *resctrl, const char *l3_cache_schema, const char *mem_bw_schema,
	       struct strings *before);
/* Keeps the last fault, or adds to it that it was not possible. */
void rdt_put_back(struct resctrl *resctrl, const struct strings *before);

/* What the next command must know, and back. Empty: nothing asked. */
struct strings rdt_save(const struct resctrl *resctrl, struct arena *arena);
int rdt_reopen(struct resctrl *resctrl, const struct strings *saved, struct arena *arena);

/* resctrl_stats.c. The object "intel_rdt" in a line of `events`, key by key as runc prints it;
 * empty when nothing is asked. Without a monitoring group the numbers are those of the class.
 * Owned by the caller; NULL with a fault. */
json_t *rdt_stats(struct resctrl *resctrl);

/* schemata.c: lines such as "L3:0=7f;1=1f". The name of its resource in `name`; false: no line. */
bool rdt_read_line(const char *line, char *name, size_t size);
/* Does the class's `schemata` already say what `line` asks? `step`: info/MB/bandwidth_gran, since
 * the kernel rounds percentages up; 0: it does not. */
bool rdt_line_is_so(const char *line, const char *schemata, unsigned step);
/* The line of a resource, without the spaces before it; NULL: none. */
char *rdt_line_of(const char *name, const char *schemata, struct arena *arena);

#endif
