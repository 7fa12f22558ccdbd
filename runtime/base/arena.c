/* arena.c -- memory that lives exactly as long as one command. See arena.h.
 *
 * Blocks straight from the kernel, whose pages are zero already, handed out front to back. A
 * request larger than a quarter of one gets a block of its own, so that one big value does not
 * waste the rest of the current block.
 *
 * The kernel is asked to map all pages of a block at once: each that is touched first by us costs
 * a fault, which is half a microsecond on a bare machine and 15 on a virtual one. One block holds
 * all that a start of the default container takes (70 KiB), without leaving many unused.
 *
 * AddressSanitizer knows nothing of such memory by itself. It is told: what is not handed out may
 * not be touched, nor may the gap behind each thing that is. */
#include "runtime/base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct block {
	struct block *older;
	size_t size; /* all of it */
	max_align_t bytes[];
};

enum { block_bytes = 80 * 1024 - sizeof(struct block) };

#ifdef __has_feature /* clang */
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
enum { gap_bytes = 32 };
#define FORBID(bytes, size) __asan_poison_memory_region((bytes), (size))
#define ALLOW(bytes, size)  __asan_unpoison_memory_region((bytes), (size))
#else
enum { gap_bytes = 0 };
#define FORBID(bytes, size) ((void)(bytes))
#define ALLOW(bytes, size)  ((void)(bytes))
#endif

static void out_of_memory(void)
{
	static const char text[] = "caisson: out of memory\n";

	(void)!write(STDERR_FILENO, text, sizeof text - 1);
	_exit(1);
}

static struct block *add_block(struct arena *arena, size_t size)
{
	struct block *block = mmap(NULL, sizeof *block + size, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (block == MAP_FAILED)
		out_of_memory();
	block->older = arena->blocks;
	block->size = sizeof *block + size;
	FORBID(block->bytes, size);
	arena->blocks = block;
	return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	const size_t align = _Alignof(max_align_t);
	size_t taken;
	void *given;

	if (size > SIZE_MAX / 2)
		out_of_memory();
	taken = (size + gap_bytes + align - 1) & ~(align - 1);
	if (taken > block_bytes / 4) {
		given = add_block(arena, taken)->bytes;
		ALLOW(given, size);
		return given;
	}
	if (taken > arena->left) {
		arena->next = (char *)add_block(arena, block_bytes)->bytes;
		arena->left = block_bytes;
	}
	given = arena->next;
	ALLOW(given, size);
	arena->next += taken;
	arena->left -= taken;
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

		/* Others may be given these addresses. */
		ALLOW(arena->blocks, arena->blocks->size);
		munmap(arena->blocks, arena->blocks->size);
		arena->blocks = older;
	}
	arena->next = NULL;
	arena->left = 0;
}
