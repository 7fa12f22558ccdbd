/* test_arena.c -- memory is zero, aligned and apart, and a sanitizer sees who leaves it. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "runtime/base/arena.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#endif

/* Small ones share a block, large ones have one each. */
static const size_t sizes[] = { 1, 7, 16, 33, 4096, 19000, 21000, 300000 };
enum { size_count = sizeof sizes / sizeof *sizes };

Test(arena, gives_zeroed_memory_that_nobody_else_has)
{
	struct arena arena = { 0 };
	unsigned char *given[4 * size_count];

	for (size_t i = 0; i < 4 * size_count; i++) {
		size_t size = sizes[i % size_count];

		given[i] = arena_alloc(&arena, size);
		cr_assert_eq((uintptr_t)given[i] % _Alignof(max_align_t), 0);
		for (size_t k = 0; k < size; k++)
			cr_assert_eq(given[i][k], 0, "byte %zu of %zu", k, size);
		memset(given[i], (int)i + 1, size);
	}
	for (size_t i = 0; i < 4 * size_count; i++) {
		for (size_t k = 0; k < sizes[i % size_count]; k++)
			cr_assert_eq(given[i][k], i + 1);
	}
	arena_free(&arena);
	cr_assert_null(arena.blocks);
}

Test(arena, copies_and_formats_text)
{
	struct arena arena = { 0 };

	cr_assert_str_eq(arena_copy(&arena, ""), "");
	cr_assert_str_eq(arena_copy_bytes(&arena, "web2", 3), "web");
	cr_assert_str_eq(arena_format(&arena, "%s/%d", "a", 7), "a/7");
	arena_free(&arena);
}

Test(arena, lets_a_sanitizer_see_the_end_of_each_thing)
{
#ifdef __SANITIZE_ADDRESS__
	struct arena arena = { 0 };

	for (size_t i = 0; i < size_count; i++) {
		char *given = arena_alloc(&arena, sizes[i]);

		cr_expect_eq(__asan_address_is_poisoned(given), 0);
		cr_expect_eq(__asan_address_is_poisoned(given + sizes[i] - 1), 0);
		cr_expect_eq(__asan_address_is_poisoned(given + sizes[i]), 1, "after %zu bytes",
			     sizes[i]);
	}
	arena_free(&arena);
#else
	cr_skip("built without AddressSanitizer");
#endif
}
