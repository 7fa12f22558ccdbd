/* test_decimal.c -- which strings are numbers, and which only look like some. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdint.h>

#include "runtime/base/decimal.h"

Test(decimal, digits_are_a_number)
{
	uint64_t value = 99;

	cr_assert_eq(decimal_parse("0", 10, &value), 0);
	cr_assert_eq(value, 0);
	cr_assert_eq(decimal_parse("010", 10, &value), 0);
	cr_assert_eq(value, 10);
	cr_assert_eq(decimal_parse("18446744073709551615", UINT64_MAX, &value), 0);
	cr_assert_eq(value, UINT64_MAX);
}

Test(decimal, nothing_else_is)
{
	static const char *const bad[] = { "",	   "-1",  "+1", " 1",  "1 ",
					   "0x10", "1e3", "1.", "1\n", "99999999999999999999x" };
	uint64_t value = 7;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		cr_assert_eq(decimal_parse(bad[i], UINT64_MAX, &value), -EINVAL, "%s", bad[i]);
	cr_assert_eq(value, 7);
}

Test(decimal, a_number_above_the_limit_is_told_apart)
{
	uint64_t value = 7;

	cr_assert_eq(decimal_parse("11", 10, &value), -ERANGE);
	cr_assert_eq(decimal_parse("18446744073709551616", UINT64_MAX, &value), -ERANGE);
	cr_assert_eq(decimal_parse("36893488147419103232", UINT64_MAX, &value), -ERANGE);
	cr_assert_eq(value, 7);
}
