/* numbers.c -- integers that fit in 64 bits but not in jansson's 63. See numbers.h.
 *
 * Does not judge the text: what is no JSON passes unchanged and jansson refuses it. */
#include "specs/numbers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t digits(const char *at, const char *end)
{
	const char *start = at;

	while (at < end && is_digit(*at))
		at++;
	return (size_t)(at - start);
}

/* Length of the number at `at` (RFC 8259, section 6); 0 when there is none. */
static size_t number_length(const char *at, const char *end, bool *real)
{
	const char *start = at;
	size_t whole;

	*real = false;
	if (at < end && *at == '-')
		at++;
	whole = digits(at, end);
	if (!whole || (whole > 1 && *at == '0'))
		return 0;
	at += whole;
	if (at + 1 < end && *at == '.' && is_digit(at[1])) {
		*real = true;
		at += 1 + digits(at + 1, end);
	}
	if (at + 1 < end && (*at == 'e' || *at == 'E')) {
		const char *exponent = at + 1 + (at[1] == '+' || at[1] == '-');
		size_t length = digits(exponent, end);

		*real = *real || length;
		if (length)
			at = exponent + length;
	}
	return (size_t)(at - start);
}

static bool overflows(const char *token, size_t length)
{
	bool negative = length && *token == '-';
	const char *limit = negative ? "9223372036854775808" : "9223372036854775807";
	size_t size = length - negative;

	if (size != strlen(limit))
		return size > strlen(limit);
	return memcmp(token + negative, limit, size) > 0;
}

static const char *string_end(const char *at, const char *end)
{
	for (at++; at < end && *at != '"'; at++) {
		if (*at == '\\' && at + 1 < end)
			at++;
	}
	return at < end ? at + 1 : end;
}

static void replace(char *token, size_t length, const char *by)
{
	size_t used = strlen(by);

	memset(token, ' ', length);
	memcpy(token, by, used < length ? used : length);
}

static void set_one_aside(struct numbers *numbers, char *token, size_t length, struct arena *arena)
{
	char index[24];

	snprintf(index, sizeof index, "%zu.0", numbers->count);
	numbers->at[numbers->count++] = arena_copy_bytes(arena, token, length);
	replace(token, length, index);
}

char *numbers_set_aside(struct numbers *numbers, const char *text, size_t length,
			struct arena *arena)
{
	char *copy = arena_copy_bytes(arena, text, length);
	const char *end = text + length;

	/* A token set aside has 19 characters and a separator behind it. */
	numbers->at = arena_array(arena, length / 20 + 1, sizeof *numbers->at);
	numbers->count = 0;
	for (const char *at = text; at < end;) {
		bool real;
		size_t size;

		if (*at == '"') {
			at = string_end(at, end);
			continue;
		}
		size = number_length(at, end, &real);
		if (real)
			replace(copy + (at - text), size, "0.5");
		else if (overflows(at, size))
			set_one_aside(numbers, copy + (at - text), size, arena);
		at += size ? size : 1;
	}
	return copy;
}

static const char *set_aside(const struct numbers *numbers, const json_t *value)
{
	double index;

	if (!numbers || !json_is_real(value))
		return NULL;
	index = json_real_value(value);
	if (index < 0 || index >= (double)numbers->count || index != (double)(size_t)index)
		return NULL;
	return numbers->at[(size_t)index];
}

bool numbers_u64(const struct numbers *numbers, const json_t *value, uint64_t *number)
{
	const char *token = set_aside(numbers, value);

	if (json_is_integer(value) && json_integer_value(value) >= 0) {
		*number = (uint64_t)json_integer_value(value);
		return true;
	}
	if (!token || *token == '-')
		return false;
	errno = 0;
	*number = strtoull(token, NULL, 10);
	return errno != ERANGE;
}

bool numbers_is_integer(const struct numbers *numbers, const json_t *value)
{
	return json_is_integer(value) || set_aside(numbers, value);
}
