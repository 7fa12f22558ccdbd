/* pivot.c -- the assembled tree becomes "/", and the host's goes away.
 *
 * pivot_root(".", ".") puts the old root on top of the new one without needing a directory for it
 * (pivot_root(2), NOTES); detaching it is then the one unmount of a start. --no-pivot is for
 * initramfs, which cannot be pivoted: the tree is moved over "/" and chroot(2) follows, after
 * every whole procfs and sysfs of the host was taken away, since a chroot can be left and the
 * kernel would otherwise permit a fresh mount of them. Without a mount namespace of its own the
 * container gets chroot(2) alone, as with runc and crun.
 *
 * Does not make the tree (root.c, mounts.c). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ns/rootplan.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

static int go_to_root(const char *what)
{
	if (chroot(".") < 0)
		return fail(errno, "%s", what);
	return chdir("/") < 0 ? fail(errno, "chdir to the new root") : 0;
}

static int pivot(struct ns_root *root)
{
	bool shared = root->spec->linux.rootfs_propagation & MS_SHARED;
	autoclose int old_root = shared ? open("/", O_PATH | O_CLOEXEC) : -1;

	if (shared && old_root < 0)
		return fail(errno, "open the old root");
	if (syscall(SYS_pivot_root, ".", ".") < 0) {
		int result = fail(errno, "pivot_root to %s", root->path);

		return result == -EINVAL ? advise(result, "an initramfs cannot be pivoted: "
							  "--no-pivot")
					 : result;
	}
	/* The old root lies on the new one now, and all of it is still shared with the host if the
	 * config asked for rootfsPropagation shared: it must not be unmounted there. To mount(2) "."
	 * would be the new root, whose volumes have to stay shared. */
	if (shared && (fchdir(old_root) < 0 || mount(NULL, ".", NULL, MS_SLAVE | MS_REC, NULL) < 0))
		return fail(errno, "make the old root a slave");
	/* The dearest call of a start: it waits for an RCU grace period (0.6 ms and more), whatever
	 * the number of mounts. Handing it to a child that shares our memory was tried: free on an
	 * idle machine, but on a loaded one waiting for that child to be scheduled costs more. */
	if (umount2(".", MNT_DETACH) < 0)
		return fail(errno, "unmount the old root");
	return chdir("/") < 0 ? fail(errno, "chdir to the new root") : 0;
}

/* One line of mountinfo (proc(5)): true if it is a whole procfs or sysfs outside the rootfs. */
static bool is_whole_proc(char *line, const char *rootfs, const char **point)
{
	char *save, *dash = strstr(line, " - ");
	char *type = dash ? dash + 3 : line, *root;
	size_t length = strlen(rootfs);

	if (!dash)
		return false;
	type[strcspn(type, " ")] = '\0';
	if (strcmp(type, "proc") && strcmp(type, "sysfs"))
		return false;
	*dash = '\0';
	strtok_r(line, " ", &save);
	strtok_r(NULL, " ", &save);
	strtok_r(NULL, " ", &save);
	root = strtok_r(NULL, " ", &save);
	*point = strtok_r(NULL, " ", &save);
	return root && *point && !strcmp(root, "/") &&
	       !(!strncmp(*point, rootfs, length) &&
		 ((*point)[length] == '/' || !(*point)[length]));
}

static int take_away(const char *point)
{
	if (mount(NULL, point, NULL, MS_SLAVE | MS_REC, NULL) < 0)
		/* Gone already with the one it was on. */
		return errno == ENOENT || errno == EINVAL ? 0 : fail(errno, "hide %s", point);
	if (umount2(point, MNT_DETACH) == 0)
		return 0;
	/* Locked in a user namespace: covered instead. */
	if (errno != EINVAL && errno != EPERM)
		return fail(errno, "unmount %s", point);
	return mount("tmpfs", point, "tmpfs", MS_RDONLY, NULL) < 0 ? fail(errno, "hide %s", point)
								   : 0;
}

static int move_over_root(struct ns_root *root)
{
	autoclose int mountinfo = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	const char *point;
	char *text, *save;
	ssize_t length;

	if (mountinfo < 0)
		return fail(errno, "open /proc/self/mountinfo");
	length = read_all(mountinfo, root->context.arena, &text, 16 << 20);
	if (length < 0)
		return fail((int)length, "read /proc/self/mountinfo");
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (is_whole_proc(line, root->path, &point)) {
			int result = take_away(point);

			if (result)
				return result;
		}
	}
	if (mount(".", "/", NULL, MS_MOVE, NULL) < 0)
		return fail(errno, "move %s over /", root->path);
	return go_to_root("chroot to the moved root");
}

int pivot_enter(struct ns_root *root)
{
	if (fchdir(root->fd) < 0)
		return fail(errno, "chdir to %s", root->path);
	if (root->chroot_only)
		return go_to_root("chroot to the root file system");
	if (root->context.no_pivot)
		return move_over_root(root);
	return pivot(root);
}
