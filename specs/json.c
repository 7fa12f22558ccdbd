/* json.c -- jansson, with its memory in an arena. See json.h. */
#include "specs/json.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

/* jansson's allocator has no argument to carry these. */
static struct arena *in_use;
static char *next;
static size_t left;

/* Memory the kernel has mapped already. A tree takes about eight times its text, and touching each
 * page for the first time costs a fault (15 us on a virtual machine): 33 of them were four fifths
 * of the time to load a config of 17 kB, 0.80 ms. Asking for all at once (since 5.14) leaves 0.45.
 * Where the kernel cannot, the pages come one by one. */
static void prepare(struct arena *arena, size_t size)
{
	const size_t page = 4096, most = 1024 * 1024;
	char *first;

	size = size < most ? size : most;
	next = arena_alloc(arena, size + 2 * page);
	first = (char *)(((uintptr_t)next + page - 1) & ~(page - 1));
	left = size;
	madvise(first, size, MADV_POPULATE_WRITE);
}

static void *allocate(size_t size)
{
	const size_t align = _Alignof(max_align_t);
	char *given = next;

	if (size > left)
		return arena_alloc(in_use, size);
	size = (size + align - 1) & ~(align - 1);
	size = size < left ? size : left;
	next += size;
	left -= size;
	return given;
}

static void forget(void *memory)
{
	(void)memory; /* goes with the arena */
}

/* Unless seeded, jansson reads /dev/urandom. The kernel gave every process 16 random bytes. */
static void seed_hashes(void)
{
	const void *bytes = (const void *)getauxval(AT_RANDOM);
	size_t seed = 0;

	if (bytes)
		memcpy(&seed, bytes, sizeof seed);
	json_object_seed(seed ? seed : 1);
}

void json_use_arena(struct arena *arena, size_t text_length)
{
	seed_hashes();
	prepare(arena, 8 * text_length);
	in_use = arena;
	json_set_alloc_funcs(allocate, forget);
}

void json_use_malloc(void)
{
	json_set_alloc_funcs(malloc, free);
	in_use = NULL;
	left = 0;
}
