/* test_spawn.c -- the risky part first: a process in every combination of namespaces.
 *
 * The kernel is asked from outside: /proc/PID/ns of the new process is compared with ours and with
 * that of a holder, a process that has all eight namespaces of its own. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ns/idmap.h"
#include "ns/spawn.h"
#include "runtime/base/fault.h"
#include "runtime/base/owned.h"
#include "runtime/base/proc.h"

static struct spec_id_map whole[] = { { 0, 0, 65536 } };
static const struct spec_id_maps whole_maps = { whole, 1 };
static struct ns_idmap root_map = { &whole_maps, &whole_maps, true };

static ino_t namespace_of(pid_t pid, const char *file)
{
	struct stat about;
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/ns/%s", pid, file);
	return stat(path, &about) ? 0 : about.st_ino;
}

/* A new process that stays until its pipe is closed. */
struct guest {
	pid_t pid;
	int pidfd, hold;
};

static struct guest spawn_guest(const struct ns_spawn *how)
{
	struct guest guest = { .pidfd = -1 };
	int ends[2];

	cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
	guest.pid = ns_spawn(how, &guest.pidfd);
	if (guest.pid == 0) {
		char byte;

		close(ends[1]);
		_exit(read(ends[0], &byte, 1) == 0 ? 0 : 1);
	}
	close(ends[0]);
	guest.hold = ends[1];
	return guest;
}

static void let_go(struct guest *guest)
{
	close(guest->hold);
	if (guest->pid > 0) {
		cr_assert_eq(pidfd_reap(guest->pidfd), 0, "our own child, and it ended well");
		close(guest->pidfd);
	}
}

static const struct ns_spawn nothing = { .join_pidfd = -1, .cgroup = -1 };

static int all_but(int flags)
{
	int all = 0;

	for (size_t i = 0; i < ns_kind_count; i++)
		all |= ns_kinds[i].flag;
	return all & ~flags;
}

Test(spawn, plain_namespaces_are_new_and_the_others_ours)
{
	struct ns_spawn how = nothing;

	how.make = CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS;
	struct guest guest = spawn_guest(&how);
	cr_assert_gt(guest.pid, 0, "%s", last_fault()->what);
	for (size_t i = 0; i < ns_kind_count; i++) {
		bool same = namespace_of(guest.pid, ns_kinds[i].file) ==
			    namespace_of(getpid(), ns_kinds[i].file);

		/* pid: of the child's own, see namespaces(7). */
		cr_expect_eq(same, !(how.make & ns_kinds[i].flag), "%s", ns_kinds[i].name);
	}
	let_go(&guest);
}

Test(spawn, a_new_user_namespace_is_mapped_when_its_process_runs)
{
	struct ns_spawn how = nothing;
	char path[64], map[128] = "";

	how.make = all_but(CLONE_NEWCGROUP);
	how.map_ids = ns_write_maps;
	how.context = &root_map;
	struct guest guest = spawn_guest(&how);
	cr_assert_gt(guest.pid, 0, "%s", last_fault()->what);
	snprintf(path, sizeof path, "/proc/%d/uid_map", guest.pid);
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	cr_assert_gt(read(fd, map, sizeof map - 1), 0);
	cr_assert_str_eq(map, "         0          0      65536\n");
	let_go(&guest);
}

static int refuse_maps(void *context, pid_t pid)
{
	(void)context;
	(void)pid;
	return refuse(EINVAL, "no map today");
}

Test(spawn, a_process_whose_map_is_refused_does_not_live_on)
{
	struct ns_spawn how = nothing;
	struct guest guest;

	how.make = CLONE_NEWUSER;
	how.map_ids = refuse_maps;
	guest = spawn_guest(&how);
	cr_assert_eq(guest.pid, -EINVAL);
	cr_assert_str_eq(last_fault()->what, "no map today");
	cr_assert_eq(waitpid(-1, NULL, WNOHANG), -1);
	cr_assert_eq(errno, ECHILD);
	let_go(&guest);
}

/* The holder of eight namespaces, and descriptors of them. */
static struct guest hold_all(struct ns_join joins[ns_kind_count])
{
	struct ns_spawn how = nothing;
	struct guest holder;

	how.make = all_but(CLONE_NEWCGROUP | CLONE_NEWTIME);
	how.map_ids = ns_write_maps;
	how.context = &root_map;
	holder = spawn_guest(&how);
	cr_assert_gt(holder.pid, 0, "%s", last_fault()->what);
	for (size_t i = 0; i < ns_kind_count; i++) {
		static char paths[ns_kind_count][64];

		snprintf(paths[i], sizeof *paths, "/proc/%d/ns/%s", holder.pid, ns_kinds[i].file);
		joins[i] = (struct ns_join){ ns_kinds[i].flag, ns_open(ns_kinds[i].flag, paths[i]),
					     paths[i] };
		cr_assert_geq(joins[i].fd, 0, "%s", last_fault()->what);
	}
	return holder;
}

