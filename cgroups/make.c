/* make.c -- the container's directories in every hierarchy, before anybody is in them.
 *
 * A directory that is there already is taken over when it is empty and thawed: engines make it
 * beforehand to set something of their own. One with processes in it belongs to somebody else; in
 * a frozen one the container would hang at birth (runtime-spec, "Control groups").
 *
 * v2: a controller works in a cgroup only after each cgroup above has it in
 * cgroup.subtree_control. On a v2 host all of them are enabled, since engines read their numbers;
 * in the v2 tree of a hybrid host only those that a limit needs. In cgroups that were there before
 * us they stay enabled for good: whoever else has come to be below may rely on them, and nobody can
 * tell. Those that we made above the container's go with it.
 *
 * With the systemd driver, systemd makes what it manages and switches on what it knows; the rest (on
 * v1 freezer and cpuset, on v2 hugetlb for who has a limit of it) is made here all the same.
 *
 * Does not write limits: limit.c. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroups/knobs.h"
#include "cgroups/devices.h"
#include "cgroups/systemd.h"
#include "cgroups/tree.h"
#include "runtime/base/debug.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

static int copy_from_parent(int parent, int child, const char *file)
{
	char own[256], theirs[4096];
	ssize_t length = read_small(child, file, own, sizeof own);

	if (length < 0 || own[0] > '\n')
		return length < 0 ? (int)length : 0;
	length = read_small(parent, file, theirs, sizeof theirs);
	return length < 0 ? (int)length : write_small(child, file, theirs);
}

/* v1: a new cpuset has no cpu and no memory node, and nobody can enter it until it has. */
static int fill_cpuset(const struct cg_hierarchy *hierarchy, int parent, int child)
{
	int result;

	if (hierarchy->v2 || !cg_has_word(hierarchy->controllers, "cpuset"))
		return 0;
	result = copy_from_parent(parent, child, "cpuset.cpus");
	return result ? result : copy_from_parent(parent, child, "cpuset.mems");
}

/* One directory of the path: made or found, opened. -EEXIST is not an error. */
static int make_one(struct cg_hierarchy *hierarchy, int parent, const char *name, bool *made)
{
	int fd, result;

	*made = mkdirat(parent, name, 0755) == 0;
	if (!*made && errno != EEXIST)
		return -errno;
	fd = cg_open_dir(parent, name);
	if (fd < 0)
		return fd;
	result = fill_cpuset(hierarchy, parent, fd);
	if (!result)
		return fd;
	close(fd);
	return result;
}

static bool is_needed(struct cgroup *cgroup, const char *controller)
{
	for (size_t i = 0; cgroup->resources && i < cg_knob_count; i++) {
		struct knob_line line = { 0 };
		struct cg_hierarchy *hierarchy;
		const struct knob_side *side = knob_side_here(&cg_knobs[i], cgroup, &hierarchy);

		if (side && side->write && hierarchy->v2 && !strcmp(side->controller, controller) &&
		    side->write(&cg_knobs[i], cgroup->resources, 0, &line))
			return true;
	}
	for (size_t i = 0; cgroup->resources && i < cgroup->resources->unified.count; i++) {
		const char *key = cgroup->resources->unified.at[i].key;
		size_t length = strlen(controller);

		if (!strncmp(key, controller, length) && key[length] == '.')
			return true;
	}
	return false;
}

/* Remembered, not told: a controller that nobody needs may well be out of reach. */
static void note_not_enabled(struct cgroup *cgroup, const struct cg_hierarchy *hierarchy,
			     const char *at, const char *controller, int error)
{
	if (cgroup->not_enabled)
		return;
	cgroup->not_enabled_error = error;
	cgroup->not_enabled = arena_format(
		cgroup->arena, "write \"+%s\" to %s%s/cgroup.subtree_control: %s%s", controller,
		hierarchy->mount, at, strerror(-error),
		error == -EBUSY ? " (processes are in that cgroup itself)" : "");
}

/* With processes in it a cgroup that is not the root of all can hand down only the threaded
 * controllers (cpu, pids), and doing so turns it into a threaded domain: the cgroups below it are
 * then good for threads only, and nobody can be born there (cgroups(7), "Thread mode"). */
static int check_hands_down(int dir)
{
	char text[16];
	ssize_t length = read_small(dir, "cgroup.type", text, sizeof text);

	if (length == -ENOENT)
		return 0; /* the root of all has none */
	length = read_small(dir, "cgroup.procs", text, sizeof text);
	return length == -EFBIG || length > 0 ? -EBUSY : length < 0 ? (int)length : 0;
}

static bool enables_all(const struct cgroup *cgroup)
{
	return cgroup->pure_v2 && cgroup->driver != CG_SYSTEMD;
}

