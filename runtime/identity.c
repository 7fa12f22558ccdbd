/* identity.c -- who the workload is: its keyring, its groups and its user.
 *
 * setresuid(2) and its kin fail in quiet ways: -1 means "no change", a limit on processes may
 * refuse it, and nobody asks afterwards. So all ids are read back.
 *
 * Does not look up names (accounts.c; the config has numbers, CVE-2016-3697) and does not touch capabilities
 * (ns/caps.c, before and after). Directory and program: runtime/whereabouts.c. */
#include "runtime/identity.h"

#include <errno.h>
#include <grp.h>
#include <linux/keyctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "runtime/base/idlist.h"
#include "runtime/base/owned.h"

/* From the kernel's linux/key.h, which has no user-space copy: the owner, not only whoever holds
 * it, may find this key. A later exec joins the container's keyring by its name and needs that. */
enum { key_user_search = 0x00080000 };

static long keyctl(int operation, unsigned long second, unsigned long third, unsigned long fourth)
{
	return syscall(SYS_keyctl, operation, second, third, fourth);
}

/* keyctl(2), KEYCTL_DESCRIBE: "type;uid;gid;permissions in hex;name". */
static int let_owner_search(void)
{
	const unsigned long session = (unsigned long)KEY_SPEC_SESSION_KEYRING;
	char about[512];
	unsigned permissions;

	if (keyctl(KEYCTL_DESCRIBE, session, (unsigned long)about, sizeof about) < 0)
		return -errno;
	about[sizeof about - 1] = '\0';
	if (sscanf(about, "%*[^;];%*d;%*d;%x;", &permissions) != 1)
		return -EPROTO;
	if (permissions & key_user_search)
		return 0;
	if (keyctl(KEYCTL_SETPERM, session, permissions | key_user_search, 0) < 0)
		return -errno;
	return 0;
}

int identity_keyring(const char *container_id)
{
	char name[1024];
	int result;

	if (snprintf(name, sizeof name, "_ses.%s", container_id) >= (int)sizeof name)
		return refuse(ENAMETOOLONG, "container ID too long for the name of a keyring");
	if (keyctl(KEYCTL_JOIN_SESSION_KEYRING, (unsigned long)name, 0, 0) < 0)
		result = -errno;
	else
		result = let_owner_search();
	/* The quota is on all keys of a user, other seccomp filters (docker in docker) forbid
	 * keyctl, and kernels are built without keys. Filesystem credentials protect the caller's
	 * keys all the same, so the container may go on; but it must be said. */
	if (result == -EDQUOT || result == -EPERM || result == -ENOSYS) {
		warn("the container shares its caller's session keyring: make keyring %s: %s", name,
		     strerror(-result));
		return 0;
	}
	return result ? fail(result, "make session keyring %s", name) : 0;
}

static int unmapped(const char *map, const char *path, uint32_t id)
{
	return advise(
		blame(refuse(EINVAL, "%u is not mapped in the user namespace", id), "%s", path),
		"add a range that covers it to linux.%s", map);
}

/* EINVAL tells that some group is not mapped, but not which: so each is tried alone. */
static int setgroups_failed(int error, const struct spec_u32s *gids)
{
	char path[64];

	for (size_t i = 0; error == EINVAL && i < gids->count; i++) {
		snprintf(path, sizeof path, "process.user.additionalGids[%zu]", i);
		if (setgroups(1, &gids->at[i]) < 0 && errno == EINVAL)
			return unmapped("gidMappings", path, gids->at[i]);
	}
	return blame(fail(error, "set %zu additional groups", gids->count),
		     "process.user.additionalGids");
}

static int compare_ids(const void *one, const void *other)
{
	uint32_t first = *(const uint32_t *)one, second = *(const uint32_t *)other;

	return (first > second) - (first < second);
}

/* The kernel keeps groups sorted, repeated ones too. */
static int verify_groups(const struct spec_u32s *gids)
{
	size_t bytes = gids->count * sizeof *gids->at;
	autofree uint32_t *wanted = malloc(bytes + 1), *found = malloc(bytes + 1);
	int count;

	if (!wanted || !found)
		return fail(ENOMEM, "check the additional groups");
	if (bytes)
		memcpy(wanted, gids->at, bytes);
	qsort(wanted, gids->count, sizeof *wanted, compare_ids);
	/* EINVAL: there are more than `found` has room for. A size of 0 would only count them. */
	count = getgroups(gids->count ? (int)gids->count : 0, found);
	if (count < 0 || (size_t)count != gids->count || (bytes && memcmp(wanted, found, bytes)))
		return blame(refuse(EPERM, "the additional groups are not those asked for"),
			     "process.user.additionalGids");
	return 0;
}

static int set_groups(const struct spec_user *user, bool deny_setgroups, bool keep_groups)
{
	const struct spec_u32s *gids = &user->additional_gids;

	for (size_t i = 0; i < gids->count; i++) {
		if (gids->at[i] > IDLIST_LARGEST)
			return blame(refuse(EINVAL, "%u is no group", gids->at[i]),
				     "process.user.additionalGids[%zu]", i);
	}
	if (deny_setgroups && gids->count)
		return advise(blame(refuse(EPERM, "the user namespace forbids setgroups(2), so no "
						  "additional groups can be set"),
				    "process.user.additionalGids"),
			      "leave them out, or give this user ranges in /etc/subgid");
	if (deny_setgroups || keep_groups)
		return 0;
	if (setgroups(gids->count, gids->at) < 0)
		return setgroups_failed(errno, gids);
	return verify_groups(gids);
}

static int set_gid(uint32_t gid)
{
	gid_t real, effective, saved;

	if (gid > IDLIST_LARGEST)
		return blame(refuse(EINVAL, "%u is no group", gid), "process.user.gid");
	if (setresgid(gid, gid, gid) < 0)
		return errno == EINVAL ? unmapped("gidMappings", "process.user.gid", gid)
				       : blame(fail(errno, "set gid %u", gid), "process.user.gid");
	if (getresgid(&real, &effective, &saved) < 0 || real != gid || effective != gid ||
	    saved != gid)
		return blame(refuse(EPERM, "gid %u was set but is not in force", gid),
			     "process.user.gid");
	return 0;
}

static int set_uid(uint32_t uid)
{
	uid_t real, effective, saved;

	if (uid > IDLIST_LARGEST)
		return blame(refuse(EINVAL, "%u is no user", uid), "process.user.uid");
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
		return fail(errno, "keep capabilities across setuid");
	if (setresuid(uid, uid, uid) < 0)
		return errno == EINVAL ? unmapped("uidMappings", "process.user.uid", uid)
				       : blame(fail(errno, "set uid %u", uid), "process.user.uid");
	if (getresuid(&real, &effective, &saved) < 0 || real != uid || effective != uid ||
	    saved != uid)
		return blame(refuse(EPERM, "uid %u was set but is not in force", uid),
			     "process.user.uid");
	return 0;
}

int identity_user(const struct spec_user *user, bool deny_setgroups, bool keep_groups)
{
	/* config.md leaves the umask of a config without one alone; runc and crun set 0022, and
	 * images rely on it. */
	uint32_t mask = user->umask.given ? user->umask.value : 0022;
	int result;

	if (mask > 0777)
		return blame(refuse(EINVAL, "%#o is no umask: 0 to 0777", mask),
			     "process.user.umask");
	umask(mask);
	/* Groups first: without CAP_SETGID, which setresuid may cost us, there is no way back. */
	result = set_groups(user, deny_setgroups, keep_groups);
	if (!result)
		result = set_gid(user->gid);
	if (!result)
		result = set_uid(user->uid);
	return result;
}
