/* inside.c -- the rows of the lists that run inside the new namespaces.
 *
 * In the order of the lists. Whatever happens here happens in a process that the container will
 * own: no path and no descriptor of the host's may outlive it. Does not decide whether a row is
 * wanted (wanted.c) nor when it runs (build.c, join.c). */
#include "runtime/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "net/net.h"
#include "ns/below.h"
#include "ns/labels.h"
#include "ns/names.h"
#include "ns/procfs.h"
#include "runtime/accounts.h"
#include "runtime/base/debug.h"
#include "runtime/base/fault.h"
#include "runtime/base/owned.h"
#include "runtime/base/baton.h"
#include "runtime/gate.h"
#include "runtime/hooks.h"
#include "runtime/identity.h"
#include "runtime/life.h"
#include "runtime/plan.h"
#include "runtime/priority.h"
#include "runtime/rawmode.h"
#include "runtime/run.h"
#include "runtime/watch.h"

/* A directory of the host's cgroupfs that stays open is a way out (CVE-2024-21626). */
int inside_enter_cgroup(struct run *run)
{
	int result = cg_enter_self(&run->plan->cgroup);

	cg_close(&run->plan->cgroup);
	return result;
}

int inside_all_cpus(struct run *run)
{
	(void)run;
	priority_all_cpus();
	return 0;
}

/* Files made from here on belong to the container's root, not to "nobody". Where 0 is not mapped
 * there is no such root, and who we are stays as it is. */
int inside_become_root(struct run *run)
{
	const struct plan *plan = run->plan;

	if (!plan->deny_setgroups && setgroups(0, NULL) < 0 && errno != EPERM)
		return fail(errno, "give up our groups");
	if (setresgid(0, 0, 0) < 0 && errno != EINVAL)
		return fail(errno, "become group 0 of the user namespace");
	if (setresuid(0, 0, 0) < 0 && errno != EINVAL)
		return fail(errno, "become user 0 of the user namespace");
	return 0;
}

int inside_ipc_namespace(struct run *run)
{
	(void)run;
	return unshare(CLONE_NEWIPC) < 0 ? fail(errno, "make an ipc namespace") : 0;
}

int inside_cgroup_namespace(struct run *run)
{
	(void)run;
	return ns_new_cgroup();
}

/* Nobody may look into us or trace us before execve (CVE-2016-9962): /proc/PID of a process that is
 * not dumpable belongs to the host's root. */
int inside_session(struct run *run)
{
	(void)run;
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return fail(errno, "make the process undumpable");
	/* EPERM: a leader of one already. */
	if (setsid() < 0 && errno != EPERM)
		return fail(errno, "make a session");
	return 0;
}

int inside_loopback(struct run *run)
{
	(void)run;
	return net_loopback_up();
}

int inside_private(struct run *run)
{
	return ns_root_private(run->plan->root);
}

int inside_rootfs(struct run *run)
{
	return ns_root_open(run->plan->root);
}

int inside_mounts(struct run *run)
{
	ns_root_may_ask(run->plan->root, run->baton);
	return ns_root_mount(run->plan->root);
}

int inside_devices(struct run *run)
{
	return ns_root_devices(run->plan->root);
}

int inside_make_cwd(struct run *run)
{
	return identity_make_cwd(ns_root_fd(run->plan->root), run->plan->process->cwd);
}

/* Its master goes to the console socket, or to the host's side, which copies. */
static int hand_over_master(struct run *run)
{
	int result = run->console_socket >= 0
			     ? terminal_send(run->console_socket, &run->terminal)
			     : baton_send_fd(run->baton, run->terminal.master, "terminal");

	if (result)
		return fail(result, "hand over the terminal's master");
	close(take(&run->terminal.master));
	if (run->console_socket >= 0)
		close(take(&run->console_socket));
	return 0;
}

int inside_look_up_user(struct run *run)
{
	const struct plan *plan = run->plan;

	return accounts_look_up(&run->user, &plan->asked_user, !plan->deny_setgroups, plan->arena);
}

