/* spawn.h -- a new process in new and joined namespaces, born in its cgroup. */
#ifndef CAISSON_NS_SPAWN_H
#define CAISSON_NS_SPAWN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "ns/kinds.h"

struct ns_time_offset {
	bool given;
	int64_t secs;
	uint32_t nanosecs;
};

struct ns_spawn {
	int make; /* CLONE_NEW* to create; CLONE_NEWCGROUP is left to ns_new_cgroup(), see there */
	struct ns_join {
		int flag; /* CLONE_NEW* */
		int fd;   /* of /proc/PID/ns/X or a bind mount of one */
		const char *path;
	} join[ns_kind_count];
	size_t joins;
	int join_pidfd;   /* exec: setns(2) to all of `join_flags` of this process at once; -1 */
	int join_flags;
	int cgroup;       /* a v2 directory to be born in (CLONE_INTO_CGROUP), or -1 */
	struct ns_time_offset monotonic, boottime;

	/* Called on the host's side once the first process is in its new user namespace. */
	int (*map_ids)(void *context, pid_t pid);
	void *context;
};

/* Opens a namespace by path and checks that it is one, and of the right kind (NS_GET_NSTYPE). */
int ns_open(int flag, const char *path);

/* Returns twice, like fork(2): 0 in the new process; in the caller its pid, with a pidfd of it in
 * *pidfd. The new process is the caller's own child, however many namespaces it joined. Its
 * signal handlers are reset (CLONE_CLEAR_SIGHAND), its ids are mapped when it starts to run. */
pid_t ns_spawn(const struct ns_spawn *spawn, int *pidfd);

/* Inside, once in its own cgroups: a cgroup namespace's root is where its maker is at the time. */
int ns_new_cgroup(void);

#endif
