/* usage.c -- what containers use, as a table for people: `events --format table`.
 *
 * A line is printed when it is known, so the widths are fixed. Bytes are in binary units.
 *
 * Does not read anything but the clock. */
#include "runtime/usage.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

/* Between what v1 has as "no limit" (the last page of 2^63 bytes) and any memory there is. */
static const uint64_t no_limit = UINT64_C(1) << 60;
static const int64_t second = 1000 * 1000 * 1000;

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_BOOTTIME, &time);
	return time.tv_sec * second + time.tv_nsec;
}

struct usage_moment usage_start(uint64_t ticks)
{
	int64_t tick = second / sysconf(_SC_CLK_TCK);

	return (struct usage_moment){ .cpu = 0, .at = (int64_t)ticks * tick };
}

struct cell {
	char text[16];
};

static struct cell bytes(uint64_t count)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	struct cell cell;
	double value = (double)count;
	size_t unit = 0;

	for (; value >= 1024; unit++)
		value /= 1024;
	snprintf(cell.text, sizeof cell.text, unit && value < 100 ? "%.1f%s" : "%.0f%s", value,
		 units[unit]);
	return cell;
}

static struct cell percent(double part, double whole)
{
	struct cell cell = { "-" };

	if (whole > 0)
		snprintf(cell.text, sizeof cell.text, "%.1f%%", 100 * part / whole);
	return cell;
}

/* Devices on top of others count twice, as everywhere. */
static uint64_t transferred(const struct cg_io *io, const char *op)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < io->count; i++) {
		if (io->at[i].op && !strcmp(io->at[i].op, op))
			sum += io->at[i].value;
	}
	return sum;
}

void usage_heading(FILE *out)
{
	fprintf(out, "%-24s %8s %10s %10s %7s %6s %10s %10s\n", "ID", "CPU", "MEMORY", "LIMIT",
		"USED", "PIDS", "READ", "WRITTEN");
}

void usage_line(FILE *out, const char *id, const struct cg_stats *stats,
		struct usage_moment *before)
{
	const struct cg_memory *memory = &stats->memory.usage;
	struct usage_moment moment = { .cpu = stats->cpu.total, .at = now() };
	bool limited = memory->limit && memory->limit < no_limit;
	uint64_t busy = moment.cpu > before->cpu ? moment.cpu - before->cpu : 0;

	fprintf(out, "%-24s %8s %10s %10s %7s %6ju %10s %10s\n", id,
		percent((double)busy, (double)(moment.at - before->at)).text,
		bytes(memory->usage).text, limited ? bytes(memory->limit).text : "-",
		percent((double)memory->usage, limited ? (double)memory->limit : 0).text,
		(uintmax_t)stats->pids.current, bytes(transferred(&stats->io.bytes, "Read")).text,
		bytes(transferred(&stats->io.bytes, "Write")).text);
	*before = moment;
}

void usage_oom(FILE *out, const char *id)
{
	fprintf(out, "%-24s out of memory: a process was killed\n", id);
}
