/* test_below.c -- no path leaves the root. */
#include "rootbox.h"

#include "ns/below.h"

static int open_root(struct box *box)
{
	box_new(box);
	int root = open(box->rootfs, O_PATH | O_DIRECTORY | O_CLOEXEC);
	cr_assert_geq(root, 0);
	return root;
}

static const char *path_of(int fd)
{
	static char text[256];
	char link[64];
	ssize_t length;

	cr_assert_geq(fd, 0, "%s", strerror(-fd));
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	length = readlink(link, text, sizeof text - 1);
	text[length > 0 ? length : 0] = '\0';
	return text;
}

Test(below, dotdot_ends_at_the_root)
{
	autobox struct box box = { 0 };
	int root = open_root(&box);

	cr_assert_str_eq(path_of(below_open(root, "../../..", 0)), "/mnt/bundle/rootfs");
	cr_assert_str_eq(path_of(below_make_directory(root, "../../a/../b", 0)),
			 "/mnt/bundle/rootfs/b");
}

Test(below, an_absolute_symlink_starts_at_the_root)
{
	autobox struct box box = { 0 };
	int root = open_root(&box);

	cr_assert_eq(symlink("/etc", box_path(&box, "x")), 0);
	cr_assert_str_eq(path_of(below_open(root, "/x", 0)), "/mnt/bundle/rootfs/etc");
	cr_assert_eq(below_open(root, "/x", BELOW_NO_SYMLINKS), -ELOOP);
}

Test(below, magic_links_are_refused)
{
	autobox struct box box = { 0 };
	int root = open_root(&box);

	cr_assert_eq(mount("proc", box_path(&box, "proc"), "proc", 0, NULL), 0);
	cr_assert_eq(below_open(root, "/proc/self/root/etc", 0), -ELOOP);
	cr_assert_eq(below_make_directory(root, "/proc/self/cwd/x", 0), -ELOOP);
}

Test(below, chains_of_dangling_symlinks_are_made)
{
	autobox struct box box = { 0 };
	int root = open_root(&box);

	cr_assert_eq(symlink("/one/two", box_path(&box, "a")), 0);
	cr_assert_eq(symlink("../a/three", box_path(&box, "etc/b")), 0);
	cr_assert_str_eq(path_of(below_make_file(root, "/etc/b/../four/five", 0)),
			 "/mnt/bundle/rootfs/one/two/four/five");
}

Test(below, a_loop_of_symlinks_ends)
{
	autobox struct box box = { 0 };
	int root = open_root(&box);

	cr_assert_eq(symlink("loop/x", box_path(&box, "loop")), 0);
	cr_assert_eq(below_make_directory(root, "/loop/y", 0), -ELOOP);
	cr_assert_eq(symlink("/b2/x", box_path(&box, "b1")), 0);
	cr_assert_eq(symlink("/b1/x", box_path(&box, "b2")), 0);
	cr_assert_eq(below_make_directory(root, "/b1/y", 0), -ELOOP);
}

Test(below, a_file_on_the_way_is_no_directory)
{
	autobox struct box box = { 0 };
	int root = open_root(&box);

	box_write(box_path(&box, "file"), "");
	cr_assert_eq(below_make_directory(root, "/file/x", 0), -ENOTDIR);
	cr_assert_eq(below_make_directory(root, "/file", 0), -ENOTDIR);
}

Test(below, what_is_there_is_left_as_it_is)
{
	autobox struct box box = { 0 };
	struct stat about;
	int root = open_root(&box);

	cr_assert_eq(mkdir(box_path(&box, "d"), 0700), 0);
	close(below_make_directory(root, "/d", 0));
	cr_assert_eq(stat(box_path(&box, "d"), &about), 0);
	cr_assert_eq(about.st_mode & 07777, 0700);
}

Test(below, a_long_name_is_refused)
{
	char name[400];
	autobox struct box box = { 0 };
	int root = open_root(&box);

	memset(name, 'x', sizeof name);
	name[0] = '/';
	name[sizeof name - 1] = '\0';
	cr_assert_eq(below_make_directory(root, name, 0), -ENAMETOOLONG);
}

Test(below, the_parent_of_nothing_is_refused)
{
	char name[256];
	autobox struct box box = { 0 };
	int root = open_root(&box);

	cr_assert_eq(below_parent(root, "/", name, sizeof name), -EINVAL);
	cr_assert_eq(below_parent(root, "/dev/..", name, sizeof name), -EINVAL);
	cr_assert_str_eq(path_of(below_parent(root, "/dev/sub//node/", name, sizeof name)),
			 "/mnt/bundle/rootfs/dev/sub");
	cr_assert_str_eq(name, "node");
}
