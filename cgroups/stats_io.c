/* stats_io.c -- what a cgroup has read from and written to block devices.
 *
 * v1 has a file per kind, and which files there are depends on the I/O schedulers: those of bfq
 * (all of them, or without CONFIG_BFQ_CGROUP_DEBUG only two), of cfq (kernels before 5.0), of the
 * throttling layer. As in runc, the first set whose first file says anything is the one. v2 has
 * io.stat, whose numbers go to where v1 has them.
 *
 * Does not know pressure: that is a row of the table. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cgroups/stats_row.h"
#include "runtime/base/decimal.h"

static void add_entry(struct cg_io *io, const struct cg_io_entry *entry, struct arena *arena)
{
	/* Room is made at 0, 8, 16, 32, ... entries. */
	bool full = io->count == 0 || (io->count >= 8 && !(io->count & (io->count - 1)));

	if (full) {
		struct cg_io_entry *larger =
			arena_array(arena, io->count ? io->count * 2 : 8, sizeof *larger);

		if (io->count)
			memcpy(larger, io->at, io->count * sizeof *larger);
		io->at = larger;
	}
	io->at[io->count++] = *entry;
}

/* "8:16" */
static int read_device(const char *word, struct cg_io_entry *entry)
{
	const char *colon = word ? strchr(word, ':') : NULL;

	if (!colon || decimal_span(word, (size_t)(colon - word), UINT64_MAX, &entry->major) ||
	    decimal_parse(colon + 1, UINT64_MAX, &entry->minor))
		return -EINVAL;
	return 0;
}

int stat_blkio(char *text, struct cg_io *io, struct arena *arena)
{
	*io = (struct cg_io){ 0 };
	for (char *line; (line = stat_line(&text));) {
		struct cg_io_entry entry = { 0 };
		const char *device = stat_word(&line);
		char *one = stat_word(&line), *other = stat_word(&line);

		if (device && !strcmp(device, "Total") && one && !other)
			continue;
		if (!one || read_device(device, &entry) ||
		    stat_number(other ? other : one, &entry.value))
			return -EINVAL;
		entry.op = other ? one : NULL;
		add_entry(io, &entry, arena);
	}
	return 0;
}

#define IO(member) offsetof(struct cg_stats, io.member)

static const struct {
	const char *key, *op;
	size_t offset;
} io_stat_keys[] = {
	{ "rbytes", "Read", IO(bytes) },
	{ "wbytes", "Write", IO(bytes) },
	{ "rios", "Read", IO(serviced) },
	{ "wios", "Write", IO(serviced) },
	{ "dbytes", "Discard", IO(discarded_bytes) },
	{ "dios", "Discard", IO(discards) },
	{ "cost.usage", "Count", IO(cost_usage) },
	{ "cost.wait", "Count", IO(cost_wait) },
	{ "cost.indebt", "Count", IO(cost_indebt) },
	{ "cost.indelay", "Count", IO(cost_indelay) },
};

static int read_pair(char *pair, struct cg_io_entry *entry, struct cg_stats *stats,
		     struct arena *arena)
{
	const char *key = strsep(&pair, "=");

	for (size_t i = 0; pair && i < sizeof io_stat_keys / sizeof *io_stat_keys; i++) {
		if (strcmp(key, io_stat_keys[i].key) != 0)
			continue;
		if (stat_number(pair, &entry->value))
			return -EINVAL;
		entry->op = io_stat_keys[i].op;
		add_entry((struct cg_io *)((char *)stats + io_stat_keys[i].offset), entry, arena);
	}
	return 0;
}

int stat_io(char *text, struct cg_stats *stats, struct arena *arena)
{
	int result = 0;

	for (char *line; !result && (line = stat_line(&text));) {
		struct cg_io_entry entry = { 0 };

		result = read_device(stat_word(&line), &entry);
		for (char *pair; !result && (pair = stat_word(&line));)
			result = read_pair(pair, &entry, stats, arena);
	}
	return result;
}

/* ---- v1 -------------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	size_t offset;
} v1_kinds[] = {
	{ "sectors_recursive", IO(sectors) },
	{ "io_service_time_recursive", IO(service_time) },
	{ "io_wait_time_recursive", IO(wait_time) },
	{ "io_merged_recursive", IO(merged) },
	{ "io_queued_recursive", IO(queued) },
	{ "time_recursive", IO(time) },
	{ "io_serviced_recursive", IO(serviced) },
	{ "io_service_bytes_recursive", IO(bytes) },
	{ "io_serviced", IO(serviced) },
	{ "io_service_bytes", IO(bytes) },
};

static const struct {
	const char *prefix;
	size_t first, count; /* of v1_kinds */
} v1_sets[] = {
	{ "blkio.bfq.", 0, 8 },      { "blkio.bfq.", 6, 2 },      { "blkio.", 0, 8 },
	{ "blkio.throttle.", 6, 2 }, { "blkio.throttle.", 8, 2 },
};

/* Whether the file says anything. */
static int read_kind(int dir, const char *prefix, size_t kind, struct cg_stats *stats,
		     struct arena *arena)
{
	struct cg_io *io = (struct cg_io *)((char *)stats + v1_kinds[kind].offset);
	char file[64], *text;
	int result;

	snprintf(file, sizeof file, "%s%s", prefix, v1_kinds[kind].name);
	result = stat_text(dir, file, &text, arena);
	if (result < 0 || !text)
		return result;
	result = stat_blkio(text, io, arena);
	return result < 0 ? result : io->count > 0;
}

int stat_read_io(int dir, bool v2, struct cg_stats *stats, struct arena *arena)
{
	const size_t sets = sizeof v1_sets / sizeof *v1_sets;
	int found = 0, result;
	char *text;

	if (v2) {
		result = stat_text(dir, "io.stat", &text, arena);
		return result < 0 || !text ? result : stat_io(text, stats, arena);
	}
	for (size_t set = 0; !found && set < sets; set++) {
		size_t first = v1_sets[set].first;

		found = read_kind(dir, v1_sets[set].prefix, first, stats, arena);
		for (size_t i = 1; found > 0 && i < v1_sets[set].count; i++) {
			result = read_kind(dir, v1_sets[set].prefix, first + i, stats, arena);
			found = result < 0 ? result : found;
		}
	}
	return found < 0 ? found : 0;
}
