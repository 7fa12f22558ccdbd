/* shape.h -- JSON objects become structs, by tables of fields.
 *
 * A struct of spec.h has one `struct shape`: a table whose rows say which key goes to which
 * member. What a row does follows from the type of its member, at compile time: a row that names
 * a member of a type nobody decodes does not compile, nor does a list of mounts given the shape of
 * a device.
 *
 *	static const struct shape_field fields[] = {
 *		FIELD(spec_root, "path", path, "path of the root filesystem", REQUIRED),
 *		FIELD(spec_root, "readonly", readonly, "mount it read-only"),
 *	};
 *	const struct shape spec_root_shape = SHAPE_GIVEN(spec_root, fields);
 *
 * Rules that hold for every row: `null` counts as absent (engines write it); so does an empty
 * string where the field is optional, as in runc; keys without a row are ignored (config.md,
 * "Extensibility"); of two equal keys the last one counts, as in runc and crun. */
#ifndef CAISSON_SPECS_SHAPE_H
#define CAISSON_SPECS_SHAPE_H

#include <jansson.h>

#include "runtime/base/arena.h"
#include "runtime/base/words.h"
#include "specs/numbers.h"
#include "specs/spec.h"

enum shape_kind {
	SHAPE_STRING,
	SHAPE_STRINGS,
	SHAPE_PAIRS,
	SHAPE_BOOL,
	SHAPE_MAYBE_BOOL,
	SHAPE_I32,
	SHAPE_U32,
	SHAPE_I64,
	SHAPE_U64,
	SHAPE_MAYBE_U32,
	SHAPE_MAYBE_I64,
	SHAPE_MAYBE_U64,
	SHAPE_U32S,
	SHAPE_CAP_SET,
	SHAPE_WORD,    /* one word of a table: its number */
	SHAPE_FLAGS,   /* a list of words: their numbers or-ed */
	SHAPE_KNOWN,   /* a list of words, kept as words */
	SHAPE_PRESENT, /* a bool that says whether the key is there */
	SHAPE_OBJECT,
	SHAPE_POINTER, /* to an object; NULL when absent */
	SHAPE_LIST,
	SHAPE_KEYED, /* an object of objects becomes a list; the key is one of the members */
};

struct shape_field {
	const char *key;
	const char *doc; /* one line for people; NULL: a second row of the same key */
	const char *matched; /* "invalid thing: ", in what is said of a wrong value: callers look for
			      * it; NULL: nobody does */
	enum shape_kind kind;
	uint16_t offset, size;
	uint16_t name_at;    /* SHAPE_KEYED: where in the element its key goes */
	bool required;
	int64_t least, most; /* narrower than the type; both 0: the type's own range */
	int64_t otherwise;   /* SHAPE_WORD: the number when absent */
	const struct word *words;
	const struct shape *shape;
};

struct shape {
	const struct shape_field *fields;
	size_t count;
	size_t size;
	int given_at; /* offset of `bool given`, or -1 */
};

#define SHAPE(type, table)                                                                      \
	{ table, sizeof(table) / sizeof *(table), sizeof(struct type), -1 }
#define SHAPE_GIVEN(type, table)                                                                \
	{ table, sizeof(table) / sizeof *(table), sizeof(struct type),                          \
	  offsetof(struct type, given) }

#define SHAPE_MEMBER(type, member) (((struct type *)0)->member)
#define SHAPE_ROW(type, name, member)                                                           \
	.key = name, .offset = offsetof(struct type, member),                                   \
	.size = sizeof SHAPE_MEMBER(type, member)
#define SHAPE_KIND(type, member)                                                                \
	_Generic(SHAPE_MEMBER(type, member),                                                    \
		char *: SHAPE_STRING,                                                           \
		struct strings: SHAPE_STRINGS,                                                  \
		struct pairs: SHAPE_PAIRS,                                                      \
		bool: SHAPE_BOOL,                                                               \
		struct maybe_bool: SHAPE_MAYBE_BOOL,                                            \
		int32_t: SHAPE_I32,                                                             \
		uint32_t: SHAPE_U32,                                                            \
		int64_t: SHAPE_I64,                                                             \
		uint64_t: SHAPE_U64,                                                            \
		struct maybe_u32: SHAPE_MAYBE_U32,                                              \
		struct maybe_i64: SHAPE_MAYBE_I64,                                              \
		struct maybe_u64: SHAPE_MAYBE_U64,                                              \
		struct spec_u32s: SHAPE_U32S,                                                   \
		struct spec_cap_set: SHAPE_CAP_SET)
