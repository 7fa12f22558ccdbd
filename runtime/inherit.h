/* inherit.h -- which of the caller's descriptors the workload gets, and that nothing else lives.
 *
 * stdin, stdout and stderr always; then $LISTEN_FDS (sd_listen_fds(3)); then --preserve-fds more,
 * counted after those. A number in that range that is not open is a hole and stays one: podman
 * passes single descriptors that way.
 *
 * A descriptor that an option names (`--process /dev/fd/63`, a shell's <(...)) is kept for us to
 * read, and for nobody else.
 *
 *	main     inherit_standard(), then, with the options read: inherit_plan(), inherit_name(),
 *	         inherit_start()
 *	inside   inherit_forget_named() as soon as it is born
 *	inside   inherit_exec() right before execve */
#ifndef CAISSON_INHERIT_H
#define CAISSON_INHERIT_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/arena.h"
#include "specs/spec.h"

enum { inherit_first = 3, inherit_limit = 1024 };

struct inherit {
	unsigned listen_fds;      /* from the environment: 3 .. 3+listen_fds-1 */
	const char *listen_names; /* LISTEN_FDNAMES, NULL when not given */
	unsigned end;             /* the first number that is not inherited, at least 3 */
	uint64_t open[inherit_limit / 64]; /* bit n: n was open when we were started */
	unsigned named[8]; /* what is kept, beyond `end` */
	size_t named_count;
};

/* First of all: a descriptor 0-2 that is closed becomes /dev/null, lest a file of ours take its
 * number and be written to by whoever prints (CVE-2002-0572 and its kin). */
int inherit_standard(void);

/* Reads LISTEN_FDS, LISTEN_PID and LISTEN_FDNAMES, and looks which descriptors are there. A
 * LISTEN_PID that is not ours means that they are not for us; none at all is tolerated, as crun
 * does. Refuses more than inherit_limit. Before this nothing of ours may be open. */
int inherit_plan(struct inherit *plan, unsigned preserve_fds);

/* `path`, the value of an option or NULL: if it is /dev/fd/N or /proc/self/fd/N, N stays open until
 * the command ends, for us alone. */
void inherit_name(struct inherit *plan, const char *path);

/* The same for descriptor `fd`. False: it is in the range of what is inherited, or there are too many. */
bool inherit_keep(struct inherit *plan, unsigned fd);

/* At the start of a command: closes everything neither inherited nor named, so that the caller's leaks are gone
 * before we do anything; what is inherited becomes close-on-exec, so that our own helpers (hooks,
 * newuidmap) do not get it. */
int inherit_start(const struct inherit *plan);

/* Inside: what options named is the host's. */
void inherit_forget_named(const struct inherit *plan);

/* Right before execve: what is inherited survives it, under its number, and nothing else does,
 * the holes included. Nothing is closed yet: the other end hears of a successful execve by our
 * close-on-exec descriptors. */
int inherit_exec(const struct inherit *plan);

/* The workload's environment as config.json has it; where LISTEN_FDS passes descriptors, its
 * LISTEN_* words are replaced by LISTEN_FDS, LISTEN_PID=1 and LISTEN_FDNAMES. In the arena. */
struct strings inherit_env(const struct inherit *plan, const struct strings *env,
			   struct arena *arena);

/* Inside, before the user is changed, for stdin, stdout and stderr. Pipes become the user's, so
 * that it may open /dev/stdout and its kin, which images link their logs to. Only pipes without a
 * name: they are nobody else's, while a file or a device node is the host's (runc #3674). Where
 * the owner has no number in our user namespace, the caller has to see to it.
 *
 * The host's /dev/null becomes the container's own, as with runc: no descriptor leads to the
 * host's /dev, and the container can be checkpointed. */
int inherit_settle(unsigned uid, unsigned gid);

#endif
