/* describe.c -- the table of limits in words: a field, its files, systemd's properties for it, what it
 * takes, and what happens on a host that has nothing for it.
 *
 * Printed by `caisson help --limits` as a table of Markdown, which docs/RESOURCES.md includes. A
 * column is a heading and a function of a row; what it says comes from the table (knobs.c). */
#include <inttypes.h>

#include <string.h>

#include "cgroups/knobs.h"
#include "cgroups/unit.h"

typedef const char *cell_writer(const struct knob *knob, struct arena *arena);

static const char *field(const struct knob *knob, struct arena *arena)
{
	return arena_format(arena, "`%s%s%s`", knob->place, knob->member ? "[]." : "",
			    knob->member ? knob->member : "");
}

static const char *file(const struct knob_side *side, struct arena *arena)
{
	if (side->shown)
		return side->shown;
	return side->controller ? arena_format(arena, "`%s`", side->file) : "";
}

static const char *file_of_v1(const struct knob *knob, struct arena *arena)
{
	return file(&knob->v1, arena);
}

static const char *file_of_v2(const struct knob *knob, struct arena *arena)
{
	return file(&knob->v2, arena);
}

static const char *range(const struct knob *knob, const struct knob_side *side,
			 struct arena *arena)
{
	int64_t low = !side->low && knob->flags & zero_unset ? 1 : side->low;

	if (side->high == INT64_MAX)
		return arena_format(arena, "%" PRId64 " or more", low);
	return arena_format(arena, "%" PRId64 " to %" PRId64, low, side->high);
}

static const char *what_it_takes(const struct knob *knob, struct arena *arena)
{
	const struct knob_side *one = knob->v1.high ? &knob->v1 : &knob->v2;
	const char *text = "";

	if (knob->takes)
		return knob->takes;
	if (knob->kind == KNOB_BOOL)
		return "true, false";
	if (knob->unit)
		text = arena_format(arena, "%s%s", knob->unit, one->high ? ", " : "");
	if (one->high)
		text = arena_format(arena, "%s%s", text, range(knob, one, arena));
	if (knob->v1.high && knob->v2.high &&
	    (knob->v1.low != knob->v2.low || knob->v1.high != knob->v2.high))
		text = arena_format(arena, "%s (v2: %s)", text, range(knob, &knob->v2, arena));
	if (knob->flags & minus_one_no_limit)
		text = arena_format(arena, "%s; -1: no limit", text);
	return knob->flags & zero_unset ? arena_format(arena, "%s%s0: not set", text,
						       *text ? "; " : "") :
					  text;
}

static const char *without_it(const struct knob *knob, struct arena *arena)
{
	static const char *const answers[] = {
		[LACK_REFUSED] = "refused",
		[LACK_WARNED] = "a warning",
		[LACK_NOTHING] = "",
	};
	const char *answer = answers[knob->lack];

	if (!knob->without)
		return answer;
	return arena_format(arena, "%s%s%s", answer, *answer ? ": " : "", knob->without);
}

static const char *properties_of(const struct knob_side *side, struct arena *arena)
{
	const char *text = "", *name;

	for (size_t i = 0; side->file && (name = unit_property_of(side->file, i)); i++)
		text = arena_format(arena, "%s%s`%s`", text, i ? ", " : "", name);
	return text;
}

/* Where v1 has a property of its own, older name, both are said. */
static const char *property(const struct knob *knob, struct arena *arena)
{
	const char *v1 = properties_of(&knob->v1, arena), *v2 = properties_of(&knob->v2, arena);

	if (!strcmp(knob->place, "devices"))
		return "`DevicePolicy`, `DeviceAllow`"; /* unit_devices.c */
	if (knob->kind == KNOB_LIST)
		return ""; /* unit_limits.c leaves what is by device to the files */
	if (!*v1 || strstr(v2, v1))
		return v2;
	return arena_format(arena, "%s%sv1: %s", v2, *v2 ? "; " : "", v1);
}

static const struct {
	const char *heading;
	cell_writer *cell;
} columns[] = {
	{ "`linux.resources.`", field },
	{ "cgroup v1", file_of_v1 },
	{ "cgroup v2", file_of_v2 },
	{ "systemd", property },
	{ "takes", what_it_takes },
	{ "where the host lacks it", without_it },
};
enum { column_count = sizeof columns / sizeof *columns };

static const char *cell_of(const struct knob *knob, size_t column, struct arena *arena)
{
	return knob ? columns[column].cell(knob, arena) : columns[column].heading;
}

/* NULL: the line of headings. */
static char *table_line(const struct knob *knob, struct arena *arena)
{
	char *text = arena_copy(arena, "");

	for (size_t i = 0; i < column_count; i++) {
		const char *cell = cell_of(knob, i, arena);

		text = arena_format(arena, "%s| %s%s", text, cell, *cell ? " " : "");
	}
	return arena_format(arena, "%s|\n", text);
}

char *cg_describe_limits(struct arena *arena)
{
	char *text = table_line(NULL, arena);

	for (size_t i = 0; i < column_count; i++)
		text = arena_format(arena, "%s|---", text);
	text = arena_format(arena, "%s|\n", text);
	for (size_t row = 0; row < cg_knob_count; row++)
		text = arena_format(arena, "%s%s", text, table_line(&cg_knobs[row], arena));
	return text;
}
