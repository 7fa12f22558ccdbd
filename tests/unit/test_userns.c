/* test_userns.c -- the root file system in a user namespace, and idmapped mounts. */
#include "rootbox.h"

#include <sys/sysmacros.h>

Test(userns, defaults_and_bound_devices_come_out)
{
	autobox struct box box = { 0 };

	box_new(&box);
	box_userns(&box);
	/* Without a pid namespace of its own procfs is the host's. */
	box_mount(&box, "/proc", "bind", "/proc", "rbind");
	box_mount(&box, "/dev", "tmpfs", "tmpfs", "nosuid,mode=755");
	box_mount(&box, "/dev/pts", "devpts", "devpts", "newinstance,ptmxmode=0666,gid=5");
	box_mount(&box, "/dev/mqueue", "mqueue", "mqueue", "nosuid,noexec,nodev");
	box_mount(&box, "/sys", "sysfs", "sysfs", "nosuid,noexec,nodev,ro");
	box_build(&box, show_mounts);
	assert_built(&box);
	cr_expect_not_null(strstr(mount_line(&box, "/dev/null"), "nosuid"), "%s", box.text);
	cr_expect_not_null(strstr(mount_line(&box, "/dev/null"), "noexec"));
	cr_expect_not_null(strstr(mount_line(&box, "/dev/pts"), "gid=100005"));
}

Test(userns, a_group_without_a_mapping_is_left_out_of_devpts)
{
	static struct spec_id_map only_root = { 0, 100000, 1 };
	autobox struct box box = { 0 };

	box_new(&box);
	box_userns(&box);
	box.spec.linux.gid_mappings.at = &only_root;
	box_mount(&box, "/proc", "bind", "/proc", "rbind");
	box_mount(&box, "/dev", "tmpfs", "tmpfs", "nosuid,mode=755");
	box_mount(&box, "/dev/pts", "devpts", "devpts", "newinstance,gid=5,ptmxmode=0666");
	box_build(&box, show_mounts);
	assert_built(&box);
	cr_expect_null(strstr(mount_line(&box, "/dev/pts"), "gid="));
	cr_expect_not_null(strstr(mount_line(&box, "/dev/pts"), "ptmxmode=666"));
}

/* Device nodes as the container sees them, and whether they can be opened. */
static void show_devices(struct box *box)
{
	for (size_t i = 0; i < box->spec.linux.devices.count; i++) {
		const char *path = box->spec.linux.devices.at[i].path;
		struct stat about;
		int fd = open(path, O_RDONLY | O_CLOEXEC);

		if (stat(path, &about) < 0)
			printf("%s: %s\n", path, strerror(errno));
		else
			printf("%s: %o %u:%u %u:%u %s\n", path, about.st_mode, about.st_uid,
			       about.st_gid, major(about.st_rdev), minor(about.st_rdev),
			       fd < 0 ? strerror(errno) : "opened");
	}
}

Test(userns, a_device_need_not_be_there_on_the_host_and_has_its_own_owner_and_mode)
{
	static struct spec_device devices[] = {
		{ 'c', (char *)"/dev/mine", { true, 1 }, { true, 5 }, { true, 0640 }, { true, 10 },
		  { true, 11 } },
		{ 'b', (char *)"/dev/disk", { true, 240 }, { true, 9 }, { true, 0157 },
		  { true, 10 }, { true, 11 } },
		/* An owner that nobody is: the host's node. */
		{ 'c', (char *)"/dev/full", { true, 1 }, { true, 7 }, { true, 0600 },
		  { true, 70000 }, { true, 0 } },
	};
	autobox struct box box = { 0 };

	box_new(&box);
	box_userns(&box);
	cr_assert_eq(mount(NULL, "/mnt", NULL, MS_REMOUNT | MS_BIND | MS_NODEV, NULL), 0);
	box.context.nodes_dir = "/mnt/host/nodes";
	box.spec.linux.devices.at = devices;
	box.spec.linux.devices.count = sizeof devices / sizeof *devices;
	box_mount(&box, "/proc", "bind", "/proc", "rbind");
	box_mount(&box, "/dev", "tmpfs", "tmpfs", "nosuid,mode=755");
	box_build(&box, show_devices);
	assert_built(&box);
	cr_assert_str_eq(box.text, "/dev/mine: 20640 10:11 1:5 opened\n"
				   "/dev/disk: 60157 10:11 240:9 No such device or address\n"
				   "/dev/full: 20666 65534:65534 1:7 opened\n");
}

static void show_file(struct box *box)
{
	struct stat about;

	(void)box;
	if (stat("/data/file", &about) < 0)
		printf("%s", strerror(errno));
	else
		printf("%u:%u", about.st_uid, about.st_gid);
}

Test(userns, a_source_its_root_cannot_reach_is_opened_outside)
{
	autobox struct box box = { 0 };

	box_new(&box);
	box_userns(&box);
	cr_assert_eq(mkdir("/mnt/host/inner", 0755), 0);
	box_write("/mnt/host/inner/file", "x");
	cr_assert_eq(chmod("/mnt/host", 0700), 0);
	box_mount(&box, "/data", "bind", "/mnt/host/inner", "rbind,ro");
	box_build(&box, show_file);
	assert_built(&box);
	cr_assert_str_eq(box.text, "65534:65534");
}

