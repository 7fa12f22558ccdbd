/* netlink.h -- questions to the kernel's routing socket, over libmnl. Only for net/mover/. */
#ifndef CAISSON_NET_NETLINK_H
#define CAISSON_NET_NETLINK_H

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <stdint.h>

/* Larger than any answer about one object; what MNL_SOCKET_BUFFER_SIZE would be on all machines. */
enum { netlink_buffer = 8192 };

/* A socket belongs to the network namespace it was made in, for ever, whoever uses it. */
struct netlink {
	struct mnl_socket *socket;
	uint32_t sequence;
};

#define autonetlink __attribute__((cleanup(netlink_close)))

/* In our network namespace. A negative errno on failure, nothing said. */
int netlink_open(struct netlink *link);
/* In the network namespace `netns`. The process that calls never leaves its own. */
int netlink_open_in(struct netlink *link, int netns);
void netlink_close(struct netlink *link);
/* Hears of links that come and go: netlink_hear(). */
int netlink_listen(struct netlink *link);

/* Begins a request in `buffer` of netlink_buffer bytes; the caller adds the family's header
 * (mnl_nlmsg_put_extra_header) and attributes. */
struct nlmsghdr *netlink_begin(char *buffer, uint16_t type, uint16_t flags);
/* Sends it and hands every answer to `each` (NULL: there are none), until the kernel's ack or the
 * end of the dump. 0 or the kernel's negative errno. `each` returns MNL_CB_OK. */
int netlink_ask(struct netlink *link, struct nlmsghdr *request, mnl_cb_t each, void *data);
/* Hands `each` what has been heard so far; never waits. */
int netlink_hear(struct netlink *link, mnl_cb_t each, void *data);

#endif
