/* plan.c -- where the container's cgroup will be, and whether what is asked can be had there.
 *
 * Paths follow runc, since engines look there: an absolute cgroupsPath is below the mount of every
 * hierarchy. A relative one (none: the container's id) is below our own cgroup on v1. On v2 it is
 * beside it: ours holds processes, and a v2 cgroup that does cannot hand controllers down. In the
 * v2 tree of a hybrid host it is at the top.
 *
 * Looks, and changes nothing: make.c does. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cgroups/devices.h"
#include "cgroups/knobs.h"
#include "cgroups/tree.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

static const char delegate_hint[] =
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

/* May we make a directory there and, on v2, move a process from ours into it? The kernel wants
 * leave to write cgroup.procs of the nearest cgroup above both (cgroups(7), "Delegation"). */
static bool is_permitted(const struct cgroup *cgroup, const struct cg_hierarchy *hierarchy)
{
	const char *own = hierarchy->own, *path = hierarchy->path;
	size_t common = 0;

	if (faccessat(cg_parent(hierarchy), ".", W_OK, AT_EACCESS) < 0)
		return false;
	if (!hierarchy->v2)
		return true;
	for (size_t i = 0; own[i] && own[i] == path[i]; i++) {
		if ((own[i + 1] == '/' || !own[i + 1]) && (path[i + 1] == '/' || !path[i + 1]))
			common = i + 1;
	}
	char *procs = arena_format(cgroup->arena, "./%.*s/cgroup.procs", (int)common, path);
	return faccessat(hierarchy->mount_fd, procs, W_OK, AT_EACCESS) == 0;
}

static int plan_hierarchy(struct cgroup *cgroup, struct cg_hierarchy *hierarchy, const char *path,
			  bool absolute)
{
	hierarchy->path = absolute ? arena_copy(cgroup->arena, path) :
				     place(cgroup, hierarchy, path);
	if (strlen(hierarchy->path) >= 4096)
		return blame(refuse(ENAMETOOLONG, "the path of the cgroup is too long: %s",
				    hierarchy->path),
			     "linux.cgroupsPath");
	return cg_find_kept(hierarchy);
}

static void drop(struct cgroup *cgroup, size_t i)
{
	struct cg_hierarchy *hierarchy = &cgroup->hierarchies[i];

	if (hierarchy->parent_fd >= 0)
		close(hierarchy->parent_fd);
	close(hierarchy->mount_fd);
	memmove(hierarchy, hierarchy + 1, (--cgroup->count - i) * sizeof *hierarchy);
}

/* Rootless: only where we may. A place that was named and cannot be had is an error; one that was
 * not named is done without (as runc, crun and their engines have it). */
static int keep_permitted(struct cgroup *cgroup, const struct cg_request *request)
{
	for (size_t i = 0; i < cgroup->count;) {
		const struct cg_hierarchy *hierarchy = &cgroup->hierarchies[i];

		if (is_permitted(cgroup, hierarchy)) {
			i++;
			continue;
		}
		if (request->cgroups_path && *request->cgroups_path)
			return advise(blame(refuse(EACCES, "make cgroup %s%s: permission denied",
						   hierarchy->mount, hierarchy->path),
					    "linux.cgroupsPath"),
				      "%s", delegate_hint);
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
	return advise(blame(-ENOTSUP, "%s", place), "%s", delegate_hint);
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
	return result ? result : cg_read_controllers(cgroup);
}

int cg_plan(struct cgroup *cgroup, const struct cg_request *request, struct arena *arena)
{
	int result;

	*cgroup = (struct cgroup){
		.driver = request->driver,
		.rootless = request->rootless,
		.resources = request->resources,
		.devices = request->devices,
		.arena = arena,
	};
	if (request->driver == CG_SYSTEMD)
		return refuse(ENOTSUP, "not supported by this version: the systemd driver");
	result = cg_check_devices(request->resources);
	if (result || request->driver == CG_DISABLED)
		return result ? result : cg_check(cgroup);
	result = plan_paths(cgroup, request);
	if (!result)
		result = request->rootless ? plan_rootless(cgroup, request) : plan_root(cgroup);
	if (result)
		cg_close(cgroup);
	return result;
}
