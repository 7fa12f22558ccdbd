/* identity.h -- who the workload is and what it may use: the last things set before execve. */
#ifndef CAISSON_IDENTITY_H
#define CAISSON_IDENTITY_H

#include <stdbool.h>

#include "runtime/base/arena.h"
#include "specs/spec.h"

/* Each returns 0 or a negative errno with its fault set and blamed on process.*; called inside. */

/* keyctl(2): a new session keyring named _ses.ID. EDQUOT and EPERM are warnings. */
int identity_keyring(const char *container_id);
/* setgroups, setresgid, setresuid, umask; PR_SET_KEEPCAPS is set so that ns_caps_apply can
 * follow; the result is read back. `deny_setgroups`: the user namespace forbids it. */
int identity_user(const struct spec_user *user, bool deny_setgroups, bool keep_groups);
/* chdir by descriptor, made when missing (as runc and crun do), verified to be inside the root
 * (CVE-2024-21626). Called once before and, if that was EACCES, once after identity_user. */
int identity_cwd(const char *cwd);

/* HOME from the image's /etc/passwd when env has none: NULL when there is no such user. Reads at
 * most 1 MiB of a regular file. */
char *identity_home(unsigned uid, struct arena *arena);
/* Finds args[0]: absolute or relative paths as they are, plain names in the PATH of `env`.
 * The errors are those engines match: `exec: "x": executable file not found in $PATH`,
 * `exec: "/x": stat /x: no such file or directory`, `exec: "/tmp": is a directory`,
 * `exec: "/x": permission denied`. Gives the path to execve. */
int identity_find_program(const char **path, const struct strings *args, const struct strings *env,
			  struct arena *arena);

#endif
