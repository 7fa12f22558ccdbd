/* main.c -- the way in and the way out of every command.
 *
 * Reads the command line, hands over to one function of runtime/commands/, prints the fault that
 * is left, and turns the result into an exit status.
 *
 * Does not know what any command does. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "runtime/base/words.h"
#include "runtime/command.h"
#include "runtime/options.h"
#include "runtime/say.h"

enum { status_failure = 1, status_unknown_command = 3 };

/* A caller may have closed 0, 1 or 2; then the next file we open would become our stdout. */
static int fill_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		/* The lowest free number is the one that was missing. Not close-on-exec: it is
		 * the stdio of what we start, too. */
		if (open("/dev/null", fd == STDIN_FILENO ? O_RDONLY : O_WRONLY) != fd)
			return fail(errno, "open /dev/null in place of descriptor %d", fd);
	}
	return 0;
}

/* A process that joins a container must not be looked into from there (CVE-2016-9962). Only for
 * root: /proc/PID of a process that cannot be dumped belongs to root, and an ordinary user has to
 * write uid_map there. */
static int harden(void)
{
	if (geteuid() == 0 && prctl(PR_SET_DUMPABLE, 0) < 0)
		return fail(errno, "forbid others to look into this process");
	return 0;
}

/* Else jansson opens /dev/urandom for it. What we read is ours or root's: no flood of chosen keys
 * is to be feared. */
static void seed_hashes(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	json_object_seed((size_t)now.tv_nsec | 1);
}

static int give_up(int status)
{
	say_fault();
	return status;
}

static int unknown_command(const char *name)
{
	struct word names[64] = { 0 };
	const char *nearest;

	for (size_t i = 0; commands[i].name && i < 63; i++)
		names[i].name = commands[i].name;
	nearest = word_nearest(names, name);
	refuse(EINVAL, "No help topic for '%s'", name);
	if (nearest)
		advise(0, "did you mean \"caisson %s\"?", nearest);
	else
		advise(0, "see: caisson --help");
	return give_up(status_unknown_command);
}

static int run_command(const struct command *command, const struct globals *globals, char **argv)
{
	struct arguments arguments = { 0 };
	int status = options_parse(&arguments, command, argv, globals->arena);

	if (status == 0 && !arguments.help)
		status = options_check_words(&arguments, command);
	if (status < 0)
		return give_up(status_failure);
	say_about(command->name, arguments.id && *arguments.id ? arguments.id : NULL);
	if (command->silent)
		say_hush();
	if (arguments.help) {
		char *name = (char *)command->name;

		arguments.words = (struct strings){ .at = &name, .count = 1 };
		status = command_help(globals, &arguments);
	} else {
		status = command->run(globals, &arguments);
	}
	if (status >= 0 && fflush(stdout) == EOF)
		status = fail(errno, "write the result to stdout");
	if (status < 0)
		return give_up(command->failure);
	say_warnings();
	return status;
}

int main(int argc, char **argv)
{
	struct arena arena = { 0 };
	struct globals globals = { .arena = &arena };
	const struct command *command;
	int words;

	if (argc < 1 || fill_standard_descriptors() < 0 || harden() < 0)
		return give_up(status_failure);
	seed_hashes();
	words = options_parse_globals(&globals, argv);
	if (words < 0 || say_open(&globals) < 0)
		return give_up(status_failure);
	if (globals.version)
		return run_command(command_named("version"), &globals, (char *[]){ NULL });
	if (globals.help || !argv[words])
		return run_command(command_named("help"), &globals, (char *[]){ NULL });
	command = command_named(argv[words]);
	if (!command)
		return unknown_command(argv[words]);
	return run_command(command, &globals, argv + words + 1);
}
