/* address.c -- the addresses of a network device, remembered and given back.
 *
 * The kernel takes a device's addresses away when it leaves its network namespace. The message in
 * which it tells of an address is nearly the one that makes it: what must change is the device's
 * index, the label (IPv4: it begins with the device's name) and the flags that are the kernel's
 * own findings. All else (prefix length, peer, broadcast, scope, lifetimes, metric, protocol)
 * stands as it was.
 *
 * Says nothing about errors: callers know what the device is called. */
#include "net/address.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <stdio.h>
#include <string.h>

#ifndef IFA_F_STABLE_PRIVACY
#define IFA_F_STABLE_PRIVACY 0x800
#endif

struct collection {
	int index;
	struct arena *arena;
	struct address **end;
};

static void collect(const struct nlmsghdr *message, void *data)
{
	const struct ifaddrmsg *about = message_header(message, sizeof *about);
	struct collection *collection = data;
	struct address *address;
	struct nlmsghdr *copy;

	if (!about || message->nlmsg_type != RTM_NEWADDR ||
	    (int)about->ifa_index != collection->index)
		return;
	address = arena_new(collection->arena, struct address);
	copy = arena_alloc(collection->arena, message->nlmsg_len);
	memcpy(copy, message, message->nlmsg_len);
	address->message = copy;
	*collection->end = address;
	collection->end = &address->next;
}

int address_list(struct netlink *link, int index, struct arena *arena, struct address **list)
{
	_Alignas(struct nlmsghdr) char buffer[256];
	struct nlmsghdr *request = message_begin(buffer, RTM_GETADDR, NLM_F_DUMP);
	struct collection collection = { index, arena, list };

	*list = NULL;
	/* AF_UNSPEC: all families. The kernel would filter by device only for those who set
	 * NETLINK_GET_STRICT_CHK; others get all devices'. */
	message_add_header(request, sizeof(struct ifaddrmsg));
	return netlink_ask(link, request, collect, &collection);
}

static uint32_t flags_of(const struct nlmsghdr *message)
{
	const struct ifaddrmsg *about = message_header(message, sizeof *about);

	for_each_attribute(attribute, message, sizeof *about) {
		if (attribute_type(attribute) == IFA_FLAGS)
			return attribute_u32(attribute);
	}
	return about->ifa_flags; /* the lower eight of them, of kernels before 3.14 */
}

/* runtime-spec, config-linux.md, "Network Devices": IFA_F_PERMANENT and RT_SCOPE_UNIVERSE. */
static bool is_lasting(const struct nlmsghdr *message)
{
	const struct ifaddrmsg *about = message_header(message, sizeof *about);

	return flags_of(message) & IFA_F_PERMANENT && about->ifa_scope == RT_SCOPE_UNIVERSE;
}

/* "eth0:backup" of eth0 becomes "net1:backup" of net1; a label that does not fit is dropped. */
static void put_label(struct nlmsghdr *request, const char *label, const char *name,
		      const char *before)
{
	size_t length = strlen(before);
	char renamed[2 * IFNAMSIZ];

	if (!strncmp(label, before, length) && (!label[length] || label[length] == ':'))
		snprintf(renamed, sizeof renamed, "%s%s", name, label + length);
	else
		snprintf(renamed, sizeof renamed, "%s", label);
	if (strlen(renamed) < IFNAMSIZ)
		message_add_text(request, IFA_LABEL, renamed);
}

static int restore(struct netlink *link, int index, const char *name, const char *before,
		   const struct nlmsghdr *message)
{
	/* Found out by the kernel (duplicate detection, order of arrival, lifetimes), not asked
	 * for by anybody. */
	const uint32_t findings = IFA_F_SECONDARY | IFA_F_TENTATIVE | IFA_F_DADFAILED |
				  IFA_F_DEPRECATED | IFA_F_STABLE_PRIVACY | IFA_F_PERMANENT;
	_Alignas(struct nlmsghdr) char buffer[netlink_buffer];
	struct nlmsghdr *request = message_begin(buffer, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
	struct ifaddrmsg *about = message_add_header(request, sizeof *about);
	uint32_t flags = flags_of(message) & ~findings;
	int result;

	memcpy(about, message_header(message, sizeof *about), sizeof *about);
	about->ifa_index = (unsigned)index;
	about->ifa_flags = (uint8_t)flags;
	for_each_attribute(attribute, message, sizeof *about) {
		uint16_t type = attribute_type(attribute);

		if (type == IFA_LABEL)
			put_label(request, attribute_text(attribute), name, before);
		else if (type == IFA_FLAGS)
			message_add_u32(request, IFA_FLAGS, flags);
		else if (type != IFA_TARGET_NETNSID)
			message_add(request, type, attribute_value(attribute),
				    attribute_size(attribute));
	}
	result = netlink_ask(link, request, NULL, NULL);
	return result == -EEXIST ? 0 : result;
}

int address_restore(struct netlink *link, int index, const char *name, const char *before,
		    const struct address *list, enum address_choice choice)
{
	int result = 0;

	for (; list && !result; list = list->next) {
		if (choice == all_of_them || is_lasting(list->message))
			result = restore(link, index, name, before, list->message);
	}
	return result;
}
