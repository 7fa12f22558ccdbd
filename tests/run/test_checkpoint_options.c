/* test_checkpoint_options.c -- what each option of checkpoint and restore does: without it, with it.
 *
 * Memory that comes later or from elsewhere is in test_checkpoint_far.c. */
#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/lib/host.h"
#include "tests/lib/saved.h"

TestSuite(checkpoint_options, .init = saved_open, .fini = boxes_close, .timeout = 240);

/* ---- where the image is ------------------------------------------------------------------ */

Test(checkpoint_options, the_work_path_has_the_logs_and_the_image_path_the_image)
{
	struct box *box = counting_box();

	need_criu();
	counting(box);
	assert_prints(save(box, "--work-path", "work/one", box->id), "");
	on_host("cd %s; test -s work/one/dump.log -a ! -e image/dump.log -a -s image/inventory.img",
		box->bundle);
	assert_prints(restore(box, "--work-path", "work/two", box->id), "");
	on_host("cd %s; test -s work/two/restore.log -a ! -e image/restore.log", box->bundle);
}

/* Memory is in there, and memory has passwords. */
Test(checkpoint_options, an_image_path_that_is_missing_is_made_for_nobody_else)
{
	struct box *box = counting_box();

	need_criu();
	counting(box);
	umask(0);
	assert_prints(runtime(box, "checkpoint", "--image-path", "new/image", "--work-path",
			      "new/work", "--leave-running", box->id), "");
	on_host("cd %s; test $(stat -c %%a new new/image new/work | sort -u) = 700", box->bundle);
}

Test(checkpoint_options, without_an_image_path_it_is_checkpoint)
{
	struct box *box = counting_box();

	need_criu();
	counting(box);
	assert_prints(runtime(box, "checkpoint", box->id), "");
	on_host("test -s %s/checkpoint/inventory.img", box->bundle);
	assert_prints(runtime(box, "restore", "-d", box->id), "");
	wait_count(box, count_of(box) + 3);
}

Test(checkpoint_options, the_bundle_can_be_named)
{
	struct box *box = counting_box();

	need_criu();
	counting(box);
	assert_prints(save(box, box->id), "");
	assert_prints(runtime(NULL, "restore", "-b", box->bundle, "--image-path",
			      at("%s/image", box->bundle), "--detach", box->id), "");
	wait_count(box, count_of(box) + 3);
}

/* ---- files and sockets ------------------------------------------------------------------- */

/* It has a record lock on a file: tests/keep/keep.c. */
static struct box *locking_box(void)
{
	struct box *box = writable_box();

	on_host("cp \"$BUILD/tests/keep/keep\" %s/keep", box->rootfs);
	box_args(box, "/keep");
	return box;
}

static bool has_lock(struct box *box)
{
	return strstr(file_text("/proc/locks"), at(" WRITE %d ", box_pid(box)));
}

Test(checkpoint_options, file_locks_are_kept_when_allowed)
{
	struct box *box = locking_box();

	need_criu();
	started(box, "round 3\n");
	assert_fails(save(box, box->id), 1, "hint: --file-locks allows it\n");
	cr_assert_str_eq(box_status(box), "running");
	cr_assert(has_lock(box));
	assert_ok(save(box, "--file-locks", box->id));
	assert_ok(restore(box, "--file-locks", box->id));
	cr_assert(has_lock(box), "%s", file_text("/proc/locks"));
}

/* A file that has lost the name it was opened by, and has another one. */
Test(checkpoint_options, a_file_without_its_name_is_kept_when_allowed)
{
	struct box *box = writable_box();

	need_criu();
	box_shell(box, "echo kept >/one; ln /one /two; exec 3</one; rm /one; echo ready; "
		       "while [ ! -e /go ]; do sleep 0.02; done; cat <&3; sleep 1000");
	started(box, "ready\n");
	assert_fails(save(box, box->id), 1, "hint: --link-remap allows it\n");
	assert_prints(save(box, "--link-remap", box->id), "");
	assert_prints(restore(box, box->id), "");
	box_file(box, "go", 0644, "");
	box_wait_output(box, "kept\n");
	on_host("! ls %s | grep link_remap", box->rootfs);
}

static void await_datagram(int socket, char *text, size_t size)
{
	struct pollfd readable = { .fd = socket, .events = POLLIN };

	cr_assert_eq(poll(&readable, 1, 10 * 1000), 1);
	cr_assert_gt(recv(socket, text, size - 1, 0), 0);
}

