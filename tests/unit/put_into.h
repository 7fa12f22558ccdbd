/* put_into.h -- a test's own process, put into a container's cgroup from outside. */
#ifndef CAISSON_TESTS_PUT_INTO_H
#define CAISSON_TESTS_PUT_INTO_H

#include <criterion/criterion.h>
#include <stdio.h>

#include "cgroups/tree.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"

static inline void put_into(struct cgroup *cgroup, pid_t pid)
{
	char number[16];

	snprintf(number, sizeof number, "%d", pid);
	for (size_t i = 0; i < cgroup->count; i++) {
		int dir = cg_dir(&cgroup->hierarchies[i]);

		cr_assert_geq(dir, 0, "%s", last_fault()->what);
		cr_assert_eq(write_small(dir, "cgroup.procs", number), 0);
	}
}

#endif
