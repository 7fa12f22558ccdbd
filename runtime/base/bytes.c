/* bytes.c -- an amount of memory as people type it. See bytes.h. */
#include "runtime/base/bytes.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "runtime/base/decimal.h"

/* How many times 10 binary digits: "", "b", "k", "KB", "MiB"; -1: no such unit. */
static int unit_of(const char *unit)
{
	static const char letters[] = "kmgtp";
	const char *found;

	if (!*unit || !strcasecmp(unit, "b"))
		return 0;
	found = strchr(letters, *unit | 0x20);
	if (!found || !(unit[1] == '\0' || !strcasecmp(unit + 1, "b") ||
			!strcasecmp(unit + 1, "ib")))
		return -1;
	return (int)(found - letters) + 1;
}

/* ".5" of a unit. Nine digits are more than anybody types, and keep it in 64 bits with the "k" and
 * in a double with the rest. */
static int add_fraction(const char *digits, size_t length, unsigned shift, uint64_t *bytes)
{
	uint64_t value, scale = 1;
	int result;

	if (!length)
		return 0;
	if (length > 9)
		length = 9;
	result = decimal_span(digits, length, UINT64_MAX, &value);
	for (size_t i = 0; i < length; i++)
		scale *= 10;
	*bytes += (uint64_t)((double)value / (double)scale * (double)(UINT64_C(1) << shift));
	return result;
}

int bytes_parse(const char *text, int64_t *bytes)
{
	static const char digits[] = "0123456789";
	size_t whole = strspn(text, digits);
	const char *fraction = text + whole + (text[whole] == '.');
	size_t places = text[whole] == '.' ? strspn(fraction, digits) : 0;
	const char *unit = fraction + places;
	uint64_t value;
	unsigned shift;
	int result;

	if (*unit == ' ' && unit[1])
		unit++;
	if (!whole || unit_of(unit) < 0)
		return -EINVAL;
	shift = (unsigned)unit_of(unit) * 10;
	result = decimal_span(text, whole, (uint64_t)INT64_MAX >> shift, &value);
	if (result)
		return result;
	value <<= shift;
	result = add_fraction(fraction, places, shift, &value);
	if (value > INT64_MAX)
		return -ERANGE;
	*bytes = (int64_t)value;
	return result;
}
