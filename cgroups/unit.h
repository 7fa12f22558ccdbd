/* unit.h -- a container as systemd sees it: a unit's name, its place, its properties.
 *
 * Only cgroups/ and its helper cgroups/scope/ include this. Everything here is words: what they
 * mean is systemd's (org.freedesktop.systemd1(5), systemd.resource-control(5)). */
#ifndef CAISSON_CGROUPS_UNIT_H
#define CAISSON_CGROUPS_UNIT_H

#include <stdbool.h>

#include "cgroups/cgroup.h"

/* One property: its D-Bus signature, and its values as text. Of a basic type ("b", "s", "t", ...)
 * there is one value; of an array there are any number; of "a(ss)" each element is two. */
struct unit_property {
	const char *name, *type;
	struct strings values;
};

struct unit_properties {
	struct unit_property *at;
	size_t count, room;
};

struct cg_unit {
	char *name;          /* "caisson-web.scope" */
	char *slice;         /* "system.slice": its name, not its path */
	char *description;
	bool user;           /* of a user's manager, not of the system's */
	bool started;        /* by us, in this command */
	struct strings addresses; /* where systemd is to be found; see bus_addresses() */
	bool attaches;       /* the kernel would not let us be born there: systemd moves us */
	unsigned version;    /* systemd's, from its Manager object */
	char *control_group; /* where its tree begins: "", or "/user.slice/.../user@1000.service" */
	struct unit_properties annotated;
};

/* Adds to the list; strings are borrowed. */
void unit_add(struct unit_properties *list, struct arena *arena, const char *name,
	      const char *type, struct strings values);
/* The same for one value. */
void unit_add_one(struct unit_properties *list, struct arena *arena, const char *name,
		  const char *type, const char *value);
/* The same for a whole list. */
void unit_append(struct unit_properties *list, struct arena *arena,
		 const struct unit_properties *more);
/* What is asked of the helper (see cgroups/paper.h): VERB UNIT, then for each property its name, its
 * type, the number of its values, the values. `properties` may be NULL. */
struct strings unit_request(const char *verb, const char *unit,
			    const struct unit_properties *properties, struct arena *arena);

/* unit_name.c: "slice:prefix:name" into name and slice. NULL or "" is the default, from the id. */
int unit_plan_name(struct cg_unit *unit, const char *cgroups_path, const char *id, bool rootless,
		   struct arena *arena);
/* Where systemd puts the unit, below the place where its tree begins:
 * "/a.slice/a-b.slice/name.scope". */
char *unit_path(const struct cg_unit *unit, struct arena *arena);

/* gvariant.c: a value in GVariant's text format as words. `wanted` is the type systemd has for it:
 * "b", "s", a number's, "as" or "ay". A number is multiplied by `scale`; where that is more than 1
 * it may have a fraction. A refusal speaks. */
int gvariant_parse(const char *text, const char *wanted, uint64_t scale, struct strings *values,
		   struct arena *arena);

/* unit_annotations.c: org.systemd.property.NAME. Refuses unknown and dangerous ones. */
int unit_annotations(struct unit_properties *list, const struct pairs *annotations,
		     struct arena *arena);

/* unit_limits.c: the properties that limits are, as far as this version of systemd has them.
 * `starting`: the unit is not there yet, and a few can be set only now. */
void unit_limits(struct unit_properties *list, struct cgroup *cgroup,
		 const struct spec_resources *resources, unsigned version, bool starting);
/* The index-th property that a kernel file is, whatever the version; NULL: there is none. */
const char *unit_property_of(const char *file, size_t index);
/* unit_devices.c: likewise the device rules. */
void unit_devices(struct unit_properties *list, struct cgroup *cgroup,
		  const struct spec_resources *resources, unsigned version);

/* bus_address.c: where systemd can be spoken to: "bus" or "direct" and an address, several times,
 * to be tried in this order. `rootless`: the user's own. Speaks when there is nowhere. */
int bus_addresses(struct strings *addresses, bool rootless, struct arena *arena);

#endif
