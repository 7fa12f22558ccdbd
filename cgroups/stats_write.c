/* stats_write.c -- the counters as JSON, laid out as the table's paths say.
 *
 * By runc's rules: most numbers are left out when they are 0, objects are always there (runc 1.3;
 * from 1.4 on it leaves out those with nothing but zeros, and readers take both), pressure only
 * where the kernel has it.
 *
 * Does not read anything. */
#include "cgroups/stats.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "cgroups/stats_row.h"

struct writing {
	FILE *out;
	char open[64]; /* the object we are in: "cpu.usage" */
	bool first;    /* nothing has been written in it */
};

/* Device names are root's, not ours. */
static void put_string(FILE *out, const char *text)
{
	json_t *string = json_string(text);

	if (!string)
		fputs("\"\"", out);
	else
		json_dumpf(string, out, JSON_ENCODE_ANY);
	json_decref(string);
}

static void put_comma(FILE *out, bool *first)
{
	if (!*first)
		putc(',', out);
	*first = false;
}

static void put_number(FILE *out, const char *key, uint64_t value, bool even_zero, bool *first)
{
	if (!value && !even_zero)
		return;
	put_comma(out, first);
	fprintf(out, "\"%s\":%" PRIu64, key, value);
}

/* ---- kinds ----------------------------------------------------------------------------------- */

static void put_numbers(FILE *out, const struct cg_numbers *numbers)
{
	for (size_t i = 0; i < numbers->count; i++)
		fprintf(out, "%s%" PRIu64, i ? "," : "[", numbers->at[i]);
	putc(']', out);
}

static void put_counts(FILE *out, const struct cg_counts *counts)
{
	for (size_t i = 0; i < counts->count; i++) {
		putc(i ? ',' : '{', out);
		put_string(out, counts->at[i].key);
		fprintf(out, ":%" PRIu64, counts->at[i].value);
	}
	putc('}', out);
}

/* 0, 12.5, 12.34: the shortest form, as Go has it. */
static void put_percent(FILE *out, const char *key, unsigned hundredths)
{
	unsigned rest = hundredths % 100;

	fprintf(out, "\"%s\":%u", key, hundredths / 100);
	if (rest % 10)
		fprintf(out, ".%02u", rest);
	else if (rest)
		fprintf(out, ".%u", rest / 10);
	putc(',', out);
}

static void put_stall(FILE *out, const char *key, const struct cg_stall *stall)
{
	fprintf(out, "\"%s\":{", key);
	put_percent(out, "avg10", stall->avg10);
	put_percent(out, "avg60", stall->avg60);
	put_percent(out, "avg300", stall->avg300);
	fprintf(out, "\"total\":%" PRIu64 "}", stall->total);
}

static void put_pressure(FILE *out, const struct cg_pressure *pressure)
{
	putc('{', out);
	put_stall(out, "some", &pressure->some);
	putc(',', out);
	put_stall(out, "full", &pressure->full);
	putc('}', out);
}

static void put_io(FILE *out, const struct cg_io *io)
{
	for (size_t i = 0; i < io->count; i++) {
		const struct cg_io_entry *entry = &io->at[i];
		bool first = true;

		fputs(i ? ",{" : "[{", out);
		put_number(out, "major", entry->major, false, &first);
		put_number(out, "minor", entry->minor, false, &first);
		if (entry->op) {
			put_comma(out, &first);
			fputs("\"op\":", out);
			put_string(out, entry->op);
		}
		put_number(out, "value", entry->value, false, &first);
		putc('}', out);
	}
	putc(']', out);
}

static void put_huge_pages(FILE *out, const struct cg_huge_pages *pages)
{
	putc('{', out);
	for (size_t i = 0; i < pages->count; i++) {
		const struct cg_huge_page *page = &pages->at[i];
		bool first = true;

		if (i)
			putc(',', out);
		put_string(out, page->size);
		fputs(":{", out);
		put_number(out, "usage", page->usage, false, &first);
		put_number(out, "max", page->max, false, &first);
		put_number(out, "failcnt", page->failcnt, true, &first);
		put_number(out, "faulted", page->faulted, false, &first);
		putc('}', out);
	}
	putc('}', out);
}

static void put_rdma(FILE *out, const struct cg_rdma *rdma)
{
	for (size_t i = 0; i < rdma->count; i++) {
		bool first = false;

		fputs(i ? ",{\"device\":" : "[{\"device\":", out);
		put_string(out, rdma->at[i].device);
		put_number(out, "hca_handles", rdma->at[i].handles, false, &first);
		put_number(out, "hca_objects", rdma->at[i].objects, false, &first);
		putc('}', out);
	}
	putc(']', out);
}

