/* check.c -- what in linux.seccomp cannot be compiled or loaded here, before anything is made.
 *
 * The profile's structure (errnoRet beside an action that takes none, metadata without a path) is
 * judged by specs/check.c. Here speak libseccomp, which knows fewer architectures and system
 * calls than the spec and the kernel, and the kernel, which knows fewer flags than the spec. */
#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "seccomp/names.h"
#include "seccomp/seccomp.h"

enum {
	largest_errno = 4095, /* MAX_ERRNO of the kernel: SECCOMP_RET_ERRNO is cut to it */
	largest_trace = 65535, /* SECCOMP_RET_DATA, what a tracer reads as the event's message */
	argument_count = 6,
};

bool sc_wants_listener(const struct spec_seccomp *seccomp)
{
	return seccomp->given && seccomp->listener_path;
}

/* One filter reads its arguments one way round. */
static bool same_endian(uint32_t token)
{
	return !((token ^ seccomp_arch_native()) & __AUDIT_ARCH_LE);
}

bool sc_architecture_supported(const char *name)
{
	uint32_t token = sc_architecture(name);

	return token && same_endian(token);
}

static bool kernel_takes(uint32_t flags)
{
	/* With flags it knows the kernel goes on to the program, and NULL is no address of one.
	 * With one it does not know it stops before that: EINVAL. */
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, NULL) < 0 && errno == EFAULT;
}

bool sc_flag_supported(const char *name)
{
	uint32_t flag = sc_flag(name);

	if (flag == SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV)
		flag |= SECCOMP_FILTER_FLAG_NEW_LISTENER; /* means nothing, and EINVAL, without */
	return flag && kernel_takes(flag);
}

static int check_architectures(const struct strings *names)
{
	const struct scmp_version *version = seccomp_version();

	for (size_t i = 0; i < names->count; i++) {
		uint32_t token = sc_architecture(names->at[i]);

		if (!token)
			return blame(refuse(EINVAL,
					    "%s is not an architecture of libseccomp %u.%u.%u",
					    names->at[i], version->major, version->minor,
					    version->micro),
				     "linux.seccomp.architectures[%zu]", i);
		if (!same_endian(token))
			return blame(refuse(EINVAL,
					    "%s is %s-endian and this machine is not: one filter "
					    "cannot serve both",
					    names->at[i],
					    token & __AUDIT_ARCH_LE ? "little" : "big"),
				     "linux.seccomp.architectures[%zu]", i);
	}
	return 0;
}

static int check_flags(const struct spec_seccomp *seccomp)
{
	for (size_t i = 0; seccomp->flags_given && i < seccomp->flags.count; i++) {
		const char *name = seccomp->flags.at[i];

		if (!sc_flag(name))
			return blame(refuse(EINVAL, "%s is not a flag of seccomp(2)", name),
				     "linux.seccomp.flags[%zu]", i);
		if (!sc_flag_supported(name))
			return blame(refuse(EINVAL, "this kernel does not take %s", name),
				     "linux.seccomp.flags[%zu]", i);
	}
	return 0;
}

/* The kernel would cut these numbers silently. */
static int check_errno(enum seccomp_action action, struct maybe_u32 error)
{
	uint32_t largest = action == SECCOMP_ACTION_TRACE ? largest_trace : largest_errno;

	if (error.given && error.value > largest)
		return refuse(EINVAL, "expected at most %u, got %u", largest, error.value);
	return 0;
}

static int check_rule(const struct spec_seccomp_rule *rule, size_t at)
{
	if (check_errno(rule->action, rule->errno_ret) < 0)
		return blame(-EINVAL, "linux.seccomp.syscalls[%zu].errnoRet", at);
	for (size_t i = 0; i < rule->args.count; i++) {
		uint32_t index = rule->args.at[i].index;

		if (index >= argument_count)
			return blame(refuse(EINVAL,
					    "a system call's arguments are 0 to 5, got %u", index),
				     "linux.seccomp.syscalls[%zu].args[%zu].index", at, i);
	}
	return 0;
}

/* Without a listener the kernel answers ENOSYS to every call that is to be notified. */
static int check_listener(const struct spec_seccomp *seccomp)
{
	bool notifies = seccomp->default_action == SECCOMP_ACTION_NOTIFY;

	for (size_t i = 0; i < seccomp->syscalls.count; i++)
		notifies |= seccomp->syscalls.at[i].action == SECCOMP_ACTION_NOTIFY;
	if (notifies && !sc_wants_listener(seccomp))
		return blame(refuse(EINVAL, "SCMP_ACT_NOTIFY needs a listenerPath"),
			     "linux.seccomp.listenerPath");
	return 0;
}

/* A name libseccomp does not know is no error (an old libseccomp would refuse every new profile).
 * In a list of what is allowed that fails safe. In a list of what is forbidden the call stays
 * possible, and that must be said. */
static void warn_of_unknown(const struct spec_seccomp_rule *rule, size_t at)
{
	for (size_t i = 0; i < rule->names.count; i++) {
		if (seccomp_syscall_resolve_name(rule->names.at[i]) == __NR_SCMP_ERROR)
			warn("linux.seccomp.syscalls[%zu].names[%zu]: libseccomp does not know "
			     "\"%s\": it stays unrestricted",
			     at, i, rule->names.at[i]);
	}
}

static int refuse_unknown(const struct spec_seccomp_rule *rule, size_t at)
{
	for (size_t i = 0; i < rule->names.count; i++) {
		if (seccomp_syscall_resolve_name(rule->names.at[i]) == __NR_SCMP_ERROR)
			return blame(refuse(EINVAL, "libseccomp does not know \"%s\"",
					    rule->names.at[i]),
				     "linux.seccomp.syscalls[%zu].names[%zu]", at, i);
	}
	return 0;
}

int sc_check(const struct spec_seccomp *seccomp, bool all_known)
{
	int result;

	if (!seccomp->given)
		return 0;
	result = check_architectures(&seccomp->architectures);
	if (!result)
		result = check_flags(seccomp);
	if (!result && check_errno(seccomp->default_action, seccomp->default_errno_ret) < 0)
		result = blame(-EINVAL, "linux.seccomp.defaultErrnoRet");
	if (!result)
		result = check_listener(seccomp);
	for (size_t i = 0; !result && i < seccomp->syscalls.count; i++) {
		const struct spec_seccomp_rule *rule = &seccomp->syscalls.at[i];

		result = check_rule(rule, i);
		if (!result && all_known)
			result = refuse_unknown(rule, i);
		if (!result && sc_lets_pass(seccomp->default_action) &&
		    rule->action != SECCOMP_ACTION_ALLOW)
			warn_of_unknown(rule, i);
	}
	return result;
}
