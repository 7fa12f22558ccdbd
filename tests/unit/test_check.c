/* test_check.c -- wrong configs are refused in whole sentences, right ones pass. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "runtime/base/fault.h"
#include "specs/check.h"
#include "specs/load.h"

#include "tests/unit/wrong_configs.h"

Test(check, every_wrong_config_gets_its_sentence)
{
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct arena arena = { 0 };
		struct spec spec;
		int result;

		forget_fault();
		result = spec_parse(&spec, wrong[i].config, strlen(wrong[i].config), "config.json",
				    &arena);
		cr_expect_eq(result, -EINVAL, "row %zu is accepted: %s", i, wrong[i].config);
		cr_expect_str_eq(last_fault()->what, wrong[i].message);
		arena_free(&arena);
	}
}

/* Right configs that stricter readers than the spec might refuse. */
static const char *const right[] = {
	TOP("\"x\":1"),
	TOP("\"ociVersion\":\"1.0.2-dev\""),
	TOP("\"ociVersion\":\"1.9.0\""),
	TOP("\"ociVersion\":\"1.1.0-rc.1+build.5\""),
	TOP("\"hostname\":\"\",\"process\":null,\"hooks\":null,\"linux\":null,\"mounts\":null"),
	PROCESS("\"user\":{\"uid\":4294967294,\"additionalGids\":null},\"env\":null"),
	PROCESS("\"rlimits\":[{\"type\":\"RLIMIT_CORE\",\"hard\":18446744073709551615,"
		"\"soft\":18446744073709551615}]"),
	RESOURCES("\"memory\":{\"swappiness\":18446744073709551615}"),
	PROCESS("\"scheduler\":{\"policy\":\"SCHED_OTHER\",\"priority\":7,"
		"\"flags\":[\"SCHED_FLAG_KEEP_PARAMS\"]}"),
	PROCESS("\"consoleSize\":{\"height\":70000,\"width\":80}"),
	PROCESS("\"capabilities\":{\"bounding\":[\"CAP_NEWER\"],\"ambient\":null}"),
	LINUX(IN_USERNS "\"uidMappings\":[{\"containerID\":0,\"hostID\":0,\"size\":4294967295}],"
			"\"gidMappings\":[{\"containerID\":0,\"hostID\":0,\"size\":4294967295}]"),
	LINUX("\"namespaces\":[{\"type\":\"pid\",\"path\":\"\"}],\"cgroupsPath\":\"a:b:..c\""),
	LINUX("\"rootfsPropagation\":\"rslave\",\"intelRdt\":{\"closID\":\"/\"}"),
	LINUX("\"memoryPolicy\":{\"mode\":\"MPOL_DEFAULT\",\"nodes\":\"\"}"),
	LINUX("\"devices\":[{\"type\":\"p\",\"path\":\"/dev/fifo\"}]"),
	LINUX(IN_NETNS "\"netDevices\":{\"eth0\":{\"name\":\"c%d\"},\"eth1\":{\"name\":\"c%d\"}}"),
	RESOURCES("\"devices\":[{\"allow\":false,\"type\":\"\",\"major\":-1}],\"cpu\":null"),
	SECCOMP("\"unknown\":18446744073709551616"),
};

Test(check, a_right_config_passes)
{
	for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
		struct arena arena = { 0 };
		struct spec spec;

		cr_expect_eq(spec_parse(&spec, right[i], strlen(right[i]), "config.json", &arena),
			     0, "%s: %s", right[i], last_fault()->what);
		arena_free(&arena);
	}
}

static const struct {
	const char *config, *warning;
} doubtful[] = {
	{ TOP("\"vm\":{\"kernel\":{\"path\":\"/k\"}}"),
	  "vm: this runtime starts no virtual machine; the isolation asked for is not given" },
	{ TOP("\"mounts\":[{\"destination\":\"data\"}]"),
	  "mounts[0].destination: a relative path is deprecated; \"data\" is taken as relative to "
	  "/" },
	{ LINUX("\"personality\":{\"domain\":\"LINUX\",\"flags\":[\"X\"]}"),
	  "linux.personality.flags: the spec defines none; ignored" },
	{ PROCESS("\"user\":{\"username\":\"bob\"}"),
	  "process.user.username is for Windows and ignored here; uid and gid count" },
	{ PROCESS("\"commandLine\":\"x.exe\""),
	  "process.commandLine is for Windows and ignored here; args counts" },
	{ DEADLINE("\"nice\":19,\"runtime\":42000,\"deadline\":100000,\"period\":1000000"),
	  "process.scheduler.nice is not applied: only SCHED_OTHER and SCHED_BATCH have a nice "
	  "value, not SCHED_DEADLINE" },
};

static char heard[512];

static void hear(const char *sentence)
{
	snprintf(heard, sizeof heard, "%s", sentence);
}

Test(check, what_is_ignored_is_warned_about)
{
	send_warnings_to(hear);
	for (size_t i = 0; i < sizeof doubtful / sizeof *doubtful; i++) {
		struct arena arena = { 0 };
		struct spec spec;
		const char *text = doubtful[i].config;

		heard[0] = '\0';
		cr_expect_eq(spec_parse(&spec, text, strlen(text), "config.json", &arena), 0);
		cr_expect_str_eq(heard, doubtful[i].warning);
		arena_free(&arena);
	}
	send_warnings_to(NULL);
}

Test(check, a_missing_namespace_comes_with_its_cure)
{
	struct spec spec = { .oci_version = (char[]){ "1.3.0" },
			     .root.given = true,
			     .hostname = (char[]){ "box" } };

	cr_assert_eq(spec_check(&spec), -EINVAL);
	cr_assert_str_eq(last_fault()->path, "hostname");
	cr_assert_str_eq(last_fault()->hint, "add { \"type\": \"uts\" } to linux.namespaces");
}

Test(check, a_process_alone_is_named_from_its_own_members)
{
	struct spec_process process = { .cwd = (char[]) { "tmp" } };

	cr_assert_eq(spec_check_process(&process), -EINVAL);
	cr_assert_str_eq(last_fault()->what, "cwd: expected an absolute path, got \"tmp\"");
	cr_assert_str_eq(last_fault()->path, "cwd");
}

Test(check, a_text_that_is_no_utf8_is_still_quoted)
{
	char *env[] = { (char[]) { "\xff\x80\x80\n" }, NULL };
	char *args[] = { (char[]) { "sh" }, NULL };
	struct spec_process process = { .cwd = (char[]) { "/" },
					.args = { args, 1 },
					.env = { env, 1 } };

	cr_assert_eq(spec_check_process(&process), -EINVAL);
	cr_assert_str_eq(last_fault()->what, "env[0]: expected NAME=value, got \"\xff\x80\x80?\"");
}

Test(check, every_rule_has_a_name_and_a_reason)
{
	for (const struct spec_rule *rule = spec_rules; rule->name; rule++)
		cr_expect(*rule->name && *rule->why && rule->test);
}
