/* kill.c -- `caisson kill`: a signal for the container's first process, or for all of them.
 *
 * In a pid namespace of its own the first process takes the others with it when it is killed
 * (pid_namespaces(7)). In a shared one it does not, and the others may outlive it: there KILL is
 * for all, whether the first one still lives or not.
 *
 * Engines match `container not running`. */
#include <errno.h>
#include <signal.h>

#include "runtime/base/debug.h"
#include "runtime/base/fault.h"
#include "runtime/base/owned.h"
#include "runtime/base/proc.h"
#include "runtime/command.h"
#include "runtime/life.h"
#include "runtime/record.h"
#include "runtime/signals.h"

static int not_running(void)
{
	return refuse(ESRCH, "container not running");
}

/* How many processes were there to be signalled, or a negative errno. */
static ssize_t signal_all(const struct record *record, int signal)
{
	struct cgroup cgroup = { 0 };
	pid_t *pids;
	ssize_t count;
	int result;

	if (!record->cgroups.count || !record_of_this_boot(record))
		return 0;
	result = cg_reopen(&cgroup, &record->cgroups, record->driver, record->arena);
	if (result < 0)
		return result;
	count = cg_pids(&cgroup, record->arena, &pids);
	if (count <= 0 || signal == 0)
		return count;
	result = signal == SIGKILL ? cg_kill(&cgroup) : cg_signal(&cgroup, signal);
	return result < 0 ? result : count;
}

static int let_die(const struct record *record)
{
	struct cgroup cgroup = { 0 };
	int result = cg_reopen(&cgroup, &record->cgroups, record->driver, record->arena);

	if (!result)
		cg_let_die(&cgroup);
	return result;
}

static int signal_first(const struct record *record, int signal)
{
	int result;
	autoclose int pidfd = record_of_this_boot(record) ? process_open(&record->init) : -ESRCH;

	if (pidfd == -ESRCH)
		return not_running();
	if (pidfd < 0)
		return fail(pidfd, "open process %d", record->init.pid);
	debug("signal %d to process %d", signal, record->init.pid);
	result = pidfd_signal(pidfd, signal);
	if (result == -ESRCH)
		return not_running();
	if (result < 0)
		return fail(result, "send signal %d to process %d", signal, record->init.pid);
	return signal == SIGKILL ? let_die(record) : 0;
}

int command_kill(const struct globals *globals, const struct arguments *arguments)
{
	struct records records;
	struct record record;
	ssize_t signalled = 0;
	bool for_all;
	int result, signal;

	result = record_find(&record, &records, globals->root, arguments->id, RECORD_LOOK,
			     globals->arena);
	if (result < 0)
		return result;
	signal = arguments->rest.count ? signal_number(arguments->rest.at[0]) : SIGTERM;
	if (signal < 0)
		return signal;
	for_all = arguments->all || (signal == SIGKILL && !record.own_pid_namespace);
	if (for_all)
		signalled = signal_all(&record, signal);
	if (signalled < 0)
		return (int)signalled;
	/* containerd's shim sends `kill --all ID 9` to stopped containers and wants success. */
	if (signalled > 0)
		return 0;
	result = signal_first(&record, signal);
	return arguments->all && result == -ESRCH ? 0 : result;
}
