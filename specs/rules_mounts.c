/* rules_mounts.c -- rules for the root, mounts and hidden paths (config.md, "Root", "Mounts").
 *
 * Whether sources exist and filesystems are known, ns/ finds out. */
#include <linux/sched.h>
#include <stdio.h>
#include <string.h>

#include "runtime/base/fault.h"
#include "specs/options.h"
#include "specs/rules.h"

int rule_root(const struct spec *spec)
{
	/* root.path is required by its row. */
	return spec->root.given ? 0 : broken("root", "required, but missing");
}

int rule_destinations(const struct spec *spec)
{
	for (size_t i = 0; i < spec->mounts.count; i++) {
		const char *destination = spec->mounts.at[i].destination;

		if (*destination != '/')
			warn("mounts[%zu].destination: a relative path is deprecated; %s is taken "
			     "as relative to /",
			     i, shown(destination));
	}
	return 0;
}

static bool has_option(const struct spec_mount *mount, enum spec_option_kind kind)
{
	for (size_t i = 0; i < mount->options.count; i++) {
		const struct spec_mount_option *option = spec_mount_option(mount->options.at[i]);

		if (option && option->kind == kind)
			return true;
	}
	return false;
}

int rule_bind_sources(const struct spec *spec)
{
	for (size_t i = 0; i < spec->mounts.count; i++) {
		const struct spec_mount *mount = &spec->mounts.at[i];

		if (!mount->source && has_option(mount, OPTION_BIND) &&
		    !has_option(mount, OPTION_REMOUNT))
			return broken(at("mounts[%zu].source", i), "a bind mount needs one");
	}
	return 0;
}

static int check_mount_mappings(const struct spec *spec, size_t i)
{
	const struct spec_mount *mount = &spec->mounts.at[i];
	char path[64];
	int result;

	if (mount->uid_mappings.count && !mount->gid_mappings.count)
		return broken(at("mounts[%zu].uidMappings", i), "gidMappings must be given too");
	if (mount->gid_mappings.count && !mount->uid_mappings.count)
		return broken(at("mounts[%zu].gidMappings", i), "uidMappings must be given too");
	if (!mount->uid_mappings.count && has_option(mount, OPTION_IDMAP) &&
	    !rules_namespace(spec, CLONE_NEWUSER))
		return broken(at("mounts[%zu].options", i),
			      "idmap needs uidMappings and gidMappings here, or a user namespace");
	snprintf(path, sizeof path, "mounts[%zu].uidMappings", i);
	result = rules_id_maps(&mount->uid_mappings, path);
	if (result < 0)
		return result;
	snprintf(path, sizeof path, "mounts[%zu].gidMappings", i);
	return rules_id_maps(&mount->gid_mappings, path);
}

int rule_mount_mappings(const struct spec *spec)
{
	for (size_t i = 0; i < spec->mounts.count; i++) {
		int result = check_mount_mappings(spec, i);

		if (result < 0)
			return result;
	}
	return 0;
}

static int check_absolute(const struct strings *paths, const char *path)
{
	for (size_t i = 0; i < paths->count; i++) {
		if (*paths->at[i] != '/')
			return broken(at("%s[%zu]", path, i), "expected an absolute path, got %s",
				      shown(paths->at[i]));
	}
	return 0;
}

int rule_hidden_paths(const struct spec *spec)
{
	const struct spec_linux *only = &spec->linux;
	int result = check_absolute(&only->masked_paths, "linux.maskedPaths");

	if (!result)
		result = check_absolute(&only->readonly_paths, "linux.readonlyPaths");
	if (result < 0 || rules_namespace(spec, CLONE_NEWNS))
		return result;
	/* They would be hidden from the host. */
	if (only->masked_paths.count)
		return rules_need_namespace("linux.maskedPaths", "mount", "");
	if (only->readonly_paths.count)
		return rules_need_namespace("linux.readonlyPaths", "mount", "");
	return 0;
}
