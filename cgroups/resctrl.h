/* resctrl.h -- linux.intelRdt: a class of service and a monitoring group in the resctrl tree.
 *
 * resctrl is no cgroup: a tree of its own (usually /sys/fs/resctrl, see
 * Documentation/filesystems/resctrl.rst) where a directory is a class of service, `schemata` its
 * share of cache and memory bandwidth, and `tasks` who is in it. */
#ifndef CAISSON_CGROUPS_RESCTRL_H
#define CAISSON_CGROUPS_RESCTRL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "runtime/base/arena.h"
#include "specs/spec.h"

struct resctrl {
	char *mount;      /* NULL: nothing is asked */
	char *class;      /* the class's directory below it; "" is the default class */
	char *monitor;    /* the monitoring group's directory, NULL: none */
	bool made_class;  /* by us: ours to remove */
	bool made_monitor;
	const struct spec_intel_rdt *asked;
	struct arena *arena;
};

/* Finds the tree and checks what is asked against it (spec, "IntelRdt"); changes nothing. */
int rdt_plan(struct resctrl *resctrl, const struct spec_intel_rdt *asked, const char *id,
	     struct arena *arena);
/* Makes the directories and writes schemata, before the process. */
int rdt_make(struct resctrl *resctrl);
/* Puts a process in. */
int rdt_enter(struct resctrl *resctrl, pid_t pid);
/* Removes what we made. Gone is success. */
int rdt_remove(struct resctrl *resctrl);
/* update --l3-cache-schema, --mem-bw-schema. */
int rdt_update(struct resctrl *resctrl, const char *l3_cache_schema, const char *mem_bw_schema);
/* What the next command must know, and back. Empty: nothing asked. */
struct strings rdt_save(const struct resctrl *resctrl, struct arena *arena);
int rdt_reopen(struct resctrl *resctrl, const struct strings *saved, struct arena *arena);

#endif
