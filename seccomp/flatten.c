/* flatten.c -- a seccomp program that gives the same answers and is cheaper to load and to run.
 *
 * libseccomp tests one system call after the other. When a filter is loaded, the kernel (5.11)
 * walks it once for every number there is to learn which are always allowed, so a start pays for
 * the length of the walk. Profiles allow calls in runs (0 to 23, 25 to 100, ...), so the whole
 * decision is a short list of ranges: find the range by halving, return what belongs to it. Only
 * calls whose arguments count go on, into what is kept of the original.
 *
 * How: for every architecture the program compares with, and for "any other", the numbers it
 * compares with cut all 2^32 numbers into ranges on which every comparison gives the same result.
 * Walking the program with one number of a range therefore tells the answer for all: a return
 * value, or the place where the first argument is read, an instruction that overwrites A and so
 * depends on nothing before it.
 *
 * A program with an instruction not understood here is copied as it is. Does not know what any
 * number means: enosys.c and filter.c made the program. */
#include <stdlib.h>
#include <string.h>

#include "seccomp/bpf.h"

/* A tree over n ranges is 2n - 1 instructions, and half of it must be within a jump's reach, 255. */
enum { most_architectures = 64, near_ranges = 254 };

static const size_t at_number = offsetof(struct seccomp_data, nr);
static const size_t at_arch = offsetof(struct seccomp_data, arch);

/* What happens to all numbers from `first` to the next range's first: return `value`, or go on at
 * instruction `value` of the original. */
struct range {
	uint32_t first, value;
	bool goes_on;
};

struct flattening {
	const struct bpf *code;
	struct bpf *flat;
	struct arena *arena;
	uint32_t *cuts; /* where ranges may begin, ascending */
	size_t cut_count;
	uint32_t architectures[most_architectures];
	size_t architecture_count;
	bool *kept;        /* instructions of the original that ranges go on to */
	struct fixup {
		size_t at; /* a JA in `flat`, to be aimed at instruction `target` of the original */
		uint32_t target;
	} *fixups;
	size_t fixup_count;
};

static bool is_load(const struct sock_filter *instruction)
{
	return instruction->code == (BPF_LD | BPF_W | BPF_ABS);
}

static bool is_return(const struct sock_filter *instruction)
{
	return instruction->code == (BPF_RET | BPF_K);
}

static bool is_jump(const struct sock_filter *instruction)
{
	return instruction->code == (BPF_JMP | BPF_JA);
}

static bool is_test(const struct sock_filter *instruction)
{
	return BPF_CLASS(instruction->code) == BPF_JMP && BPF_SRC(instruction->code) == BPF_K &&
	       BPF_OP(instruction->code) != BPF_JA;
}

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

static bool add_architecture(struct flattening *f, uint32_t arch)
{
	for (size_t i = 0; i < f->architecture_count; i++) {
		if (f->architectures[i] == arch)
			return true;
	}
	if (f->architecture_count == most_architectures - 1)
		return false;
	f->architectures[f->architecture_count++] = arch;
	return true;
}

/* Notes where the result of a test of the system call's number changes. */
static bool cut_number(struct flattening *f, const struct sock_filter *test)
{
	uint32_t k = test->k;

	switch (BPF_OP(test->code)) {
	case BPF_JEQ:
		f->cuts[f->cut_count++] = k;
		f->cuts[f->cut_count++] = k + 1; /* at the very end: 0, which is a cut anyway */
		return true;
	case BPF_JGT:
		f->cuts[f->cut_count++] = k + 1;
		return true;
	case BPF_JGE:
		f->cuts[f->cut_count++] = k;
		return true;
	case BPF_JSET: /* of one bit, and a high one: the x32 test */
		if (k != X32_BIT)
			return false;
		for (uint64_t at = 0; at <= UINT32_MAX; at += X32_BIT)
			f->cuts[f->cut_count++] = (uint32_t)at;
		return true;
	default:
		return false;
	}
}

enum holds { holds_nothing, holds_number, holds_arch, holds_argument };

/* Follows what A holds along every path, which works in one pass because jumps go forward only.
 * False when the program does something this file does not understand. */
