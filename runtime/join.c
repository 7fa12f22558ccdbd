/* join.c -- the order in which a process joins a container: the list of exec.
 *
 * The rows are those of build.c, without a root to build: the namespaces are there. What the
 * process may do is what config.json says of the container's own, and only what the command line
 * names is different (exec that forgets no_new_privs, limits or the seccomp filter is a way out).
 *
 * Does not decide what the process is (plan_join.c). */
#include "runtime/join.h"

#include "runtime/host.h"
#include "runtime/inside.h"
#include "runtime/wanted.h"

static const struct step rows[] = {
	{ "cgroup", "the container's own", HOST, .run = host_join_cgroup },
	{ "console socket", "connected while its path is in reach", HOST,
	  .wanted = wants_console_socket, .run = host_console_socket },
	{ "seccomp listener", "connected while its path is in reach", HOST,
	  .wanted = wants_listener, .run = host_listener },
	{ "initial cpus", "where the runtime itself runs until execve", HOST,
	  .wanted = wants_initial_cpus, .run = host_initial_cpus },
	{ "spawn", "joins all namespaces, then makes the process with CLONE_PARENT", HOST,
	  .runc = "nsexec container setup", .run = host_spawn_joining, .undo = host_kill },
	{ "pidfd socket", "the engine's own handle of the process", HOST, .meanwhile = true,
	  .wanted = wants_pidfd_socket, .run = host_pidfd_socket },
	{ "enter resctrl", "the container's class of service, and its monitoring group", HOST,
	  .meanwhile = true, .wanted = wants_resctrl, .run = host_enter_resctrl },
	{ "compile seccomp", "slow on a cache miss, so it overlaps", HOST, .meanwhile = true,
	  .wanted = wants_seccomp, .run = host_seccomp },
	{ "let go", "of the mount we were executed from: the kernel makes us wait for that", HOST,
	  .meanwhile = true, .run = host_let_go },
	{ "oom score", "by the host: the container's /proc is not to be trusted", HOST,
	  .wanted = wants_oom_score, .run = host_oom_score },

	{ "join scope", "where the kernel lets no ordinary user move a process, systemd does", HOST,
	  .wanted = wants_join_scope, .run = host_join_scope },
	{ "enter cgroup", "v1: a thread that moves itself waits for nobody", INSIDE,
	  .wanted = wants_enter_cgroup, .run = inside_enter_cgroup },
	{ "cpus", "those of the cgroup, not those of whoever started us", INSIDE,
	  .wanted = wants_all_cpus, .run = inside_all_cpus },
	{ "become root", "of the user namespace", INSIDE, .wanted = wants_userns,
	  .run = inside_become_root },
	{ "session", "no terminal of the caller's can be typed into (TIOCSTI)", INSIDE,
	  .runc = "child process in init()", .run = inside_session },
	{ "names", "of --user, in the container's own /etc/passwd and /etc/group", INSIDE,
	  .wanted = wants_names_of_user, .run = inside_look_up_user },
	{ "terminal", "a pty of the container's own devpts", INSIDE, .wanted = wants_terminal,
	  .run = inside_terminal },
	{ "procfs", "one nobody tampered with, for labels", INSIDE, .wanted = wants_labels,
	  .run = inside_procfs },
	{ "rlimits by host", "a user namespace may not raise them", HOST,
	  .wanted = wants_rlimits_by_host, .run = host_rlimits },
	{ "rlimits", "what the process may use", INSIDE, .wanted = wants_rlimits_inside,
	  .run = inside_rlimits },
	{ "keyring", "a session keyring of its own", INSIDE, .wanted = wants_keyring,
	  .run = inside_keyring },
	{ "priority", "scheduler, io, memory policy, personality", INSIDE,
	  .run = inside_priority },
	{ "labels", "AppArmor and SELinux, in force at execve", INSIDE, .wanted = wants_labels,
	  .run = inside_labels },
	{ "user", "bounding set, groups, gid, uid, capabilities, umask, cwd", INSIDE,
	  .run = inside_user },
	{ "program", "found as the user who will run it", INSIDE, .run = inside_program },
	{ "agreed", "everything the host did meanwhile is done", HOST, .run = host_agree },
	{ "exec", "no_new_privs, seccomp, execve", INSIDE,
	  .runc = "setns_init: about to exec", .run = inside_exec },
	{ "pid file", "only now: engines take it as success", HOST, .wanted = wants_late_pid_file,
	  .run = host_pid_file, .undo = host_no_pid_file },
};

_Static_assert(sizeof rows / sizeof *rows <= steps_at_most, "the trace page holds every row");

const struct step_list join_list = { rows, sizeof rows / sizeof *rows, NULL };
