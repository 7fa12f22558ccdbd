/* test_options.c -- the table of mount options. */
#include <criterion/criterion.h>
#include <string.h>

#include "specs/options.h"

Test(options, mount_options_are_sorted_so_that_they_are_found)
{
	for (const struct spec_mount_option *option = spec_mount_options; option->name; option++) {
		cr_expect_eq(spec_mount_option(option->name), option, "%s", option->name);
		cr_expect(!option[1].name || strcmp(option->name, option[1].name) < 0);
	}
	cr_assert_null(spec_mount_option("size=64k"));
	cr_assert_null(spec_mount_option(""));
}

Test(options, a_recursive_option_says_the_same_as_its_plain_one)
{
	for (const struct spec_mount_option *option = spec_mount_options; option->name; option++) {
		const struct spec_mount_option *plain = spec_mount_option(option->name + 1);

		if (!option->recursive)
			continue;
		cr_assert_not_null(plain, "%s", option->name);
		cr_expect_eq(option->kind, plain->kind, "%s", option->name);
		cr_expect_eq(option->flag, plain->flag, "%s", option->name);
		cr_expect_eq(option->attr_set, plain->attr_set, "%s", option->name);
		cr_expect_eq(option->attr_clear, plain->attr_clear, "%s", option->name);
		cr_expect_eq(option->clears, plain->clears, "%s", option->name);
	}
}
