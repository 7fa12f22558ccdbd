/* cgroup.h -- a container's cgroup: found, made, limited, entered, frozen, killed, removed.
 *
 * Two axes: the driver (who owns the tree) and the file set of a hierarchy (v2 or v1). A hybrid
 * host has v1 hierarchies for some controllers and a v2 one for the rest; the container gets a
 * cgroup in each. */
#ifndef CAISSON_CGROUPS_CGROUP_H
#define CAISSON_CGROUPS_CGROUP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "runtime/base/arena.h"
#include "specs/spec.h"

/* One mounted hierarchy of the host. */
struct cg_hierarchy {
	bool v2;
	const char *controllers; /* "cpu,cpuacct", "name=systemd"; v2: "cpu io memory" */
	const char *mount;       /* where it is mounted: "/sys/fs/cgroup/memory" */
	const char *name;        /* its directory's name there: "memory", "unified" */
	char *own;               /* our own cgroup in it, as /proc/self/cgroup says */
	char *path;              /* the container's cgroup below the mount, "/user/web" */
	size_t kept;             /* the first `kept` bytes of path were there before us: "/user" */
	int mount_fd;            /* O_PATH of `mount`, -1 until opened */
	int parent_fd;           /* mount + the kept part of path; -1: that is the mount itself */
	int fd;                  /* the container's cgroup, -1 until made or opened */
	int tasks_fd;            /* its `tasks` (v1), -1 until cg_open_tasks */
	bool made;               /* by us, in this command: what undo may remove */
};

enum cg_driver { CG_CGROUPFS, CG_SYSTEMD, CG_DISABLED };

struct cgroup {
	enum cg_driver driver;
	bool pure_v2;
	struct cg_hierarchy hierarchies[16];
	size_t count;
	bool rootless;
	bool has_owner; /* of a v2 cgroup: see cg_request */
	uid_t owner;
	const struct spec_resources *resources; /* what was asked; NULL: nothing */
	const struct spec_devices *devices;     /* linux.devices, NULL: none */
	char *device_rules; /* those an update has set, as one line; NULL: none has */
	bool limited;       /* cg_limit has been here */
	struct cg_unit *unit; /* the systemd driver's; NULL otherwise */
	char *not_enabled; /* v2: why a controller could not be switched on, for cg_limit's error */
	int not_enabled_error;
	struct arena *arena;
};

struct cg_request {
	enum cg_driver driver;
	const char *cgroups_path; /* linux.cgroupsPath, NULL when absent */
	const char *id;
	bool rootless;
	const struct spec_resources *resources;
	const struct spec_devices *devices; /* linux.devices: allowed as runc does */
	/* On a v2 host, the user (as our user namespace has him) who gets the cgroup
	 * (runtime-spec, "Cgroup ownership"); without has_owner it stays ours. */
	bool has_owner;
	uid_t owner;
	const struct pairs *annotations;    /* the systemd driver reads org.systemd.property.* */
};

/* Reads /proc/self/mountinfo and /proc/self/cgroup at most once (a pure v2 host needs neither for
 * an absolute path); decides the container's path in every hierarchy (absolute: below the mount;
 * relative, or absent and then the id: on v1 below our own cgroup, on v2 beside it); refuses, with
 * the JSON path, any limit that is decoded but not applied on this host, and any wrong one. ".."
 * never leaves the tree. Opens the mounts; changes nothing. Afterwards cg_save can be called, so
 * that the intent is on record before cg_make. `resources` and `devices` are borrowed.
 * Rootless without the permission: no hierarchy is left (count 0) when no limit is asked. */
int cg_plan(struct cgroup *cgroup, const struct cg_request *request, struct arena *arena);

/* Makes the directories (refusing a v2 or freezer/devices/pids cgroup that already holds
 * processes or is frozen), enables controllers down the path on v2, where they stay enabled, hands
 * the cgroup over to its owner, and writes the device rules of v1: rule by rule, so a process in
 * there would be denied everything for a moment. */
int cg_make(struct cgroup *cgroup);
/* Writes the limits and the device rules of v2. After the birth, before the workload: with pids.limit 0
 * nobody can be born there any more. */
