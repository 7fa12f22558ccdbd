/* vocabulary.h -- the words of the spec, and the kernel's numbers for them. */
#ifndef CAISSON_SPECS_VOCABULARY_H
#define CAISSON_SPECS_VOCABULARY_H

#include "runtime/base/words.h"

/* SCHED_ISO has a number but no code in Linux: the kernel refuses it. */
#ifndef SCHED_ISO
#define SCHED_ISO 4
#endif
#ifndef MPOL_WEIGHTED_INTERLEAVE /* since 6.9 */
#define MPOL_WEIGHTED_INTERLEAVE 6
#endif

/* "CAP_SYS_ADMIN" and its number, both ways; false when libcap knows none. */
enum { SPEC_CAPABILITY_NAME = 64 };
bool spec_capability_number(const char *name, unsigned *number);
bool spec_capability_name(unsigned number, char name[SPEC_CAPABILITY_NAME]);

extern const struct word spec_rlimit_words[];        /* RLIMIT_* */
extern const struct word spec_namespace_words[];     /* CLONE_NEW* */
extern const struct word spec_propagation_words[];   /* MS_*, with MS_REC for the r-forms */
extern const struct word spec_scheduler_words[];     /* SCHED_* */
extern const struct word spec_scheduler_flag_words[];
extern const struct word spec_io_class_words[];      /* IOPRIO_CLASS_* */
extern const struct word spec_memory_policy_words[]; /* MPOL_* */
extern const struct word spec_memory_policy_flag_words[];
extern const struct word spec_personality_words[];   /* PER_* */
extern const struct word spec_device_words[];        /* the letter */
extern const struct word spec_device_rule_words[];   /* the letter */
extern const struct word spec_seccomp_action_words[];   /* enum seccomp_action */
extern const struct word spec_seccomp_operator_words[]; /* enum seccomp_operator */
extern const struct word spec_seccomp_arch_words[];     /* their order in the spec, no more */
extern const struct word spec_seccomp_flag_words[];     /* SECCOMP_FILTER_FLAG_* */

#endif
