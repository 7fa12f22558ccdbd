/* rules_process.c -- rules for the process (config.md, "Process"). */
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

static int check_scheduler(const struct spec_process *process, const char *path)
{
	return rules_scheduler(&process->scheduler, path);
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
