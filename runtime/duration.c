/* duration.c -- "1h15m", "1.5s", "500ms": spans of time as Go's time.ParseDuration has them.
 *
 * A sign, then at least one decimal number, each with a unit. What is below a nanosecond is cut.
 *
 * Does not write them. */
#include "runtime/duration.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "runtime/base/decimal.h"
#include "runtime/base/words.h"

static const struct word units[] = {
	{ "ns", 1 },
	{ "us", 1000 },
	{ "\u00b5s", 1000 }, /* the micro sign, and the Greek letter */
	{ "\u03bcs", 1000 },
	{ "ms", 1000 * 1000 },
	{ "s", 1000 * 1000 * 1000 },
	{ "m", INT64_C(60) * 1000 * 1000 * 1000 },
	{ "h", INT64_C(3600) * 1000 * 1000 * 1000 },
	{ 0 },
};

static const char digits[] = "0123456789";

/* ".25" of a unit. Eighteen digits are more than any unit has. */
static int64_t fraction(const char *at, size_t length, int64_t unit)
{
	int64_t digits_sum = 0, scale = 1;

	for (size_t i = 0; i < length && i < 18; i++) {
		digits_sum = digits_sum * 10 + (at[i] - '0');
		scale *= 10;
	}
	return (int64_t)((__int128)digits_sum * unit / scale);
}

/* One number with its unit; *text is moved behind it. */
static int read_part(const char **text, int64_t *sum)
{
	const char *whole = *text;
	size_t whole_length = strspn(whole, digits), unit_length;
	const char *rest = whole + whole_length + (whole[whole_length] == '.');
	size_t rest_length = rest > whole + whole_length ? strspn(rest, digits) : 0;
	const char *unit = rest + rest_length;
	char name[8] = "";
	uint64_t count = 0;
	int64_t scale, value;

	if (!whole_length && !rest_length)
		return -EINVAL;
	unit_length = strcspn(unit, "0123456789.");
	if (!unit_length || unit_length >= sizeof name)
		return -EINVAL;
	memcpy(name, unit, unit_length);
	if (!word_value(units, name, &scale))
		return -EINVAL;
	*text = unit + unit_length;
	if (whole_length && decimal_span(whole, whole_length, INT64_MAX, &count))
		return -ERANGE;
	if (__builtin_mul_overflow((int64_t)count, scale, &value) ||
	    __builtin_add_overflow(value, fraction(rest, rest_length, scale), &value) ||
	    __builtin_add_overflow(*sum, value, sum))
		return -ERANGE;
	return 0;
}

int duration_parse(const char *text, int64_t *nanoseconds)
{
	bool negative = text[0] == '-';
	int64_t sum = 0;
	int result = 0;

	text += text[0] == '-' || text[0] == '+';
	if (!*text)
		return -EINVAL;
	if (!strcmp(text, "0"))
		text++;
	while (*text && !result)
		result = read_part(&text, &sum);
	if (!result)
		*nanoseconds = negative ? -sum : sum;
	return result;
}
