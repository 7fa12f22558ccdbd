/* seccomp.h -- linux.seccomp becomes a BPF program and is loaded last before execve. */
#ifndef CAISSON_SECCOMP_SECCOMP_H
#define CAISSON_SECCOMP_SECCOMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "specs/spec.h"

enum { sc_program_bytes = 4096 * 8 }; /* BPF_MAXINSNS instructions, see seccomp(2) */

/* A compiled filter. It lies in memory shared by both sides of the list: the host's side fills it
 * while the inside builds the root. Holds no pointers. */
struct sc_program {
	uint32_t length;     /* in bytes, a multiple of 8 */
	uint32_t load_flags; /* SECCOMP_FILTER_FLAG_* for seccomp(2), without NEW_LISTENER */
	bool notify;         /* a listener is wanted */
	unsigned char code[sc_program_bytes];
};

/* While planning: refuses what cannot be compiled, with its place in config.json. */
int sc_check(const struct spec_seccomp *seccomp);
/* Compiles, or takes from the cache below `cache_dir` (a path such as /run/caisson/.seccomp, made
 * 0700 when missing, its owner and mode verified; NULL: no cache). */
int sc_compile(struct sc_program *program, const struct spec_seccomp *seccomp,
	       const char *cache_dir);
/* Host's side, before the root is entered: the connected socket of linux.seccomp.listenerPath. */
int sc_connect_listener(const char *path);
/* Inside. After it only execve and what the profile allows will work. With a listener, `state`
 * (the container process state, JSON) and the new descriptor go to `listener`. */
int sc_load(const struct sc_program *program, int listener, const char *state);

#endif
