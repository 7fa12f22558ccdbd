/* owned.h -- ownership in the declaration.
 *
 *	autoclose int root = open(...);      closed when the block ends, on every way out
 *	autofree char *text = strdup(...);   freed likewise
 *	plan->root_fd = take(&root);         given away: the block no longer closes it
 */
#ifndef CAISSON_OWNED_H
#define CAISSON_OWNED_H

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define autoclose __attribute__((cleanup(close_owned)))
#define autofree  __attribute__((cleanup(free_owned)))

static inline void close_owned(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	errno = saved;
}

static inline void free_owned(void *pointer)
{
	free(*(void **)pointer);
}

/* Gives a descriptor away: returns it and leaves -1 behind. */
static inline int take(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

#endif
