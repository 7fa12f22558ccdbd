/* host.c -- the rows of the lists that the host's side runs.
 *
 * In the order of the lists. Does not decide whether a row is wanted (wanted.c) nor when it runs
 * (build.c, join.c). */
#include "runtime/host.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroups/systemd.h"
#include "net/net.h"
#include "ns/idmap.h"
#include "ns/spawn.h"
#include "runtime/base/debug.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"
#include "runtime/base/proc.h"
#include "runtime/base/rights.h"
#include "runtime/base/baton.h"
#include "runtime/gate.h"
#include "runtime/hooks.h"
#include "runtime/interrupt.h"
#include "runtime/life.h"
#include "runtime/notify.h"
#include "runtime/plan.h"
#include "runtime/priority.h"
#include "runtime/run.h"
#include "runtime/say.h"
#include "runtime/seal.h"
#include "runtime/terminal.h"
#include "runtime/walk.h"
#include "seccomp/seccomp.h"

enum { death_patience_ms = 10 * 1000 };

static void describe(struct record *record, const struct plan *plan)
{
	record->rootfs = (char *)ns_root_path(plan->root);
	record->oci_version = plan->spec.oci_version;
	record->annotations = plan->spec.annotations;
	record->driver = plan->cgroup.driver;
	record->cgroups = cg_save(&plan->cgroup, plan->arena);
	record->resctrl = rdt_save(&plan->resctrl, plan->arena);
	record->rootless = plan->rootless;
	record->own_pid_namespace = plan->new_pidns;
	record->stays_mounted = ns_root_stays_mounted(plan->root);
	record->has_poststart = plan->spec.hooks.poststart.count;
	record->has_poststop = plan->spec.hooks.poststop.count;
}

int host_reserve(struct run *run)
{
	struct plan *plan = run->plan;
	struct record *record = &run->record;
	int result = record_begin(record, &plan->records, plan->id, plan->bundle, plan->arena);

	if (result)
		return result;
	describe(record, plan);
	result = record_reserve(record, &plan->records);
	if (result)
		return result;
	result = record_keep_config(record, plan->config_text, plan->config_length);
	if (result)
		host_unreserve(run);
	return result;
}

/* runtime.md, "Lifecycle", 3 to 5: after a hook that failed come the steps from 12 on. */
static void run_poststop(struct run *run)
{
	struct plan *plan = run->plan;
	const struct hooks_setting setting = {
		.state = life_hook_state(&run->record, LIFE_STOPPED, 0, plan->arena),
		.cwd = plan->bundle,
		.output = &run->hooks_output,
	};

	if (hooks_failed())
		hooks_run_all(&plan->spec.hooks.poststop, "poststop", &setting);
}

void host_unreserve(struct run *run)
{
	run_poststop(run);
	record_remove(&run->record);
}

int host_cgroup(struct run *run)
{
	struct plan *plan = run->plan;
	int result = cg_make(&plan->cgroup);

	if (!result)
		result = cg_open_tasks(&plan->cgroup);
	if (!result)
		result = cg_birth_fd(&plan->cgroup, &plan->spawn.cgroup);
	if (result)
		host_uncgroup(run);
	return result;
}

void host_uncgroup(struct run *run)
{
	struct fault kept = *last_fault();

	cg_unmake(&run->plan->cgroup);
	*last_fault() = kept;
}

int host_resctrl(struct run *run)
{
	return rdt_make(&run->plan->resctrl);
}

void host_no_resctrl(struct run *run)
{
	struct fault kept = *last_fault();

	rdt_unmake(&run->plan->resctrl);
	*last_fault() = kept;
}

int host_enter_resctrl(struct run *run)
{
	return rdt_enter(&run->plan->resctrl, run->pid);
}

/* A failure of exec: the container may have handed its controllers down; see host_spawn_joining().
 * What the kernel said to systemd does not reach us as a number. */
