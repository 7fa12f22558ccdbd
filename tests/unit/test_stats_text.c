/* test_stats_text.c -- every format of a cgroup's files, as kernels write them and as they must not. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "cgroups/stats_row.h"

static struct arena arena;

static char *text(const char *given)
{
	return arena_copy(&arena, given);
}

static uint64_t number(const char *given)
{
	uint64_t value = 7;

	cr_assert_eq(stat_number(given, &value), 0, "%s", given);
	return value;
}

Test(stats_text, a_number_may_be_max_or_for_a_moment_negative)
{
	uint64_t value;

	cr_assert_eq(number("0\n"), 0);
	cr_assert_eq(number("18446744073709551614"), UINT64_MAX - 1);
	cr_assert_eq(number("max\n"), CG_NO_LIMIT);
	cr_assert_eq(number("-4096\n"), 0);
	cr_assert_eq(stat_number("", &value), -EINVAL);
	cr_assert_eq(stat_number("-", &value), -EINVAL);
	cr_assert_eq(stat_number("12 34", &value), -EINVAL);
	cr_assert_eq(stat_number("maximum", &value), -EINVAL);
	cr_assert_eq(stat_number("18446744073709551616", &value), -EINVAL);
}

Test(stats_text, a_signed_number_keeps_its_sign)
{
	int64_t value;

	cr_assert_eq(stat_signed("-1\n", &value), 0);
	cr_assert_eq(value, -1);
	cr_assert_eq(stat_signed("5\n", &value), 0);
	cr_assert_eq(value, 5);
	cr_assert_eq(stat_signed("--1\n", &value), -EINVAL);
}

Test(stats_text, a_key_is_a_whole_word)
{
	static const char file[] = "nr_periods_x 1\nnr_periods 25\nnr_throttled 23\n";
	uint64_t value = 7;

	cr_assert_eq(stat_keyed(file, "nr_periods", &value), 0);
	cr_assert_eq(value, 25);
	cr_assert_eq(stat_keyed(file, "nr_throttled", &value), 0);
	cr_assert_eq(value, 23);
	cr_assert_eq(stat_keyed(file, "throttled", &value), 0);
	cr_assert_eq(value, 0);
	cr_assert_eq(stat_keyed("a b\n", "a", &value), -EINVAL);
}

Test(stats_text, a_flat_keyed_file_is_sorted)
{
	struct cg_counts counts;

	cr_assert_eq(stat_counts(text("rss 2\ncache 1\n\nswap -3\n"), &counts, &arena), 0);
	cr_assert_eq(counts.count, 3);
	cr_assert_str_eq(counts.at[0].key, "cache");
	cr_assert_eq(counts.at[0].value, 1);
	cr_assert_str_eq(counts.at[1].key, "rss");
	cr_assert_eq(counts.at[2].value, 0);
	cr_assert_eq(stat_counts(text(""), &counts, &arena), 0);
	cr_assert_eq(counts.count, 0);
	cr_assert_eq(stat_counts(text("lonely\n"), &counts, &arena), -EINVAL);
	cr_assert_eq(stat_counts(text("a b\n"), &counts, &arena), -EINVAL);
}

static void check_numbers(const struct cg_numbers *numbers, size_t count, ...)
{
	va_list wanted;

	cr_assert_eq(numbers->count, count);
	va_start(wanted, count);
	for (size_t i = 0; i < count; i++)
		cr_expect_eq(numbers->at[i], (uint64_t)va_arg(wanted, int), "at %zu", i);
	va_end(wanted);
}

Test(stats_text, numbers_stand_in_a_line_or_in_a_column)
{
	static const char table[] = "cpu user system\n0 10 20\n1 11 21\n";
	struct cg_numbers numbers;

	cr_assert_eq(stat_numbers(text("1 22 333 \n"), NULL, &numbers, &arena), 0);
	check_numbers(&numbers, 3, 1, 22, 333);
	cr_assert_eq(stat_numbers(text("\n"), NULL, &numbers, &arena), 0);
	check_numbers(&numbers, 0);
	cr_assert_eq(stat_numbers(text(table), "user", &numbers, &arena), 0);
	check_numbers(&numbers, 2, 10, 11);
	cr_assert_eq(stat_numbers(text(table), "system", &numbers, &arena), 0);
	check_numbers(&numbers, 2, 20, 21);
	cr_assert_eq(stat_numbers(text(table), "idle", &numbers, &arena), -EINVAL);
	cr_assert_eq(stat_numbers(text("cpu user\n0\n"), "user", &numbers, &arena), -EINVAL);
	cr_assert_eq(stat_numbers(text("1 x\n"), NULL, &numbers, &arena), -EINVAL);
}

Test(stats_text, a_list_of_cpus_is_counted_out)
{
	struct cg_numbers numbers;

	cr_assert_eq(stat_cpus(text("0-2,7\n"), &numbers, &arena), 0);
	check_numbers(&numbers, 4, 0, 1, 2, 7);
	cr_assert_eq(stat_cpus(text("\n"), &numbers, &arena), 0);
	check_numbers(&numbers, 0);
	cr_assert_eq(stat_cpus(text("2-0\n"), &numbers, &arena), -EINVAL);
	cr_assert_eq(stat_cpus(text("65536\n"), &numbers, &arena), -EINVAL);
}

Test(stats_text, pressure_is_in_hundredths_of_a_percent)
{
	struct cg_pressure pressure = { 0 };

	cr_assert_eq(stat_pressure(text("some avg10=36.62 avg60=0.05 avg300=100.00 total=12345\n"
					"full avg10=0.00 avg60=0.00 avg300=1.10 total=6\n"),
				   &pressure),
		     0);
	cr_assert(pressure.known);
	cr_expect_eq(pressure.some.avg10, 3662);
	cr_expect_eq(pressure.some.avg60, 5);
	cr_expect_eq(pressure.some.avg300, 10000);
	cr_expect_eq(pressure.some.total, 12345);
	cr_expect_eq(pressure.full.avg300, 110);
	cr_expect_eq(pressure.full.total, 6);
}

Test(stats_text, pressure_in_another_form_is_refused)
{
	static const char *const bad[] = { "some avg10=1 total=0\n", "some avg10=1.234\n",
					   "full avg60=x.00\n", "some total=\n" };

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct cg_pressure pressure = { 0 };

		cr_expect_eq(stat_pressure(text(bad[i]), &pressure), -EINVAL, "%s", bad[i]);
		cr_expect_not(pressure.known);
	}
}

static void check_entry(const struct cg_io *io, size_t at, unsigned major, unsigned minor,
			const char *op, uint64_t value)
{
	cr_assert_lt(at, io->count);
	cr_expect_eq(io->at[at].major, major);
	cr_expect_eq(io->at[at].minor, minor);
	if (op)
		cr_expect_str_eq(io->at[at].op, op);
	else
		cr_expect_null(io->at[at].op);
	cr_expect_eq(io->at[at].value, value);
}

Test(stats_text, blkio_has_a_line_for_each_device_and_operation)
{
	struct cg_io io;

	cr_assert_eq(stat_blkio(text("8:0 Read 4096\n8:0 Write 0\n253:1 17\nTotal 4096\n"), &io,
				&arena),
		     0);
	cr_assert_eq(io.count, 3);
	check_entry(&io, 0, 8, 0, "Read", 4096);
	check_entry(&io, 1, 8, 0, "Write", 0);
	check_entry(&io, 2, 253, 1, NULL, 17);
	cr_assert_eq(stat_blkio(text(""), &io, &arena), 0);
	cr_assert_eq(io.count, 0);
	cr_assert_eq(stat_blkio(text("8:0\n"), &io, &arena), -EINVAL);
	cr_assert_eq(stat_blkio(text("8 0 1\n"), &io, &arena), -EINVAL);
}

Test(stats_text, io_stat_goes_to_the_tables_of_v1)
{
	struct cg_stats stats = { 0 };

	cr_assert_eq(stat_io(text("8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6 "
				  "cost.usage=7 new=x\n8:16 rbytes=8\n9:0\n"),
			     &stats, &arena),
		     0);
	cr_assert_eq(stats.io.bytes.count, 3);
	check_entry(&stats.io.bytes, 0, 8, 0, "Read", 1);
	check_entry(&stats.io.bytes, 1, 8, 0, "Write", 2);
	check_entry(&stats.io.bytes, 2, 8, 16, "Read", 8);
	check_entry(&stats.io.serviced, 1, 8, 0, "Write", 4);
	check_entry(&stats.io.discarded_bytes, 0, 8, 0, "Discard", 5);
	check_entry(&stats.io.discards, 0, 8, 0, "Discard", 6);
	check_entry(&stats.io.cost_usage, 0, 8, 0, "Count", 7);
	cr_assert_eq(stat_io(text("8:0 rbytes=x\n"), &stats, &arena), -EINVAL);
	cr_assert_eq(stat_io(text("(unknown) rbytes=1\n"), &stats, &arena), -EINVAL);
}

Test(stats_text, more_devices_than_there_was_room_for_are_kept)
{
	struct cg_stats stats = { 0 };
	char *line = text("");

	for (unsigned i = 0; i < 40; i++)
		line = arena_format(&arena, "%s8:%u rbytes=%u\n", line, i, i * 10);
	cr_assert_eq(stat_io(line, &stats, &arena), 0);
	cr_assert_eq(stats.io.bytes.count, 40);
	for (unsigned i = 0; i < 40; i++)
		check_entry(&stats.io.bytes, i, 8, i, "Read", i * 10);
}

Test(stats_text, rdma_counts_by_device)
{
	struct cg_rdma rdma = { 0 };

	cr_assert_eq(stat_rdma(text("mlx4_0 hca_handle=2 hca_object=2000\nocrdma1 hca_handle=3 "
				    "hca_object=max\n"),
			       &rdma, &arena),
		     0);
	cr_assert_eq(rdma.count, 2);
	cr_expect_str_eq(rdma.at[0].device, "mlx4_0");
	cr_expect_eq(rdma.at[0].handles, 2);
	cr_expect_eq(rdma.at[0].objects, 2000);
	cr_expect_eq(rdma.at[1].objects, CG_NO_LIMIT);
	cr_assert_eq(stat_rdma(text("mlx4_0 hca_handle=x\n"), &rdma, &arena), -EINVAL);
}

Test(stats_text, misc_has_usage_and_events_by_name)
{
	struct cg_misc misc = { 0 };

	cr_assert_eq(stat_misc(text("sev 3\nsev_es 0\n"), text("sev.max 2\nother.max 9\n"), &misc,
			       &arena),
		     0);
	cr_assert_eq(misc.count, 2);
	cr_expect_str_eq(misc.at[0].name, "sev");
	cr_expect_eq(misc.at[0].usage, 3);
	cr_expect_eq(misc.at[0].events, 2);
	cr_expect_eq(misc.at[1].events, 0);
	misc = (struct cg_misc){ 0 };
	cr_assert_eq(stat_misc(NULL, NULL, &misc, &arena), 0);
	cr_assert_eq(misc.count, 0);
}
