/* hooks.h -- the programs a config asks to be run at six moments of a container's life. */
#ifndef CAISSON_HOOKS_H
#define CAISSON_HOOKS_H

#include "specs/spec.h"

/* Runs the list in order; each gets `state` (JSON) on stdin, exactly its own env (hook.env, else
 * only PATH), no descriptor beyond 0-2, default signals, a session (and so a process group) of its
 * own, and its timeout by pidfd. The first one that fails ends it:
 *	error running createRuntime hook #0: exit status 7, stdout: ..., stderr: HOOKERR
 *	... hook #0: signal: killed, stdout: , stderr:
 *	... hook #0: fork/exec /x: no such file or directory
 *	... hook #0: hook ran past specified timeout of 1.0s
 * `kind` names the list as config.json does, `cwd` is where they start (NULL: stay). The end of
 * their output (1200 bytes of each stream: a fault holds no more) is kept for the message; the
 * output never blocks a hook. Waits at most the hook's timeout and, for one that cannot be killed,
 * 5 s more; for ever where no timeout is given. SIGCHLD must not be ignored by the caller. */
int hooks_run(const struct spec_hook_list *hooks, const char *kind, const char *state,
	      const char *cwd);
/* poststop: failures are warnings and the next hook runs. */
void hooks_run_all(const struct spec_hook_list *hooks, const char *kind, const char *state,
		   const char *cwd);

#endif
