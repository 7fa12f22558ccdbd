/* plan.c -- from what was asked to what will be done on this host.
 *
 * Every refusal that can be given before anything is made is given here. Does not touch anything
 * that outlives the command, except for the directory all records lie in. */
#include "runtime/plan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ns/idmap.h"
#include "ns/labels.h"
#include "ns/names.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"
#include "runtime/base/proc.h"
#include "runtime/environment.h"
#include "runtime/notify.h"
#include "seccomp/seccomp.h"
#include "specs/annotations.h"
#include "specs/load.h"

enum { config_bytes_at_most = 16 * 1024 * 1024 };

bool plan_is_rootless(const struct globals *globals)
{
	if (globals->rootless && !strcmp(globals->rootless, "true"))
		return true;
	if (globals->rootless && !strcmp(globals->rootless, "false"))
		return false;
	return geteuid() != 0 || !in_initial_userns();
}

static char *absolute(struct arena *arena, const char *path)
{
	autofree char *resolved = realpath(path, NULL);

	return resolved ? arena_copy(arena, resolved) : NULL;
}

static int read_config(struct plan *plan)
{
	autoclose int fd = open(plan->config, O_RDONLY | O_CLOEXEC);
	ssize_t length;
	char *text;

	if (fd < 0) {
		int result = fail(errno, "open %s", plan->config);

		return errno == ENOENT ? advise(result, "`caisson spec` writes one; --bundle names "
							"the folder it is in")
				       : result;
	}
	length = read_all(fd, plan->arena, &text, config_bytes_at_most);
	if (length < 0)
		return fail((int)length, "read %s", plan->config);
	plan->config_text = text;
	plan->config_length = (size_t)length;
	return spec_parse(&plan->spec, text, (size_t)length, "config.json", plan->arena);
}

static int find_bundle(struct plan *plan)
{
	const struct arguments *arguments = plan->arguments;

	plan->bundle = absolute(plan->arena, arguments->bundle ? arguments->bundle : ".");
	if (!plan->bundle)
		return fail(errno, "open the bundle %s",
			    arguments->bundle ? arguments->bundle : ".");
	plan->config = arguments->config ? arguments->config
					 : arena_format(plan->arena, "%s/config.json",
							plan->bundle);
	return read_config(plan);
}

/* Filled in where config.json has none, so that all that ask (the mounts too) see the same maps. */
static void plan_maps(struct plan *plan)
{
	struct spec_linux *l = &plan->spec.linux;
	struct ns_idmap *map;

	if (!plan->new_userns)
		return;
	if (!l->uid_mappings.count) {
		const struct spec_process *process = plan->spec.process;

		ns_default_maps(&l->uid_mappings, false, process ? process->user.uid : 0,
				plan->arena);
		ns_default_maps(&l->gid_mappings, true, process ? process->user.gid : 0,
				plan->arena);
	}
	map = arena_new(plan->arena, struct ns_idmap);
	*map = (struct ns_idmap){ &l->uid_mappings, &l->gid_mappings, geteuid() == 0 };
	plan->deny_setgroups = ns_maps_deny_setgroups(map) ||
			       (plan->rootless && process_denied_groups(getpid()));
	plan->spawn.map_ids = ns_write_maps;
	plan->spawn.context = map;
}

int plan_namespaces(struct plan *plan)
{
	const struct spec_linux *l = &plan->spec.linux;
	struct ns_spawn *spawn = &plan->spawn;

	spawn->join_pidfd = -1;
	spawn->cgroup = -1;
	for (size_t i = 0; i < l->namespaces.count; i++) {
		const struct spec_namespace *namespace = &l->namespaces.at[i];
		int fd;

		if (!namespace->path) {
			spawn->make |= namespace->type;
			continue;
		}
		fd = ns_open(namespace->type, namespace->path);
		if (fd < 0)
			return blame(fd, "linux.namespaces[%zu].path", i);
		spawn->join[spawn->joins++] =
			(struct ns_join){ namespace->type, fd, namespace->path };
		plan->in_userns |= namespace->type == CLONE_NEWUSER;
	}
	spawn->monotonic = (struct ns_time_offset){ l->time_offsets.monotonic.given,
						    l->time_offsets.monotonic.secs,
						    l->time_offsets.monotonic.nanosecs };
	spawn->boottime = (struct ns_time_offset){ l->time_offsets.boottime.given,
						   l->time_offsets.boottime.secs,
						   l->time_offsets.boottime.nanosecs };
	plan->new_userns = spawn->make & CLONE_NEWUSER;
	plan->in_userns |= plan->new_userns;
	plan->late_ipcns = plan->new_userns && spawn->make & CLONE_NEWIPC;
	if (plan->late_ipcns)
		spawn->make &= ~CLONE_NEWIPC;
	plan->new_mountns = spawn->make & CLONE_NEWNS;
	plan->new_netns = spawn->make & CLONE_NEWNET;
	plan->new_cgroupns = spawn->make & CLONE_NEWCGROUP;
	plan->new_pidns = spawn->make & CLONE_NEWPID;
	plan_maps(plan);
	return 0;
}

