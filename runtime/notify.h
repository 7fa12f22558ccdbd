/* notify.h -- the workload's sd_notify(3) reaches whoever supervises us.
 *
 * When we are started with NOTIFY_SOCKET, a service manager waits for READY=1. The workload gets a
 * socket of its own, RECORD/notify/notify.sock, whose directory is bind-mounted on /run/notify
 * (ns_root_context.notify_socket_dir), read-only: the workload must not put anything else there,
 * since `start` finds it by name. `create` makes the directory; `start` and `run` listen
 * before the workload begins and pass on that it is ready:
 *
 *	create   notify_make(record) and NOTIFY_ENV in the workload's environment
 *	start    socket = notify_listen(record); ...go...; notify_forward(socket, host, pidfd, pid)
 *	run      the same, with watch_readiness(socket, host) instead of notify_forward */
#ifndef CAISSON_NOTIFY_H
#define CAISSON_NOTIFY_H

#include <sys/types.h>

#define NOTIFY_DIRECTORY "notify"    /* below the record's directory: what is bind-mounted */
#define NOTIFY_INSIDE	 "/run/notify"
#define NOTIFY_ENV	 "NOTIFY_SOCKET=" NOTIFY_INSIDE "/notify.sock"

/* Each returns 0 (or a descriptor, owned by the caller) or a negative errno with its fault set.
 * `record` is the container's state directory, <root>/<id>, as a descriptor. */

/* Makes the directory; already there is success. Goes with the record. */
int notify_make(int record);
/* Binds a fresh socket that every uid of the container may write to. */
int notify_listen(int record);

/* Reads what the workload sent so far, without waiting. 1: it is ready; 0: not yet. Its words
 * are hostile bytes: only the line READY=1 counts, everything else, descriptors too, is dropped. */
int notify_is_ready(int socket);
/* Tells the host's NOTIFY_SOCKET ("/path" or "@abstract") READY=1 and, unless `pid` is 0,
 * MAINPID; then waits at most 10 s (a warning) for the answer to BARRIER=1 (sd_notify(3)), so
 * that we do not exit before the manager has looked at who we are. */
int notify_host(const char *host_socket, pid_t pid);
/* Waits for READY=1 and tells the host; returns 0 also when the process of `pidfd` ends before. */
int notify_forward(int socket, const char *host_socket, int pidfd, pid_t pid);

#endif
