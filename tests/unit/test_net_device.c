/* test_net_device.c -- devices move from one network namespace to another: the mover's own code.
 *
 * That it does so from inside another program, too, is test_net_client.c. */
#include "tests/unit/two_networks.h"

#include "net/mover/device.h"

TestSuite(net_device, .init = make_two_networks);

static void moves(struct spec_net_devices devices)
{
	cr_assert_eq(devices_move(&devices, container), 0, "%s", last_fault()->what);
	cr_expect_eq(warnings, 0, "%s", heard);
}

Test(net_device, a_device_keeps_its_name_and_comes_up)
{
	moves(DEVICES({ (char *)"one", NULL }));
	has(shown(container, "ip -o link show dev one"), "UP");
	lacks(shown(host, "ip -o link"), " one@");
	has(shown(host, "ip -o link"), " two@");
}

Test(net_device, a_device_is_renamed)
{
	moves(DEVICES({ (char *)"one", (char *)"eth0" }));
	has(shown(container, "ip -o link show dev eth0"), "eth0@");
	lacks(shown(container, "ip -o link"), " one@");
}

Test(net_device, a_device_that_was_up_is_renamed_too)
{
	run(host, "ip link set one up");
	moves(DEVICES({ (char *)"one", (char *)"eth0" }));
	has(shown(container, "ip -o link show dev eth0"), ",UP");
}

Test(net_device, a_template_is_filled_in_by_the_kernel)
{
	moves(DEVICES({ (char *)"one", (char *)"net%d" }, { (char *)"two", (char *)"net%d" }));
	has(shown(container, "ip -o link show dev net0"), "UP");
	has(shown(container, "ip -o link show dev net1"), "UP");
}

Test(net_device, lasting_global_addresses_come_along)
{
	const char *text;

	run(host, "ip addr add 192.0.2.5/24 brd + dev one label one:backup");
	run(host, "ip addr add 192.0.2.6/24 dev one");
	run(host, "ip addr add 198.51.100.1 peer 198.51.100.2/32 dev one metric 77");
	run(host, "ip addr add 169.254.3.4/16 dev one scope link");
	run(host, "ip addr add 203.0.113.9/24 dev one valid_lft 1000 preferred_lft 500");
	run(host, "ip addr add 2001:db8::5/64 dev one nodad noprefixroute");
	moves(DEVICES({ (char *)"one", (char *)"eth0" }));
	text = shown(container, "ip -o -4 addr show dev eth0");
	has(text, "inet 192.0.2.5/24 brd 192.0.2.255 scope global eth0:backup ");
	has(text, "inet 192.0.2.6/24 scope global secondary eth0 ");
	has(text, "inet 198.51.100.1 peer 198.51.100.2/32 metric 77 scope global eth0 ");
	lacks(text, "169.254.3.4");
	lacks(text, "203.0.113.9");
	text = shown(container, "ip -o -6 addr show dev eth0");
	has(text, "inet6 2001:db8::5/64 scope global nodad noprefixroute ");
}

static void is_refused(struct spec_net_devices devices, int error, const char *path,
		       const char *what)
{
	cr_expect_eq(devices_move(&devices, container), error);
	cr_expect_str_eq(last_fault()->path, path);
	cr_expect_str_eq(last_fault()->what, what);
	cr_expect_eq(warnings, 0, "%s", heard);
	has(shown(host, "ip -o link"), " one@");
	has(shown(host, "ip -o link"), " two@");
	lacks(shown(container, "ip -o link"), " one@");
}

Test(net_device, a_missing_device_is_named)
{
	is_refused(DEVICES({ (char *)"one", NULL }, { (char *)"eth9", NULL }), -ENODEV,
		   "linux.netDevices.eth9", "network device eth9: no such device");
}

Test(net_device, a_name_taken_in_the_container_is_refused)
{
	run(container, "ip link add eth0 type veth peer name other");
	is_refused(DEVICES({ (char *)"one", (char *)"eth0" }), -EEXIST, "linux.netDevices.one",
		   "the container has a network device called eth0 already");
}

Test(net_device, two_devices_cannot_have_one_name)
{
	is_refused(DEVICES({ (char *)"one", (char *)"eth0" }, { (char *)"two", (char *)"eth0" }),
		   -EEXIST, "linux.netDevices.two",
		   "network devices one and two cannot both be called eth0");
}

Test(net_device, loopback_stays)
{
	is_refused(DEVICES({ (char *)"lo", (char *)"lo1" }), -EINVAL, "linux.netDevices.lo",
		   "network device lo: a loopback device cannot move");
}

