/* list.c -- `caisson list`: all containers of a root, as a table, as JSON, or only their ids.
 *
 * The table is laid out as runc's is, by the rules of Go's text/tabwriter: columns at least 12
 * wide, three spaces between them. One bad record is a line with "unknown", never an error. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "runtime/base/fault.h"
#include "runtime/command.h"
#include "runtime/life.h"
#include "runtime/record.h"

enum { columns = 6, column_least = 12, column_gap = 3 };

struct row {
	const char *cells[columns];
};

/* In letters, not bytes. */
static size_t width_of(const char *cell)
{
	size_t width = 0;

	for (; *cell; cell++)
		width += (*cell & 0xc0) != 0x80;
	return width;
}

static void print_table(const struct row *rows, size_t count)
{
	size_t widths[columns];

	for (size_t column = 0; column < columns; column++) {
		widths[column] = column_least;
		for (size_t i = 0; i < count; i++) {
			size_t width = width_of(rows[i].cells[column]) + column_gap;

			if (width > widths[column])
				widths[column] = width;
		}
	}
	for (size_t i = 0; i < count; i++) {
		for (size_t column = 0; column < columns - 1; column++) {
			const char *cell = rows[i].cells[column];

			printf("%s%*s", cell, (int)(widths[column] - width_of(cell)), "");
		}
		printf("%s\n", rows[i].cells[columns - 1]);
	}
}

static void fill_row(struct row *row, const struct record *record, enum life life,
		     struct arena *arena)
{
	int pid = life_is_alive(life) ? record->init.pid : 0;

	*row = (struct row) { { record->id, arena_format(arena, "%d", pid), life_name(life),
				record->bundle, record->created ? record->created : "-",
				life_owner(record, arena) } };
}

/* Deleted between readdir and now: false. */
static bool look(struct record *record, const struct records *records, const char *id,
		 struct arena *arena)
{
	if (record_load(record, records, id, RECORD_LOOK, arena) == 0)
		return true;
	forget_fault();
	return false;
}

static void list_table(const struct records *records, const struct strings *ids,
		       struct arena *arena)
{
	struct row *rows = arena_array(arena, ids->count + 1, sizeof *rows);
	size_t count = 1;

	rows[0] = (struct row) { { "ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER" } };
	for (size_t i = 0; i < ids->count; i++) {
		struct record record;

		if (look(&record, records, ids->at[i], arena))
			fill_row(&rows[count++], &record, life_of(&record), arena);
		record_close(&record);
	}
	print_table(rows, count);
}

/* `null` when there is none: so has runc, and go-runc reads it. */
static void list_json(const struct records *records, const struct strings *ids, struct arena *arena)
{
	size_t count = 0;

	for (size_t i = 0; i < ids->count; i++) {
		struct record record;

		if (look(&record, records, ids->at[i], arena))
			printf("%s%s", count++ ? "," : "[",
			       life_state_line(&record, life_of(&record), arena));
		record_close(&record);
	}
	puts(count ? "]" : "null");
}

int command_list(const struct globals *globals, const struct arguments *arguments)
{
	struct records records;
	struct strings ids;
	int result = records_open(&records, globals->root, false, globals->arena);

	if (result < 0)
		return result;
	/* The default root comes with the first container; one that was named should be there. */
	if (records.fd < 0 && globals->root)
		return fail(ENOENT, "open the state directory %s", records.path);
	records_sweep(&records);
	result = records_list(&records, &ids, globals->arena);
	if (result < 0)
		return result;
	if (arguments->quiet) {
		for (size_t i = 0; i < ids.count; i++)
			puts(ids.at[i]);
	} else if (arguments->format && !strcmp(arguments->format, "json")) {
		list_json(&records, &ids, globals->arena);
	} else {
		list_table(&records, &ids, globals->arena);
	}
	return 0;
}