/* Without "rbind": what came with the namespace is locked to what is mounted in it. */
Test(userns, a_source_with_mounts_in_it_is_bound_without_them)
{
	autobox struct box box = { 0 };

	box_new(&box);
	box_userns(&box);
	cr_assert_eq(mkdir("/mnt/host/file", 0755), 0);
	cr_assert_eq(chown("/mnt/host/file", 100007, 100008), 0);
	cr_assert_eq(mount("in it", "/mnt/host/file", "tmpfs", 0, NULL), 0);
	box_mount(&box, "/data", "bind", "/mnt/host", "bind,ro");
	box_build(&box, show_file);
	assert_built(&box);
	cr_assert_str_eq(box.text, "7:8");
}

Test(userns, locked_flags_stay_unless_the_config_clears_them)
{
	autobox struct box box = { 0 };

	box_new(&box);
	box_userns(&box);
	cr_assert_eq(mount("vol", "/mnt/host", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL), 0);
	box_mount(&box, "/proc", "bind", "/proc", "rbind");
	box_mount(&box, "/data", "bind", "/mnt/host", "bind,ro");
	box_build(&box, show_mounts);
	assert_built(&box);
	cr_assert_not_null(strstr(mount_line(&box, "/data"), "ro,nosuid,nodev,noexec"));
}

Test(userns, a_locked_flag_cannot_be_cleared)
{
	autobox struct box box = { 0 };

	box_new(&box);
	box_userns(&box);
	cr_assert_eq(mount("vol", "/mnt/host", "tmpfs", MS_NOEXEC, NULL), 0);
	box_mount(&box, "/data", "bind", "/mnt/host", "bind,exec");
	box_build(&box, NULL);
	assert_failed(&box, "mount|mounts[0]|set mount options of /mnt/host on /data: "
			    "Operation not permitted");
}

static void map_mount(struct spec_mount *mount)
{
	static struct spec_id_map maps[] = { { 0, 200000, 1000 } };

	mount->uid_mappings.at = mount->gid_mappings.at = maps;
	mount->uid_mappings.count = mount->gid_mappings.count = 1;
}

Test(idmap, a_bind_mount_shows_other_owners)
{
	autobox struct box box = { 0 };

	box_new(&box);
	box_write("/mnt/host/file", "x");
	cr_assert_eq(chown("/mnt/host/file", 7, 8), 0);
	map_mount(box_mount(&box, "/data", "bind", "/mnt/host", "bind,idmap"));
	box_build(&box, show_file);
	assert_built(&box);
	cr_assert_str_eq(box.text, "200007:200008");
}

Test(idmap, mappings_alone_ask_for_it)
{
	autobox struct box box = { 0 };

	box_new(&box);
	box_write("/mnt/host/file", "x");
	map_mount(box_mount(&box, "/data", "bind", "/mnt/host", "rbind,rro"));
	map_mount(box_mount(&box, "/other", "bind", "/mnt/host", "rbind,ridmap,ro"));
	box_build(&box, show_file);
	assert_built(&box);
	cr_assert_str_eq(box.text, "200000:200000");
}

static void show_new_file(struct box *box)
{
	struct stat about;

	(void)box;
	if (stat("/data", &about) < 0)
		printf("%s", strerror(errno));
	else
		printf("%u:%u", about.st_uid, about.st_gid);
}

Test(idmap, a_tmpfs_can_be_mapped_too)
{
	autobox struct box box = { 0 };

	box_new(&box);
	map_mount(box_mount(&box, "/data", "tmpfs", "x", "idmap"));
	box_build(&box, show_new_file);
	assert_built(&box);
	cr_assert_str_eq(box.text, "200000:200000");
}

Test(idmap, in_a_user_namespace_the_containers_own_map_is_the_default)
{
	autobox struct box box = { 0 };

	box_new(&box);
	box_userns(&box);
	box_write("/mnt/host/file", "x");
	cr_assert_eq(chown("/mnt/host/file", 7, 8), 0);
	box_mount(&box, "/data", "bind", "/mnt/host", "rbind,ridmap");
	box_build(&box, show_file);
	assert_built(&box);
	cr_assert_str_eq(box.text, "7:8");
}

Test(idmap, it_needs_a_mapping_from_somewhere)
{
	autobox struct box box = { 0 };

	box_new(&box);
	box_mount(&box, "/data", "bind", "/mnt/host", "bind,idmap");
	box_build(&box, NULL);
	assert_failed(&box, "plan|mounts[0].options|idmap needs uidMappings and gidMappings, or a "
			    "container with a user namespace");
}

Test(idmap, one_kind_of_mapping_is_not_enough)
{
	struct spec_mount *mount;
	autobox struct box box = { 0 };

	box_new(&box);
	mount = box_mount(&box, "/data", "bind", "/mnt/host", "bind,idmap");
	map_mount(mount);
	mount->gid_mappings.count = 0;
	box_build(&box, NULL);
	assert_failed(&box, "plan|mounts[0].gidMappings|uidMappings and gidMappings must come "
			    "together");
}
