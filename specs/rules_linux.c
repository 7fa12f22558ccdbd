/* rules_linux.c -- rules for what only Linux has (config-linux.md), resources and seccomp aside.
 *
 * Sysctls are judged by ns/names.c, which knows which of them belong to a namespace. */
#include <linux/mempolicy.h>
#include <linux/sched.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "runtime/base/cpulist.h"
#include "runtime/base/fault.h"
#include "runtime/base/words.h"
#include "specs/rules.h"
#include "specs/vocabulary.h"

int rule_namespaces(const struct spec *spec)
{
	const struct spec_namespaces *all = &spec->linux.namespaces;

	for (size_t i = 0; i < all->count; i++) {
		const char *path = all->at[i].path;

		if (path && *path != '/')
			return broken(at("linux.namespaces[%zu].path", i),
				      "expected an absolute path, got %s", shown(path));
		for (size_t j = 0; j < i; j++) {
			if (all->at[i].type == all->at[j].type)
				return broken(at("linux.namespaces[%zu].type", i),
					      "\"%s\" is there already, in entry %zu",
					      word_name(spec_namespace_words, all->at[i].type), j);
		}
	}
	return 0;
}

static int check_user_maps(const struct spec *spec, const struct spec_id_maps *maps,
			   const struct spec_id_maps *others, const char *path, const char *other)
{
	const struct spec_namespace *user = rules_namespace(spec, CLONE_NEWUSER);

	if (!maps->count)
		return 0;
	if (!user)
		return rules_need_namespace(path, "user", "");
	/* Without the other map, setuid(2) or setgid(2) inside has no id to go to. */
	if (!others->count)
		return broken(path, "%s must be given too", other);
	return rules_id_maps(maps, path);
}

int rule_user_namespace(const struct spec *spec)
{
	const struct spec_id_maps *uids = &spec->linux.uid_mappings;
	const struct spec_id_maps *gids = &spec->linux.gid_mappings;
	int result = check_user_maps(spec, uids, gids, "linux.uidMappings", "linux.gidMappings");

	if (result < 0)
		return result;
	return check_user_maps(spec, gids, uids, "linux.gidMappings", "linux.uidMappings");
}

int rule_time_offsets(const struct spec *spec)
{
	const struct spec_time_offsets *offsets = &spec->linux.time_offsets;
	const struct spec_namespace *time = rules_namespace(spec, CLONE_NEWTIME);

	if (!offsets->monotonic.given && !offsets->boottime.given)
		return 0;
	if (!time)
		return rules_need_namespace("linux.timeOffsets", "time", "");
	/* time_namespaces(7): writable only until the first process is in. */
	if (time->path)
		return broken("linux.timeOffsets",
			      "the time namespace %s that is joined has its offsets already",
			      shown(time->path));
	return 0;
}

static int check_uts_name(const struct spec *spec, const char *name, const char *path)
{
	enum { longest = 64 }; /* sethostname(2): __NEW_UTS_LEN */

	if (!name)
		return 0;
	if (!rules_namespace(spec, CLONE_NEWUTS))
		return rules_need_namespace(path, "uts", ", or it would be set on the host");
	if (strlen(name) > longest)
		return broken(path, "expected at most %d bytes, got %zu", longest, strlen(name));
	return 0;
}

int rule_uts_names(const struct spec *spec)
{
	int result = check_uts_name(spec, spec->hostname, "hostname");

	return result < 0 ? result : check_uts_name(spec, spec->domainname, "domainname");
}

static int check_device_number(const struct maybe_i64 *number, int64_t most, size_t i,
			       const char *name)
{
	if (!number->given)
		return broken(at("linux.devices[%zu].%s", i, name), "required, but missing");
	if (number->value < 0 || number->value > most)
		return broken(at("linux.devices[%zu].%s", i, name),
			      "expected an integer from 0 to %lld, got %lld", (long long)most,
			      (long long)number->value);
	return 0;
}

int rule_devices(const struct spec *spec)
{
	/* The kernel's dev_t: 12 bits and 20 bits. */
	const int64_t most_major = 4095, most_minor = 1048575;

	for (size_t i = 0; i < spec->linux.devices.count; i++) {
		const struct spec_device *device = &spec->linux.devices.at[i];
		int result = 0;

		if (*device->path != '/')
			return broken(at("linux.devices[%zu].path", i),
				      "expected an absolute path, got %s", shown(device->path));
		if (device->type != 'p')
			result = check_device_number(&device->major, most_major, i, "major");
		if (!result && device->type != 'p')
			result = check_device_number(&device->minor, most_minor, i, "minor");
		if (result < 0)
			return result;
	}
	return 0;
}

/* What the kernel takes for a name, net/core/dev.c: dev_valid_name(). */
static bool is_device_name(const char *name)
{
	return *name && strlen(name) < IFNAMSIZ && strcmp(name, ".") && strcmp(name, "..") &&
	       !name[strcspn(name, "/: \t\n\v\f\r")];
}

/* "eth%d": the kernel counts. No other use of '%' is possible. */
static bool is_template(const char *name)
{
	const char *percent = strchr(name, '%');

	return percent && percent[1] == 'd' && !strchr(percent + 2, '%');
}

