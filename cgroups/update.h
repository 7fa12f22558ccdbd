/* update.h -- what the parts of `update` share: a change, and what an update leaves unsaid.
 *
 * Only cgroups/ includes this. */
#ifndef CAISSON_CGROUPS_UPDATE_H
#define CAISSON_CGROUPS_UPDATE_H

#include <stdbool.h>
#include <stddef.h>

#include "cgroups/knobs.h"

/* One write, and the one that takes it back. */
struct change {
	const struct knob *knob;
	const struct knob_side *side;
	struct cg_hierarchy *hierarchy;
	int dir;           /* of the container's cgroup, borrowed, or of one below it */
	bool own_dir;      /* that one, to be closed */
	size_t index;      /* of the element in the row */
	const char *file, *text;
	const char *else_file, *else_text; /* where the kernel has `file` for others only */
	const char *before; /* NULL: not known */
	bool done;
};

struct changes {
	struct change *at;
	size_t count, room;
};

void cg_add_change(struct changes *changes, const struct change *change, struct arena *arena);

/* complete.c. `asked`, with what one file of the kernel holds together filled in as it is now: a
 * period needs the quota beside it. `before`: what create was asked, NULL: not known. Refuses what
 * does not fit together. */
int cg_complete(struct cgroup *cgroup, const struct spec_resources *asked,
		const struct spec_resources *before, struct spec_resources *full);

/* putback.c. What has to be written to `file`, whose content is `content`, to take back a write of
 * `text`. NULL: nobody knows. */
const char *cg_put_back(struct arena *arena, const char *file, const char *content,
			const char *text);

/* cpuset.c. v1 takes no CPU away that a cgroup below has: narrows those first. The writes are added
 * to `changes`, as done. -EBUSY when they would not be narrowed either. */
int cg_narrow_below(struct cgroup *cgroup, const struct change *change, struct changes *changes);
/* Gives them back what they had, after the container's own. */
void cg_widen_below(struct changes *changes);

/* devices_update.c. Are rules asked for, and others than we set last? */
bool cg_devices_differ(struct cgroup *cgroup, const struct spec_resources *asked,
		       const struct spec_resources *before);
int cg_update_devices(struct cgroup *cgroup, const struct spec_resources *asked,
		      const struct spec_resources *before);

#endif
