/* gvariant.c -- one value in GVariant's text format, as the words a D-Bus message is made of.
 *
 * That format (docs.gtk.org/glib/gvariant-text-format.html) is what engines write into
 * annotations: "uint64 1000", "'inactive-or-failed'", "['a.service', 'b.service']". Understood are
 * the types that properties of a scope have: booleans, numbers, strings, arrays of strings and of
 * bytes. systemd's type is known beforehand, so a number need not be written with its own: "10"
 * (an int32 by itself) is good for a uint64.
 *
 * Does not know properties: unit_annotations.c. */
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgroups/unit.h"
#include "runtime/base/fault.h"

struct reader {
	const char *all, *at;
	struct arena *arena;
};

struct number_type {
	char letter;
	const char *name;
	int64_t low;
	uint64_t high;
};

static const struct number_type number_types[] = {
	{ 'y', "byte", 0, UINT8_MAX },
	{ 'n', "int16", INT16_MIN, INT16_MAX },
	{ 'q', "uint16", 0, UINT16_MAX },
	{ 'i', "int32", INT32_MIN, INT32_MAX },
	{ 'u', "uint32", 0, UINT32_MAX },
	{ 'x', "int64", INT64_MIN, INT64_MAX },
	{ 't', "uint64", 0, UINT64_MAX },
	{ 'd', "double", INT64_MIN, UINT64_MAX },
};

static const struct number_type *type_of_letter(char letter)
{
	for (size_t i = 0; i < sizeof number_types / sizeof *number_types; i++) {
		if (number_types[i].letter == letter)
			return &number_types[i];
	}
	return NULL;
}

static void skip_blanks(struct reader *reader)
{
	reader->at += strspn(reader->at, " \t\n");
}

static int expected(const struct reader *reader, const char *what)
{
	return refuse(EINVAL, "expected %s in GVariant's text format, got \"%s\"", what,
		      reader->all);
}

/* "uint64 5": true, and the words of the type are passed over. */
static const struct number_type *read_type(struct reader *reader)
{
	skip_blanks(reader);
	for (size_t i = 0; i < sizeof number_types / sizeof *number_types; i++) {
		size_t length = strlen(number_types[i].name);

		if (!strncmp(reader->at, number_types[i].name, length) &&
		    reader->at[length] == ' ') {
			reader->at += length;
			skip_blanks(reader);
			return &number_types[i];
		}
	}
	return NULL;
}

/* A span of time in seconds may have a fraction. */
static int read_fraction(struct reader *reader, double number, const char *end, uint64_t scale,
			 char **word)
{
	double scaled = number * (double)scale;

	/* 2^64 itself does not fit. */
	if (!(scaled >= 0 && scaled < 18446744073709551616.0))
		return refuse(ERANGE, "\"%s\" is out of range", reader->all);
	reader->at = end;
	*word = arena_format(reader->arena, "%" PRIu64, (uint64_t)scaled);
	return 0;
}

static int read_number(struct reader *reader, const struct number_type *wanted, uint64_t scale,
		       char **word)
{
	const struct number_type *given = read_type(reader);
	bool negative = *reader->at == '-';
	const char *digits = reader->at + (negative || *reader->at == '+');
	char *end, *end_of_double;
	uint64_t magnitude, low;
	double number;

	if (!strchr("0123456789", *digits) || !*digits)
		return expected(reader, "a number");
	errno = 0;
	magnitude = strtoull(digits, &end, 0);
	number = strtod(reader->at, &end_of_double);
	if (scale > 1 && end_of_double > end)
		return read_fraction(reader, number, end_of_double, scale, word);
	if (end_of_double > end || (given && given->letter == 'd' && scale == 1))
		return expected(reader, "a whole number");
	if (errno || __builtin_mul_overflow(magnitude, scale, &magnitude))
		return refuse(ERANGE, "\"%s\" is out of range", reader->all);
	low = (uint64_t)-(wanted->low + 1) + 1;
	if (negative ? wanted->low == 0 || magnitude > low : magnitude > wanted->high)
		return refuse(ERANGE, "\"%s\" does not fit into the property's type, %s",
			      reader->all, wanted->name);
	reader->at = end;
	*word = arena_format(reader->arena, "%s%" PRIu64, negative ? "-" : "", magnitude);
	return 0;
}

