/* plan_join.c -- what `exec` will do: the container's own process, but for what is asked.
 *
 * The process starts as config.json's (or as the file of --process has it); the options of the
 * command line change single fields of it. Its namespaces are those the container's first process
 * is in and we are not. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/idlist.h"
#include "runtime/base/owned.h"
#include "runtime/identity.h"
#include "runtime/join.h"
#include "specs/load.h"
#include "specs/vocabulary.h"

/* Appends the words of `more`. */
static void extend(struct strings *list, const struct strings *more, struct arena *arena)
{
	struct strings both = { arena_array(arena, list->count + more->count + 1, sizeof *both.at),
				list->count + more->count };

	if (list->count)
		memcpy(both.at, list->at, list->count * sizeof *both.at);
	if (more->count)
		memcpy(both.at + list->count, more->at, more->count * sizeof *both.at);
	*list = both;
}

static int add_capability(struct spec_process *process, const char *name)
{
	struct spec_capabilities *caps = &process->capabilities;
	struct spec_cap_set *const sets[] = { &caps->bounding, &caps->effective, &caps->permitted };
	unsigned bit;

	if (!spec_capability_number(name, &bit))
		return refuse(EINVAL, "--cap: unknown capability \"%s\"", name);
	caps->given = true;
	/* Not inheritable and not ambient: files with capabilities of their own would then give
	 * more than was asked for (CVE-2022-29162). */
	for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
		sets[i]->given = true;
		sets[i]->bits |= 1ULL << bit;
	}
	/* But where config.json made it inheritable itself, as runc does: without it the process of
	 * an ordinary user would not have what --cap is to give. */
	if (caps->inheritable.bits & 1ULL << bit) {
		caps->ambient.given = true;
		caps->ambient.bits |= 1ULL << bit;
	}
	return 0;
}

/* A user by name has groups of its own: those of the container's user are not carried over. */
static int change_ids(struct spec_user *user, struct plan *plan)
{
	struct asked_user *asked = &plan->asked_user;
	int result = identity_parse_user(plan->arguments->user, asked, plan->arena);

	if (result)
		return result;
	if (asked->user)
		user->additional_gids.count = 0;
	else
		user->uid = asked->uid;
	if (asked->gid_given && !asked->group)
		user->gid = asked->gid;
	return 0;
}

static int change_user(struct spec_process *process, struct plan *plan)
{
	const struct arguments *arguments = plan->arguments;
	struct arena *arena = plan->arena;
	struct spec_user *user = &process->user;
	size_t more = arguments->additional_gids.count;
	uint32_t *gids;

	if (arguments->user) {
		int result = change_ids(user, plan);

		if (result)
			return result;
	}
	if (!more)
		return 0;
	gids = arena_array(arena, user->additional_gids.count + more, sizeof *gids);
	if (user->additional_gids.count)
		memcpy(gids, user->additional_gids.at, user->additional_gids.count * sizeof *gids);
	for (size_t i = 0; i < more; i++) {
		int result = identity_parse_group(arguments->additional_gids.at[i],
						  &gids[user->additional_gids.count + i]);

		if (result)
			return result;
	}
	user->additional_gids.at = gids;
	user->additional_gids.count += more;
	return 0;
}

static int process_of_options(struct spec_process *process, struct plan *plan)
{
	const struct arguments *arguments = plan->arguments;
	struct arena *arena = plan->arena;
	int result = change_user(process, plan);

	if (result)
		return result;
	process->args = arguments->rest;
	process->terminal = arguments->tty;
	if (arguments->cwd)
		process->cwd = (char *)arguments->cwd;
	if (arguments->apparmor)
		process->apparmor_profile = (char *)arguments->apparmor;
	if (arguments->process_label)
		process->selinux_label = (char *)arguments->process_label;
	if (arguments->no_new_privs)
		process->no_new_privileges = (struct maybe_bool){ true, true };
	extend(&process->env, &arguments->env, arena);
	for (size_t i = 0; i < arguments->caps.count && !result; i++)
		result = add_capability(process, arguments->caps.at[i]);
	if (!result && !process->args.count)
		result = refuse(EINVAL, "nothing to run: neither --process nor a command is given");
	return result;
}

static int plan_exec_process(struct plan *plan)
{
	const struct arguments *arguments = plan->arguments;
	struct spec_process *process = arena_new(plan->arena, struct spec_process);
	int result;

	if (arguments->process) {
		result = spec_load_process(process, arguments->process, plan->arena);
		/* A process that does not say what it may do may what the container's own may. */
		if (!result && !process->capabilities.given && plan->spec.process)
			process->capabilities = plan->spec.process->capabilities;
	} else {
		if (plan->spec.process)
			*process = *plan->spec.process;
		else
			process->cwd = arena_copy(plan->arena, "/");
		result = process_of_options(process, plan);
	}
	plan->process = process;
	if (process->exec_cpu_affinity.given) {
		plan->initial_cpus = process->exec_cpu_affinity.initial;
		plan->final_cpus = process->exec_cpu_affinity.final;
	}
	return result;
}

/* Is that namespace of the process another one than ours? */
static bool differs(pid_t pid, const struct ns_kind *kind)
{
	struct stat ours, theirs;
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/ns/%s", pid, kind->file);
	if (stat(path, &theirs) < 0)
		return false;
	snprintf(path, sizeof path, "/proc/self/ns/%s", kind->file);
	return stat(path, &ours) < 0 || ours.st_ino != theirs.st_ino;
}

static int plan_joins(struct plan *plan, const struct record *record)
{
	struct ns_spawn *spawn = &plan->spawn;

	spawn->cgroup = -1;
	spawn->join_pidfd = process_open(&record->init);
	if (spawn->join_pidfd < 0)
		return refuse(ESRCH, "cannot exec in a stopped container");
	for (size_t i = 0; i < ns_kind_count; i++) {
		if (differs(record->init.pid, &ns_kinds[i]))
			spawn->join_flags |= ns_kinds[i].flag;
	}
	plan->in_userns = spawn->join_flags & CLONE_NEWUSER;
	return 0;
}

/* As it was at create: the bundle may have changed since. */
static int read_kept_config(struct plan *plan, const struct record *record)
{
	char *text;
	ssize_t length;
	autoclose int fd = open_below(record->dir, "config.json", O_RDONLY, 0);

	if (fd < 0)
		return fail(fd, "open the container's config.json");
	length = read_all(fd, plan->arena, &text, 16 * 1024 * 1024);
	if (length < 0)
		return fail((int)length, "read the container's config.json");
	return spec_parse(&plan->spec, text, (size_t)length, "config.json", plan->arena);
}

int plan_join(struct plan *plan, struct record *record, const struct globals *globals,
	      const struct arguments *arguments)
{
	int result;

	plan->arena = globals->arena;
	plan->globals = globals;
	plan->arguments = arguments;
	plan->inherit = globals->inherit;
	plan->id = record->id;
	plan->bundle = record->bundle;
	plan->detached = arguments->detach;
	plan->trip = globals->trip;
	plan->rootless = plan_is_rootless(globals);
	result = read_kept_config(plan, record);
	if (!result)
		result = plan_exec_process(plan);
	if (!result)
		result = plan_joins(plan, record);
	if (result)
		return result;
	plan->deny_setgroups = plan->in_userns && process_denied_groups(record->init.pid);
	/* Of no concern to a process that joins. */
	plan->spec.linux.sysctl.count = 0;
	plan->spec.linux.net_devices.count = 0;
	return plan_process(plan);
}
