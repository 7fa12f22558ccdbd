/* run.c -- `caisson run`: create, start, and in the foreground wait and clean up. */
#include <stdlib.h>

#include "runtime/build.h"
#include "runtime/command.h"
#include "runtime/foreground.h"
#include "runtime/interrupt.h"
#include "runtime/notify.h"
#include "runtime/plan.h"
#include "runtime/run.h"
#include "runtime/session.h"

/* Whoever supervises us takes our end as readiness, as with `start`. */
static int detached(struct run *run)
{
	if (run->notify < 0)
		return 0;
	interrupt_end();
	return notify_forward(run->notify, run->plan->notify_socket, run->pidfd, run->pid);
}

int command_run(const struct globals *globals, const struct arguments *arguments)
{
	struct plan plan = { 0 };
	struct run run;
	int result = plan_container(&plan, globals, arguments, "run");

	if (!result)
		result = foreground_prepare(arguments);
	if (result)
		return session_blame(&plan, result);
	run_begin(&run, &plan);
	result = session_walk(&build_list, &run);
	if (result)
		return result;
	return arguments->detach ? detached(&run) : foreground(&run);
}