/* A control character could become a line of its own in the file that systemd writes. */
static int read_string(struct reader *reader, char **word)
{
	char quote, *end;

	skip_blanks(reader);
	quote = *reader->at;
	if (quote != '\'' && quote != '"')
		return expected(reader, "a string in quotes");
	*word = end = arena_alloc(reader->arena, strlen(reader->at) + 1);
	for (reader->at++; *reader->at != quote; reader->at++) {
		if (*reader->at == '\\' && reader->at[1] && strchr("\\'\"", reader->at[1]))
			reader->at++;
		else if (*reader->at == '\\')
			return refuse(EINVAL, "unknown escape in \"%s\"", reader->all);
		if (!*reader->at)
			return expected(reader, "a quote at the end of the string");
		if ((unsigned char)*reader->at < ' ')
			return refuse(EINVAL, "a control character may not be in \"%s\"",
				      reader->all);
		*end++ = *reader->at;
	}
	reader->at++;
	return 0;
}

static int read_bool(struct reader *reader, char **word)
{
	static const char *const words[] = { "true", "false" };

	skip_blanks(reader);
	if (!strncmp(reader->at, "boolean ", 8))
		reader->at += 8;
	skip_blanks(reader);
	for (size_t i = 0; i < 2; i++) {
		if (strncmp(reader->at, words[i], strlen(words[i])) != 0)
			continue;
		reader->at += strlen(words[i]);
		*word = arena_copy(reader->arena, words[i]);
		return 0;
	}
	return expected(reader, "true or false");
}

static int read_basic(struct reader *reader, char letter, uint64_t scale, char **word)
{
	if (letter == 's')
		return read_string(reader, word);
	if (letter == 'b')
		return read_bool(reader, word);
	return read_number(reader, type_of_letter(letter), scale, word);
}

/* "['a', 'b']", "@as []" */
static int read_array(struct reader *reader, const char *type, struct strings *values)
{
	skip_blanks(reader);
	if (*reader->at == '@') {
		size_t length = strlen(type);

		if (strncmp(reader->at + 1, type, length) != 0 || reader->at[length + 1] != ' ')
			return expected(reader, type[1] == 's' ? "an array of strings" :
								 "an array of bytes");
		reader->at += length + 1;
		skip_blanks(reader);
	}
	if (*reader->at != '[')
		return expected(reader, "an array in brackets");
	reader->at++;
	values->at = arena_array(reader->arena, strlen(reader->at) + 1, sizeof *values->at);
	for (skip_blanks(reader); *reader->at != ']'; skip_blanks(reader)) {
		int result = read_basic(reader, type[1], 1, &values->at[values->count]);

		if (result)
			return result;
		values->count++;
		skip_blanks(reader);
		if (*reader->at == ',')
			reader->at++;
		else if (*reader->at != ']')
			return expected(reader, "\",\" or \"]\" after a value");
	}
	reader->at++;
	return 0;
}

int gvariant_parse(const char *text, const char *wanted, uint64_t scale, struct strings *values,
		   struct arena *arena)
{
	struct reader reader = { text, text, arena };
	int result;

	*values = (struct strings){ 0 };
	if (wanted[0] == 'a') {
		result = read_array(&reader, wanted, values);
	} else {
		values->at = arena_array(arena, 1, sizeof *values->at);
		values->count = 1;
		result = read_basic(&reader, wanted[0], scale, values->at);
	}
	if (result)
		return result;
	skip_blanks(&reader);
	return *reader.at ? expected(&reader, "nothing after the value") : 0;
}