/* Every subset of the eight joined, the rest new: `also_new` are made when they are not joined. */
static void join_every_subset(int also_new)
{
	struct ns_join joins[ns_kind_count];
	struct guest holder = hold_all(joins);

	for (unsigned subset = 0; subset < 1u << ns_kind_count; subset++) {
		struct ns_spawn how = nothing;
		struct guest guest;

		for (size_t i = 0; i < ns_kind_count; i++) {
			if (subset & 1u << i)
				how.join[how.joins++] = joins[i];
			else
				how.make |= ns_kinds[i].flag & also_new;
		}
		how.map_ids = ns_write_maps;
		how.context = &root_map;
		guest = spawn_guest(&how);
		cr_assert_gt(guest.pid, 0, "subset %x: %s", subset, last_fault()->what);
		for (size_t i = 0; i < ns_kind_count; i++) {
			ino_t its = namespace_of(guest.pid, ns_kinds[i].file);

			if (subset & 1u << i)
				cr_expect_eq(its, namespace_of(holder.pid, ns_kinds[i].file),
					     "subset %x: %s is joined", subset, ns_kinds[i].name);
			else if (how.make & ns_kinds[i].flag)
				cr_expect(its != namespace_of(holder.pid, ns_kinds[i].file) &&
						  its != namespace_of(getpid(), ns_kinds[i].file),
					  "subset %x: %s is new", subset, ns_kinds[i].name);
			else
				cr_expect_eq(its, namespace_of(getpid(), ns_kinds[i].file),
					     "subset %x: %s is ours", subset, ns_kinds[i].name);
		}
		let_go(&guest);
	}
	let_go(&holder);
}

Test(spawn, every_subset_of_namespaces_can_be_joined)
{
	join_every_subset(0);
}

Test(spawn, every_subset_can_be_joined_with_the_rest_new)
{
	join_every_subset(all_but(CLONE_NEWCGROUP | CLONE_NEWUSER));
}

Test(spawn, every_subset_can_be_joined_from_a_new_user_namespace)
{
	join_every_subset(CLONE_NEWUSER);
}

Test(spawn, a_process_can_be_joined_as_a_whole)
{
	struct ns_join joins[ns_kind_count];
	struct guest holder = hold_all(joins), guest;
	struct ns_spawn how = nothing;

	how.join_pidfd = holder.pidfd;
	how.join_flags = all_but(CLONE_NEWCGROUP | CLONE_NEWTIME);
	guest = spawn_guest(&how);
	cr_assert_gt(guest.pid, 0, "%s", last_fault()->what);
	for (size_t i = 0; i < ns_kind_count; i++)
		cr_expect_eq(namespace_of(guest.pid, ns_kinds[i].file),
			     namespace_of(holder.pid, ns_kinds[i].file), "%s", ns_kinds[i].name);
	let_go(&guest);
	let_go(&holder);
}

static void expect_offsets(int make)
{
	struct ns_spawn how = nothing;
	char path[64], text[256] = "";
	struct guest guest;

	how.make = make;
	how.monotonic = (struct ns_time_offset){ true, 172800, 7 };
	how.boottime = (struct ns_time_offset){ true, -3, 0 };
	how.boottime.secs = 604800;
	how.map_ids = ns_write_maps;
	how.context = &root_map;
	guest = spawn_guest(&how);
	cr_assert_gt(guest.pid, 0, "%s", last_fault()->what);
	snprintf(path, sizeof path, "/proc/%d/timens_offsets", guest.pid);
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	cr_assert_gt(read(fd, text, sizeof text - 1), 0);
	cr_assert_str_eq(text, "monotonic      172800         7\n"
			       "boottime       604800         0\n");
	cr_assert_neq(namespace_of(guest.pid, "time"), namespace_of(getpid(), "time"));
	let_go(&guest);
}

Test(spawn, the_clocks_of_a_time_namespace_are_set)
{
	expect_offsets(CLONE_NEWTIME | CLONE_NEWPID);
}

Test(spawn, the_clocks_are_set_in_a_new_user_namespace_too)
{
	expect_offsets(CLONE_NEWTIME | CLONE_NEWPID | CLONE_NEWUSER);
}

Test(spawn, a_clock_before_the_boot_is_refused_and_nobody_is_left)
{
	struct ns_spawn how = nothing;
	struct guest guest;

	how.make = CLONE_NEWTIME;
	how.boottime = (struct ns_time_offset){ true, -999999999, 0 };
	guest = spawn_guest(&how);
	cr_assert_eq(guest.pid, -ERANGE);
	cr_assert_str_eq(last_fault()->what, "set the clocks of the time namespace: Numerical "
					     "result out of range");
	cr_assert_str_eq(last_fault()->path, "linux.timeOffsets");
	cr_assert_eq(waitpid(-1, NULL, WNOHANG), -1);
	let_go(&guest);
}

