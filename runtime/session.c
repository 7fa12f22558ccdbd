/* session.c -- what create, run and exec have in common. See session.h. */
#include "runtime/session.h"

#include "runtime/base/fault.h"
#include "runtime/seal.h"
#include "runtime/trace.h"
#include "runtime/walk.h"
#include "specs/load.h"

int session_secure(const struct globals *globals, const struct arguments *arguments)
{
	int result = seal_program(globals->argv);

	if (!result)
		result = inherit_plan(globals->inherit, (unsigned)arguments->preserve_fds);
	return result ? result : inherit_start(globals->inherit);
}

int session_blame(const struct plan *plan, int result)
{
	struct fault *fault = last_fault();

	if (result && plan->config && fault->path[0] && !fault->line)
		spec_locate(plan->config);
	return result;
}

int session_walk(const struct step_list *list, struct run *run)
{
	const struct globals *globals = run->plan->globals;
	int result = session_blame(run->plan, walk(list, run));

	if (run->trace) {
		struct fault kept = *last_fault();
		int written = trace_write(run->trace, list, globals->trace, globals->trace_file);

		if (!result)
			return written;
		*last_fault() = kept;
	}
	return result;
}
