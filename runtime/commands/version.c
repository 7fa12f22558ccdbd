/* version.c -- `caisson --version`.
 *
 * docker reads every line with the word "version" in it, so there is one; it looks for "commit:".
 * The line that begins with "+" has the form of crun's, which its tests look at. */
#include <stdio.h>

#include "commit.h"
#include "runtime/command.h"
#include "specs/write.h"

int command_version(const struct globals *globals, const struct arguments *arguments)
{
	(void)globals;
	(void)arguments;
	printf("caisson version %s\ncommit: %s\nspec: %s\n"
	       "+CAP +SECCOMP +EBPF +APPARMOR +SELINUX\n",
	       VERSION, COMMIT[0] ? COMMIT : "unknown", SPEC_VERSION);
	return 0;
}
