/* test_walk.c -- two processes, one list, one baton. */
#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "runtime/base/owned.h"
#include "runtime/base/proc.h"
#include "runtime/base/baton.h"
#include "runtime/plan.h"
#include "runtime/run.h"
#include "runtime/walk.h"

/* What was done, by either side, in order. */
static char *diary;
static struct globals globals;
static struct plan plan = { .globals = &globals };
static struct run run;

static void note(const char *text)
{
	strcat(diary, text);
}

static void begin(void)
{
	diary = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	plan.spawn = (struct ns_spawn){ .join_pidfd = -1, .cgroup = -1 };
	run_begin(&run, &plan);
}

static int spawn(struct run *r)
{
	int ends[2];

	cr_assert_eq(baton_pair(ends), 0);
	r->pid = ns_spawn(&r->plan->spawn, &r->pidfd);
	if (r->pid == 0) {
		close(ends[0]);
		r->baton = ends[1];
		walk_inside(r);
	}
	close(ends[1]);
	r->baton = ends[0];
	return 0;
}

static void unspawn(struct run *r)
{
	pidfd_signal(r->pidfd, SIGKILL);
	pidfd_reap(r->pidfd);
	note("-spawn ");
}

#define ROW(letter)                          \
	static int row_##letter(struct run *r) \
	{                                    \
		(void)r;                     \
		note(#letter " ");           \
		return 0;                    \
	}                                    \
	static void undo_##letter(struct run *r) \
	{                                    \
		(void)r;                     \
		note("-" #letter " ");       \
	}
ROW(a)
ROW(b)
#define ROW_ALONE(letter)                      \
	static int row_##letter(struct run *r) \
	{                                      \
		(void)r;                       \
		note(#letter " ");             \
		return 0;                      \
	}
ROW_ALONE(c)

static int exec_true(struct run *r)
{
	char name[] = "true", *argv[] = { name, NULL };

	note("exec ");
	baton_send_ready(r->baton);
	execv("/bin/true", argv);
	return fail(errno, "exec /bin/true");
}

static int breaks(struct run *r)
{
	(void)r;
	return advise(blame(fail(ENOSPC, "write %s", "it"), "linux.it"), "make room");
}

static int misses_the_inside(struct run *r)
{
	cr_expect_eq(pidfd_wait_end(r->pidfd, 5000), 0);
	return fail(ENOENT, "find the inside");
}

static int waits(struct run *r)
{
	(void)r;
	return pause();
}

static int dies(struct run *r)
{
	(void)r;
	return raise(SIGKILL);
}

static int warns(struct run *r)
{
	(void)r;
	warn("mind the gap");
	return 0;
}

static bool wants_nothing(const struct plan *p)
{
	(void)p;
	return false;
}

#define LIST(...)                                                     \
	static const struct step rows_here[] = { __VA_ARGS__ };       \
	const struct step_list list = { rows_here, sizeof rows_here / sizeof *rows_here }

Test(walk, the_rows_of_both_sides_run_in_the_order_of_the_list)
{
	LIST({ "a", "", HOST, .run = row_a }, { "spawn", "", HOST, .run = spawn, .undo = unspawn },
	     { "b", "", INSIDE, .run = row_b }, { "c", "", HOST, .run = row_c },
	     { "exec", "", INSIDE, .run = exec_true }, { "a", "", HOST, .run = row_a });

	begin();
	cr_assert_eq(walk(&list, &run), 0, "%s", last_fault()->what);
	cr_assert_str_eq(diary, "a b c exec a ");
	cr_assert_eq(pidfd_reap(run.pidfd), 0);
}

Test(walk, a_failure_inside_undoes_the_host_in_reverse_and_names_the_step)
{
	LIST({ "a", "", HOST, .run = row_a, .undo = undo_a },
	     { "spawn", "", HOST, .run = spawn, .undo = unspawn },
	     { "b", "", HOST, .run = row_b, .undo = undo_b },
	     { "breaks", "", INSIDE, .run = breaks }, { "c", "", HOST, .run = row_c });

	begin();
	cr_assert_eq(walk(&list, &run), -ENOSPC);
	cr_assert_str_eq(diary, "a b -b -spawn -a ");
	cr_assert_str_eq(last_fault()->what, "write it: No space left on device");
	cr_assert_str_eq(last_fault()->step, "breaks");
	cr_assert_str_eq(last_fault()->path, "linux.it");
	cr_assert_str_eq(last_fault()->hint, "make room");
	cr_assert_eq(waitpid(-1, NULL, WNOHANG), -1, "nobody is left");
}

Test(walk, a_failure_on_the_host_ends_the_inside)
{
	LIST({ "spawn", "", HOST, .run = spawn, .undo = unspawn },
	     { "a", "", INSIDE, .run = row_a }, { "breaks", "", HOST, .run = breaks },
	     { "b", "", INSIDE, .run = row_b });

	begin();
	cr_assert_eq(walk(&list, &run), -ENOSPC);
	cr_assert_str_eq(diary, "a -spawn ");
	cr_assert_eq(waitpid(-1, NULL, WNOHANG), -1, "nobody is left");
}

Test(walk, a_sudden_death_inside_is_told_with_its_signal)
{
	LIST({ "spawn", "", HOST, .run = spawn, .undo = unspawn },
	     { "dies", "", INSIDE, .run = dies }, { "a", "", HOST, .run = row_a });

	begin();
	cr_assert_eq(walk(&list, &run), -ECHILD);
	cr_assert_str_eq(last_fault()->what, "the container's first process was killed by signal 9 "
					     "(Killed) while it was being set up");
}

/* Only one of the two failed by itself. */
Test(walk, an_inside_that_has_ended_is_the_cause_of_what_the_host_meets_meanwhile)
{
	LIST({ "spawn", "", HOST, .run = spawn, .undo = unspawn },
	     { "misses", "", HOST, .meanwhile = true, .run = misses_the_inside },
	     { "breaks", "", INSIDE, .run = breaks }, { "a", "", HOST, .run = row_a });

	begin();
	cr_assert_eq(walk(&list, &run), -ENOSPC);
	cr_assert_str_eq(last_fault()->what, "write it: No space left on device");
	cr_assert_str_eq(last_fault()->step, "breaks");
	cr_assert_eq(waitpid(-1, NULL, WNOHANG), -1, "nobody is left");
}

Test(walk, what_the_host_meets_while_the_inside_works_is_its_own)
{
	LIST({ "spawn", "", HOST, .run = spawn, .undo = unspawn },
	     { "breaks", "", HOST, .meanwhile = true, .run = breaks },
	     { "waits", "", INSIDE, .run = waits }, { "a", "", HOST, .run = row_a });

	begin();
	cr_assert_eq(walk(&list, &run), -ENOSPC);
	cr_assert_str_eq(last_fault()->step, "breaks");
	cr_assert_str_eq(diary, "-spawn ");
}

Test(walk, a_row_that_failed_or_was_not_reached_is_not_undone)
{
	LIST({ "a", "", HOST, .run = row_a, .undo = undo_a },
	     { "breaks", "", HOST, .run = breaks, .undo = undo_b });
	static const struct step later[] = {
		{ "spawn", "", HOST, .run = spawn, .undo = unspawn },
		{ "breaks", "", INSIDE, .run = breaks },
		{ "b", "", HOST, .run = row_b, .undo = undo_b },
	};
	const struct step_list unreached = { later, 3 };

	begin();
	cr_assert_eq(walk(&list, &run), -ENOSPC);
	cr_assert_str_eq(diary, "a -a ");
	begin();
	cr_assert_eq(walk(&unreached, &run), -ENOSPC);
	cr_assert_str_eq(diary, "-spawn ");
}

Test(walk, an_unwanted_row_is_neither_run_nor_undone)
{
	LIST({ "a", "", HOST, .run = row_a, .undo = undo_a },
	     { "b", "", HOST, .wanted = wants_nothing, .run = row_b, .undo = undo_b },
	     { "breaks", "", HOST, .run = breaks });

	begin();
	cr_assert_eq(walk(&list, &run), -ENOSPC);
	cr_assert_str_eq(diary, "a -a ");
}

Test(walk, a_tripped_row_does_nothing)
{
	LIST({ "a", "", HOST, .run = row_a, .undo = undo_a }, { "b", "", HOST, .run = row_b });

	begin();
	plan.trip = "b";
	cr_assert_eq(walk(&list, &run), -ECANCELED);
	cr_assert_str_eq(diary, "a -a ");
	cr_assert_str_eq(last_fault()->step, "b");
	cr_assert_str_eq(last_fault()->what, "tripped, as --trip asked");
}

static char heard[128];

static void hear(const char *sentence)
{
	snprintf(heard, sizeof heard, "%s", sentence);
}

Test(walk, a_warning_from_inside_reaches_the_host)
{
	LIST({ "spawn", "", HOST, .run = spawn, .undo = unspawn },
	     { "warns", "", INSIDE, .run = warns }, { "a", "", HOST, .run = row_a },
	     { "exec", "", INSIDE, .run = exec_true });

	begin();
	send_warnings_to(hear);
	cr_assert_eq(walk(&list, &run), 0);
	cr_assert_str_eq(heard, "mind the gap");
	pidfd_reap(run.pidfd);
}

Test(walk, what_a_hostile_inside_says_is_bounded_and_tame)
{
	struct {
		int kind, number;
		char text[4000];
	} packet = { .kind = 1, .number = -5 };
	struct baton_gift gift = { .descriptor = -1 };
	int ends[2];

	cr_assert_eq(baton_pair(ends), 0);
	memset(packet.text, '\033', sizeof packet.text); /* no NUL anywhere, all of it ESC */
	cr_assert_eq(write(ends[1], &packet, sizeof packet), (ssize_t)sizeof packet);
	cr_assert_eq(baton_wait(ends[0], -1, &gift), BATON_FAULT);
	cr_assert_eq(last_fault()->error, EIO);
	cr_assert_eq(last_fault()->what[0], '?');
	cr_assert_eq(write(ends[1], &packet, 3), 3);
	cr_assert_eq(baton_wait(ends[0], -1, &gift), BATON_GONE, "a packet that is too short");
}
