/* bus_address.c -- where systemd can be spoken to.
 *
 * For root the system's bus; where no D-Bus daemon runs, systemd's own socket, which only root may
 * use. For an ordinary user the manager of that user, on the user's bus. The helper has no
 * environment, and a later command may have another one, so the addresses are made of it here and
 * kept in the record.
 *
 * Does not connect: cgroups/scope/bus.c. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroups/unit.h"
#include "runtime/base/fault.h"

/* D-Bus specification, "Server Addresses": other bytes than these are written as %XX. */
static char *address_of_path(struct arena *arena, const char *path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "-_/.\\*";
	static const char scheme[] = "unix:path=";
	char *address = arena_alloc(arena, sizeof scheme + 3 * strlen(path)), *end;

	end = stpcpy(address, scheme);
	for (; *path; path++) {
		if (strchr(plain, *path))
			*end++ = *path;
		else
			end += sprintf(end, "%%%02x", (unsigned char)*path);
	}
	return address;
}

static void add(struct strings *addresses, const char *kind, char *address)
{
	addresses->at[addresses->count++] = (char *)kind;
	addresses->at[addresses->count++] = address;
}

static const char *set_and_not_empty(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

/* Engines may call with an empty environment: pam_systemd(8) says where the folder usually is. */
static int user_addresses(struct strings *addresses, struct arena *arena)
{
	const char *bus = set_and_not_empty("DBUS_SESSION_BUS_ADDRESS");
	const char *folder = set_and_not_empty("XDG_RUNTIME_DIR");
	struct stat about;
	char *path = folder ? arena_format(arena, "%s/bus", folder) :
			      arena_format(arena, "/run/user/%u/bus", geteuid());

	if (bus)
		add(addresses, "bus", arena_copy(arena, bus));
	if (stat(path, &about) == 0)
		add(addresses, "bus", address_of_path(arena, path));
	if (addresses->count)
		return 0;
	return advise(refuse(ENOENT, "there is no D-Bus of this user's: DBUS_SESSION_BUS_ADDRESS is "
				     "not set, and there is no %s",
			     path),
		      "install dbus-user-session and log in again (or: loginctl enable-linger), or "
		      "use --cgroup-manager=cgroupfs");
}

int bus_addresses(struct strings *addresses, bool rootless, struct arena *arena)
{
	const char *bus = set_and_not_empty("DBUS_SYSTEM_BUS_ADDRESS");

	*addresses = (struct strings){ .at = arena_array(arena, 4, sizeof *addresses->at) };
	if (rootless)
		return user_addresses(addresses, arena);
	add(addresses, "bus", arena_copy(arena, bus ? bus : "unix:path=/run/dbus/system_bus_socket"));
	add(addresses, "direct", arena_copy(arena, "unix:path=/run/systemd/private"));
	return 0;
}
