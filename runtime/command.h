/* command.h -- the table of commands.
 *
 * A command is one file in runtime/commands/ with one entry; option_table.c says what it is called
 * and which options it has. A command prints its result on stdout, nothing on stderr, and returns
 * its exit status (0..255), or a negative errno whose fault main() prints before it exits with
 * `failure` of the row. */
#ifndef CAISSON_COMMAND_H
#define CAISSON_COMMAND_H

#include "runtime/options.h"

struct command {
	const char *name;    /* NULL ends the table */
	const char *group;   /* the heading in help */
	const char *summary; /* one line */
	const char *words;   /* the usage after the options: "<container-id> [signal]" */
	const struct option_row *options;
	int least, most;     /* words; most -1: any number */
	bool takes_id;       /* the first word is a container's id */
	bool new_id;         /* and that container does not exist yet */
	bool enters;         /* it makes or enters a container: see main.c */
	bool passes_on;      /* what follows the first word is not for us (exec, ps) */
	bool silent;         /* engines read stderr with stdout: warnings go to a log or nowhere */
	int failure;         /* exit status of a failure: 1, for exec 255 */
	int (*run)(const struct globals *globals, const struct arguments *arguments);
	const char *description; /* for the manual and the command's help; NULL */
	const char *example;     /* one line to try; NULL */
};

extern const struct command commands[];

/* NULL when there is none. */
const struct command *command_named(const char *name);

int command_create(const struct globals *globals, const struct arguments *arguments);
int command_run(const struct globals *globals, const struct arguments *arguments);
int command_exec(const struct globals *globals, const struct arguments *arguments);
int command_start(const struct globals *globals, const struct arguments *arguments);
int command_state(const struct globals *globals, const struct arguments *arguments);
int command_kill(const struct globals *globals, const struct arguments *arguments);
int command_delete(const struct globals *globals, const struct arguments *arguments);
int command_list(const struct globals *globals, const struct arguments *arguments);
int command_ps(const struct globals *globals, const struct arguments *arguments);
int command_events(const struct globals *globals, const struct arguments *arguments);
int command_pause(const struct globals *globals, const struct arguments *arguments);
int command_resume(const struct globals *globals, const struct arguments *arguments);
int command_update(const struct globals *globals, const struct arguments *arguments);
int command_checkpoint(const struct globals *globals, const struct arguments *arguments);
int command_restore(const struct globals *globals, const struct arguments *arguments);
int command_spec(const struct globals *globals, const struct arguments *arguments);
int command_features(const struct globals *globals, const struct arguments *arguments);
int command_version(const struct globals *globals, const struct arguments *arguments);
int command_completion(const struct globals *globals, const struct arguments *arguments);
int command_help(const struct globals *globals, const struct arguments *arguments);

#endif
