/* test_seccomp_check.c -- what cannot be compiled here is refused with its place. */
#include <stdio.h>

#include "tests/unit/seccomp_profiles.h"

static struct spec_seccomp seccomp = { .given = true, .default_action = SECCOMP_ACTION_ERRNO };
static char heard[512];
static unsigned warnings;

static void hear(const char *sentence)
{
	snprintf(heard, sizeof heard, "%s", sentence);
	warnings++;
}

static void expect_refused(const char *path, const char *what)
{
	cr_expect_eq(sc_check(&seccomp, false), -EINVAL);
	cr_expect_str_eq(last_fault()->path, path);
	cr_expect_str_eq(last_fault()->what, what);
}

Test(seccomp_check, what_is_not_given_is_right)
{
	struct spec_seccomp none = { 0 };

	cr_expect_eq(sc_check(&none, false), 0);
	cr_expect_eq(sc_check(&seccomp, false), 0);
}

Test(seccomp_check, every_architecture_of_the_spec_is_known_or_named)
{
	const char *names[] = { "X86",	     "X86_64",	"X32",	   "ARM",      "AARCH64",
				"MIPS",	     "MIPS64",	"MIPS64N32", "MIPSEL", "MIPSEL64",
				"MIPSEL64N32", "PPC",	"PPC64",   "PPC64LE",  "S390",
				"S390X",     "PARISC",	"PARISC64", "RISCV64", "LOONGARCH64",
				"M68K",	     "SH",	"SHEB" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char full[64], *list[] = { full, NULL };

		snprintf(full, sizeof full, "SCMP_ARCH_%s", names[i]);
		seccomp.architectures = (struct strings){ list, 1 };
		forget_fault();
		if (sc_check(&seccomp, false) == 0)
			continue;
		cr_expect_str_eq(last_fault()->path, "linux.seccomp.architectures[0]");
		cr_expect(strstr(last_fault()->what, full), "%s", last_fault()->what);
	}
}

Test(seccomp_check, an_architecture_libseccomp_lacks_is_named)
{
	const struct scmp_version *version = seccomp_version();
	char expected[128];

	seccomp.architectures = (struct strings)WORDS("SCMP_ARCH_X86", "SCMP_ARCH_Z80");
	snprintf(expected, sizeof expected,
		 "SCMP_ARCH_Z80 is not an architecture of libseccomp %u.%u.%u", version->major,
		 version->minor, version->micro);
	expect_refused("linux.seccomp.architectures[1]", expected);
}

Test(seccomp_check, an_architecture_of_the_other_byte_order_is_refused)
{
	if (!(seccomp_arch_native() & __AUDIT_ARCH_LE))
		cr_skip("written for little-endian machines");
	seccomp.architectures = (struct strings)WORDS("SCMP_ARCH_S390X");
	expect_refused("linux.seccomp.architectures[0]",
		       "SCMP_ARCH_S390X is big-endian and this machine is not: one filter cannot "
		       "serve both");
}

Test(seccomp_check, an_unknown_flag_is_named)
{
	seccomp.flags_given = true;
	seccomp.flags = (struct strings)WORDS("SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_X");
	expect_refused("linux.seccomp.flags[1]",
		       "SECCOMP_FILTER_FLAG_X is not a flag of seccomp(2)");
}

Test(seccomp_check, an_errno_the_kernel_would_cut_is_refused)
{
	seccomp.default_errno_ret = (struct maybe_u32)GIVEN(4096);
	expect_refused("linux.seccomp.defaultErrnoRet", "expected at most 4095, got 4096");
}

Test(seccomp_check, a_rule_is_named_by_its_place)
{
	seccomp.syscalls.at = (struct spec_seccomp_rule[]){
		{ .names = WORDS("read"), .action = SECCOMP_ACTION_ALLOW },
		{ .names = WORDS("write"),
		  .action = SECCOMP_ACTION_TRACE,
		  .errno_ret = GIVEN(65536) },
	};
	seccomp.syscalls.count = 2;
	expect_refused("linux.seccomp.syscalls[1].errnoRet", "expected at most 65535, got 65536");
	forget_fault();
	seccomp.syscalls.at[1].errno_ret.given = false;
	seccomp.syscalls.at[1].args.at =
		(struct spec_seccomp_arg[]){ { 0, 0, 0, SECCOMP_OP_EQ },
					     { 6, 0, 0, SECCOMP_OP_EQ } };
	seccomp.syscalls.at[1].args.count = 2;
	expect_refused("linux.seccomp.syscalls[1].args[1].index",
		       "a system call's arguments are 0 to 5, got 6");
}

Test(seccomp_check, notify_needs_somebody_to_notify)
{
	seccomp.default_action = SECCOMP_ACTION_NOTIFY;
	expect_refused("linux.seccomp.listenerPath", "SCMP_ACT_NOTIFY needs a listenerPath");
	seccomp.listener_path = (char *)"/run/agent";
	cr_expect_eq(sc_check(&seccomp, false), 0);
}

Test(seccomp_check, a_restriction_that_cannot_be_made_is_a_warning)
{
	seccomp.syscalls.at = (struct spec_seccomp_rule[]){
		{ .names = WORDS("read", "of_the_year_3000"), .action = SECCOMP_ACTION_ERRNO },
	};
	seccomp.syscalls.count = 1;
	send_warnings_to(hear);
	cr_expect_eq(sc_check(&seccomp, false), 0);
	cr_expect_eq(warnings, 0);
	seccomp.default_action = SECCOMP_ACTION_ALLOW;
	cr_expect_eq(sc_check(&seccomp, false), 0);
	cr_expect_str_eq(heard, "linux.seccomp.syscalls[0].names[1]: libseccomp does not know "
				"\"of_the_year_3000\": it stays unrestricted");
}

Test(seccomp_check, this_kernel_takes_all_flags_of_its_time)
{
	cr_expect(sc_flag_supported("SECCOMP_FILTER_FLAG_TSYNC"));
	cr_expect(sc_flag_supported("SECCOMP_FILTER_FLAG_LOG"));
	cr_expect(sc_flag_supported("SECCOMP_FILTER_FLAG_SPEC_ALLOW"));
	cr_expect_not(sc_flag_supported("SECCOMP_FILTER_FLAG_X"));
	cr_expect(sc_architecture_supported("SCMP_ARCH_X86_64"));
	cr_expect_not(sc_architecture_supported("x86_64"));
}

/* The annotation run.oci.seccomp_fail_unknown_syscall. */
Test(seccomp_check, where_all_are_to_be_known_an_unknown_one_is_refused)
{
	seccomp.syscalls.at = (struct spec_seccomp_rule[]){
		{ .names = WORDS("read"), .action = SECCOMP_ACTION_ALLOW },
		{ .names = WORDS("write", "of_the_year_3000"), .action = SECCOMP_ACTION_ALLOW },
	};
	seccomp.syscalls.count = 2;
	cr_expect_eq(sc_check(&seccomp, false), 0);
	cr_expect_eq(sc_check(&seccomp, true), -EINVAL);
	cr_expect_str_eq(last_fault()->what, "libseccomp does not know \"of_the_year_3000\"");
	cr_expect_str_eq(last_fault()->path, "linux.seccomp.syscalls[1].names[1]");
	seccomp.syscalls.count = 1;
	cr_expect_eq(sc_check(&seccomp, true), 0);
}
