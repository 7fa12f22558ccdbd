/* arena.h -- memory that lives exactly as long as one command.
 *
 * The spec, the plan and every string in them come from one arena and are freed together, or
 * never: a runtime's life is a few milliseconds. Out of memory ends the process with a message
 * (exit status 1): there is nothing sensible left to try, and no caller checks for NULL. */
#ifndef CAISSON_ARENA_H
#define CAISSON_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena {
	char *next;           /* free space in the newest block */
	size_t left;          /* bytes of it */
	struct block *blocks; /* newest first */
};

/* `size` zeroed bytes, aligned for any type. */
void *arena_alloc(struct arena *arena, size_t size);
/* Like arena_alloc for `count` elements; an overflow counts as out of memory. */
void *arena_array(struct arena *arena, size_t count, size_t size);
char *arena_copy(struct arena *arena, const char *text);
char *arena_copy_bytes(struct arena *arena, const char *bytes, size_t length);
__attribute__((format(printf, 2, 3))) char *arena_format(struct arena *arena, const char *format,
							 ...);
void arena_free(struct arena *arena);

#define arena_new(arena, type) ((type *)arena_alloc((arena), sizeof(type)))

#endif