#define SHAPE_NUMBER(type, member, kind)                                                        \
	_Generic(SHAPE_MEMBER(type, member), char: kind, int: kind, unsigned: kind,             \
		unsigned long: kind)

/* The last argument of every row is its doc, and after it: REQUIRED, RANGE(...), ... */
#define REQUIRED	       .required = true
#define RANGE(lowest, highest) .least = (lowest), .most = (highest)
#define OTHERWISE(number)      .otherwise = (number)
#define MATCHED(words)	       .matched = (words)

#define FIELD(type, name, member, ...)                                                          \
	{ SHAPE_ROW(type, name, member), .kind = SHAPE_KIND(type, member), .doc = __VA_ARGS__ }
#define WORD(type, name, member, table, ...)                                                    \
	{ SHAPE_ROW(type, name, member), .kind = SHAPE_NUMBER(type, member, SHAPE_WORD),        \
	  .words = table, .doc = __VA_ARGS__ }
#define FLAGS(type, name, member, table, ...)                                                   \
	{ SHAPE_ROW(type, name, member), .kind = SHAPE_NUMBER(type, member, SHAPE_FLAGS),       \
	  .words = table, .doc = __VA_ARGS__ }
#define KNOWN(type, name, member, table, ...)                                                   \
	{ SHAPE_ROW(type, name, member),                                                        \
	  .kind = _Generic(SHAPE_MEMBER(type, member), struct strings: SHAPE_KNOWN),            \
	  .words = table, .doc = __VA_ARGS__ }
#define PRESENT(type, name, member, ...)                                                        \
	{ SHAPE_ROW(type, name, member),                                                        \
	  .kind = _Generic(SHAPE_MEMBER(type, member), bool: SHAPE_PRESENT), .doc = __VA_ARGS__ }
#define OBJECT(type, name, member, of, ...)                                                     \
	{ SHAPE_ROW(type, name, member),                                                        \
	  .kind = _Generic(SHAPE_MEMBER(type, member),                                          \
		  struct of: SHAPE_OBJECT, struct of *: SHAPE_POINTER),                         \
	  .shape = &of##_shape, .doc = __VA_ARGS__ }
#define LIST(type, name, member, of, ...)                                                       \
	{ SHAPE_ROW(type, name, member),                                                        \
	  .kind = _Generic(SHAPE_MEMBER(type, member).at, struct of *: SHAPE_LIST),             \
	  .shape = &of##_shape, .doc = __VA_ARGS__ }
#define KEYED(type, name, member, of, key_member, ...)                                          \
	{ SHAPE_ROW(type, name, member),                                                        \
	  .kind = _Generic(SHAPE_MEMBER(type, member).at, struct of *: SHAPE_KEYED),            \
	  .name_at = offsetof(struct of, key_member), .shape = &of##_shape, .doc = __VA_ARGS__ }

/* What decoding needs besides the value. */
struct shape_reader {
	struct arena *arena;
	const char *text; /* the source, quoted in messages */
	size_t length;
	const struct numbers *numbers; /* integers jansson cannot hold, or NULL */
	/* Hears of keys without a row, and of the known key most like it (or NULL). */
	void (*unknown)(const char *path, const char *nearest, void *to);
	void *to;
};

/* Decodes an object into `into`, zeroed, of the size the shape says. Strings are borrowed from
 * `value`, which must live as long. A refusal (-EINVAL) says "path: expected ..., got ...", with
 * the path in fault.path. */
int shape_decode(const struct shape_reader *reader, const struct shape *shape, const json_t *value,
		 void *into);

/* Visits every row below a shape, outermost first: `path` is "linux.namespaces[].type". For lists
 * of what there is: the manual, `explain`, the fuzzer's dictionary. */
void shape_visit(const struct shape *shape, const char *path,
		 void (*visit)(const char *path, const struct shape_field *field, void *to),
		 void *to);

#endif
