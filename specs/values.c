/* values.c -- strings, numbers, words and lists of them, from JSON into members.
 *
 * One small function per kind of member (shape.h). Objects and lists of objects are shape.c's. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "runtime/base/fault.h"
#include "specs/frame.h"
#include "specs/vocabulary.h"

struct decoding {
	const struct shape_reader *reader;
	const struct shape_field *field;
	const struct frame *frame;
};

static int unexpected(const struct decoding *now, const json_t *value, const char *expected)
{
	return frame_unexpected(now->reader, now->frame, value, expected);
}

/* jansson's strings live in the arena too: they are borrowed, not copied. */
static int decode_string(const struct decoding *now, const json_t *value, void *member)
{
	if (!json_is_string(value))
		return unexpected(now, value, "a string");
	*(char **)member = (char *)(uintptr_t)json_string_value(value);
	return 0;
}

static int decode_strings(const struct decoding *now, const json_t *value, void *member)
{
	struct strings *strings = member;

	if (!json_is_array(value))
		return unexpected(now, value, "a list of strings");
	strings->at = arena_array(now->reader->arena, json_array_size(value) + 1, sizeof(char *));
	for (size_t i = 0; i < json_array_size(value); i++) {
		const struct frame frame = { now->frame, NULL, i };
		const struct decoding inner = { now->reader, now->field, &frame };
		int result = decode_string(&inner, json_array_get(value, i), &strings->at[i]);

		if (result < 0)
			return result;
		strings->count++;
	}
	return 0;
}

static int decode_pairs(const struct decoding *now, const json_t *value, void *member)
{
	struct pairs *pairs = member;

	if (!json_is_object(value))
		return unexpected(now, value, "an object of strings");
	pairs->at = arena_array(now->reader->arena, json_object_size(value) + 1, sizeof *pairs->at);
	for (void *at = json_object_iter((json_t *)(uintptr_t)value); at;
	     at = json_object_iter_next((json_t *)(uintptr_t)value, at)) {
		const struct frame frame = { now->frame, json_object_iter_key(at), 0 };
		const struct decoding inner = { now->reader, now->field, &frame };
		struct pair *pair = &pairs->at[pairs->count];
		int result = decode_string(&inner, json_object_iter_value(at), &pair->value);

		if (result < 0)
			return result;
		pair->key = (char *)(uintptr_t)frame.key;
		pairs->count++;
	}
	return 0;
}

static int decode_bool(const struct decoding *now, const json_t *value, void *member)
{
	if (!json_is_boolean(value))
		return unexpected(now, value, "true or false");
	*(bool *)member = json_is_true(value);
	return 0;
}

static int decode_maybe_bool(const struct decoding *now, const json_t *value, void *member)
{
	struct maybe_bool *maybe = member;

	maybe->given = true;
	return decode_bool(now, value, &maybe->value);
}

static int out_of_range(const struct decoding *now, const json_t *value, int64_t least,
			uint64_t most, uint64_t types_most)
{
	char expected[96];

	if (most == types_most && least == 1)
		snprintf(expected, sizeof expected, "an integer above 0");
	else if (most == types_most && least == -1)
		snprintf(expected, sizeof expected, "an integer of at least -1");
	else
		snprintf(expected, sizeof expected, "an integer from %lld to %llu",
			 (long long)least, (unsigned long long)most);
	return unexpected(now, value, expected);
}

static int decode_signed(const struct decoding *now, const json_t *value, int64_t least,
			 int64_t most, int64_t *number)
{
	int64_t types_most = most;

	if (now->field->least || now->field->most) {
		least = now->field->least;
		most = now->field->most;
	}
	if (!numbers_is_integer(now->reader->numbers, value))
		return unexpected(now, value, "an integer");
	*number = json_integer_value(value);
	if (!json_is_integer(value) || *number < least || *number > most)
		return out_of_range(now, value, least, (uint64_t)most, (uint64_t)types_most);
	return 0;
}

static int decode_unsigned(const struct decoding *now, const json_t *value, uint64_t most,
			   uint64_t *number)
{
	uint64_t types_most = most;
	int64_t least = now->field->least;

	if (now->field->most)
		most = (uint64_t)now->field->most;
	if (!numbers_is_integer(now->reader->numbers, value))
		return unexpected(now, value, "an integer");
	if (!numbers_u64(now->reader->numbers, value, number) || *number > most ||
	    *number < (uint64_t)least)
		return out_of_range(now, value, least, most, types_most);
	return 0;
}

static int decode_i32(const struct decoding *now, const json_t *value, void *member)
{
	int64_t number;
	int result = decode_signed(now, value, INT32_MIN, INT32_MAX, &number);

	if (!result)
		*(int32_t *)member = (int32_t)number;
	return result;
}

static int decode_i64(const struct decoding *now, const json_t *value, void *member)
{
	return decode_signed(now, value, INT64_MIN, INT64_MAX, member);
}

static int decode_u32(const struct decoding *now, const json_t *value, void *member)
{
	uint64_t number;
	int result = decode_unsigned(now, value, UINT32_MAX, &number);

	if (!result)
		*(uint32_t *)member = (uint32_t)number;
	return result;
}

static int decode_u64(const struct decoding *now, const json_t *value, void *member)
{
	return decode_unsigned(now, value, UINT64_MAX, member);
}

static int decode_maybe_u32(const struct decoding *now, const json_t *value, void *member)
{
	struct maybe_u32 *maybe = member;

	maybe->given = true;
	return decode_u32(now, value, &maybe->value);
}

