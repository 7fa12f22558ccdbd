/* vocabulary.c -- the words of the spec, and the kernel's numbers for them.
 *
 * One table per list of words in config.md and config-linux.md, in the order found there. The
 * decoder, `features` and messages all read these. Mount options and capabilities have files of
 * their own (options.c, capabilities.c). */
#include "specs/vocabulary.h"

#include <linux/ioprio.h>
#include <linux/mempolicy.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/resource.h>

#include "specs/spec.h"

#define AS_IS(name) { #name, name }
#define END	    { NULL, 0 }

const struct word spec_rlimit_words[] = {
	AS_IS(RLIMIT_AS),
	AS_IS(RLIMIT_CORE),
	AS_IS(RLIMIT_CPU),
	AS_IS(RLIMIT_DATA),
	AS_IS(RLIMIT_FSIZE),
	AS_IS(RLIMIT_LOCKS),
	AS_IS(RLIMIT_MEMLOCK),
	AS_IS(RLIMIT_MSGQUEUE),
	AS_IS(RLIMIT_NICE),
	AS_IS(RLIMIT_NOFILE),
	AS_IS(RLIMIT_NPROC),
	AS_IS(RLIMIT_RSS),
	AS_IS(RLIMIT_RTPRIO),
	AS_IS(RLIMIT_RTTIME),
	AS_IS(RLIMIT_SIGPENDING),
	AS_IS(RLIMIT_STACK),
	END,
};

const struct word spec_namespace_words[] = {
	{ "pid", CLONE_NEWPID },
	{ "network", CLONE_NEWNET },
	{ "mount", CLONE_NEWNS },
	{ "ipc", CLONE_NEWIPC },
	{ "uts", CLONE_NEWUTS },
	{ "user", CLONE_NEWUSER },
	{ "cgroup", CLONE_NEWCGROUP },
	{ "time", CLONE_NEWTIME },
	END,
};

/* The spec has the first four; engines write the recursive ones too. */
const struct word spec_propagation_words[] = {
	{ "shared", MS_SHARED },
	{ "slave", MS_SLAVE },
	{ "private", MS_PRIVATE },
	{ "unbindable", MS_UNBINDABLE },
	{ "rshared", MS_SHARED | MS_REC },
	{ "rslave", MS_SLAVE | MS_REC },
	{ "rprivate", MS_PRIVATE | MS_REC },
	{ "runbindable", MS_UNBINDABLE | MS_REC },
	END,
};

const struct word spec_scheduler_words[] = {
	{ "SCHED_OTHER", SCHED_NORMAL },
	AS_IS(SCHED_FIFO),
	AS_IS(SCHED_RR),
	AS_IS(SCHED_BATCH),
	AS_IS(SCHED_ISO),
	AS_IS(SCHED_IDLE),
	AS_IS(SCHED_DEADLINE),
	END,
};

const struct word spec_scheduler_flag_words[] = {
	AS_IS(SCHED_FLAG_RESET_ON_FORK),
	AS_IS(SCHED_FLAG_RECLAIM),
	AS_IS(SCHED_FLAG_DL_OVERRUN),
	AS_IS(SCHED_FLAG_KEEP_POLICY),
	AS_IS(SCHED_FLAG_KEEP_PARAMS),
	AS_IS(SCHED_FLAG_UTIL_CLAMP_MIN),
	AS_IS(SCHED_FLAG_UTIL_CLAMP_MAX),
	END,
};

const struct word spec_io_class_words[] = {
	AS_IS(IOPRIO_CLASS_RT),
	AS_IS(IOPRIO_CLASS_BE),
	AS_IS(IOPRIO_CLASS_IDLE),
	END,
};

const struct word spec_memory_policy_words[] = {
	AS_IS(MPOL_DEFAULT),
	AS_IS(MPOL_BIND),
	AS_IS(MPOL_INTERLEAVE),
	AS_IS(MPOL_WEIGHTED_INTERLEAVE),
	AS_IS(MPOL_PREFERRED),
	AS_IS(MPOL_PREFERRED_MANY),
	AS_IS(MPOL_LOCAL),
	END,
};

