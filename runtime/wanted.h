/* wanted.h -- which rows a plan needs: pure functions of the plan, one a row. */
#ifndef CAISSON_WANTED_H
#define CAISSON_WANTED_H

#include <stdbool.h>

struct plan;

bool wants_sources(const struct plan *plan);
bool wants_resctrl(const struct plan *plan);
bool wants_gate(const struct plan *plan);
bool wants_notify(const struct plan *plan);
bool wants_notify_listen(const struct plan *plan);
bool wants_console_socket(const struct plan *plan);
bool wants_listener(const struct plan *plan);
bool wants_same_maps(const struct plan *plan);
bool wants_pidfd_socket(const struct plan *plan);
bool wants_seccomp(const struct plan *plan);
bool wants_limits_meanwhile(const struct plan *plan);
bool wants_limits_first(const struct plan *plan);
bool wants_oom_score(const struct plan *plan);
bool wants_oom_meanwhile(const struct plan *plan);
bool wants_oom_first(const struct plan *plan);
bool wants_net_devices(const struct plan *plan);
bool wants_enter_cgroup(const struct plan *plan);
bool wants_userns(const struct plan *plan);
bool wants_ipc_namespace(const struct plan *plan);
bool wants_cgroup_namespace(const struct plan *plan);
bool wants_loopback(const struct plan *plan);
bool wants_join_scope(const struct plan *plan);
bool wants_leave_scope(const struct plan *plan);
bool wants_mount_namespace(const struct plan *plan);
bool wants_terminal(const struct plan *plan);
bool wants_hook_output(const struct plan *plan);
bool wants_prestart(const struct plan *plan);
bool wants_create_runtime(const struct plan *plan);
bool wants_create_container(const struct plan *plan);
bool wants_procfs(const struct plan *plan);
bool wants_names(const struct plan *plan);
bool wants_sysctl(const struct plan *plan);
bool wants_rlimits_by_host(const struct plan *plan);
bool wants_rlimits_inside(const struct plan *plan);
bool wants_keyring(const struct plan *plan);
bool wants_process(const struct plan *plan);
bool wants_labels(const struct plan *plan);
bool wants_early_pid_file(const struct plan *plan);
bool wants_late_pid_file(const struct plan *plan);
bool wants_start_container(const struct plan *plan);
bool wants_initial_cpus(const struct plan *plan);
bool wants_names_of_user(const struct plan *plan);
bool wants_all_cpus(const struct plan *plan);
bool wants_poststart(const struct plan *plan);

#endif
