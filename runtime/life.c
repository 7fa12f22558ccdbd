/* life.c -- what state a container is in, and how others are told. See life.h.
 *
 * Nothing here is remembered from one command to the next: the kernel is asked each time, since a
 * state on disk is wrong the moment its process dies.
 *
 * Does not change anything. */
#include "runtime/life.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "runtime/base/owned.h"
#include "specs/write.h"

const char *life_name(enum life life)
{
	static const char *const names[] = {
		[LIFE_UNKNOWN] = "unknown", [LIFE_CREATING] = "creating",
		[LIFE_CREATED] = "created", [LIFE_RUNNING] = "running",
		[LIFE_PAUSED] = "paused",   [LIFE_STOPPED] = "stopped",
	};

	return names[life];
}

bool life_is_alive(enum life life)
{
	return life == LIFE_CREATED || life == LIFE_RUNNING || life == LIFE_PAUSED;
}

static bool is_frozen(const struct record *record)
{
	struct cgroup cgroup = { 0 };
	bool frozen;

	if (record->driver == CG_DISABLED || !record->cgroups.count)
		return false;
	if (cg_reopen(&cgroup, &record->cgroups, record->driver, record->arena) < 0) {
		/* A cgroup that is gone is not frozen. */
		forget_fault();
		return false;
	}
	frozen = cg_is_frozen(&cgroup);
	/* `list` looks at many containers: their descriptors must not add up. */
	cg_close(&cgroup);
	return frozen;
}

enum life life_of(const struct record *record)
{
	if (record->phase == RECORD_INTENT && record->in_the_making)
		return LIFE_CREATING;
	if (record->phase != RECORD_CREATED)
		return LIFE_UNKNOWN;
	if (!record_of_this_boot(record) || !process_alive(&record->init))
		return LIFE_STOPPED;
	if (is_frozen(record))
		return LIFE_PAUSED;
	if (faccessat(record->dir, LIFE_GATE, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return LIFE_CREATED;
	return LIFE_RUNNING;
}

/* ---- telling --------------------------------------------------------------------------------- */

/* Without NSS: its modules would be loaded into a process with all privileges. As runc, "#1000"
 * for a user that has no name. */
char *life_owner(const struct record *record, struct arena *arena)
{
	const uid_t uid = record->owner;
	char *name = NULL;
	FILE *passwd;

	if (uid == 0)
		return arena_copy(arena, "root");
	passwd = fopen("/etc/passwd", "re");
	for (struct passwd *line; passwd && !name && (line = fgetpwent(passwd));) {
		if (line->pw_uid == uid)
			name = arena_copy(arena, line->pw_name);
	}
	if (passwd)
		fclose(passwd);
	return name ? name : arena_format(arena, "#%u", uid);
}

static json_t *annotations_of(const struct record *record)
{
	json_t *object;

	if (!record->annotations.count)
		return NULL;
	object = json_object();
	for (size_t i = 0; i < record->annotations.count; i++)
		json_object_set_new(object, record->annotations.at[i].key,
				    json_string(record->annotations.at[i].value));
	return object;
}

static char *dump(json_t *value, size_t flags, const char *end, struct arena *arena)
{
	autofree char *dumped = json_dumps(value, flags);
	char *text = arena_format(arena, "%s%s", dumped ? dumped : "{}", end);

	json_decref(value);
	return text;
}

static json_t *full_state(const struct record *record, enum life life, struct arena *arena)
{
	const char *version = record->oci_version ? record->oci_version : SPEC_VERSION;
	bool alive = life_is_alive(life) || (life == LIFE_CREATING && process_alive(&record->init));

	/* clang-format off */
	return json_pack("{s:s, s:s, s:i, s:s, s:s, s:s, s:s, s:o*, s:s}",
			 "ociVersion", version,
			 "id", record->id,
			 "pid", alive ? (int)record->init.pid : 0,
			 "status", life_name(life),
			 "bundle", record->bundle,
			 "rootfs", record->rootfs ? record->rootfs : "",
			 "created", record->created ? record->created : "0001-01-01T00:00:00Z",
			 "annotations", annotations_of(record),
			 "owner", life_owner(record, arena));
	/* clang-format on */
}

char *life_state(const struct record *record, enum life life, struct arena *arena)
{
	return dump(full_state(record, life, arena), JSON_INDENT(2), "\n", arena);
}

char *life_state_line(const struct record *record, enum life life, struct arena *arena)
{
	return dump(full_state(record, life, arena), JSON_COMPACT, "", arena);
}

static json_t *spec_state(const struct record *record, enum life life, pid_t pid)
{
	/* clang-format off */
	return json_pack("{s:s, s:s, s:s, s:o*, s:s, s:o*}",
			 "ociVersion", record->oci_version ? record->oci_version : SPEC_VERSION,
			 "id", record->id,
			 "status", life_name(life),
			 "pid", pid > 0 ? json_integer(pid) : NULL,
			 "bundle", record->bundle,
			 "annotations", annotations_of(record));
	/* clang-format on */
}

char *life_hook_state(const struct record *record, enum life life, pid_t pid, struct arena *arena)
{
	return dump(spec_state(record, life, pid), JSON_COMPACT, "", arena);
}

char *life_seccomp_state(const struct record *record, enum life life, pid_t pid,
			 const char *metadata, struct arena *arena)
{
	/* clang-format off */
	json_t *state = json_pack("{s:s, s:[s], s:i, s:s*, s:o}",
				  "ociVersion", SPEC_VERSION,
				  "fds", "seccompFd",
				  "pid", (int)pid,
				  "metadata", metadata,
				  "state", spec_state(record, life, pid));
	/* clang-format on */

	return dump(state, JSON_COMPACT, "", arena);
}
