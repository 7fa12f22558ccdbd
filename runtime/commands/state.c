/* state.c -- `caisson state`: what a container is and how it is, as JSON. */
#include <errno.h>
#include <stdio.h>

#include "runtime/base/fault.h"
#include "runtime/command.h"
#include "runtime/life.h"
#include "runtime/record.h"

int command_state(const struct globals *globals, const struct arguments *arguments)
{
	struct records records;
	struct record record;
	enum life life;
	int result = record_find(&record, &records, globals->root, arguments->id, RECORD_LOOK,
				 globals->arena);

	if (result < 0)
		return result;
	life = life_of(&record);
	/* The spec has no word for it, and engines stumble over words they do not know. */
	if (life == LIFE_UNKNOWN)
		return advise(refuse(EIO, "the record of the container is %s",
				     record.phase == RECORD_INTENT
					     ? "incomplete: its create was killed"
					     : "damaged"),
			      "caisson delete --force %s frees what is left", record.id);
	fputs(life_state(&record, life, globals->arena), stdout);
	return 0;
}
