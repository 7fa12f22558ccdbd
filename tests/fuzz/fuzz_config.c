/* fuzz_config.c -- any bytes as config.json: decoded or refused, never worse.
 *
 * Whatever happens, a refusal has a sentence, and an accepted config passes every rule again. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "runtime/base/fault.h"
#include "specs/check.h"
#include "specs/load.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void swallow(const char *sentence)
{
	(void)sentence;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena arena = { 0 };
	struct spec spec;
	int result;

	send_warnings_to(swallow);
	forget_fault();
	result = spec_parse(&spec, (const char *)bytes, size, "config.json", &arena);
	if (result < 0 && !*last_fault()->what)
		abort();
	if (!result && spec_check(&spec))
		abort();
	arena_free(&arena);
	return 0;
}
