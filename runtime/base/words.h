/* words.h -- tables of names and the numbers they stand for. */
#ifndef CAISSON_WORDS_H
#define CAISSON_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A table ends with a row whose name is NULL. */
struct word {
	const char *name;
	int64_t value;
};

/* Finds `name`; false when the table lacks it. */
bool word_value(const struct word *table, const char *name, int64_t *value);
/* The first name with that value, or NULL. */
const char *word_name(const struct word *table, int64_t value);
/* All names, "pid, network, mount", into `text`; cut with "..." where it does not fit. */
void word_list(const struct word *table, char *text, size_t size);
/* The name most like `name` ("did you mean"), or NULL when none is close (distance over 2). */
const char *word_nearest(const struct word *table, const char *name);
/* How many letters must change to make one of the other, at most `limit` + 1. */
unsigned word_distance(const char *one, const char *other, unsigned limit);

#endif
