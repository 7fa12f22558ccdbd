/* stats_text.c -- the formats of a cgroup's files: one number, a flat-keyed file, a table, a list.
 *
 * The names are those of cgroup-v2.rst, "Interface Files". Texts are cut up in place.
 *
 * Does not know which file is which, and says nothing: stats.c does. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cgroups/stats_row.h"
#include "runtime/base/cpulist.h"
#include "runtime/base/decimal.h"

char *stat_line(char **rest)
{
	char *line;

	do
		line = strsep(rest, "\n");
	while (line && !*line);
	return line;
}

char *stat_word(char **rest)
{
	char *word;

	do
		word = strsep(rest, " \t");
	while (word && !*word);
	return word;
}

/* A number that ends with the text or the line. */
int stat_number(const char *text, uint64_t *value)
{
	size_t length = strcspn(text, "\n");

	if (length == 3 && !memcmp(text, "max", 3)) {
		*value = CG_NO_LIMIT;
		return 0;
	}
	if (text[0] == '-') {
		*value = 0;
		return decimal_span(text + 1, length - 1, UINT64_MAX, &(uint64_t){ 0 });
	}
	return decimal_span(text, length, UINT64_MAX, value) ? -EINVAL : 0;
}

int stat_signed(const char *text, int64_t *value)
{
	bool negative = text[0] == '-';
	uint64_t amount;
	int result =
		decimal_span(text + negative, strcspn(text + negative, "\n"), INT64_MAX, &amount);

	if (result)
		return -EINVAL;
	*value = negative ? -(int64_t)amount : (int64_t)amount;
	return 0;
}

int stat_keyed(const char *text, const char *key, uint64_t *value)
{
	size_t length = strlen(key);

	*value = 0;
	for (const char *line = text; line; line = strchr(line, '\n'), line += line != NULL) {
		if (!strncmp(line, key, length) && line[length] == ' ')
			return stat_number(line + length + 1, value);
	}
	return 0;
}

static size_t count_lines(const char *text)
{
	size_t count = 1;

	for (; *text; text++)
		count += *text == '\n';
	return count;
}

static int by_key(const void *one, const void *other)
{
	return strcmp(((const struct cg_count *)one)->key, ((const struct cg_count *)other)->key);
}

int stat_counts(char *text, struct cg_counts *counts, struct arena *arena)
{
	counts->at = arena_array(arena, count_lines(text), sizeof *counts->at);
	counts->count = 0;
	for (char *line; (line = stat_line(&text));) {
		struct cg_count *count = &counts->at[counts->count];

		count->key = stat_word(&line);
		if (!count->key || !line || stat_number(line, &count->value))
			return -EINVAL;
		counts->count++;
	}
	qsort(counts->at, counts->count, sizeof *counts->at, by_key);
	return 0;
}

int stat_events(char *text, struct cg_counts *counts, struct arena *arena)
{
	int result = stat_counts(text, counts, arena);
	size_t count = counts->count;

	counts->count = 0;
	for (size_t i = 0; i < count; i++) {
		if (counts->at[i].value)
			counts->at[counts->count++] = counts->at[i];
	}
	return result;
}

/* The place of `name` among the words of a table's first line; -1: not there. */
static int column_of(char *header, const char *name)
{
	int at = 0;

	for (char *word; (word = stat_word(&header)); at++) {
		if (!strcmp(word, name))
			return at;
	}
	return -1;
}

static char *word_at(char *line, int column)
{
	char *word = stat_word(&line);

	while (column-- > 0 && word)
		word = stat_word(&line);
	return word;
}

static int table_column(char *text, const char *name, struct cg_numbers *numbers,
			struct arena *arena)
{
	size_t lines = count_lines(text);
	char *line = stat_line(&text);
	int column = line ? column_of(line, name) : -1;

	if (column < 0)
		return -EINVAL;
	numbers->at = arena_array(arena, lines, sizeof *numbers->at);
	while ((line = stat_line(&text))) {
		char *word = word_at(line, column);

		if (!word || stat_number(word, &numbers->at[numbers->count]))
			return -EINVAL;
		numbers->count++;
	}
	return 0;
}

int stat_numbers(char *text, const char *column, struct cg_numbers *numbers, struct arena *arena)
{
	*numbers = (struct cg_numbers){ 0 };
	if (column)
		return table_column(text, column, numbers, arena);
	text[strcspn(text, "\n")] = '\0';
	numbers->at = arena_array(arena, strlen(text) / 2 + 1, sizeof *numbers->at);
	for (char *word; (word = stat_word(&text));) {
		if (stat_number(word, &numbers->at[numbers->count]))
			return -EINVAL;
		numbers->count++;
	}
	return 0;
}

int stat_cpus(char *text, struct cg_numbers *numbers, struct arena *arena)
{
	enum { most = 1 << 16 };
	unsigned long mask[cpulist_words(most)];
	int count;

	text[strcspn(text, "\n")] = '\0';
	count = cpulist_parse(text, mask, most);
	if (count < 0)
		return -EINVAL;
	numbers->count = 0;
	numbers->at = arena_array(arena, (size_t)count + 1, sizeof *numbers->at);
	for (size_t bit = 0; bit < most; bit++) {
		if (mask[bit / cpulist_word_bits] & 1ul << bit % cpulist_word_bits)
			numbers->at[numbers->count++] = bit;
	}
	return 0;
}

/* "12.34" in hundredths; the kernel always writes two digits. */
static int hundredths(const char *text, unsigned *value)
{
	const char *point = strchr(text, '.');
	uint64_t whole, rest;

	if (!point || strlen(point + 1) != 2 ||
	    decimal_span(text, (size_t)(point - text), UINT_MAX / 100 - 1, &whole) ||
	    decimal_parse(point + 1, 99, &rest))
		return -EINVAL;
	*value = (unsigned)(whole * 100 + rest);
	return 0;
}

static int read_stall(char *line, struct cg_stall *stall)
{
	const struct {
		const char *key;
		unsigned *value;
	} averages[] = { { "avg10=", &stall->avg10 },
			 { "avg60=", &stall->avg60 },
			 { "avg300=", &stall->avg300 } };
	int result = 0;

	for (char *word; !result && (word = stat_word(&line));) {
		for (size_t i = 0; i < sizeof averages / sizeof *averages; i++) {
			if (!strncmp(word, averages[i].key, strlen(averages[i].key)))
				result = hundredths(strchr(word, '=') + 1, averages[i].value);
		}
		if (!strncmp(word, "total=", 6))
			result = stat_number(word + 6, &stall->total);
	}
	return result;
}

int stat_pressure(char *text, struct cg_pressure *pressure)
{
	int result = 0;

	for (char *line; !result && (line = stat_line(&text));) {
		const char *who = stat_word(&line);

		if (who && line && !strcmp(who, "some"))
			result = read_stall(line, &pressure->some);
		else if (who && line && !strcmp(who, "full"))
			result = read_stall(line, &pressure->full);
	}
	pressure->known = !result;
	return result;
}
