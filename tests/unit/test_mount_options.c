/* test_mount_options.c -- every word of the spec's table does what it promises. */
#include "rootbox.h"

#include "ns/attach.h"
#include "ns/flags.h"

/* Words, and what mountinfo says of the mount then. */
struct promised {
	const char *words, *line;
};

static void mount_and_compare(const struct promised *rows, size_t count)
{
	autobox struct box box = { 0 };

	for (size_t i = 0; i < count; i++) {
		char point[32], expected[256];

		if (i % 16 == 0) {
			box_new(&box);
			box_mount(&box, "/proc", "proc", "proc", NULL);
		}
		snprintf(point, sizeof point, "/m%zu", i);
		box_mount(&box, arena_copy(&box.arena, point), "tmpfs", "x", rows[i].words);
		if (i % 16 != 15 && i + 1 < count)
			continue;
		box_build(&box, show_mounts);
		assert_built(&box);
		for (size_t k = i - i % 16; k <= i; k++) {
			snprintf(point, sizeof point, "/m%zu", k);
			snprintf(expected, sizeof expected, "%s %s", point, rows[k].line);
			cr_expect_str_eq(mount_line(&box, point), expected, "%s: %s", rows[k].words,
					 mount_line(&box, point));
		}
		cr_assert_eq(umount2("/mnt", MNT_DETACH), 0);
	}
}

#define plain "rw,relatime - tmpfs x rw"

Test(mount_options, of_a_new_file_system)
{
	static const struct promised rows[] = {
		{ "defaults", plain },
		{ "async", plain },
		{ "sync", "rw,relatime - tmpfs x rw,sync" },
		{ "sync,async", plain },
		{ "dirsync", "rw,relatime - tmpfs x rw,dirsync" },
		{ "lazytime", "rw,relatime - tmpfs x rw,lazytime" },
		{ "lazytime,nolazytime", plain },
		{ "iversion", plain },
		{ "iversion,noiversion", plain },
		{ "iversion,nosuid,ro,noatime", "ro,nosuid,noatime - tmpfs x rw" },
		{ "loud", plain },
		{ "silent", plain },
		{ "nomand", plain },
		{ "ro", "ro,relatime - tmpfs x rw" },
		{ "ro,rw", plain },
		{ "nosuid", "rw,nosuid,relatime - tmpfs x rw" },
		{ "nosuid,suid", plain },
		{ "nodev", "rw,nodev,relatime - tmpfs x rw" },
		{ "nodev,dev", plain },
		{ "noexec", "rw,noexec,relatime - tmpfs x rw" },
		{ "noexec,exec", plain },
		{ "nosymfollow", "rw,relatime,nosymfollow - tmpfs x rw" },
		{ "nosymfollow,symfollow", plain },
		{ "noatime", "rw,noatime - tmpfs x rw" },
		{ "noatime,atime", plain },
		{ "relatime", plain },
		{ "norelatime", plain },
		{ "strictatime", "rw - tmpfs x rw" },
		{ "strictatime,nostrictatime", plain },
		{ "noatime,strictatime", "rw - tmpfs x rw" },
		{ "nodiratime", "rw,nodiratime,relatime - tmpfs x rw" },
		{ "nodiratime,diratime", plain },
		{ "private", plain },
		{ "rprivate", plain },
		{ "slave", plain },
		{ "rslave", plain },
		{ "unbindable", "rw,relatime unbindable - tmpfs x rw" },
		{ "runbindable", "rw,relatime unbindable - tmpfs x rw" },
		{ "size=65536k,mode=0711", "rw,relatime - tmpfs x rw,size=65536k,mode=711" },
		/* The r-words are not for bind mounts alone. */
		{ "rro", "ro,relatime - tmpfs x rw" },
		{ "ro,rrw", plain },
		{ "rnosuid", "rw,nosuid,relatime - tmpfs x rw" },
		{ "nosuid,rsuid", plain },
		{ "rnodev", "rw,nodev,relatime - tmpfs x rw" },
		{ "nodev,rdev", plain },
		{ "rnoexec", "rw,noexec,relatime - tmpfs x rw" },
		{ "noexec,rexec", plain },
		{ "rnosymfollow", "rw,relatime,nosymfollow - tmpfs x rw" },
		{ "nosymfollow,rsymfollow", plain },
		{ "rnoatime", "rw,noatime - tmpfs x rw" },
		{ "noatime,ratime", plain },
		{ "rstrictatime", "rw - tmpfs x rw" },
		{ "strictatime,rnostrictatime", plain },
		{ "noatime,rrelatime", plain },
		{ "rnorelatime", plain },
		{ "rnodiratime", "rw,nodiratime,relatime - tmpfs x rw" },
		{ "nodiratime,rdiratime", plain },
	};

	mount_and_compare(rows, sizeof rows / sizeof *rows);
}

