/* decimal.c -- one strict reading of numbers that people type and files hold. See decimal.h.
 *
 * Knows no signs, no other bases, no units; leading zeros mean nothing ("010" is ten). */
#include "runtime/base/decimal.h"

#include <errno.h>
#include <string.h>

int decimal_span(const char *text, size_t length, uint64_t max, uint64_t *value)
{
	uint64_t sum = 0;
	int result = length ? 0 : -EINVAL;

	for (size_t i = 0; i < length; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -EINVAL;
		/* Goes on after an overflow: "99999999999999999999x" is no number at all. */
		if (__builtin_mul_overflow(sum, 10, &sum) ||
		    __builtin_add_overflow(sum, (uint64_t)(text[i] - '0'), &sum) || sum > max) {
			result = -ERANGE;
			sum = 0;
		}
	}
	if (!result)
		*value = sum;
	return result;
}

int decimal_parse(const char *text, uint64_t max, uint64_t *value)
{
	return decimal_span(text, strlen(text), max, value);
}
