/* below.c -- every cgroup below one, deepest first, however many there are.
 *
 * The payload may have made them: thousands side by side, or thousands deep, with names that begin
 * with a dot. So neither a descriptor nor a stack frame for each level: one directory is open at a
 * time, and up it goes by "..". That cannot lead astray: there are no symlinks in cgroupfs, and a
 * cgroup cannot be moved below another one (rename(2) of v1 stays in its directory).
 *
 * Does not know what is done there: pids.c, freeze.c, remove.c. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroups/tree.h"
#include "runtime/base/owned.h"

/* One whose processes are alive might go on making them below the one we are in. */
enum { most_cgroups = 1 << 20 };

struct level {
	struct level *above;
	char *names, *next; /* one after the other, each with its NUL; an empty one ends the list */
	size_t length, room;
};

static int add_name(struct level *level, const char *name)
{
	size_t length = strlen(name) + 1;

	if (level->length + length >= level->room) {
		size_t room = (level->room + length) * 2 + 256;
		char *larger = realloc(level->names, room);

		if (!larger)
			return -ENOMEM;
		level->names = larger;
		level->room = room;
	}
	memcpy(level->names + level->length, name, length);
	level->length += length;
	level->names[level->length] = '\0';
	return 0;
}

static bool is_cgroup(const struct dirent *entry)
{
	return entry->d_type == DT_DIR && strcmp(entry->d_name, ".") != 0 &&
	       strcmp(entry->d_name, "..") != 0;
}

static int read_names(int dir, struct level *level)
{
	int again = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), result = 0;
	DIR *list = again < 0 ? NULL : fdopendir(again);
	struct dirent *entry;

	if (!list) {
		result = -errno;
		if (again >= 0)
			close(again);
		/* Gone in the meantime: nothing is in it. */
		return result == -ENOENT || result == -ENODEV ? 0 : result;
	}
	while (!result && (entry = readdir(list))) {
		if (is_cgroup(entry))
			result = add_name(level, entry->d_name);
	}
	closedir(list);
	return result;
}

static int descend(int dir, struct level **level)
{
	struct level *below = calloc(1, sizeof *below);
	int result;

	if (!below)
		return -ENOMEM;
	below->above = *level;
	*level = below;
	result = read_names(dir, below);
	below->next = below->names ? below->names : (char *)"";
	return result;
}

static void ascend(struct level **level)
{
	struct level *above = (*level)->above;

	free((*level)->names);
	free(*level);
	*level = above;
}

/* To the next one that has something below; 1 when this directory's are through. */
static int next_child(int *here, struct level **level, const struct cg_walk *walk)
{
	struct level *now = *level;

	for (; *now->next; now->next += strlen(now->next) + 1) {
		int below;

		if (walk->child && walk->child(*here, now->next, walk->data))
			continue;
		below = cg_open_dir(*here, now->next);
		if (below < 0)
			continue;
		close(*here);
		*here = below;
		return descend(below, level);
	}
	return 1;
}

static int go_up(int *here, struct level **level, const struct cg_walk *walk)
{
	int above = openat(*here, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (above < 0)
		return -errno;
	close(*here);
	*here = above;
	ascend(level);
	if (walk->child)
		walk->child(above, (*level)->next, walk->data);
	(*level)->next += strlen((*level)->next) + 1;
	return 0;
}

static int walk_down(int *here, struct level **level, const struct cg_walk *walk)
{
	int result = descend(*here, level);

	for (unsigned seen = 0; result >= 0; seen++) {
		result = seen < most_cgroups ? next_child(here, level, walk) : -E2BIG;
		if (result <= 0)
			continue;
		result = walk->visit ? walk->visit(*here, walk->data) : 0;
		if (result || !(*level)->above)
			break;
		result = go_up(here, level, walk);
	}
	return result;
}

int cg_walk_below(int dir, const struct cg_walk *walk)
{
	autoclose int here = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct level *level = NULL;
	int result;

	if (here < 0)
		return errno == ENOENT || errno == ENODEV ? 0 : -errno;
	result = walk_down(&here, &level, walk);
	while (level)
		ascend(&level);
	return result;
}