static enum cg_driver driver_of(const struct globals *globals)
{
	if (globals->cgroup_manager && !strcmp(globals->cgroup_manager, "disabled"))
		return CG_DISABLED;
	if (globals->systemd_cgroup ||
	    (globals->cgroup_manager && !strcmp(globals->cgroup_manager, "systemd")))
		return CG_SYSTEMD;
	return CG_CGROUPFS;
}

/* runtime-spec, "Cgroup ownership": who gets a cgroup that he sees as his root and may write to. */
static bool has_writable_cgroups(const struct spec *spec)
{
	for (size_t i = 0; i < spec->mounts.count; i++) {
		const struct spec_mount *mount = &spec->mounts.at[i];
		bool readonly = false;

		for (size_t j = 0; j < mount->options.count; j++)
			readonly |= !strcmp(mount->options.at[j], "ro");
		if (!readonly && mount->source && !strcmp(mount->source, "cgroup") &&
		    !strcmp(mount->destination, "/sys/fs/cgroup"))
			return true;
	}
	return false;
}

/* Of a namespace that is joined and described nowhere the maps are not known. */
static bool find_host_uid(const struct plan *plan, uint32_t uid, uid_t *host)
{
	const struct spec_id_maps *maps = &plan->spec.linux.uid_mappings;

	*host = uid;
	return !plan->in_userns || ns_id_outside(maps, uid, host);
}

static int plan_cgroup(struct plan *plan)
{
	const struct spec_process *process = plan->spec.process;
	uid_t owner = 0;
	bool has_owner = plan->new_cgroupns && has_writable_cgroups(&plan->spec) &&
			 find_host_uid(plan, process ? process->user.uid : 0, &owner);
	const struct cg_request request = {
		.driver = driver_of(plan->globals),
		.cgroups_path = plan->spec.linux.cgroups_path,
		.id = plan->id,
		.rootless = plan->rootless,
		.resources = plan->spec.linux.resources.given ? &plan->spec.linux.resources : NULL,
		.devices = &plan->spec.linux.devices,
		.has_owner = has_owner,
		.owner = owner,
		.annotations = &plan->spec.annotations,
	};

	return cg_plan(&plan->cgroup, &request, plan->arena);
}

/* ns/ mounts what cgroups/ found; the two do not know each other. The v2 hierarchy of a hybrid host
 * is not shown, as it is not by runc. */
static void plan_cgroup_view(struct plan *plan)
{
	const struct cgroup *cgroup = &plan->cgroup;
	struct ns_cgroup_view *view = &plan->cgroup_view;

	view->unified = cgroup->pure_v2;
	view->at = arena_array(plan->arena, cgroup->count, sizeof *view->at);
	for (size_t i = 0; i < cgroup->count; i++) {
		const struct cg_hierarchy *hierarchy = &cgroup->hierarchies[i];
		struct ns_cgroup_hierarchy *shown = &view->at[view->count];
		bool named = !strncmp(hierarchy->controllers, "name=", 5);

		if (hierarchy->v2 && !cgroup->pure_v2)
			continue;
		view->count++;
		shown->name = hierarchy->name;
		shown->option = hierarchy->v2 ? "" :
				arena_format(plan->arena, "%s%s", named ? "none," : "",
					     hierarchy->controllers);
		shown->host_path = arena_format(plan->arena, "%s%s", hierarchy->mount,
						hierarchy->path ? hierarchy->path : "");
	}
}

static bool joins(const struct plan *plan, int flag)
{
	for (size_t i = 0; i < plan->spawn.joins; i++) {
		if (plan->spawn.join[i].flag == flag)
			return true;
	}
	return false;
}

