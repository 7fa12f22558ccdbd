/* devices.c -- the device rules of a container, in order, in one normal form.
 *
 * The spec's list comes first, in its order (config-linux.md, "Allowed Device list"). Engines rely
 * on what runc appends to it since 2015: mknod of anything, and use of the devices every container
 * has in /dev: not the host's console (5:1), since the container's is a pty. A list that does not begin with a word on all devices starts from "deny", as in
 * runc: a forgotten first line must not open the host's disks.
 *
 * In a user namespace without privilege no device node can be made and a foreign one is not
 * opened by the cgroup's leave but by the mount's and the file's: rules that may not be set there
 * are passed over, as every rootless runtime does.
 *
 * Does not talk to the kernel: devices_v1.c, devices_bpf.c. */
#include "cgroups/devices.h"

#include <errno.h>
#include <string.h>

#include "cgroups/tree.h"
#include "runtime/base/fault.h"

static const struct own_rule {
	const char *path; /* NULL: no device of its own in /dev */
	struct device_rule rule;
} own_rules[] = {
	{ NULL, { true, 'c', ANY_NUMBER, ANY_NUMBER, ACCESS_MKNOD } },
	{ NULL, { true, 'b', ANY_NUMBER, ANY_NUMBER, ACCESS_MKNOD } },
	{ "/dev/null", { true, 'c', 1, 3, ACCESS_ALL } },
	{ "/dev/zero", { true, 'c', 1, 5, ACCESS_ALL } },
	{ "/dev/full", { true, 'c', 1, 7, ACCESS_ALL } },
	{ "/dev/random", { true, 'c', 1, 8, ACCESS_ALL } },
	{ "/dev/urandom", { true, 'c', 1, 9, ACCESS_ALL } },
	{ "/dev/tty", { true, 'c', 5, 0, ACCESS_ALL } },
	{ NULL, { true, 'c', 5, 2, ACCESS_ALL } },            /* /dev/ptmx */
	{ NULL, { true, 'c', 136, ANY_NUMBER, ACCESS_ALL } }, /* /dev/pts/N, /dev/console */
	{ NULL, { true, 'c', 10, 200, ACCESS_ALL } },         /* /dev/net/tun: VPNs count on it */
};
enum { own_count = sizeof own_rules / sizeof *own_rules };

static int64_t number_of(const struct maybe_i64 *number)
{
	return number->given ? number->value : ANY_NUMBER;
}

static unsigned access_of(const char *letters)
{
	unsigned access = 0;

	if (!letters)
		return ACCESS_ALL;
	for (; *letters; letters++)
		access |= *letters == 'r' ? ACCESS_READ :
			  *letters == 'w' ? ACCESS_WRITE :
					    ACCESS_MKNOD;
	return access;
}

static bool is_number(const struct maybe_i64 *number)
{
	return !number->given || (number->value >= ANY_NUMBER && number->value <= UINT32_MAX);
}

int cg_check_devices(const struct spec_resources *resources)
{
	for (size_t i = 0; resources && i < resources->devices.count; i++) {
		const struct spec_device_rule *rule = &resources->devices.at[i];
		const char *access = rule->access;

		if (access && (!*access || access[strspn(access, "rwm")]))
			return blame(refuse(EINVAL, "expected letters of \"rwm\", got \"%s\"",
					    access),
				     "linux.resources.devices[%zu].access", i);
		if (!is_number(&rule->major) || !is_number(&rule->minor))
			return blame(refuse(EINVAL, "%lld is not a device number",
					    (long long)(is_number(&rule->major) ?
								rule->minor.value :
								rule->major.value)),
				     "linux.resources.devices[%zu].%s", i,
				     is_number(&rule->major) ? "minor" : "major");
	}
	return 0;
}

/* The same path with other numbers: the container's own /dev/full is not the host's. */
static bool is_replaced(const struct own_rule *own, const struct spec_devices *devices)
{
	for (size_t i = 0; own->path && devices && i < devices->count; i++) {
		const struct spec_device *device = &devices->at[i];

		if (!strcmp(device->path, own->path))
			return device->type != own->rule.type ||
			       number_of(&device->major) != own->rule.major ||
			       number_of(&device->minor) != own->rule.minor;
	}
	return false;
}

static void add_config_rule(struct device_rules *rules, const struct spec_device_rule *from)
{
	struct device_rule rule = {
		.allow = from->allow,
		.type = from->type,
		.major = number_of(&from->major),
		.minor = number_of(&from->minor),
		.access = access_of(from->access),
	};

	if (rule.type && rule.type != 'a') {
		rules->at[rules->count++] = rule;
		return;
	}
	if (rule.major == ANY_NUMBER && rule.minor == ANY_NUMBER && rule.access == ACCESS_ALL) {
		rules->allow_rest = rule.allow;
		rules->count = 0;
		return;
	}
	for (const char *type = "bc"; *type; type++) {
		rule.type = *type;
		rules->at[rules->count++] = rule;
	}
}

struct device_rules cg_device_rules(const struct spec_resources *resources,
				    const struct spec_devices *devices, struct arena *arena)
{
	size_t given = resources ? resources->devices.count : 0;
	struct device_rules rules = { 0 };

	rules.at = arena_array(arena, given * 2 + own_count, sizeof *rules.at);
	for (size_t i = 0; i < given; i++)
		add_config_rule(&rules, &resources->devices.at[i]);
	for (size_t i = 0; i < own_count; i++) {
		if (!is_replaced(&own_rules[i], devices))
			rules.at[rules.count++] = own_rules[i].rule;
	}
	return rules;
}

/* "Allow everything" and nothing denied since: no rule makes a difference. */
static bool denies_something(const struct device_rules *rules)
{
	if (!rules->allow_rest)
		return true;
	for (size_t i = 0; i < rules->count; i++) {
		if (!rules->at[i].allow)
			return true;
	}
	return false;
}

bool cg_has_v1_devices(struct cgroup *cgroup)
{
	struct cg_hierarchy *hierarchy = cg_hierarchy_of(cgroup, "devices");

	return hierarchy && !hierarchy->v2;
}

int cg_limit_devices(struct cgroup *cgroup)
{
	struct cg_hierarchy *v1 = cg_hierarchy_of(cgroup, "devices");
	struct cg_hierarchy *hierarchy = v1 ? v1 : cg_hierarchy_v2(cgroup);
	struct device_rules rules =
		cg_device_rules(cgroup->resources, cgroup->devices, cgroup->arena);
	int dir, result;

	/* Rootless only: cg_plan refuses a host without either to everybody else. */
	if (!hierarchy || (!v1 && !denies_something(&rules)))
		return 0;
	dir = cg_dir(hierarchy);
	if (dir < 0)
		return dir == -ENOENT ? fail(dir, "open cgroup %s%s", hierarchy->mount,
					     hierarchy->path) :
					dir;
	result = v1 ? cg_devices_v1(cgroup, hierarchy, &rules) :
		      cg_devices_bpf(cgroup, hierarchy, &rules);
	if (cgroup->rootless && (result == -EPERM || result == -EACCES)) {
		forget_fault();
		return 0;
	}
	return result ? blame(result, "linux.resources.devices") : 0;
}
