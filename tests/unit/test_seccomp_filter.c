/* test_seccomp_filter.c -- the program says what the profile says, call by call.
 *
 * Programs are judged by an interpreter (seccomp_profiles.h), so that every architecture can be
 * asked; test_seccomp_load.c lets the kernel judge. Numbers are x86-64's. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>

#include "tests/unit/seccomp_profiles.h"

#define AMD64 ((uint32_t)AUDIT_ARCH_X86_64)
#define I386  ((uint32_t)AUDIT_ARCH_I386)
#define ARM64 ((uint32_t)AUDIT_ARCH_AARCH64)

static struct sc_program program;

static bool on_amd64(void)
{
	return seccomp_arch_native() == SCMP_ARCH_X86_64;
}

#define NEEDS_AMD64                                            \
	do {                                                   \
		if (!on_amd64())                               \
			cr_skip("written for x86-64");         \
	} while (0)

Test(seccomp_filter, every_action_becomes_its_number)
{
	const struct {
		enum seccomp_action action;
		struct maybe_u32 error;
		uint32_t expected;
	} cases[] = {
		{ SECCOMP_ACTION_KILL_PROCESS, { 0 }, SECCOMP_RET_KILL_PROCESS },
		{ SECCOMP_ACTION_KILL_THREAD, { 0 }, SECCOMP_RET_KILL_THREAD },
		{ SECCOMP_ACTION_TRAP, { 0 }, SECCOMP_RET_TRAP },
		{ SECCOMP_ACTION_ERRNO, { 0 }, SECCOMP_RET_ERRNO | EPERM },
		{ SECCOMP_ACTION_ERRNO, GIVEN(ENOTTY), SECCOMP_RET_ERRNO | ENOTTY },
		{ SECCOMP_ACTION_ERRNO, GIVEN(0), SECCOMP_RET_ERRNO },
		{ SECCOMP_ACTION_TRACE, { 0 }, SECCOMP_RET_TRACE | EPERM },
		{ SECCOMP_ACTION_TRACE, GIVEN(77), SECCOMP_RET_TRACE | 77 },
		{ SECCOMP_ACTION_LOG, { 0 }, SECCOMP_RET_LOG },
		{ SECCOMP_ACTION_NOTIFY, { 0 }, SECCOMP_RET_USER_NOTIF },
	};

	NEEDS_AMD64;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct spec_seccomp seccomp = {
			.given = true,
			.default_action = SECCOMP_ACTION_ALLOW,
			.syscalls = RULES({ .names = WORDS("getppid"),
					    .action = cases[i].action,
					    .errno_ret = cases[i].error }),
		};

		compiled(&program, &seccomp);
		cr_expect_eq(asked(&program, AMD64, SYS_getppid, 0), cases[i].expected);
		cr_expect_eq(asked(&program, AMD64, SYS_getpid, 0), SECCOMP_RET_ALLOW);
	}
}

Test(seccomp_filter, every_operator_compares_every_argument)
{
	const uint64_t big = 0x100000002u, mask = 0xff00000000ff0000u;
	const struct {
		enum seccomp_operator op;
		uint64_t value, two, yes, no;
	} cases[] = {
		{ SECCOMP_OP_NE, big, 0, 2, big },
		{ SECCOMP_OP_LT, big, 0, big - 1, big },
		{ SECCOMP_OP_LE, big, 0, big, big + 1 },
		{ SECCOMP_OP_EQ, big, 0, big, 2 },
		{ SECCOMP_OP_GE, big, 0, big, big - 1 },
		{ SECCOMP_OP_GT, big, 0, big + 1, big },
		{ SECCOMP_OP_MASKED_EQ, mask, 0x1100000000220000u, 0x11ffffffff22ffffu,
		  0x1000000000220000u },
	};

	NEEDS_AMD64;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		for (uint32_t index = 0; index < 6; index++) {
			struct spec_seccomp seccomp = {
				.given = true,
				.default_action = SECCOMP_ACTION_ALLOW,
				.syscalls = RULES({ .names = WORDS("mmap"),
						    .action = SECCOMP_ACTION_ERRNO,
						    .args = ARGS({ index, cases[i].value,
								   cases[i].two, cases[i].op }) }),
			};
			struct seccomp_data data = { .nr = SYS_mmap, .arch = AMD64 };

			compiled(&program, &seccomp);
			data.args[index] = cases[i].yes;
			cr_expect_eq(answer(program.code, program.count, &data),
				     SECCOMP_RET_ERRNO | EPERM, "op %zu, argument %u", i, index);
			data.args[index] = cases[i].no;
			cr_expect_eq(answer(program.code, program.count, &data),
				     SECCOMP_RET_ALLOW, "op %zu, argument %u", i, index);
		}
	}
}

Test(seccomp_filter, conditions_of_one_rule_must_all_hold)
{
	struct spec_seccomp seccomp = {
		.given = true,
		.default_action = SECCOMP_ACTION_ALLOW,
		.syscalls = RULES({ .names = WORDS("kill"),
				    .action = SECCOMP_ACTION_ERRNO,
				    .args = ARGS({ 0, 1, 0, SECCOMP_OP_EQ },
						 { 1, 9, 0, SECCOMP_OP_EQ }) }),
	};
	struct seccomp_data data = { .nr = SYS_kill, .arch = AMD64, .args = { 1, 9 } };

	NEEDS_AMD64;
	compiled(&program, &seccomp);
	cr_expect_eq(answer(program.code, program.count, &data), SECCOMP_RET_ERRNO | EPERM);
	data.args[1] = 15;
	cr_expect_eq(answer(program.code, program.count, &data), SECCOMP_RET_ALLOW);
}

Test(seccomp_filter, two_conditions_on_one_argument_are_alternatives)
{
	struct spec_seccomp seccomp = {
		.given = true,
		.default_action = SECCOMP_ACTION_ERRNO,
		.syscalls = RULES({ .names = WORDS("personality"),
				    .action = SECCOMP_ACTION_ALLOW,
				    .args = ARGS({ 0, 0, 0, SECCOMP_OP_EQ },
						 { 0, 8, 0, SECCOMP_OP_EQ }) }),
	};

	NEEDS_AMD64;
	compiled(&program, &seccomp);
	cr_expect_eq(asked(&program, AMD64, SYS_personality, 0), SECCOMP_RET_ALLOW);
	cr_expect_eq(asked(&program, AMD64, SYS_personality, 8), SECCOMP_RET_ALLOW);
	cr_expect_eq(asked(&program, AMD64, SYS_personality, 4), SECCOMP_RET_ERRNO | EPERM);
}

Test(seccomp_filter, a_rule_that_repeats_the_default_is_passed_over)
{
	struct spec_seccomp seccomp = {
		.given = true,
		.default_action = SECCOMP_ACTION_ERRNO,
		.default_errno_ret = GIVEN(EACCES),
		.syscalls = RULES({ .names = WORDS("mount"),
				    .action = SECCOMP_ACTION_ERRNO,
				    .errno_ret = GIVEN(EACCES) },
				  { .names = WORDS("umount2"), .action = SECCOMP_ACTION_ERRNO }),
	};

	NEEDS_AMD64;
	compiled(&program, &seccomp);
	cr_expect_eq(asked(&program, AMD64, SYS_mount, 0), SECCOMP_RET_ERRNO | EACCES);
	cr_expect_eq(asked(&program, AMD64, SYS_umount2, 0), SECCOMP_RET_ERRNO | EPERM);
}

Test(seccomp_filter, unknown_names_are_no_error)
{
	struct spec_seccomp seccomp = {
		.given = true,
		.default_action = SECCOMP_ACTION_ERRNO,
		.syscalls = RULES({ .names = WORDS("of_the_year_3000", "read"),
				    .action = SECCOMP_ACTION_ALLOW }),
	};

	NEEDS_AMD64;
	compiled(&program, &seccomp);
	cr_expect_eq(asked(&program, AMD64, SYS_read, 0), SECCOMP_RET_ALLOW);
}

Test(seccomp_filter, no_rules_at_all_is_the_default_for_everything)
{
	struct spec_seccomp seccomp = { .given = true, .default_action = SECCOMP_ACTION_ALLOW };

	NEEDS_AMD64;
	compiled(&program, &seccomp);
	cr_expect_eq(asked(&program, AMD64, SYS_read, 0), SECCOMP_RET_ALLOW);
	seccomp.default_action = SECCOMP_ACTION_ERRNO;
	compiled(&program, &seccomp);
	/* Nothing is newer than nothing. */
	cr_expect_eq(asked(&program, AMD64, SYS_read, 0), SECCOMP_RET_ERRNO | EPERM);
	cr_expect_eq(asked(&program, AMD64, 5000, 0), SECCOMP_RET_ERRNO | EPERM);
}

