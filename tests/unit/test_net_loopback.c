/* test_net_loopback.c -- `lo` in a network namespace of the test's own. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "net/net.h"
#include "runtime/base/fault.h"

static void enter_new_namespace(void)
{
	if (unshare(CLONE_NEWNET) < 0)
		cr_skip("cannot make a network namespace: %s", strerror(errno));
}

static short loopback_flags(void)
{
	struct ifreq request = { .ifr_name = "lo" };
	int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	cr_assert_eq(ioctl(any, SIOCGIFFLAGS, &request), 0);
	close(any);
	return request.ifr_flags;
}

Test(net_loopback, it_is_down_before_and_up_after)
{
	enter_new_namespace();
	cr_assert_not(loopback_flags() & IFF_UP);
	cr_assert_eq(net_loopback_up(), 0, "%s", last_fault()->what);
	cr_expect(loopback_flags() & IFF_UP);
}

Test(net_loopback, it_answers)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int socket_fd;

	enter_new_namespace();
	cr_assert_eq(net_loopback_up(), 0);
	socket_fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	cr_expect_eq(bind(socket_fd, (struct sockaddr *)&address, sizeof address), 0);
	close(socket_fd);
}

Test(net_loopback, up_twice_is_up)
{
	enter_new_namespace();
	cr_expect_eq(net_loopback_up(), 0);
	cr_expect_eq(net_loopback_up(), 0);
}

Test(net_loopback, without_the_right_it_says_so)
{
	int status;
	pid_t child;

	if (geteuid())
		cr_skip("needs root to give privileges up");
	enter_new_namespace();
	child = fork();
	if (!child) {
		int result = setresuid(65534, 65534, 65534) ? 0 : net_loopback_up();

		_exit(result == -EPERM && !strcmp(last_fault()->what,
						  "bring up the loopback interface: "
						  "Operation not permitted") ?
			      0 :
			      1);
	}
	waitpid(child, &status, 0);
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static double microseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

Test(net_loopback, what_it_costs)
{
	double start, took;

	enter_new_namespace();
	start = microseconds();
	cr_assert_eq(net_loopback_up(), 0);
	took = microseconds() - start;
	fprintf(stderr, "loopback: up in %.0f us\n", took);
}
