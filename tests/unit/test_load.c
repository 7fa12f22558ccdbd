/* test_load.c -- files become specs, and messages name the file. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "runtime/base/owned.h"
#include "specs/load.h"

static struct arena arena;
static char folder[] = "/tmp/test_load.XXXXXX";

static void enter_folder(void)
{
	cr_assert_not_null(mkdtemp(folder));
	cr_assert_eq(chdir(folder), 0);
}

static void leave_folder(void)
{
	unlink("config.json");
	cr_assert_eq(chdir("/"), 0);
	cr_assert_eq(rmdir(folder), 0);
}

static void write_file(const char *text)
{
	autoclose int fd = open("config.json", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

TestSuite(load, .init = enter_folder, .fini = leave_folder);

Test(load, a_missing_file_says_so)
{
	struct spec spec;

	cr_assert_eq(spec_load(&spec, "config.json", &arena), -ENOENT);
	cr_assert_str_eq(last_fault()->what, "open config.json: No such file or directory");
}

Test(load, a_folder_is_no_file)
{
	struct spec spec;

	cr_assert_eq(spec_load(&spec, ".", &arena), -EISDIR);
	cr_assert_str_eq(last_fault()->what, "read .: Is a directory");
}

Test(load, a_file_of_more_than_16_MiB_is_refused)
{
	struct spec spec;

	write_file("");
	cr_assert_eq(truncate("config.json", 16 * 1024 * 1024 + 1), 0);
	cr_assert_eq(spec_load(&spec, "config.json", &arena), -EFBIG);
	cr_assert_str_eq(last_fault()->what, "config.json: larger than 16 MiB");
}

Test(load, endless_nesting_is_refused)
{
	enum { depth = 1000000 };
	char *text = malloc(depth + 1);
	struct spec spec;

	memset(text, '[', depth);
	text[depth] = '\0';
	cr_assert_eq(spec_parse(&spec, text, depth, "config.json", &arena), -EINVAL);
	cr_assert_str_eq(last_fault()->what,
			 "config.json:1:2049: maximum parsing depth reached near '['");
	free(text);
}

Test(load, a_refusal_knows_line_and_column)
{
	struct spec spec;

	write_file("{\n \"ociVersion\": \"1.3.0\",\n \"root\": {\n  \"path\": 7 }\n}\n");
	cr_assert_eq(spec_load(&spec, "config.json", &arena), -EINVAL);
	cr_assert_str_eq(last_fault()->what, "config.json: root.path: expected a string, got 7");
	cr_assert_eq(last_fault()->line, 4);
	cr_assert_eq(last_fault()->column, 11);
}

Test(load, a_later_fault_is_found_in_the_file)
{
	write_file("{\n \"mounts\": [ {},\n   { \"type\": \"x\" } ]\n}\n");
	blame(fail(EPERM, "mount x"), "mounts[1]");
	spec_locate("config.json");
	cr_assert_str_eq(last_fault()->what, "mount x: Operation not permitted");
	cr_assert_eq(last_fault()->line, 3);
	cr_assert_eq(last_fault()->column, 4);
}

Test(load, a_process_alone_is_loaded_and_checked)
{
	struct spec_process process;

	write_file("{\"cwd\":\"/\",\"args\":[\"id\"],\"user\":{\"uid\":5}}");
	cr_assert_eq(spec_load_process(&process, "config.json", &arena), 0);
	cr_assert_eq(process.user.uid, 5);
	write_file("{\"cwd\":\"/\",\"args\":[]}");
	cr_assert_eq(spec_load_process(&process, "config.json", &arena), -EINVAL);
	cr_assert_str_eq(last_fault()->what, "config.json: args: at least one entry is required");
}

Test(load, resources_alone_are_loaded_and_checked)
{
	struct spec_resources resources;

	write_file("{\"pids\":{\"limit\":5}}");
	cr_assert_eq(spec_load_resources(&resources, "config.json", &arena), 0);
	cr_assert(resources.given && resources.pids.limit.value == 5);
	write_file("{\"memory\":{\"limit\":\"5\"}}");
	cr_assert_eq(spec_load_resources(&resources, "config.json", &arena), -EINVAL);
	cr_assert_str_eq(last_fault()->what,
			 "config.json: memory.limit: expected an integer, got \"5\"");
}

Test(load, a_dash_is_the_standard_input)
{
	struct spec_resources resources;

	write_file("{\"pids\":{\"limit\":true}}");
	autoclose int fd = open("config.json", O_RDONLY | O_CLOEXEC);
	cr_assert_eq(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	cr_assert_eq(spec_load_resources(&resources, "-", &arena), -EINVAL);
	cr_assert_str_eq(last_fault()->what,
			 "standard input: pids.limit: expected an integer, got true");
}

static char told[256];

static void note(const char *path, const char *nearest, void *to)
{
	size_t used = strlen(told);

	(void)to;
	snprintf(told + used, sizeof told - used, "%s->%s ", path, nearest ? nearest : "?");
}

Test(load, unknown_keys_are_told_on_request_with_the_nearest_known_one)
{
	write_file("{\"ociVersion\":\"1.3.0\",\"root\":{\"path\":\"/r\",\"readOnly\":true},"
		   "\"linux\":{\"rootfsPropogation\":\"slave\",\"x\":{}},\"windows\":{}}");
	cr_assert_eq(spec_unknown_keys("config.json", &arena, note, NULL), 0);
	cr_assert_str_eq(told, "root.readOnly->readonly linux.rootfsPropogation->rootfsPropagation "
			       "linux.x->? windows->? ");
}

/* config.md, "Configuration Schema Example". */
static const char example[] =
#include "tests/unit/spec_example.h"
	;

