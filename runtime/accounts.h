/* accounts.h -- users and groups by name, in the container's own /etc/passwd and /etc/group. */
#ifndef CAISSON_ACCOUNTS_H
#define CAISSON_ACCOUNTS_H

#include <stdbool.h>

#include "runtime/base/idlist.h"
#include "specs/spec.h"

/* Both are for the inside, where "/" is the container's root. Files that an image made are not to
 * be trusted: they are opened below that root and through no magic link of procfs, are read only
 * when they are plain, at most 1 MiB of them, and waited for never (CVE-2026-47262). */

/* The numbers of the names that were asked for. A user by name has the gid of its line, unless
 * another group is asked for, and with `member` the groups it is a member of are put before those
 * in user->additional_gids. Speaks. */
int accounts_look_up(struct spec_user *user, const struct asked_user *asked, bool member,
		     struct arena *arena);
/* The home of a uid, "/" apart: NULL when there is none. What is odd is a warning. */
char *accounts_home(unsigned uid, struct arena *arena);

#endif
