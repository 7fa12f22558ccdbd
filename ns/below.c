/* below.c -- paths that cannot leave the container's root.
 *
 * The image is not ours: any component of any path below the root may be a symlink, and may become
 * one while we look (CVE-2019-18837, CVE-2021-30465, CVE-2024-45310, CVE-2026-41579). So the
 * kernel resolves (openat2(2), RESOLVE_IN_ROOT, since 5.6) and hands out a descriptor, and that
 * descriptor is what everybody works on: no string is resolved twice.
 *
 * Missing mount points are made one component at a time. Symlinks that lead nowhere yet are
 * followed (images have /etc/resolv.conf -> ../run/...), by text, but each step of what comes out
 * is opened with RESOLVE_NO_SYMLINKS: whoever swaps a directory for a link meanwhile gets ELOOP.
 *
 * Does not mount and does not decide what may be mounted where (mounts.c). */
#include "ns/below.h"

#include <errno.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "runtime/base/files.h"
#include "runtime/base/owned.h"

enum { symlinks_max = 40 }; /* as the kernel: path_resolution(7) */

static int look(int root, const char *path, int flags, unsigned how)
{
	uint64_t resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;

	if (how & BELOW_NO_SYMLINKS)
		resolve |= RESOLVE_NO_SYMLINKS;
	if (how & BELOW_NOFOLLOW)
		flags |= O_NOFOLLOW;
	return open_how(root, *path ? path : "/", O_PATH | flags, 0, resolve);
}

int below_open(int root, const char *path, unsigned how)
{
	return look(root, path, 0, how);
}

/* A walk: `done` has no symlinks, `rest` is still to be resolved. */
struct walk {
	int root;
	unsigned how, links;
	char done[PATH_MAX], rest[PATH_MAX];
};

/* Takes the next component off `rest`; false at its end. */
static bool next(struct walk *walk, char *name)
{
	char *start = walk->rest + strspn(walk->rest, "/");
	size_t length = strcspn(start, "/");

	if (length > NAME_MAX)
		length = NAME_MAX + 1;
	memcpy(name, start, length);
	name[length] = '\0';
	memmove(walk->rest, start + length, strlen(start + length) + 1);
	return length > 0;
}

static bool is_last(const struct walk *walk)
{
	return walk->rest[strspn(walk->rest, "/")] == '\0';
}

/* Puts the text of a symlink before the rest. */
static int splice_link(struct walk *walk, int link)
{
	char text[PATH_MAX], joined[PATH_MAX];
	ssize_t length = readlinkat(link, "", text, sizeof text);

	if (length < 0)
		return -errno;
	if ((size_t)length == sizeof text)
		return -ENAMETOOLONG;
	if (++walk->links > symlinks_max || walk->how & BELOW_NO_SYMLINKS)
		return -ELOOP;
	text[length] = '\0';
	if (snprintf(joined, sizeof joined, "%s/%s", text, walk->rest) >= (int)sizeof joined)
		return -ENAMETOOLONG;
	if (text[0] == '/')
		walk->done[0] = '\0';
	memcpy(walk->rest, joined, sizeof joined);
	return 0;
}

