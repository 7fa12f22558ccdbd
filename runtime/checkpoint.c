/* checkpoint.c -- save a container that runs to an image: criu does it, we tell it what is what.
 *
 * From the record and the config.json it keeps follows what in the container is the host's: bind
 * mounts, namespaces given by path, the standard streams. Everything else is the image's.
 *
 * criu stops the processes by the container's freezer. Should it die on the way, they go on.
 *
 * Does not free the container afterwards (commands/checkpoint.c). */
#include "runtime/checkpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ns/spawn.h"
#include "runtime/base/decimal.h"
#include "runtime/base/fault.h"
#include "runtime/base/owned.h"
#include "runtime/base/proc.h"
#include "runtime/image.h"
#include "runtime/interrupt.h"
#include "runtime/life.h"
#include "runtime/yard.h"
#include "specs/load.h"

/* ---- the container --------------------------------------------------------------------------- */

static int plan_of_record(struct plan *plan, const struct record *record)
{
	const char *config = arena_format(plan->arena, "%s/config.json", record->path);
	int result = spec_load(&plan->spec, config, plan->arena);

	plan->id = record->id;
	plan->bundle = record->bundle;
	plan->rootless = record->rootless;
	plan->process = plan->spec.process;
	if (!result)
		result = plan_namespaces(plan);
	if (!result)
		result = cg_reopen(&plan->cgroup, &record->cgroups, record->driver, plan->arena);
	return result ? result : plan_file_system(plan);
}

/* "net[4026532177]:extRootNetNS": left alone, and expected to be there again. */
static int tell_namespaces(struct image *image, const struct plan *plan)
{
	struct strings *external = &image->options.external;

	for (size_t i = 0; i < plan->spawn.joins; i++) {
		const struct ns_join *join = &plan->spawn.join[i];
		const char *key = image_namespace(join->flag);
		struct stat about;

		if (!key)
			continue;
		if (fstat(join->fd, &about) < 0)
			return fail(errno, "look at the namespace %s", join->path);
		external->at[external->count++] =
			arena_format(plan->arena, "%s[%lu]:%s", ns_kind_of(join->flag)->file,
				     (unsigned long)about.st_ino, key);
	}
	return 0;
}

/* criu waits for ever for one that is stopped and, by its cgroup, frozen as well. */
static bool has_stopped_process(struct plan *plan)
{
	pid_t *pids;
	ssize_t count = cg_pids(&plan->cgroup, plan->arena, &pids);

	if (count < 0)
		forget_fault();
	for (ssize_t i = 0; i < count; i++) {
		uint64_t started;
		char state;

		if (process_look(pids[i], &started, &state) == 0 && state == 'T')
			return true;
	}
	return false;
}

/* The container's own cgroup is the root of what is saved: its first process may be in one below.
 * The yard stays open until the command ends. */
static int tell_cgroups(struct image *image, struct plan *plan, pid_t pid)
{
	struct criu_options *options = &image->options;
	struct criu_pairs places;
	int yard, result = yard_places_of(&places, pid, plan->arena);

	image_cgroup_mode(image, plan);
	/* Without a freezer criu holds them still one by one. */
	if (!has_stopped_process(plan))
		options->freeze_cgroup = cg_freezer_path(&plan->cgroup, plan->arena);
	if (result || options->cgroups == CRIU_CGROUPS_IGNORE ||
	    !yard_shows(&plan->cgroup, &places, plan->arena))
		return result;
	yard_roots(&plan->cgroup, &places);
	options->cg_root = places;
	yard = yard_of_links(&plan->cgroup);
	if (yard >= 0)
		options->cgroup_yard = arena_format(plan->arena, "/proc/%d/fd/%d", getpid(), yard);
	return 0;
}

static int open_root_of(pid_t pid)
{
	char path[64];
	int fd;

	snprintf(path, sizeof path, "/proc/%d/root", pid);
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? fail(errno, "open the container's root") : fd;
}

static int tell_container(struct image *image, struct plan *plan, const struct record *record)
{
	autoclose int living = open_root_of(record->init.pid);
	int result = living < 0 ? living : image_mounts(image, plan, record->path, living);

	if (!result)
		result = tell_namespaces(image, plan);
	if (!result)
		result = tell_cgroups(image, plan, record->init.pid);
	/* Memory alone has neither mounts nor descriptors. */
	if (!result && !plan->arguments->pre_dump)
		result = descriptors_save(image, record->init.pid, plan->arena);
	image->options.pid = record->init.pid;
	image->options.root = record->rootfs;
	return result;
}

/* ---- options of its own ---------------------------------------------------------------------- */

/* runc's words, all of them. */
static int read_page_server(struct criu_options *options, const char *text, struct arena *arena)
{
	const char *colon = text ? strrchr(text, ':') : NULL;
	size_t length = colon ? (size_t)(colon - text) : 0;
	uint64_t port;

	if (!text)
		return 0;
	if (length > 1 && text[0] == '[' && text[length - 1] == ']') {
		text++;
		length -= 2;
	}
	if (!length || !colon[1])
		return refuse(EINVAL, "Use --page-server ADDRESS:PORT to specify page server");
	if (decimal_parse(colon + 1, UINT16_MAX, &port) || !port)
		return refuse(EINVAL, "Invalid port number");
	options->page_server = arena_copy_bytes(arena, text, length);
	options->page_server_port = (int)port;
	return 0;
}

