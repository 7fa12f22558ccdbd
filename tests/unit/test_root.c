/* test_root.c -- a whole root file system, and what the kernel has of it afterwards. */
#include "rootbox.h"

#include <dirent.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

Test(root, default_mounts_come_out_as_runc_has_them)
{
	autobox struct box box = { 0 };

	box_new(&box);
	box_defaults(&box);
	box.spec.root.readonly = true;
	box.unshare |= CLONE_NEWNET; /* with sysfs of its own */
	box_build(&box, show_mounts);
	assert_built(&box);
	cr_expect_str_eq(mount_line(&box, "/"), "/ ro,relatime - tmpfs box rw,mode=755");
	cr_expect_str_eq(mount_line(&box, "/proc"), "/proc rw,relatime - proc proc rw");
	cr_expect_str_eq(mount_line(&box, "/dev"),
			 "/dev rw,nosuid - tmpfs tmpfs rw,size=65536k,mode=755");
	cr_expect_str_eq(mount_line(&box, "/dev/pts"),
			 "/dev/pts rw,nosuid,noexec,relatime - devpts devpts "
			 "rw,gid=5,mode=620,ptmxmode=666");
	cr_expect_str_eq(mount_line(&box, "/dev/shm"),
			 "/dev/shm rw,nosuid,nodev,noexec,relatime - tmpfs shm rw,size=65536k");
	cr_expect_str_eq(mount_line(&box, "/dev/mqueue"),
			 "/dev/mqueue rw,nosuid,nodev,noexec,relatime - mqueue mqueue rw");
	cr_expect_str_eq(mount_line(&box, "/sys"),
			 "/sys ro,nosuid,nodev,noexec,relatime - sysfs sysfs ro");
	cr_expect_null(strstr(box.text, "/mnt"), "the host's mounts are gone");
}

static void show_dev(struct box *box)
{
	static const char *const names[] = { "null", "zero",  "full",	"random", "urandom", "tty",
					     "fd",   "stdin", "stdout", "stderr", "ptmx" };

	(void)box;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char path[64], text[64] = "";
		struct stat about;

		snprintf(path, sizeof path, "/dev/%s", names[i]);
		if (lstat(path, &about) < 0)
			printf("%s missing\n", names[i]);
		else if (S_ISLNK(about.st_mode) && readlink(path, text, sizeof text - 1) > 0)
			printf("%s -> %s\n", names[i], text);
		else
			printf("%s %o %u:%u %u:%u\n", names[i], about.st_mode, major(about.st_rdev),
			       minor(about.st_rdev), about.st_uid, about.st_gid);
	}
}

Test(root, dev_has_the_default_devices_and_links)
{
	autobox struct box box = { 0 };

	box_new(&box);
	box_defaults(&box);
	box_build(&box, show_dev);
	assert_built(&box);
	cr_assert_str_eq(box.text, "null 20666 1:3 0:0\nzero 20666 1:5 0:0\nfull 20666 1:7 0:0\n"
				   "random 20666 1:8 0:0\nurandom 20666 1:9 0:0\n"
				   "tty 20666 5:0 0:0\nfd -> /proc/self/fd\n"
				   "stdin -> /proc/self/fd/0\nstdout -> /proc/self/fd/1\n"
				   "stderr -> /proc/self/fd/2\nptmx -> pts/ptmx\n");
}

Test(root, a_dev_of_the_host_is_left_alone)
{
	autobox struct box box = { 0 };

	box_new(&box);
	box_mount(&box, "/dev/", "bind", "../host", "rbind");
	box_build(&box, show_dev);
	assert_built(&box);
	cr_assert_not_null(strstr(box.text, "null missing"));
	cr_assert_not_null(strstr(box.text, "ptmx missing"));
}

static void show_hidden(struct box *box)
{
	DIR *firmware = opendir("/sys/firmware");

	show("/proc/self/mountinfo");
	printf("keys:");
	fflush(stdout);
	show("/proc/keys");
	printf("|");
	for (struct dirent *entry; firmware && (entry = readdir(firmware));)
		printf("firmware/%s\n", entry->d_name);
	printf("mkdir: %d\n", mkdir("/sys/firmware/x", 0755) < 0 ? errno : 0);
	printf("sysrq: %d\n", open("/proc/sysrq-trigger", O_WRONLY) < 0 ? errno : 0);
	(void)box;
}

