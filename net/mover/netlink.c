/* netlink.c -- questions to the kernel's routing socket, over libmnl.
 *
 * A question is a message; its answer is an error number (0: the ack) or, for a dump, messages
 * and an end mark. See rtnetlink(7) and libmnl's documentation.
 *
 * A socket stays in the network namespace it was made in. To ask in another one, somebody has to
 * enter it: a child does (netlink_open_in), which shares our memory and our descriptor table, so
 * that the socket it makes is ours, and then ends. We ourselves never leave our namespace, so
 * there is no way back that could fail.
 *
 * Says nothing about errors: callers know what the question was for. */
#include "net/mover/netlink.h"

#include <errno.h>
#include <linux/if_link.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

int netlink_open(struct netlink *link)
{
	*link = (struct netlink){ .socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC) };
	return link->socket ? 0 : -errno;
}

struct errand {
	int netns;
	int result; /* the socket or a negative errno */
};

static int enter_and_open(void *argument)
{
	struct errand *errand = argument;

	errand->result = setns(errand->netns, CLONE_NEWNET);
	if (!errand->result)
		errand->result = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (errand->result < 0)
		errand->result = -errno;
	return 0;
}

int netlink_open_in(struct netlink *link, int netns)
{
	/* CLONE_VFORK: we sleep until it has ended, so the memory is never used by two. */
	const int flags = CLONE_VM | CLONE_FILES | CLONE_VFORK;
	_Alignas(16) char stack[16 * 1024];
	struct errand errand = { .netns = netns };
	pid_t child = clone(enter_and_open, stack + sizeof stack, flags, &errand);

	*link = (struct netlink){ 0 };
	if (child < 0)
		return -errno;
	/* No signal was asked for, so nobody's SIGCHLD is disturbed; __WALL waits for such. */
	while (waitpid(child, NULL, __WALL) < 0 && errno == EINTR)
		;
	if (errand.result < 0)
		return errand.result;
	link->socket = mnl_socket_fdopen(errand.result);
	if (link->socket)
		return 0;
	close(errand.result);
	return -ENOMEM;
}

void netlink_close(struct netlink *link)
{
	int saved = errno;

	if (link->socket)
		mnl_socket_close(link->socket);
	link->socket = NULL;
	errno = saved;
}

int netlink_listen(struct netlink *link)
{
	int group = RTNLGRP_LINK;

	if (mnl_socket_bind(link->socket, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_setsockopt(link->socket, NETLINK_ADD_MEMBERSHIP, &group, sizeof group) < 0)
		return -errno;
	return 0;
}

struct nlmsghdr *netlink_begin(char *buffer, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);

	request->nlmsg_type = type;
	request->nlmsg_flags = NLM_F_REQUEST | flags;
	return request;
}

int netlink_ask(struct netlink *link, struct nlmsghdr *request, mnl_cb_t each, void *data)
{
	_Alignas(struct nlmsghdr) char answer[4 * netlink_buffer]; /* dumps come in larger pieces */
	int more = MNL_CB_OK;

	request->nlmsg_seq = ++link->sequence;
	/* Two bits, one of which means NLM_F_EXCL beside NLM_F_CREATE. */
	if ((request->nlmsg_flags & NLM_F_DUMP) != NLM_F_DUMP)
		request->nlmsg_flags |= NLM_F_ACK;
	if (mnl_socket_sendto(link->socket, request, request->nlmsg_len) < 0)
		return -errno;
	while (more > MNL_CB_STOP) {
		ssize_t length = mnl_socket_recvfrom(link->socket, answer, sizeof answer);

		if (length < 0 && errno == EINTR)
			continue;
		if (length < 0)
			return -errno;
		/* 0: any port. Only the kernel can send to a routing socket. */
		more = mnl_cb_run(answer, (size_t)length, link->sequence, 0, each, data);
	}
	return more < 0 ? -errno : 0;
}

int netlink_hear(struct netlink *link, mnl_cb_t each, void *data)
{
	_Alignas(struct nlmsghdr) char news[netlink_buffer];
	int socket = mnl_socket_get_fd(link->socket);

	for (;;) {
		ssize_t length = recv(socket, news, sizeof news, MSG_DONTWAIT);

		if (length < 0 && errno == EINTR)
			continue;
		if (length < 0)
			return errno == EAGAIN ? 0 : -errno;
		mnl_cb_run(news, (size_t)length, 0, 0, each, data);
	}
}
