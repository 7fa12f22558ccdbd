/* idmount.c -- what of mounts[] only the host's side can do, before the namespaces are made.
 *
 * An idmapped mount takes its mapping from a user namespace (mount_setattr(2), since 5.12). Unless
 * the container's own will do and exists already, one is made for that alone: a child is born in
 * it, its maps are written, a descriptor is taken, the child ends. Mounts with equal maps share.
 *
 * For a container in a user namespace the source has to be cloned, and mapped, out here too: the
 * kernel asks for privileges over the file system, which its root does not have. Sources that its
 * root cannot even reach (a 0700 directory on the way), or not without the mounts in them, are
 * cloned here for the same reason; they are used only where its own attempt ends in EACCES or
 * EINVAL, since flags of mounts that came with the namespace are locked and those of a mount handed
 * in are not (mount_namespaces(7)).
 *
 * Does not write the container's own maps (idmap.c). A source that is itself a mount of this
 * container does not exist yet: idlate.c. */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ns/rootplan.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

enum { lines_max = 340, map_text_max = lines_max * 36 }; /* user_namespaces(7) */

static int write_map(int proc, const char *file, const struct spec_id_maps *maps)
{
	char text[map_text_max];
	size_t used = 0;
	int result;

	if (maps->count > lines_max)
		return refuse(EINVAL, "more than %d id mappings", lines_max);
	for (size_t i = 0; i < maps->count; i++)
		used += (size_t)snprintf(text + used, sizeof text - used, "%u %u %u\n",
					 maps->at[i].container_id, maps->at[i].host_id,
					 maps->at[i].size);
	result = write_small(proc, file, text);
	return result ? fail(result, "write %s of an idmapped mount's user namespace", file) : 0;
}

static int take_namespace(pid_t pid, const struct spec_id_maps *uids,
			  const struct spec_id_maps *gids)
{
	char path[64];
	int result, fd;

	snprintf(path, sizeof path, "/proc/%d", pid);
	autoclose int proc = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (proc < 0)
		return fail(errno, "open %s", path);
	result = write_map(proc, "uid_map", uids);
	if (!result)
		result = write_map(proc, "gid_map", gids);
	if (result)
		return result;
	fd = openat(proc, "ns/user", O_RDONLY | O_CLOEXEC);
	return fd < 0 ? fail(errno, "open %s/ns/user", path) : fd;
}

/* A descriptor of a new user namespace with these maps. */
static int make_userns(const struct spec_id_maps *uids, const struct spec_id_maps *gids)
{
	int pidfd = -1;
	struct clone_args how = {
		.flags = CLONE_NEWUSER | CLONE_PIDFD,
		.pidfd = (uint64_t)(uintptr_t)&pidfd,
		.exit_signal = SIGCHLD,
	};
	pid_t pid = (pid_t)syscall(SYS_clone3, &how, sizeof how);
	siginfo_t info;
	int fd;

	if (pid < 0)
		return fail(errno, "make a user namespace for an idmapped mount");
	if (pid == 0) {
		for (;;)
			pause();
	}
	fd = take_namespace(pid, uids, gids);
	syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
	while (waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED) < 0 && errno == EINTR)
		;
	close(pidfd);
	return fd;
}

static int open_joined_userns(const struct ns_root *root)
{
	const struct spec_linux *linux = &root->spec->linux;

	for (size_t i = 0; i < linux->namespaces.count; i++) {
		const struct spec_namespace *namespace = &linux->namespaces.at[i];
		int fd;

		if (namespace->type != CLONE_NEWUSER || !namespace->path)
			continue;
		fd = open(namespace->path, O_RDONLY | O_CLOEXEC);
		return fd < 0 ? fail(errno, "open %s", namespace->path) : fd;
	}
	return refuse(EINVAL, "idmap needs mappings");
}

