/* cgroupmount.c -- the mount of type "cgroup": whatever this host has, where the config wants it.
 *
 * Pure v2: cgroup2 itself; where a user namespace without a cgroup namespace forbids that, a bind
 * mount of the host's. With v1 hierarchies: a small tmpfs with every hierarchy in a directory of
 * its own and links for the merged ones (cpu -> cpu,cpuacct), read-only in the end if asked.
 *
 * In a cgroup namespace of the container's own a new mount shows its cgroup as the root; without
 * one, its cgroup's directory is bind mounted, so that the host's tree stays out of sight (runc
 * shows all of it on v2). A container that was given no cgroup sees that of its surroundings.
 *
 * Does not find hierarchies: runtime/plan.c hands them over (struct ns_cgroup_view). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ns/rootplan.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

static const uint64_t safe = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;

static int bind_host_path(struct ns_root *root, const struct mount_plan *plan,
			  const struct attachment *base, const char *path, int target)
{
	struct attachment what = *base;
	autoclose int source = open_how(AT_FDCWD, path, O_PATH | O_DIRECTORY, 0, 0);

	if (source < 0)
		return fail(source, "open cgroup directory %s", path);
	what.type = NULL;
	what.source = path;
	what.from = source;
	what.recursive = true;
	what.data = NULL;
	what.super = 0;
	return mount_one(root, plan, &what, target);
}

static int mount_unified(struct ns_root *root, const struct mount_plan *plan, int target)
{
	const struct ns_cgroup_view *view = root->context.cgroups;
	const char *own = view->count ? view->at[0].host_path : NULL;
	const char *path = own ? own : "/sys/fs/cgroup";
	struct attachment what;

	attachment_of(&what, root, plan);
	if (own && !root->context.own_cgroupns) {
		autoclose int mount = bind_host_path(root, plan, &what, own, target);
		return mount < 0 ? mount : 0;
	}
	what.type = "cgroup2";
	what.source = plan->source ? plan->source : "cgroup";
	what.data = &plan->options.data;
	autoclose int mount = mount_one(root, plan, &what, target);
	if (mount == -EPERM || mount == -EBUSY)
		mount = bind_host_path(root, plan, &what, path, target);
	return mount < 0 ? mount : 0;
}

/* "cpu,cpuacct": fsconfig(2) takes one option at a time. */
static struct strings split(struct arena *arena, const char *text)
{
	struct strings words = { .at = arena_array(arena, strlen(text) + 1, sizeof(char *)) };

	while (*text) {
		size_t length = strcspn(text, ",");

		if (length)
			words.at[words.count++] = arena_copy_bytes(arena, text, length);
		text += length + (text[length] == ',');
	}
	return words;
}

/* One hierarchy into its directory below the tmpfs. */
static int mount_hierarchy(struct ns_root *root, const struct mount_plan *plan,
			   const struct ns_cgroup_hierarchy *hierarchy, int tmpfs)
{
	struct strings data;
	struct attachment what;

	if (mkdirat(tmpfs, hierarchy->name, 0755) < 0 && errno != EEXIST)
		return fail(errno, "make %s/%s", plan->destination, hierarchy->name);
	autoclose int target =
		open_how(tmpfs, hierarchy->name, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0, 0);
	if (target < 0)
		return fail(target, "open %s/%s", plan->destination, hierarchy->name);

	attachment_of(&what, root, plan);
	what.set |= safe;
	what.at = arena_format(root->context.arena, "%s/%s", plan->destination, hierarchy->name);
	if (!root->context.own_cgroupns) {
		autoclose int mount =
			bind_host_path(root, plan, &what, hierarchy->host_path, target);
		return mount < 0 ? mount : 0;
	}
	what.type = hierarchy->option[0] ? "cgroup" : "cgroup2";
	what.source = "cgroup";
	data = split(root->context.arena, hierarchy->option);
	what.data = &data;
	autoclose int mount = mount_one(root, plan, &what, target);
	return mount < 0 ? mount : 0;
}

/* cpu,cpuacct is also to be found as cpu and as cpuacct. */
static int link_merged(const struct mount_plan *plan, const char *name, int tmpfs)
{
	char part[256];

	for (const char *at = name; strchr(name, ',') && *at;) {
		size_t length = strcspn(at, ",");

		if (length && length < sizeof part) {
			memcpy(part, at, length);
			part[length] = '\0';
			if (symlinkat(name, tmpfs, part) < 0 && errno != EEXIST)
				return fail(errno, "link %s/%s to %s", plan->destination, part,
					    name);
		}
		at += length + (at[length] == ',');
	}
	return 0;
}

static int mount_hybrid(struct ns_root *root, const struct mount_plan *plan, int target)
{
	static const struct strings nothing;
	const struct ns_cgroup_view *view = root->context.cgroups;
	struct attachment what;

	attachment_of(&what, root, plan);
	what.type = "tmpfs";
	what.source = "tmpfs";
	what.set = safe | (what.set & MOUNT_ATTR_RDONLY);
	what.mode = "755";
	what.data = &nothing;
	what.super = 0;
	autoclose int tmpfs = mount_one(root, plan, &what, target);
	if (tmpfs < 0)
		return tmpfs;
	for (size_t i = 0; i < view->count; i++) {
		int result = mount_hierarchy(root, plan, &view->at[i], tmpfs);

		if (!result)
			result = link_merged(plan, view->at[i].name, tmpfs);
		if (result)
			return result;
	}
	return 0;
}

int mount_cgroup(struct ns_root *root, const struct mount_plan *plan, int target)
{
	const struct ns_cgroup_view *view = root->context.cgroups;

	if (!view)
		return refuse(ENODEV, "this host has no cgroups to mount on %s", plan->destination);
	return view->unified ? mount_unified(root, plan, target) : mount_hybrid(root, plan, target);
}
