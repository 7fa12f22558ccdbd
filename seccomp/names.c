/* names.c -- the spec's words for seccomp as the numbers of libseccomp and of seccomp(2).
 *
 * Actions and operators are enums by the time they arrive (specs/load.c); architectures and flags
 * are still words, because which of them exist is libseccomp's and the kernel's business.
 *
 * Does not judge whether a profile makes sense: specs/check.c and check.c do. */
#include "seccomp/names.h"

#include <ctype.h>
#include <errno.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>

#include "runtime/base/words.h"
#include "seccomp/seccomp.h"

uint32_t sc_architecture(const char *name)
{
	static const char prefix[] = "SCMP_ARCH_";
	char lower[32];
	size_t i;

	if (strncmp(name, prefix, sizeof prefix - 1))
		return 0;
	name += sizeof prefix - 1;
	for (i = 0; name[i] && i < sizeof lower - 1; i++)
		lower[i] = (char)tolower((unsigned char)name[i]);
	lower[i] = '\0';
	return seccomp_arch_resolve_name(lower);
}

uint32_t sc_action(enum seccomp_action action, struct maybe_u32 errno_ret)
{
	uint32_t error = errno_ret.given ? errno_ret.value : EPERM;
	const uint32_t actions[] = {
		[SECCOMP_ACTION_KILL_PROCESS] = SCMP_ACT_KILL_PROCESS,
		[SECCOMP_ACTION_KILL_THREAD] = SCMP_ACT_KILL_THREAD,
		[SECCOMP_ACTION_TRAP] = SCMP_ACT_TRAP,
		[SECCOMP_ACTION_ERRNO] = SCMP_ACT_ERRNO(error),
		[SECCOMP_ACTION_TRACE] = SCMP_ACT_TRACE(error),
		[SECCOMP_ACTION_ALLOW] = SCMP_ACT_ALLOW,
		[SECCOMP_ACTION_LOG] = SCMP_ACT_LOG,
		[SECCOMP_ACTION_NOTIFY] = SCMP_ACT_NOTIFY,
	};

	return actions[action];
}

enum scmp_compare sc_operator(enum seccomp_operator op)
{
	static const enum scmp_compare operators[] = {
		[SECCOMP_OP_NE] = SCMP_CMP_NE, [SECCOMP_OP_LT] = SCMP_CMP_LT,
		[SECCOMP_OP_LE] = SCMP_CMP_LE, [SECCOMP_OP_EQ] = SCMP_CMP_EQ,
		[SECCOMP_OP_GE] = SCMP_CMP_GE, [SECCOMP_OP_GT] = SCMP_CMP_GT,
		[SECCOMP_OP_MASKED_EQ] = SCMP_CMP_MASKED_EQ,
	};

	return operators[op];
}

uint32_t sc_flag(const char *name)
{
	static const struct word flags[] = {
		{ "SECCOMP_FILTER_FLAG_TSYNC", SECCOMP_FILTER_FLAG_TSYNC },
		{ "SECCOMP_FILTER_FLAG_LOG", SECCOMP_FILTER_FLAG_LOG },
		{ "SECCOMP_FILTER_FLAG_SPEC_ALLOW", SECCOMP_FILTER_FLAG_SPEC_ALLOW },
		{ "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV",
		  SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV },
		{ NULL, 0 },
	};
	int64_t bit = 0;

	return word_value(flags, name, &bit) ? (uint32_t)bit : 0;
}

uint32_t sc_flags(const struct spec_seccomp *seccomp)
{
	uint32_t flags = 0;

	/* Without SPEC_ALLOW a filter turns on the mitigation of Speculative Store Bypass for the
	 * whole container, at a price nobody asked for. runc and crun take "no list" as
	 * SPEC_ALLOW and an empty list as no flag at all; every kernel since 4.17 has it. */
	if (!seccomp->flags_given)
		return SECCOMP_FILTER_FLAG_SPEC_ALLOW;
	for (size_t i = 0; i < seccomp->flags.count; i++)
		flags |= sc_flag(seccomp->flags.at[i]);
	return flags;
}

bool sc_lets_pass(enum seccomp_action action)
{
	/* TRACE and NOTIFY ask somebody else, who is to see new calls too and can say ENOSYS. */
	return action == SECCOMP_ACTION_ALLOW || action == SECCOMP_ACTION_LOG ||
	       action == SECCOMP_ACTION_TRACE || action == SECCOMP_ACTION_NOTIFY;
}
