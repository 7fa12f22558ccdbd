/* plan.c -- where the container's cgroup will be, and whether what is asked can be had there.
 *
 * Paths follow runc, since engines look there: an absolute cgroupsPath is below the mount of every
 * hierarchy. A relative one (none: the container's id) is below our own cgroup on v1. On v2 it is
 * beside it: ours holds processes, and a v2 cgroup that does cannot hand controllers down. In the
 * v2 tree of a hybrid host it is at the top. With the systemd driver it is where systemd puts the
 * unit (unit_name.c), below the place where its tree begins.
 *
 * Looks, and changes nothing: make.c does. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cgroups/devices.h"
#include "cgroups/knobs.h"
#include "cgroups/systemd.h"
#include "cgroups/tree.h"
#include "cgroups/unit.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

const char cg_delegate_hint[] =
	"run it in a delegated cgroup (systemd-run --user --scope -p Delegate=yes ...), or leave "
	"the limits out";

static int check_path(const char *asked, const char *clean)
{
	const char *name = clean;
	int result = 0;

	if (!clean[1])
		result = refuse(EINVAL, "\"%s\" leaves no name for the container's cgroup", asked);
	else if (strchr(clean, '\n'))
		result = refuse(EINVAL, "a cgroup's name cannot have a newline in it");
	else if (strlen(clean) >= 4096)
		result = refuse(ENAMETOOLONG, "is %zu bytes long, the kernel takes 4095",
				strlen(clean));
	while (!result && *name) {
		size_t length = strcspn(++name, "/");

		if (length > 255)
			result = refuse(ENAMETOOLONG, "has a name of %zu bytes, the kernel takes "
						      "255",
					length);
		name += length;
	}
	return result ? blame(result, "linux.cgroupsPath") : 0;
}

/* `inner` is clean and begins with "/". */
static char *place(const struct cgroup *cgroup, const struct cg_hierarchy *hierarchy,
		   const char *inner)
{
	const char *own = hierarchy->own, *slash = strrchr(own, '/');
	int length = hierarchy->v2 ? (int)(slash - own) : (int)strlen(own);

	if (hierarchy->v2 && !cgroup->pure_v2)
		length = 0;
	if (length == 1)
		length = 0;
	return arena_format(cgroup->arena, "%.*s%s", length, own, inner);
}

/* How much of the path is there already: that much is not ours to take away again. */
int cg_find_kept(struct cg_hierarchy *hierarchy)
{
	char above[4096];
	int mount = cg_mount(hierarchy);

	if (mount < 0)
		return mount;
	snprintf(above, sizeof above, "%s", hierarchy->path);
	for (;;) {
		*strrchr(above, '/') = '\0';
		if (!above[0])
			break;
		hierarchy->parent_fd = cg_open_dir(mount, above);
		if (hierarchy->parent_fd >= 0)
			break;
		if (hierarchy->parent_fd != -ENOENT)
			return fail(hierarchy->parent_fd, "open cgroup %s%s", hierarchy->mount,
				    above);
	}
	hierarchy->kept = strlen(above);
	return 0;
}

/* The top has every controller there is; which of them reach us is seen when they are enabled. */
static int read_controllers(struct cgroup *cgroup, struct cg_hierarchy *hierarchy, const char *at)
{
	char text[1024], *path = arena_format(cgroup->arena, ".%s/cgroup.controllers", at);
	ssize_t length = read_small(hierarchy->mount_fd, path, text, sizeof text);

	if (length < 0)
		return fail((int)length, "read %s%s/cgroup.controllers", hierarchy->mount, at);
	text[strcspn(text, "\n")] = '\0';
	hierarchy->controllers = arena_copy(cgroup->arena, text);
	return 0;
}

/* May we make a directory there and, on v2, move a process from ours into it? */
static bool is_permitted(const struct cgroup *cgroup, const struct cg_hierarchy *hierarchy)
{
	return faccessat(cg_parent(hierarchy), ".", W_OK, AT_EACCESS) == 0 &&
	       (!hierarchy->v2 || cg_may_move(hierarchy, hierarchy->own, cgroup->arena));
}