int inside_terminal(struct run *run)
{
	const struct spec_process *process = run->plan->process;
	autoclose int devpts = -1;
	int result;

	/* exec has no root to build: its /dev/pts is that of the namespace it joined. */
	if (run->plan->root) {
		devpts = below_open(ns_root_fd(run->plan->root), "/dev/pts", BELOW_NO_SYMLINKS);
		if (devpts < 0)
			return advise(fail(devpts, "open the container's /dev/pts"),
				      "a terminal needs a mount of type devpts on /dev/pts");
	}
	result = terminal_open(&run->terminal, devpts, &process->console_size,
			       run->console_socket < 0);
	/* Before the program can ask for it; 0-2 are still the caller's. */
	if (!result && run->console_socket < 0)
		rawmode_copy_size(run->terminal.master);
	if (!result && run->plan->root)
		result = ns_root_console(run->plan->root, run->terminal.peer);
	if (!result)
		result = hand_over_master(run);
	if (!result)
		result = terminal_take(&run->terminal, run->user.uid);
	return result;
}

int inside_create_container(struct run *run)
{
	const struct hooks_setting setting = {
		.state = life_hook_state(&run->record, LIFE_CREATED, getpid(), run->plan->arena),
		.output = &run->hooks_output,
	};

	return hooks_run(&run->plan->spec.hooks.create_container, "createContainer", &setting);
}

int inside_procfs(struct run *run)
{
	run->procfs = ns_procfs_open();
	return run->procfs < 0 ? run->procfs : 0;
}

int inside_enter(struct run *run)
{
	return ns_root_enter(run->plan->root);
}

int inside_names(struct run *run)
{
	const struct spec *spec = &run->plan->spec;
	int result = spec->hostname ? ns_set_hostname(spec->hostname) : 0;

	if (!result && spec->domainname)
		result = ns_set_domainname(spec->domainname);
	return result;
}

int inside_sysctl(struct run *run)
{
	return ns_set_sysctls(&run->plan->spec.linux.sysctl, run->procfs);
}

int inside_hide(struct run *run)
{
	return ns_root_hide(run->plan->root);
}

int inside_seal(struct run *run)
{
	return ns_root_seal(run->plan->root);
}

int inside_verify(struct run *run)
{
	return ns_root_verify(run->plan->root);
}

int inside_rlimits(struct run *run)
{
	return priority_rlimits(0, &run->plan->process->rlimits);
}

int inside_keyring(struct run *run)
{
	const char *label = run->plan->selinux_label;
	int result = label ? ns_set_key_label(label, run->procfs) : 0;

	if (!result)
		result = identity_keyring(run->plan->id);
	if (!result && label)
		result = ns_set_key_label(NULL, run->procfs);
	return result;
}

int inside_priority(struct run *run)
{
	const struct plan *plan = run->plan;
	int result = 0;

	if (plan->process->scheduler.given)
		result = priority_scheduler(&plan->process->scheduler);
	if (!result && plan->process->io_priority.given)
		result = priority_io(&plan->process->io_priority);
	if (!result && plan->spec.linux.memory_policy.given)
		result = priority_memory_policy(&plan->spec.linux.memory_policy);
	if (!result && plan->spec.linux.personality.given)
		result = priority_personality(&plan->spec.linux.personality);
	return result;
}

int inside_labels(struct run *run)
{
	return ns_set_labels(run->plan->apparmor_profile, run->plan->selinux_label, run->procfs);
}

/* What a listener is told beside the filter's descriptor. */
static const char *listener_state(struct run *run)
{
	const struct plan *plan = run->plan;

	if (run->listener < 0)
		return NULL;
	return life_seccomp_state(&run->record, LIFE_CREATING, getpid(),
				  plan->spec.linux.seccomp.listener_metadata, plan->arena);
}

/* See ns_caps_with_admin(). */
static bool wants_admin(const struct plan *plan)
{
	return plan->spec.linux.seccomp.given && !plan->process->no_new_privileges.value;
}

/* Each before the one that takes away the right to do it: the bounding set needs CAP_SETPCAP,
 * groups and ids CAP_SETGID and CAP_SETUID; the sets themselves come last. */
int inside_user(struct run *run)
{
	const struct plan *plan = run->plan;
	const struct spec_process *process = plan->process;
	struct ns_caps caps = wants_admin(plan) ? ns_caps_with_admin(&plan->caps) : plan->caps;
	bool entered = false;
	int result = ns_caps_limit_bounding(&plan->caps);

	if (!result)
		result = inherit_settle(run->user.uid, run->user.gid);
	if (!result) {
		result = identity_cwd(process->cwd);
		entered = !result;
		if (result == -EACCES)
			result = 0;
	}
	if (!result)
		result = identity_user(&run->user, plan->deny_setgroups, plan->keep_groups);
	if (!result)
		result = ns_caps_apply(&caps);
	if (!result && !entered)
		result = identity_cwd(process->cwd);
	return result;
}

