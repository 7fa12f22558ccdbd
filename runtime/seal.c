/* seal.c -- the runtime's own program file, out of the container's reach. See seal.h.
 *
 * /proc/PID/exe opens the file through the mount it was executed from. Executed from a detached
 * read-only clone of its mount, it cannot be opened for writing through that link, whoever asks;
 * and no copy is made. Where mounts cannot be cloned (an ordinary user, also as root of a user
 * namespace without a mount namespace of its own) the file is not writable for the container
 * either: root inside is that same ordinary user, or a subordinate id of it. */
#include "runtime/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "runtime/base/owned.h"
#include "runtime/base/proc.h"

/* That of the clone we were executed from, -1 when it is closed or there never was one. */
static int kept = -1;

/* execveat(2): who is executed by descriptor hears its number as AT_EXECFN. A caller may do the same
 * with a file of his own, but hardly with an O_PATH. */
static void find_clone(void)
{
	static const char folder[] = "/dev/fd/";
	const char *name = (const char *)getauxval(AT_EXECFN);
	int fd, flags;

	if (!name || strncmp(name, folder, sizeof folder - 1))
		return;
	fd = atoi(name + sizeof folder - 1);
	flags = fcntl(fd, F_GETFL);
	if (flags >= 0 && flags & O_PATH && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0)
		kept = fd;
}

int seal_descriptor(void)
{
	return kept;
}

void seal_let_go(void)
{
	if (kept >= 0)
		close(take(&kept));
}

int seal_program(char **argv)
{
	struct mount_attr readonly = { .attr_set = MOUNT_ATTR_RDONLY };
	struct statfs about;

	if (statfs("/proc/self/exe", &about) < 0)
		return fail(errno, "look at /proc/self/exe");
	/* A property of the mount, unlike an environment variable nothing can forge it. */
	if (about.f_flags & ST_RDONLY) {
		find_clone();
		return 0;
	}
	/* Survives execve, see seal_let_go(). 0 to 2 are open, main() sees to that. */
	autoclose int clone = (int)syscall(SYS_open_tree, AT_FDCWD, "/proc/self/exe",
					   OPEN_TREE_CLONE);
	if (clone < 0)
		return errno == EPERM && (geteuid() != 0 || !in_initial_userns())
			       ? 0
			       : fail(errno, "clone the mount of /proc/self/exe");
	if (syscall(SYS_mount_setattr, clone, "", AT_EMPTY_PATH, &readonly, sizeof readonly) < 0)
		return fail(errno, "make the clone of /proc/self/exe read-only");
	syscall(SYS_execveat, clone, "", argv, environ, AT_EMPTY_PATH);
	return fail(errno, "execute a read-only clone of /proc/self/exe");
}
