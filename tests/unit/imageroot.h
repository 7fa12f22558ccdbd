/* imageroot.h -- a root that an image made, for tests of what is looked up in it.
 *
 * make_root() gives the test a mount namespace of its own, in which a new tmpfs is the root. */
#ifndef CAISSON_TESTS_IMAGEROOT_H
#define CAISSON_TESTS_IMAGEROOT_H

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static int host_folder = -1; /* a directory outside of the root, as a runtime might leak it */

static inline void put(const char *path, const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	cr_assert_geq(fd, 0, "%s", path);
	cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	cr_assert_eq(fchmod(fd, mode), 0);
	close(fd);
}

static inline void make_root(void)
{
	if (geteuid() != 0)
		cr_skip("needs root");
	cr_assert_eq(unshare(CLONE_NEWNS), 0);
	cr_assert_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	cr_assert_eq(mount("tmpfs", "/tmp", "tmpfs", 0, "mode=755"), 0);
	host_folder = open("/usr", O_PATH | O_DIRECTORY | O_CLOEXEC);
	cr_assert_eq(mkdir("/tmp/proc", 0755), 0);
	cr_assert_eq(mount("/proc", "/tmp/proc", NULL, MS_BIND | MS_REC, NULL), 0);
	cr_assert_eq(chroot("/tmp"), 0);
	cr_assert_eq(chdir("/"), 0);
	umask(0);
	mkdir("/etc", 0755);
	mkdir("/bin", 0755);
}

#endif
