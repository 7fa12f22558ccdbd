/* attach_old.c -- mount(2): for kernels before 5.12, and for what fsconfig(2) cannot take.
 *
 * The target is still a descriptor (as /proc/self/fd/N, so the host's /proc must be there), but
 * what was mounted has to be found again by its path below the root. It is taken only if it is the
 * root of another mount than the target's. Attributes come in a second step, and a kernel
 * without mount_setattr(2) cannot do idmapped mounts or options for whole trees: those are refused.
 *
 * Does not decide when it is used (attach.c). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "ns/attach.h"
#include "ns/below.h"
#include "runtime/base/fault.h"
#include "runtime/base/owned.h"

enum { data_max = 4096 }; /* mount(2): one page */

/* The kernel's number of MS_NOSYMFOLLOW; glibc has it as an enumerator only. */
static const struct {
	uint64_t attribute;
	unsigned long flag;
} pairs[] = {
	{ MOUNT_ATTR_RDONLY, MS_RDONLY },	  { MOUNT_ATTR_NOSUID, MS_NOSUID },
	{ MOUNT_ATTR_NODEV, MS_NODEV },		  { MOUNT_ATTR_NOEXEC, MS_NOEXEC },
	{ MOUNT_ATTR_NOATIME, MS_NOATIME },	  { MOUNT_ATTR_STRICTATIME, MS_STRICTATIME },
	{ MOUNT_ATTR_NODIRATIME, MS_NODIRATIME }, { MOUNT_ATTR_NOSYMFOLLOW, 256 },
};

static unsigned long flags_of(uint64_t attributes)
{
	unsigned long flags = 0;

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		if (attributes & pairs[i].attribute)
			flags |= pairs[i].flag;
	}
	return flags;
}

static int data_of(char *text, size_t size, const struct attachment *what)
{
	size_t used = 0;

	text[0] = '\0';
	if (what->mode)
		used += (size_t)snprintf(text, size, "mode=%s", what->mode);
	for (size_t i = 0; what->data && i < what->data->count && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%s", used ? "," : "",
					 what->data->at[i]);
	if (what->label && used < size)
		used += (size_t)snprintf(text + used, size - used, "%s%s=\"%s\"", used ? "," : "",
					 what->label_key, what->label);
	return used < size ? 0 : -E2BIG;
}

static void name_of(char *name, size_t size, int fd)
{
	snprintf(name, size, "/proc/self/fd/%d", fd);
}

/* The mount that now covers `target`. */
static int find_again(const struct attachment *what, int target)
{
	autoclose int mount = below_open(what->root, what->at, 0);

	if (mount < 0)
		return fail(mount, "find %s again after mounting on it", what->at);
	if (attach_id(mount) == attach_id(target))
		return refuse(EAGAIN, "%s moved while it was mounted on", what->at);
	return take(&mount);
}

int attach_old_change(int mount_fd, bool recursive, uint64_t set, uint64_t clear,
		      unsigned long propagation)
{
	struct statfs now;
	char name[64];
	unsigned long flags;

	if (recursive && set | clear)
		return -ENOSYS;
	name_of(name, sizeof name, mount_fd);
	if (set | clear) {
		if (fstatfs(mount_fd, &now) < 0)
			return -errno;
		/* ST_RDONLY ... ST_NOATIME have the numbers of MS_*, but for relatime (4096). */
		flags = (unsigned long)now.f_flags &
			(MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME | MS_NODIRATIME);
		flags |= now.f_flags & 4096 ? MS_RELATIME : 0;
		flags = (flags & ~flags_of(clear)) | flags_of(set);
		if (mount(NULL, name, NULL, MS_REMOUNT | MS_BIND | flags, NULL) < 0)
			return -errno;
	}
	if (propagation &&
	    mount(NULL, name, NULL, propagation | (recursive ? MS_REC : 0), NULL) < 0)
		return -errno;
	return 0;
}

static int finish(const struct attachment *what, int mount_fd)
{
	int result = 0;

	if (what->userns >= 0)
		return refuse(ENOSYS, "idmapped mount on %s: needs Linux 5.12", what->at);
	if (!what->type && what->set | what->clear | what->clear_if_allowed) {
		result = attach_old_change(mount_fd, false, what->set,
					   what->clear | what->clear_if_allowed, 0);
		if (result == -EPERM && what->clear_if_allowed)
			result = attach_old_change(mount_fd, false, what->set, what->clear, 0);
	}
	if (!result && !what->type && what->tree_set | what->tree_clear)
		result = attach_old_change(mount_fd, what->recursive, what->tree_set,
					   what->tree_clear, 0);
	for (size_t i = 0; !result && i < what->propagation_count; i++)
		result = attach_old_change(mount_fd, what->propagation[i] & MS_REC, 0, 0,
					   what->propagation[i] & ~(unsigned long)MS_REC);
	return result ? fail(result, "set mount options of %s", what->at) : 0;
}

int attach_old(const struct attachment *what, int target)
{
	uint64_t attributes = (what->set & ~what->tree_clear) | what->tree_set;
	char at[64], from[64], data[data_max];
	int result;

	if (what->fill || what->detached)
		return refuse(ENOSYS, "mount on %s: needs Linux 5.12", what->at);
	if (data_of(data, sizeof data, what))
		return refuse(E2BIG, "mount %s on %s: options longer than %d bytes", what->type,
			      what->at, data_max - 1);
	name_of(at, sizeof at, target);
	name_of(from, sizeof from, what->from);
	if (what->type)
		result = mount(what->source ? what->source : "none", at, what->type,
			       flags_of(attributes) | what->super |
				       (what->super_readonly ? MS_RDONLY : 0),
			       data);
	else
		result = mount(from, at, NULL, MS_BIND | (what->recursive ? MS_REC : 0), NULL);
	if (result < 0)
		return fail(errno, "mount %s on %s", what->source ? what->source : what->type,
			    what->at);

	autoclose int mounted = find_again(what, target);
	if (mounted < 0)
		return mounted;
	result = finish(what, mounted);
	return result ? result : take(&mounted);
}

int attach_remount(const struct attachment *what, int target)
{
	char at[64], data[data_max];
	unsigned long flags = MS_REMOUNT | flags_of(what->set) | what->super;

	if (data_of(data, sizeof data, what))
		return refuse(E2BIG, "remount %s: options longer than %d bytes", what->at,
			      data_max - 1);
	name_of(at, sizeof at, target);
	/* With MS_BIND only the mount changes, not the file system that others may use too. */
	if (!what->type)
		flags |= MS_BIND;
	if (mount(NULL, at, NULL, flags, data) < 0)
		return fail(errno, "remount %s", what->at);
	return 0;
}
