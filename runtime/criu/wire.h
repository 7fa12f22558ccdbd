/* wire.h -- numbers, texts and messages in the wire format of protocol buffers.
 *
 * criu's RPC is protobuf over a SOCK_SEQPACKET socket. A message is a row of fields; each begins
 * with its number and its kind, and is followed by a number (seven bits a byte, the lowest first)
 * or by a length and that many bytes. That is all of it that criu uses.
 *
 * Why not protobuf-c: for these few messages it costs 28 KiB of library, 26 KiB of tables of which
 * 12 KiB are 384 pointers to relocate at every start of every command, and a compiler to build
 * with; this is two pages of code.
 *
 * Does not know any message: request.c and reply.c do. */
#ifndef CAISSON_CRIU_WIRE_H
#define CAISSON_CRIU_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include "runtime/base/arena.h"

/* A message being written, in the arena. */
struct wire {
	struct arena *arena;
	unsigned char *bytes;
	size_t length, room;
};

/* A negative int32 or enum is sign-extended to 64 bits, as the format wants it. */
void wire_number(struct wire *wire, unsigned field, int64_t number);
/* NULL: the field is left out. */
void wire_text(struct wire *wire, unsigned field, const char *text);
void wire_message(struct wire *wire, unsigned field, const struct wire *inner);

/* What is left to read; borrowed bytes. */
struct wire_reader {
	const unsigned char *at, *end;
};

struct wire_field {
	unsigned number;
	int64_t value;          /* of a number */
	const unsigned char *bytes; /* of a text or message; NULL: it is a number */
	size_t length;
};

/* 1: a field; 0: the end; -EBADMSG: no such format, or cut short. Bytes from outside: nothing
 * beyond `end` is ever read. */
int wire_next(struct wire_reader *reader, struct wire_field *field);
struct wire_reader wire_inside(const struct wire_field *field);

#endif
