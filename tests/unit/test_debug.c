/* test_debug.c -- lines for who looks for a mistake, and their absence. */
#include <criterion/criterion.h>
#include <string.h>

#include "runtime/base/debug.h"

static char heard[1024];
static unsigned evaluated;

static void hear(const char *sentence)
{
	strncpy(heard, sentence, sizeof heard - 1);
}

static int evaluate(void)
{
	return (int)++evaluated;
}

Test(debug, a_line_goes_to_who_wants_it)
{
	send_debug_to(hear);
	debug("mount %s on %s", "proc", "/proc");
	cr_assert_str_eq(heard, "mount proc on /proc");
}

Test(debug, a_line_that_nobody_wants_is_not_even_put_together)
{
	debug("step %d", evaluate());
	cr_assert_eq(evaluated, 0);
	send_debug_to(hear);
	debug("step %d", evaluate());
	cr_assert_eq(evaluated, 1);
	send_debug_to(NULL);
	debug("step %d", evaluate());
	cr_assert_eq(evaluated, 1);
	cr_assert_str_eq(heard, "step 1");
}

Test(debug, words_are_quoted_where_a_shell_would_part_them)
{
	const char *const words[] = { "caisson", "run", "--bundle=/a/b", "a b", "", "$x", NULL };
	char text[64], little[12];

	cr_assert_str_eq(debug_words(text, sizeof text, words),
			 "caisson run --bundle=/a/b 'a b' '' '$x'");
	cr_assert_str_eq(debug_words(little, sizeof little, words), "caisson run");
	cr_assert_str_eq(debug_words(text, sizeof text, (const char *const[]){ NULL }), "");
}
