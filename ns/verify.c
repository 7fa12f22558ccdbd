/* verify.c -- what the kernel has is what was planned, or the start fails.
 *
 * Every mount's options were set before it was attached, and every error was looked at. This is
 * for the errors nobody looked at: each mount is asked for again by its id, with statmount(2)
 * (since 6.8; older kernels: one pass over mountinfo), and its flags, type and propagation are
 * compared. runc and crun both have run containers with a writable /sys/fs/cgroup or a missing
 * read-only path because one call's failure was dropped.
 *
 * Does not change anything. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ns/procfs.h"
#include "ns/rootplan.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

/* <linux/mount.h> of 6.8, the part used here; the kernel fills in no more than it is given. */
struct statmount_request {
	uint32_t size, spare;
	uint64_t mount_id, mask;
};
struct statmount_answer {
	uint32_t size, options;
	uint64_t mask;
	uint32_t device_major, device_minor;
	uint64_t magic;
	uint32_t super_flags, type; /* an offset into text */
	uint64_t id, parent_id;
	uint32_t old_id, old_parent_id;
	uint64_t attributes, propagation;
	uint64_t others[54];
	char text[512];
};
_Static_assert(offsetof(struct statmount_answer, text) == 512, "struct statmount has 512 bytes");
enum { statmount_mount = 2, statmount_type = 32 };

/* See attach_id(): the others are mountinfo's. */
static bool is_unique(uint64_t id)
{
	return id > UINT64_C(1) << 31;
}

/* What a mount is now. */
struct found {
	uint64_t attributes;
	unsigned long propagation;
	char type[64];
};

static int ask(uint64_t id, struct found *found)
{
	struct statmount_request request = {
		.size = sizeof request,
		.mount_id = id,
		.mask = statmount_mount | statmount_type,
	};
	struct statmount_answer answer;

	if (syscall(SYS_statmount, &request, &answer, sizeof answer, 0) < 0)
		return -errno;
	if ((answer.mask & request.mask) != request.mask || answer.type >= sizeof answer.text)
		return -ENODATA;
	found->attributes = answer.attributes;
	found->propagation = answer.propagation;
	snprintf(found->type, sizeof found->type, "%.*s", (int)(sizeof answer.text - answer.type),
		 answer.text + answer.type);
	return 0;
}

/* ---- mountinfo ---------------------------------------------------------------------------- */

static bool has_word(const char *list, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = list; (at = strstr(at, word)); at += length) {
		if ((at == list || at[-1] == ',' || at[-1] == ' ') &&
		    (!at[length] || strchr(",: ", at[length])))
			return true;
	}
	return false;
}

/* "36 35 98:0 / /proc ro,nosuid shared:1 - proc proc rw" (proc(5)) */
static void read_line(char *line, struct found *found)
{
	static const struct {
		const char *word;
		uint64_t attribute;
	} flags[] = {
		{ "ro", MOUNT_ATTR_RDONLY },
		{ "nosuid", MOUNT_ATTR_NOSUID },
		{ "nodev", MOUNT_ATTR_NODEV },
		{ "noexec", MOUNT_ATTR_NOEXEC },
		{ "nosymfollow", MOUNT_ATTR_NOSYMFOLLOW },
	};
	char *dash = strstr(line, " - "), *options = line;

	for (int field = 1; field < 6 && options; field++)
		options = strchr(options + 1, ' ');
	if (!dash || !options)
		return;
	*dash = '\0';
	snprintf(found->type, sizeof found->type, "%.*s", (int)strcspn(dash + 3, " "), dash + 3);
	options++;
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
		if (has_word(options, flags[i].word))
			found->attributes |= flags[i].attribute;
	}
	found->propagation = (has_word(options, "shared") ? MS_SHARED : 0) |
			     (has_word(options, "master") ? MS_SLAVE : 0) |
			     (has_word(options, "unbindable") ? MS_UNBINDABLE : 0);
}

static int look_up(const char *mountinfo, uint64_t id, struct found *found)
{
	char line[4096];

	for (const char *at = mountinfo; *at; at += strcspn(at, "\n"), at += *at == '\n') {
		if (strtoull(at, NULL, 10) != id)
			continue;
		snprintf(line, sizeof line, "%.*s", (int)strcspn(at, "\n"), at);
		memset(found, 0, sizeof *found);
		read_line(line, found);
		return 0;
	}
	return -ENOENT;
}

static int read_mountinfo(const struct ns_root *root, char **text)
{
	autoclose int proc = ns_procfs_open();
	char path[64];
	ssize_t length;

	if (proc < 0)
		return proc;
	snprintf(path, sizeof path, "%d/mountinfo", getpid());
	autoclose int file = open_below(proc, path, O_RDONLY, 0);
	length = file < 0 ? file : read_all(file, root->context.arena, text, 16 << 20);
	return length < 0 ? fail((int)length, "read mountinfo") : 0;
}

/* ---- comparing ---------------------------------------------------------------------------- */

/* fuse.sshfs is of type fuse. */
static bool same_type(const char *asked, const char *found)
{
	size_t length = strcspn(asked, ".");

	return strlen(found) >= length && !strncmp(asked, found, length) &&
	       (!found[length] || found[length] == '.');
}

static bool propagates(unsigned long asked, unsigned long found)
{
	switch (asked) {
	case MS_SHARED:
		return found & MS_SHARED;
	case MS_PRIVATE:
		return !(found & (MS_SHARED | MS_SLAVE));
	case MS_SLAVE:
		return !(found & MS_SHARED);
	case MS_UNBINDABLE:
		return found & MS_UNBINDABLE;
	default:
		return true;
	}
}

static const char *attribute_name(uint64_t attribute)
{
	return attribute & MOUNT_ATTR_RDONLY   ? "ro"
	       : attribute & MOUNT_ATTR_NOSUID ? "nosuid"
	       : attribute & MOUNT_ATTR_NODEV  ? "nodev"
	       : attribute & MOUNT_ATTR_NOEXEC ? "noexec"
					       : "nosymfollow";
}

static int compare(const struct mount_promise *asked, const struct found *found)
{
	uint64_t missing = asked->set & ~found->attributes;
	uint64_t surplus = asked->not_set & found->attributes;

	if (missing)
		return refuse(EIO, "mount on %s came out without \"%s\"", asked->at,
			      attribute_name(missing));
	if (surplus)
		return refuse(EIO, "mount on %s came out \"%s\", which was not asked for",
			      asked->at, attribute_name(surplus));
	if (asked->type && !same_type(asked->type, found->type))
		return refuse(EIO, "mount on %s came out as %s, not %s", asked->at, found->type,
			      asked->type);
	if (!propagates(asked->propagation, found->propagation))
		return refuse(EIO, "mount on %s came out with the wrong propagation", asked->at);
	return 0;
}

int verify_all(const struct ns_root *root)
{
	char *mountinfo = NULL;

	for (size_t i = 0; i < root->promises.count; i++) {
		const struct mount_promise *asked = &root->promises.at[i];
		struct found found = { 0 };
		int result = 0;

		if (!is_unique(asked->id) && !mountinfo)
			result = read_mountinfo(root, &mountinfo);
		if (result)
			return result;
		result = mountinfo ? look_up(mountinfo, asked->id, &found) : ask(asked->id, &found);
		if (result)
			result = fail(result, "look at the mount on %s again", asked->at);
		else
			result = compare(asked, &found);
		if (result)
			return asked->place ? blame(result, "%s", asked->place) : result;
	}
	return 0;
}
