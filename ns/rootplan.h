/* rootplan.h -- what root.c and its neighbours know of the root file system they build together.
 *
 * For the files behind ns/root.h only; everybody else has struct ns_root opaque. */
#ifndef CAISSON_NS_ROOTPLAN_H
#define CAISSON_NS_ROOTPLAN_H

#include "ns/attach.h"
#include "ns/flags.h"
#include "ns/root.h"

/* One entry of mounts[]. */
struct mount_plan {
	size_t index; /* in mounts[], for messages */
	const struct spec_mount *spec;
	const char *destination; /* below the root */
	const char *type;	 /* NULL: bind */
	const char *source;	 /* bind: an absolute path on the host */
	struct mount_options options;
	bool is_cgroup, is_proc_or_sys, on_dev;
	const struct spec_id_maps *uids, *gids; /* of an idmapped mount */
	int tree;   /* opened on the host's side, detached; -1: none */
	int userns; /* for an idmapped mount; -1: none */
	bool late;  /* the host's side opens it when the inside asks: idlate.c */
};

/* What verify.c is to find again. */
struct mount_promise {
	uint64_t id;		   /* attach_id() */
	const char *at;		   /* for the message */
	const char *place;	   /* in config.json, or NULL */
	const char *type;	   /* of the file system, or NULL: whatever the source has */
	uint64_t set, not_set;	   /* MOUNT_ATTR_*, without atime */
	unsigned long propagation; /* MS_*, or 0: as it comes */
};

struct ns_root {
	struct ns_root_context context;
	const struct spec *spec;
	const char *path; /* of the rootfs on the host */
	int fd;		  /* of it: O_PATH on the host's side; inside, of the mount we made of it */
	bool chroot_only; /* no mount namespace of our own: nothing is mounted */
	bool userns;	  /* new, joined, or the one we run in already */
	bool populate_dev;
	struct mount_plan *mounts;
	size_t mount_count;
	const char *label_key; /* "context", as SELinux calls it */

	int null;   /* the container's /dev/null, if we made it: O_PATH */
	int *nodes; /* one a device of the config: made on the host's side, detached; or -1. NULL: none */
	int notify; /* the notify socket's directory, opened on the host's side, detached; -1 */
	int host;   /* inside: the baton; -1: there is nobody to ask */
	struct promises {
		struct mount_promise *at;
		size_t count, room;
	} promises;
	struct sealed { /* read-only at the end, since things are still to be made in them */
		struct sealed_mount {
			int fd;
			uint64_t id;
			const char *at;
		} * at;
		size_t count;
	} sealed;
};

/* mountplan.c */
int mounts_plan(struct ns_root *root);
/* True if both name the same place by text alone: "//dev/./" is /dev. */
bool is_path(const char *path, const char *wanted);
/* `path` without the rootfs's own before it; `path` itself when it does not lie below that. */
const char *below_root(const struct ns_root *root, const char *path);

/* idoption.c: "uids=0-1-10#10-11-10;gids=@0-100-10". An "@" counts from the ids inside. */
int idmap_option_read(const char *text, const struct spec_linux *linux, struct arena *arena,
		      struct spec_id_maps *uids, struct spec_id_maps *gids);

/* target.c: O_PATH descriptors, the caller's. */
int open_real_directory(const struct ns_root *root, const struct mount_plan *plan);
/* `source`: a file is made for a file. `mode`, when the tmpfs to be mounted has none of its own,
 * receives that of the directory it covers (as runc has it). */
int open_target(const struct ns_root *root, const struct mount_plan *plan, int source,
		char mode[8]);
/* Whether `source` (-1: a new file system) may go on `target`. */
int check_proc(const struct ns_root *root, const struct mount_plan *plan, int source, int target);

/* mounts.c */
int mounts_do(struct ns_root *root);
/* Mounts on the destination of `plan`; returns the mount. */
int mount_one(struct ns_root *root, const struct mount_plan *plan, const struct attachment *what,
	      int target);
/* The part of an attachment that the options decide. */
void attachment_of(struct attachment *what, const struct ns_root *root,
		   const struct mount_plan *plan);

/* copyup.c */
int copy_up(int mount, int target);

/* cgroupmount.c */
int mount_cgroup(struct ns_root *root, const struct mount_plan *plan, int target);

/* idmount.c: user namespaces that exist only to carry a mapping. */
int idmount_prepare(struct ns_root *root);
bool idmount_wanted(const struct ns_root *root);
bool idmount_crosses_userns(const struct ns_root *root);
/* Maps plan->tree through plan->userns. */
int idmount_map(const struct mount_plan *plan);

/* idlate.c: the source is itself a mount of this container, and exists in there only. */
bool idlate_is(const struct ns_root *root, const struct mount_plan *plan);
/* Inside: the source, mapped, as a detached tree from the host's side; the caller's. */
int idlate_ask(const struct ns_root *root, const struct mount_plan *plan);

/* hostnodes.c */
int hostnodes_prepare(struct ns_root *root);
bool hostnodes_wanted(const struct ns_root *root);
/* Where the node of that device lies on the host; NULL: the host's own is taken. */
const char *hostnodes_path(const struct ns_root *root, size_t index);

/* devices.c */
struct node {
	const char *path;
	mode_t mode; /* with S_IFCHR, S_IFBLK or S_IFIFO */
	dev_t device;
	uid_t uid;
	gid_t gid;
};
int node_of(struct node *node, const struct spec_device *device);
int devices_make(struct ns_root *root);
int devices_console(struct ns_root *root, int pty);
/* "/dev/null" and so on, which every container has; NULL after the last one. */
const char *devices_default(const struct ns_root *root, size_t index);
/* An O_PATH descriptor of a null device that is one (1:3), for masks; the caller closes it. */
int devices_null(struct ns_root *root);

/* hide.c, pivot.c, verify.c */
int hide_paths(struct ns_root *root);
int pivot_enter(struct ns_root *root);
int verify_all(const struct ns_root *root);

/* promise.c */
void promise(struct ns_root *root, int mount, const struct mount_promise *what);

#endif