/* An ordinary user with a range in /etc/subuid, in a mount namespace of the test's own. */
static void become_ordinary(const char *range)
{
	static const char *const files[] = { "/etc/subuid", "/etc/subgid" };
	char made[] = "/tmp/caisson-subid-XXXXXX";
	int fd = mkstemp(made);

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, range, strlen(range)), (ssize_t)strlen(range));
	cr_assert_eq(fchmod(fd, 0644), 0);
	close(fd);
	cr_assert_eq(unshare(CLONE_NEWNS), 0);
	cr_assert_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	for (size_t i = 0; i < 2; i++) {
		if (access(files[i], F_OK))
			cr_skip_test("no %s here", files[i]);
		cr_assert_eq(mount(made, files[i], NULL, MS_BIND, NULL), 0);
	}
	unlink(made);
	cr_assert_eq(setgroups(0, NULL), 0);
	cr_assert_eq(setresgid(65534, 65534, 65534), 0);
	cr_assert_eq(setresuid(65534, 65534, 65534), 0);
	/* Changing ids took that away, and newuidmap(1) must be able to look at our child. */
	cr_assert_eq(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), 0);
}

Test(spawn, an_ordinary_user_gets_a_range_by_newuidmap)
{
	struct arena arena = { 0 };
	struct spec_id_maps uids, gids;
	struct ns_idmap map = { &uids, &gids, false };
	struct ns_spawn how = nothing;
	struct guest guest;
	char path[64], text[256] = "";

	if (access("/usr/bin/newuidmap", X_OK))
		cr_skip_test("newuidmap is not installed");
	become_ordinary("65534:300000:65536\nnobody:300000:65536\n");
	ns_default_maps(&uids, false, 0, &arena);
	ns_default_maps(&gids, true, 0, &arena);
	cr_assert_eq(uids.count, 2);
	how.make = all_but(CLONE_NEWCGROUP);
	how.map_ids = ns_write_maps;
	how.context = &map;
	guest = spawn_guest(&how);
	cr_assert_gt(guest.pid, 0, "%s", last_fault()->what);
	snprintf(path, sizeof path, "/proc/%d/uid_map", guest.pid);
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	cr_assert_gt(read(fd, text, sizeof text - 1), 0);
	cr_assert_str_eq(text, "         0      65534          1\n"
			       "         1     300000      65536\n");
	let_go(&guest);
	arena_free(&arena);
}

Test(spawn, an_ordinary_user_without_a_range_is_told_how_to_get_one)
{
	struct spec_id_map wide[] = { { 0, 65534, 1 }, { 1, 300000, 65536 } };
	struct spec_id_maps maps = { wide, 2 };
	struct ns_idmap map = { &maps, &maps, false };
	struct ns_spawn how = nothing;
	struct guest guest;

	if (access("/usr/bin/newuidmap", X_OK))
		cr_skip_test("newuidmap is not installed");
	become_ordinary("nobody:400000:65536\n");
	how.make = CLONE_NEWUSER;
	how.map_ids = ns_write_maps;
	how.context = &map;
	guest = spawn_guest(&how);
	cr_assert_eq(guest.pid, -EPERM);
	cr_assert_str_eq(last_fault()->path, "linux.uidMappings");
	cr_assert_str_eq(last_fault()->hint,
			 "give the user a range in /etc/subuid (usermod --add-subuids)");
	let_go(&guest);
}

Test(spawn, one_id_an_ordinary_user_maps_alone_and_setgroups_is_denied)
{
	struct spec_id_map own[] = { { 0, 65534, 1 } };
	struct spec_id_maps maps = { own, 1 };
	struct ns_idmap map = { &maps, &maps, false };
	struct ns_spawn how = nothing;
	struct guest guest;
	char path[64], text[16] = "";

	become_ordinary("");
	how.make = CLONE_NEWUSER | CLONE_NEWPID;
	how.map_ids = ns_write_maps;
	how.context = &map;
	guest = spawn_guest(&how);
	cr_assert_gt(guest.pid, 0, "%s", last_fault()->what);
	snprintf(path, sizeof path, "/proc/%d/setgroups", guest.pid);
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	cr_assert_gt(read(fd, text, sizeof text - 1), 0);
	cr_assert_str_eq(text, "deny\n");
	cr_assert(ns_maps_deny_setgroups(&map));
	let_go(&guest);
}

Test(spawn, a_fifo_in_place_of_a_namespace_is_not_waited_for)
{
	char folder[] = "/tmp/caisson-fifo-XXXXXX", path[64];

	cr_assert(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/fifo", folder);
	cr_assert_eq(mkfifo(path, 0600), 0);
	cr_assert_eq(ns_open(CLONE_NEWNET, path), -EINVAL);
	unlink(path);
	rmdir(folder);
}

Test(spawn, a_file_of_the_wrong_kind_is_refused)
{
	cr_assert_eq(ns_open(CLONE_NEWNET, "/proc/self/ns/uts"), -EINVAL);
	cr_assert_str_eq(last_fault()->what,
			 "/proc/self/ns/uts is a uts namespace, not a network namespace");
	cr_assert_eq(ns_open(CLONE_NEWNET, "/etc/passwd"), -EINVAL);
	cr_assert_str_eq(last_fault()->what, "/etc/passwd is not a namespace");
	cr_assert_eq(ns_open(CLONE_NEWNET, "/nowhere"), -ENOENT);
	cr_assert_str_eq(last_fault()->what,
			 "open the network namespace /nowhere: No such file or directory");
}
