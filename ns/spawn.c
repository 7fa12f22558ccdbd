/* spawn.c -- a new process in new and joined namespaces, born in its cgroup.
 *
 * Making namespaces takes one clone3(2). Joining takes a detour, since setns(2) changes the caller
 * for good and pid and time namespaces only take effect for children: a stub is forked, joins,
 * then makes the process with CLONE_PARENT, so that it is our child and not the stub's. The stub is
 * born in the cgroup already: once it is in the container's cgroup namespace the kernel would not
 * let it in from outside (ENOENT where cgroup2 is mounted with nsdelegate, as systemd does).
 *
 * The order inside the stub, and why:
 *	1. the others with the rights we came with: a network namespace of the host's root is
 *	   closed to us once we are in a user namespace;
 *	2. the user namespace, joined or made (and mapped by the caller from outside);
 *	3. those that step 1 was refused: they belong to that user namespace;
 *	4. a new time namespace, whose offsets must be written before anybody lives in it
 *	   (time_namespaces(7));
 *	5. clone3 with all that is to be new.
 *
 * Does not write id maps (ns/idmap.c) and does not become root inside (runtime/inside.c). */
#include "ns/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"
#include "runtime/base/proc.h"

int ns_open(int flag, const char *path)
{
	const struct ns_kind *kind = ns_kind_of(flag);
	/* Whatever lies there: a FIFO must not make us wait. */
	autoclose int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	int type;

	if (fd < 0)
		return fail(errno, "open the %s namespace %s", kind->name, path);
	type = ioctl(fd, NS_GET_NSTYPE);
	if (type < 0)
		return refuse(EINVAL, "%s is not a namespace", path);
	if (type != flag)
		return refuse(EINVAL, "%s is a %s namespace, not a %s namespace", path,
			      ns_kind_of(type) ? ns_kind_of(type)->name : "different", kind->name);
	return take(&fd);
}

static pid_t clone_process(uint64_t flags, int cgroup, int *pidfd)
{
	struct clone_args args = {
		.flags = flags | CLONE_CLEAR_SIGHAND,
		/* With CLONE_PARENT the stub's own exit signal counts, see clone(2). */
		.exit_signal = flags & CLONE_PARENT ? 0 : SIGCHLD,
	};

	if (pidfd) {
		args.flags |= CLONE_PIDFD;
		args.pidfd = (uint64_t)(uintptr_t)pidfd;
	}
	if (cgroup >= 0) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (uint64_t)cgroup;
	}
	return (pid_t)syscall(SYS_clone3, &args, sizeof args);
}

static int clone_failed(const struct ns_spawn *spawn)
{
	int error = errno, result;

	/* As runc says it, where its tests and people look for it. */
	if (error == EBUSY && spawn->cgroup >= 0)
		result = fail(error, "adding pid of a new process to cgroups");
	else if (spawn->join_pidfd >= 0)
		result = fail(error, "make the process");
	else
		result = fail(error, "make the container's first process%s",
			      spawn->make ? " in its new namespaces" : "");
	if (error == EBUSY && spawn->cgroup >= 0)
		advise(result, "its cgroup hands controllers down (cgroup.subtree_control), and then "
			       "holds no process itself");
	else if (error == EOPNOTSUPP && spawn->cgroup >= 0)
		advise(result, "its cgroup is threaded or below a threaded one: see its cgroup.type");
	else if (error == EACCES && spawn->cgroup >= 0)
		advise(result, "moving processes takes leave to write cgroup.procs of the cgroup "
			       "above both the caller's and the container's");
	else if (error == ENOSPC || error == EUSERS)
		advise(result, "a limit in /proc/sys/user/max_*_namespaces is reached");
	else if (error == EPERM && spawn->make & CLONE_NEWUSER)
		advise(result, "unprivileged user namespaces may be switched off: "
			       "kernel.unprivileged_userns_clone, user.max_user_namespaces");
	else if (error == EPERM)
		advise(result, "without root, add a user namespace to linux.namespaces "
			       "(caisson spec --rootless)");
	return result;
}

static uint64_t flags_to_make(const struct ns_spawn *spawn)
{
	return (uint64_t)(unsigned)(spawn->make & ~CLONE_NEWCGROUP);
}

/* The plain way. The child of a new user namespace waits until its ids are mapped: the pipe's end
 * that closes tells it so, or that we are dead. */
