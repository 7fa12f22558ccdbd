/* test_shape.c -- rows turn values into members, and say which value will not do. */
#include <criterion/criterion.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "runtime/base/fault.h"
#include "specs/load.h"
#include "specs/shapes.h"

static struct arena arena;

static struct spec *parsed(const char *text)
{
	struct spec *spec = arena_new(&arena, struct spec);

	cr_assert_eq(spec_parse(spec, text, strlen(text), "config.json", &arena), 0, "%s",
		     last_fault()->what);
	return spec;
}

static const char *refused(const char *text)
{
	struct spec spec;

	forget_fault();
	cr_assert_eq(spec_parse(&spec, text, strlen(text), "config.json", &arena), -EINVAL);
	return last_fault()->what;
}

#define CONFIG(more) "{\"ociVersion\":\"1.3.0\",\"root\":{\"path\":\"rootfs\"}," more "}"

Test(shape, a_wrong_type_names_the_whole_path)
{
	cr_assert_str_eq(refused(CONFIG("\"linux\":{\"resources\":{\"memory\":\n"
					"{\"limit\": \"512M\"}}}")),
			 "config.json: linux.resources.memory.limit: expected an integer, got "
			 "\"512M\"");
	cr_assert_str_eq(last_fault()->path, "linux.resources.memory.limit");
	cr_assert_eq(last_fault()->line, 2);
	cr_assert_eq(last_fault()->column, 11);
}

Test(shape, an_odd_key_is_quoted_in_the_path)
{
	cr_assert_str_eq(refused(CONFIG("\"annotations\":{\"odd key\\n\":7}")),
			 "config.json: annotations[\"odd key\\n\"]: expected a string, got 7");
	cr_assert_eq(last_fault()->column, 75);
}

#define TEN "aaaaaaaaaa"

Test(shape, a_long_value_is_cut_between_characters)
{
	cr_assert_str_eq(refused(CONFIG("\"mounts\":\"" TEN TEN TEN TEN TEN TEN TEN
					"aaaa\xc3\xa9\xc3\xa9\xc3\xa9\"")),
			 "config.json: mounts: expected a list of objects, got \"" TEN TEN TEN TEN
				 TEN TEN TEN "aaaa...");
}

Test(shape, a_misspelt_required_key_gets_advice)
{
	refused(CONFIG("\"mounts\":[{\"desination\":\"/a\"}]"));
	cr_assert_str_eq(last_fault()->hint,
			 "it has \"desination\": did you mean \"destination\"?");
}

Test(shape, a_wrong_value_is_told_what_the_field_is_for)
{
	refused(CONFIG("\"linux\":{\"resources\":{\"memory\":{\"limit\":\"512M\"}}}"));
	cr_assert_str_eq(last_fault()->hint, "limit is: bytes");
}

Test(shape, null_is_absent)
{
	struct spec *spec = parsed(CONFIG("\"process\":null,\"hooks\":{\"prestart\":null},"
					  "\"linux\":{\"seccomp\":null,\"namespaces\":null}"));

	cr_assert_null(spec->process);
	cr_assert_eq(spec->hooks.prestart.count, 0);
	cr_assert(spec->linux.given);
	cr_assert_not(spec->linux.seccomp.given);
}

Test(shape, an_empty_optional_string_is_absent)
{
	struct spec *spec = parsed(CONFIG("\"hostname\":\"\",\"linux\":{\"cgroupsPath\":\"\","
					  "\"rootfsPropagation\":\"\"}"));

	cr_assert_null(spec->hostname);
	cr_assert_null(spec->linux.cgroups_path);
	cr_assert_eq(spec->linux.rootfs_propagation, 0);
}

Test(shape, of_two_equal_keys_the_last_counts)
{
	cr_assert_str_eq(parsed(CONFIG("\"root\":{\"path\":\"other\"}"))->root.path, "other");
	refused(CONFIG("\"mounts\":[],\n\"mounts\":7"));
	cr_assert_eq(last_fault()->line, 2);
}

