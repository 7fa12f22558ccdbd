/* loopback.c -- `lo` comes up in a new network namespace.
 *
 * A new network namespace has one interface, which is down. Its index is 1 in every one
 * (LOOPBACK_IFINDEX), so nobody has to ask for it. The kernel adds 127.0.0.1 and ::1 itself. */
#include <linux/if.h>

#include "net/net.h"
#include "net/netlink.h"
#include "runtime/base/fault.h"

int net_loopback_up(void)
{
	_Alignas(struct nlmsghdr) char buffer[256];
	struct nlmsghdr *request = message_begin(buffer, RTM_NEWLINK, 0);
	struct ifinfomsg *loopback = message_add_header(request, sizeof *loopback);
	struct netlink link;
	int result = netlink_open(&link);

	loopback->ifi_index = 1;
	loopback->ifi_flags = loopback->ifi_change = IFF_UP;
	if (!result)
		result = netlink_ask(&link, request, NULL, NULL);
	netlink_close(&link);
	return result ? fail(result, "bring up the loopback interface") : 0;
}