/* A client of a socket that is not in the container, as of a host's syslog. */
Test(checkpoint_options, a_socket_of_the_hosts_is_left_alone_when_allowed)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct box *box = writable_box();
	int log = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char line[256] = "";

	need_criu();
	snprintf(address.sun_path, sizeof address.sun_path, "%s/log", box->bundle);
	cr_assert_eq(bind(log, (struct sockaddr *)&address, sizeof address), 0);
	/* criu sees no sockets of other network namespaces, and looks for one by its name. */
	box_unset(box, "linux.namespaces[1]");
	box_set(box, "mounts[+]", "{'destination': '%s', 'type': 'bind', 'source': '%s', "
		"'options': ['bind']}", address.sun_path, address.sun_path);
	box_shell(box, "ln -s %s /dev/log; exec busybox crond -f -c /home", address.sun_path);
	assert_ok(box_create(box));
	assert_ok(box_start(box));
	await_datagram(log, line, sizeof line);
	cr_assert_not_null(strstr(line, "crond"), "%s", line);
	assert_fails(save(box, box->id), 1, "hint: --ext-unix-sk allows it\n");
	assert_prints(save(box, "--ext-unix-sk", box->id), "");
	assert_prints(restore(box, "--ext-unix-sk", box->id), "");
	cr_assert_not_null(strstr(box_exec(box, "ls", "-l", "/proc/1/fd").out, "socket:["));
}

/* ---- connections ------------------------------------------------------------------------- */

/* A connection with nobody else in it: nc to an echoing nc. "one" is back, "two" is still to go. */
static struct box *connected_box(void)
{
	struct box *box = writable_box();

	box_shell(box, "mkfifo /in; (nc -l -p 5000 127.0.0.1 -e cat) & exec 3<>/in; "
		       "while ! grep -q :1388 /proc/net/tcp; do sleep 0.02; done; "
		       "(nc 127.0.0.1 5000 </in; echo closed) & echo one >&3; "
		       "while [ ! -e /go ]; do sleep 0.02; done; echo two >&3; sleep 1000");
	return started(box, "one\n");
}

Test(checkpoint_options, a_connection_goes_on_when_allowed)
{
	struct box *box;

	need_criu();
	box = connected_box();
	assert_fails(save(box, box->id), 1, "hint: --tcp-established allows it\n");
	cr_assert_str_eq(box_status(box), "running");
	assert_prints(save(box, "--tcp-established", box->id), "");
	assert_fails(restore(box, box->id), 1, "hint: --tcp-established allows it\n");
	cr_assert_null(boxes_left());
	assert_prints(restore(box, "--tcp-established", box->id), "");
	box_file(box, "go", 0644, "");
	box_wait_output(box, "two\n");
}

Test(checkpoint_options, a_connection_can_come_back_closed)
{
	struct box *box;

	need_criu();
	box = connected_box();
	assert_prints(save(box, "--tcp-established", box->id), "");
	assert_ok(restore(box, "--tcp-close", box->id));
	box_file(box, "go", 0644, "");
	box_wait_output(box, "closed\n");
	cr_assert_null(strstr(box_output(box), "two"));
}

static void keep_still_by(const char *lock)
{
	struct box *box;

	need_criu();
	box = connected_box();
	assert_prints(save(box, "--tcp-established", "--network-lock", lock, box->id), "");
	assert_prints(restore(box, "--tcp-established", "--network-lock", lock, box->id), "");
	box_file(box, "go", 0644, "");
	box_wait_output(box, "two\n");
}

Test(checkpoint_options, a_connection_is_kept_still_by_nftables)
{
	keep_still_by("nftables");
}

Test(checkpoint_options, a_connection_is_kept_still_by_iptables)
{
	if (system("command -v iptables-restore >/dev/null"))
		boxes_skip("there is no iptables-restore here");
	keep_still_by("iptables");
}

Test(checkpoint_options, a_connection_need_not_be_kept_still)
{
	keep_still_by("skip");
}

/* One that nobody has accepted yet. */
Test(checkpoint_options, a_connection_in_flight_is_left_out_when_allowed)
{
	struct box *box = writable_box();

	need_criu();
	box_shell(box, "busybox nc -l -p 5000 127.0.0.1 & "
		       "while ! grep -q :1388 /proc/net/tcp; do sleep 0.02; done; kill -STOP $!; "
		       "timeout 1 nc 127.0.0.1 5000; echo ready; sleep 1000");
	started(box, "ready\n");
	assert_fails(save(box, "--tcp-established", box->id), 1,
		     "hint: --tcp-skip-in-flight leaves it out\n");
	assert_prints(save(box, "--tcp-established", "--tcp-skip-in-flight", box->id), "");
	assert_prints(restore(box, "--tcp-established", box->id), "");
	cr_assert_not_null(strstr(box_exec(box, "cat", "/proc/net/tcp").out, ":1388 00000000:0000 0A"));
}

