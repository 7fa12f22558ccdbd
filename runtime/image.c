/* image.c -- what checkpoint and restore have in common. See image.h.
 *
 * Nothing of the host is touched but the directories of the image. */
#include "runtime/image.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ns/kinds.h"
#include "runtime/base/fault.h"
#include "runtime/base/owned.h"
#include "runtime/base/words.h"
#include "runtime/interrupt.h"
#include "runtime/notify.h"
#include "specs/annotations.h"

/* ---- directories ----------------------------------------------------------------------------- */

/* As mkdir -p, for nobody else: an image holds the container's memory. */
static int make_folders(const char *path, struct arena *arena)
{
	for (const char *at = path; *at;) {
		at += strspn(at, "/");
		at += strcspn(at, "/");
		const char *folder = arena_copy_bytes(arena, path, (size_t)(at - path));

		if (mkdir(folder, 0700) < 0 && errno != EEXIST && errno != EROFS)
			return fail(errno, "make the directory %s", folder);
	}
	return 0;
}

static int open_folder(const char *path, bool make, struct arena *arena)
{
	int result = make ? make_folders(path, arena) : 0;
	int fd = result ? result : open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 && !result ? fail(errno, "open the image's directory %s", path) : fd;
}

/* They stay open until the command ends: criu opens them by /proc/PID/fd. */
static int open_folders(struct image *image, const struct plan *plan, bool make)
{
	const struct arguments *arguments = plan->arguments;
	struct criu_options *options = &image->options;

	image->path = arguments->image_path ? arguments->image_path : "checkpoint";
	image->work = arguments->work_path ? arguments->work_path : image->path;
	options->images = open_folder(image->path, make, plan->arena);
	if (options->images < 0)
		return options->images;
	options->work = open_folder(image->work, true, plan->arena);
	return options->work < 0 ? options->work : 0;
}

/* criu opens these by name, as root: "pages-1.img" could be another container's memory, and
 * "stats-restore", which it writes, any file. */
static bool is_opened_by_criu(const char *name)
{
	const char *end = strrchr(name, '.');

	return (end && !strcmp(end, ".img")) || !strncmp(name, "stats-", 6);
}

static int verify_entry(const struct image *image, const struct dirent *entry)
{
	char target[PATH_MAX];
	bool is_parent = !strcmp(entry->d_name, "parent");
	ssize_t length;

	if (!is_parent && !is_opened_by_criu(entry->d_name))
		return 0;
	length = readlinkat(image->options.images, entry->d_name, target, sizeof target);
	/* Below this one or beside it, as --parent-path has made it. */
	if (length < 0 || (is_parent && target[0] != '/'))
		return 0;
	return refuse(ELOOP, "%s/%s is a symbolic link, which no image has there", image->path,
		      entry->d_name);
}

