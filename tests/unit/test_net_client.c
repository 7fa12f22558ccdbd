/* test_net_client.c -- devices move although this side knows nothing of netlink: the program inside
 * the program does it, and comes and goes as it should. */
#include "tests/unit/two_networks.h"

#include <sys/wait.h>

#include "net/net.h"

TestSuite(net_client, .init = make_two_networks);

#define ONE { (char *)"one", (char *)"eth0" }
#define TWO { (char *)"two", NULL }

/* -1: there is no child at all; 0: one that runs. */
static pid_t child(void)
{
	return waitpid(-1, NULL, WNOHANG);
}

static void moves(struct spec_net_devices devices)
{
	cr_assert_eq(net_move_devices(&devices, container), 0, "%s", last_fault()->what);
	cr_expect_eq(warnings, 0, "%s", heard);
}

static void returns(struct spec_net_devices devices)
{
	net_return_devices(&devices, container);
	cr_expect_eq(child(), -1);
}

Test(net_client, devices_move_and_are_kept)
{
	run(host, "ip addr add 192.0.2.5/24 dev one");
	moves(DEVICES(ONE, TWO));
	cr_expect_eq(child(), 0);
	net_keep_devices();
	cr_expect_eq(child(), -1);
	has(shown(container, "ip -o addr show dev eth0"), "inet 192.0.2.5/24 scope global eth0 ");
	has(shown(container, "ip -o link show dev two"), ",UP");
	lacks(shown(host, "ip -o link"), " one@");
	returns(DEVICES(ONE, TWO)); /* too late */
	has(shown(container, "ip -o link show dev eth0"), ",UP");
}

Test(net_client, devices_return_as_they_were)
{
	run(host, "ip addr add 192.0.2.5/24 dev one");
	run(host, "ip addr add 169.254.3.4/16 dev one scope link");
	run(host, "ip link set one up");
	moves(DEVICES(ONE, TWO));
	refuse(EIO, "the cause");
	returns(DEVICES(ONE, TWO));
	cr_expect_eq(warnings, 0, "%s", heard);
	cr_expect_str_eq(last_fault()->what, "the cause");
	has(shown(host, "ip -o link show dev one"), ",UP");
	has(shown(host, "ip -o addr show dev one"), "inet 192.0.2.5/24 scope global one ");
	has(shown(host, "ip -o addr show dev one"), "inet 169.254.3.4/16 scope link one ");
	lacks(shown(host, "ip -o link show dev two"), ",UP");
	net_keep_devices(); /* nothing to keep */
}

Test(net_client, a_refusal_comes_with_its_place)
{
	struct spec_net_devices devices = DEVICES(ONE, { (char *)"eth9", NULL });

	cr_expect_eq(net_move_devices(&devices, container), -ENODEV);
	cr_expect_eq(last_fault()->error, ENODEV);
	cr_expect_str_eq(last_fault()->what, "network device eth9: no such device");
	cr_expect_str_eq(last_fault()->path, "linux.netDevices.eth9");
	cr_expect_eq(child(), -1);
	has(shown(host, "ip -o link"), " one@");
}

Test(net_client, a_failure_comes_with_its_cure_and_leaves_nothing_moved)
{
	struct spec_net_devices devices = DEVICES(ONE, { (char *)"three", NULL });

	run(host, "ip link add three type bridge");
	cr_expect_eq(net_move_devices(&devices, container), -EINVAL);
	cr_expect_str_eq(last_fault()->what, "move network device three into the container: "
					     "Invalid argument");
	cr_expect_str_eq(last_fault()->hint, "devices such as bridges and tunnels' fallbacks "
					     "cannot leave their network namespace");
	cr_expect_eq(child(), -1);
	has(shown(host, "ip -o link"), " one@");
	lacks(shown(container, "ip -o link"), "eth0");
}

Test(net_client, what_cannot_return_is_a_warning)
{
	moves(DEVICES(ONE));
	run(container, "ip link del eth0");
	returns(DEVICES(ONE));
	cr_expect_str_eq(heard, "network device one stays in the container's network namespace: No "
				"such device");
}

Test(net_client, a_mover_that_was_killed_is_a_warning)
{
	char line[32];
	FILE *children = fopen("/proc/thread-self/children", "re");

	if (!children)
		cr_skip("the kernel does not list children (CONFIG_PROC_CHILDREN)");
	moves(DEVICES(ONE));
	cr_assert(fgets(line, sizeof line, children));
	fclose(children);
	cr_assert_eq(kill(atoi(line), SIGKILL), 0);
	returns(DEVICES(ONE));
	cr_expect_str_eq(heard, "network devices may be left in the container's network namespace: "
				"the program caisson-net was killed by signal 9 (Killed)");
}

Test(net_client, no_devices_need_no_mover)
{
	struct spec_net_devices none = { 0 };

	cr_expect_eq(net_move_devices(&none, -1), 0);
	cr_expect_eq(child(), -1);
	net_return_devices(&none, -1);
	net_keep_devices();
}
