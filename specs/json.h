/* json.h -- jansson, with its memory in an arena.
 *
 * Building the tree in an arena is a third faster, leaves nothing to free, and lets the structs
 * borrow its strings. jansson's allocator is a global, so the switch is made around each use:
 * between the two calls, no value may be freed that was made outside, and the other way round. */
#ifndef CAISSON_SPECS_JSON_H
#define CAISSON_SPECS_JSON_H

#include <jansson.h>

#include "runtime/base/arena.h"

void json_use_arena(struct arena *arena);
void json_use_malloc(void);

/* Unless seeded, jansson reads /dev/urandom. The kernel gave every process 16 random bytes. */
void json_seed(void);

#endif
