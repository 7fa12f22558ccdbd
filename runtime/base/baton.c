/* baton.c -- what the two sides of the construction say to each other. See baton.h.
 *
 * Does not know what is built: runtime/walk.c decides whose turn it is. */
#include "runtime/base/baton.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runtime/base/debug.h"
#include "runtime/base/fault.h"
#include "runtime/base/owned.h"
#include "runtime/base/rights.h"

enum kind { KIND_BATON, KIND_FAULT, KIND_WARNING, KIND_FD, KIND_READY, KIND_DEBUG, KIND_WISH };

/* Sent up to the last byte in use. */
struct packet {
	enum kind kind;
	int number;     /* a fault's errno; what is wished for */
	char text[4096]; /* strings, one after the other, each with its NUL */
};

int baton_pair(int ends[2])
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return fail(errno, "make a socket pair");
	return 0;
}

static int send_packet(int fd, const struct packet *packet, size_t text_length, int descriptor)
{
	return rights_send(fd, packet, offsetof(struct packet, text) + text_length, descriptor, 0);
}

int baton_pass(int fd)
{
	return send_packet(fd, &(struct packet){ .kind = KIND_BATON }, 0, -1);
}

/* Appends a string and its NUL; what does not fit is cut. */
static size_t append(struct packet *packet, size_t used, const char *text, size_t room)
{
	size_t length = strnlen(text, room - 1);

	memcpy(packet->text + used, text, length);
	packet->text[used + length] = '\0';
	return used + length + 1;
}

void baton_send_fault(int fd)
{
	const struct fault *fault = last_fault();
	struct packet packet = { .kind = KIND_FAULT, .number = fault->error };
	size_t used = 0;

	_Static_assert(sizeof fault->what + sizeof fault->path + sizeof fault->hint +
				       sizeof fault->step <= sizeof packet.text,
		       "a whole fault fits into a packet");
	used = append(&packet, used, fault->what, sizeof fault->what);
	used = append(&packet, used, fault->path, sizeof fault->path);
	used = append(&packet, used, fault->hint, sizeof fault->hint);
	used = append(&packet, used, fault->step, sizeof fault->step);
	(void)send_packet(fd, &packet, used, -1);
}

static void send_sentence(int fd, enum kind kind, const char *sentence)
{
	struct packet packet = { .kind = kind };
	size_t used = append(&packet, 0, sentence, 1024);

	(void)send_packet(fd, &packet, used, -1);
}

void baton_send_warning(int fd, const char *sentence)
{
	send_sentence(fd, KIND_WARNING, sentence);
}

void baton_send_debug(int fd, const char *sentence)
{
	send_sentence(fd, KIND_DEBUG, sentence);
}

int baton_send_fd(int fd, int descriptor, const char *name)
{
	struct packet packet = { .kind = KIND_FD };
	size_t used = append(&packet, 0, name, 64);

	return send_packet(fd, &packet, used, descriptor);
}

int baton_send_ready(int fd)
{
	return send_packet(fd, &(struct packet){ .kind = KIND_READY }, 0, -1);
}

/* Control characters of whoever sent this must not reach a terminal or a log. */
static void tame(char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text < ' ' && *text != '\n' && *text != '\t')
			*text = '?';
	}
}

/* The next string of a packet, copied into `room` bytes at `text`. */
static size_t cut(const struct packet *packet, size_t used, size_t length, char *text, size_t room)
{
	size_t have = used < length ? strnlen(packet->text + used, length - used) : 0;

	snprintf(text, room, "%.*s", (int)have, packet->text + (used < length ? used : 0));
	tame(text);
	return used + have + 1;
}

static void hear_fault(const struct packet *packet, size_t length)
{
	struct fault *fault = last_fault();
	size_t used = 0;

	forget_fault();
	fault->error = packet->number > 0 && packet->number < 4096 ? packet->number : EIO;
	used = cut(packet, used, length, fault->what, sizeof fault->what);
	used = cut(packet, used, length, fault->path, sizeof fault->path);
	used = cut(packet, used, length, fault->hint, sizeof fault->hint);
	cut(packet, used, length, fault->step, sizeof fault->step);
}

/* False: nothing has come, and `interrupt` is readable. */
static bool has_come(int fd, int interrupt)
{
	struct pollfd watched[] = { { .fd = fd, .events = POLLIN },
				    { .fd = interrupt, .events = POLLIN } };

	if (interrupt < 0)
		return true;
	while (poll(watched, 2, -1) < 0 && errno == EINTR)
		;
	return watched[0].revents || !watched[1].revents;
}

enum baton_news baton_wait(int fd, int interrupt, struct baton_gift *gift)
{
	while (has_come(fd, interrupt)) {
		struct packet packet;
		autoclose int descriptor = -1;
		ssize_t got = rights_receive(fd, &packet, sizeof packet, &descriptor);
		size_t length;
		char sentence[512];

		if (got < (ssize_t)offsetof(struct packet, text))
			return BATON_GONE;
		length = (size_t)got - offsetof(struct packet, text);
		switch (packet.kind) {
		case KIND_BATON:
			return BATON_MINE;
		case KIND_FAULT:
			hear_fault(&packet, length);
			return BATON_FAULT;
		case KIND_WARNING:
			cut(&packet, 0, length, sentence, sizeof sentence);
			warn("%s", sentence);
			continue;
		case KIND_DEBUG:
			cut(&packet, 0, length, sentence, sizeof sentence);
			debug("%s", sentence);
			continue;
		case KIND_FD:
			cut(&packet, 0, length, gift->name, sizeof gift->name);
			gift->descriptor = take(&descriptor);
			return BATON_FD;
		case KIND_READY:
			return BATON_READY;
		case KIND_WISH:
			gift->wish = (size_t)packet.number;
			return BATON_WISH;
		}
		return BATON_GONE;
	}
	return BATON_INTERRUPTED;
}

int baton_wish(int fd, size_t which)
{
	struct packet packet = { .kind = KIND_WISH, .number = (int)which };
	struct baton_gift gift = { .descriptor = -1 };

	if (send_packet(fd, &packet, 0, -1) < 0)
		return refuse(EPIPE, "the runtime is gone");
	switch (baton_wait(fd, -1, &gift)) {
	case BATON_FD:
		return take(&gift.descriptor);
	case BATON_FAULT:
		return last_fault()->error ? -last_fault()->error : -EIO;
	default:
		return refuse(EPIPE, "the runtime is gone");
	}
}
