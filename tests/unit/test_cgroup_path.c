/* test_cgroup_path.c -- where the container's cgroup is: paths, mounts, the record. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cgroups/tree.h"
#include "runtime/base/fault.h"

static struct arena arena;

static void release(void)
{
	arena_free(&arena);
}

TestSuite(cgroup_path, .fini = release);

Test(cgroup_path, dotdot_never_climbs_out)
{
	static const char *const rows[][2] = {
		{ "/a/b", "/a/b" },	   { "a/b", "/a/b" },	{ "", "/" },
		{ "/", "/" },		   { "..", "/" },	{ "/../../etc", "/etc" },
		{ "../../../x/./y/", "/x/y" }, { "/a/../b", "/b" }, { "//a///b//", "/a/b" },
		{ "a/b/../../..", "/" },   { "...", "/..." },	{ "/a/..b", "/a/..b" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		cr_expect_str_eq(cg_clean_path(&arena, rows[i][0]), rows[i][1], "%s", rows[i][0]);
}

static const char hybrid_mounts[] =
	"30 22 0:27 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
	"31 30 0:28 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
	"34 30 0:31 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
	"39 30 0:36 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd\n"
	"41 30 0:37 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";
static const char self_in[] =
	"9:name=systemd:/\n4:memory:/process/abc\n3:pids:/\n2:cpu,cpuacct:/\n0::/user/me\n";

static struct cgroup find(const char *mounts, const char *self)
{
	struct cgroup cgroup = { .arena = &arena };

	cr_assert_eq(cg_find_in(&cgroup, arena_copy(&arena, mounts), arena_copy(&arena, self)), 0);
	return cgroup;
}

static const char *summary(const struct cgroup *cgroup)
{
	char *text = arena_copy(&arena, "");

	for (size_t i = 0; i < cgroup->count; i++) {
		const struct cg_hierarchy *hierarchy = &cgroup->hierarchies[i];

		text = arena_format(&arena, "%s[%s %s %s %s]", text,
				    hierarchy->v2 ? "v2" : hierarchy->controllers, hierarchy->name,
				    hierarchy->mount, hierarchy->own);
	}
	return text;
}

Test(cgroup_path, a_hybrid_host_has_each_mounted_hierarchy_once)
{
	struct cgroup cgroup = find(hybrid_mounts, self_in);

	cr_assert_str_eq(summary(&cgroup),
			 "[name=systemd systemd /sys/fs/cgroup/systemd /]"
			 "[memory memory /sys/fs/cgroup/memory /process/abc]"
			 "[cpu,cpuacct cpu,cpuacct /sys/fs/cgroup/cpu,cpuacct /]"
			 "[v2 unified /sys/fs/cgroup/unified /user/me]");
	cr_assert_not(cgroup.pure_v2);
}

Test(cgroup_path, what_lies_under_another_mount_does_not_count)
{
	char *mounts = arena_format(&arena, "%s%s", hybrid_mounts,
				    "50 30 0:40 / /sys/fs/cgroup rw - cgroup2 none rw\n");
	struct cgroup cgroup = find(mounts, self_in);

	cr_assert_str_eq(summary(&cgroup), "[v2 cgroup /sys/fs/cgroup /user/me]");
	cr_assert(cgroup.pure_v2);
}

Test(cgroup_path, a_mount_of_a_part_shows_our_own_place_below_it)
{
	struct cgroup cgroup = find(
		"34 30 0:31 /docker/x /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
		"35 30 0:32 /docker/x /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n",
		"4:memory:/docker/x/y\n3:pids:/docker/xyz\n");

	cr_assert_str_eq(summary(&cgroup), "[memory memory /sys/fs/cgroup/memory /y]"
					   "[pids pids /sys/fs/cgroup/pids /]");
}

Test(cgroup_path, the_whole_hierarchy_is_preferred_to_a_part_of_it)
{
	struct cgroup cgroup =
		find("34 30 0:31 /docker/x /mnt/part rw - cgroup cgroup rw,memory\n"
		     "35 30 0:31 / /mnt/odd\\040name rw - cgroup cgroup rw,memory\n",
		     "4:memory:/docker/x/y\n");

	cr_assert_str_eq(summary(&cgroup), "[memory odd name /mnt/odd name /docker/x/y]");
}

static struct cgroup saved_as(const char *path, size_t kept)
{
	struct cgroup cgroup = find(hybrid_mounts, self_in);

	for (size_t i = 0; i < cgroup.count; i++) {
		cgroup.hierarchies[i].path = arena_copy(&arena, path);
		cgroup.hierarchies[i].kept = kept;
	}
	return cgroup;
}

Test(cgroup_path, the_record_is_a_path_and_is_read_back)
{
	static const struct {
		const char *path;
		size_t kept;
		const char *word;
	} rows[] = {
		{ "/user/web", 5, "memory=/sys/fs/cgroup/memory//user//web" },
		{ "/user/web", 0, "memory=/sys/fs/cgroup/memory////user/web" },
		{ "/web", 0, "memory=/sys/fs/cgroup/memory////web" },
		{ "/a/b/c=d", 4, "memory=/sys/fs/cgroup/memory//a/b//c=d" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct cgroup cgroup = saved_as(rows[i].path, rows[i].kept), again;
		struct strings words = cg_save(&cgroup, &arena);

		cr_expect_str_eq(words.at[1], rows[i].word);
		cr_assert_eq(cg_reopen(&again, &words, CG_CGROUPFS, &arena), 0);
		cr_assert_eq(again.count, 4);
		for (size_t k = 0; k < 4; k++) {
			const struct cg_hierarchy *one = &again.hierarchies[k];

			cr_expect_str_eq(one->path, rows[i].path);
			cr_expect_eq(one->kept, rows[i].kept);
			cr_expect_str_eq(one->mount, cgroup.hierarchies[k].mount);
			cr_expect_eq(one->v2, cgroup.hierarchies[k].v2);
			cr_expect_eq(one->fd, -1);
		}
		cr_expect_str_eq(again.hierarchies[0].controllers, "name=systemd");
	}
}

Test(cgroup_path, a_damaged_record_is_refused)
{
	static char *const words[] = {
		(char *)"", (char *)"memory", (char *)"memory=/sys/fs/cgroup/memory",
		(char *)"memory=/sys/fs/cgroup/memory//a", (char *)"memory=////",
		(char *)"memory=/sys/fs/cgroup/memory//..//x",
		(char *)"memory=/sys/fs/cgroup/memory//a//../../x",
		(char *)"memory=/sys/fs/cgroup/memory////",
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		struct strings saved = { .at = (char **)&words[i], .count = 1 };
		struct cgroup cgroup;
		char whole[256];

		cr_expect_eq(cg_reopen(&cgroup, &saved, CG_CGROUPFS, &arena), -EINVAL, "%s",
			     words[i]);
		snprintf(whole, sizeof whole, "the container's record names a wrong cgroup: %s",
			 words[i]);
		cr_expect_str_eq(last_fault()->what, whole);
	}
}
