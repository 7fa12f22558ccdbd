/* foreground.h -- what `run` and `restore` do when they are not to be detached. */
#ifndef CAISSON_FOREGROUND_H
#define CAISSON_FOREGROUND_H

struct arguments;
struct run;

/* Before anything is made: signals, and who reaps what the workload leaves behind. Nothing to do
 * for a detached container. */
int foreground_prepare(const struct arguments *arguments);
/* Until the container's end; then frees it, unless it is to be kept. Its exit status. */
int foreground(struct run *run);

#endif