static int plan_hierarchy(struct cgroup *cgroup, struct cg_hierarchy *hierarchy, const char *path,
			  bool absolute)
{
	int result;

	hierarchy->path = absolute ? arena_copy(cgroup->arena, path) :
				     place(cgroup, hierarchy, path);
	if (strlen(hierarchy->path) >= 4096)
		return blame(refuse(ENAMETOOLONG, "the path of the cgroup is too long: %s",
				    hierarchy->path),
			     "linux.cgroupsPath");
	result = cg_find_kept(hierarchy);
	if (!result && hierarchy->v2)
		result = read_controllers(cgroup, hierarchy, "");
	return result;
}

static void drop(struct cgroup *cgroup, size_t i)
{
	struct cg_hierarchy *hierarchy = &cgroup->hierarchies[i];

	if (hierarchy->parent_fd >= 0)
		close(hierarchy->parent_fd);
	close(hierarchy->mount_fd);
	memmove(hierarchy, hierarchy + 1, (--cgroup->count - i) * sizeof *hierarchy);
}

/* Where a relative path may be had else: beside our own cgroup, or below it, when no more than that
 * one was delegated (no limits then: it holds processes, and so hands no controllers down). */
static bool find_permitted(struct cgroup *cgroup, struct cg_hierarchy *hierarchy,
			   const char *inner)
{
	const char *own = hierarchy->own[1] ? hierarchy->own : "";
	const char *slash = strrchr(own, '/');
	const size_t above[] = { slash ? (size_t)(slash - own) : 0, strlen(own) };

	for (size_t i = 0; hierarchy->v2 && i < sizeof above / sizeof *above; i++) {
		close_owned(&hierarchy->parent_fd);
		hierarchy->parent_fd = -1;
		hierarchy->path = arena_format(cgroup->arena, "%.*s%s", (int)above[i], own, inner);
		if (cg_find_kept(hierarchy))
			forget_fault();
		else if (is_permitted(cgroup, hierarchy))
			return true;
	}
	return false;
}

/* Rootless: only where we may. A place that was named and cannot be had is an error; one that was
 * not named is done without (as runc, crun and their engines have it). */
static int keep_permitted(struct cgroup *cgroup, const struct cg_request *request)
{
	bool named = request->cgroups_path && *request->cgroups_path;
	const char *asked = named ? request->cgroups_path : request->id;
	const char *inner = *asked == '/' ? NULL : cg_clean_path(cgroup->arena, asked);

	for (size_t i = 0; i < cgroup->count;) {
		struct cg_hierarchy *hierarchy = &cgroup->hierarchies[i];
		const char *wanted = hierarchy->path;

		if (is_permitted(cgroup, hierarchy) ||
		    (inner && find_permitted(cgroup, hierarchy, inner))) {
			i++;
			continue;
		}
		if (named)
			return advise(blame(refuse(EACCES, "make cgroup %s%s: permission denied",
						   hierarchy->mount, wanted),
					    "linux.cgroupsPath"),
				      "%s", cg_delegate_hint);
		drop(cgroup, i);
	}
	return 0;
}

/* A limit whose controller was dropped. */
static int check_rootless(struct cgroup *cgroup)
{
	char place[sizeof last_fault()->path];
	int result = cg_check(cgroup);

	if (result != -ENOTSUP)
		return result;
	memcpy(place, last_fault()->path, sizeof place);
	refuse(ENOTSUP, "cannot be applied: rootless needs no limits + no cgrouppath when no "
			"permission is granted for cgroups");
	return advise(blame(-ENOTSUP, "%s", place), "%s", cg_delegate_hint);
}

static int plan_rootless(struct cgroup *cgroup, const struct cg_request *request)
{
	size_t all = cgroup->count;
	int result = keep_permitted(cgroup, request);

	if (result)
		return result;
	return cgroup->count < all ? check_rootless(cgroup) : cg_check(cgroup);
}

