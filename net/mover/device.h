/* device.h -- network devices of the host move into a container and back. Only for net/mover/. */
#ifndef CAISSON_NET_DEVICE_H
#define CAISSON_NET_DEVICE_H

#include "specs/spec.h"

/* What net_move_devices() promises; see net/net.h. */
int devices_move(const struct spec_net_devices *devices, int netns);
/* Brings back what devices_move() moved. What cannot return is a warning. */
void devices_return(int netns);

#endif
