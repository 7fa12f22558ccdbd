/* netlink.c -- questions to the kernel's routing socket, rtnetlink(7).
 *
 * A question is a message; its answer is an error number (0: the ack) or, for a dump, messages
 * and an end mark. See netlink(7).
 *
 * A socket stays in the network namespace it was made in. To ask in another one, somebody has to
 * enter it: a child does (netlink_open_in), which shares our memory and our descriptor table, so
 * that the socket it makes is ours, and then ends. We ourselves never leave our namespace, so
 * there is no way back that could fail.
 *
 * Says nothing about errors: callers know what the question was for. */
#include "net/netlink.h"

#include <errno.h>
#include <linux/if_link.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int netlink_open(struct netlink *link)
{
	*link = (struct netlink){ .socket = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE) };
	return link->socket < 0 ? -errno : 0;
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

	*link = (struct netlink){ .socket = -1 };
	if (child < 0)
		return -errno;
	/* No signal was asked for, so nobody's SIGCHLD is disturbed; __WALL waits for such. */
	while (waitpid(child, NULL, __WALL) < 0 && errno == EINTR)
		;
	if (errand.result < 0)
		return errand.result;
	link->socket = errand.result;
	return 0;
}

void netlink_close(struct netlink *link)
{
	int saved = errno;

	if (link->socket >= 0)
		close(link->socket);
	link->socket = -1;
	errno = saved;
}

int netlink_listen(struct netlink *link)
{
	const struct sockaddr_nl any_port = { .nl_family = AF_NETLINK };
	const int group = RTNLGRP_LINK;

	if (bind(link->socket, (const void *)&any_port, sizeof any_port) < 0 ||
	    setsockopt(link->socket, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof group) < 0)
		return -errno;
	return 0;
}

/* One datagram, whole. 0: none is there, and it was not to be waited for. */
static ssize_t receive(const struct netlink *link, void *buffer, size_t size, int flags)
{
	ssize_t length;

	do
		length = recv(link->socket, buffer, size, flags | MSG_TRUNC);
	while (length < 0 && errno == EINTR);
	if (length < 0)
		return errno == EAGAIN ? 0 : -errno;
	return (size_t)length > size ? -ENOSPC : length;
}

enum answer { ANSWER_MORE, ANSWER_END };

/* What is no answer to question number `sequence` is passed over. An enum answer or the kernel's
 * negative errno. */
static int hear_one(const struct nlmsghdr *message, uint32_t sequence, netlink_each each, void *data)
{
	const struct nlmsgerr *verdict;

	if (sequence && message->nlmsg_seq != sequence)
		return ANSWER_MORE;
	/* What was dumped changed meanwhile: some of it may be missing. */
	if (message->nlmsg_flags & NLM_F_DUMP_INTR)
		return -EINTR;
	switch (message->nlmsg_type) {
	case NLMSG_ERROR:
		verdict = message_header(message, sizeof *verdict);
		return !verdict ? -EBADMSG : verdict->error ? verdict->error : ANSWER_END;
	case NLMSG_DONE:
		return ANSWER_END;
	case NLMSG_NOOP:
	case NLMSG_OVERRUN:
		return ANSWER_MORE;
	}
	if (each)
		each(message, data);
	return ANSWER_MORE;
}

static int hear_all(const char *bytes, size_t length, uint32_t sequence, netlink_each each,
		    void *data)
{
	const struct nlmsghdr *message = (const void *)bytes;
	int answer = ANSWER_MORE;

	while (answer == ANSWER_MORE && NLMSG_OK(message, length)) {
		answer = hear_one(message, sequence, each, data);
		message = NLMSG_NEXT(message, length);
	}
	return answer;
}

int netlink_ask(struct netlink *link, struct nlmsghdr *request, netlink_each each, void *data)
{
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	/* Dumps come in larger pieces. Not on the stack, where all its pages would be touched. */
	static _Alignas(struct nlmsghdr) char bytes[4 * netlink_buffer];
	int answer = ANSWER_MORE;

	request->nlmsg_seq = ++link->sequence;
	/* Two bits, one of which means NLM_F_EXCL beside NLM_F_CREATE. */
	if ((request->nlmsg_flags & NLM_F_DUMP) != NLM_F_DUMP)
		request->nlmsg_flags |= NLM_F_ACK;
	if (sendto(link->socket, request, request->nlmsg_len, 0, (const void *)&kernel,
		   sizeof kernel) < 0)
		return -errno;
	/* Only the kernel can send to a routing socket. */
	while (answer == ANSWER_MORE) {
		ssize_t length = receive(link, bytes, sizeof bytes, 0);

		if (length < 0)
			return (int)length;
		answer = hear_all(bytes, (size_t)length, link->sequence, each, data);
	}
	return answer < 0 ? answer : 0;
}

int netlink_hear(struct netlink *link, netlink_each each, void *data)
{
	_Alignas(struct nlmsghdr) char news[netlink_buffer];
	ssize_t length;

	while ((length = receive(link, news, sizeof news, MSG_DONTWAIT)) > 0)
		hear_all(news, (size_t)length, 0, each, data);
	return (int)length;
}