Test(net_device, a_long_name_is_refused)
{
	is_refused(DEVICES({ (char *)"one", (char *)"a-much-too-long-name" }), -EINVAL,
		   "linux.netDevices.one",
		   "network device one: \"a-much-too-long-name\" is longer than 15 letters");
}

Test(net_device, the_hosts_own_namespace_is_refused)
{
	container = host;
	struct spec_net_devices devices = DEVICES({ (char *)"one", NULL });

	cr_expect_eq(devices_move(&devices, container), -EINVAL);
	cr_expect_str_eq(last_fault()->what, "the container has no network namespace of its own to "
					     "move devices into");
}

/* The last of three is a bridge, which the kernel does not let go. */
Test(net_device, a_failure_brings_all_back_as_they_were)
{
	const char *text;

	run(host, "ip link add three type bridge");
	run(host, "ip addr add 192.0.2.5/24 brd + dev one label one:backup");
	run(host, "ip addr add 169.254.3.4/16 dev one scope link");
	run(host, "ip addr add 2001:db8::5/64 dev one nodad");
	run(host, "ip link set one up");
	is_refused(DEVICES({ (char *)"one", (char *)"eth0" }, { (char *)"two", (char *)"net%d" },
			   { (char *)"three", NULL }),
		   -EINVAL, "linux.netDevices.three",
		   "move network device three into the container: Invalid argument");
	text = shown(host, "ip -o addr show dev one");
	has(text, "inet 192.0.2.5/24 brd 192.0.2.255 scope global one:backup ");
	has(text, "inet 169.254.3.4/16 scope link one ");
	has(text, "inet6 2001:db8::5/64 scope global nodad ");
	has(shown(host, "ip -o link show dev one"), ",UP");
	lacks(shown(host, "ip -o link show dev two"), ",UP");
	lacks(shown(container, "ip -o link"), "eth0");
	lacks(shown(container, "ip -o link"), "net0");
}

/* IPv6 is off in the container: an address cannot be kept, after the device has moved. */
Test(net_device, an_address_that_cannot_follow_is_a_failure)
{
	const char *text;

	run(container, "echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6");
	run(host, "ip addr add 2001:db8::5/64 dev one nodad");
	is_refused(DEVICES({ (char *)"one", (char *)"eth0" }), -EACCES, "linux.netDevices.one",
		   "give network device one its addresses in the container: Permission denied");
	text = shown(host, "ip -o addr show dev one");
	has(text, "inet6 2001:db8::5/64 scope global nodad ");
}

Test(net_device, a_device_returns_after_a_success)
{
	struct spec_net_devices devices = DEVICES({ (char *)"one", (char *)"net%d" },
						  { (char *)"two", (char *)"eth0" });

	run(host, "ip addr add 192.0.2.5/24 dev one");
	run(host, "ip link set one up");
	moves(devices);
	refuse(EIO, "the cause");
	devices_return(container);
	cr_expect_eq(warnings, 0, "%s", heard);
	cr_expect_str_eq(last_fault()->what, "the cause");
	has(shown(host, "ip -o addr show dev one"), "inet 192.0.2.5/24 scope global one ");
	has(shown(host, "ip -o link show dev one"), ",UP");
	lacks(shown(host, "ip -o link show dev two"), ",UP");
	devices_return(container); /* once is enough */
	cr_expect_eq(warnings, 0, "%s", heard);
}

Test(net_device, what_cannot_return_is_a_warning)
{
	struct spec_net_devices devices = DEVICES({ (char *)"one", (char *)"eth0" });

	moves(devices);
	run(container, "ip link del eth0");
	devices_return(container);
	cr_expect_str_eq(heard, "network device one stays in the container's network namespace: No "
				"such device");
}

Test(net_device, no_devices_is_nothing_to_do)
{
	struct spec_net_devices none = { 0 };

	cr_expect_eq(devices_move(&none, -1), 0);
	devices_return(-1);
}

Test(net_device, the_process_stays_in_its_namespace)
{
	char before[64] = "", after[64] = "";

	cr_assert_gt(readlink("/proc/thread-self/ns/net", before, sizeof before - 1), 0);
	moves(DEVICES({ (char *)"one", NULL }));
	cr_assert_gt(readlink("/proc/thread-self/ns/net", after, sizeof after - 1), 0);
	cr_expect_str_eq(before, after);
}