static void put_misc(FILE *out, const struct cg_misc *misc)
{
	for (size_t i = 0; i < misc->count; i++) {
		bool first = true;

		putc(i ? ',' : '{', out);
		put_string(out, misc->at[i].name);
		fputs(":{", out);
		put_number(out, "usage", misc->at[i].usage, false, &first);
		put_number(out, "events", misc->at[i].events, false, &first);
		putc('}', out);
	}
	putc('}', out);
}

/* ---- rows ------------------------------------------------------------------------------------ */

static bool is_left_out(const struct stat_row *row, const void *value)
{
	switch (row->kind) {
	case STAT_NUMBER:
	case STAT_SIGNED:
		return !row->even_zero && !*(const uint64_t *)value;
	case STAT_PRESSURE:
		return !((const struct cg_pressure *)value)->known;
	case STAT_NUMBERS:
	case STAT_CPUS:
		return !((const struct cg_numbers *)value)->count;
	case STAT_COUNTS:
	case STAT_EVENTS:
		return !((const struct cg_counts *)value)->count;
	case STAT_IO:
		return !((const struct cg_io *)value)->count;
	case STAT_RDMA:
		return !((const struct cg_rdma *)value)->count;
	case STAT_MISC:
		return !((const struct cg_misc *)value)->count;
	default:
		return false;
	}
}

static void put_value(FILE *out, enum stat_kind kind, const void *value)
{
	const char *const *object = value;

	switch (kind) {
	case STAT_NUMBER:
		fprintf(out, "%" PRIu64, *(const uint64_t *)value);
		return;
	case STAT_SIGNED:
		fprintf(out, "%" PRId64, *(const int64_t *)value);
		return;
	case STAT_NUMBERS:
	case STAT_CPUS:
		put_numbers(out, value);
		return;
	case STAT_COUNTS:
	case STAT_EVENTS:
		put_counts(out, value);
		return;
	case STAT_PRESSURE:
		put_pressure(out, value);
		return;
	case STAT_IO:
		put_io(out, value);
		return;
	case STAT_HUGE:
		put_huge_pages(out, value);
		return;
	case STAT_RDMA:
		put_rdma(out, value);
		return;
	case STAT_MISC:
		put_misc(out, value);
		return;
	case STAT_OBJECT:
		fputs(*object ? *object : "{}", out);
		return;
	case STAT_NULL:
		fputs("null", out);
		return;
	}
}

/* ---- objects --------------------------------------------------------------------------------- */

/* How much of both paths is the same, in whole members; `one` is an object. */
static size_t common(const char *one, const char *other)
{
	size_t same = 0;

	for (size_t i = 0;; i++) {
		if ((!one[i] || one[i] == '.') && (other[i] == '.'))
			same = i;
		if (!one[i] || one[i] != other[i])
			return same;
	}
}

static void close_to(struct writing *writing, size_t length)
{
	while (strlen(writing->open) > length) {
		char *dot = strrchr(writing->open, '.');

		putc('}', writing->out);
		*(dot ? dot : writing->open) = '\0';
		writing->first = false;
	}
}

/* Closes and opens objects until we are in that of `path`; the last member's name is returned. */
static const char *enter(struct writing *writing, const char *path)
{
	size_t length = common(writing->open, path);
	const char *last = strrchr(path, '.');

	close_to(writing, length);
	for (const char *at = path + length; last && at < last;) {
		const char *name = at + (*at == '.'), *end = strchr(name, '.');

		put_comma(writing->out, &writing->first);
		fprintf(writing->out, "\"%.*s\":{", (int)(end - name), name);
		snprintf(writing->open, sizeof writing->open, "%.*s", (int)(end - path), path);
		writing->first = true;
		at = end;
	}
	return last ? last + 1 : path;
}

void cg_stats_write(const struct cg_stats *stats, FILE *out)
{
	struct writing writing = { .out = out, .first = true };

	putc('{', out);
	for (size_t i = 0; i < cg_stat_row_count; i++) {
		const struct stat_row *row = &cg_stat_rows[i];
		const void *value = (const char *)stats + row->offset;
		const char *name = enter(&writing, row->path);

		if (is_left_out(row, value))
			continue;
		put_comma(out, &writing.first);
		fprintf(out, "\"%s\":", name);
		put_value(out, row->kind, value);
	}
	close_to(&writing, 0);
	putc('}', out);
}
