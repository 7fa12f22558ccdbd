/* whereabouts.c -- where the workload starts: its directory and its program.
 *
 * Everything here follows paths that the image made, so no path goes through a magic link of
 * procfs: /proc/self/fd/N and /proc/self/exe are the ways out of a container (CVE-2024-21626,
 * CVE-2019-5736), and nothing is opened for reading before it is known to be a plain file.
 * The functions are declared in identity.h. Does not execve. */
#include <errno.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"
#include "runtime/identity.h"

enum { inside = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };

static int open_root(void)
{
	int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	return root < 0 ? fail(errno, "open the container's root") : root;
}

static int open_directory(int root, const char *path)
{
	return open_how(root, path, O_PATH | O_DIRECTORY, 0, inside);
}

/* Opens each leading part of the path in turn, and makes those that are missing in the one
 * before. A symlink that leads nowhere is not filled in: mkdirat says EEXIST, the second open
 * ENOENT. */
static int open_or_make(int root, const char *cwd)
{
	autoclose int at = open_directory(root, ".");
	char part[PATH_MAX];

	for (const char *name = cwd + strspn(cwd, "/"); at >= 0 && *name;) {
		size_t length = strcspn(name, "/");
		const char *end = name + length;
		int next;

		if ((size_t)(end - cwd) >= sizeof part)
			return -ENAMETOOLONG;
		memcpy(part, cwd, (size_t)(end - cwd));
		part[end - cwd] = '\0';
		next = open_directory(root, part);
		if (next == -ENOENT) {
			if (mkdirat(at, part + (name - cwd), 0755) < 0 && errno != EEXIST)
				return -errno;
			next = open_directory(root, part);
		}
		close_owned(&at);
		at = next;
		name = end + strspn(end, "/");
	}
	return take(&at);
}

static int cwd_failed(int error, const char *what, const char *cwd)
{
	if (error == -ELOOP)
		return refuse(ELOOP,
			      "\"%s\" leads through too many symlinks or through a magic link of "
			      "procfs, which may leave the container",
			      cwd);
	return fail(error, "%s \"%s\"", what, cwd);
}

/* The kernel itself says whether the directory can be reached from the root: "(unreachable)/x" if
 * not. glibc's getcwd would try to find another way to name it. */
static int verify_cwd(const char *cwd)
{
	char found[PATH_MAX + 16];
	long length = syscall(SYS_getcwd, found, sizeof found);

	/* Deeper than PATH_MAX is still inside: the kernel would have said so otherwise. */
	if (length < 0 && errno != ERANGE && errno != ENAMETOOLONG)
		return fail(errno, "find the current directory after entering \"%s\"", cwd);
	if (length > 0 && found[0] != '/')
		return refuse(EPERM, "\"%s\" is outside of the container's root", cwd);
	return 0;
}

static int check_absolute(const char *cwd)
{
	return cwd[0] == '/' ? 0 : refuse(EINVAL, "expected an absolute path, got \"%s\"", cwd);
}

int identity_make_cwd(int root, const char *cwd)
{
	autoclose int fd = -1;
	mode_t before;

	if (check_absolute(cwd) < 0)
		return blame(-EINVAL, "process.cwd");
	fd = open_directory(root, cwd);
	if (fd == -ENOENT) {
		before = umask(0022);
		fd = open_or_make(root, cwd);
		umask(before);
	}
	return fd < 0 ? blame(cwd_failed(fd, "make", cwd), "process.cwd") : 0;
}

static int enter(const char *cwd)
{
	autoclose int root = open_root();
	autoclose int fd = -1;

	if (root < 0)
		return root;
	if (check_absolute(cwd) < 0)
		return -EINVAL;
	fd = open_directory(root, cwd);
	if (fd < 0)
		return cwd_failed(fd, "enter", cwd);
	if (fchdir(fd) < 0)
		return cwd_failed(-errno, "enter", cwd);
	return verify_cwd(cwd);
}

int identity_cwd(const char *cwd)
{
	return blame(enter(cwd), "process.cwd");
}

enum verdict { can_run, is_missing, is_magic, is_directory, is_forbidden };

static enum verdict judge(const char *path, int *error)
{
	autoclose int fd = open_how(AT_FDCWD, path, O_PATH, 0, RESOLVE_NO_MAGICLINKS);
	struct stat about;

	*error = fd < 0 ? -fd : 0;
	/* A loop of symlinks is ELOOP as well, but stat(2) does not get through it. */
	if (fd == -ELOOP && stat(path, &about) == 0)
		return is_magic;
	if (fd < 0)
		return is_missing;
	if (fstat(fd, &about) < 0) {
		*error = errno;
		return is_missing;
	}
	if (S_ISDIR(about.st_mode))
		return is_directory;
	if (faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0)
		return can_run;
	*error = errno;
	return is_forbidden;
}

static int find_by_path(const char *program)
{
	int error;

	switch (judge(program, &error)) {
	case can_run:
		return 0;
	case is_directory:
		/* What execve says of it, and what docker's 126 was made of before release 23; that of
		 * podman still is. */
		return refuse(EACCES, "exec: \"%s\": permission denied: it is a directory", program);
	case is_magic:
		return refuse(EACCES,
			      "exec: \"%s\": permission denied: it leads through a magic "
			      "link of procfs, which may leave the container",
			      program);
	case is_missing:
		return fail_as_go(error, "exec: \"%s\": stat %s", program, program);
	case is_forbidden:
	default:
		return fail_as_go(error, "exec: \"%s\"", program);
	}
}

static const char *path_of(const struct strings *env)
{
	for (size_t i = env->count; i-- > 0;) {
		if (!strncmp(env->at[i], "PATH=", 5))
			return env->at[i] + 5;
	}
	return "";
}

static int find_in_path(const char **path, const char *program, const char *folders,
			struct arena *arena)
{
	int error;

	for (const char *at = folders; *folders; at++) {
		size_t length = strcspn(at, ":");
		const char *slash = length && at[length - 1] == '/' ? "" : "/";
		const char *candidate = arena_format(arena, "%.*s%s%s", length ? (int)length : 1,
						     length ? at : ".", slash, program);

		at += length;
		if (judge(candidate, &error) == can_run) {
			/* Go's ErrDot: a program out of the current directory is no program meant.
			 */
			if (candidate[0] != '/')
				return refuse(EACCES,
					      "exec: \"%s\": cannot run executable found "
					      "relative to current directory",
					      program);
			*path = candidate;
			return 0;
		}
		if (!*at)
			break;
	}
	return refuse(ENOENT, "exec: \"%s\": executable file not found in $PATH", program);
}

int identity_find_program(const char **path, const struct strings *args, const struct strings *env,
			  struct arena *arena)
{
	int result;

	if (!args->count)
		return blame(refuse(EINVAL, "there is no program to run"), "process.args");
	*path = args->at[0];
	result = strchr(args->at[0], '/') ? find_by_path(args->at[0])
					  : find_in_path(path, args->at[0], path_of(env), arena);
	return blame(result, "process.args[0]");
}