static int decode_maybe_i64(const struct decoding *now, const json_t *value, void *member)
{
	struct maybe_i64 *maybe = member;

	maybe->given = true;
	return decode_i64(now, value, &maybe->value);
}

static int decode_maybe_u64(const struct decoding *now, const json_t *value, void *member)
{
	struct maybe_u64 *maybe = member;

	maybe->given = true;
	return decode_u64(now, value, &maybe->value);
}

static int decode_u32s(const struct decoding *now, const json_t *value, void *member)
{
	struct spec_u32s *list = member;

	if (!json_is_array(value))
		return unexpected(now, value, "a list of integers");
	list->at = arena_array(now->reader->arena, json_array_size(value), sizeof *list->at);
	for (size_t i = 0; i < json_array_size(value); i++) {
		const struct frame frame = { now->frame, NULL, i };
		const struct decoding inner = { now->reader, now->field, &frame };
		int result = decode_u32(&inner, json_array_get(value, i), &list->at[i]);

		if (result < 0)
			return result;
		list->count++;
	}
	return 0;
}

static int decode_cap_set(const struct decoding *now, const json_t *value, void *member)
{
	struct spec_cap_set *set = member;
	struct strings names = { 0 };
	int result = decode_strings(now, value, &names);

	if (result < 0)
		return result;
	set->given = true;
	set->unknown.at = arena_array(now->reader->arena, names.count + 1, sizeof(char *));
	for (size_t i = 0; i < names.count; i++) {
		unsigned bit;

		if (spec_capability_number(names.at[i], &bit))
			set->bits |= UINT64_C(1) << bit;
		else
			set->unknown.at[set->unknown.count++] = names.at[i];
	}
	return 0;
}

static int find_word(const struct decoding *now, const json_t *value, int64_t *number)
{
	const struct word *words = now->field->words;
	const char *matched = now->field->matched ? now->field->matched : "";
	char got[80], list[1024];
	const char *nearest;

	if (!json_is_string(value))
		return unexpected(now, value, "a string");
	if (word_value(words, json_string_value(value), number))
		return 0;
	frame_quote(now->reader, now->frame, value, got, sizeof got);
	word_list(words, list, sizeof list);
	nearest = word_nearest(words, json_string_value(value));
	if (nearest)
		return frame_refuse(now->frame,
				    "%sunknown value %s; one of: %s (did you mean \"%s\"?)",
				    matched, got, list, nearest);
	return frame_refuse(now->frame, "%sunknown value %s; one of: %s", matched, got, list);
}

void value_store(void *member, size_t size, uint64_t number)
{
	const uint8_t byte = (uint8_t)number;
	const uint32_t word = (uint32_t)number;

	if (size == sizeof byte)
		memcpy(member, &byte, size);
	else if (size == sizeof word)
		memcpy(member, &word, size);
	else
		memcpy(member, &number, sizeof number);
}

static int decode_word(const struct decoding *now, const json_t *value, void *member)
{
	int64_t number;
	int result = find_word(now, value, &number);

	if (!result)
		value_store(member, now->field->size, (uint64_t)number);
	return result;
}

static int find_words(const struct decoding *now, const json_t *value, uint64_t *all)
{
	for (size_t i = 0; i < json_array_size(value); i++) {
		const struct frame frame = { now->frame, NULL, i };
		const struct decoding inner = { now->reader, now->field, &frame };
		int64_t number;
		int result = find_word(&inner, json_array_get(value, i), &number);

		if (result < 0)
			return result;
		*all |= (uint64_t)number;
	}
	return 0;
}

static int decode_flags(const struct decoding *now, const json_t *value, void *member)
{
	uint64_t all = 0;
	int result;

	if (!json_is_array(value))
		return unexpected(now, value, "a list of strings");
	result = find_words(now, value, &all);
	value_store(member, now->field->size, all);
	return result;
}

static int decode_known(const struct decoding *now, const json_t *value, void *member)
{
	uint64_t all;
	int result = decode_strings(now, value, member);

	return result < 0 ? result : find_words(now, value, &all);
}

static int decode_present(const struct decoding *now, const json_t *value, void *member)
{
	(void)now;
	(void)value;
	*(bool *)member = true;
	return 0;
}

static int (*const decoders[])(const struct decoding *, const json_t *, void *) = {
	[SHAPE_STRING] = decode_string,
	[SHAPE_STRINGS] = decode_strings,
	[SHAPE_PAIRS] = decode_pairs,
	[SHAPE_BOOL] = decode_bool,
	[SHAPE_MAYBE_BOOL] = decode_maybe_bool,
	[SHAPE_I32] = decode_i32,
	[SHAPE_U32] = decode_u32,
	[SHAPE_I64] = decode_i64,
	[SHAPE_U64] = decode_u64,
	[SHAPE_MAYBE_U32] = decode_maybe_u32,
	[SHAPE_MAYBE_I64] = decode_maybe_i64,
	[SHAPE_MAYBE_U64] = decode_maybe_u64,
	[SHAPE_U32S] = decode_u32s,
	[SHAPE_CAP_SET] = decode_cap_set,
	[SHAPE_WORD] = decode_word,
	[SHAPE_FLAGS] = decode_flags,
	[SHAPE_KNOWN] = decode_known,
	[SHAPE_PRESENT] = decode_present,
};

int value_decode(const struct shape_reader *reader, const struct shape_field *field,
		 const json_t *value, void *member, const struct frame *frame)
{
	const struct decoding now = { reader, field, frame };

	return decoders[field->kind](&now, value, member);
}
