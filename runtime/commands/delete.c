/* delete.c -- `caisson delete`: which containers may be destroyed; destroy.c does it. */
#include <errno.h>

#include "runtime/base/fault.h"
#include "runtime/command.h"
#include "runtime/destroy.h"
#include "runtime/life.h"
#include "runtime/record.h"

static int refuse_the_living(const struct record *record, enum life life)
{
	int result = refuse(EBUSY, "cannot delete container %s that is not stopped: %s", record->id,
			    life_name(life));

	return advise(result,
		      life == LIFE_UNKNOWN ? "caisson delete --force %s frees what is left"
					   : "caisson delete --force %s kills it first",
		      record->id);
}

static int delete_record(struct record *record, bool force)
{
	enum life life = life_of(record);

	if (!force && life != LIFE_STOPPED && life != LIFE_CREATED)
		return refuse_the_living(record, life);
	return container_destroy(record, NULL);
}

/* A create that hangs, in a hook for example, holds the lock. Without its child it fails, cleans
 * up and lets go. */
static void end_a_create(const struct records *records, const char *id, struct arena *arena)
{
	struct record record;

	if (record_load(&record, records, id, RECORD_LOOK, arena) == 0 &&
	    life_of(&record) == LIFE_CREATING)
		destroy_first_process(&record);
	record_close(&record);
	forget_fault();
}

int command_delete(const struct globals *globals, const struct arguments *arguments)
{
	struct records records;
	struct record record;
	int result = records_open(&records, globals->root, false, globals->arena);

	if (result < 0)
		return result;
	records_sweep(&records);
	if (arguments->force)
		end_a_create(&records, arguments->id, globals->arena);
	result = record_load(&record, &records, arguments->id, RECORD_LOCK, globals->arena);
	if (result == -ENOENT && arguments->force)
		return 0;
	if (result < 0)
		return result;
	result = delete_record(&record, arguments->force);
	record_close(&record);
	return result;
}
