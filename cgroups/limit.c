/* limit.c -- the limits are written.
 *
 * Row after row of the table. A write that the kernel refuses with EINVAL because another value
 * bounds it (memory.limit above the old memory+swap limit, a period below the old quota) is tried
 * again after all others; only then it is an error.
 *
 * Does not know any file by name: knobs.c. Device rules are no file on v2: devices.c. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgroups/devices.h"
#include "cgroups/knobs.h"
#include "cgroups/systemd.h"
#include "cgroups/tree.h"
#include "runtime/base/debug.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"

/* unified: "a file can be written to several times, once per line" (io.max takes one device per
 * write). All other texts are one line. */
static int write_lines(int dir, const char *file, const char *text)
{
	char line[4096];
	int result = 0;

	if (!strchr(text, '\n'))
		return write_small(dir, file, text);
	while (*text && !result) {
		size_t length = strcspn(text, "\n");

		if (length >= sizeof line)
			return -E2BIG;
		memcpy(line, text, length);
		line[length] = '\0';
		if (length)
			result = write_small(dir, file, line);
		text += length + (text[length] == '\n');
	}
	return result;
}

/* The second file serves where the kernel has no first, or has it for other devices only (a disk
 * whose scheduler is not bfq). */
int cg_write_line(int dir, struct knob_line *line)
{
	int result;

	if (!line->text[0])
		return 0;
	result = write_lines(dir, line->file, line->text);
	if ((result == -ENOENT || result == -EOPNOTSUPP) && line->else_file) {
		line->file = line->else_file;
		line->text = line->else_text;
		result = write_lines(dir, line->file, line->text);
	}
	return result == -ENOENT && line->dispensable ? 0 : result;
}

/* v2: the file of a controller is missing when the controller was not switched on above. */
static int explain_missing(struct cgroup *cgroup, const struct cg_hierarchy *hierarchy,
			   const char *controller, const struct knob_line *line)
{
	const char *why = cgroup->not_enabled;
	char enabled[512];

	if (hierarchy->v2 && *controller &&
	    read_small(hierarchy->fd, "cgroup.controllers", enabled, sizeof enabled) >= 0 &&
	    !cg_has_word(enabled, controller)) {
		refuse(ENOENT, "controller \"%s\" is not enabled for cgroup %s%s%s%s", controller,
		       hierarchy->mount, hierarchy->path, why ? ": " : "", why ? why : "");
		if (cgroup->not_enabled_error == -EBUSY)
			return advise(-ENOENT, "a cgroup that holds processes hands no controllers "
					       "down: move them into one below it first");
		return cgroup->rootless ? advise(-ENOENT, "%s", cg_delegate_hint) : -ENOENT;
	}
	return fail(ENOENT, "this kernel has no file %s in cgroup %s%s", line->file,
		    hierarchy->mount, hierarchy->path);
}

/* v1 and v2: SCHED_IDLE has a weight of its own. */
static bool is_idle(int dir, const char *file)
{
	char idle[8];

	return (!strcmp(file, "cpu.shares") || !strcmp(file, "cpu.weight")) &&
	       read_small(dir, "cpu.idle", idle, sizeof idle) > 0 && idle[0] == '1';
}

bool cg_asks_idle(const struct spec_resources *asked)
{
	const struct maybe_i64 *idle = &asked->cpu.idle;

	for (size_t i = 0; i < asked->unified.count; i++) {
		if (!strcmp(asked->unified.at[i].key, "cpu.idle"))
			return strtoul(asked->unified.at[i].value, NULL, 10) == 1;
	}
	return idle->given && idle->value == 1;
}

bool cg_leave_out(const struct cgroup *cgroup, const struct cg_hierarchy *hierarchy,
		  const struct knob *knob, const struct knob_line *line)
{
	if (cgroup->driver != CG_SYSTEMD || !hierarchy->v2 ||
	    strncmp(line->file, "cpu.weight", strlen("cpu.weight")) != 0 ||
	    !cg_asks_idle(cgroup->resources))
		return false;
	knob_warn(knob, "unable to apply both CPUWeight and CpuIdle to systemd, ignoring CPUWeight");
	return true;
}

int cg_explain_line(struct cgroup *cgroup, const struct cg_hierarchy *hierarchy,
		    const struct knob_side *side, const struct knob_line *line, int error)
{
	int dir = hierarchy->fd;
	char usage[32];

	if (error == -ENOENT)
		return explain_missing(cgroup, hierarchy, side->controller, line);
	/* v1 reclaims what it can and then says EBUSY. */
	if (error == -EBUSY && !strcmp(line->file, "memory.limit_in_bytes") &&
	    read_small(dir, "memory.usage_in_bytes", usage, sizeof usage) > 0)
		return refuse(EBUSY, "unable to set memory limit to %s (current usage: %.*s)",
			      line->text, (int)strcspn(usage, "\n"), usage);
	fail(error, "write \"%s\" to %s%s/%s", line->text, hierarchy->mount, hierarchy->path,
	     line->file);
	if (error == -EOPNOTSUPP && strstr(line->file, "weight"))
		advise(error, "weights need the disk's scheduler to be bfq, or iocost: see "
			      "/sys/block/*/queue/scheduler");
	if (!strncmp(line->file, "cpuset.", 7))
		advise(error, "the cgroup above must have them all: see its %s", line->file);
	if (error == -EINVAL && is_idle(dir, line->file))
		advise(error, "the container is SCHED_IDLE, which has no other weight: set "
			      "cpu.idle to 0");
	if (cgroup->rootless && (error == -EACCES || error == -EPERM || error == -EROFS))
		advise(error, "%s", cg_delegate_hint);
	return error;
}

