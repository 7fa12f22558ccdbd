/* netlink.h -- questions to the kernel's routing socket. Only for net/. */
#ifndef CAISSON_NET_NETLINK_H
#define CAISSON_NET_NETLINK_H

#include <linux/rtnetlink.h>
#include <stdint.h>

#include "net/message.h"

/* Larger than any answer about one object. */
enum { netlink_buffer = 8192 };

/* A socket belongs to the network namespace it was made in, for ever, whoever uses it. */
struct netlink {
	int socket;
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

/* What is done with each answer. */
typedef void (*netlink_each)(const struct nlmsghdr *message, void *data);
/* Sends a request (message.h) and hands every answer to `each` (NULL: there are none), until the
 * kernel's ack or the end of the dump. 0 or the kernel's negative errno. */
int netlink_ask(struct netlink *link, struct nlmsghdr *request, netlink_each each, void *data);
/* Hands `each` what has been heard so far; never waits. */
int netlink_hear(struct netlink *link, netlink_each each, void *data);

#endif
