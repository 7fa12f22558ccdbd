/* restore.c -- the list in which a container comes back from an image.
 *
 * The third list, besides those of create (build.c) and exec (join.c), and the same walker: its
 * rows are all on the host's side, since the inside is criu's work. Many are rows of create.
 *
 * criu makes the processes and stops at two points for us (its notes "setup-namespaces" and
 * "post-restore"); each is a row that waits for it, and what comes between two of them happens
 * while it waits for our answer. Until "resume" nothing of the container has run.
 *
 * criu works in a mount namespace of its own, made for it: what it needs mounted is gone with it,
 * however it ends. It is born in the container's cgroup, and so is all it makes: a crash leaves
 * nothing that the record does not name.
 *
 * Limits come when criu is through: its own processes and pages are not the container's. */
#include "runtime/restore.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "net/net.h"
#include "ns/spawn.h"
#include "runtime/base/baton.h"
#include "runtime/base/fault.h"
#include "runtime/base/owned.h"
#include "runtime/base/proc.h"
#include "runtime/host.h"
#include "runtime/image.h"
#include "runtime/interrupt.h"
#include "runtime/run.h"
#include "runtime/scene.h"
#include "runtime/stage.h"
#include "runtime/wanted.h"
#include "runtime/watch.h"
#include "runtime/yard.h"

/* ---- before criu ----------------------------------------------------------------------------- */

static int restore_image(struct run *run)
{
	struct plan *plan = run->plan;
	int result;

	run->image = arena_new(plan->arena, struct image);
	result = image_open(run->image, plan, "restore.log", false);
	if (!result)
		result = image_verify(run->image);
	return result ? result : descriptors_load(run->image, plan->arena);
}

/* A child in a mount namespace of its own, in nothing else. */
static pid_t spawn_aside(struct run *run, int cgroup, int *pidfd)
{
	const struct ns_spawn aside = { .make = CLONE_NEWNS, .join_pidfd = -1, .cgroup = cgroup };
	pid_t pid = ns_spawn(&aside, pidfd);

	if (pid != 0)
		return pid;
	/* The record's lock must end with us, whatever becomes of the child. */
	record_close(&run->record);
	records_close(&run->plan->records);
	interrupt_end();
	sigprocmask(SIG_SETMASK, watch_old_mask(), NULL);
	return 0;
}

/* What the child says when it is through; reaps it unless it goes on. */
static int hear_child(int baton, struct baton_gift *gift)
{
	switch (baton_wait(baton, interrupt_fd(), gift)) {
	case BATON_MINE:
	case BATON_FD:
		return 0;
	case BATON_FAULT:
		return -last_fault()->error;
	case BATON_INTERRUPTED:
		return interrupt_check();
	default:
		return refuse(ECHILD, "the process that was to prepare the root ended");
	}
}

/* Whoever mounts cgroup2 in the host's cgroup namespace sets its options for the whole host. */
static int build_once(struct ns_root *root)
{
	int result = ns_new_cgroup();

	if (!result)
		result = ns_root_private(root);
	if (!result)
		result = ns_root_open(root);
	if (!result)
		result = ns_root_mount(root);
	return result ? result : ns_root_devices(root);
}

/* criu mounts, and expects the mount points to be there. They are made by mounting everything as
 * create would, where nobody sees it. */
static int restore_mount_points(struct run *run)
{
	struct baton_gift gift = { .descriptor = -1 };
	autoclose int pidfd = -1;
	int ends[2], result = baton_pair(ends);
	pid_t pid = result ? result : spawn_aside(run, -1, &pidfd);

	if (result)
		return result;
	if (pid == 0) {
		if (build_once(run->plan->root))
			baton_send_fault(ends[1]);
		else
			baton_pass(ends[1]);
		_exit(0);
	}
	close(ends[1]);
	result = pid < 0 ? pid : hear_child(ends[0], &gift);
	close(ends[0]);
	if (pid > 0) {
		if (result)
			pidfd_signal(pidfd, SIGKILL);
		pidfd_reap(pidfd);
	}
	return result;
}

/* ---- criu ------------------------------------------------------------------------------------ */

/* net and pid are handed over; the others criu joins by itself. */
static int tell_namespaces(struct image *image, const struct plan *plan)
{
	struct criu_pairs *join = &image->options.join_ns;

	criu_pairs_room(join, plan->spawn.joins, plan->arena);
	for (size_t i = 0; i < plan->spawn.joins; i++) {
		const struct ns_join *namespace = &plan->spawn.join[i];
		const char *key = image_namespace(namespace->flag);

		/* runc's words: criu has no code for it. */
		if (namespace->flag == CLONE_NEWCGROUP)
			return refuse(ENOTSUP, "Do not know how to handle namespace NEWCGROUP");
		if (key)
			image_inherit(image, key, namespace->fd);
		else
			criu_pairs_add(join, ns_kind_of(namespace->flag)->file, namespace->path);
	}
	return 0;
}