/* ---- terminals --------------------------------------------------------------------------- */

static void await_words(int master, const char *words)
{
	char text[1024] = "";

	for (size_t length = 0; !strstr(text, words);) {
		struct pollfd readable = { .fd = master, .events = POLLIN };
		ssize_t got = poll(&readable, 1, 10 * 1000) > 0
				      ? read(master, text + length, sizeof text - length - 1)
				      : 0;

		cr_assert_gt(got, 0, "no \"%s\" on the terminal: %s", words, text);
		length += (size_t)got;
	}
}

/* The terminal is the shell's it was started from, and another's when it comes back. */
static void change_shells(const char *option)
{
	struct box *box = writable_box();
	struct running running;
	int master, peer;

	need_criu();
	cr_assert_eq(openpty(&master, &peer, NULL, NULL, NULL), 0);
	box_shell(box, "echo up; while read word; do echo \"heard $word\"; done");
	box_write(box);
	running = runtime_begin_on(peer, box, (const char *const[]){ "run", box->id, NULL });
	await_words(master, "up");
	assert_prints(save(box, option, box->id), "");
	assert_status(runtime_finish(&running), 137);
	close(master);
	close(peer);
	cr_assert_eq(openpty(&master, &peer, NULL, NULL, NULL), 0);
	running = runtime_begin_on(peer, box, (const char *const[]){ "restore", "--image-path", "image",
				   option, box->id, NULL });
	cr_assert_eq(write(master, "hello\n", 6), 6);
	await_words(master, "heard hello");
	assert_ok(box_kill(box, "KILL"));
	assert_status(runtime_finish(&running), 137);
}

Test(checkpoint_options, a_shells_job_is_the_job_of_another)
{
	change_shells("--shell-job");
}

Test(checkpoint_options, without_that_option_too_it_has_its_callers_terminal)
{
	change_shells("--file-locks");
}

/* ---- cgroups ----------------------------------------------------------------------------- */

/* Its pid on the host, as text. */
static const char *first_child_of(struct box *box)
{
	const char *children = file_text("/proc/%d/task/%d/children", box_pid(box), box_pid(box));

	return at("%.*s", (int)strcspn(children, " "), children);
}

/* A container as systemd makes one of its own: its first process in one cgroup below the container's,
 * what that has begun in another. */
static struct box *divided_box(void)
{
	struct box *box = writable_box();
	const char *own, *child;

	box_shell(box, "sleep 1000 & echo $! >/child; echo ready; wait");
	started(box, "ready\n");
	own = cgroup_folder(box_pid(box), "pids");
	child = first_child_of(box);
	on_host("mkdir %s/init %s/web; echo %d >%s/init/cgroup.procs; echo %s >%s/web/cgroup.procs", own,
		own, box_pid(box), own, child, own);
	return box;
}

static bool is_in(const char *pid, const char *cgroup)
{
	return strstr(file_text("/proc/%s/cgroup", pid), cgroup);
}

static void come_back_by(const char *mode, bool below)
{
	const char *child;
	struct box *box;

	need_criu();
	box = divided_box();
	assert_prints(save(box, "--manage-cgroups-mode", mode, box->id), "");
	assert_prints(restore(box, "--manage-cgroups-mode", mode, box->id), "");
	child = first_child_of(box);
	cr_assert_eq(is_in(at("%d", box_pid(box)), "/init\n"), below);
	cr_assert_eq(is_in(child, "/web\n"), below, "%s", file_text("/proc/%s/cgroup", child));
	assert_ok(box_delete_force(box));
	cr_assert_null(boxes_left());
}

Test(checkpoint_options, cgroups_below_come_back_softly)
{
	come_back_by("soft", true);
}

Test(checkpoint_options, cgroups_below_come_back_with_what_is_in_them)
{
	come_back_by("full", true);
}

Test(checkpoint_options, cgroups_can_be_ignored)
{
	come_back_by("ignore", false);
}

/* strict wants none of them to be there, and the container's own is. */
Test(checkpoint_options, cgroups_cannot_come_back_strictly)
{
	struct box *box = counting_box();

	need_criu();
	counting(box);
	assert_prints(save(box, "--manage-cgroups-mode", "strict", box->id), "");
	assert_fails(restore(box, "--manage-cgroups-mode", "strict", box->id), 1,
		     "hint: the container's own cgroup is there before criu: soft and full allow it\n");
	cr_assert_null(boxes_left());
	assert_prints(restore(box, box->id), "");
}

