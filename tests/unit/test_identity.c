/* test_identity.c -- the user, the groups and the keyring a process ends up with. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "runtime/identity.h"

static void skip_unless_root(void)
{
	if (geteuid() != 0)
		cr_skip("needs root");
}

static void check_fault(const char *what, const char *path)
{
	cr_assert_str_eq(last_fault()->what, what);
	cr_assert_str_eq(last_fault()->path, path);
}

Test(identity, user_groups_and_umask_are_exactly_those_asked_for)
{
	uint32_t gids[] = { 30, 10, 20, 10 };
	const struct spec_user user = {
		.uid = 1000, .gid = 2000, .umask = { true, 077 }, .additional_gids = { gids, 4 }
	};
	gid_t found[8], real, effective, saved;

	skip_unless_root();
	cr_assert_eq(setgroups(1, (gid_t[]) { 5 }), 0);
	cr_assert_eq(identity_user(&user, false, false), 0, "%s", last_fault()->what);
	cr_assert_eq(umask(0), 077);
	cr_assert_eq(getgroups(8, found), 4);
	cr_assert_eq(memcmp(found, (gid_t[]) { 10, 10, 20, 30 }, sizeof(gid_t[4])), 0);
	getresgid(&real, &effective, &saved);
	cr_assert(real == 2000 && effective == 2000 && saved == 2000);
	getresuid(&real, &effective, &saved);
	cr_assert(real == 1000 && effective == 1000 && saved == 1000);
	cr_assert_eq(prctl(PR_GET_KEEPCAPS, 0, 0, 0, 0), 1);
}

Test(identity, without_a_list_the_callers_groups_are_gone_and_the_umask_is_022)
{
	skip_unless_root();
	cr_assert_eq(setgroups(1, (gid_t[]) { 5 }), 0);
	umask(0);
	cr_assert_eq(identity_user(&(struct spec_user) { 0 }, false, false), 0);
	cr_assert_eq(getgroups(0, NULL), 0);
	cr_assert_eq(umask(0), 0022);
}

Test(identity, the_callers_groups_stay_when_that_is_asked)
{
	gid_t found[4];

	skip_unless_root();
	cr_assert_eq(setgroups(1, (gid_t[]) { 5 }), 0);
	cr_assert_eq(identity_user(&(struct spec_user) { .uid = 1 }, false, true), 0);
	cr_assert_eq(getgroups(4, found), 1);
	cr_assert_eq(found[0], 5);
}

/* setresuid(-1) is "no change": elsewhere, this was a way to stay root. */
Test(identity, the_last_number_is_nobodys_id)
{
	uint32_t gids[] = { 1, UINT32_MAX };
	struct spec_user user = { .uid = UINT32_MAX };

	cr_assert_eq(identity_user(&user, false, true), -EINVAL);
	check_fault("4294967295 is no user", "process.user.uid");
	user = (struct spec_user) { .gid = UINT32_MAX };
	cr_assert_eq(identity_user(&user, false, true), -EINVAL);
	check_fault("4294967295 is no group", "process.user.gid");
	user = (struct spec_user) { .additional_gids = { gids, 2 } };
	cr_assert_eq(identity_user(&user, false, false), -EINVAL);
	check_fault("4294967295 is no group", "process.user.additionalGids[1]");
}

Test(identity, a_umask_beyond_the_permission_bits_is_refused)
{
	const struct spec_user user = { .umask = { true, 01022 } };

	cr_assert_eq(identity_user(&user, false, true), -EINVAL);
	check_fault("01022 is no umask: 0 to 0777", "process.user.umask");
}

Test(identity, groups_where_setgroups_is_forbidden_are_an_error)
{
	uint32_t gid = 5;
	const struct spec_user user = { .uid = getuid(),
					.gid = getgid(),
					.additional_gids = { &gid, 1 } };

	cr_assert_eq(identity_user(&user, true, false), -EPERM);
	check_fault("the user namespace forbids setgroups(2), so no additional groups can be set",
		    "process.user.additionalGids");
}

