/* embedded.h -- the mover of network devices, as bytes. Only for net/. */
#ifndef CAISSON_NET_EMBEDDED_H
#define CAISSON_NET_EMBEDDED_H

#include "runtime/base/helper.h"

extern const struct helper_program net_mover;

#endif