Test(root, masked_and_readonly_paths_hide_what_they_name)
{
	static const char masked[] = "/proc/kcore,/proc/keys,/proc/acpi,/sys/firmware,/nowhere/x";
	autobox struct box box = { 0 };

	box_new(&box);
	box_defaults(&box);
	box.spec.linux.masked_paths = box_words(&box, masked);
	box.spec.linux.readonly_paths =
		box_words(&box, "/proc/bus,/proc/sys,/proc/sysrq-trigger,/proc/nowhere");
	box_build(&box, show_hidden);
	assert_built(&box);
	cr_expect_str_eq(mount_line(&box, "/proc/sys"), "/proc/sys ro,relatime - proc proc rw");
	cr_expect_not_null(strstr(mount_line(&box, "/proc/keys"), "rw,nosuid"));
	cr_expect_not_null(
		strstr(mount_line(&box, "/sys/firmware"), "ro,relatime - tmpfs tmpfs ro"));
	cr_expect_not_null(strstr(box.text, "keys:|"), "%s", box.text);
	cr_expect_not_null(strstr(box.text, "mkdir: 30"));
	cr_expect_null(strstr(box.text, "firmware/a"));
}

Test(root, a_mask_needs_a_null_device_that_is_one)
{
	autobox struct box box = { 0 };

	box_new(&box);
	box_mount(&box, "/proc", "proc", "proc", NULL);
	box_write("/mnt/host/secret", "host");
	cr_assert_eq(symlink("/mnt/host/secret", box_path(&box, "dev/null")), 0);
	box.spec.linux.masked_paths = box_words(&box, "/proc/keys");
	box_build(&box, NULL);
	assert_failed(&box, "devices||/dev/null exists in the root file system and is not the "
			    "device 1:3");
}

Test(root, dev_as_a_symlink_touches_nothing_outside)
{
	autobox struct box box = { 0 };
	DIR *host;
	int entries = 0;

	box_new(&box);
	cr_assert_eq(rmdir(box_path(&box, "dev")), 0);
	cr_assert_eq(symlink("/mnt/host", box_path(&box, "dev")), 0);
	box_build(&box, NULL);
	assert_failed(&box, "devices||open /dev of the root file system: "
			    "Too many levels of symbolic links");
	host = opendir("/mnt/host");
	while (readdir(host))
		entries++;
	cr_assert_eq(entries, 2, "nothing but . and ..");
	closedir(host);
}

Test(root, proc_must_be_a_real_directory)
{
	autobox struct box box = { 0 };

	box_new(&box);
	cr_assert_eq(rmdir(box_path(&box, "proc")), 0);
	cr_assert_eq(mkdir(box_path(&box, "bad"), 0755), 0);
	cr_assert_eq(symlink("/bad", box_path(&box, "proc")), 0);
	box_mount(&box, "/proc", "proc", "proc", NULL);
	box_build(&box, NULL);
	assert_failed(&box, "mount|mounts[0]|filesystem \"proc\" must be mounted on ordinary "
			    "directory");
}

Test(root, only_procfs_goes_on_proc)
{
	autobox struct box box = { 0 };

	box_new(&box);
	box_mount(&box, "//proc/.", "tmpfs", "x", NULL);
	box_build(&box, NULL);
	assert_failed(&box, "plan|mounts[0].type|\"//proc/.\" cannot be mounted because it is not "
			    "of type proc");
}

Test(root, a_directory_bound_on_proc_is_refused)
{
	autobox struct box box = { 0 };

	box_new(&box);
	box_mount(&box, "/proc", "bind", "/mnt/host", "bind");
	box_build(&box, NULL);
	assert_failed(&box, "mount|mounts[0]|\"/proc\" cannot be mounted because it is not of type "
			    "proc");
}

Test(root, nothing_is_mounted_inside_proc)
{
	autobox struct box box = { 0 };

	box_new(&box);
	box_mount(&box, "/proc", "proc", "proc", NULL);
	box_mount(&box, "/proc/sys/kernel", "tmpfs", "x", NULL);
	box_build(&box, NULL);
	assert_failed(&box, "mount|mounts[1]|\"/proc/sys/kernel\" cannot be mounted because it is "
			    "inside /proc");
}

