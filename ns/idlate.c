/* idlate.c -- an idmapped mount whose source is itself a mount of this container.
 *
 * Such a source does not exist before the inside has mounted it, and may then not be mapped by it:
 * the kernel wants privileges over the file system (mount_setattr(2)), which root of a user
 * namespace lacks. So the inside asks in the middle of its mounts, and a process of the host's side
 * goes into the container's mount namespace, clones the source, maps the clone and sends it back.
 *
 * What is asked for is a number: the source is that of our own config.json, and resolved below the
 * container's root, so that no symlink of an image makes us hand out a tree of the host's.
 *
 * Does not make the user namespace that carries the mapping (idmount.c). */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ns/below.h"
#include "ns/rootplan.h"
#include "runtime/base/baton.h"
#include "runtime/base/fault.h"
#include "runtime/base/owned.h"

bool idlate_is(const struct ns_root *root, const struct mount_plan *plan)
{
	return plan->options.idmap && !plan->type && idmount_crosses_userns(root) &&
	       !root->chroot_only && attach_new_api() &&
	       below_root(root, plan->source) != plan->source;
}

int idlate_ask(const struct ns_root *root, const struct mount_plan *plan)
{
	return baton_wish(root->host, (size_t)(plan - root->mounts));
}

/* In the container's mount namespace, where mounts lie on the way. */
static int clone_source(const struct ns_root *root, const struct mount_plan *plan)
{
	unsigned how = plan->options.source_nofollow ? BELOW_NOFOLLOW : 0;
	autoclose int top = open(root->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (top < 0)
		return fail(errno, "open root file system %s", root->path);
	autoclose int source = below_open(top, below_root(root, plan->source), how);
	if (source < 0)
		return fail(source, "open bind mount source %s", plan->source);
	int tree = attach_clone(source, NULL, plan->options.recursive, true);
	return tree < 0 ? fail(tree, "open bind mount source %s", plan->source) : tree;
}

static int answer(const struct ns_root *root, struct mount_plan *plan, int pidfd, int baton)
{
	int result;

	if (setns(pidfd, CLONE_NEWNS) < 0)
		return fail(errno, "enter the container's mount namespace");
	plan->tree = clone_source(root, plan);
	if (plan->tree < 0)
		return plan->tree;
	result = idmount_map(plan);
	return result ? result : baton_send_fd(baton, plan->tree, "source");
}

/* One that is gone has not answered. */
static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return fail(errno, "wait for %d", pid);
	}
	return status ? refuse(ECHILD, "the process that was to open a bind mount source ended") : 0;
}

int ns_root_grant_source(struct ns_root *root, size_t mount, int pidfd, int baton)
{
	struct mount_plan *plan;
	int result;
	pid_t pid;

	if (mount >= root->mount_count || !root->mounts[mount].late)
		return refuse(EPROTO, "nothing was to be asked for now");
	plan = &root->mounts[mount];
	/* A process of its own: nobody comes back from a mount namespace. */
	pid = fork();
	if (pid < 0)
		return fail(errno, "start a process that opens a bind mount source");
	if (pid == 0) {
		if (answer(root, plan, pidfd, baton))
			baton_send_fault(baton);
		_exit(0);
	}
	result = wait_for(pid);
	/* Once. */
	plan->late = false;
	close_owned(&plan->userns);
	plan->userns = -1;
	return result;
}
