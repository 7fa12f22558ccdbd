/* helper.c -- a second program, carried inside this one and started when it is needed.
 *
 * See helper.h for what it is for. The bytes go into a memfd, which is sealed, so that what is
 * executed is what was linked; /proc/PID/exe of a helper leads to that copy and not to a file of
 * the host's (CVE-2019-5736). A helper is a child of ours: helper_end() must come before anybody
 * waits for children in general. Should we be killed, it sees its baton closed and ends.
 *
 * Does not know what helpers do. */
#include "runtime/base/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/base/baton.h"
#include "runtime/base/debug.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"
#include "runtime/base/proc.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif
#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif

enum { status_not_executed = 127 }; /* the dynamic loader's, too, when a library is missing */

/* vm.memfd_noexec, since 6.3, is of the pid namespace. Security modules say EACCES as well. */
static int memory_failed(int error, const char *what, const char *name)
{
	int result = fail(error, "%s %s", what, name);

	return error == EACCES ? advise(result, "it is executed from memory, which vm.memfd_noexec=2 "
						"or a security module forbids")
			       : result;
}

static int put_into_memory(const struct helper_program *program)
{
	const unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	const int seals = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;
	autoclose int memory = memfd_create(program->name, flags | MFD_EXEC);
	int result;

	if (memory < 0 && errno == EINVAL) /* before 6.3 all were executable */
		memory = memfd_create(program->name, flags);
	if (memory < 0)
		return memory_failed(errno, "make memory for the program", program->name);
	result = write_all(memory, program->begin, (size_t)(program->end - program->begin));
	if (!result && fcntl(memory, F_ADD_SEALS, seals) < 0)
		result = -errno;
	if (result)
		return fail(result, "put the program %s into memory", program->name);
	return take(&memory);
}

/* In the child. Everything goes above the fixed numbers first, so that nothing is overwritten that
 * is still to be placed. */
static _Noreturn void become(const struct helper_program *program, char *const argv[], int memory,
			     int baton, int given)
{
	const int above = helper_given + 1;
	char *const no_environment[] = { NULL };
	int result;

	memory = fcntl(memory, F_DUPFD_CLOEXEC, above);
	given = fcntl(given, F_DUPFD_CLOEXEC, above);
	baton = fcntl(baton, F_DUPFD_CLOEXEC, above);
	/* What a terminal sends (SIGINT) is for the runtime, which then undoes and needs us. */
	setsid();
	if (memory < 0 || given < 0 || baton < 0 || dup2(baton, helper_baton) < 0 ||
	    dup2(given, helper_given) < 0) {
		fail(errno, "hand descriptors to the program %s", program->name);
	} else {
		/* All of ours are close-on-exec: a second look, which kernels before 5.11 lack. */
		syscall(SYS_close_range, above, ~0U, CLOSE_RANGE_CLOEXEC);
		syscall(SYS_execveat, memory, "", argv, no_environment, AT_EMPTY_PATH);
		result = memory_failed(errno, "execute the program", program->name);
		if (result == -ENOENT)
			advise(result, "it needs a dynamic loader and %s", program->needs);
	}
	baton_send_fault(baton);
	_exit(status_not_executed);
}

static void tell_start(const struct helper_program *program, char *const argv[])
{
	char text[900];

	debug("start the program %s: %s", program->name,
	      debug_words(text, sizeof text, (const char *const *)argv));
}

int helper_start(struct helper *helper, const struct helper_program *program, char *const argv[],
		 int given)
{
	autoclose int memory = put_into_memory(program), pidfd = -1;
	struct clone_args args = {
		.flags = CLONE_PIDFD,
		.pidfd = (uintptr_t)&pidfd,
		.exit_signal = SIGCHLD,
	};
	int result, ends[2];
	pid_t pid;

	if (memory < 0)
		return memory;
	if (debug_wanted)
		tell_start(program, argv);
	result = baton_pair(ends);
	if (result)
		return result;
	pid = (pid_t)syscall(SYS_clone3, &args, sizeof args);
	if (pid == 0)
		become(program, argv, memory, ends[1], given);
	if (pid < 0)
		result = fail(errno, "make a process for the program %s", program->name);
	close(ends[1]);
	if (result)
		close(ends[0]);
	else
		*helper = (struct helper){ program, ends[0], take(&pidfd) };
	return result;
}

bool helper_runs(const struct helper *helper)
{
	return helper->pidfd >= 0;
}

/* It closed its end without a word, or said what it may not: it ends, now at the latest. */
static int gone(struct helper *helper)
{
	const struct helper_program *program = helper->program;
	int status;

	if (helper->baton >= 0)
		close(take(&helper->baton));
	status = pidfd_wait_end(helper->pidfd, -1) ? -1 : pidfd_peek(helper->pidfd);
	if (status == status_not_executed)
		return advise(refuse(ENOENT, "the program %s could not be loaded", program->name),
			      "it needs the shared library %s", program->needs);
	if (status > 128)
		return refuse(ECHILD, "the program %s was killed by signal %d (%s)", program->name,
			      status - 128, strsignal(status - 128));
	return refuse(ECHILD, "the program %s ended with status %d, too early", program->name,
		      status);
}

int helper_await(struct helper *helper)
{
	struct baton_gift gift = { .descriptor = -1 };
	enum baton_news news = baton_wait(helper->baton, -1, &gift);

	close_owned(&gift.descriptor);
	if (news == BATON_MINE)
		return 0;
	return news == BATON_FAULT ? -last_fault()->error : gone(helper);
}

int helper_ask(struct helper *helper)
{
	return baton_pass(helper->baton) < 0 ? gone(helper) : helper_await(helper);
}

void helper_end(struct helper *helper)
{
	if (!helper_runs(helper))
		return;
	if (helper->baton >= 0)
		close(take(&helper->baton));
	pidfd_reap(helper->pidfd);
	close(take(&helper->pidfd));
}

void helper_disown(struct helper *helper)
{
	if (helper->baton >= 0)
		close(take(&helper->baton));
	if (helper->pidfd >= 0)
		close(take(&helper->pidfd));
}
