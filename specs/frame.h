/* frame.h -- the place of a value while it is being decoded. Private to specs/.
 *
 * Every object and list on the way down adds one frame on the stack; nobody spells the path out
 * unless something is wrong. */
#ifndef CAISSON_SPECS_FRAME_H
#define CAISSON_SPECS_FRAME_H

#include <jansson.h>

#include "specs/shape.h"

struct frame {
	const struct frame *outer;
	const char *key; /* NULL: an element of a list */
	size_t index;
};

/* "linux.resources.rdma.mlx5_1" */
void frame_spell(const struct frame *frame, char *path, size_t size);
/* Refuses with the path before the sentence and in fault.path. Returns -EINVAL. */
__attribute__((format(printf, 2, 3))) int frame_refuse(const struct frame *frame,
						       const char *format, ...);
/* "expected a string, got 7": quotes the source. */
int frame_unexpected(const struct shape_reader *reader, const struct frame *frame,
		     const json_t *value, const char *expected);
/* The value as the author wrote it, for a message. */
void frame_quote(const struct shape_reader *reader, const struct frame *frame, const json_t *value,
		 char *text, size_t size);

/* values.c: everything that is no object of its own. */
int value_decode(const struct shape_reader *reader, const struct shape_field *field,
		 const json_t *value, void *member, const struct frame *frame);
/* Writes a number into a member of 1, 4 or 8 bytes. */
void value_store(void *member, size_t size, uint64_t number);

#endif
