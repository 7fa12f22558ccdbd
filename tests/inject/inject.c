/* inject.c -- strikes a command at its N-th system call, counted over all its processes.
 *
 *	inject [-o REPORT] [-t SECONDS] count -- CMD [ARG...]
 *	inject ... kill-root N -- CMD     SIGKILL to CMD itself, whoever makes the call
 *	inject ... kill-self N -- CMD     SIGKILL to the process that makes it
 *	inject ... kill-tree N -- CMD     SIGKILL to all
 *	inject ... EPERM N -- CMD         the call is not made and gives that error (any name of errno)
 *
 * The exit status is CMD's, as a shell has it; 124 when it took longer than SECONDS (20), after
 * which everything is killed. One line says what was done, into REPORT or on stderr:
 *	count 412
 *	kill-root 17 mkdirat 4711
 *	missed 500 412			CMD made fewer calls than N
 *
 * Calls without effect on anything outside the process (futex, mmap, ...) do not count: programs
 * with threads make them at random. A process that calls execve with another root directory than
 * ours is the container's workload: it is let go and not counted. When CMD has ended, its other
 * processes are let go, too: `create` leaves one behind on purpose.
 *
 * strace(1) --inject counts for each process apart, and so cannot strike the parent at a call of
 * the child. */
#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef PTRACE_EVENT_STOP
#define PTRACE_EVENT_STOP 128
#endif

enum { most_tracees = 4096 };

static pid_t tracees[most_tracees];
static size_t tracee_count;

static enum mode { COUNT, KILL_ROOT, KILL_SELF, KILL_TREE, GIVE_ERROR } mode;
static const char *mode_name;
static int error_to_give;
static unsigned long at, counted;
static FILE *report;
static pid_t root;
static bool started;        /* root has become CMD */
static pid_t pretending;    /* whose call is not made, until it returns */
static volatile sig_atomic_t out_of_time;

static void give_up(const char *what)
{
	fprintf(stderr, "inject: %s: %s\n", what, strerror(errno));
	exit(125);
}

static void remember(pid_t tracee)
{
	for (size_t i = 0; i < tracee_count; i++) {
		if (tracees[i] == tracee)
			return;
	}
	if (tracee_count == most_tracees) {
		errno = E2BIG;
		give_up("follow every process");
	}
	tracees[tracee_count++] = tracee;
}

static void forget(pid_t tracee)
{
	for (size_t i = 0; i < tracee_count; i++) {
		if (tracees[i] == tracee)
			tracees[i] = tracees[--tracee_count];
	}
}

static bool counts(unsigned long call)
{
	static const unsigned long inward[] = {
		SYS_futex, SYS_mmap, SYS_munmap, SYS_mprotect, SYS_madvise, SYS_brk, SYS_mremap,
		SYS_sched_yield, SYS_sched_getaffinity, SYS_rt_sigaction, SYS_rt_sigprocmask,
		SYS_rt_sigreturn, SYS_sigaltstack, SYS_getpid, SYS_gettid, SYS_clock_gettime,
		SYS_clock_nanosleep, SYS_nanosleep, SYS_epoll_pwait, SYS_tgkill, SYS_getrandom,
		SYS_set_robust_list, SYS_rseq, SYS_set_tid_address, SYS_restart_syscall,
#ifdef SYS_epoll_wait
		SYS_epoll_wait, SYS_arch_prctl,
#endif
	};

	for (size_t i = 0; i < sizeof inward / sizeof *inward; i++) {
		if (inward[i] == call)
			return false;
	}
	return true;
}

static const char *name_of(unsigned long call)
{
	const char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, (int)call);

	return name ? name : "?";
}

/* The place of a register in struct user, for the two that make a call fail without being made. */
static void skip_call(pid_t tracee)
{
#if defined(__x86_64__)
	if (ptrace(PTRACE_POKEUSER, tracee, offsetof(struct user, regs.orig_rax), -1L) < 0)
		give_up("skip a system call");
	pretending = tracee;
#else
	(void)tracee;
	errno = ENOTSUP;
	give_up("give errors on this architecture");
#endif
}

static void give_error(pid_t tracee)
{
#if defined(__x86_64__)
	if (ptrace(PTRACE_POKEUSER, tracee, offsetof(struct user, regs.rax),
		   -(long)error_to_give) < 0)
		give_up("set a system call's result");
#endif
	pretending = 0;
}

static void strike(pid_t tracee, unsigned long call)
{
	fprintf(report, "%s %lu %s %d\n", mode_name, at, name_of(call), tracee);
	fflush(report);
	switch (mode) {
	case COUNT:
		break;
	case KILL_ROOT:
		kill(root, SIGKILL);
		break;
	case KILL_SELF:
		kill(tracee, SIGKILL);
		break;
	case KILL_TREE:
		for (size_t i = 0; i < tracee_count; i++)
			kill(tracees[i], SIGKILL);
		break;
	case GIVE_ERROR:
		skip_call(tracee);
		break;
	}
}

static void handle_call(pid_t tracee)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, tracee, sizeof info, &info) < 0)
		return; /* killed meanwhile */
	if (info.op == PTRACE_SYSCALL_INFO_EXIT && tracee == pretending)
		give_error(tracee);
	if (info.op != PTRACE_SYSCALL_INFO_ENTRY || !started || !counts(info.entry.nr))
		return;
	if (++counted == at && mode != COUNT)
		strike(tracee, info.entry.nr);
}

static bool has_another_root(pid_t tracee)
{
	struct stat ours, theirs;
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/root", tracee);
	return stat("/", &ours) == 0 && stat(path, &theirs) == 0 &&
	       (ours.st_dev != theirs.st_dev || ours.st_ino != theirs.st_ino);
}

