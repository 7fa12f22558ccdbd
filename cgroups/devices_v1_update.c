/* devices_v1_update.c -- other device rules for a v1 cgroup in which processes are at work.
 *
 * The kernel has a default and exceptions. As long as the default stays, the difference is written:
 * first what is new, then away with what is no longer there. At any moment everything is allowed
 * that both lists allow, and nothing that neither does.
 *
 * Another default can only be had by clearing the list, and the kernel refuses that while there are
 * cgroups below. Then the container is frozen for as long as it takes; mostly the new rules can be
 * said as exceptions from the old default, too.
 *
 * devices.list shows the exceptions only where the default is "deny". Where it is "allow" they are
 * those that we set.
 *
 * Does not know which rules there are: devices.c. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "cgroups/devices.h"
#include "cgroups/tree.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

enum { list_at_most = 1 << 20 };

struct files {
	int allow, deny;
};

/* What the kernel has. -ENOTSUP: it cannot be known. */
static int read_now(struct cgroup *cgroup, int dir, const struct device_rules *old,
		    struct device_rules *now)
{
	autoclose int fd = open_below(dir, "devices.list", O_RDONLY, 0);
	char *text, *lines, *line;
	ssize_t length = fd < 0 ? fd : read_all(fd, cgroup->arena, &text, list_at_most);

	if (length < 0)
		return (int)length;
	if (text[0] == 'a')
		return cg_v1_exceptions_from(old, true, cgroup->arena, now);
	*now = (struct device_rules){
		.at = arena_array(cgroup->arena, (size_t)length / 8 + 1, sizeof *now->at),
	};
	for (line = strtok_r(text, "\n", &lines); line; line = strtok_r(NULL, "\n", &lines)) {
		struct device_rule *rule = &now->at[now->count];

		if (!cg_read_rule(line, rule))
			return -ENOTSUP;
		rule->allow = true;
		now->count++;
	}
	return 0;
}

/* The accesses of `rule` that no exception of `list` for the same devices has. */
static unsigned missing(const struct device_rules *list, const struct device_rule *rule)
{
	unsigned access = rule->access;

	for (size_t i = 0; i < list->count; i++) {
		const struct device_rule *other = &list->at[i];

		if (other->type == rule->type && other->major == rule->major &&
		    other->minor == rule->minor)
			access &= ~other->access;
	}
	return access;
}

/* Writes to `fd` the exceptions of `list` that are not in `other`. */
static int write_missing(int fd, const struct device_rules *list, const struct device_rules *other)
{
	char text[64];
	int result = 0;

	for (size_t i = 0; i < list->count && !result; i++) {
		struct device_rule rule = list->at[i];

		rule.access = missing(other, &rule);
		if (rule.access)
			result = cg_write_rule(fd, cg_spell_rule(&rule, text, sizeof text));
	}
	return result;
}

static int write_difference(const struct files *files, const struct device_rules *from,
			    const struct device_rules *to)
{
	int result = write_missing(to->allow_rest ? files->deny : files->allow, to, from);

	return result ? result :
			write_missing(to->allow_rest ? files->allow : files->deny, from, to);
}

static int refuse_below(const struct cg_hierarchy *hierarchy)
{
	return advise(refuse(EBUSY, "the default of the device rules of %s%s cannot change while "
				    "there are cgroups below it",
			     hierarchy->mount, hierarchy->path),
		      "name every device in the list instead of starting with a rule for all");
}

/* Nobody is there to notice what is missing or too much meanwhile. */
static int clear_and_write(struct cgroup *cgroup, struct cg_hierarchy *hierarchy,
			   const struct device_rules *old, const struct device_rules *rules)
{
	int result = cg_devices_v1(cgroup, hierarchy, rules);
	struct fault kept;

	if (!result)
		return 0;
	/* The very first write, "a", which is refused as a whole. */
	if (result == -EINVAL) {
		refuse_below(hierarchy);
		return -EBUSY;
	}
	kept = *last_fault();
	if (cg_devices_v1(cgroup, hierarchy, old))
		snprintf(kept.what + strlen(kept.what), sizeof kept.what - strlen(kept.what),
			 "; and the old device rules could not be put back");
	*last_fault() = kept;
	return result;
}

static int change_default(struct cgroup *cgroup, struct cg_hierarchy *hierarchy,
			  const struct device_rules *old, const struct device_rules *rules)
{
	struct fault kept;
	int result;

	if (cg_is_frozen(cgroup))
		return clear_and_write(cgroup, hierarchy, old, rules);
	result = cg_freeze(cgroup, true);
	if (result)
		return result;
	result = clear_and_write(cgroup, hierarchy, old, rules);
	kept = *last_fault();
	if (cg_freeze(cgroup, false) && !result)
		return -last_fault()->error;
	*last_fault() = kept;
	return result;
}

static int refuse_difference(struct cg_hierarchy *hierarchy, int error)
{
	return fail(error, "write to the device rules of %s%s", hierarchy->mount, hierarchy->path);
}

/* Exceptions for all character and all block devices. */
static bool rules_allow_all(const struct device_rules *list)
{
	unsigned kinds = 0;

	for (size_t i = 0; i < list->count && !list->allow_rest; i++) {
		const struct device_rule *rule = &list->at[i];

		if (rule->major == ANY_NUMBER && rule->minor == ANY_NUMBER &&
		    rule->access == ACCESS_ALL)
			kinds++;
	}
	return kinds == 2;
}

int cg_replace_devices_v1(struct cgroup *cgroup, struct cg_hierarchy *hierarchy,
			  const struct device_rules *old, const struct device_rules *rules)
{
	struct device_rules now, wanted;
	int result;
	autoclose int allow = open_below(hierarchy->fd, "devices.allow", O_WRONLY, 0);
	autoclose int deny = open_below(hierarchy->fd, "devices.deny", O_WRONLY, 0);
	const struct files files = { allow, deny };

	if (allow < 0 || deny < 0)
		return refuse_difference(hierarchy, allow < 0 ? allow : deny);
	result = cg_v1_exceptions(rules, cgroup->arena, &wanted);
	if (result)
		return refuse(ENOTSUP, "a later rule takes back a part of an earlier one, which "
				       "cgroup v1 cannot express");
	result = read_now(cgroup, hierarchy->fd, old, &now);
	if (result && result != -ENOTSUP)
		return refuse_difference(hierarchy, result);
	if (result || cg_v1_exceptions_from(rules, now.allow_rest, cgroup->arena, &wanted))
		return change_default(cgroup, hierarchy, old, rules);
	result = write_difference(&files, &now, &wanted);
	if (!result && rules_allow_all(&wanted))
		/* Everything is allowed by now; only as the default may cgroups below have the same.
		 * Refused where there are some. */
		cg_write_rule(files.allow, "a");
	if (!result)
		return 0;
	write_difference(&files, &wanted, &now);
	return refuse_difference(hierarchy, result);
}