/* Without anything that could enforce device rules the container would have the host's devices:
 * fatal, as in runc. */
static int plan_root(struct cgroup *cgroup)
{
	if (!cg_hierarchy_of(cgroup, "devices") && !cg_hierarchy_v2(cgroup))
		return advise(refuse(ENOTSUP, "no cgroup that could enforce device rules is "
					      "mounted"),
			      "mount -t cgroup2 cgroup2 /sys/fs/cgroup, or switch cgroups off "
			      "(--cgroup-manager=disabled)");
	return cg_check(cgroup);
}

/* A limit is checked twice: what the host lacks is not a matter of delegation. */
static int plan_systemd_user(struct cgroup *cgroup)
{
	struct cg_hierarchy *v2 = cg_hierarchy_v2(cgroup);
	const char *place = cgroup->unit->control_group;
	int result = cg_check(cgroup);
	char field[sizeof last_fault()->path];

	if (!result)
		result = read_controllers(cgroup, v2, place);
	if (result)
		return result;
	result = cg_check(cgroup);
	if (result != -ENOTSUP)
		return result;
	memcpy(field, last_fault()->path, sizeof field);
	refuse(ENOTSUP, "cannot be applied: its controller is not delegated to this user, who has "
			"only \"%s\" (%s%s)",
	       v2->controllers, v2->mount, place);
	return advise(blame(-ENOTSUP, "%s", field),
		      "systemctl edit user@.service, and there: [Service] Delegate=cpu cpuset io "
		      "memory pids");
}

static int plan_systemd(struct cgroup *cgroup, const struct cg_request *request)
{
	char *path;
	int result = cg_systemd_plan(cgroup, request, &path);

	if (!result)
		result = check_path(path, path);
	if (!result)
		result = cg_find(cgroup, request->rootless);
	if (!result && request->rootless && !cgroup->pure_v2)
		result = advise(refuse(ENOTSUP, "an ordinary user's systemd has no cgroups on a host "
						"with cgroup v1"),
				"boot with systemd.unified_cgroup_hierarchy=1, or leave "
				"--systemd-cgroup out");
	for (size_t i = 0; i < cgroup->count && !result; i++)
		result = plan_hierarchy(cgroup, &cgroup->hierarchies[i], path, true);
	if (result)
		return result;
	return request->rootless ? plan_systemd_user(cgroup) : plan_root(cgroup);
}

static int plan_paths(struct cgroup *cgroup, const struct cg_request *request)
{
	bool named = request->cgroups_path && *request->cgroups_path;
	const char *asked = named ? request->cgroups_path : request->id;
	bool absolute = named && *asked == '/';
	char *clean = cg_clean_path(cgroup->arena, asked);
	int result = check_path(asked, clean);

	if (!result)
		result = cg_find(cgroup, !absolute || request->rootless);
	for (size_t i = 0; i < cgroup->count && !result; i++)
		result = plan_hierarchy(cgroup, &cgroup->hierarchies[i], clean, absolute);
	return result;
}

static int plan_cgroupfs(struct cgroup *cgroup, const struct cg_request *request)
{
	int result = plan_paths(cgroup, request);

	if (result)
		return result;
	return request->rootless ? plan_rootless(cgroup, request) : plan_root(cgroup);
}

int cg_plan(struct cgroup *cgroup, const struct cg_request *request, struct arena *arena)
{
	int result;

	*cgroup = (struct cgroup){
		.driver = request->driver,
		.rootless = request->rootless,
		.has_owner = request->has_owner,
		.owner = request->owner,
		.resources = request->resources,
		.devices = request->devices,
		.arena = arena,
	};
	result = cg_check_devices(request->resources);
	if (result || request->driver == CG_DISABLED)
		return result ? result : cg_check(cgroup);
	result = request->driver == CG_SYSTEMD ? plan_systemd(cgroup, request) :
						 plan_cgroupfs(cgroup, request);
	if (result)
		cg_close(cgroup);
	return result;
}
