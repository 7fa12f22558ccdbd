/* test_write.c -- the default config, and features that claim no more than is read. */
#include <criterion/criterion.h>
#include <stdbool.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "runtime/base/fault.h"
#include "specs/load.h"
#include "specs/write.h"

static struct arena arena;

static struct spec *default_spec(bool rootless)
{
	struct spec *spec = arena_new(&arena, struct spec);
	const char *text = spec_default(&arena, rootless, 1000, 4294967290u);

	cr_assert_eq(spec_parse(spec, text, strlen(text), "config.json", &arena), 0, "%s",
		     last_fault()->what);
	return spec;
}

static size_t warnings;

static void count(const char *sentence)
{
	(void)sentence;
	warnings++;
}

Test(write, the_default_config_passes_its_own_rules_in_silence)
{
	send_warnings_to(count);
	default_spec(false);
	default_spec(true);
	send_warnings_to(NULL);
	cr_assert_eq(warnings, 0);
}

Test(write, the_default_config_is_a_shell_with_few_rights)
{
	struct spec *spec = default_spec(false);
	const struct spec_process *process = spec->process;
	const uint64_t caps = UINT64_C(1) << 5 | UINT64_C(1) << 10 | UINT64_C(1) << 29;

	cr_assert_str_eq(spec->oci_version, "1.3.0");
	cr_assert_str_eq(spec->hostname, "caisson");
	cr_assert_str_eq(spec->root.path, "rootfs");
	cr_assert(spec->root.readonly);
	cr_assert(process->terminal && process->no_new_privileges.value);
	cr_assert_str_eq(process->args.at[0], "sh");
	cr_assert_str_eq(process->cwd, "/");
	cr_assert_str_eq(process->env.at[1], "TERM=xterm");
	cr_assert_eq(process->capabilities.bounding.bits, caps);
	cr_assert_eq(process->capabilities.effective.bits, caps);
	cr_assert_eq(process->capabilities.permitted.bits, caps);
	cr_assert_not(process->capabilities.inheritable.given);
	cr_assert_not(process->capabilities.ambient.given);
	cr_assert_eq(process->rlimits.at[0].hard, 1024);
	cr_assert_eq(spec->mounts.count, 7);
	cr_assert_not(spec->linux.resources.devices.at[0].allow);
	cr_assert_eq(spec->linux.masked_paths.count, 10);
	cr_assert_eq(spec->linux.readonly_paths.count, 5);
}

static bool has_mount_option(const struct spec_mount *mount, const char *name)
{
	for (size_t i = 0; i < mount->options.count; i++) {
		if (!strcmp(mount->options.at[i], name))
			return true;
	}
	return false;
}

Test(write, the_rootless_config_maps_the_caller_to_root)
{
	struct spec *spec = default_spec(true);

	cr_assert_eq(spec->linux.uid_mappings.at[0].host_id, 1000);
	cr_assert_eq(spec->linux.gid_mappings.at[0].host_id, 4294967290u);
	cr_assert_not(spec->linux.resources.given);
	cr_assert_str_eq(spec->mounts.at[5].source, "/sys");
	cr_assert(has_mount_option(&spec->mounts.at[5], "rbind"));
	cr_assert_not(has_mount_option(&spec->mounts.at[2], "gid=5"));
}

static bool any(const char *name)
{
	(void)name;
	return true;
}

static bool none(const char *name)
{
	(void)name;
	return false;
}

static const struct spec_support everything = { any, any };

static json_t *features(void)
{
	json_t *value = json_loads(spec_features(&arena, "0.1.0", "abc1234", &everything), 0, NULL);

	cr_assert_not_null(value);
	return value;
}

Test(write, features_name_every_word_that_is_read)
{
	json_t *value = features();
	json_t *linux_part = json_object_get(value, "linux");

	cr_assert_str_eq(json_string_value(json_object_get(value, "ociVersionMax")), "1.3.0");
	cr_assert_eq(json_array_size(json_object_get(value, "hooks")), 6);
	cr_assert_eq(json_array_size(json_object_get(value, "mountOptions")), 65);
	cr_assert_eq(json_array_size(json_object_get(linux_part, "namespaces")), 8);
	cr_assert_eq(json_array_size(json_object_get(linux_part, "capabilities")), 41);
	cr_assert_str_eq(json_string_value(json_object_get(json_object_get(value, "annotations"),
							   "io.github.caisson.commit")),
			 "abc1234");
	json_decref(value);
}

Test(write, features_claim_only_the_architectures_and_flags_that_work)
{
	static const struct spec_support nothing = { none, none };
	json_t *value = json_loads(spec_features(&arena, "0.1.0", "", &nothing), 0, NULL);
	json_t *seccomp = json_object_get(json_object_get(value, "linux"), "seccomp");

	cr_assert_eq(json_array_size(json_object_get(seccomp, "archs")), 0);
	cr_assert_eq(json_array_size(json_object_get(seccomp, "supportedFlags")), 0);
	cr_assert_eq(json_array_size(json_object_get(seccomp, "knownFlags")), 4);
	json_decref(value);
}

Test(write, features_without_a_commit_leave_it_out)
{
	json_t *value = json_loads(spec_features(&arena, "0.1.0", "", &everything), 0, NULL);

	cr_assert_eq(json_object_size(json_object_get(value, "annotations")), 1);
	json_decref(value);
}
