/* wire.c -- the wire format of protocol buffers, written and read. See wire.h. */
#include "runtime/criu/wire.h"

#include <errno.h>
#include <string.h>

enum kind { KIND_NUMBER = 0, KIND_EIGHT_BYTES = 1, KIND_BYTES = 2, KIND_FOUR_BYTES = 5 };

static unsigned char *more(struct wire *wire, size_t length)
{
	unsigned char *place;

	if (wire->length + length > wire->room) {
		size_t room = 2 * (wire->length + length) + 64;
		unsigned char *larger = arena_alloc(wire->arena, room);

		if (wire->length)
			memcpy(larger, wire->bytes, wire->length);
		wire->bytes = larger;
		wire->room = room;
	}
	place = wire->bytes + wire->length;
	wire->length += length;
	return place;
}

static void put(struct wire *wire, uint64_t number)
{
	for (; number > 0x7f; number >>= 7)
		*more(wire, 1) = (unsigned char)(number | 0x80);
	*more(wire, 1) = (unsigned char)number;
}

static void put_bytes(struct wire *wire, unsigned field, const void *bytes, size_t length)
{
	put(wire, (uint64_t)field << 3 | KIND_BYTES);
	put(wire, length);
	if (length)
		memcpy(more(wire, length), bytes, length);
}

void wire_number(struct wire *wire, unsigned field, int64_t number)
{
	put(wire, (uint64_t)field << 3 | KIND_NUMBER);
	put(wire, (uint64_t)number);
}

void wire_text(struct wire *wire, unsigned field, const char *text)
{
	if (text)
		put_bytes(wire, field, text, strlen(text));
}

void wire_message(struct wire *wire, unsigned field, const struct wire *inner)
{
	put_bytes(wire, field, inner->bytes, inner->length);
}

static int get(struct wire_reader *reader, uint64_t *number)
{
	*number = 0;
	for (unsigned shift = 0; shift < 64 && reader->at < reader->end; shift += 7) {
		unsigned char byte = *reader->at++;

		*number |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return 0;
	}
	return -EBADMSG;
}

/* The kinds that no message of criu's has are skipped: a newer criu may send them. */
static int get_bytes(struct wire_reader *reader, struct wire_field *field, enum kind kind)
{
	uint64_t length = kind == KIND_EIGHT_BYTES ? 8 : 4;

	if (kind == KIND_BYTES && get(reader, &length))
		return -EBADMSG;
	if (length > (uint64_t)(reader->end - reader->at))
		return -EBADMSG;
	field->bytes = reader->at;
	field->length = (size_t)length;
	reader->at += length;
	return 1;
}

int wire_next(struct wire_reader *reader, struct wire_field *field)
{
	uint64_t key, value;

	*field = (struct wire_field){ 0 };
	if (reader->at == reader->end)
		return 0;
	if (get(reader, &key) || !(key >> 3) || key >> 3 > UINT32_MAX >> 3)
		return -EBADMSG;
	field->number = (unsigned)(key >> 3);
	switch ((enum kind)(key & 7)) {
	case KIND_NUMBER:
		if (get(reader, &value))
			return -EBADMSG;
		field->value = (int64_t)value;
		return 1;
	case KIND_EIGHT_BYTES:
	case KIND_BYTES:
	case KIND_FOUR_BYTES:
		return get_bytes(reader, field, (enum kind)(key & 7));
	}
	return -EBADMSG;
}

struct wire_reader wire_inside(const struct wire_field *field)
{
	return (struct wire_reader){ field->bytes, field->bytes + field->length };
}
