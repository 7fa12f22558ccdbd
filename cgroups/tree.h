/* tree.h -- the room's own tools: a hierarchy, its directory, its small files, a deadline.
 *
 * Only cgroups/ includes this; cgroup.h is what others see. */
#ifndef CAISSON_CGROUPS_TREE_H
#define CAISSON_CGROUPS_TREE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "cgroups/cgroup.h"

enum { patience_ms = 10 * 1000 };

static inline int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* For v1, which tells nobody when something has changed. */
static inline void nap_ms(unsigned ms)
{
	nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 }, NULL);
}

/* Is `word` one of `list`, whose words are parted by ',' or ' '? */
bool cg_has_word(const char *list, const char *word);
/* Lexically clean, as if "/" were above: "a/../../b/" is "/b", "" is "/". */
char *cg_clean_path(struct arena *arena, const char *path);

/* find.c: the mounted hierarchies, without paths. `need_own`: whether own must be right. */
int cg_find(struct cgroup *cgroup, bool need_own);
/* The same from the texts of the two files of /proc; both are cut up. */
int cg_find_in(struct cgroup *cgroup, char *mountinfo, char *self_cgroup);

/* Where a file system of another type is mounted: "resctrl". -ENOENT: nowhere, no fault. */
int cg_mount_of_type(const char *type, char **at, struct arena *arena);

/* hierarchy.c: the one that has the controller, v1 before v2; NULL: none. */
struct cg_hierarchy *cg_hierarchy_of(struct cgroup *cgroup, const char *controller);
struct cg_hierarchy *cg_hierarchy_v2(struct cgroup *cgroup);
/* The first, else the second: what v2 has for every cgroup, whatever controllers are enabled in it
 * (and known: a command on a living container does not read them). */
struct cg_hierarchy *cg_hierarchy_or_v2(struct cgroup *cgroup, const char *controller);
/* Reads which controllers v2 has at `at`, "" for all: cg_find and cg_reopen leave them out. */
int cg_read_controllers(struct cgroup *cgroup, const char *at);
/* Whose cgroup.procs tells the container's processes: v2, else freezer, devices, pids, any. */
struct cg_hierarchy *cg_hierarchy_of_processes(struct cgroup *cgroup);
/* Its mount as O_PATH, verified to be a cgroup filesystem of that version. Speaks. */
int cg_mount(struct cg_hierarchy *hierarchy);
/* The deepest directory of the path that was there before us; opened by cg_find_kept. */
int cg_parent(const struct cg_hierarchy *hierarchy);
/* The container's directory, opened when it is not yet. -ENOENT when it is gone (silent),
 * otherwise speaks. The hierarchy keeps the descriptor. */
int cg_dir(struct cg_hierarchy *hierarchy);
/* v2: may we move a process from the cgroup `from` into the container's, or have it born there? The
 * kernel wants leave to write cgroup.procs of the nearest cgroup above both (cgroups(7),
 * "Delegation"). */
bool cg_may_move(const struct cg_hierarchy *hierarchy, const char *from, struct arena *arena);
/* Opens a cgroup's directory below `dir` for reading: "/a/b", "a" or "" for `dir` itself. */
int cg_open_dir(int dir, const char *path);

/* events.c: the number behind `key` in a flat-keyed file ("populated 1"). -ENOENT when the file or
 * the key is not there. */
int64_t cg_read_key(int dir, const char *file, const char *key);
/* The same in its text. */
int64_t cg_value_of(const char *text, const char *key);
/* v2: waits until `key` of cgroup.events is `value`. -ETIMEDOUT at the deadline, -ENODEV when the
 * cgroup is removed meanwhile. */
int cg_wait_event(int dir, const char *key, int64_t value, int64_t deadline);

/* pids.c: the processes below a directory. */
struct pid_list {
	pid_t *at;
	size_t count, room;
};
int cg_list_pids(int dir, struct arena *arena, struct pid_list *list);
/* "pid 123 (sleep, state S, in /web/sub) and 2 more" for the first of the list, into `text`. */
const char *cg_describe_pid(const struct cg_hierarchy *hierarchy, const struct pid_list *list,
			    char *text, size_t size);

/* below.c: a directory and all below it, deepest first. */
struct cg_walk {
	/* In each directory, after those below it. Anything but 0 ends the walk with it. */
	int (*visit)(int dir, void *data);
	/* In the directory above, before a child is entered (true: it need not be) and after. */
	bool (*child)(int above, const char *name, void *data);
	void *data;
};
int cg_walk_below(int dir, const struct cg_walk *walk);

/* freeze.c: v1, and v2 where there is no v1 freezer. */
int cg_freeze_dir(int dir, bool v2, bool frozen, int64_t deadline);
struct cg_hierarchy *cg_freezer(struct cgroup *cgroup);
/* Thaws a v1 cgroup and every one below it. */
void cg_thaw_below(int dir);

/* plan.c: what an ordinary user can do about it. */
extern const char cg_delegate_hint[];
/* plan.c: opens the deepest directory of the path that is there. Speaks. */
int cg_find_kept(struct cg_hierarchy *hierarchy);

/* make.c. Above a cgroup that is there, switches on what cgroup->resources needs of v2. What
 * cannot be is seen by the missing file. */
void cg_enable_needed(struct cgroup *cgroup);

/* owner.c: to the owner that was asked for, if any. Speaks. */
int cg_hand_over(const struct cgroup *cgroup, const struct cg_hierarchy *hierarchy);

/* kill.c: cg_kill of what cg_make made in this command; what could not be killed, remove.c names. */
void cg_kill_made(struct cgroup *cgroup);

/* remove.c: puts back to `kept` what was made above the container's directory. */
void cg_remove_made_parents(struct cg_hierarchy *hierarchy);

#endif
