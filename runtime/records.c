/* records.c -- the directory that holds the records of all containers.
 *
 * What lies in it is believed: which process to kill, which cgroup to remove. So it has to belong
 * to us (or to root), and nobody else may be able to write to it; a directory that everybody can
 * write to, such as /tmp, only if it is sticky, and then every record in it is looked at the same
 * way.
 *
 * Does not read records (record.c). */
#include "runtime/record.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

/* ---- opening --------------------------------------------------------------------------------- */

/* Root of the first user namespace has all ids, each mapped to itself (user_namespaces(7)). */
static bool in_user_namespace(void)
{
	char text[128] = "";
	unsigned inside, outside, count;
	autoclose int fd = open("/proc/self/uid_map", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, text, sizeof text - 1) <= 0)
		return false;
	return sscanf(text, "%u %u %u", &inside, &outside, &count) != 3 || inside || outside ||
	       count != UINT32_MAX;
}

/* An ordinary user, also one who is root in a namespace of their own (rootless podman), has a
 * directory of their own for such things: basedir-spec, XDG_RUNTIME_DIR. */
static char *default_path(struct arena *arena)
{
	const char *runtime_dir = getenv("XDG_RUNTIME_DIR");
	bool ours = runtime_dir && runtime_dir[0] == '/';

	if (geteuid() != 0)
		return ours ? arena_format(arena, "%s/caisson", runtime_dir)
			    : arena_format(arena, "/run/user/%u/caisson", geteuid());
	if (ours && in_user_namespace())
		return arena_format(arena, "%s/caisson", runtime_dir);
	return arena_copy(arena, "/run/caisson");
}

static char *absolute_path(const char *path, struct arena *arena)
{
	autofree char *here = NULL;

	if (path[0] == '/')
		return arena_copy(arena, path);
	here = getcwd(NULL, 0);
	return here ? arena_format(arena, "%s/%s", here, path) : NULL;
}

static int make_directories(const char *path, struct arena *arena)
{
	char *prefix = arena_copy(arena, path);

	for (char *slash = prefix; slash;) {
		slash = strchr(slash + 1, '/');
		if (slash)
			*slash = '\0';
		if (mkdir(prefix, 0700) < 0 && errno != EEXIST)
			return fail(errno, "make the state directory %s", prefix);
		if (slash)
			*slash = '/';
	}
	return 0;
}

static int verify_owner(int fd, const char *path)
{
	struct stat about;

	if (fstat(fd, &about) < 0)
		return fail(errno, "look at the state directory %s", path);
	if (about.st_uid != geteuid() && about.st_uid != 0)
		return refuse(EPERM, "the state directory %s belongs to user %u, not to us", path,
			      about.st_uid);
	if ((about.st_mode & 022) && !(about.st_mode & S_ISVTX))
		return advise(refuse(EPERM, "others can write to the state directory %s", path),
			      "chmod go-w %s", path);
	return 0;
}

int records_open(struct records *records, const char *root, bool make, struct arena *arena)
{
	autoclose int fd = -1;
	int result = 0;

	records->fd = -1;
	records->path = root ? absolute_path(root, arena) : default_path(arena);
	if (!records->path)
		return fail(errno, "find the current directory for --root %s", root);
	if (make)
		result = make_directories(records->path, arena);
	if (result < 0)
		return result;
	fd = open(records->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT && !make)
		return 0;
	if (fd < 0)
		return fail(errno, "open the state directory %s", records->path);
	result = verify_owner(fd, records->path);
	if (result < 0)
		return result;
	records->fd = take(&fd);
	return 0;
}

void records_close(struct records *records)
{
	if (records->fd >= 0)
		close(records->fd);
	records->fd = -1;
}

/* ---- listing --------------------------------------------------------------------------------- */

/* A descriptor of its own: two readers of one would share the position. */
static DIR *read_directory(int dir)
{
	autoclose int fd = open_below(dir, ".", O_RDONLY | O_DIRECTORY, 0);
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);

	if (stream)
		take(&fd);
	return stream;
}

static int by_name(const void *one, const void *other)
{
	return strcmp(*(char *const *)one, *(char *const *)other);
}

static void add_name(struct strings *names, size_t *room, const char *name, struct arena *arena)
{
	if (names->count + 1 >= *room) {
		char **larger = arena_array(arena, *room * 2 + 16, sizeof *larger);

		if (names->count)
			memcpy(larger, names->at, names->count * sizeof *larger);
		names->at = larger;
		*room = *room * 2 + 16;
	}
	names->at[names->count++] = arena_copy(arena, name);
}

int records_list(const struct records *records, struct strings *ids, struct arena *arena)
{
	size_t room = 0;
	DIR *stream;

	*ids = (struct strings) { .at = arena_new(arena, char *) };
	if (records->fd < 0)
		return 0;
	stream = read_directory(records->fd);
	if (!stream)
		return fail(errno, "read the state directory %s", records->path);
	for (struct dirent *entry; (entry = readdir(stream));) {
		bool may_be_directory = entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN;

		if (may_be_directory && record_check_id(entry->d_name) == 0)
			add_name(ids, &room, entry->d_name, arena);
	}
	closedir(stream);
	forget_fault();
	if (ids->count)
		qsort(ids->at, ids->count, sizeof *ids->at, by_name);
	return 0;
}

/* ---- removing -------------------------------------------------------------------------------- */

static int remove_below(int dir, const char *name, unsigned depth)
{
	DIR *stream;
	int result = 0;
	autoclose int fd = open_below(dir, name, O_RDONLY | O_DIRECTORY, 0);

	if (fd < 0)
		return fd;
	stream = read_directory(fd);
	if (!stream)
		return -errno;
	for (struct dirent *entry; !result && (entry = readdir(stream));) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (unlinkat(fd, entry->d_name, 0) == 0 || errno == ENOENT)
			continue;
		result = errno != EISDIR ? -errno
			 : depth	 ? remove_below(fd, entry->d_name, depth - 1)
					 : -ELOOP;
	}
	closedir(stream);
	if (!result && unlinkat(dir, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		result = -errno;
	return result;
}

/* A directory called .dead is removed by whoever comes by, its owner and every command that sweeps:
 * for each of them what is gone is what was wanted. */
int records_remove_tree(int dir, const char *name)
{
	int result = remove_below(dir, name, 8);

	return result == -ENOENT ? 0 : result;
}

void records_own_name(char name[64], const char *kind, unsigned attempt)
{
	snprintf(name, 64, "%s-%d-%u", kind, getpid(), attempt);
}

/* A half-made directory is alive while its maker holds the lock; a half-removed one never is. */
static bool is_abandoned(int dir, const char *name)
{
	if (!strncmp(name, ".dead-", 6))
		return true;
	if (strncmp(name, ".new-", 5))
		return false;
	autoclose int fd = open_below(dir, name, O_RDONLY | O_DIRECTORY, 0);
	return fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;
}

void records_sweep(const struct records *records)
{
	DIR *stream = records->fd < 0 ? NULL : read_directory(records->fd);

	if (!stream)
		return;
	for (struct dirent *entry; (entry = readdir(stream));) {
		if (is_abandoned(records->fd, entry->d_name))
			records_remove_tree(records->fd, entry->d_name);
	}
	closedir(stream);
}
