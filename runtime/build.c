/* build.c -- THE LIST: the order in which a container is built, written in exactly one place.
 *
 * Read it from top to bottom. Each row is one step, on the host's side or inside; what it does is
 * in host.c, inside.c or the room the function's prefix names. The order is the design:
 *
 *	- what must be undone after a crash is written down before it is made;
 *	- hooks of the runtime see the finished mounts, but still the host's root;
 *	- privileges are given up last, each before the one it needs to be given up with;
 *	- nothing but execve happens under the container's seccomp filter.
 *
 * Does not decide anything: each `wanted` only reads the plan. */
#include "runtime/build.h"

#include "runtime/host.h"
#include "runtime/inside.h"
#include "runtime/wanted.h"

static const struct step rows[] = {
	/* The host prepares. */
	{ "record", "the id is ours from here on, and a crash can be cleaned up after", HOST,
	  .run = host_reserve, .undo = host_unreserve },
	{ "cgroup", "made before the process, which is born in it", HOST, .run = host_cgroup,
	  .undo = host_uncgroup },
	{ "resctrl", "a share of cache and memory bandwidth, made before the process", HOST,
	  .wanted = wants_resctrl, .run = host_resctrl, .undo = host_no_resctrl },
	{ "gate", "where the container waits for start", HOST, .wanted = wants_gate,
	  .run = host_gate },
	{ "notify socket", "READY=1 comes back through it", HOST, .wanted = wants_notify,
	  .run = host_notify },
	{ "sources", "what the inside may not open is opened here", HOST, .wanted = wants_sources,
	  .run = host_sources },
	{ "notify listener", "run: start does it for create", HOST,
	  .wanted = wants_notify_listen, .run = host_notify_listen },
	{ "console socket", "connected while its path is in reach", HOST,
	  .wanted = wants_console_socket, .run = host_console_socket },
	{ "seccomp listener", "connected while its path is in reach", HOST,
	  .wanted = wants_listener, .run = host_listener },
	{ "hook output", "the files that annotations name, opened while their paths are in reach",
	  HOST, .wanted = wants_hook_output, .run = host_hook_output },
	{ "spawn", "one clone3: a new process in its namespaces and its cgroup", HOST,
	  .runc = "nsexec container setup", .run = host_spawn, .undo = host_kill },

	/* The host goes on while the inside builds. */
	{ "pid", "written down: a crash from here on leaves a process", HOST, .meanwhile = true,
	  .run = host_note_pid },
	{ "let go", "of the mount we were executed from: the kernel makes us wait for that", HOST,
	  .meanwhile = true, .run = host_let_go },
	{ "id maps", "a user namespace that is joined has those config.json says", HOST,
	  .meanwhile = true, .wanted = wants_same_maps, .run = host_check_maps },
	{ "pidfd socket", "the engine's own handle of the process", HOST, .meanwhile = true,
	  .wanted = wants_pidfd_socket, .run = host_pidfd_socket },
	{ "limits", "memory, cpu, pids and device rules of the cgroup", HOST, .meanwhile = true,
	  .wanted = wants_limits_meanwhile, .run = host_limits },
	{ "enter resctrl", "its class of service, and its monitoring group", HOST,
	  .meanwhile = true, .wanted = wants_resctrl, .run = host_enter_resctrl },
	{ "compile seccomp", "slow on a cache miss, so it overlaps", HOST, .meanwhile = true,
	  .wanted = wants_seccomp, .run = host_seccomp },
	{ "oom score", "by the host: a user namespace may not lower it", HOST, .meanwhile = true,
	  .wanted = wants_oom_meanwhile, .run = host_oom_score },
	{ "limits first", "the process may become a real-time one only with a budget for that",
	  HOST, .wanted = wants_limits_first, .run = host_limits },
	{ "oom score first", "an ordinary user may write it while the inside waits", HOST,
	  .wanted = wants_oom_first, .run = host_oom_score },
	{ "net devices", "moved in, all or none", HOST, .wanted = wants_net_devices,
	  .run = host_net_devices, .undo = host_return_net_devices },

	{ "join scope", "where the kernel lets no ordinary user move a process, systemd does", HOST,
	  .wanted = wants_join_scope, .run = host_join_scope },

	/* Inside: who and where we are. */
	{ "enter cgroup", "v1: a thread that moves itself waits for nobody", INSIDE,
	  .wanted = wants_enter_cgroup, .run = inside_enter_cgroup },
	{ "cpus", "those of the cgroup, not those of whoever started us", INSIDE,
	  .wanted = wants_all_cpus, .run = inside_all_cpus },
	{ "become root", "of the new user namespace", INSIDE, .wanted = wants_userns,
	  .run = inside_become_root },
	{ "ipc namespace", "its mqueue belongs to whoever makes it: root of the user namespace",
	  INSIDE, .wanted = wants_ipc_namespace, .run = inside_ipc_namespace },
	{ "cgroup namespace", "its root is where its maker is now", INSIDE,
	  .wanted = wants_cgroup_namespace, .run = inside_cgroup_namespace },
	{ "session", "no terminal of the caller's can be typed into (TIOCSTI)", INSIDE,
	  .runc = "child process in init()", .run = inside_session },
	{ "loopback", "a new network namespace has lo, but down", INSIDE, .wanted = wants_loopback,
	  .run = inside_loopback },

	/* Inside: the file system. */
	{ "private mounts", "nothing mounted here reaches the host", INSIDE,
	  .wanted = wants_mount_namespace, .run = inside_private },
	{ "rootfs", "becomes a mount of its own, held by descriptor", INSIDE, .run = inside_rootfs },
	{ "mounts", "mounts[], in the order of config.json", INSIDE, .run = inside_mounts },
	{ "devices", "/dev: nodes and links", INSIDE, .run = inside_devices },
	{ "cwd", "made when missing, while the root is still writable", INSIDE,
	  .wanted = wants_process, .run = inside_make_cwd },
	{ "terminal", "a pty of the container's own devpts", INSIDE, .wanted = wants_terminal,
	  .run = inside_terminal },
	{ "prestart hooks", "runtime's namespaces, before the root is entered", HOST,
	  .wanted = wants_prestart, .run = host_prestart },
	{ "createRuntime hooks", "runtime's namespaces, before the root is entered", HOST,
	  .wanted = wants_create_runtime, .run = host_create_runtime },
	{ "createContainer hooks", "container's namespaces, before the root is entered", INSIDE,
	  .wanted = wants_create_container, .run = inside_create_container },
	{ "procfs", "one nobody tampered with, for labels and sysctls", INSIDE,
	  .wanted = wants_procfs, .run = inside_procfs },
	{ "enter root", "pivot_root, and the host's mounts are gone", INSIDE, .run = inside_enter },
	{ "hostname", "of the uts namespace", INSIDE, .wanted = wants_names,
	  .run = inside_names },
	{ "sysctl", "of the container's own namespaces", INSIDE, .wanted = wants_sysctl,
	  .run = inside_sysctl },
	{ "hide", "maskedPaths, readonlyPaths", INSIDE, .run = inside_hide },
	{ "seal", "a readonly root; rootfsPropagation", INSIDE, .run = inside_seal },
	{ "verify", "what the kernel has is what was planned", INSIDE, .run = inside_verify },

	/* Inside: the process. */
	{ "rlimits by host", "a user namespace may not raise them", HOST,
	  .wanted = wants_rlimits_by_host, .run = host_rlimits },
	{ "rlimits", "what the process may use", INSIDE, .wanted = wants_rlimits_inside,
	  .run = inside_rlimits },
	{ "keyring", "a session keyring of its own", INSIDE, .wanted = wants_keyring,
	  .run = inside_keyring },
	{ "priority", "scheduler, io, memory policy, personality", INSIDE, .wanted = wants_process,
	  .run = inside_priority },
	{ "labels", "AppArmor and SELinux, in force at execve", INSIDE, .wanted = wants_labels,
	  .run = inside_labels },
	{ "user", "bounding set, groups, gid, uid, capabilities, umask, cwd", INSIDE,
	  .wanted = wants_process, .run = inside_user },
	{ "program", "found as the user who will run it", INSIDE, .wanted = wants_process,
	  .run = inside_program },

	/* Built. */
	{ "leave scope", "systemd's scope is held by a helper until the container is in it", HOST,
	  .wanted = wants_leave_scope, .run = host_leave_scope },
	{ "created", "the record is whole: a later command finds everything", HOST,
	  .runc = "init: closing the pipe to signal completion", .run = host_created },
	{ "pid file", "only now: engines take it as success", HOST,
	  .wanted = wants_early_pid_file, .run = host_pid_file, .undo = host_no_pid_file },
	{ "wait for start", "the creator leaves", INSIDE, .parts = true, .wanted = wants_gate,
	  .run = inside_wait },
	{ "startContainer hooks", "container's namespaces, after start", INSIDE,
	  .wanted = wants_start_container, .run = inside_start_container },
	{ "exec", "no_new_privs, seccomp, execve", INSIDE, .run = inside_exec },
	{ "late pid file", "run -d: the workload is running", HOST, .wanted = wants_late_pid_file,
	  .run = host_pid_file, .undo = host_no_pid_file },
	{ "poststart hooks", "runtime's namespaces; a failure stops the container", HOST,
	  .wanted = wants_poststart, .run = host_poststart },
};

_Static_assert(sizeof rows / sizeof *rows <= steps_at_most, "the trace page holds every row");

const struct step_list build_list = { rows, sizeof rows / sizeof *rows, host_grant_source };
