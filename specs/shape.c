/* shape.c -- JSON objects become structs, by tables of fields. See shape.h.
 *
 * Walks objects and lists of objects; values.c does what is inside. Recursion is as deep as the
 * shapes are nested, never as deep as the text. Does not know any field of the spec. */
#include "specs/shape.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "runtime/base/fault.h"
#include "specs/frame.h"

static int decode_object(const struct shape_reader *reader, const struct shape *shape,
			 const json_t *object, char *into, const struct frame *frame);

static int decode_pointer(const struct shape_reader *reader, const struct shape *shape,
			  const json_t *value, void *member, const struct frame *frame)
{
	void *into = arena_alloc(reader->arena, shape->size);

	*(void **)member = into;
	return decode_object(reader, shape, value, into, frame);
}

/* Every list_of() has the same layout; only the type behind `at` differs. */
struct any_list list_of(any);

static int decode_list(const struct shape_reader *reader, const struct shape *shape,
		       const json_t *value, struct any_list *list, const struct frame *outer)
{
	size_t count = json_array_size(value);
	char *element = arena_array(reader->arena, count, shape->size);

	if (!json_is_array(value))
		return frame_unexpected(reader, outer, value, "a list of objects");
	list->at = (struct any *)element;
	for (size_t i = 0; i < count; i++, element += shape->size) {
		const struct frame frame = { outer, NULL, i };
		int result =
			decode_object(reader, shape, json_array_get(value, i), element, &frame);

		if (result < 0)
			return result;
		list->count++;
	}
	return 0;
}

static int decode_keyed(const struct shape_reader *reader, const struct shape_field *field,
			const json_t *value, struct any_list *list, const struct frame *outer)
{
	const struct shape *shape = field->shape;
	char *element = arena_array(reader->arena, json_object_size(value), shape->size);

	if (!json_is_object(value))
		return frame_unexpected(reader, outer, value, "an object of objects");
	list->at = (struct any *)element;
	for (void *at = json_object_iter((json_t *)(uintptr_t)value); at;
	     at = json_object_iter_next((json_t *)(uintptr_t)value, at)) {
		const struct frame frame = { outer, json_object_iter_key(at), 0 };
		int result =
			decode_object(reader, shape, json_object_iter_value(at), element, &frame);

		if (result < 0)
			return result;
		memcpy(element + field->name_at, &frame.key, sizeof frame.key);
		element += shape->size;
		list->count++;
	}
	return 0;
}

static const char *nearest_unknown(const struct shape *shape, const json_t *object,
				   const char *wanted);

/* What the field is for is often what its author needs to hear. */
static int explain(int result, const struct shape_field *field)
{
	if (result < 0 && field->doc && !*last_fault()->hint)
		return advise(result, "%s is: %s", field->key, field->doc);
	return result;
}

static int missing(const struct shape *shape, const struct shape_field *field, const json_t *object,
		   const struct frame *frame)
{
	const char *nearest = nearest_unknown(shape, object, field->key);
	int result = frame_refuse(frame, "%srequired, but missing",
				  field->matched ? field->matched : "");

	if (nearest)
		return advise(result, "it has \"%s\": did you mean \"%s\"?", nearest, field->key);
	return explain(result, field);
}

static int decode_field(const struct shape_reader *reader, const struct shape *shape,
			const struct shape_field *field, const json_t *object, char *into,
			const struct frame *outer)
{
	const struct frame frame = { outer, field->key, 0 };
	const json_t *value = json_object_get(object, field->key);
	void *member = into + field->offset;

	if (json_is_string(value) && !json_string_length(value) &&
	    (field->kind == SHAPE_STRING || field->kind == SHAPE_WORD)) {
		if (field->required)
			return explain(
				frame_refuse(&frame, "expected a non-empty string, got \"\""),
				field);
		value = NULL;
	}
	if (!value || json_is_null(value)) {
		if (field->otherwise)
			value_store(member, field->size, (uint64_t)field->otherwise);
		return field->required ? missing(shape, field, object, &frame) : 0;
	}
	switch (field->kind) {
	case SHAPE_OBJECT:
		return decode_object(reader, field->shape, value, member, &frame);
	case SHAPE_POINTER:
		return decode_pointer(reader, field->shape, value, member, &frame);
	case SHAPE_LIST:
		return decode_list(reader, field->shape, value, member, &frame);
	case SHAPE_KEYED:
		return decode_keyed(reader, field, value, member, &frame);
	default:
		return explain(value_decode(reader, field, value, member, &frame), field);
	}
}

