/* resume.c -- `caisson resume`: thaw what `caisson pause` froze. */
#include <errno.h>

#include "runtime/base/fault.h"
#include "runtime/command.h"
#include "runtime/life.h"
#include "runtime/record.h"

int command_resume(const struct globals *globals, const struct arguments *arguments)
{
	struct records records;
	struct record record;
	struct cgroup cgroup = { 0 };
	int result = record_find(&record, &records, globals->root, arguments->id, RECORD_LOOK,
				 globals->arena);

	if (result < 0)
		return result;
	if (life_of(&record) != LIFE_PAUSED)
		return refuse(EINVAL, "container not paused");
	result = cg_reopen(&cgroup, &record.cgroups, record.driver, globals->arena);
	return result < 0 ? result : cg_freeze(&cgroup, false);
}
