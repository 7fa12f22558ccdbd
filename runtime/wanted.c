/* wanted.c -- which rows a plan needs: pure functions of the plan, one a row. See build.c. */
#include "runtime/wanted.h"

#include "cgroups/systemd.h"
#include "runtime/hooks.h"
#include "runtime/plan.h"
#include "seccomp/seccomp.h"

bool wants_sources(const struct plan *plan)
{
	return ns_root_wants_host(plan->root);
}

bool wants_resctrl(const struct plan *plan)
{
	return plan->resctrl.mount;
}

bool wants_gate(const struct plan *plan)
{
	return plan->gated;
}

bool wants_notify(const struct plan *plan)
{
	return plan->notify_socket;
}

bool wants_process(const struct plan *plan)
{
	return plan->process;
}

bool wants_terminal(const struct plan *plan)
{
	return plan->process && plan->process->terminal;
}

bool wants_console_socket(const struct plan *plan)
{
	return wants_terminal(plan) && plan->arguments->console_socket;
}

bool wants_same_maps(const struct plan *plan)
{
	return plan->in_userns && !plan->new_userns && plan->spec.linux.uid_mappings.count;
}

bool wants_pidfd_socket(const struct plan *plan)
{
	return plan->arguments->pidfd_socket;
}

bool wants_seccomp(const struct plan *plan)
{
	return plan->process && plan->spec.linux.seccomp.given;
}

bool wants_listener(const struct plan *plan)
{
	return wants_seccomp(plan) && sc_wants_listener(&plan->spec.linux.seccomp);
}

/* cgroup v1: sched_setattr(2) to SCHED_FIFO or SCHED_RR is EPERM while cpu.rt_runtime_us is 0. */
bool wants_limits_first(const struct plan *plan)
{
	return plan->spec.linux.resources.cpu.realtime_runtime.given;
}

bool wants_limits_meanwhile(const struct plan *plan)
{
	return !wants_limits_first(plan);
}

bool wants_oom_score(const struct plan *plan)
{
	return plan->process && plan->process->oom_score_adj.given;
}

bool wants_oom_meanwhile(const struct plan *plan)
{
	return wants_oom_score(plan) && !plan->rootless;
}

/* /proc/PID of the inside belongs to root from the moment on that it cannot be dumped. */
bool wants_oom_first(const struct plan *plan)
{
	return wants_oom_score(plan) && plan->rootless;
}

bool wants_net_devices(const struct plan *plan)
{
	return plan->spec.linux.net_devices.count;
}

bool wants_enter_cgroup(const struct plan *plan)
{
	return plan->cgroup.count;
}

bool wants_userns(const struct plan *plan)
{
	return plan->in_userns;
}

bool wants_ipc_namespace(const struct plan *plan)
{
	return plan->late_ipcns;
}

bool wants_join_scope(const struct plan *plan)
{
	return cg_systemd_attaches(&plan->cgroup);
}

bool wants_leave_scope(const struct plan *plan)
{
	return plan->cgroup.driver == CG_SYSTEMD;
}

bool wants_cgroup_namespace(const struct plan *plan)
{
	return plan->new_cgroupns;
}

bool wants_loopback(const struct plan *plan)
{
	return plan->new_netns;
}

bool wants_mount_namespace(const struct plan *plan)
{
	return plan->new_mountns;
}

bool wants_hook_output(const struct plan *plan)
{
	return hooks_have_output(&plan->spec.annotations);
}

bool wants_prestart(const struct plan *plan)
{
	return plan->spec.hooks.prestart.count;
}

bool wants_create_runtime(const struct plan *plan)
{
	return plan->spec.hooks.create_runtime.count;
}

bool wants_create_container(const struct plan *plan)
{
	return plan->spec.hooks.create_container.count;
}

bool wants_labels(const struct plan *plan)
{
	return plan->apparmor_profile || plan->selinux_label;
}

bool wants_sysctl(const struct plan *plan)
{
	return plan->spec.linux.sysctl.count;
}

bool wants_procfs(const struct plan *plan)
{
	return wants_labels(plan) || wants_sysctl(plan);
}

bool wants_names(const struct plan *plan)
{
	return plan->spec.hostname || plan->spec.domainname;
}

static bool wants_rlimits(const struct plan *plan)
{
	return plan->process && plan->process->rlimits.count;
}

bool wants_rlimits_by_host(const struct plan *plan)
{
	return wants_rlimits(plan) && plan->in_userns;
}

bool wants_rlimits_inside(const struct plan *plan)
{
	return wants_rlimits(plan) && !plan->in_userns;
}

bool wants_keyring(const struct plan *plan)
{
	return !plan->arguments->no_new_keyring;
}

bool wants_early_pid_file(const struct plan *plan)
{
	return plan->arguments->pid_file && plan->gated;
}

bool wants_late_pid_file(const struct plan *plan)
{
	return plan->arguments->pid_file && !plan->gated;
}

bool wants_start_container(const struct plan *plan)
{
	return plan->spec.hooks.start_container.count;
}

bool wants_poststart(const struct plan *plan)
{
	return plan->spec.hooks.poststart.count && !plan->gated;
}

bool wants_notify_listen(const struct plan *plan)
{
	return plan->notify_socket && !plan->gated;
}

bool wants_initial_cpus(const struct plan *plan)
{
	return plan->initial_cpus;
}

bool wants_all_cpus(const struct plan *plan)
{
	return !plan->initial_cpus && !plan->final_cpus;
}

bool wants_names_of_user(const struct plan *plan)
{
	return plan->asked_user.user || plan->asked_user.group;
}
