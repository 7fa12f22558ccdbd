/* test_resctrl.c -- linux.intelRdt on a stand-in for the resctrl tree.
 *
 * A directory plays the tree, and this file plays the kernel: a new directory below it has the
 * files a new class or monitoring group has, and rmdir(2) takes them along. Writes stay as they are
 * written, so what was written last is what is read. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cgroups/resctrl.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

/* No longer than what the tests write: a file keeps what is behind. */
static const char new_schemata[] = "L3:0=f\n";
static const char full_schemata[] = "    L3:0=fff;1=fff\n    MB:0=100;1=100\n";

static char tree[64];
static int top = -1;
static struct arena arena;
static struct resctrl resctrl;

/* ---- the kernel's part ----------------------------------------------------------------------- */

static void put(const char *path, const char *text)
{
	char whole[256];
	FILE *file;

	snprintf(whole, sizeof whole, "%s/%s", tree, path);
	for (char *slash = whole + strlen(tree) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		syscall(SYS_mkdirat, AT_FDCWD, whole, 0755);
		*slash = '/';
	}
	file = fopen(whole, "we");
	cr_assert_not_null(file, "%s", whole);
	fputs(text, file);
	fclose(file);
}

static bool is_ours(int dir)
{
	char link[64], target[128] = "";

	snprintf(link, sizeof link, "/proc/self/fd/%d", dir);
	return tree[0] && readlink(link, target, sizeof target - 1) > 0 && !strcmp(target, tree);
}

int mkdirat(int dir, const char *path, mode_t mode)
{
	int result = (int)syscall(SYS_mkdirat, dir, path, mode);
	char file[256];

	if (result || !is_ours(dir))
		return result;
	snprintf(file, sizeof file, "%s/tasks", path);
	put(file, "");
	if (strstr(path, "mon_groups/"))
		return 0;
	snprintf(file, sizeof file, "%s/schemata", path);
	put(file, new_schemata);
	snprintf(file, sizeof file, "%s/mon_groups/.keep", path);
	put(file, "");
	return 0;
}

static int remove_any(const char *path, const struct stat *about, int kind, struct FTW *walk)
{
	(void)about, (void)walk;
	return (int)syscall(SYS_unlinkat, AT_FDCWD, path, kind == FTW_DP ? AT_REMOVEDIR : 0);
}

int unlinkat(int dir, const char *path, int flags)
{
	char whole[256];
	struct stat about;

	if (!(flags & AT_REMOVEDIR) || !is_ours(dir))
		return (int)syscall(SYS_unlinkat, dir, path, flags);
	snprintf(whole, sizeof whole, "%s/%s", tree, path);
	if (lstat(whole, &about) < 0)
		return -1;
	return nftw(whole, remove_any, 8, FTW_DEPTH | FTW_PHYS);
}

/* ---- a tree ---------------------------------------------------------------------------------- */

static void open_tree(void)
{
	strcpy(tree, "/tmp/resctrl.XXXXXX");
	cr_assert_not_null(mkdtemp(tree));
	top = open(tree, O_PATH | O_DIRECTORY | O_CLOEXEC);
	put("schemata", full_schemata);
	put("tasks", "");
	put("mon_groups/.keep", "");
	put("info/last_cmd_status", "ok\n");
	put("info/L3/cbm_mask", "fff\n");
	put("info/L3/min_cbm_bits", "1\n");
	put("info/L3/num_closids", "16\n");
	put("info/MB/bandwidth_gran", "10\n");
	put("info/MB/delay_linear", "1\n");
	put("info/MB/min_bandwidth", "10\n");
	put("info/MB/num_closids", "8\n");
	put("info/L3_MON/mon_features", "llc_occupancy\nmbm_total_bytes\nmbm_local_bytes\n");
}

static void close_tree(void)
{
	nftw(tree, remove_any, 8, FTW_DEPTH | FTW_PHYS);
	tree[0] = '\0';
	arena_free(&arena);
}

TestSuite(resctrl, .init = open_tree, .fini = close_tree);

static const char *content(const char *path)
{
	static char text[512];

	if (read_small(top, path, text, sizeof text) < 0)
		return "(none)";
	return text;
}

static bool there(const char *path)
{
	return faccessat(top, path, F_OK, 0) == 0;
}

static int plan(struct spec_intel_rdt *asked)
{
	asked->given = true;
	return rdt_plan_at(&resctrl, tree, asked, "web", &arena);
}

static void make(struct spec_intel_rdt *asked)
{
	cr_assert_eq(plan(asked), 0, "%s: %s", last_fault()->path, last_fault()->what);
	cr_assert_eq(rdt_make(&resctrl), 0, "%s", last_fault()->what);
}

