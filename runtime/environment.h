/* environment.h -- lists of "NAME=value". */
#ifndef CAISSON_ENVIRONMENT_H
#define CAISSON_ENVIRONMENT_H

#include <stdbool.h>

#include "runtime/base/arena.h"
#include "specs/spec.h"

bool env_has(const struct strings *env, const char *name);
/* With one more at the end, and room for the NULL of execve(2). */
struct strings env_with(const struct strings *env, const char *variable, struct arena *arena);
/* Each name once, with its last value, in the place of that: engines append what a user changes,
 * getenv(3) finds the first. What has no "=" stays. */
struct strings env_once(const struct strings *env, struct arena *arena);

/* Removes "NAME=". */
void env_forget_empty(struct strings *env, const char *name);

#endif
