/* watch.h -- a foreground container: its signals, its terminal, its end. */
#ifndef CAISSON_WATCH_H
#define CAISSON_WATCH_H

#include <signal.h>
#include <stdbool.h>

/* Before the container is spawned: blocks the signals to be forwarded, so that none is lost
 * between spawn and watch, and takes SIGCHLD back to its default. A SIGHUP that is ignored
 * (nohup(1)) stays so. */
int watch_prepare(void);
/* The mask the workload shall start with: what we had before watch_prepare. NULL before it. */
const sigset_t *watch_old_mask(void);
/* With NOTIFY_SOCKET: `socket` (of notify_listen) is watched, too, and readiness passed on to
 * `host_socket`. MAINPID is not sent: the service is we. Borrowed until watch returns. */
void watch_readiness(int socket, const char *host_socket);
/* Waits for the end of `pidfd` (our child), forwarding signals to it, copying between our terminal
 * (raw mode, restored on every way out) and `master` (-1: no terminal), passing SIGWINCH on.
 * Reaps everything else that dies (we may be a subreaper). Returns the exit status as a shell has
 * it, or a negative errno. The caller closes both. After the end it goes on until our standard
 * output has taken all the container wrote, or one of SIGHUP, SIGINT, SIGQUIT, SIGTERM comes. */
int watch(int pidfd, int master);

#endif
