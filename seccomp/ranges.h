/* ranges.h -- what a seccomp program answers, as ranges of numbers. Only for seccomp/. */
#ifndef CAISSON_SECCOMP_RANGES_H
#define CAISSON_SECCOMP_RANGES_H

#include <stdbool.h>

#include "seccomp/bpf.h"

enum { most_sections = 64 };

/* What happens to all numbers from `first` to the next range's first: return `value`, or go on at
 * instruction `value` of the program, which reads an argument. */
struct range {
	uint32_t first, value;
	bool goes_on;
};

/* One architecture (AUDIT_ARCH_*). Neighbouring ranges differ. */
struct section {
	uint32_t arch;
	struct range *ranges;
	size_t count;
};

/* The last section stands for every architecture that the program does not name. */
struct answers {
	struct section sections[most_sections];
	size_t count;
};

/* False when the program has an instruction, or an order of them, not understood here. All memory
 * is the program's arena's. */
bool bpf_answers(struct answers *answers, const struct bpf *code);

static inline bool same_answer(const struct range *one, const struct range *other)
{
	return one->value == other->value && one->goes_on == other->goes_on;
}

static inline bool is_load(const struct sock_filter *instruction)
{
	return instruction->code == (BPF_LD | BPF_W | BPF_ABS);
}

static inline bool is_return(const struct sock_filter *instruction)
{
	return instruction->code == (BPF_RET | BPF_K);
}

static inline bool is_jump(const struct sock_filter *instruction)
{
	return instruction->code == (BPF_JMP | BPF_JA);
}

static inline bool is_test(const struct sock_filter *instruction)
{
	return BPF_CLASS(instruction->code) == BPF_JMP && BPF_SRC(instruction->code) == BPF_K &&
	       BPF_OP(instruction->code) != BPF_JA;
}

#endif
