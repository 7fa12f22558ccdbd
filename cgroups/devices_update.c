/* devices_update.c -- the device rules of an update.
 *
 * Engines send the whole of linux.resources again to change one number in it, while something else
 * may have opened a device for the container since (a GPU's plugin; runc's update passes device
 * rules over for its sake). So rules that are what we set last are let alone, and only others
 * replace what is there.
 *
 * Does not write them: devices_v1_update.c, devices_attach.c. */
#include <errno.h>
#include <string.h>

#include "cgroups/devices.h"
#include "cgroups/tree.h"
#include "cgroups/update.h"
#include "runtime/base/fault.h"

/* An update that was killed leaves "". */
static bool is_known(const struct cgroup *cgroup)
{
	return !cgroup->device_rules || *cgroup->device_rules;
}

/* Those we set last. */
static struct device_rules old_rules(const struct cgroup *cgroup,
				     const struct spec_resources *before)
{
	struct device_rules rules;

	if (cgroup->device_rules && *cgroup->device_rules &&
	    cg_read_devices(cgroup->device_rules, &rules, cgroup->arena))
		return rules;
	return cg_device_rules(before, cgroup->devices, cgroup->arena);
}

bool cg_devices_differ(struct cgroup *cgroup, const struct spec_resources *asked,
		       const struct spec_resources *before)
{
	struct device_rules old, rules;

	if (!asked->devices.count)
		return false;
	old = old_rules(cgroup, before);
	rules = cg_device_rules(asked, cgroup->devices, cgroup->arena);
	return !is_known(cgroup) || strcmp(cg_spell_devices(&rules, cgroup->arena),
					   cg_spell_devices(&old, cgroup->arena)) != 0;
}

int cg_update_devices(struct cgroup *cgroup, const struct spec_resources *asked,
		      const struct spec_resources *before)
{
	struct cg_hierarchy *v1 = cg_hierarchy_of(cgroup, "devices");
	struct cg_hierarchy *hierarchy = v1 ? v1 : cg_hierarchy_v2(cgroup);
	struct device_rules old, rules;
	int dir, result;

	if (!cg_devices_differ(cgroup, asked, before))
		return 0;
	if (!hierarchy)
		return blame(refuse(ENOTSUP, "cannot be applied: no cgroup is made"),
			     "linux.resources.devices");
	dir = cg_dir(hierarchy);
	if (dir < 0)
		return dir == -ENOENT ? fail(dir, "open cgroup %s%s", hierarchy->mount,
					     hierarchy->path) :
					dir;
	old = old_rules(cgroup, before);
	rules = cg_device_rules(asked, cgroup->devices, cgroup->arena);
	result = v1 ? cg_replace_devices_v1(cgroup, hierarchy, &old, &rules) :
		      cg_devices_bpf(cgroup, hierarchy, &rules, true);
	if (!result)
		cgroup->device_rules = cg_spell_devices(&rules, cgroup->arena);
	return cg_blame_devices(cgroup, result);
}
