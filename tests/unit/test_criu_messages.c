/* test_criu_messages.c -- criu's messages: what is written, and what is made of any bytes. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/arena.h"
#include "runtime/criu/criu.h"
#include "runtime/criu/wire.h"

static struct arena arena;

static void close_suite(void)
{
	arena_free(&arena);
}

TestSuite(criu_messages, .fini = close_suite);

/* A copy on the heap that ends where the message ends, so that a sanitizer sees one byte too many. */
static int read_exactly(struct criu_reply *reply, const unsigned char *bytes, size_t length)
{
	unsigned char *copy = malloc(length ? length : 1);
	int result;

	memcpy(copy, bytes, length);
	result = criu_read_reply(reply, copy, length, &arena);
	free(copy);
	return result;
}

/* A note with a pid, and all a reply can have besides. */
static struct wire whole_reply(void)
{
	struct wire reply = { .arena = &arena }, note = { .arena = &arena };
	struct wire version = { .arena = &arena }, features = { .arena = &arena };

	wire_text(&note, 1, "setup-namespaces");
	wire_number(&note, 2, 4711);
	wire_number(&version, 1, 4);
	wire_number(&version, 2, 2);
	wire_number(&version, 4, 1);
	wire_number(&features, CRIU_MEM_TRACK, 0);
	wire_number(&features, CRIU_LAZY_PAGES, 1);
	wire_number(&reply, 1, 6);
	wire_number(&reply, 2, 1);
	wire_message(&reply, 5, &note);
	wire_number(&reply, 7, 3);
	wire_message(&reply, 8, &features);
	wire_text(&reply, 9, "Error (criu/x.c:1): no");
	wire_message(&reply, 10, &version);
	return reply;
}

Test(criu_messages, a_reply_is_read_whole)
{
	struct wire whole = whole_reply();
	struct criu_reply reply;

	cr_assert_eq(read_exactly(&reply, whole.bytes, whole.length), 0);
	cr_assert(reply.is_note && reply.success);
	cr_assert_str_eq(reply.note, "setup-namespaces");
	cr_assert_eq(reply.pid, 4711);
	cr_assert_eq(reply.number, 3);
	cr_assert_str_eq(reply.message, "Error (criu/x.c:1): no");
	cr_assert_eq(reply.version, 40201);
	cr_assert_eq(reply.features, 1u << CRIU_LAZY_PAGES);
}

Test(criu_messages, a_reply_that_is_cut_short_is_refused_or_whole_to_a_field)
{
	struct wire whole = whole_reply();
	unsigned refused = 0;

	for (size_t length = 0; length < whole.length; length++) {
		struct criu_reply reply;
		int result = read_exactly(&reply, whole.bytes, length);

		cr_assert(result == 0 || result == -EBADMSG);
		refused += result == -EBADMSG;
	}
	cr_assert_gt(refused, whole.length / 2);
}

Test(criu_messages, numbers_out_of_range_are_none)
{
	struct wire reply = { .arena = &arena }, note = { .arena = &arena };
	struct criu_reply got;

	wire_number(&note, 2, -1);
	wire_number(&reply, 1, 6);
	wire_message(&reply, 5, &note);
	wire_number(&reply, 7, INT64_MAX);
	cr_assert_eq(read_exactly(&got, reply.bytes, reply.length), 0);
	cr_assert_eq(got.pid, 0);
	cr_assert_eq(got.number, 0);
}

Test(criu_messages, a_length_beyond_the_end_is_refused)
{
	/* Field 9, bytes, 2^64-1 of them; and a number that has no end. */
	static const unsigned char long_text[] = { 0x4a, 0xff, 0xff, 0xff, 0xff, 0xff,
						   0xff, 0xff, 0xff, 0xff, 0x01, 'x' };
	static const unsigned char endless[] = { 0x38, 0xff, 0xff, 0xff, 0xff, 0xff,
						 0xff, 0xff, 0xff, 0xff, 0xff, 0x01 };
	struct criu_reply reply;

	cr_assert_eq(read_exactly(&reply, long_text, sizeof long_text), -EBADMSG);
	cr_assert_eq(read_exactly(&reply, endless, sizeof endless), -EBADMSG);
}

/* The same ones each time: a failure can be looked at. */
static uint32_t next_random(void)
{
	static uint32_t state = 2463534242u;

	state ^= state << 13;
	state ^= state >> 17;
	return state ^= state << 5;
}

static size_t mutate(unsigned char *bytes, size_t length, size_t room)
{
	for (unsigned changes = 1 + next_random() % 4; changes && length; changes--) {
		size_t at = next_random() % length;

		switch (next_random() % 4) {
		case 0:
			bytes[at] ^= (unsigned char)(1u << next_random() % 8);
			break;
		case 1:
			bytes[at] = (unsigned char)next_random();
			break;
		case 2:
			memmove(bytes + at, bytes + at + 1, length - at - 1);
			length--;
			break;
		case 3:
			if (length == room)
				break;
			memmove(bytes + at + 1, bytes + at, length - at);
			bytes[at] = (unsigned char)next_random();
			length++;
			break;
		}
	}
	return length;
}

/* With the sanitizers, in make check-san, this is a search for a byte read too many. */
Test(criu_messages, a_hundred_thousand_broken_replies_do_no_harm)
{
	struct wire whole = whole_reply();
	unsigned refused = 0;

	for (unsigned i = 0; i < 100000; i++) {
		unsigned char bytes[256];
		struct criu_reply reply;
		size_t length;
		int result;

		memcpy(bytes, whole.bytes, whole.length);
		length = mutate(bytes, whole.length, sizeof bytes);
		result = read_exactly(&reply, bytes, length);
		cr_assert(result == 0 || result == -EBADMSG);
		refused += result == -EBADMSG;
		if (i % 1000 == 0) {
			arena_free(&arena);
			whole = whole_reply();
		}
	}
	cr_assert(refused > 1000 && refused < 99000, "%u", refused);
}

static int64_t option_of(const struct wire_field *opts, unsigned number)
{
	struct wire_reader reader = wire_inside(opts);
	struct wire_field field;

	while (wire_next(&reader, &field) > 0) {
		if (field.number == number)
			return field.value;
	}
	return -1;
}

/* criu's images/rpc.proto: images_dir_fd 1, work_dir_fd 17, tcp_close 52, shell_job 7. */
Test(criu_messages, a_request_has_the_numbers_of_criu)
{
	struct criu_options options = { .images = 7, .work = 300, .tcp_close = true };
	struct criu_message message = criu_request(CRIU_RESTORE, &options, &arena);
	struct wire_reader reader = { message.bytes, message.bytes + message.length };
	struct wire_field field;

	cr_assert_eq(wire_next(&reader, &field), 1);
	cr_assert(field.number == 1 && field.value == 2, "type: RESTORE");
	cr_assert_eq(wire_next(&reader, &field), 1);
	cr_assert_eq(field.number, 2, "opts");
	cr_assert_eq(option_of(&field, 1), 7);
	cr_assert_eq(option_of(&field, 17), 300);
	cr_assert_eq(option_of(&field, 52), 1);
	cr_assert_eq(option_of(&field, 7), -1);
}
