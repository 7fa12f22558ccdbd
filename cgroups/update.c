/* update.c -- other limits for a container that lives.
 *
 * All or nothing: what can be refused is refused before the first write, and when the kernel says
 * no in the middle, what was written before is put back. To know what that is, each file is read
 * first; one that is already as asked is not written.
 *
 * Values that bound each other (limit and swap, quota and burst, shares and idle) have no order
 * that is right both for more and for less: what the kernel refuses with EINVAL is tried again
 * until a round brings nothing more.
 *
 * A frozen container stays frozen: no write here needs its processes.
 *
 * Does not read config.json: runtime/commands/update.c. */
#include "cgroups/update.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cgroups/devices.h"
#include "cgroups/systemd.h"
#include "cgroups/tree.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

enum { content_at_most = 1 << 20 };

void cg_add_change(struct changes *changes, const struct change *change, struct arena *arena)
{
	if (changes->count == changes->room) {
		size_t room = changes->room ? changes->room * 2 : 16;
		struct change *larger = arena_array(arena, room, sizeof *larger);

		if (changes->count)
			memcpy(larger, changes->at, changes->count * sizeof *larger);
		changes->at = larger;
		changes->room = room;
	}
	changes->at[changes->count++] = *change;
}

/* ---- before the first write ------------------------------------------------------------------ */

static ssize_t read_content(struct arena *arena, int dir, const char *file, char **content)
{
	autoclose int fd = open_below(dir, file, O_RDONLY, 0);

	return fd < 0 ? fd : read_all(fd, arena, content, content_at_most);
}

static bool has_line(const char *content, const char *line)
{
	size_t length = strlen(line);

	while (*content) {
		size_t span = strcspn(content, "\n");

		if (span == length && !memcmp(content, line, length))
			return true;
		content += span + (content[span] == '\n');
	}
	return false;
}

static int lack_file(struct cgroup *cgroup, const struct change *change, struct knob_line *line)
{
	if (line->dispensable)
		return 0;
	cg_explain_line(cgroup, change->hierarchy, change->side, line, -ENOENT);
	if (change->knob->lack != LACK_WARNED)
		return cg_blame_row(-ENOENT, change->knob, line->file, change->index);
	knob_warn(change->knob, last_fault()->what);
	forget_fault();
	return 0;
}

static int plan_line(struct cgroup *cgroup, struct change *change, struct knob_line *line,
		     struct changes *changes)
{
	char *content = NULL;
	ssize_t length = read_content(cgroup->arena, change->dir, line->file, &content);

	if (length == -ENOENT && line->else_file) {
		line->file = line->else_file;
		line->text = line->else_text;
		line->else_file = NULL;
		length = read_content(cgroup->arena, change->dir, line->file, &content);
	}
	if (length == -ENOENT)
		return lack_file(cgroup, change, line);
	if (length >= 0 && has_line(content, line->text))
		return 0;
	change->file = arena_copy(cgroup->arena, line->file);
	change->text = arena_copy(cgroup->arena, line->text);
	change->else_file = line->else_file;
	change->else_text = line->else_file ? arena_copy(cgroup->arena, line->else_text) : NULL;
	change->before = length < 0 ? NULL : cg_put_back(cgroup->arena, change->file, content,
							 change->text);
	cg_add_change(changes, change, cgroup->arena);
	return 0;
}

static int plan_row(struct cgroup *cgroup, const struct knob *knob, struct changes *changes)
{
	struct change change = { .knob = knob };
	struct knob_line line;

	change.side = knob_side_here(knob, cgroup, &change.hierarchy);
	if (!change.side || !change.side->write)
		return 0;
	for (;; change.index++) {
		int result = 0;

		line = (struct knob_line){ .file = change.side->file };
		if (!change.side->write(knob, cgroup->resources, change.index, &line))
			return 0;
		if (cg_leave_out(cgroup, change.hierarchy, knob, &line))
			continue;
		change.dir = cg_dir(change.hierarchy);
		if (change.dir < 0)
			return change.dir == -ENOENT ?
				       fail(ENOENT, "open cgroup %s%s", change.hierarchy->mount,
					    change.hierarchy->path) :
				       change.dir;
		if (line.text[0])
			result = plan_line(cgroup, &change, &line, changes);
		if (result)
			return result;
	}
}

/* v2: what no longer fits into memory needs its swap first, or the OOM killer comes for it. */
static void put_swap_first(struct changes *changes)
{
	for (size_t i = 0; i + 1 < changes->count; i++) {
		struct change limit = changes->at[i];

		if (strcmp(limit.file, "memory.max") ||
		    strcmp(changes->at[i + 1].file, "memory.swap.max"))
			continue;
		changes->at[i] = changes->at[i + 1];
		changes->at[i + 1] = limit;
	}
}

static int plan_changes(struct cgroup *cgroup, struct changes *changes)
{
	int result = 0;

	for (size_t i = 0; i < cg_knob_count && !result; i++)
		result = plan_row(cgroup, &cg_knobs[i], changes);
	put_swap_first(changes);
	return result;
}

/* ---- writing, and taking back ---------------------------------------------------------------- */

static int write_change(struct cgroup *cgroup, struct changes *changes, size_t i);

