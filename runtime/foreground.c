/* foreground.c -- wait for a container of ours, and free it. See foreground.h.
 *
 * The waiting itself is watch.c's, the freeing destroy.c's. */
#include "runtime/foreground.h"

#include <errno.h>
#include <sys/prctl.h>

#include "runtime/base/fault.h"
#include "runtime/destroy.h"
#include "runtime/plan.h"
#include "runtime/run.h"
#include "runtime/say.h"
#include "runtime/watch.h"

int foreground_prepare(const struct arguments *arguments)
{
	int result = arguments->detach ? 0 : watch_prepare();

	if (result || arguments->no_subreaper || arguments->detach)
		return result;
	/* What the workload leaves behind comes to us and is reaped by watch(). */
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		return fail(errno, "become a subreaper");
	return 0;
}

int foreground(struct run *run)
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
