/* address.h -- the addresses of a network device, remembered and given back. Only for net/mover/. */
#ifndef CAISSON_NET_ADDRESS_H
#define CAISSON_NET_ADDRESS_H

#include <linux/if.h>
#include <stdbool.h>

#include "net/mover/netlink.h"
#include "runtime/base/arena.h"

/* One address as the kernel told it: an RTM_NEWADDR message, in an arena. */
struct address {
	struct address *next;
	const struct nlmsghdr *message;
};

/* All addresses of device `index`, in the kernel's order. */
int address_list(struct netlink *link, int index, struct arena *arena, struct address **list);

enum address_choice {
	the_lasting, /* permanent and of global scope: what follows a device into a container */
	all_of_them, /* what a device had at home */
};

/* Gives the device `index`, now called `name`, the addresses it had when it was called `before`.
 * An address it has already is no error. */
int address_restore(struct netlink *link, int index, const char *name, const char *before,
		    const struct address *list, enum address_choice choice);

#endif
