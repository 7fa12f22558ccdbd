/* arena.c -- memory that lives exactly as long as one command. See arena.h.
 *
 * Blocks of 64 KiB, handed out front to back. A request larger than a quarter of that gets a
 * block of its own, so that one big value does not waste the rest of the current block. */
#include "runtime/base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct block {
	struct block *older;
	max_align_t bytes[];
};

enum { block_bytes = 64 * 1024 };

static void out_of_memory(void)
{
	static const char text[] = "caisson: out of memory\n";

	(void)!write(STDERR_FILENO, text, sizeof text - 1);
	_exit(1);
}

static struct block *add_block(struct arena *arena, size_t size)
{
	/* calloc of a fresh block costs nothing: the kernel's pages are zero already. */
	struct block *block = calloc(1, sizeof *block + size);

	if (!block)
		out_of_memory();
	block->older = arena->blocks;
	arena->blocks = block;
	return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	const size_t align = _Alignof(max_align_t);
	void *given;

	if (size > SIZE_MAX / 2)
		out_of_memory();
	size = (size + align - 1) & ~(align - 1);
	if (size > block_bytes / 4)
		return add_block(arena, size)->bytes;
	if (size > arena->left) {
		arena->next = (char *)add_block(arena, block_bytes)->bytes;
		arena->left = block_bytes;
	}
	given = arena->next;
	arena->next += size;
	arena->left -= size;
	return given;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(count, size, &total))
		out_of_memory();
	return arena_alloc(arena, total);
}

char *arena_copy_bytes(struct arena *arena, const char *bytes, size_t length)
{
	char *copy = arena_alloc(arena, length + 1);

	memcpy(copy, bytes, length);
	return copy;
}

char *arena_copy(struct arena *arena, const char *text)
{
	return arena_copy_bytes(arena, text, strlen(text));
}

char *arena_format(struct arena *arena, const char *format, ...)
{
	va_list arguments;
	char *text;
	int length;

	va_start(arguments, format);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (length < 0)
		out_of_memory();
	text = arena_alloc(arena, (size_t)length + 1);
	va_start(arguments, format);
	vsnprintf(text, (size_t)length + 1, format, arguments);
	va_end(arguments);
	return text;
}

void arena_free(struct arena *arena)
{
	while (arena->blocks) {
		struct block *older = arena->blocks->older;

		free(arena->blocks);
		arena->blocks = older;
	}
	arena->next = NULL;
	arena->left = 0;
}