static void expect_refusal(struct spec_intel_rdt *asked, const char *path, const char *format)
{
	char wanted[256];

	snprintf(wanted, sizeof wanted, "%s", format);
	for (char *at; (at = strchr(wanted, '@'));) {
		char rest[256];

		snprintf(rest, sizeof rest, "%s", at + 1);
		snprintf(at, sizeof wanted - (size_t)(at - wanted), "%s%s", tree, rest);
	}
	cr_expect_neq(plan(asked), 0, "%s", wanted);
	cr_expect_str_eq(last_fault()->what, wanted);
	cr_expect_str_eq(last_fault()->path, path);
}

static struct strings list(char **words, size_t count)
{
	return (struct strings){ words, count };
}

/* What the next command knows. */
static void reopen(void)
{
	struct strings saved = rdt_save(&resctrl, &arena);

	cr_assert_eq(rdt_reopen(&resctrl, &saved, &arena), 0, "%s", last_fault()->what);
}

/* ---- whose class it is ----------------------------------------------------------------------- */

Test(resctrl, without_closID_the_class_is_the_containers_and_goes_with_it)
{
	struct spec_intel_rdt asked = { .l3_cache_schema = (char *)"L3:0=f",
					.mem_bw_schema = (char *)"MB:0=20" };

	make(&asked);
	cr_expect_str_eq(content("web/schemata"), "L3:0=f\nMB:0=20\n");
	cr_assert_eq(rdt_enter(&resctrl, 4711), 0);
	cr_expect_str_eq(content("web/tasks"), "4711");
	reopen();
	cr_assert_eq(rdt_remove(&resctrl), 0);
	cr_expect_not(there("web"));
	cr_expect_eq(rdt_remove(&resctrl), 0, "gone is success");
}

Test(resctrl, without_anything_asked_the_schemata_are_not_written)
{
	struct spec_intel_rdt asked = { 0 };

	make(&asked);
	cr_expect_str_eq(content("web/schemata"), new_schemata);
}

Test(resctrl, a_class_that_was_there_under_the_containers_name_is_not_removed)
{
	struct spec_intel_rdt asked = { 0 };

	mkdirat(top, "web", 0755);
	make(&asked);
	reopen();
	cr_assert_eq(rdt_remove(&resctrl), 0);
	cr_expect(there("web"));
}

Test(resctrl, a_class_that_closID_names_is_made_when_missing_and_left_behind)
{
	char *lines[] = { (char *)"L3:0=f;1=f0", (char *)"MB:1=70" };
	struct spec_intel_rdt asked = { .clos_id = (char *)"gold", .schemata = list(lines, 2) };

	make(&asked);
	cr_expect_str_eq(content("gold/schemata"), "L3:0=f;1=f0\nMB:1=70\n");
	reopen();
	cr_assert_eq(rdt_remove(&resctrl), 0);
	cr_expect(there("gold"));
}

Test(resctrl, schemata_are_written_after_the_two_older_fields)
{
	char *lines[] = { (char *)"L3:0=3" };
	struct spec_intel_rdt asked = { .l3_cache_schema = (char *)"L3:0=f",
					.schemata = list(lines, 1) };

	make(&asked);
	cr_expect_str_eq(content("web/schemata"), "L3:0=3\n");
}

Test(resctrl, a_named_class_without_schemata_is_joined_and_has_to_be_there)
{
	struct spec_intel_rdt asked = { .clos_id = (char *)"gold" };

	expect_refusal(&asked, "linux.intelRdt.closID",
		       "there is no class @/gold, and without schemata it is not made");
	mkdirat(top, "gold", 0755);
	make(&asked);
	cr_assert_eq(rdt_enter(&resctrl, 12), 0);
	cr_expect_str_eq(content("gold/tasks"), "12");
	cr_expect_str_eq(content("gold/schemata"), new_schemata);
}

Test(resctrl, a_named_class_that_is_there_must_be_as_asked)
{
	struct spec_intel_rdt same = { .clos_id = (char *)"gold",
				       .l3_cache_schema = (char *)"L3:1=0fff",
				       .mem_bw_schema = (char *)"MB:0=95;1=100" };
	struct spec_intel_rdt other = { .clos_id = (char *)"gold",
					.mem_bw_schema = (char *)"MB:0=50" };
	char *lines[] = { (char *)"MB:0=100", (char *)"L3:2=f" };
	struct spec_intel_rdt more = { .clos_id = (char *)"gold", .schemata = list(lines, 2) };

	mkdirat(top, "gold", 0755);
	put("gold/schemata", full_schemata);
	cr_expect_eq(plan(&same), 0, "%s", last_fault()->what);
	expect_refusal(&other, "linux.intelRdt.memBwSchema",
		       "class @/gold is there already, and is not \"MB:0=50\"");
	expect_refusal(&more, "linux.intelRdt.schemata[1]",
		       "class @/gold is there already, and is not \"L3:2=f\"");
}

