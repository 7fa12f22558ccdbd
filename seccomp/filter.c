/* filter.c -- a profile becomes BPF, by libseccomp.
 *
 * libseccomp knows the numbers of every system call on every architecture and how to compare
 * 64-bit arguments with a machine of 32 bits. Names it does not know are passed over: a profile
 * is written for many kernels and libraries. The native architecture is in every filter,
 * mentioned or not, as with runc and crun.
 *
 * Its own optimisation (SCMP_FLTATR_CTL_OPTIMIZE) stays off: flatten.c goes further.
 *
 * Does not answer ENOSYS for unknown calls (enosys.c), keep its work (cache.c) or load it. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"
#include "seccomp/bpf.h"
#include "seccomp/names.h"

enum { argument_count = 6 };

struct sock_filter *bpf_grow(struct bpf *code, size_t count)
{
	struct sock_filter *added;

	if (code->count + count > code->room) {
		size_t room = (code->count + count) * 2 + 64;
		struct sock_filter *larger = arena_array(code->arena, room, sizeof *larger);

		if (code->count)
			memcpy(larger, code->at, code->count * sizeof *larger);
		code->at = larger;
		code->room = room;
	}
	added = code->at + code->count;
	code->count += count;
	return added;
}

static void release(scmp_filter_ctx *filter)
{
	if (*filter)
		seccomp_release(*filter);
}

static int add_architectures(scmp_filter_ctx filter, const struct strings *names)
{
	for (size_t i = 0; i < names->count; i++) {
		int result = seccomp_arch_add(filter, sc_architecture(names->at[i]));

		if (result < 0 && result != -EEXIST)
			return blame(fail(result, "add %s to the seccomp filter", names->at[i]),
				     "linux.seccomp.architectures[%zu]", i);
	}
	return 0;
}

/* Conditions of one rule are joined by AND, and libseccomp takes one condition for an argument.
 * Where a rule has two for the same argument, runc and crun make a rule of each condition, so
 * that any of them matches; profiles were written with that in mind. */
static bool names_an_argument_twice(const struct spec_seccomp_rule *rule)
{
	unsigned seen = 0;

	for (size_t i = 0; i < rule->args.count; i++) {
		unsigned bit = 1u << rule->args.at[i].index;

		if (seen & bit)
			return true;
		seen |= bit;
	}
	return false;
}

static struct scmp_arg_cmp condition(const struct spec_seccomp_arg *arg)
{
	/* MASKED_EQ: `value` is the mask, `valueTwo` what is left after it. */
	return (struct scmp_arg_cmp){ .arg = arg->index,
				      .op = sc_operator(arg->op),
				      .datum_a = arg->value,
				      .datum_b = arg->value_two };
}

static int add_call(scmp_filter_ctx filter, uint32_t action, int number,
		    const struct spec_seccomp_rule *rule)
{
	struct scmp_arg_cmp all[argument_count];
	int result = 0;

	if (names_an_argument_twice(rule)) {
		for (size_t i = 0; !result && i < rule->args.count; i++) {
			all[0] = condition(&rule->args.at[i]);
			result = seccomp_rule_add_array(filter, action, number, 1, all);
		}
		return result;
	}
	for (size_t i = 0; i < rule->args.count; i++)
		all[i] = condition(&rule->args.at[i]);
	return seccomp_rule_add_array(filter, action, number, (unsigned)rule->args.count, all);
}

static int add_rules(scmp_filter_ctx filter, const struct spec_seccomp *seccomp)
{
	uint32_t otherwise = sc_action(seccomp->default_action, seccomp->default_errno_ret);

	for (size_t i = 0; i < seccomp->syscalls.count; i++) {
		const struct spec_seccomp_rule *rule = &seccomp->syscalls.at[i];
		uint32_t action = sc_action(rule->action, rule->errno_ret);

		if (action == otherwise) /* says nothing new; libseccomp refuses such a rule */
			continue;
		for (size_t j = 0; j < rule->names.count; j++) {
			int number = seccomp_syscall_resolve_name(rule->names.at[j]);
			int result;

			if (number == __NR_SCMP_ERROR)
				continue;
			result = add_call(filter, action, number, rule);
			if (result == -EEXIST)
				return blame(refuse(EEXIST,
						    "an earlier rule for %s has the same "
						    "conditions and another action",
						    rule->names.at[j]),
					     "linux.seccomp.syscalls[%zu]", i);
			if (result < 0)
				return blame(fail(result, "add the rule for %s to the seccomp "
							  "filter", rule->names.at[j]),
					     "linux.seccomp.syscalls[%zu]", i);
		}
	}
	return 0;
}

/* Up to 2.5, libseccomp hands a program to descriptors only. */
static int export(struct bpf *code, scmp_filter_ctx filter)
{
	autoclose int memory = memfd_create("seccomp", MFD_CLOEXEC);
	size_t length;
	int result;
	off_t end;

	if (memory < 0)
		return fail(errno, "make memory for the seccomp filter");
	result = seccomp_export_bpf(filter, memory);
	if (result < 0)
		return fail(result, "compile the seccomp filter");
	end = lseek(memory, 0, SEEK_CUR);
	if (end < 0)
		return fail(errno, "read the seccomp filter");
	length = (size_t)end / sizeof(struct sock_filter);
	if (pread(memory, bpf_grow(code, length), length * sizeof(struct sock_filter), 0) != end)
		return fail(EIO, "read the seccomp filter");
	return 0;
}

int bpf_from_profile(struct bpf *code, const struct spec_seccomp *seccomp)
{
	uint32_t otherwise = sc_action(seccomp->default_action, seccomp->default_errno_ret);
	__attribute__((cleanup(release))) scmp_filter_ctx filter = seccomp_init(otherwise);
	int result;

	if (!filter)
		return advise(refuse(EINVAL, "libseccomp refuses the default action"),
			      "it may be unknown to this kernel: see "
			      "/proc/sys/kernel/seccomp/actions_avail");
	result = add_architectures(filter, &seccomp->architectures);
	if (!result)
		result = add_rules(filter, seccomp);
	if (!result)
		result = export(code, filter);
	return result;
}
