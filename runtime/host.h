/* host.h -- the rows of the lists that the host's side runs. The lists (build.c, join.c) say when
 * and why; here is how. */
#ifndef CAISSON_HOST_H
#define CAISSON_HOST_H

#include <stdbool.h>
#include <sys/types.h>

struct run;

int host_reserve(struct run *run);
int host_cgroup(struct run *run);
int host_resctrl(struct run *run);
int host_enter_resctrl(struct run *run);
int host_join_scope(struct run *run);
int host_leave_scope(struct run *run);
int host_sources(struct run *run);
/* A wish of the inside's, in the middle of its mounts: see ns_root_grant_source(). */
int host_grant_source(struct run *run, size_t mount);
int host_gate(struct run *run);
int host_notify(struct run *run);
int host_notify_listen(struct run *run);
int host_console_socket(struct run *run);
int host_listener(struct run *run);
int host_hook_output(struct run *run);
int host_spawn(struct run *run);
int host_note_pid(struct run *run);
int host_check_maps(struct run *run);
int host_pidfd_socket(struct run *run);
int host_limits(struct run *run);
int host_seccomp(struct run *run);
int host_let_go(struct run *run);
int host_oom_score(struct run *run);
int host_net_devices(struct run *run);
int host_prestart(struct run *run);
int host_create_runtime(struct run *run);
int host_rlimits(struct run *run);
int host_created(struct run *run);
int host_pid_file(struct run *run);
int host_poststart(struct run *run);

/* exec's own. */
/* Where the container's own v2 cgroup takes nobody: true when exec's process goes where the first
 * process is, instead. As runc has it, only where no cgroup was asked for. */
bool host_follow(struct run *run);
int host_join_cgroup(struct run *run);
int host_spawn_joining(struct run *run);
int host_initial_cpus(struct run *run);
int host_agree(struct run *run);

/* A descriptor of a process's network namespace, the caller's. */
int host_netns_of(pid_t pid);

/* Undoing. */
void host_unreserve(struct run *run);
void host_uncgroup(struct run *run);
void host_no_resctrl(struct run *run);
void host_kill(struct run *run);
void host_return_net_devices(struct run *run);
void host_no_pid_file(struct run *run);

#endif
