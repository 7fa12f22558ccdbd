/* idmap.h -- tell the kernel which ids inside are which ids outside. */
#ifndef CAISSON_NS_IDMAP_H
#define CAISSON_NS_IDMAP_H

#include <stdbool.h>
#include <sys/types.h>

#include "runtime/base/arena.h"
#include "specs/spec.h"

struct ns_idmap {
	const struct spec_id_maps *uids, *gids;
	bool privileged; /* we may write any map ourselves (root of our user namespace) */
};

/* Writes uid_map, setgroups and gid_map of `pid`, whose user namespace is new. For ns_spawn's
 * map_ids: `context` is a struct ns_idmap. Without privilege a map of one id, our own, is written
 * by us; anything else by newuidmap(1) and newgidmap(1). */
int ns_write_maps(void *context, pid_t pid);

/* Whether `pid`, which has joined the user namespace at `joined`, is mapped as `map` says. Engines
 * give both; mounts and cgroups were planned by the maps, so others are an error (EINVAL). */
int ns_check_maps(const struct ns_idmap *map, pid_t pid, const char *joined);

/* True when writing these maps means that setgroups(2) must be denied for good
 * (user_namespaces(7): otherwise a group that takes rights away could be dropped). */
bool ns_maps_deny_setgroups(const struct ns_idmap *map);

/* The id out here of who is `inside` in there. False: nobody in there has that id. */
bool ns_id_outside(const struct spec_id_maps *maps, uint32_t inside, uint32_t *outside);

/* The maps of a user namespace that came without any, as crun makes them: root inside is who we
 * are, then the range /etc/subuid (or /etc/subgid, `groups`) gives us; without a range one id. */
void ns_default_maps(struct spec_id_maps *maps, bool groups, uint32_t inside_id,
		     struct arena *arena);

#endif