Test(mount_options, shared_makes_a_peer_group)
{
	autobox struct box box = { 0 };

	box_new(&box);
	box_mount(&box, "/proc", "proc", "proc", NULL);
	box_mount(&box, "/a", "tmpfs", "x", "shared");
	box_mount(&box, "/b", "tmpfs", "x", "rshared");
	box_mount(&box, "/a/c", "tmpfs", "x", "private");
	box_build(&box, show_mounts);
	assert_built(&box);
	cr_expect_not_null(strstr(mount_line(&box, "/a"), "rw,relatime shared:"));
	cr_expect_not_null(strstr(mount_line(&box, "/b"), "rw,relatime shared:"));
	cr_expect_str_eq(mount_line(&box, "/a/c"), "/a/c rw,relatime - tmpfs x rw");
}

/* A source with every flag, and a mount below it with others. */
static void make_source(struct box *box, unsigned long flags)
{
	box_new(box);
	cr_assert_eq(mount("vol", "/mnt/host", "tmpfs", 0, NULL), 0);
	cr_assert_eq(mkdir("/mnt/host/sub", 0755), 0);
	cr_assert_eq(mount("sub", "/mnt/host/sub", "tmpfs", flags, NULL), 0);
	cr_assert_eq(mount(NULL, "/mnt/host", NULL, MS_REMOUNT | MS_BIND | flags, NULL), 0);
	box_mount(box, "/proc", "proc", "proc", NULL);
}

struct bound {
	unsigned long flags; /* of the source */
	const char *words, *top, *sub;
};

static const struct bound binds[] = {
	/* Nothing said: as it was. */
	{ MS_RDONLY | MS_NOEXEC | MS_NOATIME, "rbind", "ro,noexec,noatime", "ro,noexec,noatime" },
	/* One word says all of them but atime. */
	{ MS_RDONLY | MS_NOEXEC | MS_NOSUID, "rbind,dev", "rw,relatime",
	  "ro,nosuid,noexec,relatime" },
	{ MS_NODEV | MS_NOSUID, "rbind,ro", "ro,relatime", "rw,nosuid,nodev,relatime" },
	{ MS_RDONLY, "rbind,rw,nosuid", "rw,nosuid,relatime", "ro,relatime" },
	{ MS_NOATIME, "rbind,ro", "ro,noatime", "rw,noatime" },
	{ MS_NOATIME, "rbind,relatime", "rw,relatime", "rw,noatime" },
	{ MS_NOATIME, "rbind,atime", "rw,relatime", "rw,noatime" },
	{ MS_NOATIME, "rbind,nodiratime", "rw,nodiratime,relatime", "rw,noatime" },
	{ MS_STRICTATIME, "rbind,nostrictatime", "rw,relatime", "rw" },
	{ MS_NODIRATIME, "rbind,diratime", "rw,relatime", "rw,nodiratime,relatime" },
	{ MS_NODIRATIME, "rbind,strictatime", "rw", "rw,nodiratime,relatime" },
	{ 0, "rbind,noatime,nodiratime", "rw,noatime,nodiratime", "rw,relatime" },
	{ 0, "rbind,nosymfollow", "rw,relatime,nosymfollow", "rw,relatime" },
	/* The r-words reach what is below. */
	{ 0, "rbind,rro", "ro,relatime", "ro,relatime" },
	{ MS_RDONLY, "rbind,rrw", "rw,relatime", "rw,relatime" },
	{ 0, "rbind,rnosuid,rnodev,rnoexec", "rw,nosuid,nodev,noexec,relatime",
	  "rw,nosuid,nodev,noexec,relatime" },
	{ MS_NOSUID | MS_NODEV | MS_NOEXEC, "rbind,rsuid,rdev,rexec", "rw,relatime",
	  "rw,relatime" },
	{ 0, "rbind,rnoatime,rnodiratime", "rw,noatime,nodiratime", "rw,noatime,nodiratime" },
	{ MS_NOATIME, "rbind,ratime", "rw,relatime", "rw,relatime" },
	{ MS_NOATIME, "rbind,rstrictatime", "rw", "rw" },
	{ MS_NODIRATIME, "rbind,rdiratime", "rw,relatime", "rw,relatime" },
	{ 0, "rbind,rnosymfollow", "rw,relatime,nosymfollow", "rw,relatime,nosymfollow" },
	{ 0, "rbind,ro,rrw", "rw,relatime", "rw,relatime" },
	{ 0, "bind,rro", "ro,relatime", NULL },
	/* The superblock's are not a bind mount's to change (mount(2)). */
	{ 0, "rbind,sync,lazytime,dirsync,iversion,silent", "rw,relatime", "rw,relatime" },
	{ 0, "rbind,rslave", "rw,relatime", "rw,relatime" },
};