/* What the tracee stopped for, and how it goes on. */
static void handle_stop(pid_t tracee, int status)
{
	int event = status >> 16, signal = WSTOPSIG(status);

	remember(tracee);
	if (signal == (SIGTRAP | 0x80)) {
		handle_call(tracee);
		signal = 0;
	} else if (event == PTRACE_EVENT_STOP && signal != SIGTRAP) {
		/* Stopped like any process, by SIGSTOP or the terminal: it stays so. */
		ptrace(PTRACE_LISTEN, tracee, 0, 0);
		return;
	} else if (event) {
		signal = 0;
	}
	if (event == PTRACE_EVENT_EXEC && tracee == root)
		started = true;
	if (event == PTRACE_EVENT_EXEC && has_another_root(tracee)) {
		ptrace(PTRACE_DETACH, tracee, 0, 0);
		forget(tracee);
		return;
	}
	ptrace(PTRACE_SYSCALL, tracee, 0, signal);
}

static pid_t start(char **argv)
{
	const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
			     PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
	int gate[2];
	char go = 0;
	pid_t child;

	if (pipe(gate) < 0 || (child = fork()) < 0)
		give_up("start");
	if (child == 0) {
		close(gate[1]);
		if (report != stderr)
			fclose(report);
		if (read(gate[0], &go, 1) != 1)
			_exit(125);
		close(gate[0]);
		execvp(argv[0], argv);
		fprintf(stderr, "inject: %s: %s\n", argv[0], strerror(errno));
		_exit(127);
	}
	close(gate[0]);
	if (ptrace(PTRACE_SEIZE, child, 0, options) < 0 || ptrace(PTRACE_INTERRUPT, child, 0, 0) < 0)
		give_up("trace");
	if (write(gate[1], &go, 1) != 1)
		give_up("start");
	close(gate[1]);
	return child;
}

static void mark_time(int signal)
{
	(void)signal;
	out_of_time = 1;
}

/* Until CMD itself has ended; its exit status. */
static int follow(void)
{
	for (;;) {
		int status;
		pid_t tracee = waitpid(-1, &status, __WALL);

		if (out_of_time) {
			for (size_t i = 0; i < tracee_count; i++)
				kill(tracees[i], SIGKILL);
			return 124;
		}
		if (tracee < 0 && errno == EINTR)
			continue;
		if (tracee < 0)
			give_up("wait");
		if (WIFSTOPPED(status)) {
			handle_stop(tracee, status);
			continue;
		}
		forget(tracee);
		if (tracee == root)
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	}
}

/* Each must stop before it can be let go. */
static void let_go(void)
{
	while (tracee_count) {
		pid_t tracee = tracees[0];
		int status;

		/* Waits for one that is stopped already, or dying, too. */
		if (ptrace(PTRACE_INTERRUPT, tracee, 0, 0) == 0 &&
		    waitpid(tracee, &status, __WALL) == tracee && WIFSTOPPED(status)) {
			int event = status >> 16, signal = WSTOPSIG(status);
			bool for_it = !event && signal != (SIGTRAP | 0x80);

			ptrace(PTRACE_DETACH, tracee, 0, for_it ? signal : 0);
		}
		forget(tracee);
	}
}

static int error_by_name(const char *name)
{
	for (int error = 1; error < 200; error++) {
		if (strerrorname_np(error) && !strcmp(strerrorname_np(error), name))
			return error;
	}
	return 0;
}

static void usage(void)
{
	fprintf(stderr, "usage: inject [-o REPORT] [-t SECONDS] count -- CMD [ARG...]\n"
			"       inject [-o REPORT] [-t SECONDS] kill-root|kill-self|kill-tree|ERRNO N "
			"-- CMD [ARG...]\n");
	exit(125);
}

static void read_mode(char **words, int count)
{
	static const char *const names[] = { "count", "kill-root", "kill-self", "kill-tree" };

	mode_name = count > 0 ? words[0] : "";
	mode = GIVE_ERROR;
	for (int i = 0; i < 4; i++) {
		if (!strcmp(names[i], mode_name))
			mode = (enum mode)i;
	}
	error_to_give = error_by_name(mode_name);
	if (mode == GIVE_ERROR && !error_to_give)
		usage();
	if (count != (mode == COUNT ? 1 : 2))
		usage();
	at = mode == COUNT ? 0 : strtoul(words[1], NULL, 10);
}

int main(int argc, char **argv)
{
	/* No SA_RESTART: the alarm has to end waitpid. */
	struct sigaction alarmed = { .sa_handler = mark_time };
	unsigned patience_s = 20;
	int option, words, status;

	report = stderr;
	while ((option = getopt(argc, argv, "+o:t:")) != -1) {
		if (option == 'o')
			report = fopen(optarg, "we");
		else if (option == 't')
			patience_s = (unsigned)atoi(optarg);
		else
			usage();
	}
	if (!report)
		give_up("open the report");
	for (words = 0; optind + words < argc && strcmp(argv[optind + words], "--"); words++)
		;
	if (optind + words + 1 >= argc)
		usage();
	read_mode(argv + optind, words);
	sigaction(SIGALRM, &alarmed, NULL);
	root = start(argv + optind + words + 1);
	alarm(patience_s);
	status = follow();
	let_go();
	if (mode == COUNT)
		fprintf(report, "count %lu\n", counted);
	else if (counted < at)
		fprintf(report, "missed %lu %lu\n", at, counted);
	return status;
}
