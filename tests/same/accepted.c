/* accepted.c -- the differences from runc that docs/SAME.md lists and gives a reason for.
 *
 * The document is the list: each row of a table there is "| bundle | line | runc | caisson | why |"
 * and `*` in a cell stands for any text. Backquotes are dropped. */
#include "tests/same/same.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { most_rows = 256, columns = 5 };

struct row {
	char *cell[columns];
	bool used;
};
static struct row rows[most_rows];
static size_t row_count;

static bool matches(const char *pattern, const char *text)
{
	for (; *pattern && *pattern != '*'; pattern++, text++) {
		if (*pattern != *text)
			return false;
	}
	if (!*pattern)
		return !*text;
	for (;; text++) {
		if (matches(pattern + 1, text))
			return true;
		if (!*text)
			return false;
	}
}

static char *cell_text(const char *from, size_t length)
{
	char *text = arena_alloc(&words, length + 1), *to = text;

	while (length && *from == ' ')
		from++, length--;
	while (length && from[length - 1] == ' ')
		length--;
	for (; length; from++, length--) {
		if (*from != '`')
			*to++ = *from;
	}
	return text;
}

static void read_row(const char *line)
{
	struct row *row = &rows[row_count];

	for (size_t i = 0; i < columns; i++) {
		size_t length = strcspn(++line, "|");

		if (line[length] != '|')
			return;
		row->cell[i] = cell_text(line, length);
		line += length;
	}
	if (strcmp(row->cell[0], "bundle") && strncmp(row->cell[0], "--", 2))
		row_count++;
}

void accepted_read(const char *path)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;

	while (file && getline(&line, &room, file) >= 0) {
		if (*line == '|' && row_count < most_rows)
			read_row(line);
	}
	free(line);
	if (file)
		fclose(file);
}

bool accepted(const char *bundle, const char *name, const char *theirs, const char *ours)
{
	for (size_t i = 0; i < row_count; i++) {
		char **cell = rows[i].cell;

		if (matches(cell[0], bundle) && matches(cell[1], name) &&
		    matches(cell[2], theirs) && matches(cell[3], ours))
			return rows[i].used = true;
	}
	return false;
}

void accepted_print_unused(void)
{
	for (size_t i = 0; i < row_count; i++) {
		if (!rows[i].used)
			printf("# not needed here: | %s | %s |\n", rows[i].cell[0],
			       rows[i].cell[1]);
	}
}
