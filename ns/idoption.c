/* idoption.c -- the mapping that the mount option idmap=... carries, as crun and podman spell it.
 *
 *	idmap=uids=0-1-10#10-11-10;gids=0-100-10
 *
 * Three numbers each: the first id on the file system, the first id it becomes on the host, how
 * many. With "@" before them the second one is an id of the container's, whose own mapping says
 * what it is on the host.
 *
 * Does not make the user namespace that carries it (idmount.c). */
#include <errno.h>
#include <string.h>

#include "ns/rootplan.h"
#include "runtime/base/decimal.h"
#include "runtime/base/fault.h"

static int read_number(const char **at, char until, uint32_t *number)
{
	size_t length = strspn(*at, "0123456789");
	uint64_t value;

	if (until && (*at)[length] != until)
		return -EINVAL;
	if (decimal_span(*at, length, UINT32_MAX - 1, &value))
		return -EINVAL;
	*number = (uint32_t)value;
	*at += length + (until != '\0');
	return 0;
}

static int to_host(const struct spec_id_maps *container, struct spec_id_map *map)
{
	for (size_t i = 0; i < container->count; i++) {
		const struct spec_id_map *own = &container->at[i];

		if (map->host_id < own->container_id ||
		    map->host_id - own->container_id >= own->size)
			continue;
		if (map->size > own->size - (map->host_id - own->container_id))
			break;
		map->host_id = own->host_id + (map->host_id - own->container_id);
		return 0;
	}
	return -ERANGE;
}

static int read_one(const char **at, const struct spec_id_maps *container, struct spec_id_map *map)
{
	bool relative = **at == '@';
	int result;

	*at += relative;
	result = read_number(at, '-', &map->container_id);
	if (!result)
		result = read_number(at, '-', &map->host_id);
	if (!result)
		result = read_number(at, '\0', &map->size);
	if (!result && !map->size)
		result = -EINVAL;
	return result || !relative ? result : to_host(container, map);
}

/* The ranges up to ';' or the end. */
static int read_list(const char **at, const struct spec_id_maps *container, struct arena *arena,
		     struct spec_id_maps *maps)
{
	size_t most = 1;

	if (maps->count)
		return -EINVAL; /* said twice */
	for (const char *rest = *at; *rest && *rest != ';'; rest++)
		most += *rest == '#';
	maps->at = arena_array(arena, most, sizeof *maps->at);
	for (;;) {
		int result = read_one(at, container, &maps->at[maps->count]);

		if (result)
			return result;
		maps->count++;
		if (**at != '#')
			return **at && **at != ';' ? -EINVAL : 0;
		(*at)++;
	}
}

int idmap_option_read(const char *text, const struct spec_linux *linux, struct arena *arena,
		      struct spec_id_maps *uids, struct spec_id_maps *gids)
{
	const char *at = text;
	int result = 0;

	uids->count = gids->count = 0;
	while (*at && !result) {
		bool users = !strncmp(at, "uids=", 5);

		if (!users && strncmp(at, "gids=", 5))
			return refuse(EINVAL, "idmap=%s: expected \"uids=\" or \"gids=\"", text);
		at += 5;
		result = read_list(&at, users ? &linux->uid_mappings : &linux->gid_mappings, arena,
				   users ? uids : gids);
		at += *at == ';';
	}
	if (result == -ERANGE)
		return refuse(EINVAL, "idmap=%s: the container has no such ids", text);
	if (result)
		return refuse(EINVAL, "idmap=%s: expected FROM-TO-COUNT, more of them after \"#\"",
			      text);
	if (!uids->count || !gids->count)
		return refuse(EINVAL, "idmap=%s: uids and gids must come together", text);
	return 0;
}
