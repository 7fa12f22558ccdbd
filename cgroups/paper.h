/* paper.h -- what caisson and the helper that talks to systemd (cgroups/scope/) write to each other.
 *
 * A piece of memory both have (memfd_create(2)). Whoever holds the baton writes a list of words
 * over what stood there, and passes the baton. */
#ifndef CAISSON_CGROUPS_PAPER_H
#define CAISSON_CGROUPS_PAPER_H

#include "runtime/base/arena.h"
#include "specs/spec.h"

/* A descriptor, or a negative errno with a fault. */
int paper_make(void);
int paper_write(int paper, const struct strings *words);
/* The words live in the arena. -EBADMSG when these are no words. */
int paper_read(int paper, struct strings *words, struct arena *arena);

#endif
