/* resctrl_stats.c -- the object "intel_rdt" of `events`: schemata, cache occupied, bytes moved.
 *
 * The keys are runc's (types/events.go), in its order; what a host does not have is left out. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroups/resctrl_tree.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

/* A file of one word as text, or as a number; where there is none, or a 0, nothing. */
static void add_file(const struct resctrl *resctrl, json_t *object, const char *folder,
		     const char *file, bool number)
{
	char text[64];

	if (read_small(resctrl->dir, rdt_path(resctrl, folder, file), text, sizeof text) <= 0)
		return;
	text[strcspn(text, "\n")] = '\0';
	if (!number)
		json_object_set_new(object, file, json_string(text));
	else if (strtoull(text, NULL, 10))
		json_object_set_new(object, file,
				    json_integer((json_int_t)strtoull(text, NULL, 10)));
}

static json_t *describe_cache(const struct resctrl *resctrl)
{
	json_t *object = json_object();

	add_file(resctrl, object, "info/L3", "cbm_mask", false);
	add_file(resctrl, object, "info/L3", "min_cbm_bits", true);
	add_file(resctrl, object, "info/L3", "num_closids", true);
	return object;
}

static json_t *describe_bandwidth(const struct resctrl *resctrl)
{
	static const char *const files[] = { "bandwidth_gran", "delay_linear", "min_bandwidth",
					     "num_closids" };
	json_t *object = json_object();

	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		add_file(resctrl, object, "info/MB", files[i], true);
	return object;
}

static void add_line(const struct resctrl *resctrl, json_t *object, const char *key,
		     const char *name, const char *schemata)
{
	const char *line = rdt_line_of(name, schemata, resctrl->arena);

	if (line)
		json_object_set_new(object, key, json_string(line));
}

static int add_schemata(const struct resctrl *resctrl, json_t *object)
{
	char *root, *own, *lines, *line;
	json_t *array = json_array();
	int result = rdt_read(resctrl, "schemata", &root);

	if (!result)
		result = rdt_read(resctrl, rdt_path(resctrl, resctrl->class, "schemata"), &own);
	if (!result && rdt_has(resctrl, "info/L3")) {
		json_object_set_new(object, "l3_cache_info", describe_cache(resctrl));
		add_line(resctrl, object, "l3_cache_schema_root", "L3", root);
		add_line(resctrl, object, "l3_cache_schema", "L3", own);
	}
	if (!result && rdt_has(resctrl, "info/MB")) {
		json_object_set_new(object, "mem_bw_info", describe_bandwidth(resctrl));
		add_line(resctrl, object, "mem_bw_schema_root", "MB", root);
		add_line(resctrl, object, "mem_bw_schema", "MB", own);
	}
	for (line = result ? NULL : strtok_r(own, "\n", &lines); line;
	     line = strtok_r(NULL, "\n", &lines))
		json_array_append_new(array, json_string(line + strspn(line, " ")));
	json_object_set_new(object, "schemata", array);
	return result;
}

static int by_name(const struct dirent **one, const struct dirent **other)
{
	return strcmp((*one)->d_name, (*other)->d_name);
}

static int is_domain(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static json_int_t count_of(const struct resctrl *resctrl, const char *domain, const char *file)
{
	char text[64];

	/* "Unavailable" and "Error" are no numbers. */
	return read_small(resctrl->dir, rdt_path(resctrl, domain, file), text, sizeof text) > 0 ?
		       (json_int_t)strtoull(text, NULL, 10) :
		       0;
}

static void add_domain(const struct resctrl *resctrl, const char *domain, json_t *moved,
		       json_t *occupied)
{
	json_array_append_new(
		moved, json_pack("{s:I, s:I}", "mbm_total_bytes",
				 count_of(resctrl, domain, "mbm_total_bytes"), "mbm_local_bytes",
				 count_of(resctrl, domain, "mbm_local_bytes")));
	json_array_append_new(occupied, json_pack("{s:I}", "llc_occupancy",
						  count_of(resctrl, domain, "llc_occupancy")));
}

/* mon_data/mon_L3_00, mon_L3_01: one for each L3 cache. */
static void add_counts(const struct resctrl *resctrl, json_t *object)
{
	const char *group = resctrl->monitor ? resctrl->monitor : resctrl->class;
	const char *folder = rdt_path(resctrl, group, "mon_data");
	autoclose int dir = open_below(resctrl->dir, folder, O_RDONLY | O_DIRECTORY, 0);
	char features[256] = "";
	json_t *moved = json_array(), *occupied = json_array();
	struct dirent **domains = NULL;
	int count = dir < 0 ? 0 : scandirat(dir, ".", &domains, is_domain, by_name);

	read_small(resctrl->dir, "info/L3_MON/mon_features", features, sizeof features);
	for (int i = 0; i < count; i++) {
		add_domain(resctrl, rdt_path(resctrl, folder, domains[i]->d_name), moved, occupied);
		free(domains[i]);
	}
	free(domains);
	if (strstr(features, "mbm_"))
		json_object_set(object, "mbm_stats", moved);
	if (strstr(features, "llc_occupancy"))
		json_object_set(object, "cmt_stats", occupied);
	json_decref(moved);
	json_decref(occupied);
}

json_t *rdt_stats(struct resctrl *resctrl)
{
	json_t *object = json_object();
	int result = 0;

	if (!resctrl->mount)
		return object;
	if (rdt_open(resctrl) < 0)
		result = fail(errno, "open %s", resctrl->mount);
	if (!result)
		result = add_schemata(resctrl, object);
	if (!result)
		add_counts(resctrl, object);
	if (!result)
		return object;
	json_decref(object);
	return NULL;
}
