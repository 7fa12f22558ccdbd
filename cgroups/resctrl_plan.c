/* resctrl_plan.c -- where the container's class of service will be, and whether it can be had.
 *
 * Looks, and changes nothing: resctrl.c does. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "cgroups/resctrl_tree.h"
#include "cgroups/tree.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

static const char place[] = "linux.intelRdt";

static bool is_known(void)
{
	autoclose int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	char text[4096];

	return proc >= 0 && read_small(proc, "filesystems", text, sizeof text) > 0 &&
	       strstr(text, "\tresctrl\n");
}

static int refuse_host(void)
{
	int result;

	if (is_known())
		result = advise(refuse(ENOTSUP, "this host has no resctrl file system: none is "
						"mounted"),
				"mount -t resctrl resctrl /sys/fs/resctrl");
	else
		result = advise(refuse(ENOTSUP, "this host has no resctrl file system: the CPU or "
						"the kernel cannot share out cache and memory "
						"bandwidth"),
				"needs Intel RDT, AMD QoS or Arm MPAM, and CONFIG_X86_CPU_RESCTRL "
				"or its like; or leave linux.intelRdt out");
	return blame(result, "%s", place);
}

static bool asks_for_schemata(const struct spec_intel_rdt *asked)
{
	return asked->l3_cache_schema || asked->mem_bw_schema || asked->schemata.count;
}

static unsigned step_of_bandwidth(const struct resctrl *resctrl)
{
	char text[32];

	return read_small(resctrl->dir, "info/MB/bandwidth_gran", text, sizeof text) > 0 ?
		       (unsigned)strtoul(text, NULL, 10) :
		       0;
}

int rdt_check_line(const struct resctrl *resctrl, const char *line)
{
	char name[32];

	if (!rdt_read_line(line, name, sizeof name))
		return refuse(EINVAL, "expected a line such as \"L3:0=7f;1=1f\", got \"%s\"", line);
	if (!rdt_has(resctrl, arena_format(resctrl->arena, "info/%s", name)))
		return refuse(ENOTSUP, "this host cannot share out \"%s\": there is no "
				       "%s/info/%s",
			      name, resctrl->mount, name);
	return 0;
}

/* `now`: what a class that others may use has, NULL: there is none. */
static int check_asked_line(const struct resctrl *resctrl, const char *line, const char *now)
{
	int result = rdt_check_line(resctrl, line);

	if (result || !now || rdt_line_is_so(line, now, step_of_bandwidth(resctrl)))
		return result;
	return refuse(EEXIST, "class %s/%s is there already, and is not \"%s\"", resctrl->mount,
		      resctrl->class, line);
}

static int check_lines(const struct resctrl *resctrl, const char *now)
{
	const struct spec_intel_rdt *asked = resctrl->asked;
	int result = 0;

	if (asked->l3_cache_schema)
		result = blame(check_asked_line(resctrl, asked->l3_cache_schema, now),
			       "%s.l3CacheSchema", place);
	if (!result && asked->mem_bw_schema)
		result = blame(check_asked_line(resctrl, asked->mem_bw_schema, now),
			       "%s.memBwSchema", place);
	for (size_t i = 0; i < asked->schemata.count && !result; i++)
		result = blame(check_asked_line(resctrl, asked->schemata.at[i], now),
			       "%s.schemata[%zu]", place, i);
	return result;
}

static int check_class(const struct resctrl *resctrl)
{
	char *now = NULL;
	int result = 0;

	if (resctrl->made_class && resctrl->named && !asks_for_schemata(resctrl->asked))
		return blame(refuse(ENOENT, "there is no class %s/%s, and without schemata it is "
					    "not made",
				    resctrl->mount, resctrl->class),
			     "%s.closID", place);
	/* "info" and "mon_groups" are directories, too. */
	if (!resctrl->made_class && !rdt_has(resctrl, rdt_path(resctrl, resctrl->class, "schemata")))
		return blame(refuse(EINVAL, "%s/%s is no class of service", resctrl->mount,
				    resctrl->class),
			     "%s.closID", place);
	if (!resctrl->made_class && resctrl->named && asks_for_schemata(resctrl->asked))
		result = rdt_read(resctrl, rdt_path(resctrl, resctrl->class, "schemata"), &now);
	return result ? result : check_lines(resctrl, now);
}

static int check_monitor(const struct resctrl *resctrl)
{
	int result = 0;

	if (!resctrl->monitor)
		return 0;
	if (!rdt_has(resctrl, "mon_groups"))
		result = refuse(ENOTSUP, "this host cannot monitor: there is no %s/mon_groups",
				resctrl->mount);
	else if (rdt_has(resctrl, resctrl->monitor))
		result = refuse(EEXIST, "%s/%s is there already", resctrl->mount, resctrl->monitor);
	return blame(result, "%s.enableMonitoring", place);
}

int rdt_plan_at(struct resctrl *resctrl, const char *mount, const struct spec_intel_rdt *asked,
		const char *id, struct arena *arena)
{
	const char *named = asked->clos_id && *asked->clos_id ? asked->clos_id : NULL;
	int result;

	*resctrl = (struct resctrl){
		.mount = arena_copy(arena, mount),
		.class = arena_copy(arena, !named ? id : strcmp(named, "/") ? named : ""),
		.named = named,
		.dir = -1,
		.asked = asked,
		.arena = arena,
	};
	result = rdt_open(resctrl);
	if (result < 0)
		return blame(fail(result, "open %s", mount), "%s", place);
	resctrl->made_class = *resctrl->class && !rdt_has(resctrl, resctrl->class);
	if (asked->enable_monitoring) {
		resctrl->made_monitor = true;
		resctrl->monitor = rdt_path(resctrl, resctrl->class,
					 arena_format(arena, "mon_groups/%s", id));
	}
	result = check_class(resctrl);
	return result ? result : check_monitor(resctrl);
}

int rdt_plan(struct resctrl *resctrl, const struct spec_intel_rdt *asked, const char *id,
	     struct arena *arena)
{
	char *mount;
	int result;

	*resctrl = (struct resctrl){ .dir = -1, .arena = arena };
	if (!asked->given)
		return 0;
	result = cg_mount_of_type("resctrl", &mount, arena);
	if (result == -ENOENT)
		return refuse_host();
	return result ? result : rdt_plan_at(resctrl, mount, asked, id, arena);
}