static int read_parent(struct image *image, const struct arguments *arguments)
{
	const char *parent = arguments->parent_path;
	struct stat about;

	image->options.parent = parent;
	image->options.track_mem = parent || arguments->pre_dump;
	if (!parent)
		return 0;
	if (parent[0] == '/')
		return refuse(EINVAL, "--parent-path must be relative");
	if (fstatat(image->options.images, parent, &about, 0) < 0)
		return fail(errno, "invalid --parent-path: stat %s/%s", image->path, parent);
	if (!S_ISDIR(about.st_mode))
		return fail(ENOTDIR, "invalid --parent-path: stat %s/%s", image->path, parent);
	return 0;
}

static int check_status_fd(const struct arguments *arguments)
{
	int flags = arguments->status_fd ? fcntl(arguments->status_fd, F_GETFL) : O_WRONLY;

	if (flags < 0)
		return fail(errno, "invalid --status-fd argument %d", arguments->status_fd);
	if ((flags & O_ACCMODE) == O_RDONLY)
		return refuse(EINVAL, "invalid --status-fd argument %d: not writable",
			      arguments->status_fd);
	return 0;
}

static int read_options(struct image *image, const struct plan *plan)
{
	const struct arguments *arguments = plan->arguments;
	int result = read_parent(image, arguments);

	image->options.leave_running = arguments->leave_running;
	image->options.tcp_skip_in_flight = arguments->tcp_skip_in_flight;
	image->options.link_remap = arguments->link_remap;
	if (!result)
		result = read_page_server(&image->options, arguments->page_server, plan->arena);
	if (!result)
		result = check_status_fd(arguments);
	image->criu.may_idle = arguments->lazy_pages || arguments->page_server;
	return result;
}

/* ---- criu ------------------------------------------------------------------------------------ */

static int start_criu(struct criu *criu)
{
	const struct ns_spawn plainly = { .join_pidfd = -1, .cgroup = -1 };
	int ends[2], result = criu_open(ends);
	pid_t pid = result ? result : ns_spawn(&plainly, &criu->pidfd);

	if (result)
		return result;
	if (pid == 0) {
		interrupt_end();
		/* A Ctrl-C is for us: criu has to put the processes right. */
		setsid();
		/* As criu means them: others may read, where the directory lets them. */
		umask(0022);
		criu_become(criu, ends[1], NULL, 0, false);
	}
	close(ends[1]);
	criu->socket = ends[0];
	criu->pid = pid;
	return pid < 0 ? pid : criu_greet(criu);
}

static int check_feature(struct image *image, bool wanted, enum criu_feature feature,
			 const char *name, const char *cure)
{
	int can = wanted ? criu_can(&image->criu, feature) : 1;

	if (can > 0)
		return 0;
	/* runc's words. */
	return can < 0 ? can : advise(refuse(ENOTSUP, "criu is missing features: [%s]", name), "%s",
				      cure);
}

/* Memory can be fetched from now on. */
static void tell_ready(void *context, struct criu_news *news)
{
	int *status_fd = context;

	if (strcmp(news->note, "status-ready") || !*status_fd)
		return;
	if (write(*status_fd, "", 1) != 1)
		warn("cannot write \\0 to the status descriptor %d: %s", *status_fd, strerror(errno));
	close(*status_fd);
	*status_fd = 0;
}

static int converse(struct image *image, const struct arguments *arguments)
{
	int result = start_criu(&image->criu), status_fd = arguments->status_fd;
	struct criu_news news;

	if (!result)
		result = check_feature(image, arguments->pre_dump, CRIU_MEM_TRACK, "MemTrack",
				       "--pre-dump needs a kernel with CONFIG_MEM_SOFT_DIRTY");
	if (!result)
		result = check_feature(image, arguments->lazy_pages, CRIU_LAZY_PAGES, "LazyPages",
				       "--lazy-pages needs a kernel with CONFIG_USERFAULTFD");
	if (!result)
		result = criu_begin(&image->criu, arguments->pre_dump ? CRIU_PRE_DUMP : CRIU_DUMP,
				    &image->options);
	return result ? result : image_await(image, NULL, &news, tell_ready, &status_fd);
}

/* criu thaws what it has frozen, unless it was killed. */
static void let_go_on(struct plan *plan, bool was_frozen)
{
	struct fault kept = *last_fault();

	if (!was_frozen && cg_is_frozen(&plan->cgroup))
		cg_freeze(&plan->cgroup, false);
	*last_fault() = kept;
}

int checkpoint(struct plan *plan, struct record *record)
{
	bool was_frozen = life_of(record) == LIFE_PAUSED;
	struct image image;
	int result = image_open(&image, plan, "dump.log", true);

	if (!result)
		result = read_options(&image, plan);
	if (!result)
		result = plan_of_record(plan, record);
	if (!result)
		result = tell_container(&image, plan, record);
	if (!result)
		result = interrupt_begin();
	if (result)
		return result;
	result = converse(&image, plan->arguments);
	criu_end(&image.criu);
	if (result)
		let_go_on(plan, was_frozen);
	return result;
}
