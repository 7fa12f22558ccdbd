/* plan.h -- what will be done on this host: every word a flag, every path a descriptor.
 *
 * Made from the spec, the host and the options by runtime/plan.c, which touches nothing that
 * outlives the command. Read-only afterwards: from there on only the kernel can say no. */
#ifndef CAISSON_PLAN_H
#define CAISSON_PLAN_H

#include <stdbool.h>

#include "cgroups/cgroup.h"
#include "ns/caps.h"
#include "ns/root.h"
#include "ns/spawn.h"
#include "runtime/base/arena.h"
#include "runtime/base/idlist.h"
#include "runtime/inherit.h"
#include "runtime/options.h"
#include "runtime/record.h"
#include "specs/spec.h"

struct plan {
	struct arena *arena;
	const char *id;
	const char *bundle;   /* absolute */
	const char *config;   /* absolute path of config.json */
	const char *config_text; /* its bytes */
	size_t config_length;
	struct spec spec;     /* defaults that the host decides are filled in: id maps */
	const struct spec_process *process; /* spec.process, or exec's own; NULL: none */
	const struct globals *globals;
	const struct arguments *arguments;

	bool rootless;        /* we are not root in the initial user namespace */
	bool gated;           /* create: wait for `start` before execve */
	bool detached;
	const char *trip;     /* --trip: fail at this row */

	/* namespaces */
	struct ns_spawn spawn;
	bool new_userns, in_userns; /* in_userns: a new or a joined one */
	bool new_mountns, new_netns, new_cgroupns, new_pidns;
	bool late_ipcns;      /* made by root of the new user namespace: see build.c */
	bool deny_setgroups;

	struct ns_root *root;           /* NULL for exec */
	struct ns_cgroup_view cgroup_view;
	struct cgroup cgroup;

	/* the process */
	struct ns_caps caps;
	struct strings env;             /* complete: HOME apart */
	bool sets_home;
	bool keep_groups;
	const char *apparmor_profile, *selinux_label;
	const struct inherit *inherit;
	const char *notify_socket;      /* NOTIFY_SOCKET of the host, or NULL */
	struct asked_user asked_user;   /* exec --user: names that only the inside can look up */
	const char *initial_cpus, *final_cpus; /* exec only */

	struct records records;
};

/* For create and run: from a bundle. For exec: see runtime/join.c. The plan's descriptors are
 * closed when the process ends. */
int plan_container(struct plan *plan, const struct globals *globals,
		   const struct arguments *arguments, const char *command);
/* The part of it that comes after config.json is read: plan->spec and the fields of the command
 * line are set. Touches nothing that outlives the command, so it can be fuzzed. */
int plan_spec(struct plan *plan);
/* Parts of that, for a container that lives already (runtime/checkpoint.c): from spec.linux to
 * `spawn` and the namespace fields; then, with `cgroup` set, to `root`. */
int plan_namespaces(struct plan *plan);
int plan_file_system(struct plan *plan);
/* What create, run and exec share: everything about `plan->process`. Needs spec, process and the
 * namespace fields. */
int plan_process(struct plan *plan);
/* We are not root of the initial user namespace, or --rootless says so. */
bool plan_is_rootless(const struct globals *globals);

#endif
