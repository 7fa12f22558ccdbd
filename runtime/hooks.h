/* hooks.h -- the programs a config asks to be run at six moments of a container's life. */
#ifndef CAISSON_HOOKS_H
#define CAISSON_HOOKS_H

#include "specs/spec.h"

/* Runs the list in order; each gets `state` (JSON) on stdin, exactly its own env (hook.env, else
 * only PATH), no descriptor beyond 0-2, default signals, a process group of its own, and its
 * timeout by pidfd. The first one that fails ends it:
 *	error running createRuntime hook #0: exit status 7, stdout: ..., stderr: HOOKERR
 * `kind` names the list as config.json does, `cwd` is where they start (NULL: stay). The last 4 KiB
 * of their output are kept for the message; the output never blocks a hook. */
int hooks_run(const struct spec_hook_list *hooks, const char *kind, const char *state,
	      const char *cwd);
/* poststop: failures are warnings and the next hook runs. */
void hooks_run_all(const struct spec_hook_list *hooks, const char *kind, const char *state,
		   const char *cwd);

#endif