/* Switches on, below `dir`, what is available there and not on yet. */
static void enable_below(struct cgroup *cgroup, const struct cg_hierarchy *hierarchy, int dir,
			 const char *at)
{
	char available[1024], enabled[512], *words, *word;

	if (!hierarchy->v2)
		return;
	/* Those of the top were read by cg_plan. */
	if (!*at)
		snprintf(available, sizeof available, "%s", hierarchy->controllers);
	else if (read_small(dir, "cgroup.controllers", available, sizeof available) < 0)
		return;
	if (available[0] <= '\n' ||
	    read_small(dir, "cgroup.subtree_control", enabled, sizeof enabled) < 0)
		return;
	for (word = strtok_r(available, " \n", &words); word;
	     word = strtok_r(NULL, " \n", &words)) {
		char text[64];
		int result;

		if (cg_has_word(enabled, word) ||
		    (!enables_all(cgroup) && !is_needed(cgroup, word)))
			continue;
		snprintf(text, sizeof text, "+%s", word);
		result = check_hands_down(dir);
		if (!result)
			result = write_small(dir, "cgroup.subtree_control", text);
		if (result)
			note_not_enabled(cgroup, hierarchy, at, word, result);
	}
}

/* From the mount down to the parent: what is enabled above is what can be enabled below. */
static void enable_kept(struct cgroup *cgroup, struct cg_hierarchy *hierarchy)
{
	const char *path = hierarchy->path;

	for (size_t end = 0; hierarchy->v2 && end < hierarchy->kept;
	     end += 1 + strcspn(path + end + 1, "/")) {
		char *at = arena_format(cgroup->arena, "%.*s", (int)end, path);
		autoclose int dir = cg_open_dir(hierarchy->mount_fd, at);

		if (dir >= 0)
			enable_below(cgroup, hierarchy, dir, at);
	}
	enable_below(cgroup, hierarchy, cg_parent(hierarchy),
		     arena_format(cgroup->arena, "%.*s", (int)hierarchy->kept, path));
}

void cg_enable_needed(struct cgroup *cgroup)
{
	struct cg_hierarchy *hierarchy = cg_hierarchy_v2(cgroup);
	const char *path = hierarchy ? hierarchy->path : "";
	int mount = hierarchy ? cg_mount(hierarchy) : -1;

	for (const char *end = path; mount >= 0 && end; end = strchr(end + 1, '/')) {
		char *at = arena_format(cgroup->arena, "%.*s", (int)(end - path), path);
		autoclose int dir = cg_open_dir(mount, at);

		if (dir >= 0)
			enable_below(cgroup, hierarchy, dir, at);
	}
}

static int refuse_occupied(struct cgroup *cgroup, struct cg_hierarchy *hierarchy)
{
	struct pid_list list = { 0 };
	int result = cg_list_pids(hierarchy->fd, cgroup->arena, &list);

	if (result)
		return fail(result, "list the processes of cgroup %s%s", hierarchy->mount,
			    hierarchy->path);
	if (list.count)
		return refuse(EBUSY, "container's cgroup is not empty: %zu process(es) found in "
				     "%s%s",
			      list.count, hierarchy->mount, hierarchy->path);
	return 0;
}

static int refuse_frozen(const struct cg_hierarchy *hierarchy)
{
	bool frozen = false;
	char state[16];

	if (hierarchy->v2)
		frozen = cg_read_key(hierarchy->fd, "cgroup.events", "frozen") == 1;
	else if (cg_has_word(hierarchy->controllers, "freezer"))
		frozen = read_small(hierarchy->fd, "freezer.state", state, sizeof state) > 0 &&
			 state[0] == 'F';
	return frozen ? refuse(EBUSY, "container's cgroup unexpectedly frozen: %s%s",
			       hierarchy->mount, hierarchy->path)
		      : 0;
}

/* A cgroup made at the top of the tree a moment ago is neither frozen nor inhabited. */
static int check_fit(struct cgroup *cgroup, struct cg_hierarchy *hierarchy)
{
	int result;

	if (hierarchy->made && !hierarchy->kept && !strchr(hierarchy->path + 1, '/'))
		return 0;
	result = refuse_frozen(hierarchy);
	return result || hierarchy->made ? result : refuse_occupied(cgroup, hierarchy);
}

/* Before systemd is asked: a cgroup with processes in it is somebody else's, and in a frozen one the
 * helper that holds the scope would hang. One that is empty is systemd's to remove, so no descriptor
 * is kept. */
static int check_vacant(struct cgroup *cgroup)
{
	for (size_t i = 0; i < cgroup->count; i++) {
		struct cg_hierarchy *hierarchy = &cgroup->hierarchies[i];
		int result = cg_systemd_manages(cgroup, hierarchy) ? cg_dir(hierarchy) : -ENOENT;

		if (result == -ENOENT)
			continue;
		if (result >= 0)
			result = refuse_frozen(hierarchy);
		if (!result)
			result = refuse_occupied(cgroup, hierarchy);
		close_owned(&hierarchy->fd);
		hierarchy->fd = -1;
		if (result)
			return result;
	}
	return 0;
}

