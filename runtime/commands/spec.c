/* spec.c -- `caisson spec`: a config.json to begin with. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"
#include "runtime/command.h"
#include "specs/write.h"

int command_spec(const struct globals *globals, const struct arguments *arguments)
{
	const char *bundle = arguments->bundle ? arguments->bundle : ".";
	const char *text;
	int result;
	autoclose int dir = open(bundle, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0)
		return fail(errno, "open the bundle %s", bundle);
	autoclose int fd =
		openat(dir, "config.json", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0 && errno == EEXIST)
		return refuse(EEXIST, "File config.json exists. Remove it first");
	if (fd < 0)
		return fail(errno, "make %s/config.json", bundle);
	text = spec_default(globals->arena, arguments->rootless, geteuid(), getegid());
	result = write_all(fd, text, strlen(text));
	if (result < 0) {
		unlinkat(dir, "config.json", 0);
		return fail(result, "write %s/config.json", bundle);
	}
	return 0;
}
