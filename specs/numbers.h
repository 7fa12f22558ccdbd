/* numbers.h -- integers that fit in 64 bits but not in jansson's 63.
 *
 * RLIM_INFINITY is 18446744073709551615, and a seccomp argument may be any uint64; real configs
 * hold both. jansson's integers are signed; its way round (JSON_DECODE_INT_AS_REAL) loses the last
 * digits. So when jansson says that a number overflows, the text is copied once with every such
 * integer replaced by a small real number that is its index in a list of the original tokens. No
 * field of the spec is a real number, and reals the author wrote become 0.5, so the two cannot be
 * mistaken. Tokens keep their length, so that jansson's line and column stay right. */
#ifndef CAISSON_SPECS_NUMBERS_H
#define CAISSON_SPECS_NUMBERS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/base/arena.h"

struct numbers {
	const char **at; /* the tokens */
	size_t count;
};

/* A copy of `text` in which the integers beyond int64 are set aside. */
char *numbers_set_aside(struct numbers *numbers, const char *text, size_t length,
			struct arena *arena);
/* The unsigned integer a value stands for; false when it is none or beyond uint64. */
bool numbers_u64(const struct numbers *numbers, const json_t *value, uint64_t *number);
/* True when the author wrote an integer, of whatever size. */
bool numbers_is_integer(const struct numbers *numbers, const json_t *value);

#endif