static int plan_root(struct plan *plan)
{
	const struct ns_root_context context = {
		.bundle = plan->bundle,
		.arena = plan->arena,
		.new_userns = plan->new_userns,
		.joins_userns = plan->in_userns && !plan->new_userns,
		.new_mountns = plan->new_mountns,
		.new_netns = plan->new_netns,
		.own_cgroupns = plan->new_cgroupns || joins(plan, CLONE_NEWCGROUP),
		.rootless = plan->rootless,
		.privileged = geteuid() == 0,
		.no_pivot = plan->arguments->no_pivot,
		.cgroups = &plan->cgroup_view,
		.notify_socket_dir = plan->notify_socket
					     ? arena_format(plan->arena, "%s/%s/%s",
							    plan->records.path, plan->id,
							    NOTIFY_DIRECTORY)
					     : NULL,
		.nodes_dir = plan->new_userns && plan->spec.linux.devices.count
				     ? arena_format(plan->arena, "%s/%s/devices",
						    plan->records.path, plan->id)
				     : NULL,
	};

	return ns_root_plan(&plan->root, &plan->spec, &context);
}

int plan_file_system(struct plan *plan)
{
	plan_cgroup_view(plan);
	if (!ns_mount_label_counts(plan->spec.linux.mount_label))
		plan->spec.linux.mount_label = NULL;
	return plan_root(plan);
}

/* Anything but "0", as crun has it. */
static bool annotated(const struct spec *spec, const char *key)
{
	const char *value = spec_annotation(&spec->annotations, key);

	return value && strcmp(value, "0");
}

static int check_terminal(const struct plan *plan)
{
	const struct arguments *arguments = plan->arguments;

	if (!plan->process->terminal && arguments->console_socket)
		return advise(refuse(EINVAL, "--console-socket is given, but the process asks for "
				     "no terminal"),
			      "set process.terminal to true, or leave --console-socket out");
	if (plan->process->terminal && !arguments->console_socket &&
	    (plan->gated || plan->detached))
		return blame(advise(refuse(EINVAL, "a detached container's terminal needs a "
					   "--console-socket to be handed over to"),
				    "set process.terminal to false, or run in the foreground"),
			     "process.terminal");
	return 0;
}

int plan_process(struct plan *plan)
{
	const struct spec_process *process = plan->process;
	int result = check_terminal(plan);

	if (!result)
		result = ns_caps_plan(&plan->caps, &process->capabilities, plan->in_userns);
	if (!result)
		result = ns_check_labels(process->apparmor_profile, process->selinux_label);
	if (!result && plan->spec.linux.seccomp.given)
		result = sc_check(&plan->spec.linux.seccomp,
				  annotated(&plan->spec, ANNOTATION_ALL_SYSCALLS));
	if (result)
		return result;
	plan->apparmor_profile = process->apparmor_profile;
	plan->selinux_label = process->selinux_label;
	plan->env = inherit_env(plan->inherit, &process->env, plan->arena);
	if (plan->notify_socket)
		plan->env = env_with(&plan->env, NOTIFY_ENV, plan->arena);
	plan->env = env_once(&plan->env, plan->arena);
	/* Engines that know of no home pass an empty one; runc takes that for none. */
	env_forget_empty(&plan->env, "HOME");
	plan->sets_home = !env_has(&plan->env, "HOME");
	plan->keep_groups = annotated(&plan->spec, ANNOTATION_KEEP_GROUPS);
	return 0;
}

int plan_spec(struct plan *plan)
{
	int result;

	plan->process = plan->spec.process;
	if (!plan->process && !plan->gated)
		return blame(refuse(EINVAL, "config.json: process is missing, so there is nothing "
				    "to run"),
			     "process");
	if (!plan->spec.linux.given)
		return refuse(EINVAL, "config.json: linux is missing, and this is a Linux runtime");
	result = ns_check_sysctls(&plan->spec);
	if (!result)
		result = plan_namespaces(plan);
	if (!result)
		result = plan_cgroup(plan);
	if (!result)
		result = rdt_plan(&plan->resctrl, &plan->spec.linux.intel_rdt, plan->id,
				  plan->arena);
	if (!result)
		result = plan_file_system(plan);
	return result || !plan->process ? result : plan_process(plan);
}

int plan_container(struct plan *plan, const struct globals *globals,
		   const struct arguments *arguments, const char *command)
{
	int result;

	plan->arena = globals->arena;
	plan->globals = globals;
	plan->arguments = arguments;
	plan->inherit = globals->inherit;
	plan->id = arguments->id;
	plan->trip = globals->trip;
	plan->gated = !strcmp(command, "create");
	plan->detached = arguments->detach;
	plan->rootless = plan_is_rootless(globals);
	plan->notify_socket = getenv("NOTIFY_SOCKET");
	result = record_check_id(plan->id);
	if (!result)
		result = find_bundle(plan);
	if (!result)
		result = records_open(&plan->records, globals->root, true, plan->arena);
	return result ? result : plan_spec(plan);
}
