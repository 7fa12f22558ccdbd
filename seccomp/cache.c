/* cache.c -- compiled seccomp programs in a folder of our own, found by what they were made of.
 *
 * Compiling a common profile costs 5 to 15 ms of CPU, more than all the rest of a start; reading
 * the result back costs some 30 microseconds. What is loaded decides what a container may do, so:
 * the folder and the files must be ours and closed to others (fstat of what was opened, never a
 * second look-up by name), nothing is followed out of the folder, and a file holds the whole key
 * beside the program. The key is compared byte by byte, so the hash that names the file need not
 * be cryptographic: two profiles with one hash take turns, they never take each other's program.
 *
 * A file: struct header, the key, the instructions.
 *
 * A cache that fails us is never an error: the profile is compiled. Does not guard against root
 * or against our own user. */
#include "seccomp/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

static const char magic[8] = "caisBPF1";

struct header {
	char magic[sizeof magic];
	uint32_t key_length; /* bytes */
	uint32_t count;      /* instructions */
	uint64_t checksum;   /* of the key and the instructions */
};

/* FNV-1a, eight bytes at a time: against accidents, not against forgers. */
static uint64_t digest(uint64_t hash, const void *bytes, size_t length)
{
	const unsigned char *at = bytes;

	for (; length; at += sizeof hash, length -= sizeof hash) {
		uint64_t chunk = 0;

		memcpy(&chunk, at, length < sizeof chunk ? length : sizeof chunk);
		hash = (hash ^ chunk) * 0x100000001b3u;
		hash ^= hash >> 29; /* FNV's upper bits never reach the lower ones */
		if (length < sizeof chunk)
			break;
	}
	return hash;
}

static uint64_t checksum(const struct sc_key *key, const struct sc_program *program,
			 uint32_t count)
{
	uint64_t hash = digest(0xcbf29ce484222325u, key->bytes, key->length);

	return digest(hash, program->code, count * sizeof *program->code);
}

struct entry_name {
	char text[24];
};

static struct entry_name name_of(const struct sc_key *key)
{
	struct entry_name name;

	snprintf(name.text, sizeof name.text, "%016llx",
		 (unsigned long long)digest(0x9e3779b97f4a7c15u, key->bytes, key->length));
	return name;
}

static bool is_private(const struct stat *about)
{
	return about->st_uid == geteuid() && !(about->st_mode & (S_IRWXG | S_IRWXO));
}

int sc_cache_open(const char *path)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	autoclose int folder = open(path, flags);
	struct stat about;

	if (folder < 0 && errno == ENOENT) {
		if (mkdir(path, 0700) < 0 && errno != EEXIST) {
			warn("seccomp cache %s not used: %s", path, strerror(errno));
			return -errno;
		}
		folder = open(path, flags);
	}
	if (folder < 0 || fstat(folder, &about) < 0) {
		warn("seccomp cache %s not used: %s", path, strerror(errno));
		return -errno;
	}
	if (!is_private(&about)) {
		warn("seccomp cache %s not used: expected a folder of uid %u with mode 0700, got "
		     "uid %u, mode %04o",
		     path, geteuid(), about.st_uid, about.st_mode & 07777);
		return -EPERM;
	}
	return take(&folder);
}

/* 0, -ENOENT when it belongs to another key, -EBADMSG when it is damaged. */
static int read_entry(int file, const struct sc_key *key, struct sc_program *program)
{
	autofree char *found = malloc(key->length);
	struct header header;
	struct iovec parts[] = {
		{ &header, sizeof header },
		{ found, key->length },
		{ program->code, sizeof program->code },
	};
	const size_t fixed = sizeof header + key->length;
	ssize_t length;

	if (!found)
		return -ENOMEM;
	length = readv(file, parts, 3);
	if (length < (ssize_t)sizeof header || memcmp(header.magic, magic, sizeof magic))
		return -EBADMSG;
	if (header.key_length != key->length)
		return -ENOENT;
	if (header.count == 0 || header.count > sc_program_limit ||
	    (size_t)length != fixed + header.count * sizeof *program->code)
		return -EBADMSG;
	if (memcmp(found, key->bytes, key->length))
		return -ENOENT;
	if (header.checksum != checksum(key, program, header.count))
		return -EBADMSG;
	program->count = header.count;
	return 0;
}

int sc_cache_read(int folder, const struct sc_key *key, struct sc_program *program)
{
	struct entry_name name = name_of(key);
	/* O_NONBLOCK: a FIFO put there must not hold us. */
	autoclose int file = open_below(folder, name.text, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
	const char *wrong = "it cannot be read";
	struct stat about;
	int result;

	if (file == -ENOENT)
		return -ENOENT;
	if (file >= 0 && fstat(file, &about) == 0) {
		if (!S_ISREG(about.st_mode) || !is_private(&about)) {
			wrong = "it is not a private file of ours";
		} else {
			result = read_entry(file, key, program);
			if (result != -EBADMSG)
				return result;
			wrong = "it is damaged";
		}
	}
	warn("seccomp cache: entry %s not used: %s", name.text, wrong);
	return -ENOENT;
}

/* Removes the oldest entries until there is room for one more. Whatever lies in the folder
 * counts: half-written files of killed runtimes go the same way. */
static void make_room(int folder)
{
	autoclose int again = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = again < 0 ? NULL : fdopendir(again);
	const struct dirent *entry;
	struct timespec oldest = { 0 };
	char name[256] = "";
	size_t count = 0;

	if (!list)
		return;
	again = -1; /* closedir's now */
	while ((entry = readdir(list))) {
		struct stat about;

		if (entry->d_type == DT_DIR ||
		    fstatat(folder, entry->d_name, &about, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (!count++ || about.st_mtim.tv_sec < oldest.tv_sec ||
		    (about.st_mtim.tv_sec == oldest.tv_sec &&
		     about.st_mtim.tv_nsec < oldest.tv_nsec)) {
			oldest = about.st_mtim;
			snprintf(name, sizeof name, "%s", entry->d_name);
		}
	}
	closedir(list);
	if (count >= sc_cache_files && unlinkat(folder, name, 0) == 0 && count > sc_cache_files)
		make_room(folder);
}

void sc_cache_write(int folder, const struct sc_key *key, const struct sc_program *program)
{
	size_t code = program->count * sizeof *program->code;
	size_t length = sizeof(struct header) + key->length + code;
	autofree char *bytes = malloc(length);
	struct entry_name name = name_of(key);
	struct header header = { .key_length = (uint32_t)key->length,
				 .count = program->count,
				 .checksum = checksum(key, program, program->count) };
	int result = -ENOMEM;

	if (bytes) {
		memcpy(header.magic, magic, sizeof magic);
		memcpy(bytes, &header, sizeof header);
		memcpy(bytes + sizeof header, key->bytes, key->length);
		memcpy(bytes + sizeof header + key->length, program->code, code);
		make_room(folder);
		result = write_atomically(folder, name.text, 0600, bytes, length);
	}
	if (result < 0)
		warn("seccomp cache: entry %s not kept: %s", name.text, strerror(-result));
}
