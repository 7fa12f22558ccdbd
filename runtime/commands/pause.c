/* pause.c -- `caisson pause`: freeze the container's cgroup (cgroup.freeze, freezer.state). */
#include <errno.h>

#include "runtime/base/fault.h"
#include "runtime/command.h"
#include "runtime/life.h"
#include "runtime/record.h"

int command_pause(const struct globals *globals, const struct arguments *arguments)
{
	struct records records;
	struct record record;
	struct cgroup cgroup = { 0 };
	enum life life;
	int result = record_find(&record, &records, globals->root, arguments->id, RECORD_LOOK,
				 globals->arena);

	if (result < 0)
		return result;
	life = life_of(&record);
	if (life != LIFE_RUNNING && life != LIFE_CREATED)
		return refuse(EINVAL, "container not running");
	if (!record.cgroups.count)
		return refuse(ENOTSUP, "a container without a cgroup cannot be paused");
	result = cg_reopen(&cgroup, &record.cgroups, record.driver, globals->arena);
	return result < 0 ? result : cg_freeze(&cgroup, true);
}
