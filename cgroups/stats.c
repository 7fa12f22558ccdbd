/* stats.c -- reads what the table of counters names, and makes v1 and v2 look the same.
 *
 * Each row is read from the hierarchy that has its controller, v1 before v2, as everywhere. Nothing
 * is remembered from one reading to the next.
 *
 * Does not know the formats (stats_text.c) and does not write (stats_write.c). */
#include "cgroups/stats.h"

#include <errno.h>
#include <string.h>

#include "cgroups/stats_row.h"
#include "cgroups/tree.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

/* ---- reading --------------------------------------------------------------------------------- */

enum { longest_file = 16 << 20, most_files = 64 };

/* One reading: each file is read once, however many rows look at it. */
struct reading {
	struct cgroup *cgroup;
	struct cg_stats *stats;
	struct arena *arena;
	struct {
		int dir;
		const char *file;
		char *text;
	} seen[most_files];
	size_t count;
};

int stat_text(int dir, const char *file, char **text, struct arena *arena)
{
	ssize_t length;
	autoclose int fd = open_below(dir, file, O_RDONLY, 0);

	*text = NULL;
	if (fd == -ENOENT)
		return 0;
	length = fd < 0 ? fd : read_all(fd, arena, text, longest_file);
	if (length == -EOPNOTSUPP) {
		*text = NULL;
		return 0;
	}
	return length < 0 ? (int)length : 0;
}

/* Readers cut a text up; each gets a copy of its own. */
static int text_of(struct reading *reading, int dir, const char *file, char **text)
{
	size_t at = 0;
	int result;

	while (at < reading->count &&
	       (reading->seen[at].dir != dir || strcmp(reading->seen[at].file, file) != 0))
		at++;
	if (at == reading->count) {
		result = stat_text(dir, file, text, reading->arena);
		if (result < 0 || at == most_files)
			return result;
		reading->seen[at].dir = dir;
		reading->seen[at].file = file;
		reading->seen[at].text = *text;
		reading->count++;
	}
	*text = reading->seen[at].text;
	if (*text)
		*text = arena_copy(reading->arena, *text);
	return 0;
}

static int parse(const struct stat_row *row, const struct stat_source *source, char *text,
		 void *target, struct arena *arena)
{
	uint64_t *number = target;
	int result;

	switch (row->kind) {
	case STAT_NUMBER:
		result = source->key ? stat_keyed(text, source->key, number)
				     : stat_number(text, number);
		if (source->scale)
			*number *= source->scale;
		return result;
	case STAT_SIGNED:
		return stat_signed(text, target);
	case STAT_NUMBERS:
		return stat_numbers(text, source->key, target, arena);
	case STAT_CPUS:
		return stat_cpus(text, target, arena);
	case STAT_COUNTS:
		return stat_counts(text, target, arena);
	case STAT_EVENTS:
		return stat_events(text, target, arena);
	case STAT_PRESSURE:
		return stat_pressure(text, target);
	default:
		return 0;
	}
}

/* The hierarchy that counts for this controller; NULL: only v2 has it. */
static struct cg_hierarchy *hierarchy_for(struct cgroup *cgroup, const char *v1_controller)
{
	return v1_controller ? cg_hierarchy_or_v2(cgroup, v1_controller) : cg_hierarchy_v2(cgroup);
}

static int speak(int result, const struct cg_hierarchy *hierarchy, const char *file)
{
	if (result == -ENOENT || result == -ENODEV)
		return result;
	return fail(result, "read %s in cgroup %s%s", file, hierarchy->mount, hierarchy->path);
}

