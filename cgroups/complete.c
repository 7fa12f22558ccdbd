/* complete.c -- what an update leaves unsaid and yet has to be known, read from the kernel.
 *
 * A limit that is not named stays as it is. But on v2 one file holds quota and period, and swap is
 * counted without memory while config.json counts both together; and whether two limits fit
 * together can only be said of two. The files are asked rather than the record: somebody else may
 * have written to them since.
 *
 * One thing the files do not tell: v2's memory.swap.max may be the rest of a memory.swap that was
 * asked for, and then has to follow memory.limit, or a number of its own (`unified`; kubelet), and
 * then has not. So `before` is asked.
 *
 * Does not write anything: update.c. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgroups/tree.h"
#include "cgroups/update.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"

/* v1's "no limit" is the largest number of whole pages, of at most 64 KiB. */
enum { largest_page = 64 * 1024 };

/* The first number of a file; -1 is "no limit". False: there is no such file. */
static bool read_now(struct cgroup *cgroup, const char *controller, const char *v1_file,
		     const char *v2_file, struct maybe_i64 *value)
{
	struct cg_hierarchy *hierarchy = cg_hierarchy_of(cgroup, controller);
	const char *file = hierarchy && hierarchy->v2 ? v2_file : v1_file;
	int dir = hierarchy ? cg_dir(hierarchy) : -ENOENT;
	char text[64];

	if (dir < 0 || !file || read_small(dir, file, text, sizeof text) <= 0)
		return false;
	value->given = true;
	value->value = !strncmp(text, "max", 3) ? -1 : strtoll(text, NULL, 10);
	if (value->value > INT64_MAX - largest_page)
		value->value = -1;
	return true;
}

static bool is_set(const struct maybe_i64 *number)
{
	return number->given && number->value;
}

static bool on_v2(struct cgroup *cgroup, const char *controller)
{
	const struct cg_hierarchy *hierarchy = cg_hierarchy_of(cgroup, controller);

	return hierarchy && hierarchy->v2;
}

static int complete_memory(struct cgroup *cgroup, const struct spec_memory *before,
			   struct spec_memory *memory)
{
	bool limit = is_set(&memory->limit), swap = is_set(&memory->swap);

	if (!memory->check_before_update.given && before)
		memory->check_before_update = before->check_before_update;
	if (swap && !limit) {
		read_now(cgroup, "memory", "memory.limit_in_bytes", "memory.max", &memory->limit);
		if (memory->swap.value > 0 && memory->limit.value == -1)
			return blame(refuse(EINVAL, "%" PRId64 " is memory and swap together, and "
						    "needs memory.limit beside it",
					    memory->swap.value),
				     "linux.resources.memory.swap");
	}
	if (!limit || swap || memory->limit.value == -1)
		return 0;
	if (!on_v2(cgroup, "memory"))
		read_now(cgroup, "memory", "memory.memsw.limit_in_bytes", NULL, &memory->swap);
	else if (before && is_set(&before->swap) && before->swap.value > 0)
		memory->swap = before->swap;
	/* No limit there is: nothing to compare with, and nothing to write. */
	if (memory->swap.value == -1)
		memory->swap = (struct maybe_i64){ 0 };
	return 0;
}

static void complete_cpu(struct cgroup *cgroup, struct spec_cpu *cpu)
{
	bool period = cpu->period.given && cpu->period.value, quota = is_set(&cpu->quota);
	struct maybe_i64 burst = { 0 };

	if (!quota && (cpu->burst.given || (period && on_v2(cgroup, "cpu"))))
		read_now(cgroup, "cpu", "cpu.cfs_quota_us", "cpu.max", &cpu->quota);
	if (quota && !cpu->burst.given && cpu->quota.value != -1 &&
	    read_now(cgroup, "cpu", "cpu.cfs_burst_us", "cpu.max.burst", &burst) && burst.value > 0)
		cpu->burst = (struct maybe_u64){ true, (uint64_t)burst.value };
}

int cg_complete(struct cgroup *cgroup, const struct spec_resources *asked,
		const struct spec_resources *before, struct spec_resources *full)
{
	*full = *asked;
	complete_cpu(cgroup, &full->cpu);
	return complete_memory(cgroup, before ? &before->memory : NULL, &full->memory);
}
