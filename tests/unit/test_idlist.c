/* test_idlist.c -- UID[:GID] as people type it. */
#include <criterion/criterion.h>
#include <errno.h>

#include "runtime/base/fault.h"
#include "runtime/base/idlist.h"

static uint32_t uid = 77, gid = 88;
static bool gid_given;

Test(idlist, a_uid_alone_leaves_the_gid)
{
	cr_assert_eq(identity_parse_user("1000", &uid, &gid_given, &gid), 0);
	cr_assert_eq(uid, 1000);
	cr_assert_not(gid_given);
	cr_assert_eq(gid, 88);
}

Test(idlist, both_are_read_up_to_the_largest_id)
{
	cr_assert_eq(identity_parse_user("4294967294:4294967294", &uid, &gid_given, &gid), 0);
	cr_assert_eq(uid, 4294967294u);
	cr_assert(gid_given);
	cr_assert_eq(gid, 4294967294u);
}

/* CVE-2026-30892 and the values that made root elsewhere. */
Test(idlist, nothing_that_is_no_id_becomes_one)
{
	static const char *const bad[] = { "",
					   ":",
					   "1:",
					   ":1",
					   "-1",
					   "1:-1",
					   "root",
					   " 1",
					   "1 ",
					   "1:2:3",
					   "0x0",
					   "1,2",
					   "4294967295",
					   "4294967296",
					   "18446744073709551616",
					   "0:4294967295" };

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		cr_assert_eq(identity_parse_user(bad[i], &uid, &gid_given, &gid), -EINVAL, "%s",
			     bad[i]);
	cr_assert_eq(uid, 77);
	cr_assert_eq(gid, 88);
}

Test(idlist, the_message_names_what_is_wrong)
{
	identity_parse_user("nobody:5", &uid, &gid_given, &gid);
	cr_assert_str_eq(last_fault()->what, "bad uid: \"nobody\" is not a number");
	cr_assert_str_eq(last_fault()->hint,
			 "names are not looked up; give numbers: UID or UID:GID");
	identity_parse_user("5:4294967295", &uid, &gid_given, &gid);
	cr_assert_str_eq(last_fault()->what,
			 "bad gid: \"4294967295\" is out of range: 0 to 4294967294");
}

Test(idlist, a_group_alone_is_read_alike)
{
	cr_assert_eq(identity_parse_group("5", &gid), 0);
	cr_assert_eq(gid, 5);
	cr_assert_eq(identity_parse_group("audio", &gid), -EINVAL);
	cr_assert_str_eq(last_fault()->what, "bad gid: \"audio\" is not a number");
}
