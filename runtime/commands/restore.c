/* restore.c -- `caisson restore`: a container comes back; in the foreground wait and clean up. */
#include "runtime/restore.h"

#include "runtime/base/fault.h"
#include "runtime/command.h"
#include "runtime/foreground.h"
#include "runtime/plan.h"
#include "runtime/run.h"
#include "runtime/session.h"

int command_restore(const struct globals *globals, const struct arguments *arguments)
{
	struct plan plan = { 0 };
	struct run run;
	int result = plan_container(&plan, globals, arguments, "restore");

	if (plan.rootless)
		warn("caisson restore is untested with rootless containers");
	if (!result)
		result = foreground_prepare(arguments);
	if (result)
		return session_blame(&plan, result);
	run_begin(&run, &plan);
	result = session_walk(&restore_list, &run);
	if (result || arguments->detach)
		return result;
	return foreground(&run);
}