static int check_new_name(const struct spec_net_devices *devices, size_t i)
{
	const struct spec_net_device *device = &devices->at[i];
	const char *name = device->new_name ? device->new_name : device->name;

	if (device->new_name &&
	    (!is_device_name(name) || (strchr(name, '%') && !is_template(name))))
		return broken(at("linux.netDevices.%s.name", device->name),
			      "%s is no name for a network device", shown(name));
	for (size_t j = 0; j < i; j++) {
		const struct spec_net_device *other = &devices->at[j];

		if (!strchr(name, '%') &&
		    !strcmp(name, other->new_name ? other->new_name : other->name))
			return broken(at("linux.netDevices.%s", device->name),
				      "%s would have the name %s inside, too", other->name,
				      shown(name));
	}
	return 0;
}

int rule_net_devices(const struct spec *spec)
{
	const struct spec_net_devices *devices = &spec->linux.net_devices;

	if (devices->count && !rules_namespace(spec, CLONE_NEWNET))
		return rules_need_namespace("linux.netDevices", "network", "");
	for (size_t i = 0; i < devices->count; i++) {
		int result;

		if (!is_device_name(devices->at[i].name))
			return broken("linux.netDevices", "%s is no name for a network device",
				      shown(devices->at[i].name));
		result = check_new_name(devices, i);
		if (result < 0)
			return result;
	}
	return 0;
}

int rule_cgroups_path(const struct spec *spec)
{
	const char *path = spec->linux.cgroups_path;

	for (const char *part = path; part && *part;) {
		size_t length = strcspn(part, "/:");

		if (length == 2 && !strncmp(part, "..", 2))
			return broken("linux.cgroupsPath", "\"..\" could leave the cgroup tree: %s",
				      shown(path));
		part += length + (part[length] != '\0');
	}
	return 0;
}

static int check_schema(const char *schema, const char *prefix, const char *path)
{
	if (schema && strncmp(schema, prefix, strlen(prefix)))
		return broken(path, "expected to start with %s, got %s", prefix, shown(schema));
	if (schema && strchr(schema, '\n'))
		return broken(path, "expected one line, got %s", shown(schema));
	return 0;
}

/* closID becomes a directory's name below resctrl; "/" alone is the default class. */
int rule_intel_rdt(const struct spec *spec)
{
	const struct spec_intel_rdt *rdt = &spec->linux.intel_rdt;
	const char *id = rdt->clos_id;
	int result;

	if (id && strcmp(id, "/") && (!strcmp(id, ".") || !strcmp(id, "..") || strchr(id, '/')))
		return broken("linux.intelRdt.closID",
			      "expected \"/\" or the name of a directory, got %s", shown(id));
	result = check_schema(rdt->l3_cache_schema, "", "linux.intelRdt.l3CacheSchema");
	if (!result)
		result = check_schema(rdt->mem_bw_schema, "MB:", "linux.intelRdt.memBwSchema");
	for (size_t i = 0; !result && i < rdt->schemata.count; i++) {
		if (strchr(rdt->schemata.at[i], '\n'))
			result = check_schema(rdt->schemata.at[i], "",
					      at("linux.intelRdt.schemata[%zu]", i));
	}
	return result;
}

/* set_mempolicy(2), "ERRORS"; of wrong modes, flags and nodes, callers match what runc says. */
int rule_memory_policy(const struct spec *spec)
{
	unsigned long mask[cpulist_words(most_nodes)];
	const struct spec_memory_policy *policy = &spec->linux.memory_policy;
	const char *mode = word_name(spec_memory_policy_words, policy->mode);
	bool without_nodes = policy->mode == MPOL_DEFAULT || policy->mode == MPOL_LOCAL;
	const uint32_t both = MPOL_F_STATIC_NODES | MPOL_F_RELATIVE_NODES;
	int nodes;

	if (!policy->given)
		return 0;
	nodes = cpulist_parse(policy->nodes ? policy->nodes : "", mask, most_nodes);
	if (nodes < 0)
		return broken("linux.memoryPolicy.nodes",
			      "invalid memory policy nodes: expected a list of nodes such as 0-3,7, "
			      "below %d, got %s",
			      most_nodes, shown(policy->nodes));
	if (without_nodes && nodes)
		return broken("linux.memoryPolicy.nodes",
			      "%s as memory policy mode requires 0 nodes but got %d", mode, nodes);
	if (!without_nodes && policy->mode != MPOL_PREFERRED && !nodes)
		return broken("linux.memoryPolicy.nodes",
			      "%s as memory policy mode requires at least one node but got 0",
			      mode);
	if ((policy->flags & both) == both)
		return broken("linux.memoryPolicy.flags",
			      "MPOL_F_STATIC_NODES and MPOL_F_RELATIVE_NODES exclude each other");
	return 0;
}

int rule_personality(const struct spec *spec)
{
	if (spec->linux.personality.flags.count)
		warn("linux.personality.flags: the spec defines none; ignored");
	return 0;
}
