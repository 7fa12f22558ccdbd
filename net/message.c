/* message.c -- a netlink message: built, and taken apart. See message.h.
 *
 * Does not send or receive: netlink.c. */
#include "net/message.h"

#include <string.h>

/* The end of what is built so far, with room for `size` bytes from there on, zeroed. */
static void *extend(struct nlmsghdr *message, size_t size)
{
	char *end = (char *)message + message->nlmsg_len;

	memset(end, 0, NLMSG_ALIGN(size));
	message->nlmsg_len += NLMSG_ALIGN(size);
	return end;
}

struct nlmsghdr *message_begin(char *buffer, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *message = (void *)buffer;

	*message = (struct nlmsghdr){
		.nlmsg_len = NLMSG_HDRLEN,
		.nlmsg_type = type,
		.nlmsg_flags = NLM_F_REQUEST | flags,
	};
	return message;
}

void *message_add_header(struct nlmsghdr *message, size_t size)
{
	return extend(message, size);
}

void message_add(struct nlmsghdr *message, uint16_t type, const void *value, size_t size)
{
	struct nlattr *attribute = extend(message, NLA_HDRLEN + size);

	attribute->nla_len = (uint16_t)(NLA_HDRLEN + size);
	attribute->nla_type = type;
	memcpy((char *)attribute + NLA_HDRLEN, value, size);
}

void message_add_u32(struct nlmsghdr *message, uint16_t type, uint32_t value)
{
	message_add(message, type, &value, sizeof value);
}

void message_add_text(struct nlmsghdr *message, uint16_t type, const char *text)
{
	message_add(message, type, text, strlen(text) + 1);
}

const void *message_header(const struct nlmsghdr *message, size_t size)
{
	return message->nlmsg_len >= NLMSG_LENGTH(size) ? NLMSG_DATA(message) : NULL;
}

const struct nlattr *message_next(const struct nlmsghdr *message, size_t size,
				  const struct nlattr *last)
{
	const char *begin = (const char *)message;
	size_t at = last ? (size_t)((const char *)last - begin) + NLA_ALIGN(last->nla_len)
			 : NLMSG_SPACE(size);
	const struct nlattr *next = (const void *)(begin + at);

	if (at + sizeof *next > message->nlmsg_len || next->nla_len < sizeof *next ||
	    at + next->nla_len > message->nlmsg_len)
		return NULL;
	return next;
}

uint16_t attribute_type(const struct nlattr *attribute)
{
	return attribute->nla_type & NLA_TYPE_MASK;
}

const void *attribute_value(const struct nlattr *attribute)
{
	return (const char *)attribute + NLA_HDRLEN;
}

size_t attribute_size(const struct nlattr *attribute)
{
	return attribute->nla_len - (size_t)NLA_HDRLEN;
}

uint32_t attribute_u32(const struct nlattr *attribute)
{
	uint32_t value = 0;

	if (attribute_size(attribute) >= sizeof value)
		memcpy(&value, attribute_value(attribute), sizeof value);
	return value;
}

const char *attribute_text(const struct nlattr *attribute)
{
	const char *text = attribute_value(attribute);
	size_t size = attribute_size(attribute);

	return size && !text[size - 1] ? text : "";
}
