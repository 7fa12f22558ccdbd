/* events.c -- the small key-value files of a cgroup, and waiting for one to change.
 *
 * cgroup.events (v2) wakes poll(2) with POLLPRI when a value in it changes: nobody has to nap and
 * look again. v1 has no such file.
 *
 * Does not know what the keys mean. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cgroups/tree.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

int64_t cg_value_of(const char *text, const char *key)
{
	size_t length = strlen(key);
	int64_t value;

	for (; text && *text; text = strchr(text, '\n'), text += text != NULL) {
		if (!strncmp(text, key, length) && text[length] == ' ' &&
		    sscanf(text + length, "%" SCNd64, &value) == 1)
			return value;
	}
	return -ENOENT;
}

int64_t cg_read_key(int dir, const char *file, const char *key)
{
	char text[1024];
	ssize_t length = read_small(dir, file, text, sizeof text);

	return length < 0 ? length : cg_value_of(text, key);
}

int cg_wait_event(int dir, const char *key, int64_t value, int64_t deadline)
{
	autoclose int fd = open_below(dir, "cgroup.events", O_RDONLY, 0);
	struct pollfd events = { .fd = fd, .events = POLLPRI };
	char text[256];

	if (fd < 0)
		return fd;
	for (unsigned tries = 0;; tries++) {
		/* Read first: poll reports what changed since the last read. */
		ssize_t length = pread(fd, text, sizeof text - 1, 0);
		int64_t left = deadline - now_ms();

		if (length < 0)
			return -errno;
		text[length] = '\0';
		if (cg_value_of(text, key) == value)
			return 0;
		if (left <= 0)
			return -ETIMEDOUT;
		/* The kernel tells once in 10 ms (CGROUP_FILE_NOTIFY_MIN_INTV): of what
		 * comes soon after something else, such as the end of a container that has just
		 * begun, it would be heard late. */
		poll(&events, 1, tries < 10 ? 1 : (int)left);
	}
}
