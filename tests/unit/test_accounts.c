/* test_accounts.c -- users, groups and homes in the files of a container. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "runtime/accounts.h"
#include "runtime/base/fault.h"
#include "tests/unit/imageroot.h"

TestSuite(accounts, .init = make_root, .timeout = 20);

static struct arena arena;
static struct spec_user user;

static int look_up(const char *text)
{
	struct asked_user asked;

	user = (struct spec_user){ .uid = 77, .gid = 88 };
	cr_assert_eq(identity_parse_user(text, &asked, &arena), 0, "%s", last_fault()->what);
	if (!asked.user)
		user.uid = asked.uid;
	return accounts_look_up(&user, &asked, true, &arena);
}

static void assert_user(const char *text, const char *wanted)
{
	char found[128];

	cr_assert_eq(look_up(text), 0, "%s: %s", text, last_fault()->what);
	snprintf(found, sizeof found, "%u:%u", user.uid, user.gid);
	for (size_t i = 0; i < user.additional_gids.count; i++)
		snprintf(found + strlen(found), sizeof found - strlen(found), ",%u",
			 user.additional_gids.at[i]);
	cr_assert_str_eq(found, wanted, "%s: %s", text, found);
}

static void assert_refused(const char *text, const char *what)
{
	cr_assert_lt(look_up(text), 0, "%s", text);
	cr_assert_str_eq(last_fault()->what, what);
}

static const char passwd[] = "root:x:0:0:root:/root:/bin/sh\n"
			     "\nbroken\n7:7:\nhalf:x:5\nminus:x:-1:5::/:\n"
			     "web:x:1000:1001::/home/web:/bin/sh\n"
			     "web:x:0:0::/second:/bin/sh\n"
			     "1000:x:0:0::/evil:/bin/sh\n"
			     "last:x:1003:1003::/last";
static const char group[] = "root:x:0:\naudio:x:29:web,other\nvideo:x:44:webby\n"
			    "broken:x:nine:web\n\nweb:x:1001:\nwheel:x:10:other,web";

Test(accounts, names_are_looked_up)
{
	put("/etc/passwd", passwd, 0644);
	put("/etc/group", group, 0644);
	assert_user("root", "0:0");
	assert_user("web", "1000:1001,29,10");
	assert_user("last", "1003:1003");
	assert_user("web:audio", "1000:29,29,10");
	assert_user("web:7", "1000:7,29,10");
	assert_user("5:video", "5:44");
	assert_user("5:6", "5:6");
}

/* CVE-2016-3697: an image that has a user called "1000". */
Test(accounts, a_number_is_never_a_name)
{
	put("/etc/passwd", passwd, 0644);
	assert_user("1000", "1000:88");
}

Test(accounts, names_that_are_not_there_are_refused)
{
	put("/etc/passwd", passwd, 0644);
	put("/etc/group", group, 0644);
	assert_refused("nobody", "bad user \"nobody\": not in the container's /etc/passwd");
	assert_refused("we", "bad user \"we\": not in the container's /etc/passwd");
	assert_refused("half", "bad user \"half\": its line in the container's /etc/passwd has no "
			       "uid and gid");
	assert_refused("minus", "bad user \"minus\": its line in the container's /etc/passwd has no "
				"uid and gid");
	assert_refused("5:nine", "bad group \"nine\": not in the container's /etc/group");
	assert_refused("5:broken", "bad group \"broken\": not in the container's /etc/group");
}

Test(accounts, without_the_files_there_are_no_names)
{
	assert_refused("web", "bad user \"web\": the container's /etc/passwd: No such file or "
			      "directory");
	assert_refused("5:audio", "bad group \"audio\": the container's /etc/group: No such file or "
				  "directory");
	put("/etc/passwd", passwd, 0644);
	assert_user("web", "1000:1001");
}

/* The host's are one ".." and one magic link away. */
Test(accounts, the_files_do_not_lead_out)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/self/fd/%d/../etc/passwd", host_folder);
	cr_assert_eq(symlink(path, "/etc/passwd"), 0);
	assert_refused("root", "bad user \"root\": the container's /etc/passwd: Too many levels of "
			       "symbolic links");
	unlink("/etc/passwd");
	put("/bin/list", passwd, 0644);
	cr_assert_eq(symlink("../../../../bin/list", "/etc/passwd"), 0);
	assert_user("web", "1000:1001");
}

Test(accounts, files_that_never_end_are_not_read)
{
	cr_assert_eq(mkfifo("/etc/passwd", 0644), 0);
	assert_refused("web", "bad user \"web\": the container's /etc/passwd: not a regular file");
	unlink("/etc/passwd");
	put("/etc/passwd", passwd, 0644);
	cr_assert_eq(truncate("/etc/passwd", 4ll << 30), 0);
	assert_refused("web", "bad user \"web\": the container's /etc/passwd: File too large");
}

/* ---- homes ------------------------------------------------------------------------------ */

Test(accounts, home_is_the_first_line_of_that_user)
{
	put("/etc/passwd",
	    "root:x:0:0:root:/root:/bin/sh\n"
	    "\nbroken\n7:7:\n"
	    "one:x:1000:1000::/home/one:/bin/sh\n"
	    "two:x:1000:1000::/home/two:/bin/sh\n"
	    "bare:x:1001:1001:::\n"
	    "sign:x:+1002:0::/sign:\n"
	    "last:x:1003:0::/last",
	    0644);
	cr_assert_str_eq(accounts_home(0, &arena), "/root");
	cr_assert_str_eq(accounts_home(1000, &arena), "/home/one");
	cr_assert_null(accounts_home(1001, &arena));
	cr_assert_null(accounts_home(1002, &arena));
	cr_assert_str_eq(accounts_home(1003, &arena), "/last");
	cr_assert_null(accounts_home(7, &arena));
}

static char heard[256];

static void hear(const char *sentence)
{
	snprintf(heard, sizeof heard, "%s", sentence);
}

Test(accounts, no_passwd_is_no_home_and_no_warning)
{
	send_warnings_to(hear);
	cr_assert_null(accounts_home(0, &arena));
	cr_assert_str_eq(heard, "");
}

Test(accounts, passwd_may_be_a_symlink_inside)
{
	put("/bin/list", "root:x:0:0::/root:\n", 0644);
	cr_assert_eq(symlink("/../bin/list", "/etc/passwd"), 0);
	cr_assert_str_eq(accounts_home(0, &arena), "/root");
}

/* CVE-2026-47262: the suite's time limit is part of these. */
Test(accounts, a_passwd_that_never_ends_is_not_read)
{
	send_warnings_to(hear);
	cr_assert_eq(mkfifo("/etc/passwd", 0644), 0);
	cr_assert_null(accounts_home(0, &arena));
	cr_assert_str_eq(heard, "HOME is not looked up: the container's /etc/passwd: not a "
				"regular file");
	unlink("/etc/passwd");
	cr_assert_eq(mknod("/zero", S_IFCHR | 0666, makedev(1, 5)), 0);
	cr_assert_eq(symlink("/zero", "/etc/passwd"), 0);
	cr_assert_null(accounts_home(0, &arena));
	unlink("/etc/passwd");
	put("/etc/passwd", "root:x:0:0::/root:\n", 0644);
	cr_assert_eq(truncate("/etc/passwd", 4ll << 30), 0);
	cr_assert_null(accounts_home(0, &arena));
	cr_assert_str_eq(heard, "HOME is not looked up: the container's /etc/passwd: File too "
				"large");
}
