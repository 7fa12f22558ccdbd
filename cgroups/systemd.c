/* systemd.c -- the container's scope: planned, started, held, changed, stopped. See systemd.h.
 *
 * All talking is done by a helper (cgroups/scope/), of which there is one at a time: requests go
 * to it on paper (paper.h). While it is the scope's first process it must not be asked for
 * anything that would end it.
 *
 * Does not know what limits are properties (unit_limits.c, unit_devices.c), nor how a unit is
 * called (unit_name.c). */
#include "cgroups/systemd.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroups/paper.h"
#include "cgroups/scope_program.h"
#include "cgroups/tree.h"
#include "cgroups/unit.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

static struct helper scope = HELPER_NONE;
static int paper = -1;

/* ---- the helper --------------------------------------------------------------------------- */

static void end_helper(void)
{
	struct fault kept = *last_fault();

	helper_end(&scope);
	close_owned(&paper);
	paper = -1;
	*last_fault() = kept;
}

/* "252.39-1~deb12u2", "v245.4-1.fc32" */
static unsigned read_version(const char *text)
{
	return (unsigned)strtoul(text + (*text == 'v'), NULL, 10);
}

static int read_introduction(struct cg_unit *unit, struct arena *arena)
{
	struct strings answers;
	int result = paper_read(paper, &answers, arena);

	if (result)
		return result;
	if (answers.count != 2)
		return refuse(EBADMSG, "what the helper wrote cannot be read");
	unit->version = read_version(answers.at[0]);
	unit->control_group = !strcmp(answers.at[1], "/") ? arena_copy(arena, "") : answers.at[1];
	if (*unit->control_group &&
	    strcmp(unit->control_group, cg_clean_path(arena, unit->control_group)) != 0)
		return refuse(EBADMSG, "systemd's tree begins at %s, which is no path",
			      unit->control_group);
	return 0;
}

static int connect_helper(struct cg_unit *unit, struct arena *arena)
{
	char **words = arena_array(arena, unit->addresses.count + 2, sizeof *words);
	int result;

	words[0] = arena_copy(arena, cg_scope_program.name);
	memcpy(words + 1, unit->addresses.at, unit->addresses.count * sizeof *words);
	paper = paper_make();
	result = paper < 0 ? paper : helper_start(&scope, &cg_scope_program, words, paper);
	if (!result)
		result = helper_await(&scope);
	if (!result)
		result = read_introduction(unit, arena);
	if (result)
		end_helper();
	return result;
}

/* After a request that failed the helper has ended by itself. */
static int ask_words(struct cgroup *cgroup, const struct strings *words)
{
	int result = helper_runs(&scope) ? 0 : connect_helper(cgroup->unit, cgroup->arena);

	if (!result)
		result = paper_write(paper, words);
	if (!result)
		result = helper_ask(&scope);
	if (result)
		end_helper();
	return result;
}

static int ask(struct cgroup *cgroup, const char *verb, const struct unit_properties *properties)
{
	const struct strings words =
		unit_request(verb, cgroup->unit->name, properties, cgroup->arena);

	return ask_words(cgroup, &words);
}

/* ---- planning ----------------------------------------------------------------------------- */

/* sd_booted(3) */
static int check_booted(void)
{
	struct stat about;

	if (lstat("/run/systemd/system", &about) == 0 && S_ISDIR(about.st_mode))
		return 0;
	return advise(refuse(ENOTSUP, "systemd not running on this host, cannot use systemd "
				      "cgroups manager"),
		      "leave --systemd-cgroup out (--cgroup-manager=cgroupfs)");
}

int cg_systemd_plan(struct cgroup *cgroup, const struct cg_request *request, char **path)
{
	struct arena *arena = cgroup->arena;
	struct cg_unit *unit = arena_new(arena, struct cg_unit);
	int result = unit_plan_name(unit, request->cgroups_path, request->id, request->rootless,
				    arena);

	unit->user = request->rootless;
	if (!result)
		result = unit_annotations(&unit->annotated, request->annotations, arena);
	if (!result)
		result = check_booted();
	if (!result)
		result = bus_addresses(&unit->addresses, unit->user, arena);
	if (!result)
		result = connect_helper(unit, arena);
	if (result)
		return result;
	cgroup->unit = unit;
	unit->description = arena_format(arena, "caisson container %s", request->id);
	*path = arena_format(arena, "%s%s", unit->control_group, unit_path(unit, arena));
	return 0;
}

