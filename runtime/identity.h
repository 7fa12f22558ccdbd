/* identity.h -- who the workload is and where it starts: the last things set before execve. */
#ifndef CAISSON_IDENTITY_H
#define CAISSON_IDENTITY_H

#include <stdbool.h>

#include "runtime/base/arena.h"
#include "specs/spec.h"

/* Each returns 0 or a negative errno with its fault set and blamed on process.*; called inside,
 * where "/" is the container's root (but for identity_make_cwd). */

/* keyctl(2): a new session keyring named _ses.ID, or the one of that name that the container has
 * (exec), which its user may search. EDQUOT, EPERM and ENOSYS are warnings. Before identity_user.
 * With a SELinux label, between two calls of ns_set_key_label. */
int identity_keyring(const char *container_id);
/* umask (0022 unless given), setgroups to exactly additionalGids, setresgid, setresuid;
 * PR_SET_KEEPCAPS is set so that ns_caps_apply can follow; all ids are read back.
 * `deny_setgroups`: the user namespace forbids setgroups(2), so additionalGids are an error.
 * `keep_groups`: the caller's supplementary groups stay. */
int identity_user(const struct spec_user *user, bool deny_setgroups, bool keep_groups);
/* Makes the directories of `cwd` that are missing below `root`, 0755 and ours, as runc and crun do
 * for a new container (not for exec). While the root is built: later it may be read-only. Works
 * before and after pivot_root. */
int identity_make_cwd(int root, const char *cwd);
/* chdir by descriptor, verified to be inside the root (CVE-2024-21626). Called once before and, if
 * that was -EACCES, once after identity_user. */
int identity_cwd(const char *cwd);

/* Finds args[0]: absolute or relative paths as they are, plain names in the PATH of `env` (the
 * last one, if there are several; none or an empty one finds nothing), as Go's exec.LookPath does
 * for runc. Call it as the workload's user, in its directory. Never through a magic link of procfs.
 * The errors are those engines match: `exec: "x": executable file not found in $PATH`,
 * `exec: "/x": stat /x: no such file or directory`, `exec: "/x": permission denied`
 * (directories too). Gives the path to execve. */
int identity_find_program(const char **path, const struct strings *args, const struct strings *env,
			  struct arena *arena);

#endif
