/* test_rootless.c -- containers of an ordinary user. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/owned.h"
#include "tests/lib/box.h"
#include "tests/lib/config.h"
#include "tests/lib/holder.h"
#include "tests/lib/host.h"

TestSuite(rootless, .init = boxes_open, .fini = boxes_close, .timeout = 120);

enum {
	somebody = 65534,
	root_of_a_range = 100000, /* holder.h */
};

/* /etc/subuid and /etc/subgid of this test's mount namespace. */
static void give_range(const char *range)
{
	static const char *const files[] = { "/etc/subuid", "/etc/subgid" };
	char path[128];

	snprintf(path, sizeof path, "%s/subid", boxes_folder());
	autoclose int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	cr_assert_eq(write(file, range, strlen(range)), (ssize_t)strlen(range));
	for (size_t i = 0; i < 2; i++) {
		if (access(files[i], F_OK))
			boxes_skip("no %s here", files[i]);
		cr_assert_eq(mount(path, files[i], NULL, MS_BIND, NULL), 0);
	}
	host_snapshot();
}

/* With the config that `spec --rootless` writes for that user. */
static struct box *box_of(uid_t user)
{
	struct box *box = box_new();
	char path[128];

	runtime_as(user);
	snprintf(path, sizeof path, "%s/config.json", box->bundle);
	cr_assert_eq(unlink(path), 0);
	assert_ok(runtime(box, "spec", "--rootless"));
	box->config = json_load_file(path, 0, NULL);
	cr_assert_not_null(box->config);
	config_set(box->config, "process.terminal", json_false());
	config_set(box->config, "root.readonly", json_false());
	return box;
}

static struct box *box_of_somebody(void)
{
	return box_of(somebody);
}

Test(rootless, what_spec_writes_runs)
{
	struct box *box;

	give_range("");
	box = box_of_somebody();
	box_shell(box, "id -u; cat /proc/self/uid_map | tr -s ' '; touch /made && echo made");
	assert_prints(box_run(box), "0\n 0 65534 1\nmade\n");
}

Test(rootless, a_whole_life)
{
	struct box *box;
	char line[64];

	give_range("");
	box = box_of_somebody();
	box_shell(box, "echo up; exec sleep 1000");
	assert_ok(box_create(box));
	cr_assert_str_eq(box_status(box), "created");
	assert_ok(box_start(box));
	box_wait_output(box, "up\n");
	assert_prints(box_exec(box, "id", "-u"), "0\n");
	snprintf(line, sizeof line, "%s\n", box->id);
	assert_prints(runtime(box, "list", "-q"), line);
	assert_ok(box_kill(box, "KILL"));
	box_wait_status(box, "stopped");
	assert_ok(box_delete(box));
}

Test(rootless, a_range_is_mapped_by_newuidmap)
{
	struct box *box;

	if (access("/usr/bin/newuidmap", X_OK))
		boxes_skip("newuidmap (uidmap) is not installed");
	give_range("65534:300000:65536\nnobody:300000:65536\n");
	box = box_of_somebody();
	box_set(box, "linux.uidMappings", "[{'containerID': 0, 'hostID': 65534, 'size': 1},"
		" {'containerID': 1, 'hostID': 300000, 'size': 65535}]");
	box_set(box, "linux.gidMappings", "[{'containerID': 0, 'hostID': 65534, 'size': 1},"
		" {'containerID': 1, 'hostID': 300000, 'size': 65535}]");
	box_set(box, "process.user", "{'uid': 5, 'gid': 6, 'additionalGids': [7]}");
	box_shell(box, "tr -s ' ' < /proc/self/uid_map; id -u; id -G");
	assert_prints(box_run(box), " 0 65534 1\n 1 300000 65535\n5\n6 7\n");
}

