/* test_idoption.c -- the mapping in a mount's idmap option. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>

#include "ns/rootplan.h"
#include "runtime/base/fault.h"

static struct arena arena;
static struct spec_id_maps uids, gids;

static struct spec_id_map of_uids[] = { { 0, 1000, 1 }, { 1, 100000, 500 } };
static struct spec_id_map of_gids[] = { { 0, 2000, 10 } };

static int read_option(const char *text)
{
	struct spec_linux linux = {
		.uid_mappings = { of_uids, 2 },
		.gid_mappings = { of_gids, 1 },
	};

	return idmap_option_read(text, &linux, &arena, &uids, &gids);
}

static const char *spelled(const struct spec_id_maps *maps)
{
	static char text[256];

	text[0] = '\0';
	for (size_t i = 0; i < maps->count; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), "%u %u %u\n",
			 maps->at[i].container_id, maps->at[i].host_id, maps->at[i].size);
	return text;
}

Test(idoption, ranges_are_parted_by_a_hash)
{
	cr_assert_eq(read_option("uids=0-1-10#10-11-10;gids=0-100-10"), 0, "%s",
		     last_fault()->what);
	cr_expect_str_eq(spelled(&uids), "0 1 10\n10 11 10\n");
	cr_expect_str_eq(spelled(&gids), "0 100 10\n");
	cr_assert_eq(read_option("gids=5-5-1;uids=7-8-9;"), 0);
	cr_expect_str_eq(spelled(&uids), "7 8 9\n");
	cr_expect_str_eq(spelled(&gids), "5 5 1\n");
}

Test(idoption, an_at_counts_from_the_ids_inside)
{
	cr_assert_eq(read_option("uids=@1-3-10#@50-0-1;gids=@0-4-6"), 0, "%s", last_fault()->what);
	cr_expect_str_eq(spelled(&uids), "1 100002 10\n50 1000 1\n");
	cr_expect_str_eq(spelled(&gids), "0 2004 6\n");
	cr_assert_eq(read_option("uids=@0-600-1;gids=0-0-1"), -EINVAL);
	cr_expect_str_eq(last_fault()->what,
			 "idmap=uids=@0-600-1;gids=0-0-1: the container has no such ids");
	cr_assert_eq(read_option("uids=0-0-1;gids=@0-4-7"), -EINVAL);
	cr_expect_str_eq(last_fault()->what,
			 "idmap=uids=0-0-1;gids=@0-4-7: the container has no such ids");
}

Test(idoption, what_is_no_range_is_refused)
{
	static const char *const wrong[] = {
		"uids=;gids=0-0-1",	   "uids=0-1;gids=0-0-1",     "uids=0-1-2-3;gids=0-0-1",
		"uids=0-1-0;gids=0-0-1",   "uids=-1-1-1;gids=0-0-1",  "uids=0-1-2#;gids=0-0-1",
		"uids=0-1-4294967295;gids=0-0-1", "uids= 0-1-2;gids=0-0-1", "uids=0x0-1-2;gids=0-0-1",
		"uids=@;gids=0-0-1", "uids=0-0-1;uids=0-0-1;gids=0-0-1",
	};

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		char wanted[256];

		cr_expect_eq(read_option(wrong[i]), -EINVAL, "%s", wrong[i]);
		snprintf(wanted, sizeof wanted,
			 "idmap=%s: expected FROM-TO-COUNT, more of them after \"#\"", wrong[i]);
		cr_expect_str_eq(last_fault()->what, wanted, "%s", last_fault()->what);
	}
	cr_expect_eq(read_option("ids=0-0-1"), -EINVAL);
	cr_expect_str_eq(last_fault()->what, "idmap=ids=0-0-1: expected \"uids=\" or \"gids=\"");
	cr_expect_eq(read_option("uids=0-0-1"), -EINVAL);
	cr_expect_str_eq(last_fault()->what,
			 "idmap=uids=0-0-1: uids and gids must come together");
	cr_expect_eq(read_option(""), -EINVAL);
}
