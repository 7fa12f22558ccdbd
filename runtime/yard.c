/* yard.c -- the host's cgroup hierarchies in one directory, as criu looks for them.
 *
 * Left to itself criu mounts every hierarchy anew. A mount of cgroup2 sets the options of the one
 * that is there (nsdelegate, memory_recursiveprot), for the whole host, and criu mounts it with
 * none of them (criu#3029). With a "yard" it mounts nothing: a directory with one for each
 * hierarchy, named after its controllers, "unified" for v2.
 *
 * To save, links to where the host has them are enough: they are on a tmpfs that is mounted nowhere;
 * criu comes to it by /proc/PID/fd. To restore it takes mounts, since a process uses the yard after
 * it has gone into the container's root.
 *
 * Where a hierarchy cannot be seen by the path that /proc/PID/cgroup has, which is so in a
 * container that was given a part of it, there is no yard, and criu mounts. */
#include "runtime/yard.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ns/attach.h"
#include "runtime/base/fault.h"
#include "runtime/base/owned.h"

int yard_places_of(struct criu_pairs *places, pid_t pid, struct arena *arena)
{
	enum { most = 64 };
	char path[64], line[8192];
	FILE *file;

	snprintf(path, sizeof path, "/proc/%d/cgroup", pid);
	file = fopen(path, "re");
	if (!file)
		return fail(errno, "read %s", path);
	criu_pairs_room(places, most, arena);
	while (places->count < most && fgets(line, sizeof line, file)) {
		char *controllers = strchr(line, ':'), *place;

		place = controllers ? strchr(controllers + 1, ':') : NULL;
		if (!place)
			continue;
		*place++ = '\0';
		place[strcspn(place, "\n")] = '\0';
		criu_pairs_add(places, arena_copy(arena, controllers + 1), arena_copy(arena, place));
	}
	fclose(file);
	return 0;
}

static int open_tmpfs(void)
{
	autoclose int context = (int)syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC);

	if (context < 0 || syscall(SYS_fsconfig, context, FSCONFIG_SET_STRING, "mode", "0700", 0) < 0 ||
	    syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -1;
	return (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC,
			    MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
}

static bool is_named(const struct cg_hierarchy *hierarchy, const char *controllers)
{
	return hierarchy->v2 ? !*controllers : !strcmp(hierarchy->controllers, controllers);
}

static const struct cg_hierarchy *hierarchy_of(const struct cgroup *cgroup, const char *controllers)
{
	for (size_t i = 0; i < cgroup->count; i++) {
		if (is_named(&cgroup->hierarchies[i], controllers))
			return &cgroup->hierarchies[i];
	}
	return NULL;
}

bool yard_shows(const struct cgroup *cgroup, const struct criu_pairs *places, struct arena *arena)
{
	for (size_t i = 0; i < places->count; i++) {
		const struct criu_pair *place = &places->at[i];
		const struct cg_hierarchy *hierarchy = hierarchy_of(cgroup, place->key);

		if (!hierarchy || access(arena_format(arena, "%s%s", hierarchy->mount, place->value),
					 F_OK) < 0)
			return false;
	}
	return places->count;
}

void yard_roots(const struct cgroup *cgroup, struct criu_pairs *places)
{
	for (size_t i = 0; i < places->count; i++)
		places->at[i].value = hierarchy_of(cgroup, places->at[i].key)->path;
}

static const char *name_of(const struct cg_hierarchy *hierarchy)
{
	static const char named[] = "name=";

	if (hierarchy->v2)
		return "unified";
	return strncmp(hierarchy->controllers, named, sizeof named - 1)
		       ? hierarchy->controllers
		       : hierarchy->controllers + sizeof named - 1;
}

int yard_of_links(const struct cgroup *cgroup)
{
	autoclose int yard = open_tmpfs();

	for (size_t i = 0; yard >= 0 && i < cgroup->count; i++) {
		const struct cg_hierarchy *hierarchy = &cgroup->hierarchies[i];

		if (symlinkat(hierarchy->mount, yard, name_of(hierarchy)) < 0)
			return -1;
	}
	return take(&yard);
}

int yard_of_mounts(const struct cgroup *cgroup, const char *path, struct arena *arena)
{
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return fail(errno, "make the directory %s", path);
	if (mount("yard", path, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=700") < 0)
		return fail(errno, "mount a tmpfs on %s", path);
	for (size_t i = 0; i < cgroup->count; i++) {
		const struct cg_hierarchy *hierarchy = &cgroup->hierarchies[i];
		const char *at = arena_format(arena, "%s/%s", path, name_of(hierarchy));

		if (mkdir(at, 0700) < 0)
			return fail(errno, "make the directory %s", at);
		if (mount(hierarchy->mount, at, NULL, MS_BIND, NULL) < 0)
			return fail(errno, "mount %s on %s", hierarchy->mount, at);
	}
	return 0;
}
