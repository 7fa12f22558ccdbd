/* run.c -- what has been done so far: at the beginning, nothing. See run.h. */
#include "runtime/run.h"

#include "runtime/plan.h"
#include "runtime/trace.h"

void run_begin(struct run *run, struct plan *plan)
{
	*run = (struct run){
		.plan = plan,
		.baton = -1,
		.pidfd = -1,
		.record = { .dir = -1 },
		.terminal = { .master = -1, .peer = -1 },
		.console_socket = -1,
		.gate = -1,
		.notify = -1,
		.netns = -1,
		.listener = -1,
		.procfs = -1,
		.hooks_output = { -1, -1 },
		.trace = plan->globals->trace ? trace_new() : NULL,
	};
	if (plan->process)
		run->user = plan->process->user;
}
