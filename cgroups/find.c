/* find.c -- which cgroup hierarchies this host has mounted, and where we are in them.
 *
 * A pure v2 host has one, at /sys/fs/cgroup, and a single statfs(2) tells: mountinfo, which
 * grows with every container, is not read. Otherwise the lines of /proc/self/cgroup are the list
 * of hierarchies and mountinfo says where each is mounted (cgroups(7), proc_pid_mountinfo(5)).
 *
 * A mount can lie under another one (mount -t cgroup2 over the tmpfs that holds the v1 trees): it
 * is still listed, but its path leads elsewhere, so it counts as not mounted.
 *
 * Does not decide where the container goes: plan.c. */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>

#include "cgroups/tree.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

static const char usual_place[] = "/sys/fs/cgroup";

struct mount_line {
	int id, parent;
	char *root, *at, *type, *options;
};
struct mount_table {
	struct mount_line *at;
	size_t count;
};

/* mountinfo writes space, tab, newline and backslash as \040 and so on. */
static void unescape(char *text)
{
	char *to = text;

	for (const char *from = text; *from; to++) {
		unsigned code;

		if (from[0] == '\\' && sscanf(from + 1, "%3o", &code) == 1) {
			*to = (char)code;
			from += 4;
		} else {
			*to = *from++;
		}
	}
	*to = '\0';
}

/* "36 35 98:0 /root /at rw,noatime master:1 - cgroup source rw,memory" */
static bool parse_mount(char *text, struct mount_line *line)
{
	char *rest = strstr(text, " - "), *words;

	if (!rest || sscanf(text, "%d %d", &line->id, &line->parent) != 2)
		return false;
	*rest = '\0';
	rest += 3;
	for (int skip = 0; skip < 3; skip++) {
		text = strchr(text, ' ');
		if (!text)
			return false;
		text++;
	}
	line->root = strtok_r(text, " ", &words);
	line->at = strtok_r(NULL, " ", &words);
	line->type = strtok_r(rest, " ", &words);
	strtok_r(NULL, " ", &words);
	line->options = words;
	if (!line->root || !line->at || !line->type)
		return false;
	unescape(line->root);
	unescape(line->at);
	return true;
}

static struct mount_table parse_mounts(struct arena *arena, char *text)
{
	struct mount_table table = { 0 };
	char *lines, *line;
	size_t room = 1;

	for (const char *at = text; *at; at++)
		room += *at == '\n';
	table.at = arena_array(arena, room, sizeof *table.at);
	for (line = strtok_r(text, "\n", &lines); line; line = strtok_r(NULL, "\n", &lines)) {
		if (parse_mount(line, &table.at[table.count]))
			table.count++;
	}
	return table;
}

static bool is_ancestor(const struct mount_table *table, const struct mount_line *above,
			const struct mount_line *below)
{
	/* Bounded: a mount whose parent is itself would be a loop. */
	for (size_t steps = 0; steps < table->count; steps++) {
		if (below->id == above->id)
			return true;
		size_t i = 0;
		while (i < table->count && table->at[i].id != below->parent)
			i++;
		if (i == table->count)
			return false;
		below = &table->at[i];
	}
	return false;
}

static bool is_prefix(const char *prefix, const char *path)
{
	size_t length = strlen(prefix);

	if (!strcmp(prefix, "/"))
		return true;
	return !strncmp(prefix, path, length) && (path[length] == '/' || !path[length]);
}

static bool is_covered(const struct mount_table *table, const struct mount_line *mount)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct mount_line *other = &table->at[i];

		if (is_prefix(other->at, mount->at) && !is_ancestor(table, other, mount))
			return true;
	}
	return false;
}

/* The mount of a hierarchy: one that shows its top rather than a part of it. */
static const struct mount_line *mount_of(const struct mount_table *table, const char *type,
					 const char *controller)
{
	const struct mount_line *found = NULL;

	for (size_t i = 0; i < table->count; i++) {
		const struct mount_line *mount = &table->at[i];

		if (strcmp(mount->type, type) ||
		    (controller && !cg_has_word(mount->options, controller)))
			continue;
		if ((found && strcmp(mount->root, "/")) || is_covered(table, mount))
			continue;
		found = mount;
		if (!strcmp(mount->root, "/"))
			break;
	}
	return found;
}

