/* checkpoint.c -- `caisson checkpoint`: save a container, and free what was it. */
#include <errno.h>

#include "runtime/base/fault.h"
#include "runtime/checkpoint.h"
#include "runtime/command.h"
#include "runtime/destroy.h"
#include "runtime/life.h"

/* runc's words. */
static int check_life(const struct record *record)
{
	enum life life = life_of(record);

	if (life == LIFE_RUNNING || life == LIFE_PAUSED)
		return 0;
	return refuse(EINVAL, "Container cannot be checkpointed in %s state", life_name(life));
}

/* The image is complete: what is left over here is no failure. */
static void free_container(const struct globals *globals, const char *id)
{
	struct records records;
	struct record record;
	int result = record_find(&record, &records, globals->root, id, RECORD_LOCK, globals->arena);

	if (!result)
		result = container_destroy(&record, NULL);
	if (result && result != -ENOENT)
		warn("the container was saved, but not freed: %s", last_fault()->what);
	forget_fault();
}

int command_checkpoint(const struct globals *globals, const struct arguments *arguments)
{
	struct plan plan = { .arena = globals->arena, .globals = globals, .arguments = arguments };
	struct record record;
	int result;

	if (plan_is_rootless(globals))
		warn("caisson checkpoint is untested with rootless containers");
	result = record_find(&record, &plan.records, globals->root, arguments->id, RECORD_LOOK,
			     globals->arena);
	if (!result)
		result = check_life(&record);
	if (!result)
		result = checkpoint(&plan, &record);
	if (!result && !arguments->leave_running && !arguments->pre_dump)
		free_container(globals, arguments->id);
	return result;
}
