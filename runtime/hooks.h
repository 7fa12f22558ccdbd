/* hooks.h -- the programs a config asks to be run at six moments of a container's life. */
#ifndef CAISSON_HOOKS_H
#define CAISSON_HOOKS_H

#include <stdbool.h>

#include "specs/spec.h"

struct run;

/* Files that get what hooks say, instead of us: the annotations run.oci.hooks.stdout and
 * run.oci.hooks.stderr, as in crun. -1: none. */
struct hooks_output {
	int out, err;
};

/* What all hooks of one moment have in common. */
struct hooks_setting {
	const char *state;    /* JSON, on stdin */
	const char *cwd;      /* where they start; NULL: stay */
	char *const *env;     /* of those that name none; NULL: the PATH of our caller */
	const struct hooks_output *output; /* NULL: none */
	/* NULL, or called with `run` in the hook's process right before its execve, for what is to
	 * confine the hook and would confine us: 0, or a negative errno. */
	int (*confine)(struct run *run);
	struct run *run;
};

/* Runs the list in order; each gets `state` on stdin, its own env and nothing of ours, no
 * descriptor beyond 0-2, default signals, a session (and so a process group) of its own, and its
 * timeout by pidfd. The first one that fails ends it:
 *	error running createRuntime hook #0: exit status 7, stdout: ..., stderr: HOOKERR
 *	... hook #0: signal: killed, stdout: , stderr:
 *	... hook #0: fork/exec /x: no such file or directory
 *	... hook #0: hook ran past specified timeout of 1.0s
 * `kind` names the list as config.json does. The end of their output (1200 bytes of each stream: a
 * fault holds no more) is kept for the message; the output never blocks a hook. Waits at most the
 * hook's timeout and, for one that cannot be killed, 5 s more; for ever where no timeout is given.
 * SIGCHLD must not be ignored by the caller. */
int hooks_run(const struct spec_hook_list *hooks, const char *kind,
	      const struct hooks_setting *setting);
/* poststop: failures are warnings and the next hook runs. */
void hooks_run_all(const struct spec_hook_list *hooks, const char *kind,
		   const struct hooks_setting *setting);

/* The last fault is that of a hook: runtime.md wants the container destroyed then. */
bool hooks_failed(void);

/* hooks_output.c: whether the annotations name files. */
bool hooks_have_output(const struct pairs *annotations);
/* Opens what the annotations name, for appending; a file that is made is the owner's alone. */
int hooks_open_output(struct hooks_output *output, const struct pairs *annotations);
void hooks_close_output(struct hooks_output *output);

#endif
