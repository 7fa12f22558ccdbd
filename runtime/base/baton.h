/* baton.h -- what the two sides of the construction say to each other.
 *
 * A SOCK_SEQPACKET pair, so that a message arrives whole or not at all. One side works, the other
 * waits for the baton; whoever gives up sends its fault instead; a closed end means that the other
 * side is gone (or, at the very end, that execve succeeded: the descriptor is close-on-exec).
 *
 * The host treats what comes from inside as hostile bytes: bounded, terminated, never a format. */
#ifndef CAISSON_BATON_H
#define CAISSON_BATON_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Makes the pair: [0] for the host, [1] for the inside. */
int baton_pair(int ends[2]);

/* The other side's turn. -EPIPE when it is gone. */
int baton_pass(int fd);
/* The last fault of this process, to the other side. Best effort: we are about to end. */
void baton_send_fault(int fd);
/* A warning, to be shown by the other side. */
void baton_send_warning(int fd, const char *sentence);
/* A line of --debug, to be shown by the other side. */
void baton_send_debug(int fd, const char *sentence);
/* A descriptor (the terminal's master), with a name. */
int baton_send_fd(int fd, int descriptor, const char *name);
/* Asks the other side for a descriptor that only it can make: the answer to BATON_WISH, the caller's;
 * or a negative errno, with the other side's fault. */
int baton_wish(int fd, size_t which);
/* "The next thing is execve": from here on a closed end means that it succeeded. */
int baton_send_ready(int fd);

enum baton_news {
	BATON_MINE,  /* the baton */
	BATON_FAULT, /* the other side gave up: last_fault() is its fault */
	BATON_GONE,  /* the other end is closed */
	BATON_FD,    /* a descriptor came: gift->descriptor is the caller's, gift->name says what it is */
	BATON_READY, /* see baton_send_ready */
	BATON_WISH,  /* the other side waits for a descriptor, or a fault: gift->wish says which */
	BATON_INTERRUPTED, /* no news from the other side, but something else wants attention */
};

struct baton_gift {
	int descriptor; /* -1: none */
	char name[64];
	size_t wish;
};

/* Waits for the next message; warnings are passed to warn() and not returned. When `interrupt` (-1:
 * nothing) becomes readable, the wait ends. */
enum baton_news baton_wait(int fd, int interrupt, struct baton_gift *gift);

#endif
