/* requests.h -- what is asked of systemd. Only cgroups/scope/. */
#ifndef CAISSON_CGROUPS_SCOPE_REQUESTS_H
#define CAISSON_CGROUPS_SCOPE_REQUESTS_H

#include "cgroups/scope/bus.h"

/* Carries out VERB UNIT [words], as cgroups/unit.h has them. Speaks. */
int request(struct manager *manager, const struct strings *words);

#endif
