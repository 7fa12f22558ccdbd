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

#endif
