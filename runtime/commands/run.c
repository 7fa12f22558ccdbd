/* run.c -- `caisson run`: create, start, and in the foreground wait and clean up. */
#include <errno.h>
#include <stdlib.h>
#include <sys/prctl.h>

#include "runtime/base/fault.h"
#include "runtime/build.h"
#include "runtime/command.h"
#include "runtime/destroy.h"
#include "runtime/interrupt.h"
#include "runtime/notify.h"
#include "runtime/plan.h"
#include "runtime/run.h"
#include "runtime/say.h"
#include "runtime/session.h"
#include "runtime/watch.h"

/* What the workload leaves behind comes to us and is reaped by watch(). */
static int become_subreaper(const struct arguments *arguments)
{
	if (arguments->no_subreaper || arguments->detach)
		return 0;
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		return fail(errno, "become a subreaper");
	return 0;
}

static int foreground(struct run *run)
{
	int status, gone;

	say_warnings();
	if (run->notify >= 0)
		watch_readiness(run->notify, run->plan->notify_socket);
	status = watch(run->pidfd, run->terminal.master);
	if (run->plan->arguments->keep)
		return status;
	gone = container_destroy(&run->record, &run->plan->cgroup);
	return status < 0 ? status : gone ? gone : status;
}

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

	if (!result && !arguments->detach)
		result = watch_prepare();
	if (!result)
		result = become_subreaper(arguments);
	if (result)
		return session_blame(&plan, result);
	run_begin(&run, &plan);
	result = session_walk(&build_list, &run);
	if (result)
		return result;
	return arguments->detach ? detached(&run) : foreground(&run);
}