static int read_row(struct reading *reading, const struct stat_row *row)
{
	struct cg_hierarchy *hierarchy = hierarchy_for(reading->cgroup, row->v1_controller);
	const struct stat_source *source = hierarchy && !hierarchy->v2 ? &row->v1 : &row->v2;
	char *text;
	int dir, result;

	if (!hierarchy || !source->file)
		return 0;
	dir = cg_dir(hierarchy);
	if (dir < 0)
		return dir;
	result = text_of(reading, dir, source->file, &text);
	if (result < 0)
		return speak(result, hierarchy, source->file);
	if (!text)
		return 0;
	result = parse(row, source, text, (char *)reading->stats + row->offset, reading->arena);
	if (result < 0)
		return refuse(result, "%s in cgroup %s%s is not in a form we know", source->file,
			      hierarchy->mount, hierarchy->path);
	return 0;
}

static const struct {
	const char *controller, *what;
	stat_reader *read;
} lists[] = {
	{ "blkio", "what was read and written", stat_read_io },
	{ "hugetlb", "huge pages", stat_read_huge_pages },
	{ "rdma", "rdma.current", stat_read_rdma },
	{ "misc", "misc.current", stat_read_misc },
};

static int read_lists(struct reading *reading)
{
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		struct cg_hierarchy *hierarchy =
			hierarchy_for(reading->cgroup, lists[i].controller);
		int dir = hierarchy ? cg_dir(hierarchy) : -1, result;

		if (!hierarchy)
			continue;
		if (dir < 0)
			return dir;
		result = lists[i].read(dir, hierarchy->v2, reading->stats, reading->arena);
		if (result < 0)
			return speak(result, hierarchy, lists[i].what);
	}
	return 0;
}

/* ---- one shape for both versions ------------------------------------------------------------- */

static uint64_t sum(uint64_t one, uint64_t other)
{
	uint64_t result;

	return __builtin_add_overflow(one, other, &result) ? CG_NO_LIMIT : result;
}

static uint64_t difference(uint64_t one, uint64_t other)
{
	return one > other ? one - other : 0;
}

/* What v1 has for "no limit" is a little less than 2^63: whole pages. */
static const uint64_t v1_no_limit = INT64_MAX / 2;

/* v1 counts memory and swap in one; v2 apart. The highest use of both in one v2 cannot tell. */
static void derive_swap(struct reading *reading)
{
	struct cg_hierarchy *hierarchy = hierarchy_for(reading->cgroup, "memory");
	struct cg_stats *stats = reading->stats;
	const struct cg_memory *memory = &stats->memory.usage;
	struct cg_memory *both = &stats->memory.swap, *swap = &stats->memory.swap_only;

	if (hierarchy && !hierarchy->v2) {
		swap->usage = difference(both->usage, memory->usage);
		swap->failcnt = difference(both->failcnt, memory->failcnt);
		swap->limit = both->limit > v1_no_limit ? both->limit
							: difference(both->limit, memory->limit);
		return;
	}
	both->usage = sum(memory->usage, swap->usage);
	both->limit = sum(memory->limit, swap->limit);
}

/* Where the pids controller is off, the processes can still be counted. */
static int derive_pids(struct reading *reading)
{
	struct cg_stats *stats = reading->stats;
	pid_t *pids;
	ssize_t count;

	if (stats->pids.limit == CG_NO_LIMIT)
		stats->pids.limit = 0;
	if (stats->pids.current)
		return 0;
	count = cg_pids(reading->cgroup, reading->arena, &pids);
	if (count > 0)
		stats->pids.current = (uint64_t)count;
	return count < 0 ? (int)count : 0;
}

int cg_stats(struct cgroup *cgroup, struct cg_stats *stats, struct arena *arena)
{
	struct reading reading = { .cgroup = cgroup, .stats = stats, .arena = arena };
	int result = 0;

	*stats = (struct cg_stats){ 0 };
	for (size_t i = 0; !result && i < cg_stat_row_count; i++)
		result = read_row(&reading, &cg_stat_rows[i]);
	if (!result)
		result = read_lists(&reading);
	if (result < 0)
		return result;
	derive_swap(&reading);
	return derive_pids(&reading);
}
