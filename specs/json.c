/* json.c -- jansson, with its memory in an arena. See json.h. */
#include "specs/json.h"

#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

/* jansson's allocator has no argument to carry it. */
static struct arena *in_use;

static void *allocate(size_t size)
{
	return arena_alloc(in_use, size);
}

static void forget(void *memory)
{
	(void)memory; /* goes with the arena */
}

void json_seed(void)
{
	const void *bytes = (const void *)getauxval(AT_RANDOM);
	size_t seed = 0;

	if (bytes)
		memcpy(&seed, bytes, sizeof seed);
	json_object_seed(seed ? seed : 1);
}

void json_use_arena(struct arena *arena)
{
	json_seed();
	in_use = arena;
	json_set_alloc_funcs(allocate, forget);
}

void json_use_malloc(void)
{
	json_set_alloc_funcs(malloc, free);
	in_use = NULL;
}
