/* test_idmap.c -- idmapped mounts whose source is a mount of the same container.
 *
 * In its user namespace nobody may map it, and out here it does not exist: ns/idlate.c. */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lib/box.h"

#define MAP "[{'containerID': 0, 'hostID': 100000, 'size': 65536}]"
#define MAPPED "'uidMappings': " MAP ", 'gidMappings': " MAP

/* A folder of the host's root with one file. */
static const char *volume(void)
{
	static char path[128];
	char name[160];
	FILE *file;

	snprintf(path, sizeof path, "%s/volume", boxes_folder());
	snprintf(name, sizeof name, "%s/file", path);
	cr_assert_eq(mkdir(path, 0755), 0);
	file = fopen(name, "w");
	cr_assert_not_null(file);
	fputs("of the volume\n", file);
	fclose(file);
	return path;
}

/* Root of a user namespace may not make it in a rootfs that is the host's. */
static void mount_point(struct box *box, const char *at)
{
	char path[160];

	snprintf(path, sizeof path, "%s%s", box->rootfs, at);
	cr_assert(mkdir(path, 0755) == 0 || errno == EEXIST);
}

static struct box *box_with_volume(bool userns)
{
	struct box *box = box_new();

	mount_point(box, "/plain");
	mount_point(box, "/mapped");

	if (userns) {
		box_set(box, "linux.namespaces[+]", "{'type': 'user'}");
		box_set(box, "linux.uidMappings", MAP);
		box_set(box, "linux.gidMappings", MAP);
	}
	box_set(box, "mounts[+]", "{'destination': '/plain', 'type': 'bind', 'source': '%s',"
		" 'options': ['rbind', 'rprivate']}", volume());
	return box;
}

static void map(struct box *box, const char *below, const char *at)
{
	box_set(box, "mounts[+]", "{'destination': '%s', 'type': 'bind', 'source': '%s%s', "
		MAPPED ", 'options': ['rbind', 'rprivate']}", at, box->rootfs, below);
}

TestSuite(idmap, .init = boxes_open, .fini = boxes_close, .timeout = 60);

Test(idmap, another_mount_of_the_container_is_mapped_and_not_what_it_covers)
{
	struct box *box = box_with_volume(true);

	box_file(box, "plain/file", 0644, "of the image\n");
	map(box, "/plain", "/mapped");
	box_shell(box, "stat -c %%u /plain/file /mapped/file; cat /mapped/file");
	assert_prints(box_run(box), "65534\n0\nof the volume\n");
}

Test(idmap, so_is_a_tree_with_mapped_mounts_in_it)
{
	struct box *box = box_with_volume(true);

	char below[160];

	snprintf(below, sizeof below, "%s/volume/below", boxes_folder());
	cr_assert_eq(mkdir(below, 0755), 0);
	mount_point(box, "/other");
	box_set(box, "mounts[+]", "{'destination': '/other', 'type': 'bind', 'source': '%s/volume',"
		" 'options': ['bind', 'rprivate']}", boxes_folder());
	map(box, "/plain", "/other/below");
	map(box, "/other", "/mapped");
	box_shell(box, "stat -c %%u /other/below/file /mapped/file /mapped/below/file");
	assert_prints(box_run(box), "0\n0\n0\n");
}

Test(idmap, without_a_user_namespace_the_inside_does_it)
{
	struct box *box = box_with_volume(false);

	map(box, "/plain", "/mapped");
	box_shell(box, "stat -c %%u /plain/file /mapped/file");
	assert_prints(box_run(box), "0\n100000\n");
}

Test(idmap, a_link_of_the_image_does_not_lead_out_of_it)
{
	struct box *box = box_with_volume(true);

	char link[160], wanted[256];

	snprintf(link, sizeof link, "%s/link", box->rootfs);
	cr_assert_eq(symlink(boxes_folder(), link), 0);
	map(box, "/link/volume", "/mapped");
	snprintf(wanted, sizeof wanted, "open bind mount source %s/volume: No such file", link);
	assert_fails(box_run(box), 1, wanted);
}

Test(idmap, a_source_that_is_not_there_is_named)
{
	struct box *box = box_with_volume(true);
	char wanted[256];

	map(box, "/plain/missing", "/mapped");
	snprintf(wanted, sizeof wanted, "mounts: open bind mount source %s/plain/missing: "
		 "No such file or directory (config.json:", box->rootfs);
	assert_fails(box_run(box), 1, wanted);
}
