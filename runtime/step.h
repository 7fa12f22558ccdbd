/* step.h -- one row of a construction list.
 *
 * A container is built by one ordered table of named steps, some on the host's side, some inside
 * the new namespaces. Two processes walk the same table and pass one baton where the side changes
 * (runtime/walk.c). The table serves execution, rollback, the prefix of every error, --trace,
 * --trip and the reader.
 *
 * Rules that keep it honest: `wanted` is a pure function of the plan; rows take no parameters and
 * have no loops and no conditions of their own. */
#ifndef CAISSON_STEP_H
#define CAISSON_STEP_H

#include <stdbool.h>
#include <stddef.h>

struct plan;
struct run;

enum side { HOST, INSIDE };

struct step {
	const char *name;
	const char *why;
	enum side side;
	/* What the --debug of runc says at this moment, for who knows its log. NULL: nothing. */
	const char *runc;
	/* A host's row that needs no baton: it overlaps with what the inside does. */
	bool meanwhile;
	/* An inside's row at which the sides part: the host hands the baton over and is done. */
	bool parts;
	bool (*wanted)(const struct plan *plan); /* NULL: always */
	int (*run)(struct run *run);
	/* Host rows only; called in reverse order for the rows that were run. One that fails leaves
	 * nothing behind by itself. */
	void (*undo)(struct run *run);
};

struct step_list {
	const struct step *rows;
	size_t count;
	/* What the inside wishes for in the middle of a row (baton_wish): answered over the baton, or
	 * a negative errno with its fault. NULL: nothing can be wished for. */
	int (*grant)(struct run *run, size_t which);
};

/* At most this many rows in a list: what a reader can hold, and the size of the trace page. */
enum { steps_at_most = 64 };

#endif
