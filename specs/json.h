/* json.h -- jansson, with its memory in an arena.
 *
 * Building the tree in an arena is a third faster, leaves nothing to free, and lets the structs
 * borrow its strings. jansson's allocator is a global, so the switch is made around each use:
 * between the two calls, no value may be freed that was made outside, and the other way round. */
#ifndef CAISSON_SPECS_JSON_H
#define CAISSON_SPECS_JSON_H

#include <jansson.h>

#include "runtime/base/arena.h"

/* `text_length` is the size of the text that will be read or written: about how much memory the
 * tree will take is known from it. */
void json_use_arena(struct arena *arena, size_t text_length);
void json_use_malloc(void);

#endif
