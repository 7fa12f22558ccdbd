/* rawmode.h -- our own terminal, while its keys belong to somebody else. */
#ifndef CAISSON_RAWMODE_H
#define CAISSON_RAWMODE_H

/* Hands every key through unread (cfmakeraw(3)), and makes sure that it ends when we do. Does
 * nothing when `fd` is no terminal. 0, or a negative errno with its fault set. */
int rawmode_enter(int fd);
/* Back to what was; also when it was never entered. Safe in a signal handler. */
void rawmode_leave(void);
/* Gives the terminal `to` the size of the first of our 0, 1 and 2 that has one. */
void rawmode_copy_size(int to);

#endif
