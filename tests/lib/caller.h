/* caller.h -- whoever calls the runtime, with what an engine leaves to it: environment, descriptors,
 * an ignored SIGPIPE, an oom score, a directory, something to read. */
#ifndef CAISSON_TESTS_CALLER_H
#define CAISSON_TESTS_CALLER_H

#include <stdbool.h>

struct caller {
	const char *const *environment; /* all of it */
	unsigned pipes;                 /* so many are open, both ends, from descriptor 3 on */
	int oom_score_adj;
	bool ignores_sigpipe, at_root; /* of the file system, instead of the bundle */
};

/* In the child that becomes the runtime: makes it that caller's. Its stdin is `input`, unless that
 * is NULL. Exits with 125 when something cannot be had. */
void caller_become(const struct caller *caller, const char *input);

#endif
