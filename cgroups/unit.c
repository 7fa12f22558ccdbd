/* unit.c -- a list of a unit's properties, and the words it is handed on as.
 *
 * Does not know which properties there are: unit_limits.c, unit_devices.c, unit_annotations.c. */
#include "cgroups/unit.h"

#include <string.h>

void unit_add(struct unit_properties *list, struct arena *arena, const char *name,
	      const char *type, struct strings values)
{
	if (list->count == list->room) {
		size_t room = list->room ? 2 * list->room : 16;
		struct unit_property *at = arena_array(arena, room, sizeof *at);

		if (list->count)
			memcpy(at, list->at, list->count * sizeof *at);
		list->at = at;
		list->room = room;
	}
	list->at[list->count++] = (struct unit_property){ name, type, values };
}

void unit_add_one(struct unit_properties *list, struct arena *arena, const char *name,
		  const char *type, const char *value)
{
	struct strings values = { .count = 1 };

	values.at = arena_array(arena, 1, sizeof *values.at);
	values.at[0] = (char *)value;
	unit_add(list, arena, name, type, values);
}

void unit_append(struct unit_properties *list, struct arena *arena,
		 const struct unit_properties *more)
{
	for (size_t i = 0; i < more->count; i++)
		unit_add(list, arena, more->at[i].name, more->at[i].type, more->at[i].values);
}

struct strings unit_request(const char *verb, const char *unit,
			    const struct unit_properties *properties, struct arena *arena)
{
	struct strings words = { 0 };
	size_t room = 2;

	for (size_t i = 0; properties && i < properties->count; i++)
		room += 3 + properties->at[i].values.count;
	words.at = arena_array(arena, room, sizeof *words.at);
	words.at[words.count++] = (char *)verb;
	words.at[words.count++] = (char *)unit;
	for (size_t i = 0; properties && i < properties->count; i++) {
		const struct unit_property *property = &properties->at[i];

		words.at[words.count++] = (char *)property->name;
		words.at[words.count++] = (char *)property->type;
		words.at[words.count++] = arena_format(arena, "%zu", property->values.count);
		for (size_t j = 0; j < property->values.count; j++)
			words.at[words.count++] = property->values.at[j];
	}
	return words;
}
