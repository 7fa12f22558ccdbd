/* test_cgroupmount.c -- the cgroup mount on pure v2 and on hybrid hosts. */
#include "rootbox.h"

/* The hierarchies of this host, as cgroups/ would find them: below /sys/fs/cgroup, or there. */
static void view_host(struct box *box, bool unified)
{
	static const char where[] = " /sys/fs/cgroup";
	static struct ns_cgroup_hierarchy found[16];
	static struct ns_cgroup_view view;
	static char text[65536];
	int fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	ssize_t length = read(fd, text, sizeof text - 1);

	close(fd);
	text[length > 0 ? length : 0] = '\0';
	for (char *at = text; (at = strstr(at, where)); at++) {
		char *path = at + 1;
		char *name = at + strlen(where) + (at[strlen(where)] == '/');
		bool v2 = !strncmp(strstr(name, " - ") + 3, "cgroup2", 7);
		bool v1 = !strncmp(strstr(name, " - ") + 3, "cgroup ", 7);
		struct ns_cgroup_hierarchy *one = &found[view.count];

		if (unified ? !v2 : !v1 && (!v2 || *name == ' '))
			continue;
		one->name = arena_copy_bytes(&box->arena, name, strcspn(name, " "));
		one->option =
			v2 ? ""
			   : arena_format(&box->arena, "%s%s",
					  !strcmp(one->name, "systemd") ? "name=" : "", one->name);
		one->host_path = arena_copy_bytes(&box->arena, path, strcspn(path, " "));
		view.count++;
	}
	if (!view.count)
		cr_skip("this host has no cgroup %s", unified ? "v2" : "v1");
	view.at = found;
	view.unified = unified;
	box->context.cgroups = &view;
}

static void show_cgroup(struct box *box)
{
	show("/proc/self/mountinfo");
	printf("mkdir %d\n", mkdir("/sys/fs/cgroup/x", 0755) < 0 ? errno : 0);
	(void)box;
}

static void build(struct box *box, bool unified, bool cgroupns, const char *options)
{
	box_new(box);
	view_host(box, unified);
	box_mount(box, "/proc", "proc", "proc", NULL);
	box_mount(box, "/sys", "sysfs", "sysfs", "nosuid,noexec,nodev,ro");
	box_mount(box, "/sys/fs/cgroup", "cgroup", "cgroup", options);
	box->context.own_cgroupns = cgroupns;
	if (cgroupns)
		box->unshare |= CLONE_NEWCGROUP;
	box_build(box, show_cgroup);
	assert_built(box);
}

Test(cgroupmount, a_hybrid_host_shows_every_hierarchy_readonly)
{
	autobox struct box box = { 0 };

	build(&box, false, true, "nosuid,noexec,nodev,relatime,ro");
	cr_expect_str_eq(
		mount_line(&box, "/sys/fs/cgroup"),
		"/sys/fs/cgroup ro,nosuid,nodev,noexec,relatime - tmpfs tmpfs rw,mode=755");
	for (size_t i = 0; i < box.context.cgroups->count; i++) {
		const struct ns_cgroup_hierarchy *one = &box.context.cgroups->at[i];
		char *point = arena_format(&box.arena, "/sys/fs/cgroup/%s", one->name);

		cr_expect_not_null(strstr(mount_line(&box, point),
					  " ro,nosuid,nodev,noexec,relatime - cgroup"),
				   "%s: %s", point, mount_line(&box, point));
	}
	cr_expect_not_null(strstr(box.text, "mkdir 30"));
}

Test(cgroupmount, without_a_cgroup_namespace_its_own_directory_is_bound)
{
	autobox struct box box = { 0 };

	build(&box, false, false, "ro");
	for (size_t i = 0; i < box.context.cgroups->count; i++) {
		const struct ns_cgroup_hierarchy *one = &box.context.cgroups->at[i];
		char *point = arena_format(&box.arena, "/sys/fs/cgroup/%s", one->name);

		cr_expect_not_null(strstr(mount_line(&box, point),
					  " ro,nosuid,nodev,noexec,relatime - cgroup"),
				   "%s: %s", point, mount_line(&box, point));
	}
}

Test(cgroupmount, merged_controllers_are_linked)
{
	struct ns_cgroup_hierarchy merged = { "cpu,cpuacct", "cpu,cpuacct", "/mnt/host" };
	const struct ns_cgroup_view view = { .at = &merged, .count = 1 };
	autobox struct box box = { 0 };

	box_new(&box);
	box.context.cgroups = &view;
	box_mount(&box, "/proc", "proc", "proc", NULL);
	box_mount(&box, "/cg", "cgroup", "cgroup", NULL);
	cr_assert_eq(mkdir(box_path(&box, "out"), 0755), 0);
	box_mount(&box, "/out/cpu", "bind", "/mnt/bundle/rootfs/cg", "rbind");
	box_build(&box, show_mounts);
	assert_built(&box);
	cr_expect_str_neq(mount_line(&box, "/cg/cpu,cpuacct"), "");
	cr_expect_str_neq(mount_line(&box, "/out/cpu/cpu,cpuacct"), "");
}

Test(cgroupmount, pure_v2_is_cgroup2)
{
	static const char wanted[] =
		"/sys/fs/cgroup ro,nosuid,nodev,noexec,relatime - cgroup2 cgroup rw";
	autobox struct box box = { 0 };

	build(&box, true, true, "nosuid,noexec,nodev,relatime,ro");
	/* What follows are options of the one superblock that the host has too. */
	cr_expect_eq(strncmp(mount_line(&box, "/sys/fs/cgroup"), wanted, strlen(wanted)), 0, "%s",
		     mount_line(&box, "/sys/fs/cgroup"));
}
