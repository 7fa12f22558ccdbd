/* rights.h -- a message that carries a descriptor over a socket (SCM_RIGHTS, unix(7)), and the
 * connection it goes over. */
#ifndef CAISSON_RIGHTS_H
#define CAISSON_RIGHTS_H

#include <stddef.h>
#include <sys/types.h>

/* One sendmsg(2) of `bytes`, with `descriptor` unless that is -1. MSG_NOSIGNAL is added to `flags`,
 * EINTR retried. 0, or a negative errno without a fault. */
int rights_send(int socket, const void *bytes, size_t length, int descriptor, int flags);

/* One recvmsg(2). A descriptor that came along is put into *descriptor (close-on-exec, the
 * caller's), which is otherwise left alone. The length, 0 at the end, or a negative errno. */
ssize_t rights_receive(int socket, void *bytes, size_t size, int *descriptor);

/* Connects to a stream socket by its path, which may be longer than an address holds (107 bytes).
 * Gives up with -ETIMEDOUT after `patience_s` seconds; sends wait no longer either. Returns the
 * connection, the caller's, or a negative errno without a fault. */
int rights_connect(const char *path, int patience_s);

#endif
