/* seccomp_profiles.h -- profiles written as C, and an interpreter of seccomp's BPF as the oracle.
 *
 * For the tests of seccomp/. The interpreter is as plain as it can be made and shares no line
 * with what it judges. */
#ifndef CAISSON_TESTS_SECCOMP_PROFILES_H
#define CAISSON_TESTS_SECCOMP_PROFILES_H

#include <criterion/criterion.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "seccomp/bpf.h"
#include "seccomp/names.h"
#include "seccomp/seccomp.h"

#define WORDS(...)                                                                       \
	{                                                                                \
		.at = (char **)(const char *[]){ __VA_ARGS__, NULL },                    \
		.count = sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *)        \
	}
#define LIST(type, ...)                                                                  \
	{                                                                                \
		.at = (struct type[]){ __VA_ARGS__ },                                    \
		.count = sizeof((struct type[]){ __VA_ARGS__ }) / sizeof(struct type)    \
	}
#define RULES(...)    LIST(spec_seccomp_rule, __VA_ARGS__)
#define ARGS(...)     LIST(spec_seccomp_arg, __VA_ARGS__)
#define GIVEN(number) { true, number }

/* The answer of a program: SECCOMP_RET_* with its data. */
static inline uint32_t answer(const struct sock_filter *code, size_t count,
			      const struct seccomp_data *data)
{
	uint32_t a = 0;

	for (size_t pc = 0; pc < count; pc++) {
		const struct sock_filter *i = &code[pc];

		switch (i->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			if (i->k > sizeof *data - 4)
				cr_assert_fail("instruction %zu: load at %u", pc, i->k);
			memcpy(&a, (const char *)data + i->k, 4);
			break;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= i->k;
			break;
		case BPF_JMP | BPF_JA:
			pc += i->k;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
			pc += a == i->k ? i->jt : i->jf;
			break;
		case BPF_JMP | BPF_JGT | BPF_K:
			pc += a > i->k ? i->jt : i->jf;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			pc += a >= i->k ? i->jt : i->jf;
			break;
		case BPF_JMP | BPF_JSET | BPF_K:
			pc += a & i->k ? i->jt : i->jf;
			break;
		case BPF_RET | BPF_K:
			return i->k;
		default:
			cr_assert_fail("instruction %zu: unknown code %#x", pc, i->code);
		}
	}
	cr_assert_fail("the program has no end");
	return 0;
}

static inline uint32_t asked(const struct sc_program *program, uint32_t arch, uint32_t number,
			     uint64_t arg0)
{
	struct seccomp_data data = { .nr = (int)number, .arch = arch, .args = { arg0 } };

	return answer(program->code, program->count, &data);
}

static inline void compiled(struct sc_program *program, const struct spec_seccomp *seccomp)
{
	cr_assert_eq(sc_compile(program, seccomp, NULL), 0, "%s", last_fault()->what);
}

/* Ends a filtered child. AddressSanitizer lets _exit(2) make another system call first. */
static inline void leave(int status)
{
	syscall(SYS_exit_group, status);
}

/* What a program that only wants to end needs. */
#define TO_END "exit", "exit_group", "rt_sigreturn"

/* A profile as large as those engines ship: some 350 names allowed on three architectures, a few
 * of them only with certain arguments. */
struct big_profile {
	struct spec_seccomp seccomp;
	struct spec_seccomp_rule rules[4];
	char *names[400];
};

static inline void make_big_profile(struct big_profile *big)
{
	static const int refused[] = { 101, 134, 153, 155, 156, 159, 161, 163, 164, 165, 166, 167,
				       168, 169, 170, 171, 172, 173, 174, 175, 176, 177, 178, 179,
				       180, 212, 227, 237, 238, 239, 246, 248, 249, 250, 272, 278,
				       279, 298, 304, 305, 308, 310, 311, 312, 313, 320, 321, 323,
				       425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 442, 443,
				       41, 135 /* socket, personality: by argument */ };
	static const char *architectures[] = { "SCMP_ARCH_X86_64", "SCMP_ARCH_X86",
					       "SCMP_ARCH_X32" };
	static const char *by_argument[] = { "socket", "personality" };
	static struct spec_seccomp_arg args[] = { { 0, 40, 0, SECCOMP_OP_NE },
						  { 0, 8, 0, SECCOMP_OP_EQ },
						  { 0, 0xffffffff, 0, SECCOMP_OP_EQ } };
	size_t count = 0;

	for (int number = 0; number < 450 && count < 399; number++) {
		char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_X86_64, number);

		for (size_t i = 0; name && i < sizeof refused / sizeof *refused; i++) {
			if (refused[i] == number) {
				free(name);
				name = NULL;
			}
		}
		if (name)
			big->names[count++] = name;
	}
	big->names[count] = NULL;
	big->rules[0] = (struct spec_seccomp_rule){ .names = { big->names, count },
						    .action = SECCOMP_ACTION_ALLOW };
	for (size_t i = 0; i < 3; i++)
		big->rules[1 + i] = (struct spec_seccomp_rule){
			.names = { (char **)&by_argument[i > 0], 1 },
			.action = SECCOMP_ACTION_ALLOW,
			.args = { &args[i], 1 },
		};
	big->seccomp = (struct spec_seccomp){ .given = true,
					      .default_action = SECCOMP_ACTION_ERRNO,
					      .architectures = { (char **)architectures, 3 },
					      .syscalls = { big->rules, 4 } };
}

static inline void free_big_profile(struct big_profile *big)
{
	for (size_t i = 0; big->names[i]; i++)
		free(big->names[i]);
}

#endif