int host_join_scope(struct run *run)
{
	int result = cg_systemd_attach(&run->plan->cgroup, run->pid);

	return result && host_follow(run) ? cg_systemd_attach(&run->plan->cgroup, run->pid) : result;
}

int host_leave_scope(struct run *run)
{
	cg_systemd_release(&run->plan->cgroup);
	return 0;
}

int host_sources(struct run *run)
{
	return ns_root_prepare_host(run->plan->root);
}

int host_grant_source(struct run *run, size_t mount)
{
	return ns_root_grant_source(run->plan->root, mount, run->pidfd, run->baton);
}

int host_gate(struct run *run)
{
	run->gate = gate_make(run->record.dir);
	return run->gate < 0 ? run->gate : 0;
}

int host_notify(struct run *run)
{
	return notify_make(run->record.dir);
}

int host_notify_listen(struct run *run)
{
	run->notify = notify_listen(run->record.dir);
	return run->notify < 0 ? run->notify : 0;
}

int host_console_socket(struct run *run)
{
	run->console_socket = terminal_connect(run->plan->arguments->console_socket);
	return run->console_socket < 0 ? run->console_socket : 0;
}

int host_listener(struct run *run)
{
	run->listener = sc_connect_listener(run->plan->spec.linux.seccomp.listener_path);
	return run->listener < 0 ? blame(run->listener, "linux.seccomp.listenerPath") : 0;
}

int host_hook_output(struct run *run)
{
	return hooks_open_output(&run->hooks_output, &run->plan->spec.annotations);
}

/* The filter goes from one side to the other through memory both have. */
static int share_seccomp(struct run *run)
{
	if (!run->plan->process || !run->plan->spec.linux.seccomp.given || run->seccomp)
		return 0;
	run->seccomp = mmap(NULL, sizeof *run->seccomp, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (run->seccomp == MAP_FAILED)
		return fail(errno, "map memory for the seccomp filter");
	return 0;
}

int host_spawn(struct run *run)
{
	int ends[2];
	int result = share_seccomp(run);
	pid_t pid;

	if (!result)
		result = baton_pair(ends);
	if (result)
		return result;
	pid = ns_spawn(&run->plan->spawn, &run->pidfd);
	if (pid == 0) {
		/* The record's lock must end with the creator, and no directory of the host's may
		 * be held inside (CVE-2024-21626). */
		record_close(&run->record);
		records_close(&run->plan->records);
		cg_systemd_disown();
		if (run->gate >= 0)
			gate_hear_signals();
		interrupt_end();
		inherit_forget_named(run->plan->inherit);
		say_close();
		close(ends[0]);
		run->baton = ends[1];
		walk_inside(run);
	}
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return pid;
	}
	run->baton = ends[0];
	run->pid = pid;
	debug("process %d is made", pid);
	if (debug_wanted)
		priority_tell_affinity(pid);
	/* A descriptor of a volume's mount would keep that mount busy. */
	if (run->plan->root)
		ns_root_close_unasked(run->plan->root);
	return 0;
}

void host_kill(struct run *run)
{
	if (run->pidfd < 0)
		return;
	pidfd_signal(run->pidfd, SIGKILL);
	if (!pidfd_wait_end(run->pidfd, death_patience_ms))
		pidfd_reap(run->pidfd);
	else
		warn("process %d, the container's first, is still there %d seconds after SIGKILL",
		     run->pid, death_patience_ms / 1000);
	close(take(&run->pidfd));
	if (run->record.stays_mounted)
		ns_root_unmount(run->record.rootfs);
}

int host_note_pid(struct run *run)
{
	char state;

	run->record.init.pid = run->pid;
	if (process_look(run->pid, &run->record.init.started, &state) < 0)
		return 0; /* it died: the inside's own words will say of what */
	return record_intend(&run->record);
}

