/* test_cgroup_devices.c -- device rules: what they mean, on v1 and as a BPF program.
 *
 * What the rules mean is written down once more here, as plainly as possible, and compared with
 * both over many random lists. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cgroups/devices.h"
#include "runtime/base/fault.h"

static struct arena arena;

static void release(void)
{
	arena_free(&arena);
}

TestSuite(cgroup_devices, .fini = release);

/* ---- the meaning ----------------------------------------------------------------------------- */

static bool concerns(const struct device_rule *rule, char type, int64_t major, int64_t minor)
{
	return rule->type == type && (rule->major == ANY_NUMBER || rule->major == major) &&
	       (rule->minor == ANY_NUMBER || rule->minor == minor);
}

static bool is_allowed(const struct device_rules *rules, char type, int64_t major, int64_t minor,
		       unsigned access)
{
	for (unsigned bit = 1; bit <= ACCESS_ALL; bit <<= 1) {
		bool allowed = rules->allow_rest;

		for (size_t i = 0; i < rules->count; i++) {
			if (rules->at[i].access & bit && concerns(&rules->at[i], type, major, minor))
				allowed = rules->at[i].allow;
		}
		if (access & bit && !allowed)
			return false;
	}
	return true;
}

/* ---- a machine for the few instructions we use ----------------------------------------------- */

static uint32_t field_at(const struct bpf_cgroup_dev_ctx *context, int16_t offset)
{
	uint32_t value;

	memcpy(&value, (const char *)context + offset, sizeof value);
	return value;
}

static bool jumps(const struct bpf_insn *insn, uint64_t value)
{
	switch (insn->code) {
	case BPF_JMP32 | BPF_JNE | BPF_K:
		return (uint32_t)value != (uint32_t)insn->imm;
	case BPF_JMP32 | BPF_JEQ | BPF_K:
		return (uint32_t)value == (uint32_t)insn->imm;
	case BPF_JMP | BPF_JNE | BPF_K:
		return value != (uint64_t)(int64_t)insn->imm;
	case BPF_JMP | BPF_JEQ | BPF_K:
		return value == (uint64_t)(int64_t)insn->imm;
	default:
		cr_assert_fail("instruction %#x is not known here", insn->code);
		return false;
	}
}

static bool run(const struct bpf_code *code, const struct bpf_cgroup_dev_ctx *context)
{
	uint64_t registers[11] = { 0 };

	for (size_t at = 0; at < code->count; at++) {
		const struct bpf_insn *insn = &code->at[at];
		uint64_t *to = &registers[insn->dst_reg], from = registers[insn->src_reg];

		switch (insn->code) {
		case BPF_LDX | BPF_MEM | BPF_W:
			*to = field_at(context, insn->off);
			break;
		case BPF_ALU64 | BPF_MOV | BPF_X:
			*to = from;
			break;
		case BPF_ALU64 | BPF_MOV | BPF_K:
			*to = (uint64_t)(int64_t)insn->imm;
			break;
		case BPF_ALU64 | BPF_AND | BPF_K:
			*to &= (uint64_t)(int64_t)insn->imm;
			break;
		case BPF_ALU64 | BPF_RSH | BPF_K:
			*to >>= insn->imm;
			break;
		case BPF_JMP | BPF_EXIT:
			return registers[0] == 1;
		default:
			if (jumps(insn, *to))
				at += (size_t)insn->off;
		}
	}
	cr_assert_fail("the program runs past its end");
	return false;
}

/* ---- random rules over few numbers, so that they meet ---------------------------------------- */

static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	return *state ^= *state << 5;
}

static const int64_t numbers[] = { ANY_NUMBER, 0, 1, 8, 0x80000001, 0xffffffff };

static struct device_rules random_rules(uint32_t *state)
{
	struct device_rules rules = { .allow_rest = next_random(state) % 2 };

	rules.count = next_random(state) % 9;
	rules.at = arena_array(&arena, rules.count + 1, sizeof *rules.at);
	for (size_t i = 0; i < rules.count; i++)
		rules.at[i] = (struct device_rule){
			.allow = next_random(state) % 2,
			.type = next_random(state) % 2 ? 'c' : 'b',
			.major = numbers[next_random(state) % 6],
			.minor = numbers[next_random(state) % 6],
			.access = 1 + next_random(state) % ACCESS_ALL,
		};
	/* Lists of one device's minors are what most rules are. */
	for (size_t i = 1; i < rules.count; i++) {
		if (next_random(state) % 2) {
			rules.at[i] = rules.at[i - 1];
			rules.at[i].minor = numbers[next_random(state) % 6];
		}
	}
	return rules;
}

typedef bool verdict(const void *what, char type, int64_t major, int64_t minor, unsigned access);

static void compare(const struct device_rules *rules, verdict *judge, const void *what)
{
	for (unsigned device = 0; device < 2 * 5 * 5; device++) {
		char type = device % 2 ? 'c' : 'b';
		int64_t major = numbers[1 + device / 2 % 5], minor = numbers[1 + device / 10];

		for (unsigned access = 1; access <= ACCESS_ALL; access++)
			cr_assert_eq(judge(what, type, major, minor, access),
				     is_allowed(rules, type, major, minor, access),
				     "%c %ld:%ld access %u, %zu rules", type, (long)major,
				     (long)minor, access, rules->count);
	}
}

static bool bpf_verdict(const void *what, char type, int64_t major, int64_t minor, unsigned access)
{
	struct bpf_cgroup_dev_ctx context = {
		.access_type = access << 16 |
			       (type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR),
		.major = (uint32_t)major,
		.minor = (uint32_t)minor,
	};

	return run(what, &context);
}