/* v1: those that systemd knows (systemd: src/basic/cgroup-util.h); it leaves the others, freezer
 * and cpuset among them, to whoever wants them. */
bool cg_systemd_manages(const struct cgroup *cgroup, const struct cg_hierarchy *hierarchy)
{
	static const char *const known[] = { "name=systemd", "cpu",     "cpuacct", "blkio",
					     "memory",       "devices", "pids" };

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (!hierarchy->v2 && cg_has_word(hierarchy->controllers, known[i]))
			return cgroup->driver == CG_SYSTEMD;
	}
	return hierarchy->v2 && cgroup->driver == CG_SYSTEMD;
}

/* ---- starting ----------------------------------------------------------------------------- */

/* As runc sets them: DefaultDependencies would stop the container with shutdown.target, before
 * whoever manages it could. CollectMode: a scope that failed (killed for memory) is forgotten as
 * one that ended. */
static void add_basics(struct unit_properties *list, struct cgroup *cgroup)
{
	static const char *const accounting[] = { "CPUAccounting", "MemoryAccounting",
						  "TasksAccounting" };
	const struct cg_unit *unit = cgroup->unit;
	bool blkio = cg_hierarchy_of(cgroup, "blkio");
	enum { collect_mode_since = 236 };

	unit_add_one(list, cgroup->arena, "Description", "s", unit->description);
	unit_add_one(list, cgroup->arena, "Slice", "s", unit->slice);
	unit_add_one(list, cgroup->arena, "Delegate", "b", "true");
	unit_add_one(list, cgroup->arena, "DefaultDependencies", "b", "false");
	for (size_t i = 0; i < sizeof accounting / sizeof *accounting; i++)
		unit_add_one(list, cgroup->arena, accounting[i], "b", "true");
	unit_add_one(list, cgroup->arena, blkio ? "BlockIOAccounting" : "IOAccounting", "b",
		     "true");
	if (unit->version >= collect_mode_since)
		unit_add_one(list, cgroup->arena, "CollectMode", "s", "inactive-or-failed");
}

int cg_systemd_make(struct cgroup *cgroup)
{
	struct unit_properties list = { 0 };
	int result;

	add_basics(&list, cgroup);
	unit_append(&list, cgroup->arena, &cgroup->unit->annotated);
	unit_devices(&list, cgroup, cgroup->resources, cgroup->unit->version);
	unit_limits(&list, cgroup, cgroup->resources, cgroup->unit->version, true);
	result = ask(cgroup, "start", &list);
	cgroup->unit->started = !result;
	return result;
}

int cg_systemd_limit(struct cgroup *cgroup)
{
	const struct spec_resources *asked = cgroup->resources;
	struct unit_properties list = { 0 };

	if (!asked || !asked->pids.limit.given || asked->pids.limit.value < 0 ||
	    asked->pids.limit.value > 1)
		return 0;
	unit_add_one(&list, cgroup->arena, "TasksMax", "t", "1");
	return ask(cgroup, "set", &list);
}

void cg_systemd_release(struct cgroup *cgroup)
{
	(void)cgroup; /* there is one scope in the making at a time */
	end_helper();
}

void cg_systemd_disown(void)
{
	helper_disown(&scope);
	close_owned(&paper);
	paper = -1;
}

/* ---- attaching ---------------------------------------------------------------------------- */

bool cg_systemd_attaches(const struct cgroup *cgroup)
{
	return cgroup->unit && cgroup->unit->attaches;
}

