/* image.h -- what checkpoint and restore have in common: where the image is, and what criu is told.
 *
 * Directories and options of the command line, the container's mounts and namespaces that are the
 * host's. What is particular to one of the two is in checkpoint.c and restore.c. */
#ifndef CAISSON_IMAGE_H
#define CAISSON_IMAGE_H

#include "runtime/criu/criu.h"
#include "runtime/plan.h"

struct image {
	struct criu criu;
	struct criu_options options;
	const char *path, *work; /* as given, or the default */
	int descriptors[8];      /* what criu gets as criu_given and up; borrowed */
	size_t descriptor_count;
};

/* Finds criu, reads the options, opens the directories; `make`: they may be missing. Needs only
 * the options of `plan`. */
int image_open(struct image *image, const struct plan *plan, const char *log_file, bool make);
/* Refuses an image with links where criu would follow them: it may come from anywhere. */
int image_verify(const struct image *image);
/* Tells criu about mounts, with the names in the image (dump: `living` is the root of the
 * container's first process) or with where they are on the host (restore: -1); and of the
 * configuration file that config.json may name. */
int image_mounts(struct image *image, const struct plan *plan, const char *record, int living);
/* Cgroups that are not ours to manage are not criu's either, unless it was asked for. Once the plan
 * has the container's cgroup. */
void image_cgroup_mode(struct image *image, const struct plan *plan);
/* criu gets `fd`: under the number that is returned. */
int image_give(struct image *image, int fd);
/* criu puts `fd` where the image has that key. */
void image_inherit(struct image *image, const char *key, int fd);
/* "extRootNetNS": what the image calls a namespace of the host's. NULL: criu joins it by path. */
const char *image_namespace(int flag);

/* criu_await() that a signal ends; the notes nobody waits for are answered. Until one of that
 * name, or with NULL until it is done. What came with a note is given to `take_note` first. */
int image_await(struct image *image, const char *note, struct criu_news *news,
		void (*take_note)(void *context, struct criu_news *news), void *context);

/* descriptors.c: what stdin, stdout and stderr were, in the image, as runc keeps it. */
int descriptors_save(struct image *image, pid_t pid, struct arena *arena);
int descriptors_load(struct image *image, struct arena *arena);

#endif