Test(cgroup_devices, the_program_means_what_the_rules_mean)
{
	uint32_t state = 0x2545f491;

	for (unsigned round = 0; round < 2000; round++) {
		struct device_rules rules = random_rules(&state);
		struct bpf_code code = cg_devices_program(&rules, &arena);

		compare(&rules, bpf_verdict, &code);
	}
}

/* The kernel's v1 list, for one access at a time: a list of denials is met by any overlap, a list
 * of permissions must grant all of it in one line, which single accesses make the same. */
static bool v1_verdict(const void *what, char type, int64_t major, int64_t minor, unsigned access)
{
	const struct device_rules *list = what;

	for (unsigned bit = 1; bit <= ACCESS_ALL; bit <<= 1) {
		bool listed = false;

		for (size_t i = 0; i < list->count; i++)
			listed = listed || (list->at[i].access & bit &&
					    concerns(&list->at[i], type, major, minor));
		if (access & bit && listed == list->allow_rest)
			return false;
	}
	return true;
}

Test(cgroup_devices, the_v1_list_means_what_the_rules_mean_or_is_refused)
{
	uint32_t state = 0x9e3779b9;
	unsigned expressed = 0;

	for (unsigned round = 0; round < 4000; round++) {
		struct device_rules rules = random_rules(&state), list;

		if (cg_v1_exceptions(&rules, &arena, &list))
			continue;
		expressed++;
		compare(&rules, v1_verdict, &list);
	}
	cr_assert_gt(expressed, 1000);
}

/* ---- what the rules are ---------------------------------------------------------------------- */

#define NUMBER(n) { true, (n) }

static const char *spelled(const struct device_rules *rules)
{
	char *text = arena_copy(&arena, rules->allow_rest ? "allow" : "deny");

	for (size_t i = 0; i < rules->count; i++) {
		const struct device_rule *rule = &rules->at[i];

		text = arena_format(&arena, "%s %c%c%ld:%ld/%u", text, rule->allow ? '+' : '-',
				    rule->type, (long)rule->major, (long)rule->minor, rule->access);
	}
	return text;
}

static const char own[] = " +c-1:-1/1 +b-1:-1/1 +c1:3/7 +c1:5/7 +c1:7/7 +c1:8/7 +c1:9/7 +c5:0/7 "
			  "+c5:2/7 +c136:-1/7 +c10:200/7";

static void expect_rules(struct spec_device_rule *rules, size_t count, const char *expected)
{
	struct spec_resources resources = { .devices = { rules, count } };
	struct device_rules made = cg_device_rules(&resources, NULL, &arena);

	cr_expect_str_eq(spelled(&made), arena_format(&arena, "%s%s", expected, own));
}

Test(cgroup_devices, the_configs_rules_come_first_in_their_order)
{
	struct spec_device_rule rules[] = {
		{ false, 'a', { 0 }, { 0 }, NULL },
		{ true, 'c', NUMBER(10), NUMBER(229), (char *)"rwm" },
		{ true, 'b', NUMBER(8), NUMBER(20), (char *)"rw" },
		{ true, 'b', NUMBER(10), NUMBER(200), (char *)"r" },
	};

	expect_rules(rules, 4, "deny +c10:229/7 +b8:20/6 +b10:200/2");
}

Test(cgroup_devices, without_a_word_on_all_devices_all_are_denied)
{
	struct spec_device_rule rules[] = { { true, 'c', NUMBER(10), { 0 }, (char *)"m" } };

	expect_rules(NULL, 0, "deny");
	expect_rules(rules, 1, "deny +c10:-1/1");
}

Test(cgroup_devices, a_later_word_on_all_devices_forgets_the_earlier_ones)
{
	struct spec_device_rule rules[] = {
		{ true, 'c', NUMBER(10), NUMBER(1), NULL },
		{ true, 0, NUMBER(-1), NUMBER(-1), (char *)"mrw" },
		{ false, 'a', NUMBER(8), { 0 }, (char *)"w" },
	};

	expect_rules(rules, 3, "allow -b8:-1/4 -c8:-1/4");
}

Test(cgroup_devices, a_device_of_its_own_at_dev_null_is_not_the_hosts)
{
	struct spec_device devices[] = {
		{ 'c', (char *)"/dev/null", NUMBER(10), NUMBER(1) },
		{ 'c', (char *)"/dev/zero", NUMBER(1), NUMBER(5) },
	};
	struct spec_devices list = { devices, 2 };
	struct device_rules made = cg_device_rules(NULL, &list, &arena);

	cr_expect_str_eq(spelled(&made),
			 "deny +c-1:-1/1 +b-1:-1/1 +c1:5/7 +c1:7/7 +c1:8/7 +c1:9/7 +c5:0/7 +c5:2/7 "
			 "+c136:-1/7 +c10:200/7");
}

Test(cgroup_devices, wrong_rules_are_refused_by_their_place)
{
	struct spec_device_rule rules[] = {
		{ false, 'a', { 0 }, { 0 }, NULL },
		{ true, 'c', NUMBER(1), NUMBER(3), (char *)"rx" },
	};
	struct spec_resources resources = { .devices = { rules, 2 } };

	cr_assert_eq(cg_check_devices(&resources), -EINVAL);
	cr_expect_str_eq(last_fault()->path, "linux.resources.devices[1].access");
	cr_expect_str_eq(last_fault()->what, "expected letters of \"rwm\", got \"rx\"");
	rules[1].access = NULL;
	rules[1].minor.value = -2;
	cr_assert_eq(cg_check_devices(&resources), -EINVAL);
	cr_expect_str_eq(last_fault()->path, "linux.resources.devices[1].minor");
	cr_expect_str_eq(last_fault()->what, "-2 is not a device number");
}
