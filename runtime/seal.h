/* seal.h -- the runtime's own program file, out of the container's reach.
 *
 * CVE-2019-5736: until its execve the container's first process runs our program, so that
 * /proc/PID/exe leads from inside to the file on the host, which root inside could overwrite. */
#ifndef CAISSON_SEAL_H
#define CAISSON_SEAL_H

/* Executes this program once more, from a read-only clone of the mount it lies on, unless it runs
 * from a read-only mount already. Returns 0 when that is so, a negative errno on failure. To be
 * called by create, run and exec before anything else. */
int seal_program(char **argv);

/* The clone's descriptor is open still, and close-on-exec: closing it dissolves the clone, and whoever
 * does that waits for a grace period of RCU, from 60 us on an idle machine to milliseconds on a
 * loaded one. So nobody does while somebody waits for him: the new process closes its own as soon
 * as it is born, the host's side the last one while the inside builds. -1: there is none. */
int seal_descriptor(void);
void seal_let_go(void);

#endif
