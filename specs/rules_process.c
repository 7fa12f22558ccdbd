/* rules_process.c -- rules for the process (config.md, "Process"). */
#include <linux/sched.h>
#include <stdio.h>
#include <string.h>

#include "runtime/base/fault.h"
#include "runtime/base/words.h"
#include "specs/rules.h"
#include "specs/vocabulary.h"

static int check_command(const struct spec_process *process, const char *path)
{
	if (*process->cwd != '/')
		return broken(at("%scwd", path), "expected an absolute path, got %s",
			      shown(process->cwd));
	if (!process->args.count)
		return broken(at("%sargs", path), "at least one entry is required");
	for (size_t i = 0; i < process->env.count; i++) {
		const char *entry = process->env.at[i];

		/* execve(2) would pass anything on; getenv(3) could never find it. */
		if (*entry == '=' || !strchr(entry, '='))
			return broken(at("%senv[%zu]", path, i), "expected NAME=value, got %s",
				      shown(entry));
	}
	return 0;
}

static int check_console(const struct spec_process *process, const char *path)
{
	const struct spec_console_size *size = &process->console_size;

	if (!process->terminal || !size->given) /* MUST be ignored then */
		return 0;
	if (size->height > UINT16_MAX)
		return broken(at("%sconsoleSize.height", path),
			      "expected at most 65535 (struct winsize), got %u", size->height);
	if (size->width > UINT16_MAX)
		return broken(at("%sconsoleSize.width", path),
			      "expected at most 65535 (struct winsize), got %u", size->width);
	return 0;
}

static int check_rlimits(const struct spec_process *process, const char *path)
{
	for (size_t i = 0; i < process->rlimits.count; i++) {
		const struct spec_rlimit *limit = &process->rlimits.at[i];

		if (limit->soft > limit->hard)
			return broken(at("%srlimits[%zu].soft", path, i),
				      "expected at most the hard limit, %llu, got %llu",
				      (unsigned long long)limit->hard,
				      (unsigned long long)limit->soft);
		for (size_t j = 0; j < i; j++) {
			if (process->rlimits.at[j].type == limit->type)
				return broken(at("%srlimits[%zu].type", path, i),
					      "%s is limited by entry %zu already",
					      word_name(spec_rlimit_words, limit->type), j);
		}
	}
	return 0;
}

static int check_deadline(const struct spec_scheduler *scheduler, const char *path)
{
	const uint64_t shortest = 1024; /* nanoseconds; sched(7), "SCHED_DEADLINE" */

	if (scheduler->runtime < shortest)
		return broken(at("%sscheduler.runtime", path),
			      "expected at least %llu nanoseconds with SCHED_DEADLINE, got %llu",
			      (unsigned long long)shortest, (unsigned long long)scheduler->runtime);
	if (scheduler->deadline < scheduler->runtime)
		return broken(at("%sscheduler.deadline", path),
			      "expected at least the runtime, %llu, got %llu",
			      (unsigned long long)scheduler->runtime,
			      (unsigned long long)scheduler->deadline);
	if (scheduler->period && scheduler->period < scheduler->deadline)
		return broken(at("%sscheduler.period", path),
			      "expected at least the deadline, %llu, got %llu",
			      (unsigned long long)scheduler->deadline,
			      (unsigned long long)scheduler->period);
	return 0;
}

static int check_priority(const struct spec_scheduler *scheduler, const char *path,
			  const char *policy)
{
	bool realtime = scheduler->policy == SCHED_FIFO || scheduler->policy == SCHED_RR;

	if (realtime && (scheduler->priority < 1 || scheduler->priority > 99))
		return broken(at("%sscheduler.priority", path), "expected 1 to 99 with %s, got %d",
			      policy, scheduler->priority);
	if (!realtime && scheduler->priority)
		return broken(at("%sscheduler.priority", path),
			      "only SCHED_FIFO and SCHED_RR have a priority, not %s", policy);
	return 0;
}

static int check_scheduler(const struct spec_process *process, const char *path)
{
	const struct spec_scheduler *scheduler = &process->scheduler;
	const char *policy = word_name(spec_scheduler_words, scheduler->policy);
	int result = 0;

	if (!scheduler->given)
		return 0;
	result = check_priority(scheduler, path, policy);
	if (result < 0)
		return result;
	if (scheduler->nice && scheduler->policy != SCHED_NORMAL &&
	    scheduler->policy != SCHED_BATCH)
		return broken(at("%sscheduler.nice", path),
			      "only SCHED_OTHER and SCHED_BATCH have a nice value, not %s", policy);
	if (scheduler->nice < -20 || scheduler->nice > 19)
		return broken(at("%sscheduler.nice", path), "expected -20 to 19, got %d",
			      scheduler->nice);
	if (scheduler->policy == SCHED_DEADLINE)
		return check_deadline(scheduler, path);
	if (scheduler->runtime || scheduler->deadline || scheduler->period)
		return broken(at("%sscheduler", path),
			      "only SCHED_DEADLINE has runtime, deadline and period, not %s",
			      policy);
	return 0;
}

static int check_affinity(const struct spec_process *process, const char *path)
{
	const struct spec_exec_cpu_affinity *affinity = &process->exec_cpu_affinity;

	if (affinity->initial && !rules_is_cpu_list(affinity->initial))
		return broken(at("%sexecCPUAffinity.initial", path),
			      "expected a list of CPUs such as 0-3,7, got %s",
			      shown(affinity->initial));
	if (affinity->final && !rules_is_cpu_list(affinity->final))
		return broken(at("%sexecCPUAffinity.final", path),
			      "expected a list of CPUs such as 0-3,7, got %s",
			      shown(affinity->final));
	return 0;
}

static void warn_of_windows(const struct spec_process *process, const char *path)
{
	if (process->user.username)
		warn("%suser.username is for Windows and ignored here; uid and gid count", path);
	if (process->command_line)
		warn("%scommandLine is for Windows and ignored here; args counts", path);
}

int rules_process(const struct spec_process *process, const char *path)
{
	static int (*const checks[])(const struct spec_process *, const char *) = {
		check_command, check_console, check_rlimits, check_scheduler, check_affinity,
	};

	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
		int result = checks[i](process, path);

		if (result < 0)
			return result;
	}
	warn_of_windows(process, path);
	return 0;
}
