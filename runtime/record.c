/* record.c -- one container's record: taken, written, read, removed. See record.h.
 *
 * A command can be killed between any two lines of this file. So a record appears under its id in
 * one rename, complete and locked; every file in it is replaced in one rename; and it goes in one
 * rename, the files after that.
 *
 * Does not kill, freeze or remove anything a record names (commands/delete.c). */
#include "runtime/record.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

enum {
	lock_patience_ms = 10 * 1000,
	lock_pause_ms = 5,
	record_limit_bytes = 4 * 1024 * 1024,
	id_limit_bytes = 255, /* NAME_MAX */
};

int record_check_id(const char *id)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_+.-";
	static const char cure[] = "letters, digits and _ + . - make an id, at most 255 of them, "
				   "no dot in front";
	char wrong;

	if (!id || !*id)
		return refuse(EINVAL, "container id cannot be empty");
	wrong = id[strspn(id, letters)];
	/* Part of a letter of several bytes says nothing. */
	if (wrong >= ' ' && wrong <= '~')
		return advise(refuse(EINVAL, "invalid container ID format: invalid character '%c'",
				     wrong), cure);
	if (wrong || strlen(id) > id_limit_bytes || id[0] == '.')
		return advise(refuse(EINVAL, "invalid container ID format"), cure);
	return 0;
}

void record_boot_id(char id[40])
{
	static char known[40];

	if (!known[0]) {
		autoclose int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);

		if (fd >= 0 && read(fd, known, 36) != 36)
			known[0] = '\0';
	}
	memcpy(id, known, sizeof known);
}

bool record_of_this_boot(const struct record *record)
{
	char now[40];

	record_boot_id(now);
	return !now[0] || !record->boot_id[0] || !strcmp(now, record->boot_id);
}

static char *time_stamp(struct arena *arena)
{
	struct timespec now;
	struct tm parts;
	char seconds[32];

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &parts);
	strftime(seconds, sizeof seconds, "%Y-%m-%dT%H:%M:%S", &parts);
	return arena_format(arena, "%s.%09ldZ", seconds, now.tv_nsec);
}

/* ---- taking an id ---------------------------------------------------------------------------- */

static int already_exists(const struct records *records, const char *id, struct arena *arena)
{
	struct record other;
	bool incomplete = record_load(&other, records, id, RECORD_LOOK, arena) == 0 &&
			  other.phase != RECORD_CREATED && !other.in_the_making;
	int result = refuse(EEXIST, "container with given ID already exists");

	record_close(&other);
	return incomplete ? advise(result, "its create was killed: caisson delete --force %s", id)
			  : result;
}

/* A directory nobody else knows yet, locked. -EAGAIN: a sweeper took it for abandoned between
 * mkdir and flock. */
static int make_locked(const struct records *records, char name[64])
{
	for (unsigned attempt = 0; attempt < 100; attempt++) {
		records_own_name(name, ".new", attempt);
		if (mkdirat(records->fd, name, 0700) == 0)
			break;
		if (errno != EEXIST)
			return -errno;
	}
	autoclose int fd = open_below(records->fd, name, O_RDONLY | O_DIRECTORY, 0);
	if (fd < 0)
		return fd == -ENOENT ? -EAGAIN : fd;
	if (flock(fd, LOCK_EX) < 0)
		return -errno;
	return take(&fd);
}

