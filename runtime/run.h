/* run.h -- what has been done so far.
 *
 * Each side has a copy of its own from the moment of birth on: what the inside changes, the host
 * does not see, but for `trace` and `shared`, which are shared memory. */
#ifndef CAISSON_RUN_H
#define CAISSON_RUN_H

#include <stdbool.h>
#include <sys/types.h>

#include "runtime/hooks.h"
#include "runtime/record.h"
#include "runtime/step.h"
#include "runtime/terminal.h"
#include "seccomp/seccomp.h"

struct image;
struct trace;

struct run {
	struct plan *plan;
	const struct step_list *list;
	struct trace *trace;   /* NULL without --trace */
	size_t here;           /* the row the host is at */
	enum side side;
	int baton;             /* our end */
	bool exec_pending;     /* the inside has said that its next step is execve */

	pid_t pid;             /* of the inside; 0: not born */
	int pidfd;             /* host only; -1 */

	struct record record;
	struct terminal terminal; /* host: master alone; inside: both ends until taken */
	int console_socket;    /* connected; -1 */
	int gate;              /* listening socket of create; -1 */
	int notify;            /* NOTIFY_SOCKET proxy; -1 */
	int netns;             /* the container's, from which devices can come back; -1 */
	int listener;          /* connected seccomp listener; -1 */
	struct hooks_output hooks_output; /* what annotations name */
	struct spec_user user; /* whom the process runs as: process.user, with names looked up */
	int procfs;            /* inside: a private procfs; -1 */
	struct sc_program *seccomp; /* shared memory; NULL: no filter */
	const char *program;   /* inside: what to execve */
	char **env;            /* inside: complete */
	struct image *image;   /* restore only */
};

/* A run of `plan`, nothing done yet. */
void run_begin(struct run *run, struct plan *plan);

/* The inside waits for the baton; the host hears faults and gifts meanwhile. Used by the walker and
 * by `start`, which takes the creator's place. */
int walk_await(struct run *run);

#endif
