/* names.h -- the spec's words for seccomp as the numbers of libseccomp and of seccomp(2). */
#ifndef CAISSON_SECCOMP_NAMES_H
#define CAISSON_SECCOMP_NAMES_H

#include <seccomp.h>
#include <stdbool.h>
#include <stdint.h>

#include "specs/spec.h"

/* Newer than the headers of some distributions we build on. */
#ifndef SECCOMP_FILTER_FLAG_TSYNC_ESRCH
#define SECCOMP_FILTER_FLAG_TSYNC_ESRCH (1UL << 4) /* since 5.7 */
#endif
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5) /* since 5.19 */
#endif

/* An architecture's number in libseccomp, 0 when this libseccomp does not know it. */
uint32_t sc_architecture(const char *name);
/* SCMP_ACT_* with the errno in its lower half; EPERM where none is given (the spec's default). */
uint32_t sc_action(enum seccomp_action action, struct maybe_u32 errno_ret);
enum scmp_compare sc_operator(enum seccomp_operator op);
/* A flag's bit for seccomp(2), 0 when the word is unknown. */
uint32_t sc_flag(const char *name);
/* The bits of linux.seccomp.flags; without the list, SPEC_ALLOW. */
uint32_t sc_flags(const struct spec_seccomp *seccomp);
/* True where the action lets a call go on, so that a call unknown to the profile needs no ENOSYS:
 * the kernel answers it. */
bool sc_lets_pass(enum seccomp_action action);

#endif
