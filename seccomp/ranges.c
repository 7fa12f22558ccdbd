/* ranges.c -- what a seccomp program answers, as ranges of system call numbers.
 *
 * For every architecture the program compares with, and for "any other", the numbers it compares
 * with cut all 2^32 numbers into ranges on which every comparison gives the same result. Walking
 * the program with one number of a range therefore tells the answer for all: a return value, or
 * the place where the first argument is read, an instruction that overwrites A and so depends on
 * nothing before it.
 *
 * Understands what libseccomp and enosys.c write, says so when it meets anything else, and never
 * guesses. Does not know what any number means. */
#include "seccomp/ranges.h"

#include <stdlib.h>

static const size_t at_number = offsetof(struct seccomp_data, nr);
static const size_t at_arch = offsetof(struct seccomp_data, arch);

struct survey {
	const struct bpf *code;
	struct answers *answers;
	uint32_t *cuts; /* where ranges may begin, ascending */
	size_t cut_count;
};

static bool is_mask(const struct sock_filter *instruction)
{
	return instruction->code == (BPF_ALU | BPF_AND | BPF_K);
}

static bool passes(const struct sock_filter *test, uint32_t value)
{
	switch (BPF_OP(test->code)) {
	case BPF_JEQ:
		return value == test->k;
	case BPF_JGT:
		return value > test->k;
	case BPF_JGE:
		return value >= test->k;
	default: /* BPF_JSET, the only other one */
		return value & test->k;
	}
}

/* The answer for one number; `first` of the result is the number. */
static struct range walk(const struct bpf *code, uint32_t arch, uint32_t number)
{
	uint32_t loaded = 0;

	for (size_t pc = 0;; pc++) {
		const struct sock_filter *instruction = &code->at[pc];

		if (is_return(instruction))
			return (struct range){ number, instruction->k, false };
		if (is_load(instruction)) {
			if (instruction->k != at_number && instruction->k != at_arch)
				return (struct range){ number, (uint32_t)pc, true };
			loaded = instruction->k == at_arch ? arch : number;
		} else if (is_jump(instruction)) {
			pc += instruction->k;
		} else {
			pc += passes(instruction, loaded) ? instruction->jt : instruction->jf;
		}
	}
}

static bool add_architecture(struct survey *survey, uint32_t arch)
{
	for (size_t i = 0; i < survey->answers->count; i++) {
		if (survey->answers->sections[i].arch == arch)
			return true;
	}
	if (survey->answers->count == most_sections - 1)
		return false;
	survey->answers->sections[survey->answers->count++].arch = arch;
	return true;
}

/* Notes where the result of a test of the system call's number changes. */
static bool cut_number(struct survey *survey, const struct sock_filter *test)
{
	uint32_t k = test->k;

	switch (BPF_OP(test->code)) {
	case BPF_JEQ:
		survey->cuts[survey->cut_count++] = k;
		/* After the very last number: 0, which is a cut anyway. */
		survey->cuts[survey->cut_count++] = k + 1;
		return true;
	case BPF_JGT:
		survey->cuts[survey->cut_count++] = k + 1;
		return true;
	case BPF_JGE:
		survey->cuts[survey->cut_count++] = k;
		return true;
	case BPF_JSET: /* of one bit, and a high one: the x32 test */
		if (k != X32_BIT)
			return false;
		for (uint64_t at = 0; at <= UINT32_MAX; at += X32_BIT)
			survey->cuts[survey->cut_count++] = (uint32_t)at;
		return true;
	default:
		return false;
	}
}

enum { holds_nothing = 1, holds_number = 2, holds_arch = 4, holds_argument = 8 };

/* Follows what A holds along every path, which works in one pass because jumps go forward only.
 * False when the program does something this file does not understand. */
static bool follow(struct survey *survey)
{
	const struct bpf *code = survey->code;
	/* All that A may hold there, for every instruction; 0: never gets there. */
	unsigned char *before = arena_alloc(survey->code->arena, code->count);

	before[0] = holds_nothing;
	survey->cuts[survey->cut_count++] = 0;
	for (size_t pc = 0; pc < code->count; pc++) {
		const struct sock_filter *instruction = &code->at[pc];
		unsigned char after = before[pc];
		size_t then = pc + 1, otherwise = pc + 1;

		if (!after || is_return(instruction))
			continue;
		if (is_load(instruction)) {
			after = instruction->k == at_number ? holds_number :
				instruction->k == at_arch   ? holds_arch :
							      holds_argument;
		} else if (is_jump(instruction)) {
			then = otherwise = pc + 1 + instruction->k;
		} else if (is_test(instruction)) {
			then = pc + 1 + instruction->jt;
			otherwise = pc + 1 + instruction->jf;
			if (after & holds_number && !cut_number(survey, instruction))
				return false;
			if (after & holds_arch &&
			    (BPF_OP(instruction->code) != BPF_JEQ ||
			     !add_architecture(survey, instruction->k)))
				return false;
		} else if (!is_mask(instruction) || after != holds_argument) {
			return false;
		}
		if (then >= code->count || otherwise >= code->count ||
		    after & holds_nothing)
			return false;
		before[then] |= after;
		before[otherwise] |= after;
	}
	return true;
}

static int ascending(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return (a > b) - (a < b);
}

static void sort_cuts(struct survey *survey)
{
	size_t unique = 0;

	qsort(survey->cuts, survey->cut_count, sizeof *survey->cuts, ascending);
	for (size_t i = 0; i < survey->cut_count; i++) {
		if (!unique || survey->cuts[i] != survey->cuts[unique - 1])
			survey->cuts[unique++] = survey->cuts[i];
	}
	survey->cut_count = unique;
}

static void find_ranges(struct survey *survey, struct section *section)
{
	struct range *ranges = arena_array(survey->code->arena, survey->cut_count, sizeof *ranges);
	size_t count = 0;

	for (size_t i = 0; i < survey->cut_count; i++) {
		struct range range = walk(survey->code, section->arch, survey->cuts[i]);

		if (count && same_answer(&ranges[count - 1], &range))
			continue;
		ranges[count++] = range;
	}
	section->ranges = ranges;
	section->count = count;
}

/* An architecture the program does not compare with stands for all of those. */
static void add_others(struct survey *survey)
{
	uint32_t other = 0;

	for (size_t i = 0; i < survey->answers->count; i++) {
		if (survey->answers->sections[i].arch == other) {
			other++;
			i = (size_t)-1; /* from the beginning */
		}
	}
	survey->answers->sections[survey->answers->count++].arch = other;
}

bool bpf_answers(struct answers *answers, const struct bpf *code)
{
	struct survey survey = { .code = code, .answers = answers };

	answers->count = 0;
	/* At most four cuts a test (JSET's), and one for 0. */
	survey.cuts = arena_array(code->arena, code->count * 4 + 1, sizeof *survey.cuts);
	if (!follow(&survey))
		return false;
	sort_cuts(&survey);
	add_others(&survey);
	for (size_t i = 0; i < answers->count; i++)
		find_ranges(&survey, &answers->sections[i]);
	return true;
}