Test(seccomp_filter, the_native_architecture_is_always_there)
{
	struct spec_seccomp seccomp = {
		.given = true,
		.default_action = SECCOMP_ACTION_ERRNO,
		.architectures = WORDS("SCMP_ARCH_AARCH64"),
		.syscalls = RULES({ .names = WORDS("read"), .action = SECCOMP_ACTION_ALLOW }),
	};

	NEEDS_AMD64;
	compiled(&program, &seccomp);
	cr_expect_eq(asked(&program, AMD64, SYS_read, 0), SECCOMP_RET_ALLOW);
	cr_expect_eq(asked(&program, ARM64, 63, 0), SECCOMP_RET_ALLOW);
	cr_expect_eq(asked(&program, ARM64, 64, 0), SECCOMP_RET_ERRNO | ENOSYS);
	cr_expect_eq(asked(&program, I386, 3, 0), SECCOMP_RET_KILL_THREAD);
}

Test(seccomp_filter, a_call_newer_than_the_profile_does_not_exist)
{
	const enum seccomp_action forbidding[] = {
		SECCOMP_ACTION_ERRNO,
		SECCOMP_ACTION_KILL_PROCESS,
		SECCOMP_ACTION_KILL_THREAD,
		SECCOMP_ACTION_TRAP,
	};

	NEEDS_AMD64;
	for (size_t i = 0; i < sizeof forbidding / sizeof *forbidding; i++) {
		struct spec_seccomp seccomp = {
			.given = true,
			.default_action = forbidding[i],
			.architectures = WORDS("SCMP_ARCH_X86"),
			.syscalls = RULES({ .names = WORDS("openat2", "read"),
					    .action = SECCOMP_ACTION_ALLOW }),
		};
		uint32_t otherwise = sc_action(forbidding[i], (struct maybe_u32){ 0 });

		compiled(&program, &seccomp);
		for (size_t a = 0; a < 2; a++) { /* openat2 is 437 on both */
			uint32_t arch = a ? I386 : AMD64;

			cr_expect_eq(asked(&program, arch, 436, 0), otherwise);
			cr_expect_eq(asked(&program, arch, 437, 0), SECCOMP_RET_ALLOW);
			cr_expect_eq(asked(&program, arch, 438, 0), SECCOMP_RET_ERRNO | ENOSYS);
			cr_expect_eq(asked(&program, arch, 5000, 0), SECCOMP_RET_ERRNO | ENOSYS);
		}
	}
}

