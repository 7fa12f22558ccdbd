/* test_duration.c -- spans of time as Go reads them. */
#include <criterion/criterion.h>
#include <errno.h>

#include "runtime/duration.h"

static void check(const char *text, int64_t wanted)
{
	int64_t value = -7;

	cr_expect_eq(duration_parse(text, &value), 0, "%s", text);
	cr_expect_eq(value, wanted, "%s: %jd", text, (intmax_t)value);
}

Test(duration, is_numbers_with_units)
{
	check("5s", INT64_C(5000000000));
	check("500ms", 500000000);
	check("1.5s", 1500000000);
	check(".5s", 500000000);
	check("1.s", 1000000000);
	check("1h15m30.918273645s", INT64_C(4530918273645));
	check("2us", 2000);
	check("2\u00b5s", 2000);
	check("2\u03bcs", 2000);
	check("3ns", 3);
	check("0", 0);
	check("-0", 0);
	check("+1m", INT64_C(60000000000));
	check("-1m", INT64_C(-60000000000));
	check("1.23456789012345678901234567890s", 1234567890);
	check("0.3333333333333333333h", INT64_C(1199999999999));
	check("0.1h", INT64_C(360000000000));
	check("2562047h", INT64_C(9223369200000000000));
}

Test(duration, is_nothing_else)
{
	static const char *const bad[] = { "",    "5",   "abc", "-",    "+",    "1.5h3x", "s",  ".s",
					   "1 s", " 1s", "1s ", "1e3s", "--1s", "1d",     "00", "1.2.3s" };
	int64_t value = -7;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		cr_expect_eq(duration_parse(bad[i], &value), -EINVAL, "%s", bad[i]);
	cr_expect_eq(duration_parse("99999999999h", &value), -ERANGE);
	cr_expect_eq(duration_parse("2562047h2000h", &value), -ERANGE);
	cr_expect_eq(duration_parse("99999999999999999999s", &value), -ERANGE);
	cr_expect_eq(value, -7);
}
