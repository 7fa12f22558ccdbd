/* save.c -- the cgroup in the record: one word per hierarchy, written and read back.
 *
 * "memory=/sys/fs/cgroup/memory//user//web" is also a path that `ls` takes. The first "//" ends
 * the mount; the second ends what was there before the container, so that delete can take away
 * the directories above the container's that create had to make.
 *
 * The systemd driver adds words of its own, the unit's name first: "unit=caisson-web.scope".
 *
 * Does not open anything: hierarchy.c does when it is needed. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cgroups/systemd.h"
#include "cgroups/tree.h"
#include "runtime/base/fault.h"

static const char word_of_v2[] = "cgroup2";

struct strings cg_save(const struct cgroup *cgroup, struct arena *arena)
{
	struct strings saved = { 0 };

	saved.at = arena_array(arena, cgroup->count + cg_systemd_words, sizeof *saved.at);
	saved.count = cg_systemd_save(cgroup, saved.at, arena);
	for (size_t i = 0; i < cgroup->count; i++) {
		const struct cg_hierarchy *hierarchy = &cgroup->hierarchies[i];
		const char *path = hierarchy->path;
		/* Slices come and go as systemd likes: never ours to take away. */
		int kept = cg_systemd_manages(cgroup, hierarchy) ?
				   (int)(strrchr(path, '/') - path) :
				   (int)hierarchy->kept;

		saved.at[saved.count++] =
			arena_format(arena, "%s=%s/%.*s/%s",
				     hierarchy->v2 ? word_of_v2 : hierarchy->controllers,
				     hierarchy->mount, kept ? kept : 1, path, path + kept);
	}
	return saved;
}

/* "=" is followed by "/" only where the mount begins: "name=systemd=/sys/fs/cgroup/systemd//..." */
static int reopen_word(struct cg_hierarchy *hierarchy, const char *word, struct arena *arena)
{
	char *text = arena_copy(arena, word), *mount = strstr(text, "=/"), *path, *made, *slash;

	*hierarchy = (struct cg_hierarchy){
		.mount_fd = -1, .parent_fd = -1, .fd = -1, .tasks_fd = -1,
	};
	if (!mount)
		return -EINVAL;
	*mount++ = '\0';
	path = strstr(mount, "//");
	made = path ? strstr(path + 2, "//") : NULL;
	if (!made || path == mount)
		return -EINVAL;
	*path++ = '\0';
	*made++ = '\0';
	/* `path` is "/user" or, when nothing was there before, "/"; `made` is "/web". */
	hierarchy->kept = path[1] ? strlen(path) : 0;
	hierarchy->path = arena_format(arena, "%s%s", hierarchy->kept ? path : "", made);
	if (strcmp(hierarchy->path, cg_clean_path(arena, hierarchy->path)) != 0 ||
	    !hierarchy->path[1])
		return -EINVAL;
	hierarchy->v2 = !strcmp(text, word_of_v2);
	hierarchy->controllers = hierarchy->v2 ? "" : text;
	hierarchy->mount = mount;
	slash = strrchr(mount, '/');
	hierarchy->name = slash + 1;
	hierarchy->own = arena_copy(arena, "/");
	return 0;
}

int cg_reopen(struct cgroup *cgroup, const struct strings *saved, enum cg_driver driver,
	      struct arena *arena)
{
	const size_t room = sizeof cgroup->hierarchies / sizeof *cgroup->hierarchies;

	*cgroup = (struct cgroup){ .driver = driver, .arena = arena };
	for (size_t i = 0; i < saved->count && cgroup->count < room; i++) {
		if (driver == CG_SYSTEMD && cg_systemd_reopen(cgroup, saved->at[i]))
			continue;
		if (reopen_word(&cgroup->hierarchies[cgroup->count], saved->at[i], arena))
			return refuse(EINVAL, "the container's record names a wrong cgroup: %s",
				      saved->at[i]);
		cgroup->count++;
	}
	cgroup->pure_v2 = cgroup->count == 1 && cgroup->hierarchies[0].v2;
	return 0;
}
