/* test_environment.c -- lists of "NAME=value". */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "runtime/environment.h"

static const char *once(const char *const *words, size_t count)
{
	static char text[256];
	struct arena arena = { 0 };
	struct strings env = { (char **)words, count }, made = env_once(&env, &arena);

	text[0] = '\0';
	for (size_t i = 0; i < made.count; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s ", made.at[i]);
	cr_assert_null(made.at[made.count]);
	arena_free(&arena);
	return text;
}

Test(environment, the_last_value_of_a_name_is_its_only_one)
{
	const char *words[] = { "A=1", "B=2", "A=3", "AB=4", "A=5", "B=" };

	cr_expect_str_eq(once(words, 6), "AB=4 A=5 B= ");
	cr_expect_str_eq(once(words, 2), "A=1 B=2 ");
	cr_expect_str_eq(once(words, 0), "");
}

Test(environment, what_is_no_variable_stays)
{
	const char *words[] = { "A", "A", "A=1", "=x" };

	cr_expect_str_eq(once(words, 4), "A A A=1 =x ");
}

Test(environment, a_name_is_found_whole)
{
	char path[] = "PATH=/bin", *at[] = { path };
	struct strings env = { at, 1 };

	cr_expect(env_has(&env, "PATH"));
	cr_expect_not(env_has(&env, "PAT"));
	cr_expect_not(env_has(&env, "PATH=/bin"));
}