/* exec may go to a cgroup below the scope's: "/init"; usually "". */
static char *place_below(struct cgroup *cgroup)
{
	struct cg_hierarchy *v2 = cg_hierarchy_v2(cgroup);
	char link[64], target[PATH_MAX], *scope_at;
	ssize_t length;

	snprintf(link, sizeof link, "/proc/self/fd/%d", v2->fd);
	length = readlink(link, target, sizeof target - 1);
	target[length < 0 ? 0 : length] = '\0';
	scope_at = arena_format(cgroup->arena, "%s%s", v2->mount, v2->path);
	if (strncmp(target, scope_at, strlen(scope_at)) != 0)
		return arena_copy(cgroup->arena, "");
	return arena_copy(cgroup->arena, target + strlen(scope_at));
}

int cg_systemd_attach(struct cgroup *cgroup, pid_t pid)
{
	char *words[] = { arena_copy(cgroup->arena, "attach"), cgroup->unit->name,
			  place_below(cgroup), arena_format(cgroup->arena, "%d", pid) };
	int result = ask_words(cgroup, &(struct strings){ words, 4 });

	if (!cgroup->unit->started) /* otherwise it holds the scope */
		end_helper();
	return result;
}

/* ---- changing and stopping ---------------------------------------------------------------- */

int cg_systemd_set(struct cgroup *cgroup, const struct spec_resources *resources)
{
	struct unit_properties list = { 0 };
	int result = helper_runs(&scope) ? 0 : connect_helper(cgroup->unit, cgroup->arena);

	if (result)
		return result;
	if (resources->devices.count)
		unit_devices(&list, cgroup, resources, cgroup->unit->version);
	unit_limits(&list, cgroup, resources, cgroup->unit->version, false);
	result = list.count ? ask(cgroup, "set", &list) : 0;
	end_helper();
	return result;
}

void cg_systemd_remove(struct cgroup *cgroup)
{
	struct fault kept = *last_fault();

	/* The one in the scope would be stopped with it. */
	end_helper();
	if (ask(cgroup, "stop", NULL))
		warn("systemd may still have the unit %s: %s", cgroup->unit->name,
		     last_fault()->what);
	end_helper();
	*last_fault() = kept;
}

/* ---- the record --------------------------------------------------------------------------- */

static const char unit_word[] = "unit=";

/* Only what a user's environment says has to be kept: the system's manager is always there. */
size_t cg_systemd_save(const struct cgroup *cgroup, char **words, struct arena *arena)
{
	const struct cg_unit *unit = cgroup->unit;
	size_t count = 0;

	if (!unit)
		return 0;
	words[count++] = arena_format(arena, "%s%s", unit_word, unit->name);
	for (size_t i = 0; unit->user && i + 1 < unit->addresses.count; i += 2)
		words[count++] = arena_format(arena, "%s=%s", unit->addresses.at[i],
					      unit->addresses.at[i + 1]);
	return count;
}

static bool add_address(struct cg_unit *unit, const char *kind, const char *word,
			struct arena *arena)
{
	size_t length = strlen(kind);

	if (strncmp(word, kind, length) != 0 || word[length] != '=')
		return false;
	if (!unit->user)
		unit->addresses = (struct strings){
			.at = arena_array(arena, 2 * cg_systemd_words, sizeof(char *)),
		};
	unit->user = true;
	if (unit->addresses.count < 2 * cg_systemd_words) {
		unit->addresses.at[unit->addresses.count++] = arena_copy(arena, kind);
		unit->addresses.at[unit->addresses.count++] = arena_copy(arena, word + length + 1);
	}
	return true;
}

bool cg_systemd_reopen(struct cgroup *cgroup, const char *word)
{
	struct arena *arena = cgroup->arena;

	if (!strncmp(word, unit_word, sizeof unit_word - 1)) {
		cgroup->unit = arena_new(arena, struct cg_unit);
		cgroup->unit->name = arena_copy(arena, word + sizeof unit_word - 1);
		/* The system's have no reason to fail. */
		(void)bus_addresses(&cgroup->unit->addresses, false, arena);
		return true;
	}
	return cgroup->unit && (add_address(cgroup->unit, "bus", word, arena) ||
				add_address(cgroup->unit, "direct", word, arena));
}
