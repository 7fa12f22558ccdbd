/* cpulist.c -- "0-3,7": lists of cpus and memory nodes. See cpulist.h.
 *
 * Does not know which cpus or nodes the machine has; the kernel does. */
#include "runtime/base/cpulist.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "runtime/base/decimal.h"

/* One element without its spaces: "7" or "0-3". */
static int read_range(const char *at, size_t length, size_t bits, uint64_t *first, uint64_t *last)
{
	const char *dash = memchr(at, '-', length);
	size_t left = dash ? (size_t)(dash - at) : length;
	int result = decimal_span(at, left, bits - 1, first);
	int right = 0;

	*last = *first;
	if (dash)
		right = decimal_span(dash + 1, length - left - 1, bits - 1, last);
	if (result == -EINVAL || right == -EINVAL)
		return -EINVAL;
	if (result || right || *last < *first)
		return -ERANGE;
	return 0;
}

int cpulist_parse(const char *text, unsigned long *mask, size_t bits)
{
	int count = 0;

	memset(mask, 0, cpulist_words(bits) * sizeof *mask);
	for (const char *at = text; *at;) {
		size_t length = strcspn(at, ",");
		size_t leading = strspn(at, " ");
		const char *element = at + (leading < length ? leading : length);
		size_t inner = length - (size_t)(element - at);
		uint64_t first = 0, last = 0;
		int result;

		at += length + (at[length] == ',');
		while (inner && element[inner - 1] == ' ')
			inner--;
		if (!inner)
			continue;
		result = read_range(element, inner, bits, &first, &last);
		if (result)
			return result;
		for (uint64_t bit = first; bit <= last; bit++) {
			unsigned long flag = 1ul << bit % cpulist_word_bits;

			count += !(mask[bit / cpulist_word_bits] & flag);
			mask[bit / cpulist_word_bits] |= flag;
		}
	}
	return count;
}
