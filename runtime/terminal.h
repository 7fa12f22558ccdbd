/* terminal.h -- pseudo-terminals: made inside, used outside. */
#ifndef CAISSON_TERMINAL_H
#define CAISSON_TERMINAL_H

#include <stdbool.h>

#include "specs/spec.h"

/* Inside, after devpts is mounted and before pivot: opens a pty pair of the container's own devpts
 * by descriptor (`devpts`: an O_PATH directory of it; -1: /dev/pts of the current root), sets the
 * size, checks that the peer is a devpts node (TIOCGPTPEER; CVE-2025-52565). `plain_newlines`
 * clears ONLCR: for a terminal we copy to another one ourselves. Whoever gets the master by a
 * console socket finds the kernel's settings, as from runc, and changes what it likes. Gives both
 * ends, close-on-exec. */
struct terminal {
	int master, peer; /* the caller owns both */
	char name[64];    /* "/dev/pts/0" as the container sees it */
};
int terminal_open(struct terminal *terminal, int devpts, const struct spec_console_size *size,
		  bool plain_newlines);
/* Inside: the peer becomes stdin, stdout, stderr and the controlling terminal of a new session (or
 * of ours, when we lead one); fchown to uid (on the peer's descriptor only, and to a uid as this
 * user namespace counts). Both descriptors stay open: the caller closes them. */
int terminal_take(struct terminal *terminal, unsigned uid);
/* --console-socket: one message with a non-empty name and one descriptor, the master. `socket` is
 * connected; waits at most 10 s for room in it. */
int terminal_send(int socket, const struct terminal *terminal);
/* Host's side: connects to a console socket's path (AF_UNIX stream; 107 bytes and more work too),
 * waiting at most 10 s. Returns the descriptor. */
int terminal_connect(const char *path);

#endif
