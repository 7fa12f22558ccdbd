/* default.c -- the config.json to start from: `caisson spec`.
 *
 * The same container as `runc spec` describes: a shell with few capabilities on a read-only root.
 * People and tests edit it, so its content is an interface; each part is a table below. */
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>

#include "specs/json.h"
#include "specs/write.h"

static const char *const capabilities[] = { "CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE",
					    NULL };

static const char *const namespaces[] = { "pid", "network", "ipc", "uts", "mount", NULL };
/* An ordinary user's network namespace would have no way out. */
static const char *const rootless_namespaces[] = { "pid", "ipc", "uts", "mount", "user", NULL };

static const char *const masked_paths[] = {
	"/proc/acpi",
	"/proc/asound",
	"/proc/kcore",
	"/proc/keys",
	"/proc/latency_stats",
	"/proc/timer_list",
	"/proc/timer_stats",
	"/proc/sched_debug",
	"/sys/firmware",
	"/proc/scsi",
	NULL,
};

static const char *const readonly_paths[] = {
	"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger", NULL,
};

struct mount {
	const char *destination, *type, *source;
	const char *options[8];
};

static const struct mount mounts[] = {
	{ "/proc", "proc", "proc", { NULL } },
	{ "/dev", "tmpfs", "tmpfs", { "nosuid", "strictatime", "mode=755", "size=65536k" } },
	{ "/dev/pts",
	  "devpts",
	  "devpts",
	  { "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5" } },
	{ "/dev/shm", "tmpfs", "shm", { "nosuid", "noexec", "nodev", "mode=1777", "size=65536k" } },
	{ "/dev/mqueue", "mqueue", "mqueue", { "nosuid", "noexec", "nodev" } },
	{ "/sys", "sysfs", "sysfs", { "nosuid", "noexec", "nodev", "ro" } },
	{ "/sys/fs/cgroup", "cgroup", "cgroup", { "nosuid", "noexec", "nodev", "relatime", "ro" } },
};

/* sysfs belongs to the network namespace, which is the host's here: it cannot be mounted anew, only
 * shown. */
static const struct mount rootless_sys = {
	"/sys", "none", "/sys", { "rbind", "nosuid", "noexec", "nodev", "ro" }
};

static json_t *list_of_words(const char *const *words)
{
	json_t *list = json_array();

	for (; *words; words++)
		json_array_append_new(list, json_string(*words));
	return list;
}

/* Group 5 has no id in a namespace that maps one. */
static bool is_left_out(const char *option, bool rootless)
{
	return rootless && (!strncmp(option, "gid=", 4) || !strncmp(option, "uid=", 4));
}

static json_t *describe_mount(const struct mount *mount, bool rootless)
{
	json_t *object = json_pack("{s:s, s:s, s:s}", "destination", mount->destination, "type",
				   mount->type, "source", mount->source);
	json_t *options = json_array();

	for (const char *const *option = mount->options; *option; option++) {
		if (!is_left_out(*option, rootless))
			json_array_append_new(options, json_string(*option));
	}
	if (json_array_size(options))
		json_object_set_new(object, "options", options);
	return object;
}

static json_t *describe_mounts(bool rootless)
{
	json_t *list = json_array();

	for (size_t i = 0; i < sizeof mounts / sizeof *mounts; i++) {
		const struct mount *mount = &mounts[i];

		if (rootless && !strcmp(mount->destination, rootless_sys.destination))
			mount = &rootless_sys;
		json_array_append_new(list, describe_mount(mount, rootless));
	}
	return list;
}

static json_t *describe_process(void)
{
	json_t *process = json_pack("{s:b, s:{s:i, s:i}, s:[s], s:[s, s], s:s}", "terminal", 1,
				    "user", "uid", 0, "gid", 0, "args", "sh", "env",
				    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:"
				    "/bin",
				    "TERM=xterm", "cwd", "/");

	json_object_set_new(process, "capabilities",
			    json_pack("{s:o, s:o, s:o}", "bounding", list_of_words(capabilities),
				      "effective", list_of_words(capabilities), "permitted",
				      list_of_words(capabilities)));
	json_object_set_new(process, "rlimits",
			    json_pack("[{s:s, s:i, s:i}]", "type", "RLIMIT_NOFILE", "hard", 1024,
				      "soft", 1024));
	json_object_set_new(process, "noNewPrivileges", json_true());
	return process;
}

/* Only where cgroups are v2 alone, as runc has it: v1's files in a cgroup namespace are none the
 * wiser. */
static bool host_is_unified(void)
{
	struct statfs about;

	return !statfs("/sys/fs/cgroup", &about) && about.f_type == CGROUP2_SUPER_MAGIC;
}

static json_t *describe_namespaces(bool rootless)
{
	json_t *list = json_array();

	for (const char *const *type = rootless ? rootless_namespaces : namespaces; *type; type++)
		json_array_append_new(list, json_pack("{s:s}", "type", *type));
	if (host_is_unified())
		json_array_append_new(list, json_pack("{s:s}", "type", "cgroup"));
	return list;
}

static json_t *map_to_root(unsigned id)
{
	return json_pack("[{s:i, s:I, s:i}]", "containerID", 0, "hostID", (json_int_t)id, "size",
			 1);
}

static json_t *describe_linux(bool rootless, unsigned uid, unsigned gid)
{
	json_t *object = json_object();

	if (rootless) {
		json_object_set_new(object, "uidMappings", map_to_root(uid));
		json_object_set_new(object, "gidMappings", map_to_root(gid));
	} else {
		json_object_set_new(
			object, "resources",
			json_pack("{s:[{s:b, s:s}]}", "devices", "allow", 0, "access", "rwm"));
	}
	json_object_set_new(object, "namespaces", describe_namespaces(rootless));
	json_object_set_new(object, "maskedPaths", list_of_words(masked_paths));
	json_object_set_new(object, "readonlyPaths", list_of_words(readonly_paths));
	return object;
}

char *spec_default(struct arena *arena, bool rootless, unsigned uid, unsigned gid)
{
	json_t *spec;
	char *text;

	json_use_arena(arena);
	spec = json_pack("{s:s, s:o, s:{s:s, s:b}, s:s, s:o, s:o}", "ociVersion", SPEC_VERSION,
			 "process", describe_process(), "root", "path", "rootfs", "readonly", 1,
			 "hostname", "caisson", "mounts", describe_mounts(rootless), "linux",
			 describe_linux(rootless, uid, gid));
	text = arena_format(arena, "%s\n", json_dumps(spec, JSON_INDENT(4)));
	json_use_malloc();
	return text;
}
