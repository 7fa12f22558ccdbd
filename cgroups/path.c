/* path.c -- cgroup paths, cleaned by their letters alone.
 *
 * cgroupfs has no symlinks, so what ".." means can be worked out without looking: as in a chroot,
 * the parent of "/" is "/". Nothing is left afterwards that could climb.
 *
 * Does not know any hierarchy: plan.c puts the paths together. */
#include <string.h>

#include "cgroups/tree.h"

char *cg_clean_path(struct arena *arena, const char *path)
{
	char *clean = arena_alloc(arena, strlen(path) + 2), *end = clean;

	while (*path) {
		size_t span = strcspn(path, "/");

		if (span == 2 && !memcmp(path, "..", 2)) {
			while (end > clean && *--end != '/')
				;
		} else if (span && !(span == 1 && *path == '.')) {
			*end++ = '/';
			memcpy(end, path, span);
			end += span;
		}
		path += span + (path[span] == '/');
	}
	if (end == clean)
		*end++ = '/';
	*end = '\0';
	return clean;
}
