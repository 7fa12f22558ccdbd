/* devices_v1.c -- device rules in the v1 devices hierarchy.
 *
 * The kernel keeps a default (allow or deny) and a list of exceptions, and a write takes an
 * exception away only if type and numbers are the same: "deny c 1:3" after "allow c 1:*" changes
 * nothing, and says so to nobody (devcg.c, dev_exception_rm). So the list is worked out here. An
 * exception inside a later, opposite rule is taken away; one that reaches beyond it cannot be
 * expressed with this default. Then the other default is tried, with two exceptions for
 * everything; when that fails too, the rules are refused rather than half enforced.
 *
 * Does not know which rules there are: devices.c. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cgroups/devices.h"
#include "cgroups/tree.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

static bool covers(int64_t one, int64_t other)
{
	return one == ANY_NUMBER || one == other;
}

static bool contains(const struct device_rule *outer, const struct device_rule *inner)
{
	return outer->type == inner->type && covers(outer->major, inner->major) &&
	       covers(outer->minor, inner->minor);
}

static bool overlaps(const struct device_rule *one, const struct device_rule *other)
{
	return one->type == other->type &&
	       (covers(one->major, other->major) || covers(other->major, one->major)) &&
	       (covers(one->minor, other->minor) || covers(other->minor, one->minor));
}

/* The same devices again: accesses add up, the place in the list stays. */
static void add_exception(struct device_rules *list, const struct device_rule *rule)
{
	for (size_t i = 0; i < list->count; i++) {
		struct device_rule *old = &list->at[i];

		if (contains(old, rule) && contains(rule, old)) {
			old->access |= rule->access;
			return;
		}
	}
	list->at[list->count++] = *rule;
}

static int remove_exceptions(struct device_rules *list, const struct device_rule *rule)
{
	size_t left = 0;

	for (size_t i = 0; i < list->count; i++) {
		struct device_rule *old = &list->at[i];

		if (overlaps(old, rule) && old->access & rule->access) {
			if (!contains(rule, old))
				return -ENOTSUP;
			old->access &= ~rule->access;
		}
		if (old->access)
			list->at[left++] = *old;
	}
	list->count = left;
	return 0;
}

int cg_v1_exceptions_from(const struct device_rules *rules, bool allow_rest, struct arena *arena,
			  struct device_rules *list)
{
	int result = 0;

	list->at = arena_array(arena, rules->count + 2, sizeof *list->at);
	list->allow_rest = allow_rest;
	list->count = 0;
	for (const char *type = "bc"; allow_rest != rules->allow_rest && *type; type++)
		list->at[list->count++] = (struct device_rule){
			rules->allow_rest, *type, ANY_NUMBER, ANY_NUMBER, ACCESS_ALL,
		};
	for (size_t i = 0; i < rules->count && !result; i++) {
		if (rules->at[i].allow != allow_rest)
			add_exception(list, &rules->at[i]);
		else
			result = remove_exceptions(list, &rules->at[i]);
	}
	return result;
}

int cg_v1_exceptions(const struct device_rules *rules, struct arena *arena,
		     struct device_rules *list)
{
	int result = cg_v1_exceptions_from(rules, rules->allow_rest, arena, list);

	return result ? cg_v1_exceptions_from(rules, !rules->allow_rest, arena, list) : 0;
}

int cg_write_rule(int fd, const char *text)
{
	ssize_t put;

	do
		put = write(fd, text, strlen(text));
	while (put < 0 && errno == EINTR);
	return put < 0 ? -errno : 0;
}

int cg_devices_v1(struct cgroup *cgroup, struct cg_hierarchy *hierarchy,
		  const struct device_rules *rules)
{
	struct device_rules list;
	char text[64] = "a";
	int result = cg_v1_exceptions(rules, cgroup->arena, &list);

	if (result)
		return refuse(ENOTSUP, "a later rule takes back a part of an earlier one, which "
				       "cgroup v1 cannot express");
	autoclose int allow = open_below(hierarchy->fd, "devices.allow", O_WRONLY, 0);
	autoclose int deny = open_below(hierarchy->fd, "devices.deny", O_WRONLY, 0);
	if (allow < 0 || deny < 0)
		return fail(allow < 0 ? allow : deny, "open %s%s/devices.%s", hierarchy->mount,
			    hierarchy->path, allow < 0 ? "allow" : "deny");
	result = cg_write_rule(list.allow_rest ? allow : deny, text);
	for (size_t i = 0; i < list.count && !result; i++)
		result = cg_write_rule(list.allow_rest ? deny : allow,
				    cg_spell_rule(&list.at[i], text, sizeof text));
	return result ? fail(result, "write \"%s\" to the device rules of %s%s", text,
			     hierarchy->mount, hierarchy->path) :
			0;
}
