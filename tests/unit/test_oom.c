/* test_oom.c -- one strike of the OOM killer is told once, in whatever order the kernel tells it.
 *
 * The cgroup is a directory with the one file that is read, the v1 notification an eventfd. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "cgroups/oom.h"
#include "runtime/base/files.h"
#include "runtime/record.h"

static char folder[] = "/tmp/caisson-oom-XXXXXX";
static struct cg_oom oom;

static void open_folder(void)
{
	cr_assert_not_null(mkdtemp(folder));
	oom = (struct cg_oom){ .events = POLLIN,
			       .fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
			       .dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) };
}

static void remove_folder(void)
{
	int tmp = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	cg_oom_close(&oom);
	cr_assert_eq(records_remove_tree(tmp, strrchr(folder, '/') + 1), 0);
	close(tmp);
}

TestSuite(oom, .init = open_folder, .fini = remove_folder);

static void kernel_counts(unsigned kills, unsigned switched_off)
{
	char text[128];

	snprintf(text, sizeof text, "oom_kill_disable %u\nunder_oom 0\noom_kill %u\n",
		 switched_off, kills);
	cr_assert_eq(write_atomically(oom.dir, "memory.oom_control", 0600, text, strlen(text)), 0);
}

static void kernel_signals(uint64_t times)
{
	cr_assert_eq(write(oom.fd, &times, sizeof times), (ssize_t)sizeof times);
}

Test(oom, a_kill_after_its_signal_is_one_strike)
{
	kernel_counts(0, 0);
	cr_assert_eq(cg_oom_strikes(&oom), 0);
	kernel_signals(1);
	cr_assert_eq(cg_oom_strikes(&oom), 1);
	kernel_counts(1, 0);
	cr_assert_eq(cg_oom_strikes(&oom), 0);
}

Test(oom, a_kill_that_is_counted_already_is_one_strike)
{
	kernel_counts(1, 0);
	kernel_signals(1);
	cr_assert_eq(cg_oom_strikes(&oom), 1);
	cr_assert_eq(cg_oom_strikes(&oom), 0);
}

Test(oom, signals_repeated_until_the_kill_are_one_strike)
{
	kernel_counts(0, 0);
	kernel_signals(2);
	cr_assert_eq(cg_oom_strikes(&oom), 1);
	kernel_signals(1);
	cr_assert_eq(cg_oom_strikes(&oom), 0);
	kernel_counts(1, 0);
	kernel_signals(1);
	cr_assert_eq(cg_oom_strikes(&oom), 0);
	kernel_signals(1);
	cr_assert_eq(cg_oom_strikes(&oom), 1);
}

Test(oom, several_kills_are_several_strikes)
{
	kernel_counts(0, 0);
	kernel_signals(1);
	cr_assert_eq(cg_oom_strikes(&oom), 1);
	kernel_counts(3, 0);
	kernel_signals(2);
	cr_assert_eq(cg_oom_strikes(&oom), 2);
}

Test(oom, where_the_killer_is_switched_off_its_signals_are_told)
{
	kernel_counts(0, 1);
	kernel_signals(1);
	cr_assert_eq(cg_oom_strikes(&oom), 1);
	kernel_signals(1);
	cr_assert_eq(cg_oom_strikes(&oom), 1);
}

Test(oom, the_removal_of_the_cgroup_is_no_strike)
{
	kernel_signals(1);
	cr_assert_eq(cg_oom_strikes(&oom), 0);
	cr_assert_eq(oom.fd, -1);
	cr_assert_eq(cg_oom_strikes(&oom), 0);
}

Test(oom, a_strike_just_before_the_removal_is_told)
{
	kernel_signals(2);
	cr_assert_eq(cg_oom_strikes(&oom), 1);
	cr_assert_eq(oom.fd, -1);
}

Test(oom, of_v2_are_the_kills_since_the_last_look)
{
	int file = open_below(oom.dir, "memory.events", O_RDWR | O_CREAT, 0600);

	cr_assert_eq(dprintf(file, "low 0\noom_kill 0\n"), 17);
	close(oom.fd);
	oom.fd = file;
	oom.v2 = true;
	cr_assert_eq(cg_oom_strikes(&oom), 0);
	cr_assert_eq(pwrite(file, "low 0\noom_kill 2\n", 17, 0), 17);
	cr_assert_eq(cg_oom_strikes(&oom), 2);
	cr_assert_eq(cg_oom_strikes(&oom), 0);
}
