/* cache.h -- compiled programs, kept by the profile they were made of. Only for seccomp/. */
#ifndef CAISSON_SECCOMP_CACHE_H
#define CAISSON_SECCOMP_CACHE_H

#include <stddef.h>

#include "runtime/base/arena.h"
#include "seccomp/seccomp.h"

/* Everything the program depends on, as bytes: two keys are equal exactly when the programs are
 * made of the same input by the same makers. */
struct sc_key {
	char *bytes;
	size_t length, room;
	struct arena *arena;
};

/* key.c */
void sc_key_of(struct sc_key *key, struct arena *arena, const struct spec_seccomp *seccomp);

/* cache.c. The folder, made when missing, or a negative errno after a warning. */
int sc_cache_open(const char *path);
/* 0 and the program's code, or -ENOENT: not there, or not to be trusted (with a warning). */
int sc_cache_read(int folder, const struct sc_key *key, struct sc_program *program);
/* Keeps the program; a failure is a warning. Removes the oldest files above the limit. */
void sc_cache_write(int folder, const struct sc_key *key, const struct sc_program *program);

enum { sc_cache_files = 128 };

#endif