/* A disk whose scheduler is not bfq. */
static int write_elsewhere(struct cgroup *cgroup, struct changes *changes, size_t i)
{
	struct change *change = &changes->at[i];
	struct knob_line line = { .file = change->else_file, .text = change->else_text };
	char *content;

	change->file = line.file;
	change->text = line.text;
	change->before = NULL;
	change->else_file = NULL;
	if (read_content(cgroup->arena, change->dir, line.file, &content) >= 0)
		change->before = cg_put_back(cgroup->arena, line.file, content, line.text);
	return write_change(cgroup, changes, i);
}

static int write_change(struct cgroup *cgroup, struct changes *changes, size_t i)
{
	/* A copy: cg_narrow_below adds to the list. */
	const struct change change = changes->at[i];
	struct knob_line line = { .file = change.file, .text = change.text };
	int result = cg_write_line(change.dir, &line);

	if (result == -EOPNOTSUPP && change.else_file)
		return write_elsewhere(cgroup, changes, i);
	if (result == -EBUSY && !strncmp(change.file, "cpuset.", 7)) {
		result = cg_narrow_below(cgroup, &change, changes);
		if (!result)
			result = cg_write_line(change.dir, &line);
		/* Half of it may be done. */
		changes->at[i].done = true;
		return result;
	}
	changes->at[i].done = !result;
	return result;
}

static int refuse_change(struct cgroup *cgroup, const struct change *change, int error)
{
	struct knob_line line = { .file = change->file, .text = change->text };

	return cg_blame_row(cg_explain_line(cgroup, change->hierarchy, change->side, &line, error),
			    change->knob, change->file, change->index);
}

static int write_changes(struct cgroup *cgroup, struct changes *changes)
{
	for (bool last_try = false;;) {
		bool progress = false, left = false;

		for (size_t i = 0; i < changes->count; i++) {
			int result;

			if (changes->at[i].done)
				continue;
			result = write_change(cgroup, changes, i);
			if (result && (result != -EINVAL || last_try))
				return refuse_change(cgroup, &changes->at[i], result);
			progress = progress || !result;
			left = left || result;
		}
		if (!left)
			return 0;
		last_try = !progress;
	}
}

/* In the order that is opposite to the one of writing, and again while that helps: the old values
 * bound each other, too. */
static void take_back(struct changes *changes)
{
	for (bool progress = true; progress;) {
		progress = false;
		for (size_t i = changes->count; i-- > 0;) {
			struct change *change = &changes->at[i];
			struct knob_line line = { .file = change->file, .text = change->before };

			if (!change->done || change->own_dir || !change->before ||
			    cg_write_line(change->dir, &line))
				continue;
			change->done = false;
			progress = true;
		}
	}
}

/* Keeps the fault of what failed, and adds what is not as it was. */
static void take_back_all(struct changes *changes)
{
	struct fault *fault = last_fault(), kept = *fault;

	take_back(changes);
	cg_widen_below(changes);
	*fault = kept;
	for (size_t i = 0; i < changes->count; i++) {
		const struct change *change = &changes->at[i];
		size_t used = strlen(fault->what);

		if (change->done)
			snprintf(fault->what + used, sizeof fault->what - used,
				 "; and %s%s/%s could not be put back and is %s now",
				 change->hierarchy->mount, change->hierarchy->path, change->file,
				 change->text);
	}
}

/* ---- all of it ------------------------------------------------------------------------------- */

/* Everything that can be refused beforehand. */
static int check_update(struct cgroup *cgroup, const struct spec_resources *asked,
			const struct spec_resources *before, struct spec_resources *full)
{
	int result = cg_read_controllers(cgroup, "");

	if (!result)
		result = cg_check_devices(asked);
	if (!result)
		result = cg_complete(cgroup, asked, before, full);
	if (result)
		return result;
	cgroup->resources = full;
	result = cg_check(cgroup);
	return result ? result : cg_check_usage(cgroup);
}

/* The properties that go with the files, or systemd would put the old limits back. */
static int tell_systemd(struct cgroup *cgroup, const struct spec_resources *before)
{
	struct spec_resources told = *cgroup->resources;

	if (!cgroup->unit)
		return 0;
	if (!cg_devices_differ(cgroup, &told, before))
		told.devices.count = 0;
	return cg_systemd_set(cgroup, &told);
}

static int write_everything(struct cgroup *cgroup, const struct spec_resources *asked,
			    const struct spec_resources *before, struct changes *changes)
{
	struct fault *fault = last_fault();
	int result = tell_systemd(cgroup, before);

	if (result)
		return result;
	result = write_changes(cgroup, changes);
	if (!result)
		result = cg_update_devices(cgroup, asked, before);
	if (!result)
		return 0;
	take_back_all(changes);
	if (cgroup->unit)
		snprintf(fault->what + strlen(fault->what), sizeof fault->what - strlen(fault->what),
			 "; and systemd has the new limits, until the next update");
	return result;
}

int cg_update(struct cgroup *cgroup, const struct spec_resources *asked)
{
	const struct spec_resources *before = cgroup->resources;
	struct changes changes = { 0 };
	struct spec_resources full;
	int result = check_update(cgroup, asked, before, &full);

	if (!result) {
		cg_enable_needed(cgroup);
		result = plan_changes(cgroup, &changes);
	}
	if (!result)
		result = write_everything(cgroup, asked, before, &changes);
	for (size_t i = 0; i < changes.count; i++) {
		if (changes.at[i].own_dir)
			close(changes.at[i].dir);
	}
	cgroup->resources = before;
	return result;
}
