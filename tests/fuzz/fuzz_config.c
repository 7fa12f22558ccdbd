/* fuzz_config.c -- any bytes as config.json: planned or refused, never worse.
 *
 * Whatever happens, a refusal has a sentence, an accepted config passes every rule again, and
 * planning changes nothing on this host: nothing here makes a namespace, a mount or a cgroup.
 *
 * The bundle is a folder beside this program, with an empty root file system in it. What else a plan
 * depends on (create or run, who asks, who makes the cgroup) follows from the number of bytes. */
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "runtime/plan.h"
#include "specs/check.h"
#include "specs/load.h"

int LLVMFuzzerInitialize(int *count, char ***words);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static char bundle[PATH_MAX];

int LLVMFuzzerInitialize(int *count, char ***words)
{
	char program[PATH_MAX], rootfs[PATH_MAX + 8];

	(void)count;
	if (!realpath((*words)[0], program))
		abort();
	*strrchr(program, '/') = '\0';
	if (snprintf(bundle, sizeof bundle, "%s/bundle", program) >= (int)sizeof bundle)
		abort();
	snprintf(rootfs, sizeof rootfs, "%s/rootfs", bundle);
	mkdir(bundle, 0755);
	mkdir(rootfs, 0755);
	return 0;
}

static void swallow(const char *sentence)
{
	(void)sentence;
}

static int plan_it(const struct spec *spec, size_t size, struct arena *arena)
{
	struct inherit inherit = { .end = inherit_first };
	struct globals globals = { .arena = arena,
				   .inherit = &inherit,
				   .cgroup_manager = size & 4 ? "disabled" : NULL };
	struct arguments arguments = { .id = "fuzz" };
	struct plan plan = {
		.arena = arena,
		.id = "fuzz",
		.bundle = bundle,
		.spec = *spec,
		.globals = &globals,
		.arguments = &arguments,
		.inherit = &inherit,
		.rootless = size & 2,
		.gated = size & 1,
		.records = { .path = "/run/caisson-fuzz", .fd = -1 },
	};
	/* A plan's descriptors live as long as its process; here that is one input. */
	int first = dup(STDIN_FILENO);
	int result = plan_spec(&plan);

	close_range((unsigned)first, ~0u, 0);
	return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena arena = { 0 };
	struct spec spec;
	int result;

	send_warnings_to(swallow);
	forget_fault();
	result = spec_parse(&spec, (const char *)bytes, size, "config.json", &arena);
	if (!result && spec_check(&spec))
		abort();
	if (!result)
		result = plan_it(&spec, size, &arena);
	if (result < 0 && !*last_fault()->what)
		abort();
	arena_free(&arena);
	return 0;
}
