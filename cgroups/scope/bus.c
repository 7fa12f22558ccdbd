/* bus.c -- one connection to systemd's manager, over sd-bus. See bus.h.
 *
 * Nothing waits for ever: a request has so many seconds for all of it, connecting included, since
 * an engine that hangs in a stuck bus holds up everything behind it.
 *
 * On a bus there is a daemon between; directly there is not, and then nobody has to be asked to
 * pass signals on (sd_bus_match_signal() knows).
 *
 * Does not know what is asked for: requests.c. */
#include "cgroups/scope/bus.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "runtime/base/fault.h"

static const char service[] = "org.freedesktop.systemd1";
static const char object[] = "/org/freedesktop/systemd1";
static const char interface[] = "org.freedesktop.systemd1.Manager";

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* 0: over. */
static uint64_t left_us(const struct manager *manager)
{
	uint64_t now = now_us();

	return now < manager->deadline_us ? manager->deadline_us - now : 0;
}

void manager_begin(struct manager *manager)
{
	manager->deadline_us = now_us() + (uint64_t)manager->patience_s * 1000000;
}

static int too_late(const struct manager *manager, const char *about)
{
	return advise(refuse(ETIMEDOUT, "%s: systemd did not answer within %u s", about,
			     manager->patience_s),
		      "systemctl status, journalctl -b");
}

/* One message in either direction, or until the deadline. -ETIMEDOUT is silent. */
static int turn(struct manager *manager)
{
	int result = sd_bus_process(manager->bus, NULL);

	if (result)
		return result < 0 ? result : 0;
	if (!left_us(manager))
		return -ETIMEDOUT;
	result = sd_bus_wait(manager->bus, left_us(manager));
	return result < 0 && result != -EINTR ? result : 0;
}

static int connect_to(struct manager *manager, const char *kind, const char *address)
{
	int result = sd_bus_new(&manager->bus);

	if (result >= 0)
		result = sd_bus_set_address(manager->bus, address);
	if (result >= 0 && !strcmp(kind, "bus"))
		result = sd_bus_set_bus_client(manager->bus, 1);
	if (result >= 0)
		result = sd_bus_start(manager->bus);
	while (result >= 0 && !(result = sd_bus_is_ready(manager->bus)))
		result = turn(manager);
	if (result > 0)
		return 0;
	manager_close(manager);
	return result;
}

int manager_open(struct manager *manager, const struct strings *addresses)
{
	int first = 0;

	for (size_t i = 0; i + 1 < addresses->count; i += 2) {
		int result = connect_to(manager, addresses->at[i], addresses->at[i + 1]);

		if (!result)
			return 0;
		if (!first)
			first = result;
	}
	if (first == -ETIMEDOUT)
		return too_late(manager, "connect to systemd");
	return advise(fail(first ? first : EINVAL, "connect to systemd at %s",
			   addresses->count > 1 ? addresses->at[1] : "no address"),
		      "is dbus running? or use --cgroup-manager=cgroupfs");
}

void manager_close(struct manager *manager)
{
	free(manager->job.path);
	free(manager->job.result);
	sd_bus_slot_unref(manager->job.match);
	manager->job = (struct job){ 0 };
	manager->bus = sd_bus_close_unref(manager->bus);
}

/* systemd's own words, and its name for the error, which can be looked up. */
static int systemd_said(struct manager *manager, const char *about, const sd_bus_error *error,
			int result)
{
	if (result == -ETIMEDOUT || sd_bus_error_has_name(error, SD_BUS_ERROR_NO_REPLY))
		return too_late(manager, about);
	if (sd_bus_error_is_set(error))
		return refuse(-result, "%s: systemd says: %s (%s)", about,
			      error->message ? error->message : "no", error->name);
	return fail(result, "%s", about);
}

int manager_property(struct manager *manager, const char *name, char **value)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	int result;

	sd_bus_set_method_call_timeout(manager->bus, left_us(manager) + 1);
	result = sd_bus_get_property_string(manager->bus, service, object, interface, name, &error,
					    value);
	if (result < 0)
		result = systemd_said(manager, "ask systemd what it is", &error, result);
	sd_bus_error_free(&error);
	return result < 0 ? result : 0;
}

int manager_method(struct manager *manager, const char *method, sd_bus_message **call)
{
	int result = sd_bus_message_new_method_call(manager->bus, call, service, object, interface,
						    method);

	return result < 0 ? fail(result, "make a message to systemd") : 0;
}

int manager_call(struct manager *manager, sd_bus_message *call, const char *about,
		 sd_bus_error *error, sd_bus_message **reply)
{
	sd_bus_error own = SD_BUS_ERROR_NULL, *found = error ? error : &own;
	/* 0 would mean the library's 25 seconds. */
	int result = sd_bus_call(manager->bus, call, left_us(manager) + 1, found, reply);

	if (result < 0)
		result = systemd_said(manager, about, found, result);
	sd_bus_error_free(&own);
	return result < 0 ? result : 0;
}

static int job_removed(sd_bus_message *message, void *data, sd_bus_error *error)
{
	struct job *job = data;
	const char *path, *unit, *result;
	uint32_t id;

	(void)error;
	if (sd_bus_message_read(message, "uoss", &id, &path, &unit, &result) >= 0 && job->path &&
	    !job->result && !strcmp(job->path, path))
		job->result = strdup(result);
	return 0;
}

/* Asked for without waiting for the answer: a bus keeps the order of messages. */
int manager_listen(struct manager *manager)
{
	int result = 0;

	if (!manager->job.match)
		result = sd_bus_match_signal_async(manager->bus, &manager->job.match, service,
						   object, interface, "JobRemoved", job_removed,
						   NULL, &manager->job);
	return result < 0 ? fail(result, "listen to systemd's jobs") : 0;
}

int manager_await_job(struct manager *manager, sd_bus_message *reply, const char *about)
{
	struct job *job = &manager->job;
	const char *path;
	int result = sd_bus_message_read(reply, "o", &path);

	if (result < 0)
		return fail(result, "%s: read systemd's answer", about);
	free(job->path);
	free(job->result);
	job->result = NULL;
	job->path = strdup(path);
	if (!job->path)
		return fail(ENOMEM, "%s", about);
	while (!job->result) {
		result = turn(manager);
		if (result < 0)
			return systemd_said(manager, about, NULL, result);
	}
	if (!strcmp(job->result, "done"))
		return 0;
	return advise(refuse(EIO, "%s: systemd's job ended with \"%s\"", about, job->result),
		      "journalctl -b tells more");
}
