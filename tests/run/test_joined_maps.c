/* test_joined_maps.c -- a user namespace that is joined, and the mappings that engines give with it.
 *
 * podman (--userns container:NAME), containerd and CRI-O say both: where the namespace is and how it
 * maps. What was planned by mappings that are not its own would be wrong. */
#include <sched.h>
#include <stdio.h>

#include "tests/lib/box.h"
#include "tests/lib/config.h"
#include "tests/lib/holder.h"
#include "tests/lib/host.h"

TestSuite(joined_maps, .init = boxes_open, .fini = boxes_close, .timeout = 60);

static struct box *box_in(pid_t holder)
{
	struct box *box = box_new();

	box_set(box, "linux.namespaces[+]", "{'type': 'user', 'path': '/proc/%d/ns/user'}", holder);
	box_set(box, "linux.gidMappings", "[{'containerID': 0, 'hostID': 100000, 'size': 65536}]");
	box_args(box, "cat", "/proc/self/uid_map");
	return box;
}

Test(joined_maps, the_same_mappings_may_be_said_again)
{
	struct box *box = box_in(holder_new(CLONE_NEWUSER));

	box_set(box, "linux.uidMappings", "[{'containerID': 0, 'hostID': 100000, 'size': 65536}]");
	assert_prints(box_run(box), "         0     100000      65536\n");
}

Test(joined_maps, others_are_refused)
{
	pid_t holder = holder_new(CLONE_NEWUSER);
	struct box *box = box_in(holder);
	char wanted[160];

	snprintf(wanted, sizeof wanted, "id maps: the user namespace /proc/%d/ns/user, which is "
		 "joined, maps 0 100000 65536 (config.json:", holder);
	box_set(box, "linux.uidMappings", "[{'containerID': 0, 'hostID': 200000, 'size': 65536}]");
	assert_fails(box_run(box), 1, wanted);
}

Test(joined_maps, and_more_of_them)
{
	pid_t holder = holder_new(CLONE_NEWUSER);
	struct box *box = box_in(holder);
	char wanted[160];

	snprintf(wanted, sizeof wanted, "id maps: the user namespace /proc/%d/ns/user, which is "
		 "joined, maps less (config.json:", holder);
	box_set(box, "linux.uidMappings", "[{'containerID': 0, 'hostID': 100000, 'size': 65536}, "
					  "{'containerID': 65536, 'hostID': 300000, 'size': 1}]");
	assert_fails(box_run(box), 1, wanted);
}
