/* accounts.c -- users and groups by name, in the container's own files. See accounts.h.
 *
 * The image decides which numbers a name has, so it can make anybody its root; it cannot make
 * anybody ours. passwd(5), group(5).
 *
 * Does not use libc's getpwnam(3): that would load the image's NSS modules (CVE-2019-14271), and
 * knows no limit. */
#include "runtime/accounts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/decimal.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

enum {
	bytes_at_most = 1024 * 1024,
	inside = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	passwd_fields = 7,
	group_fields = 4,
};

/* First only a handle, which opens nothing: the path may be a fifo without a writer, a terminal,
 * a tape. Whatever is put in its place between the two is caught by the second look. */
static int open_plain(const char *path)
{
	autoclose int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	autoclose int handle = -1, fd = -1;
	struct stat first, second;

	if (root < 0)
		return -errno;
	handle = open_how(root, path, O_PATH, 0, inside);
	if (handle < 0)
		return handle;
	if (fstat(handle, &first) < 0)
		return -errno;
	if (!S_ISREG(first.st_mode))
		return -EINVAL;
	if (first.st_size > bytes_at_most)
		return -EFBIG;
	fd = open_how(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, inside);
	if (fd < 0)
		return fd;
	if (fstat(fd, &second) < 0)
		return -errno;
	if (first.st_dev != second.st_dev || first.st_ino != second.st_ino)
		return -EAGAIN;
	return take(&fd);
}

static int read_file(const char *path, struct arena *arena, char **text)
{
	autoclose int fd = open_plain(path);
	ssize_t length = fd < 0 ? fd : read_all(fd, arena, text, bytes_at_most);

	return length < 0 ? (int)length : 0;
}

static const char *reason(int error)
{
	return error == -EINVAL ? "not a regular file" : strerror(-error);
}

/* The next line, cut up into its fields; false at the end. What a line lacks is NULL. */
static bool next_line(char **text, char *fields[], size_t count)
{
	char *line = strsep(text, "\n");

	for (size_t i = 0; i < count; i++)
		fields[i] = line ? strsep(&line, ":") : NULL;
	return *text || (fields[0] && *fields[0]);
}

static bool is_id(const char *text, uint32_t *id)
{
	uint64_t number;

	if (!text || decimal_parse(text, IDLIST_LARGEST, &number))
		return false;
	*id = (uint32_t)number;
	return true;
}

/* name:password:uid:gid:comment:home:shell */
static int look_up_user(const char *name, struct arena *arena, uint32_t *uid, uint32_t *gid)
{
	char *text = NULL, *field[passwd_fields];
	int result = read_file("etc/passwd", arena, &text);

	if (result)
		return refuse(result, "bad user \"%s\": the container's /etc/passwd: %s", name,
			      reason(result));
	while (next_line(&text, field, passwd_fields)) {
		if (strcmp(field[0], name))
			continue;
		if (is_id(field[2], uid) && is_id(field[3], gid))
			return 0;
		return refuse(EINVAL, "bad user \"%s\": its line in the container's /etc/passwd has "
				      "no uid and gid", name);
	}
	return refuse(ENOENT, "bad user \"%s\": not in the container's /etc/passwd", name);
}

/* name:password:gid:member,member */
static int look_up_group(const char *name, struct arena *arena, uint32_t *gid)
{
	char *text = NULL, *field[group_fields];
	int result = read_file("etc/group", arena, &text);

	if (result)
		return refuse(result, "bad group \"%s\": the container's /etc/group: %s", name,
			      reason(result));
	while (next_line(&text, field, group_fields)) {
		if (!strcmp(field[0], name) && is_id(field[2], gid))
			return 0;
	}
	return refuse(ENOENT, "bad group \"%s\": not in the container's /etc/group", name);
}

static bool is_member(const char *members, const char *name)
{
	size_t length = strlen(name);

	while (members && *members) {
		size_t span = strcspn(members, ",");

		if (span == length && !memcmp(members, name, length))
			return true;
		members += span + (members[span] == ',');
	}
	return false;
}

/* An image without groups is as good as one whose groups have no members. */
static void join_groups(struct spec_user *user, const char *name, struct arena *arena)
{
	char *text = NULL, *field[group_fields];
	struct spec_u32s *gids = &user->additional_gids;
	size_t lines = 1;
	uint32_t *joined, gid;
	size_t count = 0;

	if (read_file("etc/group", arena, &text))
		return;
	for (const char *at = text; *at; at++)
		lines += *at == '\n';
	joined = arena_array(arena, lines + gids->count, sizeof *joined);
	while (next_line(&text, field, group_fields)) {
		if (is_member(field[3], name) && is_id(field[2], &gid))
			joined[count++] = gid;
	}
	if (gids->count)
		memcpy(joined + count, gids->at, gids->count * sizeof *joined);
	gids->at = joined;
	gids->count += count;
}

int accounts_look_up(struct spec_user *user, const struct asked_user *asked, bool member,
		     struct arena *arena)
{
	uint32_t gid = user->gid;
	int result = 0;

	if (asked->user) {
		result = look_up_user(asked->user, arena, &user->uid, &gid);
		if (!result && member)
			join_groups(user, asked->user, arena);
	}
	if (!result && asked->group)
		result = look_up_group(asked->group, arena, &gid);
	else if (asked->gid_given)
		gid = asked->gid;
	user->gid = gid;
	return result;
}

char *accounts_home(unsigned uid, struct arena *arena)
{
	char *text = NULL, *field[passwd_fields];
	int result = read_file("etc/passwd", arena, &text);
	uint32_t number;

	if (result == -ENOENT || result == -ENOTDIR)
		return NULL;
	if (result) {
		warn("HOME is not looked up: the container's /etc/passwd: %s", reason(result));
		return NULL;
	}
	while (next_line(&text, field, passwd_fields)) {
		if (field[5] && is_id(field[2], &number) && number == uid)
			return *field[5] ? field[5] : NULL;
	}
	return NULL;
}