const struct word spec_memory_policy_flag_words[] = {
	AS_IS(MPOL_F_NUMA_BALANCING),
	AS_IS(MPOL_F_RELATIVE_NODES),
	AS_IS(MPOL_F_STATIC_NODES),
	END,
};

const struct word spec_personality_words[] = {
	{ "LINUX", PER_LINUX },
	{ "LINUX32", PER_LINUX32 },
	END,
};

const struct word spec_device_words[] = {
	{ "c", 'c' },
	{ "b", 'b' },
	{ "u", 'u' },
	{ "p", 'p' },
	END,
};

const struct word spec_device_rule_words[] = {
	{ "a", 'a' },
	{ "c", 'c' },
	{ "b", 'b' },
	END,
};

const struct word spec_seccomp_action_words[] = {
	{ "SCMP_ACT_KILL", SECCOMP_ACTION_KILL_THREAD },
	{ "SCMP_ACT_KILL_PROCESS", SECCOMP_ACTION_KILL_PROCESS },
	{ "SCMP_ACT_KILL_THREAD", SECCOMP_ACTION_KILL_THREAD },
	{ "SCMP_ACT_TRAP", SECCOMP_ACTION_TRAP },
	{ "SCMP_ACT_ERRNO", SECCOMP_ACTION_ERRNO },
	{ "SCMP_ACT_TRACE", SECCOMP_ACTION_TRACE },
	{ "SCMP_ACT_ALLOW", SECCOMP_ACTION_ALLOW },
	{ "SCMP_ACT_LOG", SECCOMP_ACTION_LOG },
	{ "SCMP_ACT_NOTIFY", SECCOMP_ACTION_NOTIFY },
	END,
};

const struct word spec_seccomp_operator_words[] = {
	{ "SCMP_CMP_NE", SECCOMP_OP_NE },
	{ "SCMP_CMP_LT", SECCOMP_OP_LT },
	{ "SCMP_CMP_LE", SECCOMP_OP_LE },
	{ "SCMP_CMP_EQ", SECCOMP_OP_EQ },
	{ "SCMP_CMP_GE", SECCOMP_OP_GE },
	{ "SCMP_CMP_GT", SECCOMP_OP_GT },
	{ "SCMP_CMP_MASKED_EQ", SECCOMP_OP_MASKED_EQ },
	END,
};

const struct word spec_seccomp_arch_words[] = {
	{ "SCMP_ARCH_X86", 0 },
	{ "SCMP_ARCH_X86_64", 1 },
	{ "SCMP_ARCH_X32", 2 },
	{ "SCMP_ARCH_ARM", 3 },
	{ "SCMP_ARCH_AARCH64", 4 },
	{ "SCMP_ARCH_MIPS", 5 },
	{ "SCMP_ARCH_MIPS64", 6 },
	{ "SCMP_ARCH_MIPS64N32", 7 },
	{ "SCMP_ARCH_MIPSEL", 8 },
	{ "SCMP_ARCH_MIPSEL64", 9 },
	{ "SCMP_ARCH_MIPSEL64N32", 10 },
	{ "SCMP_ARCH_PPC", 11 },
	{ "SCMP_ARCH_PPC64", 12 },
	{ "SCMP_ARCH_PPC64LE", 13 },
	{ "SCMP_ARCH_S390", 14 },
	{ "SCMP_ARCH_S390X", 15 },
	{ "SCMP_ARCH_PARISC", 16 },
	{ "SCMP_ARCH_PARISC64", 17 },
	{ "SCMP_ARCH_RISCV64", 18 },
	{ "SCMP_ARCH_LOONGARCH64", 19 },
	{ "SCMP_ARCH_M68K", 20 },
	{ "SCMP_ARCH_SH", 21 },
	{ "SCMP_ARCH_SHEB", 22 },
	END,
};

const struct word spec_seccomp_flag_words[] = {
	AS_IS(SECCOMP_FILTER_FLAG_TSYNC),
	AS_IS(SECCOMP_FILTER_FLAG_LOG),
	AS_IS(SECCOMP_FILTER_FLAG_SPEC_ALLOW),
	AS_IS(SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV), /* since 5.19 */
	END,
};
