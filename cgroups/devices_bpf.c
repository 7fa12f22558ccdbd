/* devices_bpf.c -- device rules on v2: a small program that the kernel asks at every use.
 *
 * cgroup v2 has no devices controller. A program of type BPF_PROG_TYPE_CGROUP_DEVICE, attached to
 * the cgroup, gets {access and type, major, minor} and answers 1 or 0 (bpf-helpers(7); Linux 4.15).
 * BPF_F_ALLOW_MULTI leaves room for programs above and below: all of them must say yes.
 *
 * The program goes through the rules from the last to the first and keeps, in one register, the
 * accesses nobody has spoken about yet: an allowing rule clears its own; when none is left the
 * answer is yes. A denying rule that names one of them makes it no. No loop, no map, no memory.
 *
 * Does not know which rules there are (devices.c), nor load the program (devices_attach.c). */
#include "cgroups/devices.h"

enum { CONTEXT = BPF_REG_1, TYPE, OPEN_QUESTIONS, MAJOR, MINOR, SCRATCH, ANSWER = BPF_REG_0 };
enum { insns_before = 6, insns_per_rule = 8, insns_after = 2 };

static void add(struct bpf_code *code, uint8_t operation, uint8_t to, uint8_t from, int16_t offset,
		int32_t number)
{
	code->at[code->count++] = (struct bpf_insn){
		.code = operation, .dst_reg = to, .src_reg = from, .off = offset, .imm = number,
	};
}

static void load_field(struct bpf_code *code, uint8_t to, size_t offset)
{
	add(code, BPF_LDX | BPF_MEM | BPF_W, to, CONTEXT, (int16_t)offset, 0);
}

static void answer(struct bpf_code *code, bool yes)
{
	add(code, BPF_ALU64 | BPF_MOV | BPF_K, ANSWER, 0, 0, yes);
	add(code, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

/* Where it leads is filled in when that is known. JMP32: device numbers are 32 bits wide, and the
 * number in the instruction is then not sign-extended. */
static size_t jump(struct bpf_code *code, uint8_t condition, uint8_t what, int64_t number)
{
	add(code, BPF_JMP32 | condition | BPF_K, what, 0, 0, (int32_t)(uint32_t)number);
	return code->count - 1;
}

static void decide(struct bpf_code *code, const struct device_rule *rule)
{
	if (rule->access == ACCESS_ALL) {
		answer(code, rule->allow);
		return;
	}
	if (rule->allow) {
		add(code, BPF_ALU64 | BPF_AND | BPF_K, OPEN_QUESTIONS, 0, 0, (int)~rule->access);
		add(code, BPF_JMP | BPF_JNE | BPF_K, OPEN_QUESTIONS, 0, 2, 0);
	} else {
		add(code, BPF_ALU64 | BPF_MOV | BPF_X, SCRATCH, OPEN_QUESTIONS, 0, 0);
		add(code, BPF_ALU64 | BPF_AND | BPF_K, SCRATCH, 0, 0, (int)rule->access);
		add(code, BPF_JMP | BPF_JEQ | BPF_K, SCRATCH, 0, 2, 0);
	}
	answer(code, rule->allow);
}

/* Neighbours that differ in the minor number only: "c 1:3", "c 1:5", "c 1:7". Half the program of
 * a plain container, and its load time goes with its length (0.35 ms for 80 instructions). */
static size_t count_neighbours(const struct device_rules *rules, size_t last)
{
	const struct device_rule *rule = &rules->at[last];
	size_t count = 1;

	/* 1000: jumps are 16 bits wide. */
	while (rule->minor != ANY_NUMBER && count <= last && count < 1000) {
		const struct device_rule *other = &rules->at[last - count];

		if (other->minor == ANY_NUMBER || other->major != rule->major ||
		    other->type != rule->type || other->allow != rule->allow ||
		    other->access != rule->access)
			break;
		count++;
	}
	return count;
}

static void add_neighbours(struct bpf_code *code, const struct device_rule *rules, size_t count)
{
	size_t past[3], jumps = 0;

	past[jumps++] = jump(code, BPF_JNE, TYPE,
			     rules->type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR);
	if (rules->major != ANY_NUMBER)
		past[jumps++] = jump(code, BPF_JNE, MAJOR, rules->major);
	for (size_t i = 0; i < count && rules->minor != ANY_NUMBER; i++) {
		if (i == count - 1) {
			past[jumps++] = jump(code, BPF_JNE, MINOR, rules[i].minor);
		} else {
			size_t hit = jump(code, BPF_JEQ, MINOR, rules[i].minor);

			code->at[hit].off = (int16_t)(count - i - 1);
		}
	}
	decide(code, rules);
	for (size_t i = 0; i < jumps; i++)
		code->at[past[i]].off = (int16_t)(code->count - past[i] - 1);
}

struct bpf_code cg_devices_program(const struct device_rules *rules, struct arena *arena)
{
	struct bpf_code code = { 0 };

	code.at = arena_array(arena, insns_before + insns_per_rule * rules->count + insns_after,
			      sizeof *code.at);
	/* access_type is the access above bit 16 and the type below. */
	load_field(&code, TYPE, offsetof(struct bpf_cgroup_dev_ctx, access_type));
	add(&code, BPF_ALU64 | BPF_MOV | BPF_X, OPEN_QUESTIONS, TYPE, 0, 0);
	add(&code, BPF_ALU64 | BPF_RSH | BPF_K, OPEN_QUESTIONS, 0, 0, 16);
	add(&code, BPF_ALU64 | BPF_AND | BPF_K, TYPE, 0, 0, 0xffff);
	load_field(&code, MAJOR, offsetof(struct bpf_cgroup_dev_ctx, major));
	load_field(&code, MINOR, offsetof(struct bpf_cgroup_dev_ctx, minor));
	for (size_t left = rules->count; left > 0;) {
		size_t count = count_neighbours(rules, left - 1);

		left -= count;
		add_neighbours(&code, &rules->at[left], count);
	}
	answer(&code, rules->allow_rest);
	return code;
}
