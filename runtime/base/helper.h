/* helper.h -- a second program, carried inside this one and started when it is needed.
 *
 * For what needs a library that exists as a shared one only: linked to us, it would make every
 * command dynamic, and slower, for the sake of a few. The program is linked on its own, put into
 * ours as bytes, and executed from memory: it is still one file that is installed.
 *
 * Both sides talk over a baton (baton.h). The helper starts with it: it does what its words say and
 * passes the baton, or sends its fault and ends. Whenever the baton comes back it is asked for the
 * next thing; what that is, the two agree on. When the other end is closed, it ends. */
#ifndef CAISSON_HELPER_H
#define CAISSON_HELPER_H

#include <stdbool.h>
#include <sys/types.h>

/* ---- in this program -------------------------------------------------------------------- */

struct helper_program {
	const char *name;
	const char *begin, *end; /* the bytes of an executable */
	const char *needs;       /* the shared library, for the hint when it is not there */
};

/* Owned by whoever started it, until helper_end(). */
struct helper {
	const struct helper_program *program;
	int baton, pidfd; /* -1: it does not run */
};

#define HELPER_NONE { .baton = -1, .pidfd = -1 }

/* Starts it with the words `argv`, no environment, a session of its own, our standard streams, a
 * baton, `given` (a descriptor, borrowed) and nothing else. Returns before it has done anything;
 * that it could not be executed is found out by helper_await(). */
int helper_start(struct helper *helper, const struct helper_program *program, char *const argv[],
		 int given);
bool helper_runs(const struct helper *helper);
/* Until it has the baton no more. 0, or its fault, which is now ours. Its warnings are ours too. */
int helper_await(struct helper *helper);
/* Gives it the baton, and awaits it. */
int helper_ask(struct helper *helper);
/* Closes the baton and reaps it. Nothing to do for one that does not run. */
void helper_end(struct helper *helper);
/* In a process made since it was started: it is not this one's, and ends when its maker closes the
 * baton, so we must not hold it. */
void helper_disown(struct helper *helper);

/* ---- in the helper ---------------------------------------------------------------------- */

/* Its descriptors besides the standard streams. */
enum { helper_baton = 3, helper_given = 4 };

#endif