Test(rootless, a_range_one_does_not_have_is_refused)
{
	struct box *box;

	if (access("/usr/bin/newuidmap", X_OK))
		boxes_skip("newuidmap (uidmap) is not installed");
	give_range("");
	box = box_of_somebody();
	box_set(box, "linux.uidMappings", "[{'containerID': 0, 'hostID': 65534, 'size': 1},"
		" {'containerID': 1, 'hostID': 300000, 'size': 65535}]");
	box_args(box, "true");
	assert_fails(box_run(box), 1, "give the user a range in /etc/subuid");
}

/* ---- cgroups -------------------------------------------------------------------------------- */

/* /sys/fs/cgroup/delegated-PID, as user@.service or an administrator would make it, and ourselves in
 * it or, where it is to hand controllers down, in a cgroup below. The v2 tree of this host. */
static char delegated[512], came_from[512];

static void write_to(const char *folder, const char *name, const char *text)
{
	char path[1024];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	autoclose int fd = open(path, O_WRONLY | O_CLOEXEC);
	cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text), "write %s to %s: %s",
		     text, path, strerror(errno));
}

static void delegate(bool below)
{
	static const char *const files[] = { "", "cgroup.procs", "cgroup.subtree_control",
					     "cgroup.threads" };
	const char *own = cgroup_folder(getpid(), "not of v1");
	char path[1024];

	if (!*own)
		boxes_skip("this host has no cgroup v2");
	snprintf(came_from, sizeof came_from, "%s", own);
	snprintf(path, sizeof path, "%s", own);
	/* Where there are controllers, our own cgroup holds processes and hands none down. */
	if (*file_text("%s/cgroup.controllers", own) > '\n')
		*strrchr(path, '/') = '\0';
	snprintf(delegated, sizeof delegated, "%.400s/delegated-%d", path, getpid());
	cr_assert_eq(mkdir(delegated, 0755), 0, "%s: %s", delegated, strerror(errno));
	for (unsigned i = 0; i < 4; i++) {
		snprintf(path, sizeof path, "%s/%s", delegated, files[i]);
		cr_assert_eq(chown(path, somebody, somebody), 0);
	}
	snprintf(path, sizeof path, "%s%s", delegated, below ? "/shell" : "");
	if (below) {
		cr_assert_eq(mkdir(path, 0755), 0);
		cr_assert_eq(chown(path, somebody, somebody), 0);
	}
	write_to(path, "cgroup.procs", "0");
}

static void take_back(void)
{
	char path[1024];

	write_to(came_from, "cgroup.procs", "0");
	snprintf(path, sizeof path, "%s/shell", delegated);
	rmdir(path);
	cr_assert_eq(rmdir(delegated), 0, "%s: %s", delegated, strerror(errno));
}

static void start_in(struct box *box, const char *wanted)
{
	char folder[1024];

	box_args(box, "sleep", "1000");
	assert_ok(box_create(box));
	snprintf(folder, sizeof folder, "%s%s/%s", delegated, wanted, box->id);
	cr_assert_str_eq(cgroup_folder(box_pid(box), "not of v1"), folder);
	assert_ok(box_start(box));
	assert_ok(runtime(box, "pause", box->id));
	cr_assert_str_eq(box_status(box), "paused");
	assert_ok(runtime(box, "resume", box->id));
	assert_ok(box_exec(box, "true"));
	assert_ok(box_delete_force(box));
	cr_assert_null(boxes_left());
}

/* On a hybrid host the controllers are those of v1, and pausing takes a freezer of v1. */
static bool host_is_pure_v2(void)
{
	return *file_text("/sys/fs/cgroup/cgroup.controllers");
}

Test(rootless, a_delegated_tree_holds_the_container_beside_its_maker)
{
	give_range("");
	if (!host_is_pure_v2())
		boxes_skip("this host is not purely v2");
	delegate(true);
	start_in(box_of_somebody(), "");
	take_back();
}

