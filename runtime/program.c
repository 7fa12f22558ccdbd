/* program.c -- the name we are called by. See program.h.
 *
 * What depends on it is what callers look at: the first line of `--version` (containerd's library
 * wants "runc version", crun's tests "crun version"), the first lines of help, and the
 * form of what runc's stderr says (say.c). Nothing of what is done depends on it, nor where state
 * is kept: a record of ours is nothing the other one could read. */
#include "runtime/program.h"

#include <string.h>

static const char *last_part(const char *name)
{
	const char *slash = strrchr(name, '/'), *dash;

	name = slash ? slash + 1 : name;
	dash = strrchr(name, '-');
	return dash ? dash + 1 : name;
}

const char *program_name(char *const *argv)
{
	static const char *const others[] = { "runc", "crun" };
	const char *name = argv && argv[0] ? last_part(argv[0]) : "";

	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		if (!strcmp(name, others[i]))
			return others[i];
	}
	return "caisson";
}
