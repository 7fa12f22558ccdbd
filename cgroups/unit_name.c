/* unit_name.c -- linux.cgroupsPath, read as systemd's driver reads it: "slice:prefix:name".
 *
 * As runc has it, since engines write it: an empty slice is system.slice (user.slice for an
 * ordinary user), the unit is "prefix-name.scope" ("-name.scope" without a prefix). A slice's name
 * tells where it lies: a-b.slice is in a.slice (systemd.slice(5)).
 *
 * Everything systemd would refuse is refused here, before anything is made.
 *
 * Does not know mounts or hierarchies: plan.c. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cgroups/unit.h"
#include "runtime/base/fault.h"

static const char slice_suffix[] = ".slice";
static const char scope_suffix[] = ".scope";
/* systemd: src/basic/unit-name.c, VALID_CHARS and UNIT_NAME_MAX. */
static const char valid[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:-_.\\";
enum { unit_name_at_most = 255 };

static bool ends_with(const char *text, const char *suffix)
{
	size_t length = strlen(text), end = strlen(suffix);

	return length > end && !strcmp(text + length - end, suffix);
}

static int check_unit_name(const char *name)
{
	size_t good = strspn(name, valid);

	if (strlen(name) > unit_name_at_most)
		return refuse(ENAMETOOLONG, "systemd takes unit names of %d bytes, and this is one "
					    "of %zu: %s",
			      unit_name_at_most, strlen(name), name);
	if (name[good])
		return refuse(EINVAL, "\"%c\" may not be in the name of a systemd unit: %s",
			      name[good], name);
	return 0;
}

/* No part of it may be empty: "-a.slice", "a--b.slice" and ".slice" are no places. */
static int check_slice(const char *slice)
{
	size_t length = strlen(slice) - (sizeof slice_suffix - 1);

	if (!ends_with(slice, slice_suffix) || slice[strspn(slice, valid)])
		return refuse(EINVAL, "\"%s\" is not the name of a slice, such as "
				      "\"machine.slice\"",
			      slice);
	if (!strcmp(slice, "-.slice"))
		return 0;
	if (slice[0] == '-' || slice[length - 1] == '-' || strstr(slice, "--"))
		return refuse(EINVAL, "\"%s\" is not the name of a slice: a part of it, between "
				      "two \"-\", is empty",
			      slice);
	return check_unit_name(slice);
}

/* An id may have a "+", a unit's name may not: as systemd-escape(1) writes it. */
static char *escape_id(struct arena *arena, const char *id)
{
	char *escaped = arena_alloc(arena, 4 * strlen(id) + 1), *end = escaped;

	for (; *id; id++) {
		if (strchr(valid, *id))
			*end++ = *id;
		else
			end += sprintf(end, "\\x%02x", (unsigned char)*id);
	}
	return escaped;
}

static int split(struct cg_unit *unit, const char *asked, struct arena *arena)
{
	const char *prefix = strchr(asked, ':');
	const char *name = prefix ? strchr(prefix + 1, ':') : NULL;

	if (!name || strchr(name + 1, ':'))
		return refuse(EINVAL, "expected cgroupsPath to be of format \"slice:prefix:name\" "
				      "for systemd cgroups, got \"%s\" instead",
			      asked);
	if (prefix > asked)
		unit->slice = arena_copy_bytes(arena, asked, (size_t)(prefix - asked));
	prefix++;
	name++;
	if (!*name)
		return refuse(EINVAL, "\"%s\" leaves no name for the container's unit", asked);
	if (ends_with(name, slice_suffix))
		return refuse(EINVAL, "\"%s\" asks for a slice, which has no processes of its own: "
				      "a container needs a scope",
			      asked);
	unit->name = arena_format(arena, "%.*s-%s%s", (int)(name - 1 - prefix), prefix, name,
				  scope_suffix);
	return 0;
}

int unit_plan_name(struct cg_unit *unit, const char *cgroups_path, const char *id, bool rootless,
		   struct arena *arena)
{
	int result = 0;

	unit->slice = arena_copy(arena, rootless ? "user.slice" : "system.slice");
	if (cgroups_path && *cgroups_path)
		result = split(unit, cgroups_path, arena);
	else
		unit->name = arena_format(arena, "caisson-%s%s", escape_id(arena, id),
					  scope_suffix);
	if (!result)
		result = check_slice(unit->slice);
	if (!result)
		result = check_unit_name(unit->name);
	return result ? blame(result, "linux.cgroupsPath") : 0;
}

/* systemd: src/basic/cgroup-util.c, cg_needs_escape(): what could be taken for a file of the
 * kernel's gets a "_" in front. */
static bool needs_escape(const char *name)
{
	static const char *const controllers[] = { "cgroup", "cpu",    "cpuacct", "cpuset",
						   "io",     "blkio",  "memory",  "devices",
						   "pids",   "bpf-firewall", "bpf-devices" };

	if (name[0] == '_' || name[0] == '.')
		return true;
	for (size_t i = 0; i < sizeof controllers / sizeof *controllers; i++) {
		size_t length = strlen(controllers[i]);

		if (!strncmp(name, controllers[i], length) && name[length] == '.')
			return true;
	}
	return false;
}

static char *step_down(struct arena *arena, const char *path, const char *name)
{
	return arena_format(arena, "%s/%s%s", path, needs_escape(name) ? "_" : "", name);
}

char *unit_path(const struct cg_unit *unit, struct arena *arena)
{
	size_t length = strlen(unit->slice) - (sizeof slice_suffix - 1);
	char *path = arena_copy(arena, "");

	for (size_t end = 1; strcmp(unit->slice, "-.slice") && end <= length; end++) {
		if (end == length || unit->slice[end] == '-')
			path = step_down(arena, path,
					 arena_format(arena, "%.*s%s", (int)end, unit->slice,
						      slice_suffix));
	}
	return step_down(arena, path, unit->name);
}
