/* copyup.c -- tmpcopyup: a tmpfs starts with what it is about to cover.
 *
 * Copied before the tmpfs is attached, so nobody sees it half full, and the content of the image
 * cannot lead anywhere: every name is opened relative to its directory's descriptor, symlinks are
 * copied, not followed. Modes, owners, times, extended attributes (where allowed) and hard links'
 * content come along; sockets are left out, since nobody listens on a copy.
 *
 * What earlier entries mounted below the destination is copied as it appears. Does not mount. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "ns/rootplan.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

enum { depth_max = 200 };

static int copy_directory(int from, int to, unsigned depth);

static int failed(const char *name)
{
	return fail(errno, "tmpcopyup: copy %s", name);
}

/* Those a tmpfs or our privileges do not take are not worth a failed start. */
static void copy_attributes(int from, int to)
{
	char names[4096], value[4096];
	ssize_t length = flistxattr(from, names, sizeof names);

	for (ssize_t at = 0; at < length; at += (ssize_t)strlen(names + at) + 1) {
		ssize_t size = fgetxattr(from, names + at, value, sizeof value);

		if (size >= 0)
			fsetxattr(to, names + at, value, (size_t)size, 0);
	}
}

/* Owner before mode: chown(2) clears set-user-ID bits. */
static int copy_status(int from, int to, const struct stat *about, const char *name)
{
	const struct timespec times[2] = { about->st_atim, about->st_mtim };

	if (fchown(to, about->st_uid, about->st_gid) < 0 || fchmod(to, about->st_mode & 07777) < 0)
		return failed(name);
	copy_attributes(from, to);
	return futimens(to, times) < 0 ? failed(name) : 0;
}

static int copy_content(int from, int to, const char *name)
{
	for (;;) {
		ssize_t sent = sendfile(to, from, NULL, 1 << 30);

		if (sent == 0)
			return 0;
		if (sent < 0 && errno != EINTR)
			return failed(name);
	}
}

static int copy_file(int from_dir, int to_dir, const char *name, const struct stat *about)
{
	autoclose int from = openat(from_dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat now;

	if (from < 0 || fstat(from, &now) < 0)
		return failed(name);
	if (!S_ISREG(now.st_mode) || now.st_ino != about->st_ino)
		return refuse(EAGAIN, "tmpcopyup: %s changed while it was copied", name);
	autoclose int to = openat(to_dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (to < 0)
		return failed(name);
	int result = copy_content(from, to, name);
	return result ? result : copy_status(from, to, &now, name);
}

static int copy_link(int from_dir, int to_dir, const char *name, const struct stat *about)
{
	char text[PATH_MAX];
	ssize_t length = readlinkat(from_dir, name, text, sizeof text - 1);

	if (length < 0)
		return failed(name);
	text[length] = '\0';
	if (symlinkat(text, to_dir, name) < 0 ||
	    fchownat(to_dir, name, about->st_uid, about->st_gid, AT_SYMLINK_NOFOLLOW) < 0)
		return failed(name);
	return 0;
}

static int copy_node(int to_dir, const char *name, const struct stat *about)
{
	if (S_ISSOCK(about->st_mode))
		return 0;
	if (mknodat(to_dir, name, about->st_mode, about->st_rdev) < 0 ||
	    fchownat(to_dir, name, about->st_uid, about->st_gid, AT_SYMLINK_NOFOLLOW) < 0 ||
	    fchmodat(to_dir, name, about->st_mode & 07777, 0) < 0)
		return failed(name);
	return 0;
}

static int copy_entry(int from_dir, int to_dir, const char *name, unsigned depth)
{
	struct stat about;

	if (fstatat(from_dir, name, &about, AT_SYMLINK_NOFOLLOW) < 0)
		return failed(name);
	if (S_ISREG(about.st_mode))
		return copy_file(from_dir, to_dir, name, &about);
	if (S_ISLNK(about.st_mode))
		return copy_link(from_dir, to_dir, name, &about);
	if (!S_ISDIR(about.st_mode))
		return copy_node(to_dir, name, &about);

	autoclose int from =
		openat(from_dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (from < 0 || mkdirat(to_dir, name, 0700) < 0)
		return failed(name);
	autoclose int to = openat(to_dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (to < 0)
		return failed(name);
	int result = copy_directory(from, to, depth + 1);
	return result ? result : copy_status(from, to, &about, name);
}

/* `from` and `to` must not be O_PATH. */
static int copy_directory(int from, int to, unsigned depth)
{
	int again = openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), result = 0;
	DIR *entries = again < 0 ? NULL : fdopendir(again);
	struct dirent *entry;

	if (!entries) {
		result = failed("directory");
		if (again >= 0)
			close(again);
		return result;
	}
	if (depth > depth_max)
		result = refuse(ELOOP, "tmpcopyup: more than %d directories deep", depth_max);
	while (!result && (errno = 0, entry = readdir(entries))) {
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			result = copy_entry(from, to, entry->d_name, depth);
	}
	if (!result && errno)
		result = failed("directory");
	closedir(entries);
	return result;
}

int copy_up(int mount, int target)
{
	autoclose int from = openat(target, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	autoclose int to = openat(mount, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (from < 0 || to < 0)
		return failed("directory");
	return copy_directory(from, to, 0);
}