Test(resctrl, a_slash_is_the_default_class)
{
	struct spec_intel_rdt asked = { .clos_id = (char *)"/", .enable_monitoring = true };

	make(&asked);
	cr_assert_eq(rdt_enter(&resctrl, 13), 0);
	cr_expect_str_eq(content("tasks"), "13");
	cr_expect_str_eq(content("mon_groups/web/tasks"), "13");
	reopen();
	cr_assert_eq(rdt_remove(&resctrl), 0);
	cr_expect_not(there("mon_groups/web"));
	cr_expect(there("schemata"));
}

/* ---- monitoring ------------------------------------------------------------------------------ */

Test(resctrl, a_monitoring_group_is_the_containers_own)
{
	struct spec_intel_rdt asked = { .clos_id = (char *)"gold", .enable_monitoring = true };

	mkdirat(top, "gold", 0755);
	make(&asked);
	cr_assert_eq(rdt_enter(&resctrl, 14), 0);
	cr_expect_str_eq(content("gold/mon_groups/web/tasks"), "14");
	expect_refusal(&asked, "linux.intelRdt.enableMonitoring",
		       "@/gold/mon_groups/web is there already");
	asked.enable_monitoring = true;
	plan(&(struct spec_intel_rdt){ .given = true, .clos_id = (char *)"gold" });
	cr_expect_null(resctrl.monitor);
}

Test(resctrl, a_monitoring_group_goes_with_the_container)
{
	struct spec_intel_rdt asked = { .clos_id = (char *)"gold", .enable_monitoring = true };

	mkdirat(top, "gold", 0755);
	make(&asked);
	reopen();
	cr_assert_eq(rdt_remove(&resctrl), 0);
	cr_expect_not(there("gold/mon_groups/web"));
	cr_expect(there("gold"));
}

Test(resctrl, a_host_that_cannot_monitor_says_so)
{
	struct spec_intel_rdt asked = { .enable_monitoring = true };
	char path[128];

	snprintf(path, sizeof path, "%s/mon_groups", tree);
	nftw(path, remove_any, 4, FTW_DEPTH | FTW_PHYS);
	expect_refusal(&asked, "linux.intelRdt.enableMonitoring",
		       "this host cannot monitor: there is no @/mon_groups");
}

/* ---- what is wrong --------------------------------------------------------------------------- */

Test(resctrl, lines_that_are_none_and_resources_that_the_host_has_not_are_refused)
{
	struct spec_intel_rdt no_line = { .l3_cache_schema = (char *)"L3:0=xyz" };
	struct spec_intel_rdt no_resource = { .l3_cache_schema = (char *)"L2:0=f" };
	struct spec_intel_rdt no_class = { .clos_id = (char *)"info" };

	expect_refusal(&no_line, "linux.intelRdt.l3CacheSchema",
		       "expected a line such as \"L3:0=7f;1=1f\", got \"L3:0=xyz\"");
	expect_refusal(&no_resource, "linux.intelRdt.l3CacheSchema",
		       "this host cannot share out \"L2\": there is no @/info/L2");
	expect_refusal(&no_class, "linux.intelRdt.closID", "@/info is no class of service");
}

Test(resctrl, a_create_that_fails_leaves_nothing_and_says_what_the_kernel_says)
{
	struct spec_intel_rdt asked = { .clos_id = (char *)"gold",
					.l3_cache_schema = (char *)"L3:0=f",
					.enable_monitoring = true };

	cr_assert_eq(plan(&asked), 0);
	put("gold/taken", "");
	put("info/last_cmd_status", "out of CLOSIDs\n");
	cr_expect_eq(rdt_make(&resctrl), -EEXIST);
	cr_expect_str_eq(last_fault()->hint, "resctrl says: out of CLOSIDs");
	cr_expect(there("gold/taken"), "what others made stays");
}

Test(resctrl, a_create_that_was_killed_gives_back_a_named_class_that_nobody_is_in)
{
	struct spec_intel_rdt asked = { .clos_id = (char *)"gold",
					.l3_cache_schema = (char *)"L3:0=f" };

	make(&asked);
	put("gold/tasks", "99\n");
	reopen();
	cr_expect_eq(rdt_unmake(&resctrl), 0);
	cr_expect(there("gold"));
	put("gold/tasks", "");
	cr_expect_eq(rdt_unmake(&resctrl), 0);
	cr_expect_not(there("gold"));
}

/* ---- update ---------------------------------------------------------------------------------- */

