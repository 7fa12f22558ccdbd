/* descriptors.c -- stdin, stdout and stderr of a container, from one life to the next.
 *
 * What they lead to is the host's: pipes of an engine, a log file. In the image stands what they
 * were; in the next life the caller's own are put in their place, wherever in the container they
 * were copied to. descriptors.json is runc's file, three texts in a list: "pipe:[4711]", as
 * /proc/PID/fd has it, and anything else that runc does nothing about. For files of the host,
 * which runc cannot save at all, we write criu's own name there: "file[1c:2af1]", mount and inode,
 * or "tty[8803:1b]", the two numbers of its device.
 *
 * Read from the first process when it is saved. One that has closed its stdout since has lost it. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <linux/major.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"
#include "runtime/image.h"

static const char file_name[] = "descriptors.json";

enum { streams = 3, bytes_at_most = 64 * 1024 };

/* A mount id that is none of the container's own. */
static bool is_outside(pid_t pid, unsigned mount)
{
	char path[64], line[4096];
	bool inside = false;
	FILE *mounts;
	unsigned id;

	snprintf(path, sizeof path, "/proc/%d/mountinfo", pid);
	mounts = fopen(path, "re");
	while (mounts && !inside && fgets(line, sizeof line, mounts))
		inside = sscanf(line, "%u ", &id) == 1 && id == mount;
	if (mounts)
		fclose(mounts);
	return mounts && !inside;
}

static bool mount_of(pid_t pid, int fd, unsigned *mount)
{
	char path[64], line[256];
	bool found = false;
	FILE *about;

	snprintf(path, sizeof path, "/proc/%d/fdinfo/%d", pid, fd);
	about = fopen(path, "re");
	while (about && !found && fgets(line, sizeof line, about))
		found = sscanf(line, "mnt_id: %u", mount) == 1;
	if (about)
		fclose(about);
	return found;
}

/* The numbers of <linux/major.h>. */
static bool is_terminal(const struct stat *about)
{
	unsigned driver = major(about->st_rdev);

	return S_ISCHR(about->st_mode) &&
	       (driver == TTY_MAJOR || driver == TTYAUX_MAJOR ||
		(driver >= UNIX98_PTY_SLAVE_MAJOR && driver < UNIX98_PTY_SLAVE_MAJOR + 8));
}

/* What is behind one of them. */
static char *describe(pid_t pid, int fd, struct arena *arena)
{
	char path[64], target[4096];
	struct stat about;
	unsigned mount;
	ssize_t length;

	snprintf(path, sizeof path, "/proc/%d/fd/%d", pid, fd);
	length = readlink(path, target, sizeof target - 1);
	if (length < 0 || stat(path, &about) < 0)
		return arena_copy(arena, "");
	if (!(S_ISREG(about.st_mode) || S_ISCHR(about.st_mode)) || !mount_of(pid, fd, &mount) ||
	    !is_outside(pid, mount))
		return arena_copy_bytes(arena, target, (size_t)length);
	if (is_terminal(&about))
		return arena_format(arena, "tty[%lx:%lx]", (unsigned long)about.st_rdev,
				    (unsigned long)about.st_dev);
	return arena_format(arena, "file[%x:%lx]", mount, (unsigned long)about.st_ino);
}

/* What criu has to be told of to save it. */
static bool is_external(const char *text)
{
	return !strncmp(text, "file[", 5) || !strncmp(text, "tty[", 4);
}

/* A file of the container's may be named "/pipe:[1]". */
static bool is_pipe(const char *text)
{
	return !strncmp(text, "pipe:[", 6);
}

static int write_list(const struct image *image, json_t *list)
{
	autofree char *text = json_dumps(list, JSON_COMPACT);
	int result = text ? write_atomically(image->options.images, file_name, 0600, text,
					     strlen(text))
			  : -EILSEQ;

	return result ? fail(result, "write %s/%s", image->path, file_name) : 0;
}

/* All three may be one terminal. */
static bool is_among(const struct strings *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++) {
		if (!strcmp(list->at[i], text))
			return true;
	}
	return false;
}

int descriptors_save(struct image *image, pid_t pid, struct arena *arena)
{
	struct strings *external = &image->options.external;
	json_t *list = json_array();
	int result;

	for (int fd = 0; fd < streams; fd++) {
		char *what = describe(pid, fd, arena);

		json_array_append_new(list, json_string(what));
		if (is_external(what) && !is_among(external, what))
			external->at[external->count++] = what;
	}
	result = write_list(image, list);
	json_decref(list);
	return result;
}

static bool names_before(const struct image *image, const char *key)
{
	for (size_t i = 0; i < image->options.inherits; i++) {
		if (!strcmp(image->options.inherit[i].key, key))
			return true;
	}
	return false;
}

/* stdout and stderr may be one pipe; one key is one descriptor. */
static int use_list(struct image *image, const json_t *list, struct arena *arena)
{
	for (size_t fd = 0; fd < streams && fd < json_array_size(list); fd++) {
		const char *what = json_string_value(json_array_get(list, fd));

		if (!what)
			return refuse(EINVAL, "%s/%s is not a list of texts", image->path, file_name);
		if ((is_pipe(what) || is_external(what)) && !names_before(image, what))
			image_inherit(image, arena_copy(arena, what), (int)fd);
	}
	return 0;
}

int descriptors_load(struct image *image, struct arena *arena)
{
	autoclose int fd = open_below(image->options.images, file_name, O_RDONLY | O_NONBLOCK, 0);
	ssize_t length;
	json_t *list;
	char *text;
	int result;

	if (fd < 0)
		return advise(fail(fd, "open %s/%s", image->path, file_name),
			      "no image of a container is there");
	length = read_all(fd, arena, &text, bytes_at_most);
	if (length < 0)
		return fail((int)length, "read %s/%s", image->path, file_name);
	list = json_loadb(text, (size_t)length, 0, NULL);
	result = json_is_array(list) ? use_list(image, list, arena)
				     : refuse(EINVAL, "%s/%s is not a list of texts", image->path,
					      file_name);
	json_decref(list);
	return result;
}