static pid_t spawn_directly(const struct ns_spawn *spawn, int *pidfd)
{
	bool waits = spawn->make & CLONE_NEWUSER && spawn->map_ids;
	autoclose int reading = -1;
	autoclose int writing = -1;
	int pipe_ends[2];
	pid_t pid;
	char mapped = 0;

	if (waits) {
		if (pipe2(pipe_ends, O_CLOEXEC) < 0)
			return fail(errno, "make a pipe");
		reading = pipe_ends[0];
		writing = pipe_ends[1];
	}
	pid = clone_process(flags_to_make(spawn), spawn->cgroup, pidfd);
	if (pid < 0)
		return clone_failed(spawn);
	if (pid == 0 && waits) {
		close(take(&writing));
		if (read(reading, &mapped, 1) != 1)
			_exit(1);
	}
	if (pid > 0 && waits) {
		int result = spawn->map_ids(spawn->context, pid);

		if (!result && write(writing, "m", 1) != 1)
			result = fail(errno, "tell the new process that its ids are mapped");
		if (result) {
			pidfd_signal(*pidfd, SIGKILL);
			pidfd_reap(*pidfd);
			close(take(pidfd));
			return result;
		}
	}
	return pid;
}

/* What the stub tells its maker. */
struct word_of_stub {
	enum { STUB_MAP_ME, STUB_MADE, STUB_FAILED } what;
	pid_t pid;
	int error;
	char sentence[512], hint[256], path[256];
};

static int join_one(const struct ns_join *join)
{
	if (setns(join->fd, join->flag) < 0)
		return fail(errno, "join the %s namespace %s", ns_kind_of(join->flag)->name,
			    join->path);
	return 0;
}

/* By path, all but the user namespace. `refused` collects what is tried again afterwards. */
static int join_others(const struct ns_spawn *spawn, unsigned *refused)
{
	for (size_t i = 0; i < spawn->joins; i++) {
		int result = spawn->join[i].flag == CLONE_NEWUSER ? 0 : join_one(&spawn->join[i]);

		if (result == -EPERM)
			*refused |= 1u << i;
		else if (result)
			return result;
	}
	return 0;
}

static int join_user(const struct ns_spawn *spawn)
{
	for (size_t i = 0; i < spawn->joins; i++) {
		if (spawn->join[i].flag == CLONE_NEWUSER)
			return join_one(&spawn->join[i]);
	}
	return 0;
}

static int join_refused(const struct ns_spawn *spawn, unsigned refused)
{
	for (size_t i = 0; i < spawn->joins; i++) {
		int result = refused & 1u << i ? join_one(&spawn->join[i]) : 0;

		if (result)
			return result;
	}
	return 0;
}

/* All namespaces of a process at once (since 5.8). Where one of them belongs to an outer user
 * namespace that is refused as a whole, so then one by one, the user namespace last. */
static int join_process(const struct ns_spawn *spawn)
{
	int left = spawn->join_flags;

	if (setns(spawn->join_pidfd, left) == 0)
		return 0;
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < ns_kind_count; i++) {
			int flag = ns_kinds[i].flag;

			if (left & flag && flag != CLONE_NEWUSER &&
			    setns(spawn->join_pidfd, flag) == 0)
				left &= ~flag;
		}
		if (left & CLONE_NEWUSER && setns(spawn->join_pidfd, CLONE_NEWUSER) == 0)
			left &= ~CLONE_NEWUSER;
	}
	for (size_t i = 0; i < ns_kind_count; i++) {
		if (left & ns_kinds[i].flag && setns(spawn->join_pidfd, ns_kinds[i].flag) < 0)
			return fail(errno, "join the container's %s namespace", ns_kinds[i].name);
	}
	return 0;
}

static int ask_for_maps(int talk)
{
	const struct word_of_stub request = { .what = STUB_MAP_ME };
	char mapped;

	if (unshare(CLONE_NEWUSER) < 0)
		return fail(errno, "make a user namespace");
	if (send(talk, &request, sizeof request, MSG_NOSIGNAL) < 0 || recv(talk, &mapped, 1, 0) != 1)
		_exit(1);
	return 0;
}

