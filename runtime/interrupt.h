/* interrupt.h -- SIGHUP, SIGINT and SIGTERM while a container is being built: stop, and undo. */
#ifndef CAISSON_INTERRUPT_H
#define CAISSON_INTERRUPT_H

#include <signal.h>

/* Before the first side effect: blocks the three, so that they end waits instead of us. */
int interrupt_begin(void);
/* Where they arrive: readable when one has come; -1 when nobody has begun. Borrowed. */
int interrupt_fd(void);
/* Takes what has arrived: -EINTR with a fault that names it, or 0 when none of it is for us (none
 * came, or the caller had us ignore it). */
int interrupt_check(void);
/* The exit status of a command that was interrupted, 128 + n; 0: it was not. */
int interrupt_status(void);
/* In the new process, and where nothing can be undone any more: as it was before. */
void interrupt_end(void);

#endif
