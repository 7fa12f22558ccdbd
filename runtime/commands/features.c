/* features.c -- `caisson features`: what this runtime can do (features.md of the spec). */
#include <stdio.h>

#include "commit.h"
#include "runtime/command.h"
#include "specs/write.h"

int command_features(const struct globals *globals, const struct arguments *arguments)
{
	(void)arguments;
	fputs(spec_features(globals->arena, VERSION, COMMIT), stdout);
	return 0;
}