int cg_limit(struct cgroup *cgroup);
/* `update`: other limits for a container that lives, running, frozen or not yet started. What is
 * not named stays as it is. Checked as cg_plan does, all of them before the first is written; when
 * the kernel refuses one, those written before are put back, and the fault names what could not
 * be. Device rules, if `resources` names any, replace the old ones in one step.
 * For a cgroup from cg_reopen, set beforehand what the record and its config.json know: `rootless`,
 * `devices`, `resources` (NULL: not known) and `device_rules`, which is another afterwards when
 * rules were replaced. */
int cg_update(struct cgroup *cgroup, const struct spec_resources *resources);
/* *dir is for CLONE_INTO_CGROUP: -1 when the host has no v2 hierarchy to be born in, or we may not
 * (see cg_systemd_attaches in systemd.h). The cgroup keeps the descriptor. */
int cg_birth_fd(struct cgroup *cgroup, int *dir);
/* Inside, before anything else: the v1 hierarchies. A single thread that writes "0" to `tasks`
 * itself waits for no RCU grace period (0.07 ms instead of 6); `cg_open_tasks` opens those files
 * on the host's side first, since afterwards the paths may be out of reach. */
int cg_open_tasks(struct cgroup *cgroup);
int cg_enter_self(struct cgroup *cgroup);
/* exec: the process goes into a cgroup below the container's own. `word` is PATH, for every
 * hierarchy, or CONTROLLER[,CONTROLLER]:PATH for the v1 hierarchies of those. Before the two
 * functions above. */
int cg_descend(struct cgroup *cgroup, const char *word);
/* exec, when CLONE_INTO_CGROUP said EBUSY, or the container's own v2 cgroup is not there any more:
 * into the one that `pid`, the container's first process, is in. While the container's own is there,
 * only below it. -ESRCH, silently: there is none. */
int cg_follow(struct cgroup *cgroup, pid_t pid);
/* Removes what cg_make made in this command: undo. Waits, bounded, for processes being killed. */
int cg_unmake(struct cgroup *cgroup);

/* Closes what is open; the record and the cgroup stay. */
void cg_close(struct cgroup *cgroup);

/* The other commands know the cgroup from the record: one word per hierarchy,
 * "memory=/sys/fs/cgroup/memory//user//web": its controllers ("cgroup2" for v2), then the
 * directory, where the first "//" ends the mount and the second what was there before us.
 * cg_reopen opens nothing: each hierarchy is opened when it is needed. */
struct strings cg_save(const struct cgroup *cgroup, struct arena *arena);
int cg_reopen(struct cgroup *cgroup, const struct strings *saved, enum cg_driver driver,
	      struct arena *arena);

/* All processes in it and below it. Returns the count, pids in the arena. */
ssize_t cg_pids(struct cgroup *cgroup, struct arena *arena, pid_t **pids);
int cg_freeze(struct cgroup *cgroup, bool frozen); /* waits, bounded, until it is so */
bool cg_is_frozen(struct cgroup *cgroup);
/* The directory whose freezer that is, as a path on the host; NULL when there is none. */
const char *cg_freezer_path(struct cgroup *cgroup, struct arena *arena);
/* SIGKILLs all of it (cgroup.kill, or freezer+signals) and waits, bounded to 10 s, until empty. */
int cg_kill(struct cgroup *cgroup);
/* After a SIGKILL for one of its processes: what a v1 freezer holds still, whichever cgroup below it
 * was frozen, would die only when it is thawed. */
void cg_let_die(struct cgroup *cgroup);
/* Signals every process in it. */
int cg_signal(struct cgroup *cgroup, int signal);
/* Removes the directories, sub-cgroups first; already gone is success. Bounded to 10 s, then an
 * error that names the pid that holds it. */
int cg_remove(struct cgroup *cgroup);
/* The same without waiting: false when a process is in it, or it could not be removed for any
 * other reason; no fault. The kernel answers both questions, "is it empty" and "remove it", with
 * one rmdir(2). */
bool cg_remove_empty(struct cgroup *cgroup);
/* How often the OOM killer struck in it; 0 when unknown. */
uint64_t cg_oom_kills(struct cgroup *cgroup);
/* What to say when it struck before the workload ran. */
extern const char cg_oom_hint[];
/* Every limit, the files it becomes, what it takes: docs/RESOURCES.md has this table. */
char *cg_describe_limits(struct arena *arena);

#endif
