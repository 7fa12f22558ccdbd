/* rules_seccomp.c -- rules for linux.seccomp (config-linux.md, "Seccomp").
 *
 * Whether a system call or an architecture is known, seccomp/ finds out. */
#include <string.h>

#include "runtime/base/words.h"
#include "specs/rules.h"
#include "specs/vocabulary.h"

/* ERRNO's value must be an errno: the kernel would cut it to 4095 silently. TRACE's is for the
 * tracer and has 16 bits. */
static int check_errno(enum seccomp_action action, const struct maybe_u32 *errno_ret,
		       const char *path)
{
	const char *name = word_name(spec_seccomp_action_words, action);
	uint32_t most = action == SECCOMP_ACTION_ERRNO ? 4095 : UINT16_MAX;

	if (!errno_ret->given)
		return 0;
	if (action != SECCOMP_ACTION_ERRNO && action != SECCOMP_ACTION_TRACE)
		return broken(path,
			      "only SCMP_ACT_ERRNO and SCMP_ACT_TRACE return an errno, not %s",
			      name);
	if (errno_ret->value > most)
		return broken(path, "expected at most %u with %s, got %u", most, name,
			      errno_ret->value);
	return 0;
}

int rule_seccomp_errno(const struct spec *spec)
{
	const struct spec_seccomp *seccomp = &spec->linux.seccomp;
	int result = check_errno(seccomp->default_action, &seccomp->default_errno_ret,
				 "linux.seccomp.defaultErrnoRet");

	for (size_t i = 0; !result && i < seccomp->syscalls.count; i++) {
		const struct spec_seccomp_rule *rule = &seccomp->syscalls.at[i];

		if (rule->errno_ret.given)
			result = check_errno(rule->action, &rule->errno_ret,
					     at("linux.seccomp.syscalls[%zu].errnoRet", i));
	}
	return result;
}

int rule_seccomp_names(const struct spec *spec)
{
	const struct spec_seccomp_rules *rules = &spec->linux.seccomp.syscalls;

	for (size_t i = 0; i < rules->count; i++) {
		if (!rules->at[i].names.count)
			return broken(at("linux.seccomp.syscalls[%zu].names", i),
				      "at least one entry is required");
	}
	return 0;
}

int rule_seccomp_listener(const struct spec *spec)
{
	const struct spec_seccomp *seccomp = &spec->linux.seccomp;

	if (seccomp->listener_metadata && !seccomp->listener_path)
		return broken("linux.seccomp.listenerMetadata", "needs listenerPath");
	if (seccomp->listener_path || !seccomp->given)
		return 0;
	if (seccomp->default_action == SECCOMP_ACTION_NOTIFY)
		return broken("linux.seccomp.defaultAction", "SCMP_ACT_NOTIFY needs listenerPath");
	for (size_t i = 0; i < seccomp->syscalls.count; i++) {
		if (seccomp->syscalls.at[i].action == SECCOMP_ACTION_NOTIFY)
			return broken(at("linux.seccomp.syscalls[%zu].action", i),
				      "SCMP_ACT_NOTIFY needs listenerPath");
	}
	return 0;
}
