/* config.c -- a value in a JSON document, named by its path. See config.h. */
#include "tests/lib/config.h"

#include <criterion/criterion.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The first step of a path: a key, or an index in brackets. */
struct step {
	char key[128];
	bool indexed, appends;
	size_t index;
	const char *rest; /* "" at the end */
};

static struct step first_step(const char *path)
{
	struct step step = { .indexed = path[0] == '[' };
	size_t length = step.indexed ? strcspn(path, "]") : strcspn(path, ".[");

	cr_assert_lt(length, sizeof step.key, "a long word in %s", path);
	memcpy(step.key, path + step.indexed, length - step.indexed);
	step.appends = step.indexed && !strcmp(step.key, "+");
	step.index = step.indexed && !step.appends ? strtoul(step.key, NULL, 10) : 0;
	step.rest = path + length + step.indexed;
	if (*step.rest == '.')
		step.rest++;
	return step;
}

static json_t *look(json_t *in, const struct step *step)
{
	return step->indexed ? json_array_get(in, step->index) : json_object_get(in, step->key);
}

static void put(json_t *in, const struct step *step, json_t *value)
{
	int result;

	if (step->appends)
		result = json_array_append_new(in, value);
	else if (step->indexed)
		result = json_array_set_new(in, step->index, value);
	else
		result = json_object_set_new(in, step->key, value);
	cr_assert_eq(result, 0, "nothing can be put at \"%s\"", step->key);
}

void config_set(json_t *config, const char *path, json_t *value)
{
	struct step step = first_step(path);
	json_t *next;

	if (!*step.rest) {
		put(config, &step, value);
		return;
	}
	next = step.appends ? NULL : look(config, &step);
	if (!next) {
		next = *step.rest == '[' ? json_array() : json_object();
		put(config, &step, next);
	}
	config_set(next, step.rest, value);
}

json_t *config_get(json_t *config, const char *path)
{
	while (config && *path) {
		struct step step = first_step(path);

		config = look(config, &step);
		path = step.rest;
	}
	return config;
}

void config_unset(json_t *config, const char *path)
{
	struct step step = first_step(path);
	json_t *next = look(config, &step);

	cr_assert_not_null(next, "there is no %s to remove", path);
	if (*step.rest)
		config_unset(next, step.rest);
	else if (step.indexed)
		json_array_remove(config, step.index);
	else
		json_object_del(config, step.key);
}

json_t *config_parse(const char *text)
{
	char *copy = strdup(text);
	json_error_t error;
	json_t *value;

	for (char *quote = copy; (quote = strchr(quote, '\''));)
		*quote = '"';
	value = json_loads(copy, JSON_DECODE_ANY, &error);
	cr_assert_not_null(value, "%s: %s", text, error.text);
	free(copy);
	return value;
}
