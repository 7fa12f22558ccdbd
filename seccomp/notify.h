/* notify.h -- telling a seccomp agent of a new container. Only for seccomp/. */
#ifndef CAISSON_SECCOMP_NOTIFY_H
#define CAISSON_SECCOMP_NOTIFY_H

#include <stdatomic.h>
#include <stddef.h>

/* What loader and messenger share; everything else is of no interest to the caller. */
struct messenger {
	int connection;
	const char *state;
	atomic_int descriptor; /* what to send; none_yet or nothing before */
	atomic_int error;      /* how sending ended: positive errno */
	atomic_int thread;     /* its id; the kernel writes 0 when it has ended */
};

/* Starts one that waits for a descriptor to send, with `state`, to `connection`. */
int messenger_send(struct messenger *messenger, int connection, const char *state);
/* Hands it the descriptor and waits until it was sent and closed. Makes no system call. */
int messenger_deliver(struct messenger *messenger, int descriptor);
/* There is nothing to send. Keeps the fault that tells why. Makes no system call. */
void messenger_dismiss(struct messenger *messenger);

#endif
