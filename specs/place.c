/* place.c -- where in the text a value stands.
 *
 * A second, small scan that follows one path and skips everything beside it. It runs only after
 * something went wrong, which keeps line numbers out of the decoder. Of two equal keys it takes
 * the last, as jansson does. Values it skips are not judged: jansson has read the text before, and
 * text that is no JSON merely ends the search. */
#include "specs/place.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/owned.h"

struct cursor {
	const char *at, *end;
};

static char peek(struct cursor *cursor)
{
	while (cursor->at < cursor->end && strchr(" \t\r\n", *cursor->at) && *cursor->at)
		cursor->at++;
	return cursor->at < cursor->end ? *cursor->at : '\0';
}

static bool accept(struct cursor *cursor, char wanted)
{
	if (peek(cursor) != wanted || !wanted)
		return false;
	cursor->at++;
	return true;
}

static void skip_string(struct cursor *cursor)
{
	for (cursor->at++; cursor->at < cursor->end && *cursor->at != '"'; cursor->at++) {
		if (*cursor->at == '\\' && cursor->at + 1 < cursor->end)
			cursor->at++;
	}
	if (cursor->at < cursor->end)
		cursor->at++;
}

/* Depth is a counter, not the stack: the text may come from anybody. */
static void skip_value(struct cursor *cursor)
{
	size_t depth = 0;

	peek(cursor);
	while (cursor->at < cursor->end) {
		char c = *cursor->at;

		if (!depth && strchr(",]} \t\r\n", c))
			return;
		if (c == '"')
			skip_string(cursor);
		else
			cursor->at++;
		if (c == '{' || c == '[')
			depth++;
		if (c == '}' || c == ']')
			depth--;
		if (!depth && strchr("\"]}", c))
			return;
	}
}

/* A key as it is meant: escapes in it resolved. The caller frees it. */
static char *key_text(const char *quoted, size_t length)
{
	json_t *value = json_loadb(quoted, length, JSON_DECODE_ANY, NULL);
	char *text = value ? strdup(json_string_value(value)) : NULL;

	json_decref(value);
	return text;
}

/* `["odd key"]`: the key as JSON, as frame.c spells it. */
static size_t match_quoted(const char *path, const char *key)
{
	char quoted[256];
	json_t *value = json_string(key);
	size_t length = json_dumpb(value, quoted, sizeof quoted, JSON_ENCODE_ANY);

	json_decref(value);
	if (!length || length > sizeof quoted || strncmp(path + 1, quoted, length))
		return 0;
	return path[1 + length] == ']' ? length + 2 : 0;
}

/* How much of the path the key accounts for; 0: it is another key. */
static size_t match_key(const char *path, const char *key)
{
	size_t dot = *path == '.', length = strlen(key);

	if (!strncmp(path, "[\"", 2))
		return match_quoted(path, key);
	if (!length || strncmp(path + dot, key, length))
		return 0;
	return strchr(".[", path[dot + length]) ? dot + length : 0;
}

/* Moves to the member the path goes on with: the longest key that fits, since a sysctl's key has
 * dots of its own. */
static size_t enter_object(struct cursor *cursor, const char *path)
{
	const char *found = NULL;
	size_t longest = 0;

	cursor->at++;
	while (peek(cursor) == '"') {
		const char *key = cursor->at;
		size_t used;

		skip_string(cursor);
		autofree char *text = key_text(key, (size_t)(cursor->at - key));
		if (!text || !accept(cursor, ':'))
			break;
		peek(cursor);
		used = match_key(path, text);
		if (used && used >= longest) {
			longest = used;
			found = cursor->at;
		}
		skip_value(cursor);
		if (!accept(cursor, ','))
			break;
	}
	if (found)
		cursor->at = found;
	return longest;
}

static size_t enter_list(struct cursor *cursor, const char *path)
{
	char *after;
	unsigned long index = strtoul(path + 1, &after, 10);

	if (*path != '[' || after == path + 1 || *after != ']')
		return 0;
	cursor->at++;
	for (unsigned long i = 0; i < index; i++) {
		skip_value(cursor);
		if (!accept(cursor, ','))
			return 0;
	}
	return peek(cursor) == ']' ? 0 : (size_t)(after + 1 - path);
}

static void count_lines(const char *text, struct place *place)
{
	place->line = place->column = 1;
	for (size_t i = 0; i < place->offset; i++) {
		if (text[i] == '\n') {
			place->line++;
			place->column = 1;
		} else if ((text[i] & 0xc0) != 0x80) { /* not the rest of a UTF-8 character */
			place->column++;
		}
	}
}

bool place_find(const char *text, size_t length, const char *path, struct place *place)
{
	struct cursor cursor = { text, text + length };
	const char *start;

	memset(place, 0, sizeof *place);
	if (!peek(&cursor))
		return false;
	start = cursor.at;
	while (*path) {
		size_t used = 0;

		if (*cursor.at == '{')
			used = enter_object(&cursor, path);
		else if (*cursor.at == '[')
			used = enter_list(&cursor, path);
		if (!used || cursor.at >= cursor.end)
			break;
		start = cursor.at;
		path += used;
	}
	place->exact = !*path;
	cursor.at = start;
	skip_value(&cursor);
	place->offset = (size_t)(start - text);
	place->length = (size_t)(cursor.at - start);
	count_lines(text, place);
	return true;
}
