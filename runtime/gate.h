/* gate.h -- where a created container waits for `start`.
 *
 * A listening socket in the record's directory. The waiting process holds the socket, never a path
 * or a directory of the host (runc and crun hold a fifo's path open in there), and only who may
 * enter the 0700 directory can knock. The connection becomes the baton: `start` hears the faults
 * of execve in full. */
#ifndef CAISSON_GATE_H
#define CAISSON_GATE_H

/* Makes the gate in the record's directory `dir`. Returns the listening descriptor. */
int gate_make(int dir);
/* Inside, before the creator can leave: the first process of a pid namespace gets no signal whose
 * default it would die of (signal(7)), and `kill` of a created container would do nothing. execve
 * takes the handlers away again. */
void gate_hear_signals(void);
/* Inside: waits for somebody to knock and for the word to go on. Returns the connection; ends the
 * process when the one who knocked went away before saying it. */
int gate_wait(int gate);
/* `start`: knocks. Returns the connection, on which baton_pass() is the word to go on; -ECONNREFUSED
 * or -ENOENT when nobody waits. The gate is gone afterwards: a container starts once. */
int gate_knock(int dir);

#endif
