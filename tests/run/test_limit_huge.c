/* test_limit_huge.c -- who has reached the limit of huge pages gets none, and is counted.
 *
 * No huge page is taken from the host: the cgroup is asked before the pool. fallocate(2) on a
 * hugetlbfs reserves as mmap(2) does. */
#include "tests/lib/host.h"
#include "tests/lib/limits.h"

TestSuite(limit_huge, .init = boxes_open, .fini = boxes_close, .timeout = 120);

Test(limit_huge, who_reserves_too_many_is_refused_and_counted)
{
	struct box *box = box_new();
	pid_t pid;

	needs_controller("hugetlb");
	if (access("/sys/kernel/mm/hugepages/hugepages-2048kB", F_OK) < 0)
		cr_skip("this host has no huge pages of 2MB");
	box_set(box, "linux.resources.hugepageLimits", "[{'pageSize': '2MB', 'limit': 0}]");
	box_set(box, "mounts[+]",
		"{'destination': '/huge', 'type': 'hugetlbfs', 'source': 'huge', 'options': "
		"['pagesize=2M']}");
	box_shell(box, "fallocate -l 2M /huge/x 2>/dev/null || echo refused; exec sleep 1000");
	pid = box_begin(box);
	box_wait_output(box, "refused\n");
	if (host_has_v1_controller("hugetlb"))
		cr_assert_geq(limit_number(pid, "hugetlb", "hugetlb.2MB.rsvd.failcnt", NULL, NULL) +
				      limit_number(pid, "hugetlb", "hugetlb.2MB.failcnt", NULL,
						   NULL),
			      1);
	else
		cr_assert_geq(limit_number(pid, "hugetlb", NULL, "hugetlb.2MB.events", "max"), 1);
}
