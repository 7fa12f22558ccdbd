/* requests.c -- what is asked of systemd, and when it is done.
 *
 *	start UNIT properties     a scope that begins with us in it
 *	attach UNIT below pid     another process into it, or a cgroup below it
 *	set UNIT properties       on the running unit, until the next boot
 *	stop UNIT                 and its failure forgotten, so that the name is free
 *
 * Each is done when systemd has done it, not when it has promised to.
 *
 * Interface: org.freedesktop.systemd1(5). Does not know what a property means. */
#include "cgroups/scope/requests.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "runtime/base/fault.h"

#define automessage __attribute__((cleanup(drop_message)))
#define autoerror   __attribute__((cleanup(sd_bus_error_free)))

static void drop_message(sd_bus_message **message)
{
	sd_bus_message_unref(*message);
}

/* What is left of a request's words. */
struct words {
	char *const *at;
	size_t count;
};

static const char *next(struct words *words)
{
	if (!words->count)
		return NULL;
	words->count--;
	return *words->at++;
}

/* ---- messages ----------------------------------------------------------------------------- */

static int append_basic(sd_bus_message *call, char type, const char *word)
{
	switch (type) {
	case 'b':
		return sd_bus_message_append(call, "b", !strcmp(word, "true"));
	case 'y':
		return sd_bus_message_append(call, "y", (uint8_t)strtoul(word, NULL, 10));
	case 'i':
		return sd_bus_message_append(call, "i", (int32_t)strtol(word, NULL, 10));
	case 'u':
		return sd_bus_message_append(call, "u", (uint32_t)strtoul(word, NULL, 10));
	case 't':
		return sd_bus_message_append(call, "t", (uint64_t)strtoull(word, NULL, 10));
	case 's':
		return sd_bus_message_append(call, "s", word);
	}
	return -EINVAL;
}

/* "s", "as", "ay" or "a(ss)", of `count` words. */
static int append_value(sd_bus_message *call, const char *type, struct words *words, size_t count)
{
	bool pairs = !strcmp(type, "a(ss)");
	int result;

	if (type[0] != 'a')
		return append_basic(call, type[0], next(words));
	result = sd_bus_message_open_container(call, 'a', type + 1);
	for (size_t i = 0; i < count && result >= 0; i += pairs ? 2 : 1) {
		const char *word = next(words);

		result = pairs ? sd_bus_message_append(call, "(ss)", word, next(words)) :
				 append_basic(call, type[1], word);
	}
	return result < 0 ? result : sd_bus_message_close_container(call);
}

static int append_property(sd_bus_message *call, struct words *words)
{
	const char *name = next(words), *type = next(words), *number = next(words);
	size_t count = number ? strtoul(number, NULL, 10) : 0;
	int result;

	if (!number || count > words->count || (type[0] != 'a' && count != 1) ||
	    (!strcmp(type, "a(ss)") && count % 2))
		return -EBADMSG;
	result = sd_bus_message_open_container(call, 'r', "sv");
	if (result >= 0)
		result = sd_bus_message_append(call, "s", name);
	if (result >= 0)
		result = sd_bus_message_open_container(call, 'v', type);
	if (result >= 0)
		result = append_value(call, type, words, count);
	if (result >= 0)
		result = sd_bus_message_close_container(call);
	return result < 0 ? result : sd_bus_message_close_container(call);
}

/* The list of properties; `us`: with ourselves as the first process. */
static int append_properties(sd_bus_message *call, struct words words, bool us)
{
	int result = sd_bus_message_open_container(call, 'a', "(sv)");

	if (result >= 0 && us)
		result = sd_bus_message_append(call, "(sv)", "PIDs", "au", 1, (uint32_t)getpid());
	while (words.count && result >= 0)
		result = append_property(call, &words);
	if (result >= 0)
		result = sd_bus_message_close_container(call);
	return result < 0 ? fail(result, "make a message to systemd") : 0;
}

static int append(int result)
{
	return result < 0 ? fail(result, "make a message to systemd") : 0;
}

/* ---- requests ----------------------------------------------------------------------------- */

static const char *about(char text[320], const char *what, const char *unit)
{
	snprintf(text, 320, "%s %s", what, unit);
	return text;
}

/* A method with the unit's name, and a second argument if there is one; no job, no answer. */
static int ask(struct manager *manager, const char *method, const char *unit, const char *mode,
	       sd_bus_error *error, sd_bus_message **reply, const char *what)
{
	automessage sd_bus_message *call = NULL;
	char text[320];
	int result = manager_method(manager, method, &call);

	if (!result)
		result = append(sd_bus_message_append(call, mode ? "ss" : "s", unit, mode));
	return result ? result :
			manager_call(manager, call, about(text, what, unit), error, reply);
}

static bool is_gone(const sd_bus_error *error)
{
	return sd_bus_error_has_name(error, "org.freedesktop.systemd1.NoSuchUnit");
}