int image_verify(const struct image *image)
{
	DIR *folder = fdopendir(openat(image->options.images, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	struct dirent *entry;
	int result = 0;

	if (!folder)
		return fail(errno, "read the image's directory %s", image->path);
	while (!result && (entry = readdir(folder)))
		result = verify_entry(image, entry);
	closedir(folder);
	return result;
}

/* ---- options --------------------------------------------------------------------------------- */

/* Only connections have to be kept still. A lock needs programs that may not be there, and in a
 * network namespace that is not the container's own it stays behind. */
static enum criu_network_lock default_lock(const struct arguments *arguments, struct arena *arena)
{
	if (!arguments->tcp_established)
		return CRIU_LOCK_SKIP;
	return criu_has_program("iptables-restore", arena) ? CRIU_LOCK_IPTABLES : CRIU_LOCK_NFTABLES;
}

static int read_modes(struct criu_options *options, const struct arguments *arguments,
		      struct arena *arena)
{
	static const struct word cgroups[] = {
		{ "soft", CRIU_CGROUPS_SOFT },	   { "full", CRIU_CGROUPS_FULL },
		{ "strict", CRIU_CGROUPS_STRICT }, { "ignore", CRIU_CGROUPS_IGNORE }, { 0 },
	};
	static const struct word locks[] = {
		{ "iptables", CRIU_LOCK_IPTABLES }, { "nftables", CRIU_LOCK_NFTABLES },
		{ "skip", CRIU_LOCK_SKIP }, { 0 },
	};
	int64_t value = CRIU_CGROUPS_DEFAULT;

	if (arguments->manage_cgroups_mode)
		word_value(cgroups, arguments->manage_cgroups_mode, &value);
	options->cgroups = (enum criu_cgroups)value;
	value = default_lock(arguments, arena);
	if (arguments->network_lock)
		word_value(locks, arguments->network_lock, &value);
	options->network_lock = (enum criu_network_lock)value;
	/* Devices, addresses and routes are the engine's affair, as with runc. */
	options->empty_ns = CLONE_NEWNET;
	for (size_t i = 0; i < arguments->empty_ns.count; i++) {
		if (strcmp(arguments->empty_ns.at[i], "network"))
			return refuse(EINVAL, "namespace \"%s\" is not supported",
				      arguments->empty_ns.at[i]);
	}
	return 0;
}

static void read_flags(struct criu_options *options, const struct arguments *arguments)
{
	options->ext_unix_sk = arguments->ext_unix_sk;
	options->tcp_established = arguments->tcp_established;
	options->tcp_close = arguments->tcp_close;
	options->shell_job = arguments->shell_job;
	options->file_locks = arguments->file_locks;
	options->auto_dedup = arguments->auto_dedup;
	options->lazy_pages = arguments->lazy_pages;
	options->lsm_profile = arguments->lsm_profile;
	options->lsm_mount_context = arguments->lsm_mount_context;
	options->orphan_pts_master = true;
}

int image_open(struct image *image, const struct plan *plan, const char *log_file, bool make)
{
	int result;

	*image = (struct image){ .criu = CRIU_NONE };
	result = criu_find(&image->criu, plan->arena);
	if (!result)
		result = read_modes(&image->options, plan->arguments, plan->arena);
	if (!result)
		result = open_folders(image, plan, make);
	if (result)
		return result;
	read_flags(&image->options, plan->arguments);
	image->options.log_file = log_file;
	image->criu.log = arena_format(plan->arena, "%s/%s", image->work, log_file);
	/* An old one would explain what has not happened. */
	unlinkat(image->options.work, log_file, 0);
	image->options.inherit = arena_array(plan->arena,
					     sizeof image->descriptors / sizeof(int),
					     sizeof *image->options.inherit);
	/* Two namespaces and the three standard streams. */
	image->options.external.at = arena_array(plan->arena, 8, sizeof(char *));
	return 0;
}

/* ---- what is the host's ---------------------------------------------------------------------- */

/* Settings there win over what we ask for (criu(8), "CONFIGURATION FILES"). A missing file is
 * none. The annotation is runc's and crun's; empty, it means: none at all. */
static const char *config_file(const struct plan *plan)
{
	static const char *const defaults[] = { "/etc/criu/caisson.conf", "/etc/criu/crun.conf",
						"/etc/criu/runc.conf" };
	const char *asked = spec_annotation(&plan->spec.annotations, ANNOTATION_CRIU_CONFIG);

	if (asked)
		return *asked ? asked : NULL;
	for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++) {
		if (access(defaults[i], F_OK) == 0)
			return defaults[i];
	}
	return NULL;
}

int image_mounts(struct image *image, const struct plan *plan, const char *record, int living)
{
	struct criu_pairs *mounts = &image->options.mounts;
	struct ns_externals externals;
	int result = ns_root_externals(&externals, plan->root, living);

	if (result)
		return result;
	image->options.config_file = config_file(plan);
	criu_pairs_room(mounts, externals.count + 2, plan->arena);
	for (size_t i = 0; i < externals.count; i++) {
		const struct ns_external *external = &externals.at[i];

		if (living >= 0)
			criu_pairs_add(mounts, external->at, external->name);
		else
			criu_pairs_add(mounts, external->name, external->source);
	}
	/* Names that the image does not have are never asked for. */
	if (living < 0)
		criu_pairs_add(mounts, "/dev/null", "/dev/null");
	criu_pairs_add(mounts, NOTIFY_INSIDE,
		       living >= 0 ? NOTIFY_INSIDE
				   : arena_format(plan->arena, "%s/" NOTIFY_DIRECTORY, record));
	return 0;
}

void image_cgroup_mode(struct image *image, const struct plan *plan)
{
	if (plan->cgroup.driver == CG_DISABLED && !plan->arguments->manage_cgroups_mode)
		image->options.cgroups = CRIU_CGROUPS_IGNORE;
}

int image_give(struct image *image, int fd)
{
	image->descriptors[image->descriptor_count] = fd;
	return criu_given + (int)image->descriptor_count++;
}

void image_inherit(struct image *image, const char *key, int fd)
{
	struct criu_options *options = &image->options;

	options->inherit[options->inherits++] = (struct criu_inherit){ key, image_give(image, fd) };
}

/* runc's names. */
const char *image_namespace(int flag)
{
	return flag == CLONE_NEWNET ? "extRootNetNS" : flag == CLONE_NEWPID ? "extRootPidNS" : NULL;
}

/* ---- waiting --------------------------------------------------------------------------------- */

static int await_one(struct image *image, struct criu_news *news)
{
	int result;

	image->criu.also = interrupt_fd();
	do {
		result = criu_await(&image->criu, news);
		if (result == -EINTR && interrupt_check())
			return -EINTR;
	} while (result == -EINTR);
	return result;
}

int image_await(struct image *image, const char *note, struct criu_news *news,
		void (*take_note)(void *context, struct criu_news *news), void *context)
{
	for (;;) {
		int result = await_one(image, news);

		if (result)
			return result;
		if (take_note)
			take_note(context, news);
		close_owned(&news->descriptor);
		if (!news->note[0] && note)
			return refuse(EPROTO, "criu is done, and has not said \"%s\"", note);
		if (!news->note[0] || (note && !strcmp(note, news->note)))
			return 0;
		result = criu_go_on(&image->criu);
		if (result)
			return result;
	}
}
