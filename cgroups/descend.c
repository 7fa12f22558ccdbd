/* descend.c -- exec in a cgroup below the container's own.
 *
 * `exec --cgroup`: PATH is for every hierarchy, CONTROLLER[,CONTROLLER]:PATH for those that have one
 * of them. The cgroup must be there: whoever is in the container has made it.
 *
 * And where the container's own takes nobody any more: a v2 cgroup that hands controllers down holds
 * no process itself, and one whose processes were moved away may be gone. Then exec follows the
 * container's first process.
 *
 * Does not enter it: enter.c. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cgroups/tree.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

/* The kernel itself would refuse ".." (RESOLVE_BENEATH; crun 1.28 let exec climb out that way), but
 * not one that leads back down. */
static bool climbs(const char *path)
{
	for (; *path; path += strcspn(path, "/"), path += strspn(path, "/")) {
		if (strcspn(path, "/") == 2 && path[0] == '.' && path[1] == '.')
			return true;
	}
	return false;
}

static int descend_in(struct cg_hierarchy *hierarchy, const char *path)
{
	int dir = cg_dir(hierarchy), fd;

	if (dir < 0 || !*path)
		return dir < 0 ? dir : 0;
	fd = open_below(dir, path, O_RDONLY | O_DIRECTORY, 0);
	if (fd < 0)
		return fd;
	close(hierarchy->fd);
	hierarchy->fd = fd;
	return 0;
}

/* "cpu,cpuacct:sub": those of the names that are in this hierarchy are counted. */
static bool is_named(const struct cg_hierarchy *hierarchy, const char *word, size_t *known)
{
	size_t before = *known;
	char name[64];

	for (size_t span = 0; *word != ':'; word += span + (word[span] == ',')) {
		span = strcspn(word, ",:");
		if (span >= sizeof name)
			continue;
		memcpy(name, word, span);
		name[span] = '\0';
		*known += cg_has_word(hierarchy->controllers, name);
	}
	return *known > before;
}

static size_t names_in(const char *word)
{
	size_t count = 1;

	for (; *word != ':'; word++)
		count += *word == ',';
	return count;
}

int cg_descend(struct cgroup *cgroup, const char *word)
{
	const char *colon = strchr(word, ':');
	const char *path = colon ? colon + 1 : word;
	size_t known = 0;

	path += strspn(path, "/");
	if (climbs(path))
		return refuse(EINVAL, "--cgroup %s: bad sub cgroup path: `..` components are not "
				      "allowed", word);
	for (size_t i = 0; i < cgroup->count; i++) {
		struct cg_hierarchy *hierarchy = &cgroup->hierarchies[i];
		int result;

		if (colon && !is_named(hierarchy, word, &known))
			continue;
		result = descend_in(hierarchy, path);
		/* Beside v1 the container does not see the v2 hierarchy, and cannot have made it
		 * there. */
		if (result == -ENOENT && hierarchy->v2 && !cgroup->pure_v2 && !colon)
			continue;
		if (result)
			return fail(result, "--cgroup %s: adding pid to %s%s/%s", word,
				    hierarchy->mount, hierarchy->path, path);
	}
	if (colon && known < names_in(word))
		return refuse(EINVAL, "--cgroup %s: unknown controller %.*s", word,
			      (int)(colon - word), word);
	return 0;
}

/* "/user/web/init" of "0::/user/web/init\n"; NULL: it is not there. */
static char *v2_path(char *text)
{
	char *line = strncmp(text, "0::", 3) ? strstr(text, "\n0::") : text, *path;

	if (!line)
		return NULL;
	path = strchr(line, '/');
	if (path)
		path[strcspn(path, "\n")] = '\0';
	return path;
}

/* The part of it below "/user/web". */
static const char *part_below(const char *path, const char *own)
{
	const char *at = strstr(path, own);
	size_t length = strlen(own);

	return at && at[length] == '/' ? at + length + strspn(at + length, "/") : NULL;
}

int cg_follow(struct cgroup *cgroup, pid_t pid)
{
	struct cg_hierarchy *v2 = cg_hierarchy_v2(cgroup);
	const char *below;
	char *text, *path, name[64];
	ssize_t length;
	int result;

	snprintf(name, sizeof name, "/proc/%d/cgroup", pid);
	autoclose int fd = open(name, O_RDONLY | O_CLOEXEC);
	length = fd < 0 ? -errno : read_all(fd, cgroup->arena, &text, 1 << 20);
	path = v2 && length > 0 ? v2_path(text) : NULL;
	/* "/..": outside of what our cgroup namespace shows. */
	if (!path || climbs(path))
		return -ESRCH;
	if (cg_dir(v2) == -ENOENT) {
		v2->path = path;
		return cg_dir(v2) < 0 ? -ESRCH : 0;
	}
	below = part_below(path, v2->path);
	if (!below)
		return -ESRCH;
	result = descend_in(v2, below);
	return result ? fail(result, "open cgroup %s%s/%s", v2->mount, v2->path, below) : 0;
}
