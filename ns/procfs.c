/* procfs.c -- a procfs that nobody else can have changed.
 *
 * A new, detached instance: nothing can be mounted over its files, since it is in nobody's mount
 * namespace. Where a user namespace forbids that (the /proc outside is partly covered, or the pid
 * namespace is not its own), a clone of /proc, without what is mounted on it, is the next best: it
 * must be procfs (fstatfs) and its root (inode 1), else there is none.
 *
 * Does not read or write anything in it: open_below() does, which crosses no mount. */
#include "ns/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ns/attach.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

enum { procfs_root_inode = 1 }; /* PROC_ROOT_INO, include/linux/proc_ns.h */

static int make_detached(void)
{
	autoclose int context = (int)syscall(SYS_fsopen, "proc", FSOPEN_CLOEXEC);
	int mount;

	if (context < 0)
		return -errno;
	if (syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	mount = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC,
			     MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	return mount < 0 ? -errno : mount;
}

static int borrow(void)
{
	autoclose int proc = attach_clone(AT_FDCWD, "/proc", false, true);
	struct statfs filesystem;
	struct stat about;

	/* EINVAL: mounts locked on top of it in a user namespace may not be shed; then it is used
	 * as it is, and open_below() still refuses to cross into them. */
	if (proc == -EINVAL || proc == -EPERM || proc == -ENOSYS)
		proc = open_how(AT_FDCWD, "/proc", O_PATH | O_DIRECTORY | O_NOFOLLOW, 0, 0);
	if (proc < 0)
		return fail(proc, "open a procfs of our own");
	if (fstatfs(proc, &filesystem) < 0 || fstat(proc, &about) < 0)
		return fail(errno, "look at /proc");
	if (filesystem.f_type != PROC_SUPER_MAGIC || about.st_ino != procfs_root_inode)
		return refuse(ENODEV, "/proc is not a procfs");
	return take(&proc);
}

int ns_procfs_open(void)
{
	int proc = make_detached();

	if (proc >= 0)
		return proc;
	if (proc != -EPERM && proc != -ENOSYS && proc != -EACCES)
		return fail(proc, "open a procfs of our own");
	return borrow();
}
