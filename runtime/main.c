/* main.c -- the way in and the way out of every command.
 *
 * Reads the command line, hands over to one function of runtime/commands/, prints the fault that
 * is left, and turns the result into an exit status.
 *
 * Does not know what any command does. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "runtime/base/debug.h"
#include "runtime/base/fault.h"
#include "runtime/base/words.h"
#include "runtime/command.h"
#include "runtime/interrupt.h"
#include "runtime/options.h"
#include "runtime/say.h"
#include "runtime/session.h"
#include "specs/json.h"

enum { status_failure = 1, status_unknown_command = 3 };

/* A process that joins a container must not be looked into from there (CVE-2016-9962). Only for
 * root: /proc/PID of a process that cannot be dumped belongs to root, and an ordinary user has to
 * write uid_map there. */
static int harden(void)
{
	if (geteuid() == 0 && prctl(PR_SET_DUMPABLE, 0) < 0)
		return fail(errno, "forbid others to look into this process");
	return 0;
}

static int give_up(int status)
{
	say_fault();
	return status;
}

/* The command line is wrong: the log is not open yet. What is wrong with the log itself is said
 * on stderr, in place of what was to be logged. */
static int give_up_early(const struct globals *globals, int status)
{
	struct fault fault = *last_fault();

	if (say_open(globals) == 0)
		*last_fault() = fault;
	return give_up(status);
}

static int unknown_command(const struct globals *globals, const char *name)
{
	struct word names[64] = { 0 };
	const char *nearest;

	for (size_t i = 0; commands[i].name && i < 63; i++)
		names[i].name = commands[i].name;
	nearest = word_nearest(names, name);
	refuse(EINVAL, "No help topic for '%s'", name);
	if (nearest)
		advise(-EINVAL, "did you mean \"caisson %s\"?", nearest);
	else
		advise(-EINVAL, "see: caisson --help");
	return give_up_early(globals, status_unknown_command);
}

/* What makes or enters a container first closes what the caller leaked and gets our own program
 * out of reach; only then do we open anything ourselves, the log included. */
static int open_log_of(const struct command *command, const struct globals *globals,
		       const struct arguments *arguments)
{
	int result = command->enters && !arguments->help ? session_secure(globals, arguments) : 0;

	return result ? result : say_open(globals);
}

static void tell_command_line(char **argv)
{
	char text[900];

	debug("%s", debug_words(text, sizeof text, (const char *const *)argv));
}

static int run_command(const struct command *command, const struct globals *globals, char **argv)
{
	struct arguments arguments = { 0 };
	int status = options_parse(&arguments, command, argv, globals->arena);

	if (status == 0 && !arguments.help)
		status = options_check_words(&arguments, command);
	if (status < 0)
		return give_up_early(globals, status_failure);
	say_about(command->name, arguments.id && *arguments.id ? arguments.id : NULL);
	status = open_log_of(command, globals, &arguments);
	if (status < 0)
		return give_up(command->failure);
	if (command->silent)
		say_hush();
	if (debug_wanted)
		tell_command_line(globals->argv);
	if (arguments.help) {
		char *name = (char *)command->name;

		arguments.words = (struct strings) { .at = &name, .count = 1 };
		status = command_help(globals, &arguments);
	} else {
		status = command->run(globals, &arguments);
	}
	if (status >= 0 && fflush(stdout) == EOF)
		status = fail(errno, "write the result to stdout");
	if (status < 0)
		return give_up(interrupt_status() ? interrupt_status() : command->failure);
	say_warnings();
	return status;
}

int main(int argc, char **argv)
{
	struct arena arena = { 0 };
	struct inherit inherit = { 0 };
	struct globals globals = { .arena = &arena, .argv = argv, .inherit = &inherit };
	const struct command *command;
	int words;

	if (argc < 1 || inherit_standard() < 0 || harden() < 0)
		return give_up(status_failure);
	/* A caller that ignores it would have its ignorance inherited: our children could then not
	 * be waited for (waitpid(2), ECHILD). */
	signal(SIGCHLD, SIG_DFL);
	json_seed();
	words = options_parse_globals(&globals, argv);
	if (words < 0)
		return give_up_early(&globals, status_failure);
	if (globals.version)
		return run_command(command_named("version"), &globals, (char *[]) { NULL });
	if (globals.help || !argv[words])
		return run_command(command_named("help"), &globals, (char *[]) { NULL });
	command = command_named(argv[words]);
	if (!command)
		return unknown_command(&globals, argv[words]);
	return run_command(command, &globals, argv + words + 1);
}
