/* root.h -- the container's root file system: planned on the host, built inside, step by step.
 *
 * ns_root_plan() decides everything and touches nothing that outlives the call. The other
 * functions are the rows of the construction list (runtime/build.c), each called once, inside the
 * new mount namespace, in this order:
 *
 *	ns_root_private     nothing we mount reaches the host, and nothing of the host us
 *	ns_root_open        the rootfs becomes a mount of its own, held by descriptor
 *	ns_root_mount       mounts[], in the order of config.json
 *	ns_root_devices     /dev: nodes and links
 *	      (hooks: prestart, createRuntime, createContainer)
 *	ns_root_enter       pivot_root (or --no-pivot, or chroot without a mount namespace)
 *	ns_root_hide        maskedPaths, readonlyPaths
 *	ns_root_seal        readonly root, rootfsPropagation
 *	ns_root_verify      what the kernel has is what was planned, or the start fails
 *
 * Every path below the root is resolved by ns/below.c, every mount attached by descriptor. */
#ifndef CAISSON_NS_ROOT_H
#define CAISSON_NS_ROOT_H

#include <stdbool.h>
#include <sys/types.h>

#include "runtime/base/arena.h"
#include "specs/spec.h"

/* What a `cgroup` mount is to show: filled in by runtime/plan.c from what cgroups/ found, since
 * the rooms do not know each other. */
struct ns_cgroup_view {
	bool unified;               /* a pure v2 host: mount cgroup2 (or bind) */
	struct ns_cgroup_hierarchy {
		const char *name;   /* directory below /sys/fs/cgroup, such as "cpu,cpuacct" */
		const char *option; /* mount data, such as "cpu,cpuacct" or "none,name=systemd"; "" for
				     * the v2 hierarchy of a hybrid host ("unified") */
		const char *host_path; /* the container's own cgroup, absolute path on the host */
	} *at;
	size_t count;
};

struct ns_root_context {
	const char *bundle;      /* absolute path: relative sources start here */
	struct arena *arena;
	bool new_userns, joins_userns, new_mountns, new_netns;
	bool own_cgroupns;       /* a new or a joined one: its cgroup is the root it sees */
	bool rootless;           /* we are not root in the initial user namespace */
	bool privileged;         /* but of our own user namespace, or of that one: as for podman */
	bool no_pivot;
	const struct ns_cgroup_view *cgroups;
	const char *notify_socket_dir; /* NULL, or a host directory to bind on /run/notify */
	const char *nodes_dir; /* NULL, or where device nodes are to be made on the host's side */
};

struct ns_root; /* the plan and, inside, what was built so far */

int ns_root_plan(struct ns_root **root, const struct spec *spec,
		 const struct ns_root_context *context);
/* The rootfs as an absolute path on the host, and an O_PATH descriptor of it. */
const char *ns_root_path(const struct ns_root *root);
int ns_root_fd(const struct ns_root *root);

int ns_root_private(struct ns_root *root);
int ns_root_open(struct ns_root *root);
int ns_root_mount(struct ns_root *root);
int ns_root_devices(struct ns_root *root);
int ns_root_enter(struct ns_root *root);
int ns_root_hide(struct ns_root *root);
int ns_root_seal(struct ns_root *root);
int ns_root_verify(struct ns_root *root);

/* Binds the terminal `pty` (its own descriptor) on /dev/console, before ns_root_enter. */
int ns_root_console(struct ns_root *root, int pty);

/* True when a source of mounts[] can only be opened by the host's side (idmapped mounts need a
 * user namespace descriptor made there). ns_root_prepare_host() does that part; it runs on the
 * host's side before the namespaces are made, and its descriptors are inherited. */
bool ns_root_wants_host(const struct ns_root *root);
int ns_root_prepare_host(struct ns_root *root);

/* Inside, before ns_root_mount(): sources that are mounts of this container, and that only the host's
 * side can map, are asked for over this end of the baton. */
void ns_root_may_ask(struct ns_root *root, int baton);
/* Host, while the inside mounts and asks for the source of mounts[mount]: answers over the baton. Not
 * the caller's mount namespace but that of `pidfd` is looked in. A negative errno with its fault
 * when it cannot be had, and nothing was answered. */
int ns_root_grant_source(struct ns_root *root, size_t mount, int pidfd, int baton);

/* What it has from the host, for criu (external.c). `at` is where the kernel has the mount, `name`
 * what the image calls it, `source` where the host has it. */
struct ns_externals {
	struct ns_external {
		const char *at, *name, *source;
	} *at;
	size_t count;
};
/* `living`: a descriptor of the root of a container that runs, which tells what is masked; -1 when
 * it is to be restored. */
int ns_root_externals(struct ns_externals *externals, const struct ns_root *root, int living);

/* Closes every descriptor of it, as ns_root_verify() does inside. */
void ns_root_close(struct ns_root *root);
/* On the host's side once init is born, since a descriptor of a volume's mount would keep it busy: all
 * but what ns_root_grant_source() still needs. */
void ns_root_close_unasked(struct ns_root *root);

/* A container without a mount namespace of its own has its mounts where its caller sees them, all
 * below ns_root_path(). True for such a one: undo and delete then call ns_root_unmount(). */
bool ns_root_stays_mounted(const struct ns_root *root);
/* Unmounts that tree in one step; nothing mounted there (any more) is success. */
int ns_root_unmount(const char *path);

#endif
