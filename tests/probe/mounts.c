/* mounts.c -- the probe's third part: the mount table, without what differs by nature.
 *
 * proc_pid_mountinfo(5): id parent major:minor root point flags [propagation...] - type source
 * options. Ids become the mount point they stand for; the root, source and options of a real
 * filesystem are the host's affair. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe.h"

enum { most_mounts = 512 };

struct mount {
	int id, parent;
	char *device, *root, *point, *flags, *propagation, *type, *source, *options;
};

static struct mount mounts[most_mounts];
static size_t mount_count;

static bool read_line(char *line, struct mount *mount)
{
	static char none[] = "private";
	char *second = strstr(line, " - "), *save;
	char *optional;

	if (!second)
		return false;
	*second = '\0';
	mount->id = atoi(strtok_r(line, " ", &save));
	mount->parent = atoi(strtok_r(NULL, " ", &save));
	mount->device = strtok_r(NULL, " ", &save);
	mount->root = strtok_r(NULL, " ", &save);
	mount->point = strtok_r(NULL, " ", &save);
	mount->flags = strtok_r(NULL, " ", &save);
	optional = strtok_r(NULL, "", &save);
	mount->propagation = optional ? optional : none;
	mount->type = strtok_r(second + 3, " ", &save);
	mount->source = strtok_r(NULL, " ", &save);
	mount->options = strtok_r(NULL, " ", &save);
	return mount->options;
}

/* Filesystems the kernel makes out of nothing: nothing in them is the host's. */
static bool is_virtual(const struct mount *mount)
{
	static const char *const types[] = { "proc",   "sysfs",	     "tmpfs",	"devpts",
					     "mqueue", "cgroup",     "cgroup2", "devtmpfs",
					     "bpf",    "securityfs", "debugfs", "tracefs" };

	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		if (!strcmp(mount->type, types[i]))
			return true;
	}
	return false;
}

static const char *point_of(int id)
{
	for (size_t i = 0; i < mount_count; i++) {
		if (mounts[i].id == id)
			return mounts[i].point;
	}
	return "(outside)";
}

/* Mounts of one superblock are known by the first of them. */
static const char *superblock_of(const struct mount *mount)
{
	for (size_t i = 0; i < mount_count; i++) {
		if (!strcmp(mounts[i].device, mount->device))
			return mounts[i].point;
	}
	return mount->point;
}

/* "shared:12 master:3" without the numbers. */
static const char *kinds(const char *propagation)
{
	static char text[128];
	size_t used = 0;

	for (; *propagation && used + 1 < sizeof text; propagation++) {
		if (*propagation == ':')
			propagation += strcspn(propagation, " ");
		if (!*propagation)
			break;
		text[used++] = *propagation;
	}
	text[used] = '\0';
	return text;
}

/* The whole path where it is not the host's; else its last part, which the config named. */
static const char *root_of(const struct mount *mount)
{
	const char *slash = strrchr(mount->root, '/');
	bool whole = is_virtual(mount) && strcmp(mount->type, "tmpfs") != 0;

	return whole || !slash || slash == mount->root ? mount->root : slash + 1;
}

static unsigned earlier_at(const struct mount *mount)
{
	unsigned count = 0;

	for (const struct mount *other = mounts; other < mount; other++)
		count += !strcmp(other->point, mount->point);
	return count;
}

static void print(const struct mount *mount)
{
	bool ours = is_virtual(mount);
	char *name = strdup(named("mount[%s]#%u", mount->point, earlier_at(mount)));

	fact(named("%s.type", name), "%s", mount->type);
	fact(named("%s.flags", name), "%s", mount->flags);
	fact(named("%s.propagation", name), "%s", kinds(mount->propagation));
	fact(named("%s.parent", name), "%s", point_of(mount->parent));
	fact(named("%s.superblock", name), "%s", superblock_of(mount));
	fact(named("%s.root", name), "%s", strcmp(mount->point, "/") ? root_of(mount) : "(host)");
	fact(named("%s.source", name), "%s", ours ? mount->source : "(host)");
	fact(named("%s.options", name), "%s", ours ? mount->options : "(host)");
	free(name);
}

void probe_mounts(void)
{
	char *text = slurp("/proc/self/mountinfo"), *line, *save = NULL;

	if (!text) {
		fact("mounts", "?");
		return;
	}
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (mount_count < most_mounts && read_line(line, &mounts[mount_count]))
			mount_count++;
	}
	for (size_t i = 0; i < mount_count; i++)
		print(&mounts[i]);
}
