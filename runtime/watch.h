/* watch.h -- a foreground container: its signals, its terminal, its end. */
#ifndef CAISSON_WATCH_H
#define CAISSON_WATCH_H

#include <stdbool.h>

/* Before the container is spawned: blocks the signals to be forwarded, so that none is lost
 * between spawn and watch. */
int watch_prepare(void);
/* The mask the workload shall start with (what we had before watch_prepare). */
/* Waits for the end of `pidfd` (our child), forwarding signals to it, copying between our terminal
 * (raw mode, restored on every way out) and `master` (-1: no terminal), passing SIGWINCH on.
 * Reaps everything else that dies (we may be a subreaper). Returns the exit status as a shell has
 * it, or a negative errno. */
int watch(int pidfd, int master);

#endif