Test(seccomp_filter, x32_has_its_own_newest_call)
{
	struct spec_seccomp seccomp = {
		.given = true,
		.default_action = SECCOMP_ACTION_ERRNO,
		.architectures = WORDS("SCMP_ARCH_X86_64", "SCMP_ARCH_X32"),
		.syscalls = RULES({ .names = WORDS("statx", "ioctl"),
				    .action = SECCOMP_ACTION_ALLOW }),
	};

	NEEDS_AMD64;
	compiled(&program, &seccomp);
	cr_expect_eq(asked(&program, AMD64, SYS_statx, 0), SECCOMP_RET_ALLOW);
	cr_expect_eq(asked(&program, AMD64, SYS_statx + 1, 0), SECCOMP_RET_ERRNO | ENOSYS);
	/* ioctl is 514 there, above every number of x86-64. */
	cr_expect_eq(asked(&program, AMD64, X32_BIT + 514, 0), SECCOMP_RET_ALLOW);
	cr_expect_eq(asked(&program, AMD64, X32_BIT + 513, 0), SECCOMP_RET_ERRNO | EPERM);
	cr_expect_eq(asked(&program, AMD64, X32_BIT + 515, 0), SECCOMP_RET_ERRNO | ENOSYS);
}

Test(seccomp_filter, x32_not_asked_for_is_left_to_libseccomp)
{
	struct spec_seccomp seccomp = {
		.given = true,
		.default_action = SECCOMP_ACTION_ERRNO,
		.syscalls = RULES({ .names = WORDS("read"), .action = SECCOMP_ACTION_ALLOW }),
	};

	NEEDS_AMD64;
	compiled(&program, &seccomp);
	cr_expect_eq(asked(&program, AMD64, X32_BIT, 0), SECCOMP_RET_KILL_THREAD);
}

