/* frame.c -- what was expected, what was found, and where: in one sentence.
 *
 * Runs only when something is wrong, so it may take its time: the value is looked up in the
 * source once more and quoted as its author wrote it. */
#include "specs/frame.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/fault.h"
#include "specs/place.h"

static bool is_plain(const char *key)
{
	for (const char *at = key; *at; at++) {
		if (*at <= ' ' || *at == 0x7f || strchr("\"[]\\", *at))
			return false;
	}
	return *key;
}

/* As JSON, so that place.c can find it again. Not with json_dumps(): jansson may be using the
 * arena, and who frees what would depend on when this is called. */
static void spell_quoted(const char *key, char *path, size_t size)
{
	char quoted[256];
	json_t *value = json_string(key);
	size_t length = json_dumpb(value, quoted, sizeof quoted, JSON_ENCODE_ANY);

	json_decref(value);
	if (length < sizeof quoted)
		snprintf(path, size, "[%.*s]", (int)length, quoted);
}

void frame_spell(const struct frame *frame, char *path, size_t size)
{
	size_t used;

	path[0] = '\0';
	if (!frame)
		return;
	frame_spell(frame->outer, path, size);
	used = strlen(path);
	if (!frame->key) {
		snprintf(path + used, size - used, "[%zu]", frame->index);
	} else if (is_plain(frame->key)) {
		snprintf(path + used, size - used, "%s%s", used ? "." : "", frame->key);
	} else {
		spell_quoted(frame->key, path + used, size - used);
	}
}

int frame_refuse(const struct frame *frame, const char *format, ...)
{
	char path[sizeof last_fault()->path];
	char sentence[sizeof last_fault()->what];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(sentence, sizeof sentence, format, arguments);
	va_end(arguments);
	frame_spell(frame, path, sizeof path);
	return blame(refuse(EINVAL, "%s%s%s", path, *path ? ": " : "", sentence), "%s", path);
}

/* At most `size` bytes, cut between characters, with "..." when cut. */
static void copy_cut(const char *from, size_t length, char *text, size_t size)
{
	size_t room = size - sizeof "...";

	if (length < size) {
		memcpy(text, from, length);
		text[length] = '\0';
		return;
	}
	while (room && (from[room] & 0xc0) == 0x80)
		room--;
	memcpy(text, from, room);
	strcpy(text + room, "...");
}

void frame_quote(const struct shape_reader *reader, const struct frame *frame, const json_t *value,
		 char *text, size_t size)
{
	char path[sizeof last_fault()->path];
	struct place place;

	if (json_is_object(value) || json_is_array(value) || json_is_null(value)) {
		snprintf(text, size, "%s",
			 json_is_object(value)	? "an object"
			 : json_is_array(value) ? "a list"
						: "null");
		return;
	}
	frame_spell(frame, path, sizeof path);
	if (reader->text && place_find(reader->text, reader->length, path, &place) && place.exact)
		copy_cut(reader->text + place.offset, place.length, text, size);
	else
		snprintf(text, size, "something else");
}

int frame_unexpected(const struct shape_reader *reader, const struct frame *frame,
		     const json_t *value, const char *expected)
{
	char got[80];

	frame_quote(reader, frame, value, got, sizeof got);
	return frame_refuse(frame, "expected %s, got %s", expected, got);
}
