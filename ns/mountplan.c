/* mountplan.c -- what each entry of mounts[] comes to on this host.
 *
 * Here a word like "rbind" or a relative source is settled, and whatever can be known to be wrong
 * without mounting anything is refused with its place in config.json.
 *
 * Opens nothing and mounts nothing (mounts.c). */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ns/idmap.h"
#include "ns/rootplan.h"
#include "runtime/base/fault.h"

bool is_path(const char *path, const char *wanted)
{
	/* "//dev/./" is /dev. */
	for (;;) {
		size_t one, other;

		path += strspn(path, "/");
		if (path[0] == '.' && (path[1] == '/' || !path[1])) {
			path++;
			continue;
		}
		wanted += strspn(wanted, "/");
		one = strcspn(path, "/");
		other = strcspn(wanted, "/");
		if (one != other || strncmp(path, wanted, one))
			return false;
		if (!one)
			return true;
		path += one;
		wanted += one;
	}
}

/* Some name the destination as the host sees it, with the rootfs before it; runc takes that. */
const char *below_root(const struct ns_root *root, const char *destination)
{
	size_t length = strlen(root->path);

	if (length > 1 && !strncmp(destination, root->path, length) &&
	    (destination[length] == '/' || !destination[length]))
		return destination[length] ? destination + length : "/";
	return destination;
}

static int plan_bind(struct mount_plan *plan, const struct ns_root *root)
{
	const struct spec_mount *spec = plan->spec;

	if (!spec->source || !spec->source[0])
		return blame(refuse(EINVAL, "bind mount on %s has no source", plan->destination),
			     "mounts[%zu].source", plan->index);
	/* mount(2) has always ignored them here, and configs in the field have them (crun goes on,
	 * runc refuses). What is not given is said. */
	for (size_t i = 0; i < plan->options.data.count; i++)
		warn("mounts[%zu].options: the bind mount on %s cannot have the file system option "
		     "\"%s\"", plan->index, plan->destination, plan->options.data.at[i]);
	plan->options.data.count = 0;
	plan->source = spec->source[0] == '/' ? spec->source
					      : arena_format(root->context.arena, "%s/%s",
							     root->context.bundle, spec->source);
	plan->type = NULL;
	return 0;
}

/* gid=5 is everybody's default for devpts, and EINVAL where no gid 5 is mapped (rootless): left
 * out, as in configs written for rootless use. */
static void drop_unmapped_gid(struct mount_plan *plan, const struct ns_root *root)
{
	struct strings *data = &plan->options.data;
	const struct spec_id_maps *maps = &root->spec->linux.gid_mappings;

	if (!root->context.new_userns || !maps->count)
		return;
	for (size_t i = 0; i < data->count; i++) {
		uint32_t gid, outside;

		if (sscanf(data->at[i], "gid=%" SCNu32, &gid) != 1 || ns_id_outside(maps, gid, &outside))
			continue;
		warn("mounts[%zu]: left out \"%s\": the user namespace has no such group",
		     plan->index, data->at[i]);
		memmove(data->at + i, data->at + i + 1, (data->count - i - 1) * sizeof *data->at);
		data->count--;
		return;
	}
}

static int plan_new(struct mount_plan *plan, const struct ns_root *root)
{
	const char *type = plan->spec->type;

	if (plan->options.remount && (!type || !type[0]))
		type = "none";
	if (!type || !type[0])
		return blame(refuse(EINVAL,
				    "mount on %s has neither a type nor the option "
				    "\"bind\"",
				    plan->destination),
			     "mounts[%zu].type", plan->index);
	plan->type = type;
	plan->source = plan->spec->source;
	plan->is_cgroup = !strcmp(type, "cgroup");
	plan->is_proc_or_sys = !strcmp(type, "proc") || !strcmp(type, "sysfs");
	if (plan->options.copy_up && strcmp(type, "tmpfs"))
		return blame(refuse(EINVAL, "tmpcopyup is for tmpfs, not for %s", type),
			     "mounts[%zu].options", plan->index);
	if (!strcmp(type, "devpts"))
		drop_unmapped_gid(plan, root);
	return 0;
}

