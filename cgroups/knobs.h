/* knobs.h -- one row per limit of linux.resources: the field, and the kernel file it becomes.
 *
 * The table (knobs.c) is the only place that knows both names. check.c asks it what can be applied
 * here, limit.c writes what it says, describe.c prints it. */
#ifndef CAISSON_CGROUPS_KNOBS_H
#define CAISSON_CGROUPS_KNOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cgroups/cgroup.h"

struct knob;

/* One write: `text` into `file`. */
struct knob_line {
	const char *file, *text;
	const char *else_file, *else_text; /* where the kernel has no `file`; NULL: nothing else */
	bool dispensable; /* as it is anyway: without such a file or controller all is well */
	char room[192], spare[192]; /* where texts and file names may be put together */
};

/* Writes line `index` of a row (0 for a field that is one value) into `line`; false: there is no
 * such line, the row is not asked for. */
typedef bool knob_writer(const struct knob *knob, const struct spec_resources *asked, size_t index,
			 struct knob_line *line);

enum knob_kind { KNOB_LIST, KNOB_I64, KNOB_U64, KNOB_U32, KNOB_BOOL, KNOB_TEXT };

enum {
	zero_unset = 1,         /* 0 means "not set", as runc and the engines have it */
	zero_default = 2,       /* 0 is what a new cgroup has anyway */
	minus_one_no_limit = 4, /* -1 is outside low..high and means "max" */
};

struct knob_side {
	const char *controller; /* NULL: this version has nothing like it */
	const char *file;
	knob_writer *write; /* NULL: there is something here, but no line of a file */
	int64_t low, high;  /* what the kernel takes; both 0: it judges itself */
	const char *shown;  /* for readers, where `file` alone would not tell it */
};

/* What happens where the host has nothing for the field: one answer, always the same. */
enum knob_lack {
	LACK_REFUSED, /* an error */
	LACK_WARNED,  /* one warning; the container is no less confined for it */
	LACK_NOTHING, /* as asked anyway */
};

struct knob {
	const char *place; /* below linux.resources */
	const char *unit;  /* for the sentence about low and high; NULL: a mere number */
	enum knob_kind kind;
	size_t offset;     /* in struct spec_resources, of one maybe_ struct or string */
	unsigned flags;
	unsigned lines_each; /* KNOB_LIST: lines per element, for the place in an error */
	struct knob_side v1, v2;
	const char *without; /* why a version has nothing like it */
	enum knob_lack lack;
	const char *member;  /* KNOB_LIST: the member of an element that this row is about */
	const char *takes;   /* for readers: what a value is, where no range says it */
};

extern const struct knob cg_knobs[];
extern const size_t cg_knob_count;

/* The value of a row of numbers or a bool; false: not given, or given as "not set". */
bool knob_number(const struct knob *knob, const struct spec_resources *asked, int64_t *value);
/* The side of a row that this host has, and its hierarchy; NULL: none. */
const struct knob_side *knob_side_here(const struct knob *knob, struct cgroup *cgroup,
				       struct cg_hierarchy **hierarchy);

/* The one warning of a row that is done without. */
void knob_warn(const struct knob *knob, const char *why);

/* Refuses what is out of range, contradicts itself or cannot be applied on this host; warns of what
 * can be done without. */
int cg_check(struct cgroup *cgroup);
/* check_lists.c: the elements of the fields that are lists. */
int cg_check_lists(const struct spec_resources *asked);
/* check_unified.c: each key is the name of a limit of v2 that this host has. */
int cg_check_unified(struct cgroup *cgroup);
/* The sentence about a number outside low..high. */
int refuse_range(int64_t value, const char *unit, int64_t low, int64_t high, const char *or_none);

/* limit.c, for update.c. Writes a line, or its else_file; a negative errno, no fault. */
int cg_write_line(int dir, struct knob_line *line);
/* Says why that line was refused. Returns `error`. */
int cg_explain_line(struct cgroup *cgroup, const struct cg_hierarchy *hierarchy,
		    const struct knob_side *side, const struct knob_line *line, int error);
/* Blames element `index` of a row, of which `file` was to be written. */
int cg_blame_row(int result, const struct knob *knob, const char *file, size_t index);
/* checkBeforeUpdate. Reads cgroup->resources. */
int cg_check_usage(struct cgroup *cgroup);

/* True when the container is to be SCHED_IDLE. */
bool cg_asks_idle(const struct spec_resources *asked);
/* That systemd makes it so has the kernel refuse any other weight: then a line of one is left out,
 * with the warning that runc has. */
bool cg_leave_out(const struct cgroup *cgroup, const struct cg_hierarchy *hierarchy,
		  const struct knob *knob, const struct knob_line *line);

/* weight.c */
uint64_t cg_weight_of_shares(uint64_t shares);     /* cpu.shares -> cpu.weight */
uint64_t cg_io_weight_of_blkio(uint64_t weight);   /* blkio.weight -> io.weight */
/* convert.c, convert_lists.c */
knob_writer write_plain, write_or_max, write_weight, write_period_v2, write_quota_v2,
	write_swap_v1, write_swap_v2, write_cpuset, write_io_weight, write_weight_device,
	write_leaf_weight_device, write_io_weight_device, write_throttle_v1, write_throttle_v2, write_hugetlb_v1, write_hugetlb_v2, write_rdma,
	write_priority, write_unified;

#endif