Test(rootless, a_delegated_tree_gives_limits)
{
	struct box *box;
	pid_t pid;

	give_range("");
	if (!strstr(file_text("/sys/fs/cgroup/cgroup.controllers"), "pids"))
		boxes_skip("this host has no pids controller of cgroup v2");
	delegate(true);
	box = box_of_somebody();
	box_set(box, "linux.resources.pids.limit", "23");
	box_args(box, "sleep", "1000");
	assert_ok(box_create(box));
	pid = box_pid(box);
	cr_assert_str_eq(cgroup_text(pid, "pids", "pids.max"), "23\n");
	assert_ok(box_delete_force(box));
	take_back();
}

Test(rootless, a_single_delegated_cgroup_holds_the_container_below_its_maker)
{
	struct box *box;

	give_range("");
	delegate(false);
	box = box_of_somebody();
	box_args(box, "sleep", "1000");
	assert_ok(box_create(box));
	cr_assert_not_null(strstr(cgroup_folder(box_pid(box), "not of v1"), delegated));
	assert_ok(box_start(box));
	assert_ok(box_exec(box, "true"));
	assert_ok(box_delete_force(box));
	cr_assert_null(boxes_left());
	take_back();
}

Test(rootless, a_single_delegated_cgroup_gives_no_limits_and_it_is_said_why)
{
	struct box *box;

	give_range("");
	if (!strstr(file_text("/sys/fs/cgroup/cgroup.controllers"), "pids"))
		boxes_skip("this host has no pids controller of cgroup v2");
	delegate(false);
	box = box_of_somebody();
	box_set(box, "linux.resources.pids.limit", "23");
	box_args(box, "true");
	assert_fails(box_run(box), 1,
		     "Device or resource busy (processes are in that cgroup itself) (config.json:");
	assert_fails(box_run(box), 1,
		     "linux.resources.pids.limit)\n  hint: a cgroup that holds processes hands no "
		     "controllers down: move them into one below it first\n");
	cr_assert_null(boxes_left());
	take_back();
}

Test(rootless, a_named_place_without_delegation_is_refused_and_the_cure_is_said)
{
	struct box *box;

	give_range("");
	box = box_of_somebody();
	box_set(box, "linux.cgroupsPath", "'/not-for-you'");
	box_args(box, "true");
	assert_fails(box_run(box), 1, "/not-for-you: permission denied (config.json:");
	assert_fails(box_run(box), 1,
		     "linux.cgroupsPath)\n  hint: run it in a delegated cgroup (systemd-run --user "
		     "--scope -p Delegate=yes ...), or leave the limits out\n");
	cr_assert_null(boxes_left());
}

/* As podman runs it: root of a user namespace of the user's, to whom no cgroup belongs. */
Test(rootless, root_of_a_user_namespace_is_an_ordinary_user)
{
	struct box *box;

	give_range("");
	box = box_of_somebody();
	runtime_as_root_of(somebody);
	box_set(box, "linux.uidMappings", "[{'containerID': 0, 'hostID': 0, 'size': 1}]");
	box_set(box, "linux.gidMappings", "[{'containerID': 0, 'hostID': 0, 'size': 1}]");
	box_shell(box, "echo ran");
	assert_prints(box_run(box), "ran\n");
	box_set(box, "linux.resources.pids.limit", "23");
	assert_fails(box_run(box), 1, "rootless needs no limits + no cgrouppath when no permission "
				      "is granted for cgroups (config.json:");
	cr_assert_null(boxes_left());
}