static int rename_new(int root, const char *from, const char *to)
{
	if (renameat2(root, from, root, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -errno;
	/* A file system without RENAME_NOREPLACE: a directory with files in it, as every record
	 * is, is not replaced either. */
	if (renameat(root, from, root, to) == 0)
		return 0;
	return errno == ENOTEMPTY ? -EEXIST : -errno;
}

static int try_reserve(struct record *record, const struct records *records)
{
	char name[64];
	int result;

	record->dir = make_locked(records, name);
	if (record->dir == -EAGAIN)
		return -EAGAIN;
	if (record->dir < 0)
		return fail(record->dir, "make a record in %s", records->path);
	result = record_intend(record);
	if (!result) {
		result = rename_new(records->fd, name, record->id);
		if (!result)
			return 0;
		if (result == -EEXIST)
			result = already_exists(records, record->id, record->arena);
		else if (result != -ENOENT)
			result = fail(result, "name the record %s", record->path);
	}
	records_remove_tree(records->fd, name);
	record_close(record);
	return result == -ENOENT ? -EAGAIN : result;
}

int record_reserve(struct record *record, const struct records *records, const char *id,
		   const char *bundle, struct arena *arena)
{
	int result = record_check_id(id);

	*record = (struct record) { .dir = -1, .root = records->fd, .arena = arena };
	if (result < 0)
		return result;
	record->id = arena_copy(arena, id);
	record->path = arena_format(arena, "%s/%s", records->path, id);
	record->bundle = arena_copy(arena, bundle);
	record->created = time_stamp(arena);
	record->owner = geteuid();
	record_boot_id(record->boot_id);
	for (unsigned attempt = 0; attempt < 8; attempt++) {
		result = try_reserve(record, records);
		if (result != -EAGAIN)
			return result;
	}
	return fail(EAGAIN, "make the record %s", record->path);
}

/* ---- writing --------------------------------------------------------------------------------- */

static int write_record(const struct record *record, const char *name)
{
	char *text = record_text(record);
	int result;

	if (!text)
		return refuse(EILSEQ, "the path of the bundle %s or of its rootfs is not UTF-8",
			      record->bundle);
	result = write_atomically(record->dir, name, 0600, text, strlen(text));
	return result < 0 ? fail(result, "write %s/%s", record->path, name) : 0;
}

int record_intend(struct record *record)
{
	return write_record(record, "intent.json");
}

int record_write(struct record *record)
{
	int result = write_record(record, "state.json");

	if (!result)
		record->phase = RECORD_CREATED;
	return result;
}

int record_keep_config(struct record *record, const char *text, size_t length)
{
	int result = write_atomically(record->dir, "config.json", 0600, text, length);

	return result < 0 ? fail(result, "write %s/config.json", record->path) : 0;
}

/* ---- reading --------------------------------------------------------------------------------- */

static int does_not_exist(void)
{
	return refuse(ENOENT, "container does not exist");
}

/* 0: read and understood; -ENOENT: there is none; anything else: there is, but it is no good. */
static int read_record(struct record *record, const char *name)
{
	autoclose int fd = open_below(record->dir, name, O_RDONLY | O_NONBLOCK, 0);
	ssize_t length;
	char *text;

	if (fd < 0)
		return fd;
	length = read_all(fd, record->arena, &text, record_limit_bytes);
	return length < 0 ? (int)length : record_parse(record, text, (size_t)length);
}

static bool somebody_holds_the_lock(int dir)
{
	if (flock(dir, LOCK_SH | LOCK_NB) < 0)
		return true;
	flock(dir, LOCK_UN);
	return false;
}

static void read_all_there_is(struct record *record, enum record_access access)
{
	int state = read_record(record, "state.json");
	int intent;

	record->phase = RECORD_CREATED;
	if (state == -ENOENT && access == RECORD_LOOK) {
		record->in_the_making = somebody_holds_the_lock(record->dir);
		/* Its maker may have finished between the two looks. */
		state = read_record(record, "state.json");
	}
	if (!state)
		return;
	intent = read_record(record, "intent.json");
	record->phase = state == -ENOENT && !intent ? RECORD_INTENT : RECORD_DAMAGED;
}

static int lock_patiently(int dir)
{
	const struct timespec pause = { .tv_nsec = lock_pause_ms * 1000 * 1000 };

	for (int waited_ms = 0; flock(dir, LOCK_EX | LOCK_NB) < 0; waited_ms += lock_pause_ms) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return fail(errno, "lock the record");
		if (waited_ms >= lock_patience_ms)
			return refuse(EBUSY, "another command is busy with this container");
		nanosleep(&pause, NULL);
	}
	return 0;
}

/* While we waited for the lock, its holder may have removed what we opened. */
static int verify_still_there(const struct record *record, int root)
{
	struct stat ours, there;

	if (fstat(record->dir, &ours) < 0)
		return fail(errno, "look at %s", record->path);
	if (fstatat(root, record->id, &there, AT_SYMLINK_NOFOLLOW) < 0 ||
	    there.st_ino != ours.st_ino || there.st_dev != ours.st_dev)
		return does_not_exist();
	return 0;
}

static int open_record(struct record *record, const struct records *records)
{
	struct stat about;
	autoclose int dir = open_below(records->fd, record->id, O_RDONLY | O_DIRECTORY, 0);

	if (dir == -ENOENT || dir == -ENOTDIR || dir == -ELOOP)
		return does_not_exist();
	if (dir < 0)
		return fail(dir, "open the record %s", record->path);
	if (fstat(dir, &about) < 0)
		return fail(errno, "look at %s", record->path);
	if (about.st_uid != geteuid() && about.st_uid != 0)
		return refuse(EPERM, "the record %s belongs to user %u, not to us", record->path,
			      about.st_uid);
	record->owner = about.st_uid;
	record->dir = take(&dir);
	return 0;
}

static int load(struct record *record, const struct records *records, enum record_access access)
{
	int result = open_record(record, records);

	if (!result && access == RECORD_LOCK)
		result = lock_patiently(record->dir);
	if (!result && access == RECORD_LOCK)
		result = verify_still_there(record, records->fd);
	if (!result)
		read_all_there_is(record, access);
	return result;
}

int record_load(struct record *record, const struct records *records, const char *id,
		enum record_access access, struct arena *arena)
{
	int result = record_check_id(id);

	*record = (struct record) { .dir = -1, .root = records->fd, .arena = arena };
	if (result < 0)
		return result;
	if (records->fd < 0)
		return does_not_exist();
	record->id = arena_copy(arena, id);
	record->path = arena_format(arena, "%s/%s", records->path, id);
	record->bundle = arena_copy(arena, "");
	result = load(record, records, access);
	if (result < 0)
		record_close(record);
	return result;
}

int record_find(struct record *record, struct records *records, const char *root, const char *id,
		enum record_access access, struct arena *arena)
{
	int result = records_open(records, root, false, arena);

	*record = (struct record) { .dir = -1 };
	return result < 0 ? result : record_load(record, records, id, access, arena);
}

/* ---- the end --------------------------------------------------------------------------------- */

int record_remove(struct record *record)
{
	char name[64];
	int result = -EEXIST;

	for (unsigned attempt = 0; result == -EEXIST && attempt < 100; attempt++) {
		records_own_name(name, ".dead", attempt);
		result = rename_new(record->root, record->id, name);
	}
	if (result == -ENOENT)
		return 0;
	if (result < 0)
		return fail(result, "remove the record %s", record->path);
	result = records_remove_tree(record->root, name);
	if (result < 0)
		return fail(result, "remove the files of %s, now called %s,", record->path, name);
	return 0;
}

void record_close(struct record *record)
{
	if (record->dir >= 0)
		close(record->dir);
	record->dir = -1;
}