int host_check_maps(struct run *run)
{
	const struct spec_linux *l = &run->plan->spec.linux;
	const struct ns_idmap map = { .uids = &l->uid_mappings, .gids = &l->gid_mappings };
	const struct ns_spawn *spawn = &run->plan->spawn;
	const char *joined = "";

	for (size_t i = 0; i < spawn->joins; i++) {
		if (spawn->join[i].flag == CLONE_NEWUSER)
			joined = spawn->join[i].path;
	}
	return ns_check_maps(&map, run->pid, joined);
}

int host_pidfd_socket(struct run *run)
{
	static const char name[] = "pidfd";
	const char *path = run->plan->arguments->pidfd_socket;
	autoclose int connection = rights_connect(path, 10);
	int result = connection < 0 ? connection
				    : rights_send(connection, name, sizeof name - 1, run->pidfd, 0);

	return result ? fail(result, "send the pidfd to the socket %s", path) : 0;
}

int host_limits(struct run *run)
{
	return cg_limit(&run->plan->cgroup);
}

int host_let_go(struct run *run)
{
	(void)run;
	seal_let_go();
	return 0;
}

int host_seccomp(struct run *run)
{
	const struct plan *plan = run->plan;
	const char *cache = plan->rootless ? NULL
					   : arena_format(plan->arena, "%s/.seccomp",
							  plan->records.path);
	int result = sc_compile(run->seccomp, &plan->spec.linux.seccomp, cache);

	if (!result)
		debug("seccomp filter flags: %lu", sc_load_flags(run->seccomp));
	return result;
}

int host_oom_score(struct run *run)
{
	return priority_oom_score(run->pid, run->plan->process->oom_score_adj.value);
}

int host_netns_of(pid_t pid)
{
	char path[64];
	int fd;

	snprintf(path, sizeof path, "/proc/%d/ns/net", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? fail(errno, "open the container's network namespace") : fd;
}

/* Held until the command ends: once the inside has died, its namespace cannot be opened any more,
 * and a virtual device that is left in there is gone with it. */
int host_net_devices(struct run *run)
{
	run->netns = host_netns_of(run->pid);
	if (run->netns < 0)
		return run->netns;
	return net_move_devices(&run->plan->spec.linux.net_devices, run->netns);
}

void host_return_net_devices(struct run *run)
{
	net_return_devices(&run->plan->spec.linux.net_devices, run->netns);
}

static int run_hooks(struct run *run, const struct spec_hook_list *hooks, const char *kind,
		     enum life life)
{
	struct plan *plan = run->plan;
	const struct hooks_setting setting = {
		.state = life_hook_state(&run->record, life, run->pid, plan->arena),
		.cwd = plan->bundle,
		.output = &run->hooks_output,
	};

	return hooks_run(hooks, kind, &setting);
}

int host_prestart(struct run *run)
{
	return run_hooks(run, &run->plan->spec.hooks.prestart, "prestart", LIFE_CREATED);
}

int host_create_runtime(struct run *run)
{
	return run_hooks(run, &run->plan->spec.hooks.create_runtime, "createRuntime", LIFE_CREATED);
}

int host_rlimits(struct run *run)
{
	return priority_rlimits(run->pid, &run->plan->process->rlimits);
}

int host_created(struct run *run)
{
	return record_write(&run->record);
}

/* Written whole beside the place and renamed: engines read it the instant it is there. */
int host_pid_file(struct run *run)
{
	const char *path = run->plan->arguments->pid_file;
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	const char *folder = slash ? arena_copy_bytes(run->plan->arena, path, (size_t)(slash - path) + 1)
			     : ".";
	char text[16];
	int result, length = snprintf(text, sizeof text, "%d", run->pid);
	autoclose int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0)
		return fail(errno, "open the folder of the pid file %s", path);
	result = write_atomically(dir, name, 0644, text, (size_t)length);
	return result ? fail(result, "write the pid file %s", path) : 0;
}

void host_no_pid_file(struct run *run)
{
	unlink(run->plan->arguments->pid_file);
}

int host_poststart(struct run *run)
{
	return run_hooks(run, &run->plan->spec.hooks.poststart, "poststart", LIFE_RUNNING);
}
