/* enosys.c -- calls newer than the profile do not exist.
 *
 * A profile lists what its author knew. Told EPERM for a call invented later, a C library
 * believes it is forbidden and gives up; told ENOSYS, it uses the older call, as it would on an
 * older kernel (glibc and clone3, faccessat2, openat2: runc issue 2151, moby issue 42680). Kernels
 * number new calls upwards, so "newer than the profile" is "above the largest number any of its
 * names has". runc has answered that way since 1.0.0-rc93; engines and images rely on it.
 *
 * A call that was given a lower number than an older one (close_range of 5.9 stands before
 * openat2 of 5.6) is answered by the default action, as with runc.
 *
 * Only where the default action forbids. One architecture after another:
 *
 *	load arch; is it this one? load nr; above the largest? return ENOSYS; skip to the filter
 *
 * Does not look at rules' actions: a name mentioned anywhere was known to the author. */
#include <errno.h>
#include <linux/audit.h>
#include <stdbool.h>

#include "seccomp/bpf.h"
#include "seccomp/names.h"

enum { most_architectures = 32 };
static const uint32_t enosys = SECCOMP_RET_ERRNO | ENOSYS;

/* One section: what the kernel calls one architecture. */
struct newest {
	uint32_t audit;      /* AUDIT_ARCH_* */
	uint32_t number;     /* the largest known */
	uint32_t x32_number; /* of x86-64 only: the same for numbers with X32_BIT */
};

/* The largest number on that architecture among all names of the profile; UINT32_MAX (nothing is
 * newer) when it has none of them. */
static uint32_t largest(const struct spec_seccomp *seccomp, uint32_t architecture)
{
	int found = -1;

	for (size_t i = 0; i < seccomp->syscalls.count; i++) {
		const struct strings *names = &seccomp->syscalls.at[i].names;

		for (size_t j = 0; j < names->count; j++) {
			/* Negative: unknown, or one of libseccomp's stand-ins for a call that
			 * this architecture lacks. */
			int number = seccomp_syscall_resolve_name_arch(architecture, names->at[j]);

			if (number > found)
				found = number;
		}
	}
	return found < 0 ? UINT32_MAX : (uint32_t)found;
}

static size_t add(struct newest *list, size_t count, const struct spec_seccomp *seccomp,
		  uint32_t token)
{
	/* All of libseccomp's tokens are AUDIT_ARCH_* but x32's. */
	uint32_t audit = token == SCMP_ARCH_X32 ? (uint32_t)AUDIT_ARCH_X86_64 : token;
	size_t i = 0;

	while (i < count && list[i].audit != audit)
		i++;
	if (i == most_architectures)
		return count;
	if (i == count)
		list[i] = (struct newest){ audit, UINT32_MAX, UINT32_MAX };
	if (token == SCMP_ARCH_X32)
		list[i].x32_number = largest(seccomp, token);
	else
		list[i].number = largest(seccomp, token);
	return i == count ? count + 1 : count;
}

static bool multiplexes_calls(uint32_t audit)
{
	/* On s390 a number too large for the instruction arrives as 0, setup(2), when the kernel
	 * does not know it. Nobody has called setup(2) itself for decades. */
	return audit == (uint32_t)AUDIT_ARCH_S390 || audit == (uint32_t)AUDIT_ARCH_S390X;
}

/* Ends with a jump still to be aimed at the filter; returns its index. */
static size_t add_section(struct bpf *code, const struct newest *newest)
{
	bool x86_64 = newest->audit == (uint32_t)AUDIT_ARCH_X86_64;
	bool s390 = multiplexes_calls(newest->audit);
	uint8_t length = x86_64 ? 6 : s390 ? 5 : 4;

	bpf_add(code, bpf_if(BPF_JEQ, newest->audit, 0, length));
	bpf_add(code, bpf_load(offsetof(struct seccomp_data, nr)));
	if (s390)
		bpf_add(code, bpf_if(BPF_JEQ, 0, 1, 0));
	if (x86_64) {
		bpf_add(code, bpf_if(BPF_JSET, X32_BIT, 1, 0));
		bpf_add(code, bpf_if(BPF_JGT, newest->number, 1, 2));
		bpf_add(code, bpf_if(BPF_JGT, newest->x32_number, 0, 1));
	} else {
		bpf_add(code, bpf_if(BPF_JGT, newest->number, 0, 1));
	}
	bpf_add(code, bpf_return(enosys));
	bpf_add(code, bpf_skip(0));
	return code->count - 1;
}

void bpf_answer_newer(struct bpf *code, const struct spec_seccomp *seccomp)
{
	size_t jumps[most_architectures], count = 0;
	struct newest list[most_architectures];

	if (sc_lets_pass(seccomp->default_action) ||
	    sc_action(seccomp->default_action, seccomp->default_errno_ret) == enosys)
		return;
	count = add(list, count, seccomp, seccomp_arch_native());
	for (size_t i = 0; i < seccomp->architectures.count; i++)
		count = add(list, count, seccomp, sc_architecture(seccomp->architectures.at[i]));
	bpf_add(code, bpf_load(offsetof(struct seccomp_data, arch)));
	for (size_t i = 0; i < count; i++)
		jumps[i] = add_section(code, &list[i]);
	for (size_t i = 0; i < count; i++)
		code->at[jumps[i]].k = (uint32_t)(code->count - jumps[i] - 1);
}
