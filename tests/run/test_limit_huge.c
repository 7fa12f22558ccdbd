/* test_limit_huge.c -- who has reached the limit of huge pages gets none, and is counted.
 *
 * No huge page is taken from the host: the cgroup is asked before the pool. fallocate(2) on a
 * hugetlbfs reserves as mmap(2) does. */
#include "tests/lib/host.h"
#include "tests/lib/limits.h"

TestSuite(limit_huge, .init = boxes_open, .fini = boxes_close, .timeout = 120);

#define TAKE_ONE "fallocate -l 2M /huge/x 2>/dev/null || echo refused"

/* Not one page of 2 MiB for the container, which has a file system of them. */
static struct box *box_without_pages(void)
{
	struct box *box = box_new();

	needs_huge_pages();
	box_set(box, "linux.resources.hugepageLimits", "[{'pageSize': '2MB', 'limit': 0}]");
	box_set(box, "mounts[+]",
		"{'destination': '/huge', 'type': 'hugetlbfs', 'source': 'huge', 'options': "
		"['pagesize=2M']}");
	return box;
}

static int64_t refusals(pid_t pid)
{
	if (host_has_v1_controller("hugetlb"))
		return limit_number(pid, "hugetlb", "hugetlb.2MB.rsvd.failcnt", NULL, NULL) +
		       limit_number(pid, "hugetlb", "hugetlb.2MB.failcnt", NULL, NULL);
	return limit_number(pid, "hugetlb", NULL, "hugetlb.2MB.events", "max");
}

static void lift(pid_t pid, const char *v1, const char *v2)
{
	const char *name = host_has_v1_controller("hugetlb") ? v1 : v2;

	if (!file_write(cgroup_folder(pid, "hugetlb"), name, "1073741824"))
		boxes_skip("%s: %m", name);
}

Test(limit_huge, who_reserves_too_many_is_refused_and_counted)
{
	struct box *box = box_without_pages();
	pid_t pid;

	box_shell(box, TAKE_ONE "; exec sleep 1000");
	pid = box_begin(box);
	box_wait_output(box, "refused\n");
	cr_assert_geq(refusals(pid), 1);
}

/* Each limit stands without the other; and where both are lifted the cgroup refuses nothing, whatever
 * the pool has. */
Test(limit_huge, reservations_and_pages_in_use_are_limited_each_for_itself)
{
	struct box *box = box_without_pages();
	int64_t before;
	pid_t pid;

	box_args(box, "sleep", "1000");
	pid = box_begin(box);
	lift(pid, "hugetlb.2MB.limit_in_bytes", "hugetlb.2MB.max");
	assert_prints(box_exec(box, "sh", "-c", TAKE_ONE), "refused\n");
	cr_assert_eq(refusals(pid), 1);
	lift(pid, "hugetlb.2MB.rsvd.limit_in_bytes", "hugetlb.2MB.rsvd.max");
	before = refusals(pid);
	box_exec(box, "sh", "-c", TAKE_ONE);
	cr_assert_eq(refusals(pid), before);
}
