/* counters.c -- lines about what `events --stats` prints, for those parts that can be compared.
 *
 * Limits and settings are facts as they stand. Of what moves, only that it is a number; and of what
 * is left out while it is 0, and so may be there or not, nothing. */
#include "tests/same/same.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool has(const char *name, const char *const *list)
{
	for (; *list; list++) {
		if (strstr(name, *list))
			return true;
	}
	return false;
}

static bool may_be_left_out(const char *name)
{
	static const char *const names[] = { ".throttling",     ".memory.cache", "Only.usage",
					     "Only.max",        "kernelTCP.max", ".blkio.io",
					     "kernelTCP.usage", "usage.total",   NULL };

	return has(name, names);
}

static bool stands_still(const char *name)
{
	static const char *const names[] = { "limit", ".failcnt", ".cpuset.", "disable",
					     NULL };

	return has(name, names);
}

/* One text for a value without members. */
static void add_value(struct facts *facts, const char *name, const json_t *value)
{
	char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(17));

	if (json_is_number(value) && !stands_still(name))
		facts_add(facts, "%s: a number", name);
	else
		facts_add(facts, "%s: %s", name, text);
	free(text);
}

static void add(struct facts *facts, const char *name, json_t *value)
{
	char member[256];
	const char *key;
	json_t *child;
	size_t i;

	if (may_be_left_out(name))
		return;
	if (json_is_object(value)) {
		facts_add(facts, "%s: object", name);
		json_object_foreach (value, key, child) {
			snprintf(member, sizeof member, "%.180s.%.60s", name, key);
			add(facts, member, child);
		}
	} else if (json_is_array(value)) {
		json_array_foreach (value, i, child) {
			snprintf(member, sizeof member, "%.200s[%zu]", name, i);
			add(facts, member, child);
		}
	} else {
		add_value(facts, name, value);
	}
}

void facts_add_counters(struct facts *facts, const char *line)
{
	/* "No limit" is more than jansson's integers hold. */
	json_t *document = json_loads(line, JSON_DISABLE_EOF_CHECK | JSON_DECODE_INT_AS_REAL, NULL);

	if (document)
		add(facts, "stats", json_object_get(document, "data"));
	json_decref(document);
}