Test(root, a_symlink_into_proc_is_no_way_round)
{
	autobox struct box box = { 0 };

	box_new(&box);
	cr_assert_eq(symlink("/proc/sys", box_path(&box, "innocent")), 0);
	box_mount(&box, "/proc", "proc", "proc", NULL);
	box_mount(&box, "/innocent", "tmpfs", "x", NULL);
	box_build(&box, NULL);
	assert_failed(&box, "mount|mounts[1]|\"/innocent\" cannot be mounted because it is inside "
			    "/proc");
}

Test(root, lxcfs_may_fake_its_files)
{
	autobox struct box box = { 0 };

	box_new(&box);
	box_write("/mnt/host/cpuinfo", "one cpu\n");
	box_mount(&box, "/proc", "proc", "proc", NULL);
	box_mount(&box, "/proc/cpuinfo", "bind", "/mnt/host/cpuinfo", "bind");
	box_build(&box, show_mounts);
	assert_built(&box);
	cr_assert_str_neq(mount_line(&box, "/proc/cpuinfo"), "");
}

static void show_tree(struct box *box)
{
	(void)box;
	show("/etc/hosts");
}

Test(root, dangling_symlinks_are_followed_inside)
{
	autobox struct box box = { 0 };
	struct stat about;

	box_new(&box);
	box_write("/mnt/host/hosts", "127.0.0.1 box\n");
	cr_assert_eq(symlink("/tmp/foo/bar", box_path(&box, "jump")), 0);
	cr_assert_eq(symlink("/jump/../baz/hosts", box_path(&box, "etc/hosts")), 0);
	box_mount(&box, "/etc/hosts", "bind", "/mnt/host/hosts", "bind,ro");
	box_build(&box, show_tree);
	assert_built(&box);
	cr_assert_str_eq(box.text, "127.0.0.1 box\n");
	cr_assert_eq(lstat("/tmp/foo", &about), -1, "not made on the host");
}

Test(root, dotdot_and_absolute_links_stay_inside)
{
	autobox struct box box = { 0 };

	box_new(&box);
	cr_assert_eq(symlink("../../../../../../mnt/host", box_path(&box, "up")), 0);
	box_mount(&box, "/proc", "proc", "proc", NULL);
	box_mount(&box, "/up/deep/er", "tmpfs", "x", NULL);
	box_build(&box, show_mounts);
	assert_built(&box);
	cr_assert_str_neq(mount_line(&box, "/mnt/host/deep/er"), "");
	cr_assert_eq(access("/mnt/host/deep", F_OK), -1);
}

Test(root, relative_sources_start_at_the_bundle)
{
	autobox struct box box = { 0 };

	box_new(&box);
	box_write("/mnt/bundle/hosts", "127.0.0.1 box\n");
	box_mount(&box, "etc/hosts", "bind", "hosts", "bind");
	box_build(&box, show_tree);
	assert_built(&box);
	cr_assert_str_eq(box.text, "127.0.0.1 box\n");
}

Test(root, a_destination_may_begin_with_the_rootfs)
{
	autobox struct box box = { 0 };

	box_new(&box);
	box_mount(&box, "/proc", "proc", "proc", NULL);
	box_mount(&box, "/mnt/bundle/rootfs/final", "tmpfs", "x", NULL);
	box_build(&box, show_mounts);
	assert_built(&box);
	cr_assert_str_neq(mount_line(&box, "/final"), "");
}

static void show_mode(struct box *box)
{
	struct stat about;

	(void)box;
	printf("%o\n", stat("/data", &about) < 0 ? 0u : about.st_mode & 07777);
}

Test(root, a_tmpfs_takes_the_mode_of_what_it_covers)
{
	autobox struct box box = { 0 };

	box_new(&box);
	cr_assert_eq(mkdir(box_path(&box, "data"), 0710), 0);
	box_mount(&box, "/data", "tmpfs", "x", "nodev");
	box_build(&box, show_mode);
	assert_built(&box);
	cr_assert_str_eq(box.text, "710\n");
}

