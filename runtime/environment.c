/* environment.c -- lists of "NAME=value". See environment.h.
 *
 * Does not look at our own environment, which no workload gets. */
#include "runtime/environment.h"

#include <stdlib.h>
#include <string.h>

bool env_has(const struct strings *env, const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < env->count; i++) {
		if (!strncmp(env->at[i], name, length) && env->at[i][length] == '=')
			return true;
	}
	return false;
}

struct strings env_with(const struct strings *env, const char *variable, struct arena *arena)
{
	struct strings more = { arena_array(arena, env->count + 2, sizeof *more.at), env->count };

	if (env->count)
		memcpy(more.at, env->at, env->count * sizeof *more.at);
	more.at[more.count++] = (char *)variable;
	return more;
}

struct entry {
	const char *word;
	size_t length; /* of its name */
	size_t place;
};

static int by_name_and_place(const void *one, const void *other)
{
	const struct entry *a = one, *b = other;
	size_t shorter = a->length < b->length ? a->length : b->length;
	int order = memcmp(a->word, b->word, shorter);

	if (order)
		return order;
	if (a->length != b->length)
		return a->length < b->length ? -1 : 1;
	return a->place < b->place ? -1 : 1;
}

static bool same_name(const struct entry *one, const struct entry *other)
{
	return one->length == other->length && !memcmp(one->word, other->word, one->length) &&
	       one->word[one->length] == '=';
}

/* Sorted, since an orchestrator may hand over thousands. */
struct strings env_once(const struct strings *env, struct arena *arena)
{
	struct strings made = { arena_array(arena, env->count + 1, sizeof *made.at), 0 };
	struct entry *entries = arena_array(arena, env->count + 1, sizeof *entries);
	bool *repeated = arena_array(arena, env->count + 1, sizeof *repeated);

	for (size_t i = 0; i < env->count; i++)
		entries[i] = (struct entry){ env->at[i], strcspn(env->at[i], "="), i };
	qsort(entries, env->count, sizeof *entries, by_name_and_place);
	for (size_t i = 1; i < env->count; i++)
		repeated[entries[i - 1].place] = same_name(&entries[i - 1], &entries[i]);
	for (size_t i = 0; i < env->count; i++) {
		if (!repeated[i])
			made.at[made.count++] = env->at[i];
	}
	return made;
}

void env_forget_empty(struct strings *env, const char *name)
{
	size_t length = strlen(name), left = 0;

	for (size_t i = 0; i < env->count; i++) {
		if (strncmp(env->at[i], name, length) || strcmp(env->at[i] + length, "="))
			env->at[left++] = env->at[i];
	}
	env->count = left;
}
