/* fault.h -- what went wrong, said once, in words.
 *
 * Whoever gives up describes what it tried; everybody above hands the number on. Nothing is
 * printed here: main() and the walker print the one fault that is left.
 *
 * A process holds one fault at a time: the newest replaces the one before. */
#ifndef CAISSON_FAULT_H
#define CAISSON_FAULT_H

#include <stddef.h>

struct fault {
	int error;          /* positive errno; 0: nothing has failed */
	char what[3072];    /* the sentence, reason included */
	char path[256];     /* place in config.json, such as linux.resources.memory.limit, or "" */
	char hint[256];     /* the cure, where we know one, or "" */
	char step[32];      /* the row of the construction list, or "" */
	unsigned line, column; /* place in config.json, counted from 1; 0: not known */
};

/* The kernel (or a library) said no: ": " and strerror(error) are added. `error` may be positive
 * or negative. Returns -error, so that `return fail(errno, "open %s", path);` reads well. */
__attribute__((cold, format(printf, 2, 3))) int fail(int error, const char *format, ...);

/* The same with the first letter of the reason small, as Go programs have it: "exec /x: no such file
 * or directory". For sentences that engines compare with runc's. */
__attribute__((cold, format(printf, 2, 3))) int fail_as_go(int error, const char *format, ...);

/* We say no: the sentence stands as it is. `error` classifies it (EINVAL, ENOENT, ...). Returns
 * -error. */
__attribute__((cold, format(printf, 2, 3))) int refuse(int error, const char *format, ...);

/* Adds to the last fault the place in config.json it comes from, unless it has one already.
 * Returns `result` unchanged, and does nothing when it is 0:
 * `return blame(fail(errno, "..."), "mounts[%zu]", i);` */
__attribute__((format(printf, 2, 3))) int blame(int result, const char *path, ...);

/* Adds the cure to the last fault. Returns `result` unchanged; does nothing when it is 0. */
__attribute__((cold, format(printf, 2, 3))) int advise(int result, const char *hint, ...);

/* The last fault of this process; never NULL. The walker and main() may write to it. */
struct fault *last_fault(void);

/* Forgets the last fault (a caller found a way round it). */
void forget_fault(void);

/* Something the user must hear of although we go on. Goes to the function set by
 * `send_warnings_to`; until one is set, into a small queue that is delivered to it then. */
__attribute__((cold, format(printf, 1, 2))) void warn(const char *format, ...);
void send_warnings_to(void (*receiver)(const char *sentence));

#endif