static void show_copy(struct box *box)
{
	struct stat about;
	char text[64] = "";

	(void)box;
	show("/data/file");
	stat("/data/sub", &about);
	printf("%o ", about.st_mode & 07777);
	stat("/data/sub/x", &about);
	printf("%o %u ", about.st_mode & 07777, about.st_uid);
	if (readlink("/data/link", text, sizeof text - 1) > 0)
		printf("%s", text);
	box_write("/data/new", "x");
}

Test(root, tmpcopyup_copies_what_is_covered)
{
	autobox struct box box = { 0 };

	box_new(&box);
	cr_assert_eq(mkdir(box_path(&box, "data"), 0755), 0);
	cr_assert_eq(mkdir(box_path(&box, "data/sub"), 0700), 0);
	cr_assert_eq(chmod(box_path(&box, "data/sub"), 0777), 0);
	box_write(box_path(&box, "data/file"), "content\n");
	box_write(box_path(&box, "data/sub/x"), "x");
	cr_assert_eq(chown(box_path(&box, "data/sub/x"), 1000, 1000), 0);
	cr_assert_eq(chmod(box_path(&box, "data/sub/x"), 04711), 0);
	cr_assert_eq(symlink("/mnt/host", box_path(&box, "data/link")), 0);
	box_mount(&box, "/data", "tmpfs", "x", "tmpcopyup");
	box_build(&box, show_copy);
	assert_built(&box);
	cr_assert_str_eq(box.text, "content\n777 4711 1000 /mnt/host");
	cr_assert_eq(access(box_path(&box, "data/new"), F_OK), -1);
}

Test(root, a_readonly_tmpfs_still_takes_mount_points)
{
	autobox struct box box = { 0 };

	box_new(&box);
	box_mount(&box, "/proc", "proc", "proc", NULL);
	box_mount(&box, "/dev", "tmpfs", "tmpfs", "ro,nosuid");
	box_mount(&box, "/dev/shm", "tmpfs", "shm", NULL);
	box_build(&box, show_mounts);
	assert_built(&box);
	cr_expect_not_null(strstr(mount_line(&box, "/dev"), "/dev ro,nosuid"));
	cr_expect_not_null(strstr(mount_line(&box, "/dev/shm"), "/dev/shm rw"));
}

Test(root, the_kernels_words_are_in_the_error)
{
	autobox struct box box = { 0 };

	box_new(&box);
	box_mount(&box, "/data", "tmpfs", "x", "nonsense=1");
	box_build(&box, NULL);
	assert_failed(&box, "mount|mounts[0]|mount tmpfs on /data: tmpfs: Unknown parameter "
			    "'nonsense': Invalid argument");
}

Test(root, a_missing_source_is_named)
{
	autobox struct box box = { 0 };

	box_new(&box);
	box_mount(&box, "/data", "bind", "/mnt/nowhere", "bind");
	box_build(&box, NULL);
	assert_failed(&box, "mount|mounts[0]|open bind mount source /mnt/nowhere: "
			    "No such file or directory");
	cr_assert_eq(access(box_path(&box, "data"), F_OK), -1);
}

Test(root, no_pivot_hides_the_hosts_proc)
{
	autobox struct box box = { 0 };

	box_new(&box);
	box_defaults(&box);
	box.context.no_pivot = true;
	box_build(&box, show_mounts);
	assert_built(&box);
	cr_assert_str_eq(mount_line(&box, "/proc"), "/proc rw,relatime - proc proc rw");
}

Test(root, without_a_mount_namespace_all_goes_with_one_unmount)
{
	autobox struct box box = { 0 };
	char after[65536];

	box_new(&box);
	box_defaults(&box);
	box.context.new_mountns = false;
	box.unshare = 0;
	box_build(&box, show_mounts);
	assert_built(&box);
	cr_assert_not_null(strstr(mount_line(&box, "/dev"), "- tmpfs tmpfs"));
	cr_assert_eq(ns_root_unmount(box.rootfs), 0);
	cr_assert_eq(ns_root_unmount(box.rootfs), 0);
	int fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	ssize_t length = read(fd, after, sizeof after - 1);
	after[length > 0 ? length : 0] = '\0';
	cr_assert_null(strstr(after, box.rootfs));
}

