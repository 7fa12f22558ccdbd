/* trace.c -- when each row of the list began and ended, on which side. See trace.h.
 *
 * CLOCK_MONOTONIC is per time namespace: the inside of a new one would stamp shifted times, so
 * stamps are CLOCK_REALTIME's steadier sibling that namespaces leave alone, CLOCK_MONOTONIC_RAW
 * apart (time_namespaces(7) shifts that one too): CLOCK_TAI. */
#include "runtime/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

struct stamp {
	int64_t began, ended; /* nanoseconds; 0: never */
};

struct trace {
	int64_t start;
	struct stamp rows[steps_at_most];
};

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_TAI, &time);
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

struct trace *trace_new(void)
{
	struct trace *trace = mmap(NULL, sizeof *trace, PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (trace == MAP_FAILED)
		return NULL;
	trace->start = now();
	return trace;
}

void trace_begin(struct trace *trace, size_t row, enum side side)
{
	(void)side;
	if (trace)
		trace->rows[row].began = now();
}

void trace_end(struct trace *trace, size_t row, enum side side)
{
	(void)side;
	if (trace)
		trace->rows[row].ended = now();
}

static const char *side_name(enum side side)
{
	return side == HOST ? "host" : "inside";
}

static int write_table(FILE *out, const struct trace *trace, const struct step_list *list)
{
	fprintf(out, "%-20s %-7s %9s %9s  %s\n", "STEP", "SIDE", "START ms", "TOOK ms", "WHY");
	for (size_t i = 0; i < list->count; i++) {
		const struct step *row = &list->rows[i];
		const struct stamp *stamp = &trace->rows[i];

		if (!stamp->began)
			continue;
		fprintf(out, "%-20s %-7s %9.3f ", row->name, side_name(row->side),
			(double)(stamp->began - trace->start) / 1e6);
		if (stamp->ended)
			fprintf(out, "%9.3f", (double)(stamp->ended - stamp->began) / 1e6);
		else
			fprintf(out, "%9s", "-");
		fprintf(out, "  %s\n", row->why);
	}
	return fflush(out) ? -errno : 0;
}

/* The "complete" events of the Trace Event Format: one thread a side, times in microseconds. */
static json_t *chrome_event(const struct step *row, const struct stamp *stamp, int64_t start)
{
	int64_t ended = stamp->ended ? stamp->ended : stamp->began;

	return json_pack("{s:s, s:s, s:s, s:f, s:f, s:i, s:i, s:{s:s}}", "name", row->name, "cat",
			 side_name(row->side), "ph", "X", "ts",
			 (double)(stamp->began - start) / 1e3, "dur",
			 (double)(ended - stamp->began) / 1e3, "pid", 1, "tid",
			 row->side == HOST ? 1 : 2, "args", "why", row->why);
}

static json_t *chrome_thread(enum side side)
{
	return json_pack("{s:s, s:s, s:i, s:i, s:{s:s}}", "name", "thread_name", "ph", "M", "pid",
			 1, "tid", side == HOST ? 1 : 2, "args", "name", side_name(side));
}

static int write_chrome(FILE *out, const struct trace *trace, const struct step_list *list)
{
	json_t *events = json_array(), *document;
	int result;

	json_array_append_new(events, chrome_thread(HOST));
	json_array_append_new(events, chrome_thread(INSIDE));
	for (size_t i = 0; i < list->count; i++) {
		if (trace->rows[i].began)
			json_array_append_new(events, chrome_event(&list->rows[i], &trace->rows[i],
								   trace->start));
	}
	document = json_pack("{s:o, s:s}", "traceEvents", events, "displayTimeUnit", "ms");
	result = json_dumpf(document, out, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
	json_decref(document);
	fputc('\n', out);
	return result || fflush(out) ? -EIO : 0;
}

int trace_write(const struct trace *trace, const struct step_list *list, const char *format,
		const char *path)
{
	FILE *out = path ? fopen(path, "we") : stderr;
	int result;

	if (!out)
		return fail(errno, "open the trace file %s", path);
	if (!strcmp(format, "json"))
		result = write_chrome(out, trace, list);
	else
		result = write_table(out, trace, list);
	if (path)
		fclose(out);
	return result ? fail(result, "write the trace") : 0;
}