Test(resctrl, an_update_writes_lines_and_knows_those_before)
{
	struct spec_intel_rdt asked = { 0 };
	struct strings before;

	make(&asked);
	put("web/schemata", "    L3:0=f;1=f\n    MB:0=90\n");
	reopen();
	cr_assert_eq(rdt_update(&resctrl, "L3:0=1;1=1;2=1", "MB:0=30;1=30", &before), 0, "%s",
		     last_fault()->what);
	cr_expect_str_eq(content("web/schemata"), "L3:0=1;1=1;2=1\nMB:0=30;1=30\n");
	rdt_put_back(&resctrl, &before);
	cr_expect_eq(strncmp(content("web/schemata"), "L3:0=f;1=f\nMB:0=90\n", 19), 0, "%s",
		     content("web/schemata"));
	cr_expect_neq(rdt_update(&resctrl, "L3", NULL, &before), 0);
	cr_expect_str_eq(last_fault()->what, "--l3-cache-schema: expected a line such as "
					     "\"L3:0=7f;1=1f\", got \"L3\"");
}

/* ---- lines ----------------------------------------------------------------------------------- */

Test(resctrl, lines_are_compared_by_what_they_mean)
{
	static const char now[] = "    L3:0=00fff;1=f\n    MB:0= 30;1= 70\nL3CODE:0=1\n";
	static const struct {
		const char *line;
		bool same;
	} lines[] = {
		{ "L3:0=fff", true },	{ "L3:1=0f;0=FFF", true }, { "L3:0=fff;1=ff", false },
		{ "L3:2=f", false },	{ "L2:0=f", false },	   { "MB:0=30", true },
		{ "MB:0=25", true },	{ "MB:0=20", false },	   { "MB:1=70;0=21", true },
		{ "L3CODE:0=1", true }, { "L3:0=ff1", false },
	};

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		cr_expect_eq(rdt_line_is_so(lines[i].line, now, 10), lines[i].same, "%s",
			     lines[i].line);
	cr_expect_not(rdt_line_is_so("MB:0=25", now, 0));
}

Test(resctrl, what_is_no_line_is_none)
{
	static const char *const wrong[] = { "", "L3", "L3:", ":0=f", "L3:0", "L3:0=", "L3:x=f",
					     "L3:0=f;", "L3:0=f x", "L 3:0=f", "MB:0=f" };
	char name[32];

	cr_expect(rdt_read_line("L3:0=f;1=f", name, sizeof name));
	cr_expect_str_eq(name, "L3");
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		cr_expect(strcmp(wrong[i], "L3:0=f;") == 0 ||
				  !rdt_read_line(wrong[i], name, sizeof name),
			  "%s", wrong[i]);
}

/* ---- statistics ------------------------------------------------------------------------------ */

Test(resctrl, statistics_have_the_keys_of_runc)
{
	static const char wanted[] =
		"{\"l3_cache_info\": {\"cbm_mask\": \"fff\", \"min_cbm_bits\": 1, \"num_closids\": "
		"16}, \"l3_cache_schema_root\": \"L3:0=fff;1=fff\", \"l3_cache_schema\": "
		"\"L3:0=f\", \"mem_bw_info\": {\"bandwidth_gran\": 10, \"delay_linear\": 1, "
		"\"min_bandwidth\": 10, \"num_closids\": 8}, \"mem_bw_schema_root\": "
		"\"MB:0=100;1=100\", \"mem_bw_schema\": \"MB:0=20\", \"schemata\": [\"L3:0=f\", "
		"\"MB:0=20\"], \"mbm_stats\": [{\"mbm_total_bytes\": 7, \"mbm_local_bytes\": 5}, "
		"{\"mbm_total_bytes\": 0, \"mbm_local_bytes\": 0}], \"cmt_stats\": "
		"[{\"llc_occupancy\": 4096}, {\"llc_occupancy\": 0}]}";
	struct spec_intel_rdt asked = { .l3_cache_schema = (char *)"L3:0=f",
					.mem_bw_schema = (char *)"MB:0=20",
					.enable_monitoring = true };
	json_t *stats;
	char *text;

	make(&asked);
	put("web/mon_groups/web/mon_data/mon_L3_00/mbm_total_bytes", "7\n");
	put("web/mon_groups/web/mon_data/mon_L3_00/mbm_local_bytes", "5\n");
	put("web/mon_groups/web/mon_data/mon_L3_00/llc_occupancy", "4096\n");
	put("web/mon_groups/web/mon_data/mon_L3_01/mbm_total_bytes", "Unavailable\n");
	stats = rdt_stats(&resctrl);
	cr_assert_not_null(stats, "%s", last_fault()->what);
	text = json_dumps(stats, 0);
	cr_expect_str_eq(text, wanted);
	free(text);
	json_decref(stats);
}