static bool has_row(const struct shape *shape, const char *key)
{
	for (size_t i = 0; i < shape->count; i++) {
		if (!strcmp(shape->fields[i].key, key))
			return true;
	}
	return false;
}

/* Typing errors only: "nome" for "name", not "a" for "b". */
static bool resembles(const char *one, const char *other, unsigned *best)
{
	unsigned distance = word_distance(one, other, 2);

	if (distance >= *best || distance >= strlen(one))
		return false;
	*best = distance;
	return true;
}

static const char *nearest_unknown(const struct shape *shape, const json_t *object,
				   const char *wanted)
{
	const char *nearest = NULL;
	unsigned best = 3;

	for (void *at = json_object_iter((json_t *)(uintptr_t)object); at;
	     at = json_object_iter_next((json_t *)(uintptr_t)object, at)) {
		const char *key = json_object_iter_key(at);

		if (!has_row(shape, key) && resembles(key, wanted, &best))
			nearest = key;
	}
	return nearest;
}

static void report_unknown(const struct shape_reader *reader, const struct shape *shape,
			   const json_t *object, const struct frame *outer)
{
	for (void *at = json_object_iter((json_t *)(uintptr_t)object); at;
	     at = json_object_iter_next((json_t *)(uintptr_t)object, at)) {
		const struct frame frame = { outer, json_object_iter_key(at), 0 };
		const char *nearest = NULL;
		char path[sizeof last_fault()->path];
		unsigned best = 3;

		if (has_row(shape, frame.key))
			continue;
		for (size_t i = 0; i < shape->count; i++) {
			if (resembles(frame.key, shape->fields[i].key, &best))
				nearest = shape->fields[i].key;
		}
		frame_spell(&frame, path, sizeof path);
		reader->unknown(path, nearest, reader->to);
	}
}

static int decode_object(const struct shape_reader *reader, const struct shape *shape,
			 const json_t *object, char *into, const struct frame *frame)
{
	if (!json_is_object(object))
		return frame_unexpected(reader, frame, object, "an object");
	if (shape->given_at >= 0)
		into[shape->given_at] = true;
	for (size_t i = 0; i < shape->count; i++) {
		int result = decode_field(reader, shape, &shape->fields[i], object, into, frame);

		if (result < 0)
			return result;
	}
	if (reader->unknown)
		report_unknown(reader, shape, object, frame);
	return 0;
}

int shape_decode(const struct shape_reader *reader, const struct shape *shape, const json_t *value,
		 void *into)
{
	return decode_object(reader, shape, value, into, NULL);
}

void shape_visit(const struct shape *shape, const char *path,
		 void (*visit)(const char *path, const struct shape_field *field, void *to),
		 void *to)
{
	for (size_t i = 0; i < shape->count; i++) {
		const struct shape_field *field = &shape->fields[i];
		const char *list = field->kind == SHAPE_LIST	? "[]"
				   : field->kind == SHAPE_KEYED ? ".*"
								: "";
		char inner[256];

		if (!field->doc) /* the key's other row has been visited */
			continue;
		snprintf(inner, sizeof inner, "%s%s%s%s", path, *path ? "." : "", field->key, list);
		visit(inner, field, to);
		if (field->shape)
			shape_visit(field->shape, inner, visit, to);
	}
}