/* podman's --userns auto and --uidmap: the volumes lie where only root of the outer one may go. */
Test(rootless, a_user_namespace_in_a_user_namespace_has_its_volumes)
{
	struct box *box = box_of(root_of_a_range);
	char path[128];

	snprintf(path, sizeof path, "%s/mine", boxes_folder());
	cr_assert_eq(mkdir(path, 0700), 0);
	cr_assert_eq(chown(path, root_of_a_range, root_of_a_range), 0);
	strcat(path, "/words");
	autoclose int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	cr_assert_eq(write(file, "hers\n", 5), 5);
	box_file(box, "words", 0644, "");
	box_set(box, "mounts[+]", "{'destination': '/words', 'type': 'bind', 'source': '%s', "
				  "'options': ['bind', 'ro']}", path);
	box_set(box, "linux.uidMappings", "[{'containerID': 0, 'hostID': 1000, 'size': 1000}]");
	box_set(box, "linux.gidMappings", "[{'containerID': 0, 'hostID': 1000, 'size': 1000}]");
	box_args(box, "cat", "/words");
	runtime_as_root_in(holder_new(CLONE_NEWUSER), root_of_a_range);
	assert_prints(box_run(box), "hers\n");
}

Test(rootless, limits_without_delegation_are_refused_and_the_cure_is_said)
{
	struct box *box;

	give_range("");
	box = box_of_somebody();
	box_set(box, "linux.resources.memory.limit", "33554432");
	box_args(box, "true");
	assert_fails(box_run(box), 1,
		     "rootless needs no limits + no cgrouppath when no permission is granted for "
		     "cgroups (config.json:");
	assert_fails(box_run(box), 1,
		     "linux.resources.memory.limit)\n  hint: run it in a delegated cgroup "
		     "(systemd-run --user --scope -p Delegate=yes ...), or leave the limits out\n");
	cr_assert_null(boxes_left());
}

Test(rootless, an_oom_score_is_set)
{
	struct box *box;

	give_range("");
	box = box_of_somebody();
	box_set(box, "process.oomScoreAdj", "777");
	box_args(box, "cat", "/proc/self/oom_score_adj");
	assert_prints(box_run(box), "777\n");
	assert_fails(runtime(box, "--trip", "oom score first", "run", box->id), 1,
		     "oom score first: tripped, as --trip asked");
	cr_assert_null(boxes_left());
}

Test(rootless, without_a_user_namespace_it_is_said_what_is_missing)
{
	struct box *box;
	json_t *list, *namespace;
	size_t i;

	give_range("");
	box = box_of_somebody();
	list = config_get(box->config, "linux.namespaces");
	json_array_foreach(list, i, namespace) {
		if (!strcmp(json_string_value(json_object_get(namespace, "type")), "user"))
			json_array_remove(list, i--);
	}
	json_object_del(config_get(box->config, "linux"), "uidMappings");
	json_object_del(config_get(box->config, "linux"), "gidMappings");
	box_args(box, "true");
	assert_fails(box_run(box), 1, "spawn: make the container's first process in its new "
		     "namespaces: Operation not permitted\n  hint: without root, add a user namespace "
		     "to linux.namespaces (caisson spec --rootless)\n");
}

/* The kernel makes no user namespace for a process whose root is not its mount namespace's. */
Test(rootless, where_user_namespaces_are_impossible_it_is_said)
{
	struct box *box;
	struct said said;
	char path[128];
	autoclose int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	give_range("");
	box = box_of_somebody();
	box_args(box, "true");
	box_write(box);
	snprintf(path, sizeof path, "%s/view", boxes_folder());
	cr_assert_eq(mkdir(path, 0755), 0);
	cr_assert_eq(mount("/", path, NULL, MS_BIND | MS_REC, NULL), 0);
	cr_assert_eq(chroot(path), 0);
	said = runtime(box, "run", box->id);
	cr_assert_eq(fchdir(root), 0);
	cr_assert_eq(chroot("."), 0);
	cr_assert_eq(umount2(path, MNT_DETACH), 0);
	cr_assert_eq(said.status, 1);
	cr_assert_not_null(strstr(said.err, "Operation not permitted\n  hint: unprivileged user "
				  "namespaces may be switched off: kernel.unprivileged_userns_clone, "
				  "user.max_user_namespaces\n"), "%s", said.err);
}
