/* walk.c -- two processes walk one list and pass one baton.
 *
 * Whoever holds the baton runs its rows; where the next wanted row belongs to the other side, the
 * baton goes there. Rows marked `meanwhile` are run by the host without it. The new process is
 * born holding the baton when the first row after its birth is its own: the common case costs no
 * message at all.
 *
 * Does not know what any row does: runtime/build.c and runtime/join.c have the tables. */
#include "runtime/walk.h"

#include <errno.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "runtime/base/owned.h"
#include "runtime/base/proc.h"
#include "runtime/base/baton.h"
#include "runtime/base/debug.h"
#include "runtime/interrupt.h"
#include "runtime/plan.h"
#include "runtime/say.h"
#include "runtime/trace.h"

static bool wanted(const struct step *row, const struct run *run)
{
	return !row->wanted || row->wanted(run->plan);
}

/* --trip NAME: the row fails before it does anything, to see what is undone. */
static int trip(const struct step *row, const struct run *run)
{
	if (!run->plan->trip || strcmp(run->plan->trip, row->name))
		return 0;
	return refuse(ECANCELED, "tripped, as --trip asked");
}

static int run_row(size_t index, struct run *run)
{
	const struct step *row = &run->list->rows[index];
	int result;

	debug("step \"%s\": %s", row->name, row->why);
	if (row->runc)
		debug("in runc's words: %s", row->runc);
	trace_begin(run->trace, index, row->side);
	result = trip(row, run);
	if (!result)
		result = row->run(run);
	trace_end(run->trace, index, row->side);
	if (result && !last_fault()->step[0])
		snprintf(last_fault()->step, sizeof last_fault()->step, "%s", row->name);
	return result;
}

/* The side of the next row that needs the baton; the host's when there is none. */
static enum side next_side(const struct run *run, size_t from)
{
	for (size_t i = from; i < run->list->count; i++) {
		const struct step *row = &run->list->rows[i];

		if (!row->meanwhile && wanted(row, run))
			return row->side;
	}
	return HOST;
}

/* The inside is gone without a word: say what its end looked like. */
static int gone(struct run *run)
{
	/* A Ctrl-C is for all of the foreground: it may have got the inside first. */
	int interrupted = interrupt_check();
	int status = run->pidfd >= 0 && !pidfd_wait_end(run->pidfd, 1000) ? pidfd_peek(run->pidfd)
									  : -1;

	if (interrupted)
		return interrupted;
	if (status > 128) {
		int result = refuse(ECHILD, "the container's first process was killed by signal %d "
				    "(%s) while it was being set up", status - 128,
				    strsignal(status - 128));

		return cg_oom_kills(&run->plan->cgroup) ? advise(result, "%s", cg_oom_hint) : result;
	}
	return refuse(ECHILD, "the container's first process ended while it was being set up");
}

static void grant(struct run *run, size_t wish)
{
	int result = run->list && run->list->grant ? run->list->grant(run, wish)
						   : refuse(EPROTO, "nothing can be wished for now");

	if (result)
		baton_send_fault(run->baton);
	forget_fault();
}

int walk_await(struct run *run)
{
	for (;;) {
		int result;
		struct baton_gift gift = { .descriptor = -1 };

		switch (baton_wait(run->baton, interrupt_fd(), &gift)) {
		case BATON_MINE:
			return 0;
		case BATON_FAULT:
			return last_fault()->error ? -last_fault()->error : -EIO;
		case BATON_FD:
			if (run->terminal.master >= 0)
				close(run->terminal.master);
			run->terminal.master = take(&gift.descriptor);
			continue;
		case BATON_READY:
			run->exec_pending = true;
			continue;
		case BATON_WISH:
			grant(run, gift.wish);
			continue;
		case BATON_INTERRUPTED:
			result = interrupt_check();
			if (result)
				return result;
			continue;
		case BATON_GONE:
			if (run->side == INSIDE)
				return refuse(EPIPE, "the runtime is gone");
			if (run->exec_pending) {
				run->exec_pending = false;
				return 0;
			}
			return gone(run);
		}
	}
}

/* A row that failed has cleaned up after itself: only what is done is undone. */
static void undo(struct run *run, size_t done)
{
	struct fault kept = *last_fault();

	while (done-- > 0) {
		const struct step *row = &run->list->rows[done];

		if (!row->undo || !wanted(row, run))
			continue;
		*last_fault() = kept; /* undoing may ask what went wrong */
		row->undo(run);
	}
	*last_fault() = kept;
}

/* What the host met meanwhile may have come about because the inside had ended: its own words are
 * the cause then. */
static int first_cause(struct run *run, int result)
{
	struct fault met = *last_fault();
	int cause;

	if (run->pidfd < 0 || pidfd_wait_end(run->pidfd, 0) < 0)
		return result;
	forget_fault();
	cause = walk_await(run);
	if (cause)
		return cause;
	*last_fault() = met;
	return result;
}

int walk(const struct step_list *list, struct run *run)
{
	bool mine = true;
	size_t done = 0;
	int result = 0;

	run->list = list;
	run->side = HOST;
	for (size_t i = 0; i < list->count && !result; i++) {
		const struct step *row = &list->rows[i];

		if (!wanted(row, run))
			continue;
		if (row->side == INSIDE) {
			if (mine)
				result = baton_pass(run->baton) < 0 ? gone(run) : 0;
			mine = false;
			if (!result && row->parts)
				return 0;
			continue;
		}
		if (!mine && !row->meanwhile) {
			result = walk_await(run);
			mine = true;
		}
		if (!result) {
			bool unborn = run->pid <= 0;

			run->here = i;
			result = run_row(i, run);
			if (!result)
				done = i + 1;
			if (!result && unborn && run->pid > 0)
				mine = next_side(run, i + 1) == HOST;
		}
	}
	if (!mine)
		result = result ? first_cause(run, result) : walk_await(run);
	if (result)
		undo(run, done);
	return result;
}

static int warnings_baton = -1;

static void warn_over_baton(const char *sentence)
{
	baton_send_warning(warnings_baton, sentence);
}

/* The log's descriptor is the host's: in here its number is soon somebody else's. */
static void debug_over_baton(const char *sentence)
{
	baton_send_debug(warnings_baton, sentence);
}

void walk_inside(struct run *run)
{
	size_t first = run->here + 1;
	bool mine = next_side(run, first) == INSIDE;
	int result = 0;

	run->side = INSIDE;
	warnings_baton = run->baton;
	send_warnings_to(warn_over_baton);
	if (say_wants_debug(run->plan->globals))
		send_debug_to(debug_over_baton);
	for (size_t i = first; i < run->list->count && !result; i++) {
		const struct step *row = &run->list->rows[i];

		if (!wanted(row, run) || row->meanwhile)
			continue;
		if (row->side == HOST) {
			if (mine && baton_pass(run->baton) < 0)
				_exit(1);
			mine = false;
			continue;
		}
		if (!mine) {
			result = walk_await(run);
			mine = true;
		}
		if (!result)
			result = run_row(i, run);
		/* The gate changes who listens: the creator is gone, the starter has come. */
		warnings_baton = run->baton;
	}
	baton_send_fault(run->baton);
	_exit(1);
}
