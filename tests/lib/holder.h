/* holder.h -- processes and sockets that a container is told to use. */
#ifndef CAISSON_TESTS_HOLDER_H
#define CAISSON_TESTS_HOLDER_H

#include <sys/types.h>

/* A process that stays, with new namespaces of the kinds in `flags` (CLONE_NEW*), a user namespace
 * mapped 0:100000:65536 among them. A pid namespace is to be joined by
 * /proc/PID/ns/pid_for_children. It ends with the test. */
pid_t holder_new(int flags);

/* A listening SOCK_STREAM socket, as engines have for terminals and seccomp descriptors. Every
 * connection of the runtime's waits there, and what is sent with it. */
int listener_new(const char *path);
/* Hangs up on all that wait. Returns how many there were. */
unsigned listener_drain(int listener);
/* Takes the first one's message and descriptor; -1 when there is none within ten seconds. `text`
 * has `size` bytes and ends with NUL. */
int listener_receive(int listener, char *text, size_t size);

#endif