static int make(struct walk *walk, const char *name, bool file)
{
	autoclose int parent = look(walk->root, walk->done, O_DIRECTORY, BELOW_NO_SYMLINKS);
	int made;

	if (parent < 0)
		return parent;
	if (!file)
		return mkdirat(parent, name, 0755) < 0 && errno != EEXIST ? -errno : 0;
	made = openat(parent, name, O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (made < 0)
		return errno != EEXIST ? -errno : 0;
	close(made);
	return 0;
}

/* One component. `file`: the last one is to be a file if it has to be made. */
static int step(struct walk *walk, const char *name, bool file)
{
	size_t before = strlen(walk->done);
	struct stat about;

	if (!strcmp(name, "."))
		return 0;
	if (!strcmp(name, "..")) {
		char *slash = strrchr(walk->done, '/');

		if (slash)
			*slash = '\0';
		return 0;
	}
	if (before + 1 + strlen(name) >= sizeof walk->done || strlen(name) > NAME_MAX)
		return -ENAMETOOLONG;
	walk->done[before] = '/';
	strcpy(walk->done + before + 1, name);

	autoclose int here = look(walk->root, walk->done, O_NOFOLLOW, 0);
	if (here == -ENOENT) {
		walk->done[before] = '\0';
		int result = make(walk, name, file && is_last(walk));
		walk->done[before] = '/';
		return result;
	}
	if (here < 0)
		return here;
	if (fstat(here, &about) < 0)
		return -errno;
	if (!S_ISLNK(about.st_mode) || (is_last(walk) && walk->how & BELOW_NOFOLLOW))
		return 0;
	walk->done[before] = '\0';
	return splice_link(walk, here);
}

/* Resolves and makes; `walk->done` is the path in the end. */
static int walk_and_make(struct walk *walk, int root, const char *path, unsigned how, bool file)
{
	char name[NAME_MAX + 2];

	walk->root = root;
	walk->how = how;
	walk->links = 0;
	walk->done[0] = '\0';
	if (snprintf(walk->rest, sizeof walk->rest, "%s", path) >= (int)sizeof walk->rest)
		return -ENAMETOOLONG;
	while (next(walk, name)) {
		int result = step(walk, name, file);

		if (result)
			return result;
	}
	return 0;
}

/* Cuts "/dev/pts/" into "/dev/" and "pts". */
static int cut(const char *path, char parent[PATH_MAX], char *name, size_t size)
{
	size_t end = strlen(path), start;

	while (end && path[end - 1] == '/')
		end--;
	for (start = end; start && path[start - 1] != '/';)
		start--;
	if (end == start)
		return -EINVAL;
	if (end - start >= size || start >= PATH_MAX)
		return -ENAMETOOLONG;
	memcpy(name, path + start, end - start);
	name[end - start] = '\0';
	memcpy(parent, path, start);
	parent[start] = '\0';
	return strcmp(name, ".") && strcmp(name, "..") ? 0 : -EINVAL;
}

/* The usual case: only the last component is missing. -EAGAIN: it is not that. */
static int make_last(int root, const char *path, unsigned how, bool file)
{
	char parent[PATH_MAX], name[NAME_MAX + 1];
	int made;

	if (cut(path, parent, name, sizeof name))
		return -EAGAIN;
	autoclose int directory = look(root, parent, O_DIRECTORY, how);
	if (directory < 0)
		return -EAGAIN;
	if (!file && mkdirat(directory, name, 0755) < 0)
		return errno == EEXIST ? -EAGAIN : -errno;
	made = file ? openat(directory, name, O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644) : -1;
	if (file && made < 0)
		return errno == EEXIST ? -EAGAIN : -errno;
	close_owned(&made);
	return open_how(directory, name, O_PATH | O_NOFOLLOW | (file ? 0 : O_DIRECTORY), 0,
			RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
}

/* Not inlined: its stack is four pages, and the usual case must not touch them. */
__attribute__((noinline)) static int make_all(int root, const char *path, unsigned how, bool file)
{
	struct walk walk;
	int result = walk_and_make(&walk, root, path, how, file);

	if (result)
		return result;
	return look(root, walk.done, file ? 0 : O_DIRECTORY, how | BELOW_NO_SYMLINKS);
}

static int make_and_open(int root, const char *path, unsigned how, bool file)
{
	/* Nearly always it is there, and one call does. */
	int fd = look(root, path, file ? 0 : O_DIRECTORY, how);

	if (fd != -ENOENT)
		return fd;
	fd = make_last(root, path, how, file);
	return fd == -EAGAIN ? make_all(root, path, how, file) : fd;
}

int below_make_directory(int root, const char *path, unsigned how)
{
	return make_and_open(root, path, how, false);
}

int below_make_file(int root, const char *path, unsigned how)
{
	return make_and_open(root, path, how, true);
}

int below_parent(int root, const char *path, char *name, size_t size)
{
	char parent[PATH_MAX];
	int result = cut(path, parent, name, size);

	return result ? result : make_and_open(root, parent, 0, false);
}