/* Our own cgroup as seen below the mount, which may show only a part of the hierarchy (a container
 * without a cgroup namespace). Where it is not in that part, the top of the mount stands for it. */
static char *own_below(struct arena *arena, const char *root, const char *own)
{
	size_t length = strlen(root);

	if (!strcmp(root, "/"))
		return cg_clean_path(arena, own);
	return cg_clean_path(arena, is_prefix(root, own) ? own + length : "/");
}

static int add_hierarchy(struct cgroup *cgroup, const struct mount_line *mount, bool v2,
			 const char *controllers, const char *own)
{
	const size_t room = sizeof cgroup->hierarchies / sizeof *cgroup->hierarchies;
	struct cg_hierarchy *hierarchy = &cgroup->hierarchies[cgroup->count];
	const char *slash = strrchr(mount->at, '/');

	if (cgroup->count == room)
		return refuse(E2BIG, "more than %zu cgroup hierarchies are mounted", room);
	*hierarchy = (struct cg_hierarchy){
		.v2 = v2,
		.controllers = controllers,
		.mount = mount->at,
		.name = slash ? slash + 1 : mount->at,
		.own = own_below(cgroup->arena, mount->root, own),
		.mount_fd = -1,
		.parent_fd = -1,
		.fd = -1,
		.tasks_fd = -1,
	};
	cgroup->count++;
	return 0;
}

/* "4:memory:/own", "2:cpu,cpuacct:/own", "9:name=systemd:/own", "0::/own" */
static int find_line(struct cgroup *cgroup, const struct mount_table *table, char *line)
{
	char *controllers = strchr(line, ':'), *own, first[64];
	const struct mount_line *mount;

	own = controllers ? strchr(controllers + 1, ':') : NULL;
	if (!own)
		return 0;
	controllers++;
	*own++ = '\0';
	if (snprintf(first, sizeof first, "%.*s", (int)strcspn(controllers, ","), controllers) >=
	    (int)sizeof first)
		return 0;
	mount = *controllers ? mount_of(table, "cgroup", first) : mount_of(table, "cgroup2", NULL);
	if (!mount)
		return 0;
	return add_hierarchy(cgroup, mount, !*controllers, controllers, own);
}

int cg_find_in(struct cgroup *cgroup, char *mountinfo, char *self_cgroup)
{
	struct mount_table table = parse_mounts(cgroup->arena, mountinfo);
	char *lines, *line;
	int result;

	cgroup->count = 0;
	for (line = strtok_r(self_cgroup, "\n", &lines); line;
	     line = strtok_r(NULL, "\n", &lines)) {
		result = find_line(cgroup, &table, line);
		if (result)
			return result;
	}
	cgroup->pure_v2 = cgroup->count == 1 && cgroup->hierarchies[0].v2;
	return 0;
}

static int read_proc(struct arena *arena, const char *path, char **text)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -errno : read_all(fd, arena, text, 64 << 20);

	return length < 0 ? fail((int)length, "read %s", path) : 0;
}

/* Without a question about our own place, nothing but the mount matters. */
static int find_pure_v2(struct cgroup *cgroup)
{
	struct mount_line mount = { .root = (char *)"/", .at = (char *)usual_place };

	cgroup->pure_v2 = true;
	return add_hierarchy(cgroup, &mount, true, "", "/");
}

int cg_find(struct cgroup *cgroup, bool need_own)
{
	struct statfs about;
	char *mountinfo, *self_cgroup;
	int result;

	cgroup->count = 0;
	if (!need_own && !statfs(usual_place, &about) && about.f_type == CGROUP2_SUPER_MAGIC)
		return find_pure_v2(cgroup);
	result = read_proc(cgroup->arena, "/proc/self/cgroup", &self_cgroup);
	if (!result)
		result = read_proc(cgroup->arena, "/proc/self/mountinfo", &mountinfo);
	return result ? result : cg_find_in(cgroup, mountinfo, self_cgroup);
}

int cg_mount_of_type(const char *type, char **at, struct arena *arena)
{
	const struct mount_line *mount;
	struct mount_table table;
	char *mountinfo;
	int result = read_proc(arena, "/proc/self/mountinfo", &mountinfo);

	if (result)
		return result;
	table = parse_mounts(arena, mountinfo);
	mount = mount_of(&table, type, NULL);
	if (!mount)
		return -ENOENT;
	*at = mount->at;
	return 0;
}
