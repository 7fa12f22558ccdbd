/* test_cycles.c -- however often a container is made and deleted, no cgroup is left.
 *
 * CYCLES=500 makes it that many times; a few dozen otherwise. Directories are counted: the kernel's
 * num_cgroups (/proc/cgroups) also has those that are gone but for a page in the cache. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/lib/host.h"
#include "tests/lib/limits.h"

TestSuite(cycles, .init = boxes_open, .fini = boxes_close, .timeout = 600);

/* The directories below that are not somebody else's to come and go: those of this test. */
static unsigned count_marked(const char *path, const char *mark)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	unsigned count = 0;

	while (folder && (entry = readdir(folder))) {
		char child[1024];

		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		snprintf(child, sizeof child, "%.700s/%.255s", path, entry->d_name);
		count += !!strstr(entry->d_name, mark) + count_marked(child, mark);
	}
	if (folder)
		closedir(folder);
	return count;
}

static unsigned count_now(struct box *box)
{
	return count_marked("/sys/fs/cgroup", box->id);
}

static unsigned cycles(void)
{
	const char *asked = getenv("CYCLES");

	return asked ? (unsigned)atoi(asked) : 40;
}

static struct box *limited_box(void)
{
	struct box *box = box_new();

	box_set(box, "linux.cgroupsPath", "'/%s-parent/%s-child'", box->id, box->id);
	if (host_has_controller("memory"))
		box_set(box, "linux.resources.memory.limit", "67108864");
	if (host_has_controller("pids"))
		box_set(box, "linux.resources.pids.limit", "20");
	box_shell(box, "sleep 1000 & exec sleep 1000");
	return box;
}

Test(cycles, of_create_kill_and_delete_leave_no_cgroup)
{
	struct box *box = limited_box();
	unsigned with_one;

	assert_ok(box_create(box));
	with_one = count_now(box);
	cr_assert_geq(with_one, 2);
	assert_ok(box_delete_force(box));
	for (unsigned i = cycles(); i; i--) {
		assert_ok(box_create(box));
		assert_ok(box_start(box));
		cr_assert_eq(count_now(box), with_one);
		assert_ok(box_kill(box, "KILL"));
		box_wait_status(box, "stopped");
		assert_ok(box_delete(box));
		cr_assert_eq(count_now(box), 0);
	}
}

/* A workload that made cgroups of its own, one of them frozen, and hid in it. */
Test(cycles, of_a_workload_with_cgroups_of_its_own_leave_none)
{
	struct box *box = limited_box();

	box_namespace(box, "cgroup");
	box_set(box, "mounts[+]",
		"{'destination': '/cg', 'type': 'cgroup', 'source': 'cgroup', 'options': ['rw']}");
	box_shell(box, "for d in /cg /cg/*/; do mkdir -p $d/inner/most 2>/dev/null; done; "
		       "echo made; exec sleep 1000");
	for (unsigned i = cycles() / 10; i; i--) {
		assert_ok(box_create(box));
		assert_ok(box_start(box));
		box_wait_output(box, "made\n");
		assert_ok(box_delete_force(box));
		cr_assert_eq(count_now(box), 0);
	}
}
