/* fuzz_config.c -- any bytes as config.json: planned or refused, never worse.
 *
 * Whatever happens, a refusal has a sentence, an accepted config passes every rule again, and
 * planning changes nothing on this host: nothing here makes a namespace, a mount or a cgroup. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "runtime/plan.h"
#include "specs/check.h"
#include "specs/load.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void swallow(const char *sentence)
{
	(void)sentence;
}

static int plan_it(const struct spec *spec, struct arena *arena)
{
	struct inherit inherit = { .end = inherit_first };
	struct globals globals = { .arena = arena, .inherit = &inherit };
	struct arguments arguments = { .id = "fuzz" };
	struct plan plan = {
		.arena = arena,
		.id = "fuzz",
		.bundle = "/",
		.spec = *spec,
		.globals = &globals,
		.arguments = &arguments,
		.inherit = &inherit,
		.gated = true,
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
		result = plan_it(&spec, &arena);
	if (result < 0 && !*last_fault()->what)
		abort();
	arena_free(&arena);
	return 0;
}