Test(identity, someone_else_cannot_be_become_without_privilege)
{
	skip_unless_root();
	cr_assert_eq(setresuid(1000, 1000, 1000), 0);
	cr_assert_eq(identity_user(&(struct spec_user) { .gid = 1001 }, false, true), -EPERM);
	check_fault("set gid 1001: Operation not permitted", "process.user.gid");
	cr_assert_eq(identity_user(&(struct spec_user) { .uid = 1001 }, false, true), -EPERM);
	check_fault("set uid 1001: Operation not permitted", "process.user.uid");
}

static void write_map(const char *path, const char *map)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, map, strlen(map)) != (ssize_t)strlen(map))
		_exit(77);
	close(fd);
}

/* In a child of its own, since unshare(CLONE_NEWUSER) wants a single thread: users 0 to 9 and
 * groups 0 to 9 are mapped there. Says what was said, and where. */
static void in_user_namespace(const struct spec_user *user, char *said, size_t size)
{
	int ended, ends[2];
	pid_t child;
	ssize_t got;

	cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
	child = fork();
	if (child == 0) {
		if (unshare(CLONE_NEWUSER) < 0)
			_exit(77);
		/* Only somebody outside may map more than one id. */
		cr_assert_eq(write(ends[1], "m", 1), 1);
		while (setresuid(0, 0, 0) < 0 || setresgid(0, 0, 0) < 0)
			sched_yield();
		identity_user(user, false, false);
		dprintf(ends[1], "%s: %s", last_fault()->path, last_fault()->what);
		_exit(0);
	}
	close(ends[1]);
	if (read(ends[0], said, 1) == 1) {
		char path[64];

		snprintf(path, sizeof path, "/proc/%d/uid_map", child);
		write_map(path, "0 0 10");
		snprintf(path, sizeof path, "/proc/%d/gid_map", child);
		write_map(path, "0 0 10");
	}
	got = read(ends[0], said, size - 1);
	said[got > 0 ? got : 0] = '\0';
	cr_assert_eq(waitpid(child, &ended, 0), child);
	close(ends[0]);
	if (WEXITSTATUS(ended) == 77)
		cr_skip("this kernel lets nobody make a user namespace");
}

Test(identity, an_unmapped_id_is_named)
{
	uint32_t gids[] = { 5, 500 };
	char said[256];

	skip_unless_root();
	in_user_namespace(&(struct spec_user) { .uid = 1000 }, said, sizeof said);
	cr_assert_str_eq(said, "process.user.uid: 1000 is not mapped in the user namespace");
	in_user_namespace(&(struct spec_user) { .gid = 1000 }, said, sizeof said);
	cr_assert_str_eq(said, "process.user.gid: 1000 is not mapped in the user namespace");
	in_user_namespace(&(struct spec_user) { .additional_gids = { gids, 2 } }, said,
			  sizeof said);
	cr_assert_str_eq(said, "process.user.additionalGids[1]: 500 is not mapped in the user "
			       "namespace");
}

static void describe_session(char *about, size_t size)
{
	long got = syscall(SYS_keyctl, KEYCTL_DESCRIBE, KEY_SPEC_SESSION_KEYRING, about, size);

	cr_assert_gt(got, 0);
}

static void skip_without_keys(void)
{
	if (syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0) < 0)
		cr_skip("keyctl(2) does not work here: %s", strerror(errno));
}

Test(identity, the_session_keyring_is_new_and_has_the_containers_name)
{
	char about[256], wanted[256];

	skip_without_keys();
	cr_assert_eq(identity_keyring("unit-1"), 0);
	describe_session(about, sizeof about);
	/* Possessor: everything; owner: view, read, link by default, and search. */
	snprintf(wanted, sizeof wanted, "keyring;%u;%u;3f1b0000;_ses.unit-1", getuid(), getgid());
	cr_assert_str_eq(about, wanted);
}

/* So that exec sees the keys the container has. */
Test(identity, a_second_process_joins_the_same_keyring)
{
	long first;
	int ended;
	pid_t child;

	skip_without_keys();
	cr_assert_eq(identity_keyring("unit-2"), 0);
	first = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0);
	child = fork();
	if (child == 0) {
		_exit(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) == first ||
		      identity_keyring("unit-2") ||
		      syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0) !=
			      first);
	}
	cr_assert_eq(waitpid(child, &ended, 0), child);
	cr_assert_eq(ended, 0);
}
