/* test_usage.c -- the table of `events --format table`, line by line. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "runtime/usage.h"

static char *text;
static size_t length;
static FILE *out;

static void open_out(void)
{
	out = open_memstream(&text, &length);
}

static void close_out(void)
{
	free(text);
}

TestSuite(usage, .init = open_out, .fini = close_out);

/* Ten years: what this test takes is no part of a percent of it. */
static struct usage_moment long_ago(uint64_t cpu)
{
	struct timespec now;
	const int64_t second = 1000 * 1000 * 1000;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (struct usage_moment){ .cpu = cpu,
				      .at = (now.tv_sec - 1000 * 1000 * 1000) * second };
}

Test(usage, has_units_and_shares)
{
	struct cg_io_entry io[] = { { 8, 0, 1536, "Read" },
				    { 8, 16, 512, "Read" },
				    { 8, 0, UINT64_C(5) << 30, "Write" } };
	struct cg_stats stats = {
		.cpu.total = UINT64_C(750000000) * 1000000000,
		.memory.usage = { .limit = 64 << 20, .usage = 16 << 20 },
		.pids.current = 3,
		.io.bytes = { io, 3 },
	};
	struct usage_moment before = long_ago(UINT64_C(250000000) * 1000000000);

	usage_heading(out);
	usage_line(out, "web", &stats, &before);
	usage_oom(out, "web");
	fclose(out);
	cr_assert_str_eq(
		text,
		"ID                            CPU     MEMORY      LIMIT    USED   PIDS       "
		"READ    WRITTEN\n"
		"web                         50.0%    16.0MiB    64.0MiB   25.0%      3     "
		"2.0KiB     5.0GiB\n"
		"web                      out of memory: a process was killed\n");
	cr_assert_eq(before.cpu, stats.cpu.total);
}

#define LINE                                                                            \
	"web                          0.0%     1.0MiB          -       -      0         " \
	"0B         0B\n"

Test(usage, without_a_limit_has_no_share)
{
	static const uint64_t none[] = { 0, CG_NO_LIMIT, INT64_MAX & ~UINT64_C(4095) };

	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		struct cg_stats stats = { .memory.usage = { .limit = none[i], .usage = 1 << 20 } };
		struct usage_moment before = long_ago(0);

		usage_line(out, "web", &stats, &before);
	}
	fclose(out);
	cr_assert_str_eq(text, LINE LINE LINE);
}