Test(shape, a_list_of_strings_is_an_argv)
{
	struct spec *spec = parsed(CONFIG("\"process\":{\"cwd\":\"/\",\"args\":[\"sh\",\"-c\"]}"));

	cr_assert_eq(spec->process->args.count, 2);
	cr_assert_str_eq(spec->process->args.at[1], "-c");
	cr_assert_null(spec->process->args.at[2]);
	cr_assert_null(spec->process->env.at);
}

Test(shape, integers_beyond_63_bits_stay_exact)
{
	struct spec *spec = parsed(
		CONFIG("\"other\":[1.5,-99999999999999999999,\"18446744073709551615\"],"
		       "\"process\":{\"cwd\":\"/\",\"args\":[\"x\"],\"rlimits\":["
		       "{\"type\":\"RLIMIT_CORE\",\"hard\":18446744073709551615,\"soft\":7},"
		       "{\"type\":\"RLIMIT_AS\",\"hard\":18446744073709551614,"
		       "\"soft\":9223372036854775808}]},"
		       "\"linux\":{\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":["
		       "{\"names\":[\"x\"],\"action\":\"SCMP_ACT_ERRNO\",\"args\":[{\"index\":5,"
		       "\"value\":9223372036854775807,\"valueTwo\":18446744073709551555,"
		       "\"op\":\"SCMP_CMP_MASKED_EQ\"}]}]}}"));
	const struct spec_rlimit *limits = spec->process->rlimits.at;
	const struct spec_seccomp_arg *arg = spec->linux.seccomp.syscalls.at[0].args.at;

	cr_assert_eq(limits[0].hard, UINT64_MAX);
	cr_assert_eq(limits[0].soft, 7);
	cr_assert_eq(limits[1].hard, UINT64_MAX - 1);
	cr_assert_eq(limits[1].soft, UINT64_C(9223372036854775808));
	cr_assert_eq(arg->value, INT64_MAX);
	cr_assert_eq(arg->value_two, UINT64_C(18446744073709551555));
	cr_assert_eq(arg->op, SECCOMP_OP_MASKED_EQ);
}

Test(shape, a_real_number_is_never_taken_for_a_large_integer)
{
	cr_assert_str_eq(
		refused(CONFIG("\"other\":18446744073709551615,\"process\":{\"cwd\":\"/\","
			       "\"rlimits\":[{\"type\":\"RLIMIT_AS\",\"soft\":0,\"hard\":0.0"
			       "}]}")),
		"config.json: process.rlimits[0].hard: expected an integer, got 0.0");
	cr_assert_str_eq(
		refused(CONFIG("\"other\":18446744073709551615,\"process\":{\"cwd\":\"/\","
			       "\"rlimits\":[{\"type\":\"RLIMIT_AS\",\"soft\":0,\"hard\":0e0"
			       "}]}")),
		"config.json: process.rlimits[0].hard: expected an integer, got 0e0");
}

Test(shape, a_syntax_error_behind_a_large_integer_keeps_its_column)
{
	cr_assert_str_eq(refused("{\"a\": 18446744073709551615, 7}"),
			 "config.json:1:29: string or '}' expected near '7'");
}

Test(shape, capabilities_become_bits_and_unknown_ones_are_kept)
{
	struct spec *spec =
		parsed(CONFIG("\"process\":{\"cwd\":\"/\",\"args\":[\"x\"],"
			      "\"capabilities\":{\"bounding\":[\"CAP_KILL\",\"CAP_NEW\","
			      "\"CAP_CHECKPOINT_RESTORE\"],\"ambient\":[]}}"));
	const struct spec_capabilities *caps = &spec->process->capabilities;

	cr_assert(caps->given && caps->bounding.given && caps->ambient.given);
	cr_assert_not(caps->effective.given);
	cr_assert_eq(caps->bounding.bits, UINT64_C(1) << 5 | UINT64_C(1) << 40);
	cr_assert_eq(caps->bounding.unknown.count, 1);
	cr_assert_str_eq(caps->bounding.unknown.at[0], "CAP_NEW");
}

Test(shape, a_hooks_empty_environment_differs_from_none)
{
	struct spec *spec = parsed(CONFIG("\"hooks\":{\"poststop\":[{\"path\":\"/a\",\"env\":[]},"
					  "{\"path\":\"/b\"},{\"path\":\"/c\",\"timeout\":5}]}"));
	const struct spec_hook *hooks = spec->hooks.poststop.at;

	cr_assert(hooks[0].env_given);
	cr_assert_not(hooks[1].env_given);
	cr_assert(hooks[2].timeout.given && hooks[2].timeout.value == 5);
}

Test(shape, words_become_the_kernels_numbers)
{
	struct spec *spec = parsed(CONFIG(
		"\"linux\":{\"namespaces\":[{\"type\":\"cgroup\"},{\"type\":\"user\",\"path\":"
		"\"/u\"}],\"devices\":[{\"type\":\"u\",\"path\":\"/dev/n\",\"major\":1,"
		"\"minor\":3,\"fileMode\":8630}],\"resources\":{\"devices\":[{\"allow\":true},"
		"{\"allow\":false,\"type\":\"b\",\"minor\":1}]},"
		"\"memoryPolicy\":{\"mode\":\"MPOL_WEIGHTED_INTERLEAVE\",\"nodes\":\"0\","
		"\"flags\":[\"MPOL_F_STATIC_NODES\"]},\"personality\":{\"domain\":\"LINUX32\"}}"));
	const struct spec_device_rule *rules = spec->linux.resources.devices.at;

	cr_assert_eq(spec->linux.namespaces.at[0].type, CLONE_NEWCGROUP);
	cr_assert_str_eq(spec->linux.namespaces.at[1].path, "/u");
	cr_assert_eq(spec->linux.devices.at[0].type, 'u');
	cr_assert_eq(spec->linux.devices.at[0].file_mode.value, 8630);
	cr_assert(rules[0].type == 'a' && rules[0].allow && !rules[0].major.given);
	cr_assert(rules[1].type == 'b' && rules[1].minor.given && rules[1].minor.value == 1);
	cr_assert_eq(spec->linux.memory_policy.mode, 6);
	cr_assert_eq(spec->linux.memory_policy.flags, 1 << 15);
	cr_assert_eq(spec->linux.personality.domain, 8);
}

Test(shape, objects_of_objects_become_lists_with_their_keys)
{
	struct spec *spec = parsed(CONFIG(
		"\"linux\":{\"namespaces\":[{\"type\":\"network\"}],"
		"\"netDevices\":{\"eth0\":{\"name\":\"in0\"},\"eth1\":{}},\"resources\":{"
		"\"rdma\":{\"mlx5_1\":{\"hcaHandles\":3}},\"unified\":{\"memory.high\":\"1\"}}}"));

	cr_assert_eq(spec->linux.net_devices.count, 2);
	cr_assert_str_eq(spec->linux.net_devices.at[0].name, "eth0");
	cr_assert_str_eq(spec->linux.net_devices.at[0].new_name, "in0");
	cr_assert_null(spec->linux.net_devices.at[1].new_name);
	cr_assert_str_eq(spec->linux.resources.rdma.at[0].device, "mlx5_1");
	cr_assert_eq(spec->linux.resources.rdma.at[0].hca_handles.value, 3);
	cr_assert_str_eq(spec->linux.resources.unified.at[0].key, "memory.high");
}

static size_t visited, undocumented;

static void count_row(const char *path, const struct shape_field *field, void *to)
{
	(void)to;
	visited++;
	undocumented += !*path || !*field->doc;
}

Test(shape, every_row_has_its_line_of_documentation)
{
	shape_visit(&spec_shape, "", count_row, NULL);
	cr_assert_eq(undocumented, 0);
	cr_assert_gt(visited, 200, "%zu", visited);
}