int cg_blame_row(int result, const struct knob *knob, const char *file, size_t index)
{
	if (knob->kind != KNOB_LIST)
		return blame(result, "linux.resources.%s", knob->place);
	if (!knob->lines_each)
		return blame(result, "linux.resources.%s[\"%s\"]", knob->place, file);
	return blame(result, "linux.resources.%s[%zu]%s%s", knob->place, index / knob->lines_each,
		     knob->member ? "." : "", knob->member ? knob->member : "");
}

/* The number in a file; 0: there is none. */
static int64_t bytes_in(int dir, const char *file)
{
	char text[32];
	int64_t bytes;

	return read_small(dir, file, text, sizeof text) > 0 && sscanf(text, "%" SCNd64, &bytes) == 1
		       ? bytes
		       : 0;
}

static int64_t memory_in_use(const struct cg_hierarchy *hierarchy, int dir)
{
	return bytes_in(dir, hierarchy->v2 ? "memory.current" : "memory.usage_in_bytes");
}

static int64_t memory_and_swap_in_use(const struct cg_hierarchy *hierarchy, int dir)
{
	return hierarchy->v2 ? bytes_in(dir, "memory.current") + bytes_in(dir, "memory.swap.current")
			     : bytes_in(dir, "memory.memsw.usage_in_bytes");
}

static int reject_below(const struct maybe_i64 *limit, int64_t usage, const char *what,
			const char *field)
{
	if (!limit->given || limit->value <= 0 || usage < limit->value)
		return 0;
	return blame(refuse(EBUSY, "rejecting %s limit %" PRId64 " <= usage %" PRId64, what,
			    limit->value, usage),
		     "linux.resources.memory.%s", field);
}

/* spec: with checkBeforeUpdate a limit below the usage MUST be rejected; v2 would kill instead. */
int cg_check_usage(struct cgroup *cgroup)
{
	const struct spec_memory *memory = &cgroup->resources->memory;
	struct cg_hierarchy *hierarchy = cg_hierarchy_of(cgroup, "memory");
	int dir, result;

	if (!memory->check_before_update.given || !memory->check_before_update.value || !hierarchy)
		return 0;
	dir = cg_dir(hierarchy);
	if (dir < 0)
		return 0;
	result = reject_below(&memory->swap, memory_and_swap_in_use(hierarchy, dir), "memory+swap",
			      "swap");
	return result ? result
		      : reject_below(&memory->limit, memory_in_use(hierarchy, dir), "memory", "limit");
}

/* Returns -EAGAIN, silently, for a row to come back to. */
static int apply_row(struct cgroup *cgroup, const struct knob *knob, bool last_try)
{
	struct cg_hierarchy *hierarchy;
	const struct knob_side *side = knob_side_here(knob, cgroup, &hierarchy);
	struct knob_line line = { .file = side ? side->file : NULL };

	if (!side || !side->write)
		return 0;
	for (size_t index = 0; side->write(knob, cgroup->resources, index, &line);
	     index++, line = (struct knob_line){ .file = side->file }) {
		int dir = cg_dir(hierarchy), result;

		if (cg_leave_out(cgroup, hierarchy, knob, &line))
			continue;
		if (dir == -ENOENT)
			return fail(ENOENT, "open cgroup %s%s", hierarchy->mount, hierarchy->path);
		result = dir < 0 ? dir : cg_write_line(dir, &line);
		debug("write \"%s\" to %s%s/%s%s%s", line.text, hierarchy->mount, hierarchy->path,
		      line.file, result ? ": " : "", result ? strerror(-result) : "");
		if (result == -EINVAL && !last_try)
			return -EAGAIN;
		if (result && dir >= 0)
			result = cg_explain_line(cgroup, hierarchy, side, &line, result);
		if (result == -ENOENT && knob->lack == LACK_WARNED) {
			knob_warn(knob, last_fault()->what);
			forget_fault();
			return 0;
		}
		if (result)
			return cg_blame_row(result, knob, line.file, index);
	}
	return 0;
}

static int apply_rows(struct cgroup *cgroup)
{
	uint64_t again = 0;
	int result = cg_check_usage(cgroup);

	_Static_assert(sizeof again * 8 >= 64, "one bit per row");
	for (size_t i = 0; i < cg_knob_count && !result; i++) {
		result = apply_row(cgroup, &cg_knobs[i], false);
		if (result == -EAGAIN) {
			again |= UINT64_C(1) << i;
			result = 0;
		}
	}
	for (size_t i = 0; i < cg_knob_count && again && !result; i++) {
		if (again & UINT64_C(1) << i)
			result = apply_row(cgroup, &cg_knobs[i], true);
	}
	return result;
}

int cg_limit(struct cgroup *cgroup)
{
	int result = 0;

	if (!cgroup->count)
		return 0;
	if (cgroup->unit)
		result = cg_systemd_limit(cgroup);
	if (cgroup->resources && !result)
		result = apply_rows(cgroup);
	/* Those of v1 are in force since cg_make. */
	if (!result && !cg_has_v1_devices(cgroup))
		result = cg_limit_devices(cgroup);
	cgroup->limited = true;
	return result;
}