Test(mount_options, of_a_bind_mount)
{
	for (size_t i = 0; i < sizeof binds / sizeof *binds; i++) {
		char top[128], sub[128] = "";
		autobox struct box box = { 0 };

		make_source(&box, binds[i].flags);
		box_mount(&box, "/data", "none", "/mnt/host", binds[i].words);
		box_build(&box, show_mounts);
		assert_built(&box);
		snprintf(top, sizeof top, "/data %s - tmpfs vol rw", binds[i].top);
		if (binds[i].sub)
			snprintf(sub, sizeof sub, "/data/sub %s - tmpfs sub r%s", binds[i].sub,
				 binds[i].flags & MS_RDONLY ? "o" : "w");
		cr_expect_str_eq(mount_line(&box, "/data"), top, "%s: %s", binds[i].words,
				 mount_line(&box, "/data"));
		cr_expect_str_eq(mount_line(&box, "/data/sub"), sub, "%s: %s", binds[i].words,
				 mount_line(&box, "/data/sub"));
		cr_assert_eq(umount2("/mnt", MNT_DETACH), 0);
	}
}

static char warned[256];

static void keep_warning(const char *sentence)
{
	snprintf(warned, sizeof warned, "%s", sentence);
}

Test(mount_options, a_bind_mount_goes_without_file_system_options_and_says_so)
{
	autobox struct box box = { 0 };

	box_new(&box);
	box_mount(&box, "/data", "bind", "/mnt/host", "bind,size=5");
	send_warnings_to(keep_warning);
	box_build(&box, NULL);
	assert_built(&box);
	cr_assert_str_eq(warned, "mounts[0].options: the bind mount on /data cannot have the file "
				 "system option \"size=5\"");
}

Test(mount_options, remount_changes_what_an_earlier_entry_made)
{
	autobox struct box box = { 0 };

	box_new(&box);
	box_mount(&box, "/proc", "proc", "proc", NULL);
	box_mount(&box, "/a", "tmpfs", "x", "size=64k");
	box_mount(&box, "/a", "tmpfs", "x", "remount,nosuid,size=128k");
	box_build(&box, show_mounts);
	assert_built(&box);
	cr_expect_str_eq(mount_line(&box, "/a"), "/a rw,nosuid,relatime - tmpfs x rw,size=128k");
}

Test(mount_options, a_value_too_long_for_fsconfig_still_arrives)
{
	autobox struct box box = { 0 };
	char *words;

	box_new(&box);
	for (const char *const *name = (const char *const[]) { "up", "work", "low", NULL }; *name;
	     name++)
		cr_assert_eq(mkdir(arena_format(&box.arena, "/mnt/host/%s", *name), 0755), 0);
	words = arena_copy(&box.arena, "lowerdir=/mnt/host/low");
	for (int i = 0; i < 12; i++) {
		char *more = arena_format(&box.arena, "/mnt/host/a-rather-long-name-%d", i);

		cr_assert_eq(mkdir(more, 0755), 0);
		words = arena_format(&box.arena, "%s:%s", words, more);
	}
	words = arena_format(&box.arena,
			     "%s,upperdir=/mnt/host/up,workdir=/mnt/host/work,nosuid,ro", words);
	box_mount(&box, "/proc", "proc", "proc", NULL);
	box_mount(&box, "/data", "overlay", "overlay", words);
	box_build(&box, show_mounts);
	if (strstr(box.text, "No such device"))
		cr_skip("this kernel has no overlay file system");
	assert_built(&box);
	cr_expect_not_null(strstr(mount_line(&box, "/data"), "/data ro,nosuid,relatime - overlay"));
}

static void show_link(struct box *box)
{
	char text[64] = "";

	(void)box;
	if (readlink("/data", text, sizeof text - 1) > 0)
		printf("%s", text);
}

Test(mount_options, copy_symlink_copies_the_link)
{
	autobox struct box box = { 0 };

	box_new(&box);
	cr_assert_eq(symlink("to/somewhere", "/mnt/host/link"), 0);
	box_mount(&box, "/data", "bind", "/mnt/host/link", "bind,copy-symlink");
	box_build(&box, show_link);
	assert_built(&box);
	cr_assert_str_eq(box.text, "to/somewhere");
}

Test(mount_options, all_of_the_specs_are_known)
{
	static const char spec[] =
		"async,atime,bind,defaults,dev,diratime,dirsync,exec,iversion,lazytime,loud,mand,"
		"noatime,nodev,nodiratime,noexec,noiversion,nolazytime,nomand,norelatime,"
		"nostrictatime,nosuid,nosymfollow,private,ratime,rbind,rdev,rdiratime,relatime,"
		"remount,rexec,rnoatime,rnodev,rnodiratime,rnoexec,rnorelatime,rnostrictatime,"
		"rnosuid,rnosymfollow,ro,rprivate,rrelatime,rro,rrw,rshared,rslave,rstrictatime,"
		"rsuid,rsymfollow,runbindable,rw,shared,silent,slave,strictatime,suid,symfollow,"
		"sync,tmpcopyup,unbindable,idmap,ridmap";
	struct mount_options options;
	struct arena arena = { 0 };
	autobox struct box box = { 0 };
	struct strings words = box_words(&box, spec);

	for (size_t i = 0; i < words.count; i++) {
		struct strings one = { &words.at[i], 1 };

		cr_expect_eq(mount_options_read(&options, &one, &arena), 0);
		cr_expect_eq(options.data.count, 0, "%s is unknown", words.at[i]);
	}
	arena_free(&arena);
}
