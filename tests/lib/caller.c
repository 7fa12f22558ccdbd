/* caller.c -- what an engine leaves to the runtime it calls. See caller.h. */
#include "tests/lib/caller.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void need(bool done)
{
	if (!done)
		_exit(125);
}

/* As `update --resources -` reads it. */
static void offer(const char *input)
{
	int ends[2];

	need(pipe(ends) == 0 && write(ends[1], input, strlen(input)) == (ssize_t)strlen(input));
	need(dup2(ends[0], 0) == 0);
	close(ends[0]);
	close(ends[1]);
}

static void open_pipes(unsigned count)
{
	int ends[2];

	while (count--)
		need(pipe(ends) == 0);
}

static void set_oom_score_adj(int score)
{
	FILE *file = fopen("/proc/self/oom_score_adj", "we");

	need(file && fprintf(file, "%d", score) > 0 && fclose(file) == 0);
}

void caller_become(const struct caller *caller, const char *input)
{
	if (input)
		offer(input);
	open_pipes(caller->pipes);
	if (caller->oom_score_adj)
		set_oom_score_adj(caller->oom_score_adj);
	if (caller->ignores_sigpipe)
		signal(SIGPIPE, SIG_IGN);
	need(!caller->at_root || chdir("/") == 0);
	need(clearenv() == 0);
	for (const char *const *variable = caller->environment; *variable; variable++)
		need(putenv((char *)*variable) == 0);
}
