/* features.c -- what this runtime understands, for engines that ask (features.md).
 *
 * Generated from the tables the decoder itself uses, so that it cannot claim a word nobody reads.
 * By the spec it is about the code alone: the host is not looked at. */
#include "runtime/base/words.h"
#include "specs/annotations.h"
#include "specs/json.h"
#include "specs/options.h"
#include "specs/shapes.h"
#include "specs/vocabulary.h"
#include "specs/write.h"

static json_t *names_of(const struct word *words)
{
	json_t *list = json_array();

	for (; words->name; words++)
		json_array_append_new(list, json_string(words->name));
	return list;
}

static json_t *capabilities(void)
{
	json_t *list = json_array();
	char name[SPEC_CAPABILITY_NAME];

	for (unsigned number = 0; spec_capability_name(number, name); number++)
		json_array_append_new(list, json_string(name));
	return list;
}

static json_t *hooks(void)
{
	json_t *list = json_array();

	for (size_t i = 0; i < spec_hooks_shape.count; i++)
		json_array_append_new(list, json_string(spec_hooks_shape.fields[i].key));
	return list;
}

static json_t *mount_options(void)
{
	json_t *list = json_array();

	for (const struct spec_mount_option *option = spec_mount_options; option->name; option++)
		json_array_append_new(list, json_string(option->name));
	return list;
}

/* Those of the words that pass. */
static json_t *names_that(bool (*pass)(const char *name), const struct word *words)
{
	json_t *list = json_array();

	for (; words->name; words++) {
		if (pass(words->name))
			json_array_append_new(list, json_string(words->name));
	}
	return list;
}

static json_t *enabled(bool value)
{
	return json_pack("{s:b}", "enabled", value);
}

static json_t *seccomp(const struct spec_support *support)
{
	return json_pack("{s:b, s:o, s:o, s:o, s:o, s:o}", "enabled", 1, "actions",
			 names_of(spec_seccomp_action_words), "operators",
			 names_of(spec_seccomp_operator_words), "archs",
			 names_that(support->seccomp_architecture, spec_seccomp_arch_words),
			 "knownFlags", names_of(spec_seccomp_flag_words), "supportedFlags",
			 names_that(support->seccomp_flag, spec_seccomp_flag_words));
}

static json_t *describe_linux(const struct spec_support *support)
{
	json_t *object = json_object();

	json_object_set_new(object, "namespaces", names_of(spec_namespace_words));
	json_object_set_new(object, "capabilities", capabilities());
	json_object_set_new(object, "cgroup",
			    json_pack("{s:b, s:b, s:b, s:b, s:b}", "v1", 1, "v2", 1, "systemd", 1,
				      "systemdUser", 1, "rdma", 1));
	json_object_set_new(object, "seccomp", seccomp(support));
	json_object_set_new(object, "apparmor", enabled(true));
	json_object_set_new(object, "selinux", enabled(true));
	json_object_set_new(
		object, "intelRdt",
		json_pack("{s:b, s:b, s:b}", "enabled", 1, "schemata", 1, "monitoring", 1));
	json_object_set_new(object, "memoryPolicy",
			    json_pack("{s:o, s:o}", "modes", names_of(spec_memory_policy_words),
				      "flags", names_of(spec_memory_policy_flag_words)));
	json_object_set_new(object, "mountExtensions", json_pack("{s:o}", "idmap", enabled(true)));
	json_object_set_new(object, "netDevices", enabled(true));
	return object;
}

static json_t *annotations(const char *version, const char *commit)
{
	json_t *object = json_pack("{s:s}", "io.github.caisson.version", version);

	if (commit && *commit) /* a release's tarball knows none */
		json_object_set_new(object, "io.github.caisson.commit", json_string(commit));
	return object;
}

static json_t *unsafe_annotations(void)
{
	json_t *list = json_array();

	for (size_t i = 0; spec_annotations[i]; i++)
		json_array_append_new(list, json_string(spec_annotations[i]));
	return list;
}

char *spec_features(struct arena *arena, const char *version, const char *commit,
		    const struct spec_support *support)
{
	json_t *features;
	char *text;

	json_use_arena(arena);
	features = json_pack("{s:s, s:s, s:o, s:o, s:o, s:o}", "ociVersionMin", "1.0.0",
			     "ociVersionMax", SPEC_VERSION, "hooks", hooks(), "mountOptions",
			     mount_options(), "linux", describe_linux(support), "annotations",
			     annotations(version, commit));
	json_object_set_new(features, "potentiallyUnsafeConfigAnnotations", unsafe_annotations());
	text = arena_format(arena, "%s\n", json_dumps(features, JSON_INDENT(4)));
	json_use_malloc();
	return text;
}