static bool same_maps(const struct spec_id_maps *one, const struct spec_id_maps *other)
{
	/* Three numbers each, no padding. */
	return one->count == other->count &&
	       (!one->count || !memcmp(one->at, other->at, one->count * sizeof *one->at));
}

static int find_userns(struct ns_root *root, struct mount_plan *plan)
{
	for (size_t i = 0; i < plan->index; i++) {
		const struct mount_plan *earlier = &root->mounts[i];

		/* A late one outlives the others on the host's side, and so does not share. */
		if (earlier->userns >= 0 && !earlier->late && !plan->late && same_maps(plan->uids, earlier->uids) &&
		    same_maps(plan->gids, earlier->gids))
			return earlier->userns;
	}
	return plan->uids->count ? make_userns(plan->uids, plan->gids) : open_joined_userns(root);
}

int idmount_map(const struct mount_plan *plan)
{
	struct mount_attr mapped = {
		.attr_set = MOUNT_ATTR_IDMAP,
		.userns_fd = (uint64_t)plan->userns,
	};
	bool tree = plan->options.idmap_recursive;

	if (syscall(SYS_mount_setattr, plan->tree, "", AT_EMPTY_PATH | (tree ? AT_RECURSIVE : 0),
		    &mapped, sizeof mapped) < 0)
		return fail(errno, "idmap %s", plan->source);
	return 0;
}

static int clone_source(struct mount_plan *plan)
{
	int result;

	plan->tree = attach_clone(AT_FDCWD, plan->source, plan->options.recursive,
				  plan->options.source_nofollow);
	if (plan->tree < 0 && !plan->options.idmap) {
		plan->tree = -1; /* in the rootfs, or not there at all: seen inside */
		return 0;
	}
	if (plan->tree < 0)
		return fail(plan->tree, "open bind mount source %s", plan->source);
	/* A clone of a shared mount is its peer: what is mounted inside would show up outside. A
	 * new user namespace makes the mounts it inherits slaves; so must we. */
	result = attach_change(plan->tree, true, 0, 0, MS_SLAVE);
	if (result)
		return fail(result, "make %s a slave", plan->source);
	return plan->options.idmap ? idmount_map(plan) : 0;
}

bool idmount_crosses_userns(const struct ns_root *root)
{
	return (root->context.new_userns || root->context.joins_userns) && root->context.privileged;
}

/* It lies in the record, which only its owner may enter. */
static bool hides_notify_socket(const struct ns_root *root)
{
	return root->context.notify_socket_dir && idmount_crosses_userns(root) && attach_new_api();
}

static int clone_notify_socket(struct ns_root *root)
{
	const char *from = root->context.notify_socket_dir;

	root->notify = attach_clone(AT_FDCWD, from, false, true);
	if (root->notify >= 0)
		return 0;
	int result = fail(root->notify, "open the notify socket's directory %s", from);
	root->notify = -1;
	return result;
}

bool idmount_wanted(const struct ns_root *root)
{
	if (hides_notify_socket(root))
		return true;
	for (size_t i = 0; i < root->mount_count; i++) {
		const struct mount_plan *plan = &root->mounts[i];

		if (plan->options.idmap || (!plan->type && idmount_crosses_userns(root)))
			return true;
	}
	return false;
}

int idmount_prepare(struct ns_root *root)
{
	for (size_t i = 0; i < root->mount_count; i++) {
		struct mount_plan *plan = &root->mounts[i];
		int result = 0;

		plan->late = idlate_is(root, plan);
		if (plan->options.idmap) {
			int userns = find_userns(root, plan);

			if (userns < 0)
				return blame(userns, "mounts[%zu]", i);
			plan->userns = userns;
		}
		if (!plan->type && !plan->late && idmount_crosses_userns(root) && attach_new_api())
			result = clone_source(plan);
		if (result)
			return blame(result, "mounts[%zu]", i);
	}
	return hides_notify_socket(root) ? clone_notify_socket(root) : 0;
}
