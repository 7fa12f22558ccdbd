/* host.h -- the host as a test finds it, and a container seen from outside. */
#ifndef CAISSON_TESTS_HOST_H
#define CAISSON_TESTS_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Remembers this mount namespace's mounts. */
void host_snapshot(void);
/* NULL, or what is not as it was in words: a mount, a cgroup with `mark` in its name, an entry
 * with it in `folder`, or a process among our descendants (waited for at most ten seconds, then
 * killed; empty cgroups are removed). Valid until the next call. */
const char *host_changed(const char *mark, const char *folder);

/* Not one of those: a child that the test itself needs to its end. */
void host_ignore(pid_t child);

/* A whole file as text, "" when it cannot be read: cgroup files come and go. Lives as long as the
 * test. */
__attribute__((format(printf, 1, 2))) const char *file_text(const char *path, ...);
/* Writes all of it to FOLDER/NAME, which is there: false, with errno, when the kernel refuses. */
bool file_write(const char *folder, const char *name, const char *text);
/* /proc/PID/NAME */
const char *proc_text(pid_t pid, const char *name);
/* One line's value of /proc/PID/status, such as "NoNewPrivs"; "" when there is no such line. */
const char *proc_status(pid_t pid, const char *key);
/* What /proc/PID/ns/KIND names: the same for two processes in the same namespace. */
const char *proc_namespace(pid_t pid, const char *kind);
/* The line of /proc/PID/mountinfo for what is mounted last at `where`, or NULL. */
const char *proc_mount(pid_t pid, const char *where);
/* Whether a cgroup hierarchy of either version has it: "pids". */
bool host_has_controller(const char *controller);
/* Whether that hierarchy is one of v1. */
bool host_has_v1_controller(const char *controller);
/* Until the test ends: the host's hierarchies of v1 stay as they are, or, `alone`, nobody else minds
 * that there is one more. criu mounts every one a process is in. */
void host_hold_hierarchies(bool alone);
/* The directory of a pid's cgroup on this host: in the v1 hierarchy of `controller`, or, when
 * there is none, in the v2 one. "" when it has neither. */
const char *cgroup_folder(pid_t pid, const char *controller);
/* A file there: "pids", "pids.max". */
const char *cgroup_text(pid_t pid, const char *controller, const char *name);

#endif
