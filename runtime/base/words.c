/* words.c -- tables of names and the numbers they stand for. See words.h. */
#include "runtime/base/words.h"

#include <stdio.h>
#include <string.h>

bool word_value(const struct word *table, const char *name, int64_t *value)
{
	for (; table->name; table++) {
		if (!strcmp(table->name, name)) {
			*value = table->value;
			return true;
		}
	}
	return false;
}

const char *word_name(const struct word *table, int64_t value)
{
	for (; table->name; table++) {
		if (table->value == value)
			return table->name;
	}
	return NULL;
}

void word_list(const struct word *table, char *text, size_t size)
{
	size_t used = 0;

	if (size)
		text[0] = '\0';
	for (size_t i = 0; table[i].name; i++) {
		size_t needed = strlen(table[i].name) + (i ? 2 : 0);

		if (used + needed + sizeof ", ..." > size) {
			snprintf(text + used, size - used, "%s...", i ? ", " : "");
			return;
		}
		used += (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "",
					 table[i].name);
	}
}

/* Levenshtein's distance, one row of his matrix at a time. */
unsigned word_distance(const char *one, const char *other, unsigned limit)
{
	enum { longest = 64 };
	size_t width = strlen(other);
	unsigned row[longest + 1];

	if (width > longest || strlen(one) > longest)
		return limit + 1;
	for (size_t j = 0; j <= width; j++)
		row[j] = (unsigned)j;
	for (size_t i = 0; one[i]; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i + 1;
		for (size_t j = 0; j < width; j++) {
			unsigned change = diagonal + (one[i] != other[j]);
			unsigned shift = (row[j] < row[j + 1] ? row[j] : row[j + 1]) + 1;

			diagonal = row[j + 1];
			row[j + 1] = change < shift ? change : shift;
		}
	}
	return row[width] > limit ? limit + 1 : row[width];
}

const char *word_nearest(const struct word *table, const char *name)
{
	const char *nearest = NULL;
	unsigned best = 3;

	for (; table->name; table++) {
		unsigned distance = word_distance(name, table->name, 2);

		if (distance < best && distance < strlen(name)) {
			best = distance;
			nearest = table->name;
		}
	}
	return nearest;
}