Test(seccomp_filter, a_permissive_default_lets_new_calls_through)
{
	const enum seccomp_action permissive[] = { SECCOMP_ACTION_ALLOW, SECCOMP_ACTION_LOG,
						   SECCOMP_ACTION_TRACE, SECCOMP_ACTION_NOTIFY };

	NEEDS_AMD64;
	for (size_t i = 0; i < sizeof permissive / sizeof *permissive; i++) {
		struct spec_seccomp seccomp = {
			.given = true,
			.default_action = permissive[i],
			.syscalls = RULES({ .names = WORDS("read"),
					    .action = SECCOMP_ACTION_ERRNO }),
		};

		compiled(&program, &seccomp);
		cr_expect_eq(asked(&program, AMD64, 5000, 0),
			     sc_action(permissive[i], (struct maybe_u32){ 0 }));
	}
}

Test(seccomp_filter, setup_does_not_exist_on_s390)
{
	struct arena arena = { 0 };
	struct bpf code = { .arena = &arena };
	struct spec_seccomp seccomp = {
		.given = true,
		.default_action = SECCOMP_ACTION_ERRNO,
		.architectures = WORDS("SCMP_ARCH_S390X"),
		.syscalls = RULES({ .names = WORDS("read"), .action = SECCOMP_ACTION_ALLOW }),
	};
	struct seccomp_data data = { .arch = AUDIT_ARCH_S390X };

	/* libseccomp makes no big-endian filter here; the stub can be asked all the same. */
	bpf_answer_newer(&code, &seccomp);
	bpf_add(&code, bpf_return(SECCOMP_RET_ALLOW));
	cr_expect_eq(answer(code.at, code.count, &data), SECCOMP_RET_ERRNO | ENOSYS);
	data.nr = 3; /* read */
	cr_expect_eq(answer(code.at, code.count, &data), SECCOMP_RET_ALLOW);
	data.nr = 4;
	cr_expect_eq(answer(code.at, code.count, &data), SECCOMP_RET_ERRNO | ENOSYS);
	arena_free(&arena);
}

/* ---- the flattened program and the one libseccomp made give the same answers --------------- */

static uint64_t seed;

static uint32_t chance(uint32_t below)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % below;
}

static char *random_names[600];
static struct spec_seccomp_arg random_args[600][6];
static struct spec_seccomp_rule random_rules[600];
static bool used[460];

static uint64_t random_value(void)
{
	const uint64_t values[] = { 0, 1, 2, 8, 0xffffffff, 0x100000000, 0x100000008,
				    0x8000000000000000u, UINT64_MAX };

	return values[chance(sizeof values / sizeof *values)];
}

static void random_rule(struct spec_seccomp_rule *rule, size_t at)
{
	char *name = NULL;
	uint32_t number;

	while (!name) {
		number = chance(460);
		name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_X86_64, (int)number);
	}
	random_names[at] = name;
	/* The action goes with the number: libseccomp refuses two rules that differ only in it. */
	*rule = (struct spec_seccomp_rule){ .names = { &random_names[at], 1 },
					    .action = number / 7 % (SECCOMP_ACTION_NOTIFY + 1),
					    .args = { random_args[at], 0 } };
	if (rule->action == SECCOMP_ACTION_ERRNO)
		rule->errno_ret = (struct maybe_u32)GIVEN(number % 3 + 1);
	/* libseccomp's time explodes when one call has many rules of many arguments. */
	if (chance(3) == 0)
		rule->args.count = number % 3 ? 1 : 1 + number % 2 + chance(2) * !used[number];
	used[number] = true;
	for (size_t i = 0; i < rule->args.count; i++)
		random_args[at][i] = (struct spec_seccomp_arg){ (uint32_t)i, random_value(),
								random_value(),
								chance(SECCOMP_OP_MASKED_EQ + 1) };
}

static void compare(const struct bpf *one, const struct bpf *other, uint32_t arch, uint32_t number)
{
	struct seccomp_data data = { .nr = (int)number, .arch = arch };
	uint32_t expected, got;

	for (unsigned tries = 0; tries < 2; tries++) {
		for (size_t i = 0; i < 6; i++)
			data.args[i] = random_value();
		expected = answer(one->at, one->count, &data);
		got = answer(other->at, other->count, &data);
		if (got != expected)
			cr_assert_fail("arch %#x nr %u args %#lx %#lx %#lx: %#x, not %#x", arch,
				       number, (long)data.args[0], (long)data.args[1],
				       (long)data.args[2], got, expected);
	}
}