/* Where criu is now, in every hierarchy, is where the container's own cgroup is to be: it has
 * been born there. */
static int tell_cgroups(struct image *image, const struct plan *plan)
{
	struct criu_pairs *roots = &image->options.cg_root;
	int result = yard_places_of(roots, image->criu.pid, plan->arena);

	if (!result && !yard_shows(&plan->cgroup, roots, plan->arena))
		image->options.cgroup_yard = NULL;
	return result;
}

/* criu makes the cgroup namespace of a container only when cgroups are its affair. Otherwise the
 * container would have the host's. */
static int leave_cgroup_namespace(const struct plan *plan, const struct image *image)
{
	if (image->options.cgroups != CRIU_CGROUPS_IGNORE || !plan->new_cgroupns)
		return 0;
	return unshare(CLONE_NEWCGROUP) < 0 ? fail(errno, "make a cgroup namespace") : 0;
}

static _Noreturn void become_criu(struct run *run, int baton)
{
	struct image *image = run->image;
	int ends[2], result = cg_enter_self(&run->plan->cgroup);

	if (!result)
		result = leave_cgroup_namespace(run->plan, image);
	if (!result)
		result = scene_set(run->plan, image);
	if (!result)
		result = criu_open(ends);
	if (!result && baton_send_fd(baton, ends[0], "criu") < 0)
		_exit(1);
	if (result) {
		baton_send_fault(baton);
		_exit(1);
	}
	/* A shell's job stays in the shell's session, and on its terminal; nobody else's Ctrl-C is
	 * for criu. */
	if (!image->options.shell_job)
		setsid();
	criu_become(&image->criu, ends[1], image->descriptors, image->descriptor_count,
		    image->options.shell_job);
}

static int start_criu(struct run *run)
{
	struct criu *criu = &run->image->criu;
	struct baton_gift gift = { .descriptor = -1 };
	int ends[2], result = baton_pair(ends);

	if (result)
		return result;
	criu->pid = spawn_aside(run, run->plan->spawn.cgroup, &criu->pidfd);
	if (criu->pid == 0)
		become_criu(run, ends[1]);
	close(ends[1]);
	result = criu->pid < 0 ? criu->pid : hear_child(ends[0], &gift);
	close(ends[0]);
	criu->socket = gift.descriptor;
	if (criu->pid > 0)
		run->pid = criu->pid;
	if (result)
		criu_end(criu);
	return result;
}

static void restore_end(struct run *run)
{
	criu_end(&run->image->criu);
}

static int restore_criu(struct run *run)
{
	struct image *image = run->image;
	struct plan *plan = run->plan;
	int result = image_mounts(image, plan, run->record.path, -1);

	image->options.images = image_give(image, -1); /* scene_set() */
	image->options.work = image_give(image, -1);
	image->options.root = ns_root_path(plan->root);
	image->options.evasive_devices = true;
	/* The container's first process is to be our child, not criu's. */
	image->options.rst_sibling = true;
	image_cgroup_mode(image, plan);
	if (image->options.cgroups != CRIU_CGROUPS_IGNORE)
		image->options.cgroup_yard = arena_format(plan->arena, "%s/yard", run->record.path);
	/* A parent of criu's own doing, or somebody far away, may keep it waiting. */
	image->criu.may_idle = true;
	if (!result)
		result = tell_namespaces(image, plan);
	if (!result)
		result = start_criu(run);
	/* The scene is set: criu is to take it from there. */
	if (!result && stage_wanted(plan))
		stage_name(&image->options.mounts, plan->arena);
	return result;
}

/* ---- criu's notes ---------------------------------------------------------------------------- */

/* The master of a terminal whose other end the container has. */
static void take_terminal(void *context, struct criu_news *news)
{
	struct run *run = context;

	if (strcmp(news->note, "orphan-pts-master") || news->descriptor < 0)
		return;
	if (run->terminal.master >= 0) {
		warn("the container has more than one terminal: only the first is handed over");
		return;
	}
	run->terminal.master = take(&news->descriptor);
}

static int await(struct run *run, const char *note, struct criu_news *news)
{
	return image_await(run->image, note, news, take_terminal, run);
}

static int restore_namespaces(struct run *run)
{
	struct image *image = run->image;
	struct criu_news news;
	int result = criu_greet(&image->criu);

	if (!result)
		result = tell_cgroups(image, run->plan);
	if (!result)
		result = criu_begin(&image->criu, CRIU_RESTORE, &image->options);
	if (!result)
		result = await(run, "setup-namespaces", &news);
	if (result)
		return result;
	run->pidfd = pidfd_of(news.pid);
	if (run->pidfd < 0)
		return fail(run->pidfd, "open the restored process %d", news.pid);
	run->pid = news.pid;
	return 0;
}

