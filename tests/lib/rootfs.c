/* rootfs.c -- a small root file system with a busybox in it. See rootfs.h. */
#include "tests/lib/rootfs.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/owned.h"
#include "tests/lib/box.h"

static const char *const folders[] = {
	"bin", "dev", "etc", "home", "proc", "root", "run", "sys", "tmp", "usr", "usr/bin", "var",
};

static const char *const applets[] = {
	"sh",	 "ash",	  "awk",   "basename", "cat",	 "chmod",   "chown",  "cp",	"cut",
	"date",	 "dd",	  "df",	   "dirname",  "echo",	 "env",	    "expr",   "false",	"find",
	"grep",	 "head",  "hostname", "id",    "ifconfig", "ip",    "kill",   "ln",	"ls",
	"mkdir", "mkfifo", "mknod", "mount",   "mountpoint", "mv",  "nc",     "nproc",	"od",
	"pgrep", "ping",  "printf", "ps",      "pwd",	 "readlink", "realpath", "rm",	"rmdir",
	"sed",	 "seq",	  "setsid", "sleep",   "sort",	 "stat",    "stty",   "sync",	"sysctl",
	"tail",	 "tee",	  "test",  "timeout",  "top",	 "touch",   "tr",     "true",	"tty",
	"umount", "uname", "uniq", "wc",       "which",	 "whoami",  "xargs",  "yes",
};

static void copy_busybox(int rootfs)
{
	static const char *const places[] = { "/bin/busybox", "/usr/bin/busybox",
					      "/bin/busybox.static" };
	struct stat about;
	int from = -1;

	for (unsigned i = 0; from < 0 && i < sizeof places / sizeof *places; i++)
		from = open(places[i], O_RDONLY | O_CLOEXEC);
	if (from < 0)
		boxes_skip("there is no busybox (busybox-static) here");
	autoclose int to = openat(rootfs, "bin/busybox", O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	cr_assert_geq(to, 0);
	cr_assert_eq(fstat(from, &about), 0);
	for (off_t done = 0; done < about.st_size;)
		cr_assert_gt(sendfile(to, from, &done, (size_t)(about.st_size - done)), 0);
	close(from);
}

static void write_text(int rootfs, const char *path, const char *text)
{
	autoclose int file = openat(rootfs, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	cr_assert_geq(file, 0);
	cr_assert_eq(write(file, text, strlen(text)), (ssize_t)strlen(text));
}

void rootfs_make(const char *path)
{
	mode_t mask = umask(022);
	autoclose int rootfs = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	cr_assert_geq(rootfs, 0, "%s: %s", path, strerror(errno));
	for (unsigned i = 0; i < sizeof folders / sizeof *folders; i++)
		cr_assert_eq(mkdirat(rootfs, folders[i], 0755), 0);
	cr_assert_eq(fchmodat(rootfs, "tmp", 01777, 0), 0);
	copy_busybox(rootfs);
	for (unsigned i = 0; i < sizeof applets / sizeof *applets; i++) {
		char link[64];

		snprintf(link, sizeof link, "bin/%s", applets[i]);
		cr_assert_eq(symlinkat("busybox", rootfs, link), 0);
	}
	write_text(rootfs, "etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"
					 "tester:x:1000:1000:tester:/home:/bin/sh\n");
	write_text(rootfs, "etc/group", "root:x:0:\ntester:x:1000:\n");
	umask(mask);
}