static char **environment(struct run *run)
{
	const struct plan *plan = run->plan;
	char **env = arena_array(plan->arena, plan->env.count + 2, sizeof *env);
	char *home = plan->sets_home ? accounts_home(run->user.uid, plan->arena) : NULL;

	if (plan->env.count)
		memcpy(env, plan->env.at, plan->env.count * sizeof *env);
	if (plan->sets_home)
		env[plan->env.count] = arena_format(plan->arena, "HOME=%s", home ? home : "/");
	return env;
}

int inside_program(struct run *run)
{
	const struct plan *plan = run->plan;

	run->env = environment(run);
	return identity_find_program(&run->program, &plan->process->args, &plan->env, plan->arena);
}

int inside_wait(struct run *run)
{
	int connection = gate_wait(run->gate);

	if (connection < 0)
		return connection;
	close(take(&run->gate));
	close(run->baton);
	run->baton = connection;
	if (!run->plan->process)
		return refuse(EINVAL, "config.json has no process, so there is nothing to start");
	return 0;
}

static int forbid_new_privileges(const struct plan *plan)
{
	if (plan->process->no_new_privileges.value && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return fail(errno, "set no_new_privs");
	return 0;
}

/* What only the filter's loading needed is given up. */
static int settle(const struct plan *plan)
{
	return wants_admin(plan) ? ns_caps_settle(&plan->caps) : 0;
}

/* One connection tells an agent of one process (config-linux.md, "Seccomp"): the workload. */
static int confine_hook(struct run *run)
{
	int result = sc_load_untold(run->seccomp);

	return result ? result : settle(run->plan);
}

/* A program of the image, which may be anybody's: it gets no more rights than the workload, as in
 * runc. */
int inside_start_container(struct run *run)
{
	/* The hook is a program of the container; without env it has what the workload will have,
	 * as in runc. */
	const struct hooks_setting setting = {
		.state = life_hook_state(&run->record, LIFE_CREATED, getpid(), run->plan->arena),
		.env = run->env,
		.output = &run->hooks_output,
		.confine = run->seccomp ? confine_hook : NULL,
		.run = run,
	};
	int result = forbid_new_privileges(run->plan);

	return result ? result : hooks_run(&run->plan->spec.hooks.start_container,
					   "startContainer", &setting);
}

/* CLONE_CLEAR_SIGHAND reset the handlers; what was ignored stays so over execve: by nohup(1), a
 * shell's "&", an engine. A shell in the container could not even trap it. As runc has it, and by
 * the bare call, since glibc keeps 32 and 33 to itself. After the mask, so that what waits and is
 * ignored is gone by then. */
static void workload_signals(void)
{
	const unsigned long normal[4] = { 0 }; /* struct sigaction as the kernel has it: SIG_DFL */

	sigprocmask(SIG_SETMASK, watch_old_mask(), NULL);
	for (int number = 1; number <= 64; number++)
		syscall(SYS_rt_sigaction, number, normal, NULL, 8);
}

/* The file was looked at before (identity.c), so the kernel speaks of something else. */
static int explain_exec(int result)
{
	if (result == -ENOENT)
		return advise(result, "it is there; the interpreter its first line or its ELF "
			      "header names is not");
	if (result == -ENOEXEC)
		return advise(result, "it is neither a script with a #! line nor a program for "
			      "this machine");
	return result;
}

/* From the filter on, only execve is certain to be allowed. */
int inside_exec(struct run *run)
{
	const struct plan *plan = run->plan;
	const struct spec_process *process = plan->process;
	const char *state = listener_state(run);
	int result = forbid_new_privileges(plan);

	if (!result && plan->final_cpus)
		result = priority_affinity(0, plan->final_cpus, "process.execCPUAffinity.final");
	if (!result)
		result = inherit_exec(plan->inherit);
	if (result)
		return result;
	debug("execute %s", run->program);
	workload_signals();
	baton_send_ready(run->baton);
	result = run->seccomp ? sc_load(run->seccomp, run->listener, state) : 0;
	if (!result)
		result = settle(plan);
	if (result)
		return result;
	execve(run->program, process->args.at, run->env);
	return explain_exec(fail_as_go(errno, "exec %s", run->program));
}
