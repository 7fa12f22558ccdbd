/* resctrl_tree.c -- files and directories of the resctrl tree, and why the kernel refused.
 *
 * Everything is reached from the descriptor of the mount by openat2(2) BENEATH. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "cgroups/resctrl_tree.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

int rdt_open(struct resctrl *resctrl)
{
	if (resctrl->dir < 0)
		resctrl->dir = open(resctrl->mount, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return resctrl->dir < 0 ? -errno : resctrl->dir;
}

char *rdt_path(const struct resctrl *resctrl, const char *directory, const char *file)
{
	return arena_format(resctrl->arena, "%s%s%s", directory, *directory ? "/" : "", file);
}

bool rdt_has(const struct resctrl *resctrl, const char *path)
{
	autoclose int fd = open_below(resctrl->dir, path, O_PATH, 0);

	return fd >= 0;
}

int rdt_read(const struct resctrl *resctrl, const char *path, char **text)
{
	autoclose int fd = open_below(resctrl->dir, path, O_RDONLY, 0);
	ssize_t length = fd < 0 ? fd : read_all(fd, resctrl->arena, text, 1 << 20);

	return length < 0 ? fail((int)length, "read %s/%s", resctrl->mount, path) : 0;
}

/* "ok" says nothing. */
int rdt_add_status(const struct resctrl *resctrl, int result)
{
	char status[200];

	if (read_small(resctrl->dir, "info/last_cmd_status", status, sizeof status) <= 0 ||
	    !strncmp(status, "ok", 2))
		return result;
	status[strcspn(status, "\n")] = '\0';
	return advise(result, "resctrl says: %s", status);
}

int rdt_write_lines(struct resctrl *resctrl, char *const *lines, size_t count)
{
	char *path = rdt_path(resctrl, resctrl->class, "schemata");
	char *text = arena_copy(resctrl->arena, "");
	int result;

	for (size_t i = 0; i < count; i++)
		text = arena_format(resctrl->arena, "%s%s\n", text, lines[i]);
	result = *text ? write_small(resctrl->dir, path, text) : 0;
	if (!result)
		return 0;
	text[strlen(text) - 1] = '\0';
	return rdt_add_status(resctrl, fail(result, "write \"%s\" to %s/%s", text, resctrl->mount,
					path));
}
