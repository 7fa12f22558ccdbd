/* record_json.c -- what stands in intent.json and state.json.
 *
 * Both have one form; an intent simply knows less. Numbers of the kernel that may grow are JSON
 * integers, the start time of a process in clock ticks included.
 *
 * Does not open or write files: record.c does. */
#include "runtime/record.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/words.h"
#include "specs/write.h"

#define autojson __attribute__((cleanup(drop_json)))

static void drop_json(json_t **value)
{
	json_decref(*value);
}

static const struct word drivers[] = {
	{ "cgroupfs", CG_CGROUPFS },
	{ "systemd", CG_SYSTEMD },
	{ "disabled", CG_DISABLED },
	{ 0 },
};

/* ---- writing --------------------------------------------------------------------------------- */

static json_t *json_of_strings(const struct strings *strings)
{
	json_t *array = json_array();

	for (size_t i = 0; i < strings->count; i++)
		json_array_append_new(array, json_string(strings->at[i]));
	return array;
}

static json_t *json_of_pairs(const struct pairs *pairs)
{
	json_t *object = json_object();

	for (size_t i = 0; i < pairs->count; i++)
		json_object_set_new(object, pairs->at[i].key, json_string(pairs->at[i].value));
	return object;
}

char *record_text(const struct record *record)
{
	/* clang-format off */
	autojson json_t *root = json_pack(
		"{s:s, s:s, s:s, s:s, s:s*, s:s*, s:s, s:o, s:o, s:s*, s:I, s:b, s:b, s:b, s:b, s:b, s:{s:i, s:I}, s:o}",
		"ociVersion", record->oci_version ? record->oci_version : SPEC_VERSION,
		"id", record->id,
		"bootId", record->boot_id,
		"created", record->created,
		"bundle", record->bundle,
		"rootfs", record->rootfs,
		"cgroupDriver", word_name(drivers, record->driver),
		"cgroups", json_of_strings(&record->cgroups),
		"resctrl", json_of_strings(&record->resctrl),
		"deviceRules", record->device_rules,
		"memorySwap", (json_int_t)record->memory_swap,
		"rootless", record->rootless,
		"ownPidNamespace", record->own_pid_namespace,
		"staysMounted", record->stays_mounted,
		"hasPoststart", record->has_poststart,
		"hasPoststop", record->has_poststop,
		"init", "pid", (int)record->init.pid, "started", (json_int_t)record->init.started,
		"annotations", json_of_pairs(&record->annotations));
	/* clang-format on */
	char *dumped = root ? json_dumps(root, JSON_INDENT(1)) : NULL;
	char *text = dumped ? arena_format(record->arena, "%s\n", dumped) : NULL;

	free(dumped);
	return text;
}

/* ---- reading --------------------------------------------------------------------------------- */

static char *copy_string(const json_t *root, const char *key, struct arena *arena)
{
	const json_t *value = json_object_get(root, key);

	return json_is_string(value) ? arena_copy(arena, json_string_value(value)) : NULL;
}

static int read_strings(struct strings *strings, const json_t *array, struct arena *arena)
{
	size_t count = json_array_size(array);

	if (!json_is_array(array))
		return -EINVAL;
	strings->at = arena_array(arena, count + 1, sizeof *strings->at);
	strings->count = count;
	for (size_t i = 0; i < count; i++) {
		const json_t *value = json_array_get(array, i);

		if (!json_is_string(value))
			return -EINVAL;
		strings->at[i] = arena_copy(arena, json_string_value(value));
	}
	return 0;
}

static int read_pairs(struct pairs *pairs, json_t *object, struct arena *arena)
{
	const char *key;
	json_t *value;

	if (!json_is_object(object))
		return -EINVAL;
	pairs->at = arena_array(arena, json_object_size(object) + 1, sizeof *pairs->at);
	pairs->count = 0;
	json_object_foreach(object, key, value) {
		if (!json_is_string(value))
			return -EINVAL;
		pairs->at[pairs->count++] = (struct pair) {
			.key = arena_copy(arena, key),
			.value = arena_copy(arena, json_string_value(value)),
		};
	}
	return 0;
}

static int read_process(struct process *process, const json_t *object)
{
	const json_t *pid = json_object_get(object, "pid");
	const json_t *started = json_object_get(object, "started");

	if (!json_is_integer(pid) || !json_is_integer(started) || json_integer_value(pid) < 0 ||
	    json_integer_value(pid) > INT_MAX || json_integer_value(started) < 0)
		return -EINVAL;
	process->pid = (pid_t)json_integer_value(pid);
	process->started = (uint64_t)json_integer_value(started);
	return 0;
}

static int read_driver(enum cg_driver *driver, const json_t *value)
{
	int64_t number;

	if (!json_is_string(value) || !word_value(drivers, json_string_value(value), &number))
		return -EINVAL;
	*driver = (enum cg_driver)number;
	return 0;
}

static int read_flag(bool *flag, const json_t *value)
{
	*flag = json_is_true(value);
	return json_is_boolean(value) ? 0 : -EINVAL;
}

static int read_root(struct record *record, const json_t *root)
{
	const char *boot = json_string_value(json_object_get(root, "bootId"));
	const char *id = json_string_value(json_object_get(root, "id"));

	if (!boot || strlen(boot) >= sizeof record->boot_id || !id || strcmp(id, record->id))
		return -EINVAL;
	strcpy(record->boot_id, boot);
	record->oci_version = copy_string(root, "ociVersion", record->arena);
	record->created = copy_string(root, "created", record->arena);
	record->bundle = copy_string(root, "bundle", record->arena);
	record->rootfs = copy_string(root, "rootfs", record->arena);
	record->device_rules = copy_string(root, "deviceRules", record->arena);
	record->memory_swap = json_integer_value(json_object_get(root, "memorySwap"));
	if (!record->oci_version || !record->created || !record->bundle)
		return -EINVAL;
	if (read_driver(&record->driver, json_object_get(root, "cgroupDriver")) ||
	    read_strings(&record->cgroups, json_object_get(root, "cgroups"), record->arena) ||
	    read_strings(&record->resctrl, json_object_get(root, "resctrl"), record->arena) ||
	    read_pairs(&record->annotations, json_object_get(root, "annotations"), record->arena) ||
	    read_process(&record->init, json_object_get(root, "init")) ||
	    read_flag(&record->rootless, json_object_get(root, "rootless")) ||
	    read_flag(&record->own_pid_namespace, json_object_get(root, "ownPidNamespace")) ||
	    read_flag(&record->stays_mounted, json_object_get(root, "staysMounted")) ||
	    read_flag(&record->has_poststart, json_object_get(root, "hasPoststart")) ||
	    read_flag(&record->has_poststop, json_object_get(root, "hasPoststop")))
		return -EINVAL;
	return 0;
}

int record_parse(struct record *record, const char *text, size_t length)
{
	autojson json_t *root = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
	struct record read = *record;

	if (!root || read_root(&read, root) < 0)
		return -EINVAL;
	*record = read;
	return 0;
}
