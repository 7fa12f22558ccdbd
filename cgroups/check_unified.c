/* check_unified.c -- is each key of linux.resources.unified a limit that this host has in v2?
 *
 * A key is the name of a file, written as it stands (config-linux.md, "Unified"): what we know
 * nothing of is written as well. But it must be a name and no path, of a controller that v2 has
 * here, and not one of the files that move, stop or end processes. Two of the sentences hold the
 * words that crun's tests look for. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cgroups/knobs.h"
#include "cgroups/tree.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"

static bool is_name(const char *key)
{
	for (const char *at = key; *at; at++) {
		if (isspace((unsigned char)*at) || *at == '/')
			return false;
	}
	return *key && *key != '.' && strchr(key, '.');
}

/* Nobody's limit, and not ours to write by name: a container frozen or threaded here would hang in
 * its birth. */
static bool is_command(const char *key)
{
	static const char *const commands[] = {
		"cgroup.procs", "cgroup.threads", "cgroup.freeze", "cgroup.kill", "cgroup.type",
	};

	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		if (!strcmp(key, commands[i]))
			return true;
	}
	return false;
}

/* "memory.limit_in_bytes": the field that this file of v1 belongs to, unless v2 has one so named. */
static const struct knob *field_of_v1(const char *key)
{
	const struct knob *found = NULL;

	for (size_t i = 0; i < cg_knob_count; i++) {
		const struct knob *knob = &cg_knobs[i];

		if (knob->v2.file && !strcmp(knob->v2.file, key))
			return NULL;
		if (knob->v1.file && !strcmp(knob->v1.file, key))
			found = knob;
	}
	return found;
}

/* A cgroup below the top has all files of the controllers that are on in it: where the one above
 * ours is such a cgroup, a file that it lacks is one that we would lack, too. */
static bool is_known_absent(struct cg_hierarchy *v2, const char *controller, const char *key)
{
	char enabled[512];

	return v2->parent_fd >= 0 && strcmp(controller, "cgroup") != 0 &&
	       read_small(cg_parent(v2), "cgroup.controllers", enabled, sizeof enabled) > 0 &&
	       cg_has_word(enabled, controller) &&
	       faccessat(cg_parent(v2), key, F_OK, 0) < 0 && errno == ENOENT;
}

static int check_key(struct cgroup *cgroup, const char *key)
{
	struct cg_hierarchy *v2 = cg_hierarchy_v2(cgroup);
	const struct knob *field = field_of_v1(key);
	char controller[64];

	if (!is_name(key) || strcspn(key, ".") >= sizeof controller)
		return refuse(EINVAL,
			      "the specified key has not the form CONTROLLER.VALUE `%s`: expected "
			      "the name of a cgroup v2 file such as \"memory.high\"",
			      key);
	if (is_command(key))
		return refuse(EINVAL, "is a command to the kernel, not a limit");
	if (field)
		return advise(refuse(EINVAL, "is a file of cgroup v1"), "set linux.resources.%s",
			      field->place);
	if (!cgroup->count)
		return refuse(ENOTSUP, "cannot be applied: no cgroup is made");
	if (!v2)
		return refuse(ENOTSUP, "invalid configuration: cannot use unified on cgroup v1");
	snprintf(controller, sizeof controller, "%.*s", (int)strcspn(key, "."), key);
	if (is_known_absent(v2, controller, key))
		return fail(ENOENT, "this kernel has no file of that name");
	if (!strcmp(controller, "cgroup") || cg_has_word(v2->controllers, controller))
		return 0;
	return refuse(ENOTSUP, "invalid configuration: the requested cgroup controller `%s` is not "
			       "available in cgroup v2 on this host%s",
		      controller,
		      cg_hierarchy_of(cgroup, controller) ? ": it is mounted as cgroup v1" : "");
}

int cg_check_unified(struct cgroup *cgroup)
{
	const struct pairs *unified = &cgroup->resources->unified;

	for (size_t i = 0; i < unified->count; i++) {
		int result = check_key(cgroup, unified->at[i].key);

		if (result)
			return blame(result, "linux.resources.unified[\"%s\"]", unified->at[i].key);
	}
	return 0;
}
