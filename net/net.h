/* net.h -- network devices. */
#ifndef CAISSON_NET_NET_H
#define CAISSON_NET_NET_H

#include "specs/spec.h"

/* Inside a new network namespace: `lo` up. */
int net_loopback_up(void);

/* linux.netDevices, from the host's side: moves every device into the network namespace `netns`
 * (a descriptor), renames it (`%d` templates too), gives it back its global addresses and sets it
 * up. All or nothing: on failure those already moved are back on the host under their old names,
 * with their addresses and state.
 *
 * After a success a child of ours remembers what was, until one of the two that follow. */
int net_move_devices(const struct spec_net_devices *devices, int netns);
/* Undo after a success: brings them back. Never fails loudly. */
void net_return_devices(const struct spec_net_devices *devices, int netns);
/* The container stands: they stay there. Also where no device was asked for. */
void net_keep_devices(void);

#endif
