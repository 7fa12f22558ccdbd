/* state.c -- `caisson state`: what a container is and how it is, as JSON.
 *
 * Who asks while create is at work is told how that ended, where it does not take long: with runc and
 * crun there is nothing before a container is created, and scripts poll `state` until there is. */
#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "runtime/base/fault.h"
#include "runtime/command.h"
#include "runtime/life.h"
#include "runtime/record.h"

enum { look_again_ms = 5, patience_ms = 500 };

/* Looks, again and again while the container is being made. */
static int settle(struct record *record, const struct records *records, enum life *life)
{
	const struct timespec pause = { .tv_nsec = look_again_ms * 1000 * 1000 };
	const char *id = record->id;
	int result = 0;

	*life = life_of(record);
	for (int ms = 0; !result && *life == LIFE_CREATING && ms < patience_ms; ms += look_again_ms) {
		record_close(record);
		nanosleep(&pause, NULL);
		result = record_load(record, records, id, RECORD_LOOK, record->arena);
		if (!result)
			*life = life_of(record);
	}
	return result;
}

int command_state(const struct globals *globals, const struct arguments *arguments)
{
	struct records records;
	struct record record;
	enum life life = LIFE_UNKNOWN;
	int result = record_find(&record, &records, globals->root, arguments->id, RECORD_LOOK,
				 globals->arena);

	if (!result)
		result = settle(&record, &records, &life);
	if (result < 0)
		return result;
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