/* Gone is success, and then there is nothing to be forgotten. */
static int forget_failure(struct manager *manager, const char *unit)
{
	autoerror sd_bus_error error = SD_BUS_ERROR_NULL;
	int result = ask(manager, "ResetFailedUnit", unit, NULL, &error, NULL, "reset unit");

	if (!result || !is_gone(&error))
		return result;
	forget_fault();
	return 0;
}

static int start_once(struct manager *manager, const char *unit, struct words properties,
		      sd_bus_error *error, bool *exists)
{
	automessage sd_bus_message *call = NULL, *reply = NULL;
	char text[320];
	int result = manager_method(manager, "StartTransientUnit", &call);

	if (!result)
		result = append(sd_bus_message_append(call, "ss", unit, "fail"));
	if (!result)
		result = append_properties(call, properties, true);
	if (!result)
		result = append(sd_bus_message_append(call, "a(sa(sv))", 0));
	if (!result)
		result = manager_call(manager, call, about(text, "start unit", unit), error,
				      &reply);
	*exists = sd_bus_error_has_name(error, "org.freedesktop.systemd1.UnitExists");
	if (!result)
		result = manager_await_job(manager, reply, about(text, "start unit", unit));
	return result;
}

/* A unit that could not be started would be in the way of the next one. */
static void clear_away(struct manager *manager, const char *unit)
{
	struct fault kept = *last_fault();

	forget_failure(manager, unit);
	*last_fault() = kept;
}

/* The name may still be held by a scope that has failed, or by one that has just become empty,
 * which systemd is about to hear of: forgotten and asked again, for a second. */
static int start(struct manager *manager, const char *unit, struct words properties)
{
	static const struct timespec nap = { .tv_nsec = 20 * 1000 * 1000 };
	int result = manager_listen(manager);
	bool exists = true;

	for (unsigned tries = 0; !result && exists; tries++) {
		autoerror sd_bus_error error = SD_BUS_ERROR_NULL;

		result = start_once(manager, unit, properties, &error, &exists);
		if (result && !exists)
			clear_away(manager, unit);
		if (!result || !exists || tries == 50)
			return result;
		if (tries)
			nanosleep(&nap, NULL);
		result = forget_failure(manager, unit);
	}
	return result;
}

static int attach(struct manager *manager, const char *unit, struct words words)
{
	automessage sd_bus_message *call = NULL;
	const char *below = next(&words), *pid = next(&words);
	char text[320];
	int result;

	if (!pid)
		return refuse(EBADMSG, "attach to unit %s: no process", unit);
	result = manager_method(manager, "AttachProcessesToUnit", &call);
	if (!result)
		result = append(sd_bus_message_append(call, "ssau", unit, below, 1,
						      (uint32_t)strtoul(pid, NULL, 10)));
	return result ? result :
			manager_call(manager, call, about(text, "attach a process to unit", unit),
				     NULL, NULL);
}

/* systemd answers first and writes the files in its next round, before it reads the next message:
 * any second call makes sure of that, and the files are ours to write from then on. */
static int set(struct manager *manager, const char *unit, struct words properties)
{
	automessage sd_bus_message *call = NULL;
	char text[320], *version = NULL;
	int result = manager_method(manager, "SetUnitProperties", &call);
	const int until_next_boot = 1;

	if (!result)
		result = append(sd_bus_message_append(call, "sb", unit, until_next_boot));
	if (!result)
		result = append_properties(call, properties, false);
	if (!result)
		result = manager_call(manager, call, about(text, "set properties of unit", unit),
				      NULL, NULL);
	if (!result)
		result = manager_property(manager, "Version", &version);
	free(version);
	return result;
}

static int stop(struct manager *manager, const char *unit)
{
	autoerror sd_bus_error error = SD_BUS_ERROR_NULL;
	automessage sd_bus_message *reply = NULL;
	char text[320];
	int result = manager_listen(manager);

	if (!result)
		result = ask(manager, "StopUnit", unit, "replace", &error, &reply, "stop unit");
	if (result && is_gone(&error)) {
		forget_fault();
		return 0;
	}
	if (!result)
		result = manager_await_job(manager, reply, about(text, "stop unit", unit));
	return result ? result : forget_failure(manager, unit);
}

int request(struct manager *manager, const struct strings *given)
{
	struct words words = { given->at, given->count };
	const char *verb = next(&words), *unit = next(&words);

	if (!unit)
		return refuse(EBADMSG, "a request to systemd without a unit");
	manager_begin(manager);
	if (!strcmp(verb, "start"))
		return start(manager, unit, words);
	if (!strcmp(verb, "attach"))
		return attach(manager, unit, words);
	if (!strcmp(verb, "set"))
		return set(manager, unit, words);
	if (!strcmp(verb, "stop"))
		return stop(manager, unit);
	return refuse(EBADMSG, "an unknown request to systemd: %s", verb);
}
