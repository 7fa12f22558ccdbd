/* net.h -- network devices, over netlink. */
#ifndef CAISSON_NET_NET_H
#define CAISSON_NET_NET_H

#include <stdbool.h>

#include "specs/spec.h"

/* Inside a new network namespace: `lo` up. */
int net_loopback_up(void);

/* linux.netDevices, from the host's side: moves every device into the network namespace `netns`
 * (a descriptor), renames it (`%d` templates too), gives it back its global addresses and sets it
 * up. All or nothing: on failure those already moved are back on the host under their old names,
 * with their addresses and state. */
int net_move_devices(const struct spec_net_devices *devices, int netns);
/* Undo after a success: brings them back. Never fails loudly. */
void net_return_devices(const struct spec_net_devices *devices, int netns);

#endif
