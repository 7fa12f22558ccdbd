/* kinds.c -- the eight kinds of namespaces Linux has, in one table. See namespaces(7). */
#include "ns/kinds.h"

const struct ns_kind ns_kinds[ns_kind_count] = {
	{ "pid", "pid", CLONE_NEWPID },
	{ "network", "net", CLONE_NEWNET },
	{ "mount", "mnt", CLONE_NEWNS },
	{ "ipc", "ipc", CLONE_NEWIPC },
	{ "uts", "uts", CLONE_NEWUTS },
	{ "user", "user", CLONE_NEWUSER },
	{ "cgroup", "cgroup", CLONE_NEWCGROUP },
	{ "time", "time", CLONE_NEWTIME },
};

const struct ns_kind *ns_kind_of(int flag)
{
	for (size_t i = 0; i < ns_kind_count; i++) {
		if (ns_kinds[i].flag == flag)
			return &ns_kinds[i];
	}
	return NULL;
}
