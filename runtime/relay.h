/* relay.h -- bytes on their way from one descriptor to another, without ever blocking. */
#ifndef CAISSON_RELAY_H
#define CAISSON_RELAY_H

#include <stdbool.h>
#include <stddef.h>

/* One direction. It reads only when what it has read before is written: a slow reader slows its
 * writer down, as a pipe would. Both descriptors are borrowed. */
struct relay {
	int from; /* -1: nothing more comes */
	int to;   /* -1: nobody reads; what comes is thrown away */
	size_t start, end;
	char bytes[16 * 1024];
};

/* What poll(2) should wait for: `from` or -1, and `to` or -1. Never both. */
int relay_wants_read(const struct relay *relay);
int relay_wants_write(const struct relay *relay);
/* One read: how many bytes came; 0: none now, or `from` has ended and is -1 since. */
size_t relay_fill(struct relay *relay);
/* One write. An error means that nobody reads any more. */
void relay_flush(struct relay *relay);

/* A descriptor for writing to what `fd` is open on, without blocking; the caller closes it.
 * Setting O_NONBLOCK on `fd` itself would surprise everybody we share it with, the shell that
 * started us for one. -1 where there is no such thing: use `fd`. */
int relay_reopen(int fd);

#endif
