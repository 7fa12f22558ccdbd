/* unit_devices.c -- device rules as systemd's DevicePolicy and DeviceAllow.
 *
 * systemd only knows lists of what is allowed. Rules that are such a list are told to it. For
 * others it depends on how the kernel adds rules up:
 *
 *	- v2: what systemd's program and ours both allow. So systemd's is to allow everything, and
 *	  ours (devices_bpf.c) does it alone;
 *	- v1: there is one list, and the last writer wins. At a reload that is systemd, and it is to
 *	  close the container's devices then, not to open the host's: it gets the part it knows.
 *
 * Does not decide what the rules are: devices.c. */
#include <inttypes.h>
#include <stdio.h>

#include "cgroups/devices.h"
#include "cgroups/tree.h"
#include "cgroups/unit.h"

enum { majors_since = 240 }; /* "char-136"; before, a name from /proc/devices */

static const char *spell_access(unsigned access, struct arena *arena)
{
	return arena_format(arena, "%s%s%s", access & ACCESS_READ ? "r" : "",
			    access & ACCESS_WRITE ? "w" : "", access & ACCESS_MKNOD ? "m" : "");
}

/* NULL: systemd has no word for it ("any device with this minor number"). */
static char *spell_device(const struct device_rule *rule, unsigned version, struct arena *arena)
{
	const char *type = rule->type == 'c' ? "char" : "block";

	if (rule->major == ANY_NUMBER)
		return rule->minor == ANY_NUMBER ? arena_format(arena, "%s-*", type) : NULL;
	if (version < majors_since)
		return NULL;
	if (rule->minor == ANY_NUMBER)
		return arena_format(arena, "%s-%" PRId64, type, rule->major);
	return arena_format(arena, "/dev/%s/%" PRId64 ":%" PRId64, type, rule->major, rule->minor);
}

/* Pairs of device and access; false when not all of the rules are in it. */
static bool spell_list(const struct device_rules *rules, unsigned version, struct strings *pairs,
		       struct arena *arena)
{
	bool whole = !rules->allow_rest;

	pairs->at = arena_array(arena, 2 * rules->count + 1, sizeof *pairs->at);
	for (size_t i = 0; !rules->allow_rest && i < rules->count; i++) {
		char *device = spell_device(&rules->at[i], version, arena);

		if (!device) {
			whole = false;
			continue;
		}
		pairs->at[pairs->count++] = device;
		pairs->at[pairs->count++] = (char *)spell_access(rules->at[i].access, arena);
	}
	return whole;
}

void unit_devices(struct unit_properties *list, struct cgroup *cgroup,
		  const struct spec_resources *resources, unsigned version)
{
	struct device_rules rules = cg_device_rules(resources, cgroup->devices, cgroup->arena);
	bool last_writer_wins = cg_hierarchy_of(cgroup, "devices");
	struct strings none = { 0 }, pairs = { 0 };
	struct device_rules flat;
	bool flattened, whole, all;

	/* An ordinary user's systemd may not load such a program either. */
	if (cgroup->rootless)
		return;
	flattened = !cg_v1_exceptions(&rules, cgroup->arena, &flat);
	whole = flattened && spell_list(&flat, version, &pairs, cgroup->arena);
	all = flattened && flat.allow_rest && !flat.count;
	/* An empty list forgets what was allowed before. */
	unit_add(list, cgroup->arena, "DeviceAllow", "a(ss)", none);
	if (all || (!whole && !last_writer_wins)) {
		unit_add_one(list, cgroup->arena, "DevicePolicy", "s", "auto");
		return;
	}
	unit_add_one(list, cgroup->arena, "DevicePolicy", "s", "strict");
	unit_add(list, cgroup->arena, "DeviceAllow", "a(ss)", pairs);
}