static void restore_kill(struct run *run)
{
	criu_end(&run->image->criu);
	host_kill(run);
}

/* What belongs to a network namespace is not in the image. */
static int restore_loopback(struct run *run)
{
	autoclose int ours = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	autoclose int theirs = host_netns_of(run->pid);
	int result;

	if (theirs < 0)
		return theirs;
	if (ours < 0 || setns(theirs, CLONE_NEWNET) < 0)
		return fail(errno, "enter the container's network namespace");
	result = net_loopback_up();
	if (setns(ours, CLONE_NEWNET) < 0)
		return fail(errno, "leave the container's network namespace");
	return result;
}

static int restore_processes(struct run *run)
{
	struct criu_news news;
	int result = criu_go_on(&run->image->criu);

	return result ? result : await(run, "post-restore", &news);
}

static int restore_terminal(struct run *run)
{
	int result;

	if (run->terminal.master < 0)
		return refuse(ENOTTY, "--console-socket is given, but the image has no terminal");
	snprintf(run->terminal.name, sizeof run->terminal.name, "orphan-pts-master");
	result = terminal_send(run->console_socket, &run->terminal);
	close(take(&run->terminal.master));
	return result;
}

static int restore_resume(struct run *run)
{
	struct criu_news news;
	int result = criu_go_on(&run->image->criu);

	if (!result)
		result = await(run, NULL, &news);
	if (!result)
		criu_end(&run->image->criu);
	return result;
}

/* ---- the list -------------------------------------------------------------------------------- */

static const struct step rows[] = {
	{ "image", "criu is there, and so is the image", HOST, .run = restore_image },
	{ "record", "the id is ours from here on, and a crash can be cleaned up after", HOST,
	  .run = host_reserve, .undo = host_unreserve },
	{ "cgroup", "made before criu, which is born in it", HOST, .run = host_cgroup,
	  .undo = host_uncgroup },
	{ "resctrl", "a share of cache and memory bandwidth", HOST, .wanted = wants_resctrl,
	  .run = host_resctrl, .undo = host_no_resctrl },
	{ "notify socket", "where the image may have it mounted from", HOST, .run = host_notify },
	{ "console socket", "connected while nothing is lost yet", HOST,
	  .wanted = wants_console_socket, .run = host_console_socket },
	{ "sources", "what the inside may not open or make", HOST, .wanted = wants_sources,
	  .run = host_sources },
	{ "mount points", "as create makes them; criu makes none", HOST,
	  .run = restore_mount_points },
	{ "criu", "in the container's cgroup, in a mount namespace of its own", HOST,
	  .run = restore_criu, .undo = restore_end },
	{ "criu's pid", "written down: a crash from here on leaves a process", HOST,
	  .run = host_note_pid },
	{ "enter resctrl", "criu, from which all inherit it", HOST, .wanted = wants_resctrl,
	  .run = host_enter_resctrl },
	{ "namespaces", "criu has made the first process, and waits", HOST,
	  .run = restore_namespaces, .undo = restore_kill },
	{ "pid", "written down: from here on it is the container's", HOST, .run = host_note_pid },
	{ "loopback", "a new network namespace has lo, but down", HOST, .wanted = wants_loopback,
	  .run = restore_loopback },
	{ "net devices", "moved in, all or none", HOST, .wanted = wants_net_devices,
	  .run = host_net_devices, .undo = host_return_net_devices },
	{ "prestart hooks", "runtime's namespaces, as at create", HOST, .wanted = wants_prestart,
	  .run = host_prestart },
	{ "createRuntime hooks", "runtime's namespaces, as at create", HOST,
	  .wanted = wants_create_runtime, .run = host_create_runtime },
	{ "processes", "criu has made all of them, and waits", HOST, .run = restore_processes },
	{ "limits", "memory, cpu, pids and device rules, for the container alone", HOST,
	  .run = host_limits },
	{ "terminal", "its master, to whoever asked for it", HOST, .wanted = wants_console_socket,
	  .run = restore_terminal },
	{ "created", "the record is whole before anything runs", HOST, .run = host_created },
	{ "resume", "criu lets the processes go on, and is done", HOST, .run = restore_resume },
	{ "pid file", "only now: engines take it as success", HOST, .wanted = wants_late_pid_file,
	  .run = host_pid_file, .undo = host_no_pid_file },
};

_Static_assert(sizeof rows / sizeof *rows <= steps_at_most, "the trace page holds every row");

const struct step_list restore_list = { rows, sizeof rows / sizeof *rows, NULL };
