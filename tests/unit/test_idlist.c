/* test_idlist.c -- UID[:GID] as people type it. */
#include <criterion/criterion.h>
#include <errno.h>

#include "runtime/base/fault.h"
#include "runtime/base/idlist.h"

static struct arena arena;
static struct asked_user asked;
static uint32_t gid = 88;

Test(idlist, a_uid_alone_leaves_the_gid)
{
	cr_assert_eq(identity_parse_user("1000", &asked, &arena), 0);
	cr_assert_eq(asked.uid, 1000);
	cr_assert_not(asked.gid_given);
	cr_assert_null(asked.user);
}

Test(idlist, both_are_read_up_to_the_largest_id)
{
	cr_assert_eq(identity_parse_user("4294967294:4294967294", &asked, &arena), 0);
	cr_assert_eq(asked.uid, 4294967294u);
	cr_assert(asked.gid_given);
	cr_assert_eq(asked.gid, 4294967294u);
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
					   "5root",
					   "-root",
					   "$",
					   "ro ot",
					   "root:",
					   "root:-1",
					   "../root",
					   "of_more_bytes_than_any_name_can_have",
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
		cr_assert_eq(identity_parse_user(bad[i], &asked, &arena), -EINVAL, "%s", bad[i]);
}

Test(idlist, names_are_told_from_numbers)
{
	cr_assert_eq(identity_parse_user("www-data:_apt.1", &asked, &arena), 0);
	cr_assert_str_eq(asked.user, "www-data");
	cr_assert_str_eq(asked.group, "_apt.1");
	cr_assert(asked.gid_given);
	cr_assert_eq(identity_parse_user("machine$:5", &asked, &arena), 0);
	cr_assert_str_eq(asked.user, "machine$");
	cr_assert_null(asked.group);
	cr_assert_eq(asked.gid, 5);
}

Test(idlist, the_message_names_what_is_wrong)
{
	identity_parse_user("0x5:5", &asked, &arena);
	cr_assert_str_eq(last_fault()->what, "bad uid: \"0x5\" is not a number");
	cr_assert_str_eq(last_fault()->hint,
			 "give USER or USER:GROUP, each a number or a name that the container's "
			 "/etc/passwd and /etc/group have");
	identity_parse_user("5:4294967295", &asked, &arena);
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