Test(load, the_specs_own_example_is_read_whole)
{
	struct spec spec;

	cr_assert_eq(spec_parse(&spec, example, strlen(example), "config.json", &arena), 0, "%s",
		     last_fault()->what);
	cr_assert_str_eq(spec.oci_version, "1.0.1");
	cr_assert_str_eq(spec.hostname, "slartibartfast");
	cr_assert(spec.process->terminal && spec.process->no_new_privileges.value);
	cr_assert_eq(spec.process->user.additional_gids.count, 2);
	cr_assert_eq(spec.process->rlimits.count, 2);
	cr_assert_eq(spec.process->oom_score_adj.value, 100);
	cr_assert_eq(spec.process->io_priority.class, 3);
	cr_assert_eq(spec.mounts.count, 7);
	cr_assert_str_eq(spec.mounts.at[2].options.at[5], "gid=5");
	cr_assert_eq(spec.hooks.prestart.count, 2);
	cr_assert_eq(spec.hooks.poststart.at[0].timeout.value, 5);
	cr_assert_eq(spec.linux.devices.at[1].minor.value, 0);
	cr_assert_eq(spec.linux.uid_mappings.at[0].size, 32000);
	cr_assert_eq(spec.linux.resources.devices.count, 3);
	cr_assert_eq(spec.linux.resources.memory.kernel.value, -1);
	cr_assert_eq(spec.linux.resources.cpu.idle.value, 1);
	cr_assert_str_eq(spec.linux.resources.cpu.cpus, "2-3");
	cr_assert_eq(spec.linux.resources.hugepage_limits.at[0].limit,
		     UINT64_C(9223372036854772000));
	cr_assert_eq(spec.linux.resources.network.priorities.at[1].priority, 1000);
	cr_assert_eq(spec.linux.resources.block_io.throttle_write_iops.at[0].rate, 300);
	cr_assert_eq(spec.linux.namespaces.count, 8);
	cr_assert_eq(spec.linux.time_offsets.boottime.secs, 604800);
	cr_assert_eq(spec.linux.seccomp.architectures.count, 2);
	cr_assert_eq(spec.linux.masked_paths.count, 4);
	cr_assert_eq(spec.annotations.count, 2);
}

/* Every other example of config.md and config-linux.md, as a member of the object it belongs to. */
static const struct {
	const char *before, *after;
	const char *text;
} fragments[] = {
#include "tests/unit/spec_fragments.h"
};

Test(load, every_example_in_the_specs_text_is_read)
{
	for (size_t i = 0; i < sizeof fragments / sizeof *fragments; i++) {
		char *text = arena_format(
			&arena, "{\"ociVersion\":\"1.3.0\",\"root\":{\"path\":\"r\"},%s%s%s}",
			fragments[i].before, fragments[i].text, fragments[i].after);
		struct spec spec;

		cr_expect_eq(spec_parse(&spec, text, strlen(text), "config.json", &arena), 0,
			     "%s\n%s", last_fault()->what, text);
	}
}
