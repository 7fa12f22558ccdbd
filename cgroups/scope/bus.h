/* bus.h -- one connection to systemd's manager, and everything in bounded time.
 *
 * Only cgroups/scope/. Functions return 0 or a negative errno with a fault. */
#ifndef CAISSON_CGROUPS_SCOPE_BUS_H
#define CAISSON_CGROUPS_SCOPE_BUS_H

#include <stdint.h>
#include <systemd/sd-bus.h>

#include "specs/spec.h"

/* A job is a promise of systemd's: JobRemoved tells how it went ("done", "failed", ...). */
struct job {
	char *path, *result; /* result: NULL until it is over */
	sd_bus_slot *match;
};

struct manager {
	sd_bus *bus;
	unsigned patience_s;  /* for each request */
	uint64_t deadline_us; /* of this request, CLOCK_MONOTONIC */
	struct job job;
};

/* `addresses`: "bus" or "direct", an address, and so on, tried in this order. */
int manager_open(struct manager *manager, const struct strings *addresses);
void manager_close(struct manager *manager);
/* A new request begins: it has patience_s from now. */
void manager_begin(struct manager *manager);
/* A property of the manager. The text is the caller's to free. */
int manager_property(struct manager *manager, const char *name, char **value);
/* A method of the manager, ready for its arguments. */
int manager_method(struct manager *manager, const char *method, sd_bus_message **call);
/* Calls it. `error` is for the caller to look at (NULL: nobody does); it is the caller's to free.
 * `about` is what is being done, for the fault. */
int manager_call(struct manager *manager, sd_bus_message *call, const char *about,
		 sd_bus_error *error, sd_bus_message **reply);
/* Before a call that makes a job: listens to the ends of jobs. */
int manager_listen(struct manager *manager);
/* After it: the reply names the job. Waits for its end. */
int manager_await_job(struct manager *manager, sd_bus_message *reply, const char *about);

#endif