static bool survey(struct flattening *f)
{
	const struct bpf *code = f->code;
	/* One bit per `enum holds`, for every instruction: all that A may hold there. */
	unsigned char *before = arena_alloc(f->arena, code->count);

	before[0] = 1 << holds_nothing;
	f->cuts[f->cut_count++] = 0;
	for (size_t pc = 0; pc < code->count; pc++) {
		const struct sock_filter *instruction = &code->at[pc];
		unsigned char after = before[pc];
		size_t then = pc + 1, otherwise = pc + 1;

		if (!after || is_return(instruction))
			continue;
		if (is_load(instruction)) {
			after = instruction->k == at_number ? 1 << holds_number :
				instruction->k == at_arch   ? 1 << holds_arch :
							      1 << holds_argument;
		} else if (is_jump(instruction)) {
			then = otherwise = pc + 1 + instruction->k;
		} else if (is_test(instruction)) {
			then = pc + 1 + instruction->jt;
			otherwise = pc + 1 + instruction->jf;
			if (after & 1 << holds_number && !cut_number(f, instruction))
				return false;
			if (after & 1 << holds_arch &&
			    (BPF_OP(instruction->code) != BPF_JEQ ||
			     !add_architecture(f, instruction->k)))
				return false;
		} else if (!is_mask(instruction) || after != 1 << holds_argument) {
			return false;
		}
		if (then >= code->count || otherwise >= code->count ||
		    after & 1 << holds_nothing)
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

static size_t find_ranges(const struct flattening *f, uint32_t arch, struct range *ranges)
{
	size_t count = 0;

	for (size_t i = 0; i < f->cut_count; i++) {
		struct range range = walk(f->code, arch, f->cuts[i]);
		const struct range *last = count ? &ranges[count - 1] : NULL;

		if (!last || last->value != range.value || last->goes_on != range.goes_on)
			ranges[count++] = range;
	}
	return count;
}

/* The search for a range, as instructions; A holds the number. */
static void add_search(struct flattening *f, const struct range *ranges, size_t count)
{
	struct bpf *flat = f->flat;
	size_t half = count / 2, at = flat->count, left;

	if (count == 1 && !ranges->goes_on) {
		bpf_add(flat, bpf_return(ranges->value));
		return;
	}
	if (count == 1) {
		f->kept[ranges->value] = true;
		f->fixups[f->fixup_count++] = (struct fixup){ at, ranges->value };
		bpf_add(flat, bpf_skip(0));
		return;
	}
	bpf_grow(flat, count > near_ranges ? 2 : 1);
	left = flat->count;
	add_search(f, ranges, half);
	left = flat->count - left;
	if (count > near_ranges) {
		flat->at[at] = bpf_if(BPF_JGE, ranges[half].first, 0, 1);
		flat->at[at + 1] = bpf_skip(left);
	} else {
		flat->at[at] = bpf_if(BPF_JGE, ranges[half].first, (uint8_t)left, 0);
	}
	add_search(f, ranges + half, count - half);
}

static void add_architecture_section(struct flattening *f, uint32_t arch, bool others)
{
	struct range *ranges = arena_array(f->arena, f->cut_count, sizeof *ranges);
	size_t count = find_ranges(f, arch, ranges), at = f->flat->count;

	f->fixups = f->fixups ? f->fixups :
				arena_array(f->arena, f->cut_count * (f->architecture_count + 1),
					    sizeof *f->fixups);
	if (!others)
		bpf_grow(f->flat, 2);
	if (count > 1)
		bpf_add(f->flat, bpf_load(at_number));
	add_search(f, ranges, count);
	if (!others) {
		f->flat->at[at] = bpf_if(BPF_JEQ, arch, 1, 0);
		f->flat->at[at + 1] = bpf_skip(f->flat->count - at - 2);
	}
}

/* What of the original can be reached from where ranges go on, moved together. Distances only
 * shrink, so every jump still reaches. */
static void add_remains(struct flattening *f)
{
	const struct bpf *code = f->code;
	uint32_t *moved = arena_array(f->arena, code->count, sizeof *moved);

	for (size_t pc = 0; pc < code->count; pc++) {
		const struct sock_filter *instruction = &code->at[pc];

		if (!f->kept[pc])
			continue;
		moved[pc] = (uint32_t)f->flat->count;
		bpf_add(f->flat, *instruction);
		if (is_return(instruction))
			continue;
		if (is_jump(instruction)) {
			f->kept[pc + 1 + instruction->k] = true;
		} else if (is_test(instruction)) {
			f->kept[pc + 1 + instruction->jt] = true;
			f->kept[pc + 1 + instruction->jf] = true;
		} else {
			f->kept[pc + 1] = true;
		}
	}
	for (size_t pc = 0; pc < code->count; pc++) {
		struct sock_filter *copy = &f->flat->at[moved[pc]];
		uint32_t next = moved[pc] + 1;

		if (!f->kept[pc])
			continue;
		if (is_jump(copy)) {
			copy->k = moved[pc + 1 + copy->k] - next;
		} else if (is_test(copy)) {
			copy->jt = (uint8_t)(moved[pc + 1 + copy->jt] - next);
			copy->jf = (uint8_t)(moved[pc + 1 + copy->jf] - next);
		}
	}
	for (size_t i = 0; i < f->fixup_count; i++)
		f->flat->at[f->fixups[i].at].k =
			moved[f->fixups[i].target] - (uint32_t)f->fixups[i].at - 1;
}

void bpf_flatten(struct bpf *flat, const struct bpf *code)
{
	struct flattening f = { .code = code, .flat = flat, .arena = flat->arena };
	uint32_t other = 0;
	size_t unique = 0;

	/* At most four cuts a test (JSET's), and one for 0. */
	f.cuts = arena_array(f.arena, code->count * 4 + 1, sizeof *f.cuts);
	f.kept = arena_alloc(f.arena, code->count);
	if (!survey(&f)) {
		memcpy(bpf_grow(flat, code->count), code->at, code->count * sizeof *code->at);
		return;
	}
	qsort(f.cuts, f.cut_count, sizeof *f.cuts, ascending);
	for (size_t i = 0; i < f.cut_count; i++) {
		if (!unique || f.cuts[i] != f.cuts[unique - 1])
			f.cuts[unique++] = f.cuts[i];
	}
	f.cut_count = unique;
	for (size_t i = 0; i < f.architecture_count; i++) {
		if (f.architectures[i] == other) {
			other++;
			i = (size_t)-1;
		}
	}
	bpf_add(flat, bpf_load(at_arch));
	for (size_t i = 0; i < f.architecture_count; i++)
		add_architecture_section(&f, f.architectures[i], false);
	add_architecture_section(&f, other, true);
	add_remains(&f);
}