/* A container that came back with the host's cgroup namespace would see the host's names. */
Test(checkpoint_options, ignored_cgroups_have_their_namespace_all_the_same)
{
	struct box *box = counting_box();

	need_criu();
	box_namespace(box, "cgroup");
	counting(box);
	assert_prints(save(box, "--manage-cgroups-mode", "ignore", box->id), "");
	assert_prints(restore(box, "--manage-cgroups-mode", "ignore", box->id), "");
	cr_assert_str_neq(proc_namespace(box_pid(box), "cgroup"),
			  proc_namespace(getpid(), "cgroup"));
	cr_assert_null(strstr(box_exec(box, "cat", "/proc/1/cgroup").out, box->id));
}

/* Another mount of cgroup2 would set the options of this one, for the whole host. */
Test(checkpoint_options, no_cgroup_is_mounted_anew)
{
	struct box *box = counting_box();

	need_criu();
	counting(box);
	save_and_restore(box);
	on_host("cd %s/image; ! grep -E 'cgmounts|Making controller dir' dump.log restore.log && "
		"grep -q 'Opening .*/yard as cg yard' restore.log", box->bundle);
}

Test(checkpoint_options, a_container_without_a_cgroup_manager_has_its_cgroups_left_alone)
{
	struct box *box = counting_box();

	need_criu();
	box_write(box);
	assert_ok(runtime(box, "--cgroup-manager", "disabled", "run", "-d", box->id));
	wait_count(box, 3);
	assert_prints(save(box, box->id), "");
	assert_prints(runtime(box, "--cgroup-manager", "disabled", "restore", "-d", "--image-path",
			      "image", box->id), "");
	wait_count(box, count_of(box) + 3);
}

/* ---- the rest ---------------------------------------------------------------------------- */

Test(checkpoint_options, those_without_effect_here_are_taken)
{
	struct box *box = counting_box();

	need_criu();
	counting(box);
	assert_prints(save(box, "--empty-ns", "network", "--auto-dedup", box->id), "");
	assert_prints(restore(box, "--empty-ns", "network", "--auto-dedup", "--no-pivot",
			      "--no-subreaper", box->id), "");
	wait_count(box, count_of(box) + 3);
}

/* containerd's shim has it with one dash. */
Test(checkpoint_options, no_subreaper_may_have_one_dash)
{
	struct box *box = counting_box();

	need_criu();
	counting(box);
	assert_prints(save(box, box->id), "");
	assert_prints(restore(box, "-no-subreaper", box->id), "");
}

Test(checkpoint_options, a_security_label_needs_a_module)
{
	struct box *box = counting_box();

	need_criu();
	if (!access("/sys/kernel/security/apparmor", F_OK) || !access("/sys/fs/selinux", F_OK))
		boxes_skip("this host has such a module");
	counting(box);
	assert_prints(save(box, box->id), "");
	assert_fails(restore(box, "--lsm-profile", "apparmor:web", box->id), 1,
		     "criu failed: type RESTORE errno ");
	cr_assert_null(boxes_left());
	/* No mount of the image has a context that would have to be another. */
	assert_prints(restore(box, "--lsm-mount-context", "system_u:object_r:web_t:s0", box->id), "");
}

/* ---- criu's own configuration ------------------------------------------------------------ */

Test(checkpoint_options, an_annotation_names_a_configuration_file)
{
	struct box *box = locking_box();

	need_criu();
	on_host("echo file-locks >%s/criu.conf", box->bundle);
	box_set(box, "annotations", "{'org.criu.config': '%s/criu.conf'}", box->bundle);
	started(box, "round 3\n");
	assert_ok(save(box, box->id));
	assert_ok(restore(box, box->id));
	cr_assert(has_lock(box), "%s", file_text("/proc/locks"));
}

/* Over the host's /etc, for this test alone. */
static void configure(const struct box *box, const char *file, const char *option)
{
	if (!*file_text("%s/etc/made", box->bundle))
		on_host("cd %s; mkdir -p etc/up etc/work; echo yes >etc/made; mount -t overlay overlay "
			"-o lowerdir=/etc,upperdir=$PWD/etc/up,workdir=$PWD/etc/work /etc; "
			"rm -rf /etc/criu; mkdir /etc/criu", box->bundle);
	on_host("echo %s >/etc/criu/%s", option, file);
	host_snapshot();
}

/* The first of three files is the only one. */
Test(checkpoint_options, without_an_annotation_there_are_three_files)
{
	static const char *const files[] = { "runc.conf", "crun.conf", "caisson.conf" };
	struct box *box = locking_box();

	need_criu();
	box_unset(box, "annotations");
	started(box, "round 3\n");
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		configure(box, files[i], "leave-running");
		assert_fails(save(box, "--leave-running", box->id), 1, "--file-locks allows it\n");
		configure(box, files[i], "file-locks");
		assert_ok(save(box, "--leave-running", box->id));
	}
	on_host("umount /etc");
	host_snapshot();
}
