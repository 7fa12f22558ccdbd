/* ps.c -- `caisson ps`: the processes of a container.
 *
 * As JSON their pids. As a table what ps(1) of the host has to say about them: it is run with the
 * user's options, and the lines whose PID column holds one of the container's pids are printed.
 *
 * Does not look into the container: pids are the host's. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"
#include "runtime/command.h"
#include "runtime/life.h"
#include "runtime/record.h"

enum { ps_limit_bytes = 16 * 1024 * 1024 };

static char **ps_argv(const struct strings *options, struct arena *arena)
{
	char **argv = arena_array(arena, options->count + 3, sizeof *argv);

	argv[0] = (char *)"ps";
	if (options->count)
		memcpy(argv + 1, options->at, options->count * sizeof *argv);
	else
		argv[1] = (char *)"-ef";
	return argv;
}

static int wait_for(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Runs ps(1); its output, errors included, lands in the arena. */
static int run_ps(char **argv, char **output, struct arena *arena)
{
	int ends[2], status;
	ssize_t length;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return fail(errno, "make a pipe for ps");
	autoclose int from = ends[0];
	autoclose int to = ends[1];
	fflush(stdout);
	child = fork();
	if (child < 0)
		return fail(errno, "start ps");
	if (child == 0) {
		if (dup2(to, STDOUT_FILENO) >= 0 && dup2(to, STDERR_FILENO) >= 0)
			execv("/bin/ps", argv);
		dprintf(STDERR_FILENO, "/bin/ps: %s", strerror(errno));
		_exit(127);
	}
	close(take(&to));
	length = read_all(from, arena, output, ps_limit_bytes);
	/* It must not wait for a reader when we gave up. */
	close(take(&from));
	status = wait_for(child);
	if (length < 0)
		return fail((int)length, "read what ps has to say");
	if (status != 0)
		return refuse(EIO, "ps ended with status %d: %s", status, *output);
	return 0;
}

/* ---- the table ------------------------------------------------------------------------------- */

/* The word number `index` of a line, or NULL. Gives its length. */
static const char *word_of(const char *line, size_t index, size_t *length)
{
	for (;;) {
		line += strspn(line, " \t");
		*length = strcspn(line, " \t");
		if (!*length || !index--)
			return *length ? line : NULL;
		line += *length;
	}
}

static int find_pid_column(const char *header, size_t *column)
{
	size_t length;
	const char *word;

	for (*column = 0; (word = word_of(header, *column, &length)); ++*column) {
		if (length == 3 && !memcmp(word, "PID", 3))
			return 0;
	}
	return advise(refuse(EINVAL, "couldn't find PID field in ps output"),
		      "the options for ps must leave a PID column");
}

static bool is_about(const char *line, size_t column, const pid_t *pids, ssize_t count)
{
	size_t length;
	const char *word = word_of(line, column, &length);
	long pid = word ? strtol(word, NULL, 10) : 0;

	for (ssize_t i = 0; i < count; i++) {
		if (pids[i] == pid)
			return true;
	}
	return false;
}

static int print_table(char *output, const pid_t *pids, ssize_t count)
{
	char *rest, *line = strtok_r(output, "\n", &rest);
	size_t column;
	int result = find_pid_column(line ? line : "", &column);

	if (result < 0)
		return result;
	puts(line);
	while ((line = strtok_r(NULL, "\n", &rest))) {
		if (is_about(line, column, pids, count))
			puts(line);
	}
	return 0;
}

/* ---- the command ----------------------------------------------------------------------------- */

static void print_json(const pid_t *pids, ssize_t count)
{
	putchar('[');
	for (ssize_t i = 0; i < count; i++)
		printf("%s%d", i ? "," : "", pids[i]);
	puts("]");
}

static ssize_t find_pids(const struct record *record, pid_t **pids)
{
	struct cgroup cgroup = { 0 };
	int result;

	if (!record_of_this_boot(record))
		return 0;
	if (!record->cgroups.count) {
		*pids = arena_new(record->arena, pid_t);
		**pids = record->init.pid;
		return process_alive(&record->init) ? 1 : 0;
	}
	result = cg_reopen(&cgroup, &record->cgroups, record->driver, record->arena);
	return result < 0 ? result : cg_pids(&cgroup, record->arena, pids);
}

int command_ps(const struct globals *globals, const struct arguments *arguments)
{
	struct records records;
	struct record record;
	pid_t *pids = NULL;
	char *output;
	ssize_t count;
	int result = record_find(&record, &records, globals->root, arguments->id, RECORD_LOOK,
				 globals->arena);

	if (result < 0)
		return result;
	count = find_pids(&record, &pids);
	if (count < 0)
		return (int)count;
	if (arguments->format && !strcmp(arguments->format, "json")) {
		print_json(pids, count);
		return 0;
	}
	result = run_ps(ps_argv(&arguments->rest, globals->arena), &output, globals->arena);
	return result < 0 ? result : print_table(output, pids, count);
}
