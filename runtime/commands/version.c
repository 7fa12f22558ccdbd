/* version.c -- `caisson --version`.
 *
 * docker reads every line with the word "version" in it, so there is one; it looks for "commit:",
 * containerd's library for "spec:" as well. Called as runc or crun we say so on the first line,
 * which their callers look at, and who we are on another. The line that begins with "+" has the
 * form of crun's, which its tests look at. */
#include <stdio.h>
#include <string.h>

#include "commit.h"
#include "runtime/command.h"
#include "runtime/program.h"
#include "specs/write.h"

int command_version(const struct globals *globals, const struct arguments *arguments)
{
	const char *name = program_name(globals->argv);

	(void)arguments;
	printf("%s version %s\ncommit: %s\nspec: %s\n", name, VERSION,
	       COMMIT[0] ? COMMIT : "unknown", SPEC_VERSION);
	if (strcmp(name, "caisson"))
		printf("program: caisson\n");
	printf("+SYSTEMD +SELINUX +APPARMOR +CAP +SECCOMP +EBPF +CRIU\n");
	return 0;
}
