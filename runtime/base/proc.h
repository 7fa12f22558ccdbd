/* proc.h -- processes, named so that they cannot be mistaken for others. */
#ifndef CAISSON_PROC_H
#define CAISSON_PROC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* A pid is reused; a pid with its start time is not (proc(5), stat field 22, in clock ticks since
 * boot). */
struct process {
	pid_t pid;
	uint64_t started;
};

/* Start time and state letter ('R', 'S', 'Z', ...) of a pid. -ESRCH when there is none. */
int process_look(pid_t pid, uint64_t *started, char *state);
/* True while that very process exists and is not a zombie. */
bool process_alive(const struct process *process);
/* A pidfd of that very process, or -ESRCH. The caller closes it. */
int process_open(const struct process *process);
/* Root there is root; root of any other is some ordinary user. */
bool in_initial_userns(void);
/* setgroups(2) was denied when the maps of its user namespace, or of one above, were written; that
 * is for ever (user_namespaces(7)). */
bool process_denied_groups(pid_t pid);
/* pidfd_open(2) and pidfd_send_signal(2): a negative errno on failure. */
int pidfd_of(pid_t pid);
int pidfd_signal(int pidfd, int signal);
/* Waits until the process of a pidfd has ended, at most `limit_ms` (-1: for ever).
 * 0: ended; -ETIMEDOUT: not yet. */
int pidfd_wait_end(int pidfd, int limit_ms);
/* Reaps a child of ours and gives its exit status as a shell has it: 0..255, 128+n for signal n. */
int pidfd_reap(int pidfd);
/* The same without reaping: for a child that has ended. -ECHILD when it is not ours. */
int pidfd_peek(int pidfd);

#endif