Test(root, shared_root_propagation_is_kept)
{
	autobox struct box box = { 0 };

	box_new(&box);
	box_mount(&box, "/proc", "proc", "proc", NULL);
	box.spec.linux.rootfs_propagation = MS_SHARED | MS_REC;
	box_build(&box, show_mounts);
	assert_built(&box);
	cr_assert_not_null(strstr(mount_line(&box, "/"), " shared:"), "%s", box.text);
}

static void show_devices(struct box *box)
{
	struct stat about;

	(void)box;
	stat("/dev/fuse2", &about);
	printf("%o %u:%u %u %u|", about.st_mode, major(about.st_rdev), minor(about.st_rdev),
	       about.st_uid, about.st_gid);
	stat("/dev/sub/pipe", &about);
	printf("%o|", about.st_mode);
	stat("/dev/null", &about);
	printf("%o", about.st_mode);
}

Test(root, devices_of_the_config_are_made)
{
	static struct spec_device devices[] = {
		{ .type = 'c',
		  .path = (char *)"/dev/fuse2",
		  .major = { true, 10 },
		  .minor = { true, 229 },
		  .file_mode = { true, 0640 },
		  .uid = { true, 7 },
		  .gid = { true, 8 } },
		{ .type = 'p', .path = (char *)"/dev/sub/pipe" },
		{ .type = 'c',
		  .path = (char *)"/dev/null",
		  .major = { true, 1 },
		  .minor = { true, 3 },
		  .file_mode = { true, 0600 } },
	};
	autobox struct box box = { 0 };

	box_new(&box);
	box_defaults(&box);
	box.spec.linux.devices.at = devices;
	box.spec.linux.devices.count = 3;
	box_build(&box, show_devices);
	assert_built(&box);
	cr_assert_str_eq(box.text, "20640 10:229 7 8|10666|20600");
}

/* A terminal of the container's own devpts, as runtime/terminal.c opens it. */
static int give_console(struct ns_root *root)
{
	int master = open("/mnt/bundle/rootfs/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	int unlock = 0, peer, result;

	if (master < 0 || ioctl(master, TIOCSPTLCK, &unlock) < 0)
		return fail(errno, "open a terminal");
	peer = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	result = peer < 0 ? fail(errno, "open a terminal's peer") : ns_root_console(root, peer);
	close(peer);
	close(master);
	return result;
}

Test(root, the_console_is_the_terminal_it_was_given)
{
	autobox struct box box = { 0 };

	box_new(&box);
	box_defaults(&box);
	box.before_enter = give_console;
	box_build(&box, show_mounts);
	assert_built(&box);
	cr_assert_not_null(strstr(mount_line(&box, "/dev/console"),
				  "/dev/console rw,nosuid,noexec,relatime - devpts"),
			   "%s", box.text);
}

Test(root, a_console_does_not_follow_a_symlink)
{
	struct stat about;
	autobox struct box box = { 0 };

	box_new(&box);
	cr_assert_eq(mkdir(box_path(&box, "dev/pts"), 0755), 0);
	box_mount(&box, "/dev/pts", "devpts", "devpts", "newinstance,ptmxmode=0666");
	box_write("/mnt/host/target", "");
	cr_assert_eq(symlink("/mnt/host/target", box_path(&box, "dev/console")), 0);
	box.before_enter = give_console;
	box_build(&box, NULL);
	assert_failed(&box, "enter||/dev/console is a symlink in the root file system");
	cr_assert_eq(stat("/mnt/host/target", &about), 0);
	cr_assert(S_ISREG(about.st_mode));
}

/* What runc and crun have let through: a step that quietly did less than was asked. */
static int undo_readonly(struct ns_root *root)
{
	(void)root;
	return mount(NULL, "/mnt/bundle/rootfs/data", NULL, MS_REMOUNT | MS_BIND, NULL) < 0
		       ? fail(errno, "remount")
		       : 0;
}

Test(root, a_mount_with_less_than_was_planned_fails_the_start)
{
	autobox struct box box = { 0 };

	box_new(&box);
	box_mount(&box, "/data", "bind", "/mnt/host", "bind,ro,nosuid");
	box.before_enter = undo_readonly;
	box_build(&box, NULL);
	assert_failed(&box, "verify|mounts[0]|mount on /data came out without \"ro\"");
}
