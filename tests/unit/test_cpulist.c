/* test_cpulist.c -- lists of cpus and nodes. */
#include <criterion/criterion.h>
#include <errno.h>

#include "runtime/base/cpulist.h"

enum { bits = 128 };
static unsigned long mask[cpulist_words(bits)];

Test(cpulist, numbers_and_ranges_become_bits)
{
	cr_assert_eq(cpulist_parse("0-3,7", mask, bits), 5);
	cr_assert_eq(mask[0], 0x8f);
	cr_assert_eq(mask[1], 0);
}

Test(cpulist, bits_beyond_the_first_word_are_reached)
{
	cr_assert_eq(cpulist_parse("63-64,127", mask, bits), 3);
	cr_assert_eq(mask[0], 1ul << 63);
	cr_assert_eq(mask[1], 1ul | 1ul << 63);
}

Test(cpulist, a_number_named_twice_counts_once)
{
	cr_assert_eq(cpulist_parse("1,0-1,1", mask, bits), 2);
	cr_assert_eq(mask[0], 3);
}

Test(cpulist, spaces_and_empty_elements_are_let_pass)
{
	cr_assert_eq(cpulist_parse(" 0 , 2-3 ,,", mask, bits), 3);
	cr_assert_eq(mask[0], 13);
	cr_assert_eq(cpulist_parse("", mask, bits), 0);
	cr_assert_eq(cpulist_parse("  ", mask, bits), 0);
	cr_assert_eq(mask[0], 0);
}

Test(cpulist, anything_else_is_refused)
{
	static const char *const bad[] = { "a",	  "-",	 "1-",	"-1",	 "1-2-3", "0 -3",
					   "1;2", "0x1", "1\n", "0-3:2", "+1",	  "all" };

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		cr_assert_eq(cpulist_parse(bad[i], mask, bits), -EINVAL, "%s", bad[i]);
}

Test(cpulist, numbers_out_of_range_are_told_apart)
{
	cr_assert_eq(cpulist_parse("128", mask, bits), -ERANGE);
	cr_assert_eq(cpulist_parse("0-99999999999999999999", mask, bits), -ERANGE);
	cr_assert_eq(cpulist_parse("3-1", mask, bits), -ERANGE);
}