static int make_time_namespace(const struct ns_spawn *spawn)
{
	char text[256];
	int length = 0;

	if (unshare(CLONE_NEWTIME) < 0)
		return fail(errno, "make a time namespace");
	if (spawn->monotonic.given)
		length += snprintf(text + length, sizeof text - (size_t)length,
				   "monotonic %lld %u\n", (long long)spawn->monotonic.secs,
				   spawn->monotonic.nanosecs);
	if (spawn->boottime.given)
		length += snprintf(text + length, sizeof text - (size_t)length,
				   "boottime %lld %u\n", (long long)spawn->boottime.secs,
				   spawn->boottime.nanosecs);
	autoclose int fd = open("/proc/self/timens_offsets", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(errno, "open /proc/self/timens_offsets");
	if (write(fd, text, (size_t)length) != length)
		return blame(fail(errno, "set the clocks of the time namespace"),
			     "linux.timeOffsets");
	return 0;
}

static bool has_offsets(const struct ns_spawn *spawn)
{
	return spawn->make & CLONE_NEWTIME && (spawn->monotonic.given || spawn->boottime.given);
}

/* 0 in the new process, its pid in the stub. */
static pid_t stub_make(const struct ns_spawn *spawn, int talk)
{
	uint64_t flags = flags_to_make(spawn);
	unsigned refused = 0;
	pid_t pid;
	int result = join_others(spawn, &refused);

	if (!result && spawn->join_flags)
		result = join_process(spawn);
	if (!result)
		result = join_user(spawn);
	if (!result && flags & CLONE_NEWUSER)
		result = ask_for_maps(talk);
	if (!result)
		result = join_refused(spawn, refused);
	if (!result && has_offsets(spawn))
		result = make_time_namespace(spawn);
	if (result)
		return result;
	flags &= ~(uint64_t)CLONE_NEWUSER;
	if (has_offsets(spawn))
		flags &= ~(uint64_t)CLONE_NEWTIME;
	pid = clone_process(flags | CLONE_PARENT, -1, NULL);
	return pid < 0 ? clone_failed(spawn) : pid;
}

/* The stub itself: returns only in the new process. */
static void stub(const struct ns_spawn *spawn, int talk)
{
	struct word_of_stub word = { .what = STUB_MADE };
	pid_t pid = stub_make(spawn, talk);

	if (pid == 0)
		return;
	word.pid = pid;
	if (pid < 0) {
		word.what = STUB_FAILED;
		word.error = last_fault()->error;
		snprintf(word.sentence, sizeof word.sentence, "%.*s",
			 (int)sizeof word.sentence - 1, last_fault()->what);
		memcpy(word.hint, last_fault()->hint, sizeof word.hint);
		memcpy(word.path, last_fault()->path, sizeof word.path);
	}
	send(talk, &word, sizeof word, MSG_NOSIGNAL);
	_exit(0);
}

static pid_t hear_stub(const struct ns_spawn *spawn, int talk, pid_t stub_pid)
{
	struct word_of_stub word;

	while (recv(talk, &word, sizeof word, 0) == sizeof word) {
		if (word.what == STUB_MADE)
			return word.pid;
		if (word.what == STUB_FAILED) {
			refuse(word.error, "%s", word.sentence);
			memcpy(last_fault()->hint, word.hint, sizeof word.hint);
			memcpy(last_fault()->path, word.path, sizeof word.path);
			return -word.error;
		}
		int result = spawn->map_ids(spawn->context, stub_pid);
		if (result)
			return result;
		if (send(talk, "m", 1, MSG_NOSIGNAL) < 0)
			break;
	}
	return refuse(ECHILD, "the process that joins the namespaces died");
}

static pid_t spawn_through_stub(const struct ns_spawn *spawn, int *pidfd)
{
	int ends[2];
	autoclose int stub_pidfd = -1;
	pid_t stub_pid, pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return fail(errno, "make a socket pair");
	autoclose int talk = ends[0];
	autoclose int stubs_talk = ends[1];
	stub_pid = clone_process(0, spawn->cgroup, &stub_pidfd);
	if (stub_pid < 0)
		return clone_failed(spawn);
	if (stub_pid == 0) {
		close(take(&talk));
		stub(spawn, stubs_talk);
		return 0;
	}
	close(take(&stubs_talk));
	pid = hear_stub(spawn, talk, stub_pid);
	/* Closed first: a stub that waits for its maps must see that they will not come. */
	close(take(&talk));
	pidfd_reap(stub_pidfd);
	if (pid < 0)
		return pid;
	*pidfd = pidfd_of(pid);
	return *pidfd < 0 ? fail(*pidfd, "open a pidfd of the new process") : pid;
}

pid_t ns_spawn(const struct ns_spawn *spawn, int *pidfd)
{
	if (spawn->joins || spawn->join_flags || has_offsets(spawn))
		return spawn_through_stub(spawn, pidfd);
	return spawn_directly(spawn, pidfd);
}

int ns_new_cgroup(void)
{
	return unshare(CLONE_NEWCGROUP) < 0 ? fail(errno, "make a cgroup namespace") : 0;
}
