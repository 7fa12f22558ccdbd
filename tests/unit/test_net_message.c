/* test_net_message.c -- netlink messages, built and taken apart: net/message.c. */
#include <criterion/criterion.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "net/message.h"

static _Alignas(struct nlmsghdr) char buffer[512];

static struct nlmsghdr *build(void)
{
	struct nlmsghdr *message = message_begin(buffer, RTM_NEWLINK, NLM_F_CREATE);
	struct ifinfomsg *about = message_add_header(message, sizeof *about);

	about->ifi_index = 7;
	message_add_text(message, IFLA_IFNAME, "eth0");
	message_add_u32(message, IFLA_MTU, 1500);
	return message;
}

Test(net_message, what_is_built_is_read_back)
{
	const struct nlmsghdr *message = build();
	const struct ifinfomsg *about = message_header(message, sizeof *about);
	const struct nlattr *name = message_next(message, sizeof *about, NULL);
	const struct nlattr *mtu = message_next(message, sizeof *about, name);

	cr_assert_eq(message->nlmsg_flags, NLM_F_REQUEST | NLM_F_CREATE);
	cr_assert_eq(about->ifi_index, 7);
	cr_assert_eq(attribute_type(name), IFLA_IFNAME);
	cr_assert_str_eq(attribute_text(name), "eth0");
	cr_assert_eq(attribute_size(name), 5);
	cr_assert_eq(attribute_u32(mtu), 1500);
	cr_assert_null(message_next(message, sizeof *about, mtu));
}

Test(net_message, parts_begin_at_multiples_of_four)
{
	cr_assert_eq(build()->nlmsg_len, 16 + 16 + (4 + 5 + 3) + (4 + 4));
}

Test(net_message, nothing_behind_the_message_is_read)
{
	struct nlmsghdr *message = build();
	const size_t size = sizeof(struct ifinfomsg);
	struct nlattr *name = (struct nlattr *)message_next(message, size, NULL);
	unsigned short whole = name->nla_len;

	for (unsigned length = 0; length < NLMSG_SPACE(size) + whole; length++) {
		message->nlmsg_len = length;
		cr_assert_null(message_next(message, size, NULL));
		cr_assert_eq(!message_header(message, size), length < NLMSG_LENGTH(size));
	}
	build();
	name->nla_len = 3; /* shorter than its own header: would be read for ever */
	cr_assert_null(message_next(message, size, NULL));
}

Test(net_message, a_value_of_the_wrong_kind_is_empty)
{
	struct nlmsghdr *message = message_begin(buffer, RTM_NEWLINK, 0);

	message_add(message, IFLA_IFNAME, "eth", 3);
	cr_assert_str_eq(attribute_text(message_next(message, 0, NULL)), "");
	cr_assert_eq(attribute_u32(message_next(message, 0, NULL)), 0);
}
