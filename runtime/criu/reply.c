/* reply.c -- what criu says, from bytes. The numbers are those of criu's images/rpc.proto.
 *
 * criu is a program of the host's and trusted; its bytes are read with care all the same. */
#include "runtime/criu/criu.h"

#include <errno.h>
#include <limits.h>

#include "runtime/criu/wire.h"

enum { /* criu_resp */
	RESP_TYPE = 1, RESP_SUCCESS = 2, RESP_RESTORE = 4, RESP_NOTIFY = 5, RESP_CR_ERRNO = 7,
	RESP_FEATURES = 8, RESP_CR_ERRMSG = 9, RESP_VERSION = 10,
};
enum { TYPE_NOTIFY = 6 };
enum { NOTIFY_SCRIPT = 1, NOTIFY_PID = 2 };
enum { RESTORE_PID = 1 };
enum { VERSION_MAJOR = 1, VERSION_MINOR = 2, VERSION_SUBLEVEL = 4 };

static int64_t within(int64_t value, int64_t most)
{
	return value < 0 || value > most ? 0 : value;
}

static int read_note(struct criu_reply *reply, struct wire_reader reader, struct arena *arena)
{
	struct wire_field field;
	int more;

	while ((more = wire_next(&reader, &field)) > 0) {
		if (field.number == NOTIFY_SCRIPT && field.bytes)
			reply->note = arena_copy_bytes(arena, (const char *)field.bytes,
						       field.length);
		else if (field.number == NOTIFY_PID)
			reply->pid = (pid_t)within(field.value, INT_MAX);
	}
	return more;
}

static int read_restored(struct criu_reply *reply, struct wire_reader reader)
{
	struct wire_field field;
	int more;

	while ((more = wire_next(&reader, &field)) > 0) {
		if (field.number == RESTORE_PID)
			reply->pid = (pid_t)within(field.value, INT_MAX);
	}
	return more;
}

static int read_version(struct criu_reply *reply, struct wire_reader reader)
{
	struct wire_field field;
	int more;

	while ((more = wire_next(&reader, &field)) > 0) {
		unsigned value = (unsigned)within(field.value, 999);

		if (field.number == VERSION_MAJOR)
			reply->version += value * 10000;
		else if (field.number == VERSION_MINOR)
			reply->version += value * 100;
		else if (field.number == VERSION_SUBLEVEL)
			reply->version += value;
	}
	return more;
}

static int read_features(struct criu_reply *reply, struct wire_reader reader)
{
	struct wire_field field;
	int more;

	while ((more = wire_next(&reader, &field)) > 0) {
		if (field.number < 32 && field.value)
			reply->features |= 1u << field.number;
	}
	return more;
}

static int read_field(struct criu_reply *reply, const struct wire_field *field,
		      struct arena *arena)
{
	switch (field->number) {
	case RESP_TYPE:
		reply->is_note = field->value == TYPE_NOTIFY;
		return 0;
	case RESP_SUCCESS:
		reply->success = field->value;
		return 0;
	case RESP_CR_ERRNO:
		reply->number = (int)within(field->value, INT_MAX);
		return 0;
	}
	if (!field->bytes)
		return 0;
	switch (field->number) {
	case RESP_CR_ERRMSG:
		reply->message = arena_copy_bytes(arena, (const char *)field->bytes, field->length);
		return 0;
	case RESP_RESTORE:
		return read_restored(reply, wire_inside(field));
	case RESP_NOTIFY:
		return read_note(reply, wire_inside(field), arena);
	case RESP_FEATURES:
		return read_features(reply, wire_inside(field));
	case RESP_VERSION:
		return read_version(reply, wire_inside(field));
	}
	return 0;
}

int criu_read_reply(struct criu_reply *reply, const unsigned char *bytes, size_t length,
		    struct arena *arena)
{
	struct wire_reader reader = { bytes, bytes + length };
	struct wire_field field;
	int more, result = 0;

	*reply = (struct criu_reply){ 0 };
	while ((more = wire_next(&reader, &field)) > 0 && !result)
		result = read_field(reply, &field, arena);
	return more < 0 ? more : result;
}