static void compare_everywhere(const struct bpf *one, const struct bpf *other)
{
	const uint32_t architectures[] = { AMD64, I386, ARM64, AUDIT_ARCH_ARM, 0, 12345 };

	for (size_t a = 0; a < sizeof architectures / sizeof *architectures; a++) {
		for (uint32_t number = 0; number < 620; number++) {
			compare(one, other, architectures[a], number);
			compare(one, other, architectures[a], X32_BIT + number);
		}
		for (uint32_t high = 0; high < 64; high++) {
			compare(one, other, architectures[a], (high << 26) - 1);
			compare(one, other, architectures[a], high << 26);
		}
	}
}

static void compare_one_profile(uint64_t round, size_t *before, size_t *after)
{
	const char *architectures[] = { "SCMP_ARCH_X86", "SCMP_ARCH_X32", "SCMP_ARCH_AARCH64",
					"SCMP_ARCH_ARM" };
	struct arena arena = { 0 };
	struct bpf code = { .arena = &arena }, flat = { .arena = &arena };
	struct spec_seccomp seccomp = { .given = true };

	seed = round;
	memset(used, 0, sizeof used);
	seccomp.default_action = chance(SECCOMP_ACTION_NOTIFY + 1);
	seccomp.architectures = (struct strings){ (char **)architectures, chance(5) };
	seccomp.syscalls.at = random_rules;
	seccomp.syscalls.count = 1 + chance(round % 3 ? 500 : 12);
	for (size_t i = 0; i < seccomp.syscalls.count; i++)
		random_rule(&random_rules[i], i);
	bpf_answer_newer(&code, &seccomp);
	cr_assert_eq(bpf_from_profile(&code, &seccomp), 0, "%s", last_fault()->what);
	bpf_flatten(&flat, &code);
	compare_everywhere(&code, &flat);
	*before += code.count;
	*after += flat.count;
	for (size_t i = 0; i < seccomp.syscalls.count; i++)
		free(random_names[i]);
	arena_free(&arena);
}

Test(seccomp_filter, flattened_programs_give_the_same_answers, .timeout = 300)
{
	enum { rounds = 40 };
	size_t before = 0, after = 0;

	for (uint64_t round = 1; round <= rounds; round++)
		compare_one_profile(round, &before, &after);
	fprintf(stderr, "%d random profiles: %zu instructions became %zu\n", rounds, before,
		after);
}

Test(seccomp_filter, a_program_not_understood_is_copied)
{
	struct arena arena = { 0 };
	struct sock_filter foreign[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0), /* not what libseccomp makes */
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct bpf code = { foreign, 2, 2, &arena }, flat = { .arena = &arena };

	bpf_flatten(&flat, &code);
	cr_assert_eq(flat.count, 2);
	cr_expect_arr_eq(flat.at, foreign, sizeof foreign);
	arena_free(&arena);
}

static double milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

Test(seccomp_filter, a_big_profile_says_what_it_says)
{
	static struct big_profile big;
	struct arena arena = { 0 };
	struct bpf code = { .arena = &arena }, flat = { .arena = &arena };
	double start, made, flattened;

	NEEDS_AMD64;
	make_big_profile(&big);
	start = milliseconds();
	bpf_answer_newer(&code, &big.seccomp);
	cr_assert_eq(bpf_from_profile(&code, &big.seccomp), 0);
	made = milliseconds();
	bpf_flatten(&flat, &code);
	flattened = milliseconds();
	fprintf(stderr,
		"big profile: libseccomp %.2f ms, %zu instructions; flattened %.2f ms, %zu\n",
		made - start, code.count, flattened - made, flat.count);
	compare_everywhere(&code, &flat);
	cr_expect_lt(flat.count, code.count / 2);
	arena_free(&arena);
	compiled(&program, &big.seccomp);
	free_big_profile(&big);
	cr_expect_eq(asked(&program, AMD64, SYS_read, 0), SECCOMP_RET_ALLOW);
	cr_expect_eq(asked(&program, AMD64, SYS_mount, 0), SECCOMP_RET_ERRNO | EPERM);
	cr_expect_eq(asked(&program, AMD64, SYS_socket, 2), SECCOMP_RET_ALLOW);
	cr_expect_eq(asked(&program, AMD64, SYS_socket, 40), SECCOMP_RET_ERRNO | EPERM);
	cr_expect_eq(asked(&program, AMD64, SYS_personality, 8), SECCOMP_RET_ALLOW);
	cr_expect_eq(asked(&program, AMD64, SYS_personality, 9), SECCOMP_RET_ERRNO | EPERM);
}