static int make_scope(struct cgroup *cgroup)
{
	int result = check_vacant(cgroup);

	if (!result)
		result = cg_systemd_make(cgroup);
	for (size_t i = 0; i < cgroup->count && !result; i++) {
		struct cg_hierarchy *hierarchy = &cgroup->hierarchies[i];

		hierarchy->made = cg_systemd_manages(cgroup, hierarchy);
		if (!hierarchy->made)
			continue;
		/* Made by systemd, for us; and all that is above it is there now as well. */
		close_owned(&hierarchy->parent_fd);
		hierarchy->parent_fd = -1;
		result = cg_find_kept(hierarchy);
	}
	return result;
}

/* From the first name that is missing to the container's own. */
static int make_path(struct cgroup *cgroup, struct cg_hierarchy *hierarchy)
{
	char path[4096];
	char *name = path + hierarchy->kept + 1;
	autoclose int opened = take(&hierarchy->parent_fd);
	int parent = opened >= 0 ? opened : hierarchy->mount_fd;

	snprintf(path, sizeof path, "%s", hierarchy->path);
	for (;;) {
		char *end = name + strcspn(name, "/");
		bool is_last = !*end, made;
		int fd;

		*end = '\0';
		fd = make_one(hierarchy, parent, name, &made);
		/* Made, although what followed failed: undo takes the whole path away. */
		hierarchy->made = hierarchy->made || (made && is_last);
		if (fd < 0)
			return fd;
		if (is_last) {
			hierarchy->fd = fd;
			return 0;
		}
		enable_below(cgroup, hierarchy, fd, path);
		if (opened >= 0)
			close(opened);
		opened = parent = fd;
		*end = '/';
		name = end + 1;
	}
}

/* Somebody made a directory of the path with mkdir(1) and left its cpuset empty: what is below could
 * never be entered. Whether it can be filled is not asked; entering says what is wrong. */
static void fill_kept_cpusets(struct cg_hierarchy *hierarchy)
{
	const char *path = hierarchy->path;
	size_t end = 1 + strcspn(path + 1, "/");

	if (hierarchy->v2 || !cg_has_word(hierarchy->controllers, "cpuset"))
		return;
	autoclose int above = cg_open_dir(hierarchy->mount_fd, "");
	while (above >= 0 && end <= hierarchy->kept) {
		char name[4096];
		int dir;

		snprintf(name, sizeof name, "%.*s", (int)end, path);
		dir = cg_open_dir(hierarchy->mount_fd, name);
		if (dir >= 0)
			fill_cpuset(hierarchy, above, dir);
		close(above);
		above = dir;
		if (!path[end])
			break;
		end += 1 + strcspn(path + end + 1, "/");
	}
}

static int make_hierarchy(struct cgroup *cgroup, struct cg_hierarchy *hierarchy)
{
	int result;

	debug("make cgroup %s%s", hierarchy->mount, hierarchy->path);
	enable_kept(cgroup, hierarchy);
	fill_kept_cpusets(hierarchy);
	result = make_path(cgroup, hierarchy);
	/* Another container's delete took away the directory above, which its create had made. */
	for (unsigned tries = 0; (result == -ENOENT || result == -ENODEV) && tries < 3; tries++) {
		result = cg_find_kept(hierarchy);
		if (result)
			return result;
		enable_kept(cgroup, hierarchy);
		result = make_path(cgroup, hierarchy);
	}
	if (result) {
		result = fail(result, "make cgroup %s%s", hierarchy->mount, hierarchy->path);
		if (result == -EROFS)
			advise(result, "%s is mounted read-only: mount it writable, or run without "
				       "cgroups",
			       hierarchy->mount);
		return result;
	}
	result = check_fit(cgroup, hierarchy);
	return result ? result : cg_hand_over(cgroup, hierarchy);
}

static int make_all(struct cgroup *cgroup)
{
	int result = cgroup->driver == CG_SYSTEMD ? make_scope(cgroup) : 0;

	for (size_t i = 0; i < cgroup->count && !result; i++) {
		result = make_hierarchy(cgroup, &cgroup->hierarchies[i]);
		if (result && !cgroup->hierarchies[i].made) {
			struct fault why = *last_fault();

			cg_remove_made_parents(&cgroup->hierarchies[i]);
			*last_fault() = why;
		}
	}
	return result;
}

int cg_make(struct cgroup *cgroup)
{
	int result = make_all(cgroup);
	struct fault why;

	if (!result && cg_has_v1_devices(cgroup))
		result = cg_limit_devices(cgroup);
	if (!result)
		return 0;
	why = *last_fault();
	cg_unmake(cgroup);
	*last_fault() = why;
	return result;
}
