/* check.c -- what is wrong with linux.resources, or cannot be had on this host, said beforehand.
 *
 * Nothing that was decoded is dropped in silence: a limit is applied, or it is refused by its path
 * in config.json, or, where its row says so, done without with a warning. What engines write for
 * "not set" (0, false, an empty list) is no limit.
 *
 * Does not look at lists (check_lists.c) and does not write anything (limit.c). */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cgroups/knobs.h"
#include "cgroups/tree.h"
#include "runtime/base/cpulist.h"
#include "runtime/base/fault.h"

int refuse_range(int64_t value, const char *unit, int64_t low, int64_t high, const char *or_none)
{
	char what[64];

	snprintf(what, sizeof what, unit ? "%" PRId64 " is in %s" : "is %" PRId64, value, unit);
	if (high == INT64_MAX)
		return refuse(EINVAL, "%s; the kernel takes %" PRId64 " or more%s", what, low,
			      or_none);
	return refuse(EINVAL, "%s; the kernel takes %" PRId64 " to %" PRId64 "%s", what, low, high,
		      or_none);
}

static int check_range(const struct knob *knob, const struct knob_side *side,
		       const struct spec_resources *asked)
{
	bool may_be_none = knob->flags & minus_one_no_limit;
	int64_t value;

	if (!side->high || !knob_number(knob, asked, &value) || (value == -1 && may_be_none) ||
	    (value >= side->low && value <= side->high))
		return 0;
	return blame(refuse_range(value, knob->unit, side->low, side->high,
				  may_be_none ? ", or -1 for no limit" : ""),
		     "linux.resources.%s", knob->place);
}

/* Is there anything in this row that makes a difference? */
static bool is_asked(const struct knob *knob, const struct spec_resources *asked)
{
	knob_writer *write = knob->v1.write ? knob->v1.write : knob->v2.write;
	struct knob_line line = { 0 };
	int64_t value;

	if (!write)
		return knob_number(knob, asked, &value) &&
		       !(value == -1 && knob->flags & minus_one_no_limit);
	for (size_t index = 0; write(knob, asked, index, &line); index++) {
		if (!line.dispensable && line.text[0])
			return true;
		line = (struct knob_line){ 0 };
	}
	return false;
}

/* Why a row has no side here. */
static const char *why_not(const struct knob *knob, struct cgroup *cgroup, const char **cure)
{
	const char *v1 = knob->v1.controller, *v2 = knob->v2.controller;

	*cure = NULL;
	if ((!v1 && !v2) || (!v2 && cgroup->pure_v2 && cg_hierarchy_v2(cgroup)))
		return knob->without;
	if (!cgroup->count) {
		*cure = "run with cgroups (not --cgroup-manager=disabled)";
		return "no cgroup is made";
	}
	*cure = "see /proc/cgroups; the kernel was built without it, or cgroup_disable= turned it "
		"off, or it is not mounted";
	return arena_format(cgroup->arena, "controller \"%s\" is not available on this host",
			    (cgroup->pure_v2 && v2) || !v1 ? v2 : v1);
}

static int do_without(const struct knob *knob, struct cgroup *cgroup)
{
	const char *cure, *why = why_not(knob, cgroup, &cure);
	int result;

	if (knob->lack == LACK_NOTHING)
		return 0;
	if (knob->lack == LACK_WARNED) {
		knob_warn(knob, why);
		return 0;
	}
	result = blame(refuse(ENOTSUP, "cannot be applied: %s", why), "linux.resources.%s",
		       knob->place);
	return cure ? advise(result, "%s", cure) : result;
}

static int check_rows(struct cgroup *cgroup)
{
	for (size_t i = 0; i < cg_knob_count; i++) {
		const struct knob *knob = &cg_knobs[i];
		struct cg_hierarchy *hierarchy;
		const struct knob_side *side = knob_side_here(knob, cgroup, &hierarchy);
		int result = 0;

		if (side)
			result = check_range(knob, side, cgroup->resources);
		else if (is_asked(knob, cgroup->resources))
			result = do_without(knob, cgroup);
		if (result)
			return result;
	}
	return 0;
}

/* v1 counts memory and swap together, and so does the field. */
static int check_swap(struct cgroup *cgroup)
{
	const struct spec_memory *memory = &cgroup->resources->memory;
	struct cg_hierarchy *hierarchy = cg_hierarchy_of(cgroup, "memory");
	int64_t limit = memory->limit.given ? memory->limit.value : 0;
	int64_t swap = memory->swap.given ? memory->swap.value : 0;
	int result;

	if (swap <= 0 || (limit == -1 && hierarchy && hierarchy->v2))
		return 0;
	if (limit == -1)
		result = refuse(EINVAL, "%" PRId64 " is memory and swap together, and cgroup v1 "
					"cannot limit it while memory.limit is -1",
				swap);
	else if (!limit)
		result = refuse(EINVAL, "%" PRId64 " is memory and swap together, and needs "
					"memory.limit beside it",
				swap);
	else if (swap < limit)
		result = refuse(EINVAL, "%" PRId64 " is memory and swap together, and less than "
					"memory.limit %" PRId64,
				swap, limit);
	else
		return 0;
	return blame(result, "linux.resources.memory.swap");
}

static int check_burst(const struct spec_cpu *cpu)
{
	if (!cpu->burst.given || !cpu->quota.given || cpu->quota.value <= 0 ||
	    cpu->burst.value <= (uint64_t)cpu->quota.value)
		return 0;
	return blame(refuse(EINVAL, "%" PRIu64 " is larger than cpu.quota %" PRId64,
			    cpu->burst.value, cpu->quota.value),
		     "linux.resources.cpu.burst");
}

static int check_realtime(const struct spec_cpu *cpu)
{
	uint64_t period = cpu->realtime_period.given ? cpu->realtime_period.value : 0;

	if (!period || !cpu->realtime_runtime.given || cpu->realtime_runtime.value <= 0 ||
	    (uint64_t)cpu->realtime_runtime.value <= period)
		return 0;
	return blame(refuse(EINVAL, "%" PRId64 " is larger than cpu.realtimePeriod %" PRIu64,
			    cpu->realtime_runtime.value, period),
		     "linux.resources.cpu.realtimeRuntime");
}

/* cpuset(7), "List format". A wrong list is EINVAL at the kernel without a word why; whether the
 * machine has these cpus only the cgroup above knows. */
static int check_cpulist(const char *list, const char *place)
{
	enum { most = 8192 };
	unsigned long mask[cpulist_words(most)];
	int result;

	if (!list || !*list)
		return 0;
	result = cpulist_parse(list, mask, most);
	if (result > 0)
		return 0;
	if (result == -ERANGE)
		result = refuse(EINVAL, "\"%s\" has a range that runs backwards, or a number above "
					"%d",
				list, most - 1);
	else
		result = refuse(EINVAL, "expected a list such as \"0-3,7\", got \"%s\"", list);
	return blame(result, "linux.resources.cpu.%s", place);
}

int cg_check(struct cgroup *cgroup)
{
	const struct spec_resources *asked = cgroup->resources;
	int result;

	if (!asked)
		return 0;
	result = cg_check_unified(cgroup);
	if (!result)
		result = check_rows(cgroup);
	if (!result)
		result = check_swap(cgroup);
	if (!result)
		result = check_burst(&asked->cpu);
	if (!result)
		result = check_realtime(&asked->cpu);
	if (!result)
		result = check_cpulist(asked->cpu.cpus, "cpus");
	if (!result)
		result = check_cpulist(asked->cpu.mems, "mems");
	return result ? result : cg_check_lists(asked);
}