/* Where the ids of an idmapped mount come from: its own mappings, those in the option, those of the
 * container. */
static int choose_maps(struct mount_plan *plan, const struct ns_root *root)
{
	const struct spec_mount *spec = plan->spec;
	struct spec_id_maps *maps;

	plan->uids = spec->uid_mappings.count ? &spec->uid_mappings
					      : &root->spec->linux.uid_mappings;
	plan->gids = spec->gid_mappings.count ? &spec->gid_mappings
					      : &root->spec->linux.gid_mappings;
	if (spec->uid_mappings.count || !plan->options.idmap_text)
		return 0;
	maps = arena_array(root->context.arena, 2, sizeof *maps);
	plan->uids = &maps[0];
	plan->gids = &maps[1];
	return idmap_option_read(plan->options.idmap_text, &root->spec->linux,
				 root->context.arena, &maps[0], &maps[1]);
}

static int plan_mapping(struct mount_plan *plan, const struct ns_root *root)
{
	const struct spec_mount *spec = plan->spec;
	bool userns = root->context.new_userns || root->context.joins_userns;
	int result;

	if (!spec->uid_mappings.count != !spec->gid_mappings.count)
		return blame(refuse(EINVAL, "uidMappings and gidMappings must come together"),
			     "mounts[%zu].%s", plan->index,
			     spec->uid_mappings.count ? "gidMappings" : "uidMappings");
	if (spec->uid_mappings.count)
		plan->options.idmap = true;
	if (!plan->options.idmap)
		return 0;
	if (!spec->uid_mappings.count && !plan->options.idmap_text && !userns)
		return blame(refuse(EINVAL, "idmap needs uidMappings and gidMappings, or a "
					    "container with a user namespace"),
			     "mounts[%zu].options", plan->index);
	if (root->context.rootless)
		return blame(refuse(EPERM, "idmapped mounts need root on the host"), "mounts[%zu]",
			     plan->index);
	result = choose_maps(plan, root);
	return result ? blame(result, "mounts[%zu].options", plan->index) : 0;
}

static int plan_one(struct mount_plan *plan, const struct ns_root *root)
{
	const struct spec_mount *spec = plan->spec;
	int result = mount_options_read(&plan->options, &spec->options, root->context.arena);

	if (result)
		return blame(result, "mounts[%zu].options", plan->index);
	if (spec->type && (!strcmp(spec->type, "bind") || !strcmp(spec->type, "rbind"))) {
		plan->options.bind = true;
		plan->options.recursive |= spec->type[0] == 'r';
	}
	plan->destination = below_root(root, spec->destination);
	plan->on_dev = is_path(plan->destination, "/dev");
	if (is_path(plan->destination, "/"))
		return blame(refuse(EINVAL, "nothing can be mounted on the root itself"),
			     "mounts[%zu].destination", plan->index);
	result = plan->options.bind && !plan->options.remount ? plan_bind(plan, root)
							      : plan_new(plan, root);
	if (result)
		return result;
	if (is_path(plan->destination, "/proc") && plan->type && strcmp(plan->type, "proc") &&
	    !plan->options.remount)
		return blame(refuse(EINVAL,
				    "\"%s\" cannot be mounted because it is not of type "
				    "proc",
				    plan->destination),
			     "mounts[%zu].type", plan->index);
	return plan_mapping(plan, root);
}

int mounts_plan(struct ns_root *root)
{
	const struct spec *spec = root->spec;

	root->mounts = arena_array(root->context.arena, spec->mounts.count, sizeof *root->mounts);
	root->mount_count = spec->mounts.count;
	root->populate_dev = true;
	for (size_t i = 0; i < spec->mounts.count; i++) {
		struct mount_plan *plan = &root->mounts[i];
		int result;

		plan->index = i;
		plan->spec = &spec->mounts.at[i];
		plan->tree = plan->userns = -1;
		result = plan_one(plan, root);
		if (result)
			return result;
		if (plan->on_dev && !plan->type)
			root->populate_dev = false; /* it is the host's: leave it alone */
	}
	return 0;
}
