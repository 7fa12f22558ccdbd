/* check.c -- what is wrong with linux.resources, or cannot be had on this host, said beforehand.
 *
 * Nothing that was decoded is dropped in silence: a limit is applied, or it is refused by its path
 * in config.json. What engines write for "not set" (0, false, an empty list) is no limit.
 *
 * Does not write anything: limit.c. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cgroups/knobs.h"
#include "cgroups/tree.h"
#include "runtime/base/fault.h"

static int check_range(const struct knob *knob, const struct knob_side *side,
		       const struct spec_resources *asked)
{
	const char *or_none = knob->flags & minus_one_no_limit ? ", or -1 for no limit" : "";
	char what[64];
	int64_t value;
	int result;

	if (!side->high || !knob_number(knob, asked, &value) ||
	    (value == -1 && knob->flags & minus_one_no_limit) ||
	    (value >= side->low && value <= side->high))
		return 0;
	snprintf(what, sizeof what, knob->unit ? "%" PRId64 " is in %s" : "is %" PRId64, value,
		 knob->unit);
	if (side->high == INT64_MAX)
		result = refuse(EINVAL, "%s; the kernel takes %" PRId64 " or more%s", what,
				side->low, or_none);
	else
		result = refuse(EINVAL, "%s; the kernel takes %" PRId64 " to %" PRId64 "%s", what,
				side->low, side->high, or_none);
	return blame(result, "linux.resources.%s", knob->place);
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

static int refuse_row(const struct knob *knob, struct cgroup *cgroup)
{
	const char *v1 = knob->v1.controller, *v2 = knob->v2.controller;
	int result;

	if (!cgroup->count)
		result = advise(refuse(ENOTSUP, "cannot be applied: no cgroup is made"),
				"run with cgroups (not --cgroup-manager=disabled)");
	else if (!v1 && !v2)
		result = refuse(ENOTSUP, "not applied by this version: %s", knob->without);
	else if (!v2 && cg_hierarchy_v2(cgroup) && cgroup->pure_v2)
		result = refuse(ENOTSUP, "cannot be applied on this host: %s", knob->without);
	else
		result = advise(refuse(ENOTSUP,
				       "cannot be applied: controller \"%s\" is not available on "
				       "this host",
				       (cgroup->pure_v2 && v2) || !v1 ? v2 : v1),
				"see /proc/cgroups; the kernel was built without it, or "
				"cgroup_disable= turned it off, or it is not mounted");
	return blame(result, "linux.resources.%s", knob->place);
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
		else if (strcmp(knob->place, "unified") != 0 && is_asked(knob, cgroup->resources))
			result = refuse_row(knob, cgroup);
		if (result)
			return result;
	}
	return 0;
}

static int check_swap(const struct spec_memory *memory)
{
	int64_t limit = memory->limit.given ? memory->limit.value : 0;
	int64_t swap = memory->swap.given ? memory->swap.value : 0;
	int result;

	if (swap <= 0 || limit == -1)
		return 0;
	if (!limit)
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

/* cpuset(7), "List format". A wrong list is EINVAL at the kernel without a word why. */
static int check_list(const char *list, const char *place)
{
	if (!list || !list[strspn(list, "0123456789-,")])
		return 0;
	return blame(refuse(EINVAL, "expected a list such as \"0-3,7\", got \"%s\"", list),
		     "linux.resources.cpu.%s", place);
}

/* A name becomes a word of a line, or a part of a file's name: it must not become more. */
static bool is_one_word(const char *name)
{
	if (!*name)
		return false;
	for (; *name; name++) {
		if (isspace((unsigned char)*name) || *name == '/')
			return false;
	}
	return true;
}

/* "2MB", "64KB", "1GB": as the names of the kernel's files. */
static bool is_page_size(const char *size)
{
	size_t digits = strspn(size, "0123456789");

	return digits && digits < 8 && strchr("KMG", size[digits]) && size[digits] &&
	       !strcmp(size + digits + 1, "B");
}

static int check_lists(const struct spec_resources *asked)
{
	for (size_t i = 0; i < asked->hugepage_limits.count; i++) {
		const char *size = asked->hugepage_limits.at[i].page_size;

		if (!is_page_size(size))
			return blame(refuse(EINVAL, "expected a size such as \"2MB\", got \"%s\"",
					    size),
				     "linux.resources.hugepageLimits[%zu].pageSize", i);
	}
	for (size_t i = 0; i < asked->network.priorities.count; i++) {
		const char *name = asked->network.priorities.at[i].name;

		if (!is_one_word(name) || strlen(name) > 64)
			return blame(refuse(EINVAL, "\"%s\" is not the name of an interface", name),
				     "linux.resources.network.priorities[%zu].name", i);
	}
	for (size_t i = 0; i < asked->rdma.count; i++) {
		const char *name = asked->rdma.at[i].device;

		if (!is_one_word(name) || strlen(name) > 64)
			return blame(refuse(EINVAL, "\"%s\" is not the name of a device", name),
				     "linux.resources.rdma");
	}
	return 0;
}

/* These move, stop or end processes: nobody's limit, and not ours to write by name. */
static bool is_command(const char *key)
{
	static const char *const commands[] = {
		"cgroup.procs", "cgroup.threads", "cgroup.freeze", "cgroup.kill", "cgroup.type",
	};

	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		if (!strcmp(key, commands[i]))
			return true;
	}
	return false;
}

static int check_unified_key(struct cgroup *cgroup, const char *key)
{
	struct cg_hierarchy *v2 = cg_hierarchy_v2(cgroup);
	char controller[64];
	size_t length = strcspn(key, ".");

	if (!is_one_word(key) || !key[length] || !length || length >= sizeof controller)
		return refuse(EINVAL, "expected the name of a cgroup v2 file such as "
				      "\"memory.high\"");
	if (is_command(key))
		return refuse(EINVAL, "is a command to the kernel, not a limit");
	memcpy(controller, key, length);
	controller[length] = '\0';
	if (!cgroup->count)
		return refuse(ENOTSUP, "cannot be applied: no cgroup is made");
	if (!v2)
		return refuse(ENOTSUP, "invalid configuration: cannot use unified on cgroup v1");
	if (!strcmp(controller, "cgroup") || cg_has_word(v2->controllers, controller))
		return 0;
	return refuse(ENOTSUP, "invalid configuration: controller \"%s\" is not available in "
			       "cgroup v2 on this host%s",
		      controller,
		      cg_hierarchy_of(cgroup, controller) ? ": it is mounted as cgroup v1" : "");
}

static int check_unified(struct cgroup *cgroup)
{
	const struct pairs *unified = &cgroup->resources->unified;

	for (size_t i = 0; i < unified->count; i++) {
		int result = check_unified_key(cgroup, unified->at[i].key);

		if (result)
			return blame(result, "linux.resources.unified[\"%s\"]", unified->at[i].key);
	}
	return 0;
}

int cg_check(struct cgroup *cgroup)
{
	const struct spec_resources *asked = cgroup->resources;
	int result;

	if (!asked)
		return 0;
	result = check_rows(cgroup);
	if (!result)
		result = check_swap(&asked->memory);
	if (!result)
		result = check_burst(&asked->cpu);
	if (!result)
		result = check_list(asked->cpu.cpus, "cpus");
	if (!result)
		result = check_list(asked->cpu.mems, "mems");
	if (!result)
		result = check_lists(asked);
	return result ? result : check_unified(cgroup);
}
