/* message.h -- a netlink message: built, and taken apart.
 *
 *	| nlmsghdr | header of the family (ifinfomsg, ifaddrmsg) | attribute | attribute | ...
 *
 * Every part begins at a multiple of four bytes; an attribute is its length, its type and a value
 * (netlink(7), rtnetlink(7)). Little enough that no library is needed for it: libmnl, which does
 * the same, has no archive in Debian, and would have every start map a shared library.
 *
 * Whoever builds a message provides a buffer that holds all of it: nothing is checked. What is
 * read comes from the kernel, and never reaches behind the message. Only for net/. */
#ifndef CAISSON_NET_MESSAGE_H
#define CAISSON_NET_MESSAGE_H

#include <linux/netlink.h>
#include <stddef.h>
#include <stdint.h>

/* An empty request in `buffer`. */
struct nlmsghdr *message_begin(char *buffer, uint16_t type, uint16_t flags);
/* The family's header, zeroed. */
void *message_add_header(struct nlmsghdr *message, size_t size);
void message_add(struct nlmsghdr *message, uint16_t type, const void *value, size_t size);
void message_add_u32(struct nlmsghdr *message, uint16_t type, uint32_t value);
void message_add_text(struct nlmsghdr *message, uint16_t type, const char *text);

/* The family's header of `message`, or NULL when it is too short for one of `size` bytes. */
const void *message_header(const struct nlmsghdr *message, size_t size);
/* The attribute after `last` (NULL: the first), behind a family's header of `size` bytes; NULL:
 * there is no more. */
const struct nlattr *message_next(const struct nlmsghdr *message, size_t size,
				  const struct nlattr *last);
#define for_each_attribute(attribute, message, size)                                  \
	for (const struct nlattr *attribute = message_next((message), (size), NULL); attribute; \
	     attribute = message_next((message), (size), attribute))

uint16_t attribute_type(const struct nlattr *attribute);
const void *attribute_value(const struct nlattr *attribute);
size_t attribute_size(const struct nlattr *attribute);
/* 0 when it is shorter. */
uint32_t attribute_u32(const struct nlattr *attribute);
/* "" when it does not end with a NUL. */
const char *attribute_text(const struct nlattr *attribute);

#endif
