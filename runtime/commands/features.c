/* features.c -- `caisson features`: what this runtime can do (features.md of the spec). */
#include <stdio.h>

#include "commit.h"
#include "runtime/command.h"
#include "seccomp/seccomp.h"
#include "specs/write.h"

int command_features(const struct globals *globals, const struct arguments *arguments)
{
	static const struct spec_support support = {
		.seccomp_architecture = sc_architecture_supported,
		.seccomp_flag = sc_flag_supported,
	};

	(void)arguments;
	fputs(spec_features(globals->arena, VERSION, COMMIT, &support), stdout);
	return 0;
}
