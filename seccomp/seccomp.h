/* seccomp.h -- linux.seccomp becomes a BPF program and is loaded last before execve.
 *
 * The river: sc_check (while planning) -> sc_compile (host's side, while the root is built) ->
 * sc_load (inside). compile.c is the place to start reading. */
#ifndef CAISSON_SECCOMP_SECCOMP_H
#define CAISSON_SECCOMP_SECCOMP_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "specs/spec.h"

enum { sc_program_limit = 4096 }; /* BPF_MAXINSNS, see seccomp(2) */

/* A compiled filter. It lies in memory shared by both sides of the list: the host's side fills it
 * while the inside builds the root. Holds no pointers. */
struct sc_program {
	uint32_t count;      /* of instructions */
	uint32_t load_flags; /* SECCOMP_FILTER_FLAG_* for seccomp(2), without NEW_LISTENER */
	bool notify;         /* a listener is wanted: sc_wants_listener() */
	struct sock_filter code[sc_program_limit];
};

/* While planning: refuses what cannot be compiled, with its place in config.json, and warns of
 * restrictions that libseccomp cannot express. With `all_known` a system call that libseccomp does
 * not know is refused as well. */
int sc_check(const struct spec_seccomp *seccomp, bool all_known);
/* True when a seccomp agent is to be told: listenerPath is given. (The spec lets a runtime ignore
 * the path while no rule says SCMP_ACT_NOTIFY, as runc does; crun and we connect all the same, so
 * that an agent hears of every container that names it.) */
bool sc_wants_listener(const struct spec_seccomp *seccomp);
/* Compiles, or takes from the cache below `cache_dir` (a path such as /run/caisson/.seccomp, made
 * 0700 when missing, its owner and mode verified; its parent must exist; NULL: no cache). A cache
 * that cannot be used is a warning, never an error. */
int sc_compile(struct sc_program *program, const struct spec_seccomp *seccomp,
	       const char *cache_dir);
/* Host's side, before the root is entered: the connected socket of linux.seccomp.listenerPath. */
int sc_connect_listener(const char *path);
/* Inside. After it only execve and what the profile allows will work; from the moment the filter
 * is active this function itself makes no system call. Needs no_new_privs or CAP_SYS_ADMIN.
 *
 * With `program->notify`, `state` (the container process state, JSON) and the new descriptor go
 * to `listener` and the connection is shut down; `listener` stays the caller's to close (exec does
 * it). Otherwise both are ignored. The process must have one thread. */
int sc_load(const struct sc_program *program, int listener, const char *state);
/* The flags with which sc_load() calls seccomp(2). */
unsigned long sc_load_flags(const struct sc_program *program);
/* The same as sc_load(), and no agent is told: what one would be asked about ends in ENOSYS
 * (seccomp(2), SECCOMP_RET_USER_NOTIF). For a process that is not the container's own. */
int sc_load_untold(const struct sc_program *program);

/* For `features`: would sc_check() take this SCMP_ARCH_* (libseccomp knows it, and it has this
 * machine's byte order), this SECCOMP_FILTER_FLAG_* (the running kernel knows it)? */
bool sc_architecture_supported(const char *name);
bool sc_flag_supported(const char *name);

#endif
