/* rootbox.h -- a bundle in a temporary directory and a child that builds its root, for tests.
 *
 * box_new() unshares the test's mount namespace (criterion runs each test in a process of its own)
 * and makes an empty rootfs on a tmpfs. box_build() forks a child that does every row of ns/root.h
 * and then runs `look` in the finished root; what it writes to stdout is box.text. */
#ifndef CAISSON_TESTS_ROOTBOX_H
#define CAISSON_TESTS_ROOTBOX_H

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ns/root.h"
#include "runtime/base/fault.h"

struct box {
	char bundle[64], rootfs[80], host[80]; /* host: a directory that stands for the host */
	struct arena arena;
	struct spec spec;
	struct ns_root_context context;
	struct spec_mount mounts[32];
	int unshare;				   /* CLONE_NEW* of the child */
	int (*before_enter)(struct ns_root *root); /* or NULL */
	int status;				   /* 0, or the error of the row that failed */
	char step[32], text[65536];
};

static inline void box_drop(struct box *box)
{
	arena_free(&box->arena);
}

#define autobox __attribute__((cleanup(box_drop)))

static inline void box_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	cr_assert_geq(fd, 0, "%s: %s", path, strerror(errno));
	cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static inline char *box_path(struct box *box, const char *path)
{
	return arena_format(&box->arena, "%s/%s", box->rootfs, path);
}

static inline void box_new(struct box *box)
{
	static const char *const directories[] = { "bin", "dev", "etc", "proc", "sys", "tmp" };

	arena_free(&box->arena);
	memset(box, 0, sizeof *box);
	if (geteuid() != 0)
		cr_skip("needs root");
	cr_assert_eq(unshare(CLONE_NEWNS), 0);
	cr_assert_eq(mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL), 0);
	/* On a tmpfs of our own mount namespace nothing is left behind. */
	cr_assert_eq(mount("box", "/mnt", "tmpfs", 0, "mode=755"), 0);
	strcpy(box->bundle, "/mnt/bundle");
	strcpy(box->rootfs, "/mnt/bundle/rootfs");
	strcpy(box->host, "/mnt/host");
	cr_assert_eq(mkdir(box->bundle, 0755), 0);
	cr_assert_eq(mkdir(box->rootfs, 0755), 0);
	cr_assert_eq(mkdir(box->host, 0755), 0);
	for (size_t i = 0; i < sizeof directories / sizeof *directories; i++)
		cr_assert_eq(mkdir(box_path(box, directories[i]), 0755), 0);
	box->spec.root.given = true;
	box->spec.root.path = (char *)"rootfs";
	box->spec.mounts.at = box->mounts;
	box->spec.linux.given = true;
	box->context.bundle = box->bundle;
	box->context.arena = &box->arena;
	box->context.new_mountns = box->context.privileged = true;
	box->unshare = CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS;
}

static inline struct strings box_words(struct box *box, const char *text)
{
	struct strings words = { .at = arena_array(&box->arena, strlen(text) + 2, sizeof(char *)) };
	char *save, *copy = arena_copy(&box->arena, text);

	for (char *word = strtok_r(copy, ",", &save); word; word = strtok_r(NULL, ",", &save))
		words.at[words.count++] = word;
	return words;
}

static inline struct spec_mount *box_mount(struct box *box, const char *destination,
					   const char *type, const char *source,
					   const char *options)
{
	struct spec_mount *mount = &box->mounts[box->spec.mounts.count++];

	mount->destination = (char *)destination;
	mount->type = (char *)type;
	mount->source = (char *)source;
	mount->options = box_words(box, options ? options : "");
	return mount;
}

/* What `caisson spec` has, but for cgroups. */
static inline void box_defaults(struct box *box)
{
	box_mount(box, "/proc", "proc", "proc", NULL);
	box_mount(box, "/dev", "tmpfs", "tmpfs", "nosuid,strictatime,mode=755,size=65536k");
	box_mount(box, "/dev/pts", "devpts", "devpts",
		  "nosuid,noexec,newinstance,ptmxmode=0666,mode=0620,gid=5");
	box_mount(box, "/dev/shm", "tmpfs", "shm", "nosuid,noexec,nodev,mode=1777,size=65536k");
	box_mount(box, "/dev/mqueue", "mqueue", "mqueue", "nosuid,noexec,nodev");
	box_mount(box, "/sys", "sysfs", "sysfs", "nosuid,noexec,nodev,ro");
}

/* A user namespace of its own, and a rootfs that its root owns. */
static inline void box_userns(struct box *box)
{
	static const char *const owned[] = { "", "bin", "dev", "etc", "proc", "sys", "tmp" };
	static struct spec_id_map map = { 0, 100000, 65536 };

	for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
		cr_assert_eq(chown(box_path(box, owned[i]), 100000, 100000), 0);
	box->unshare |= CLONE_NEWUSER | CLONE_NEWNET;
	box->context.new_userns = true;
	box->context.privileged = true;
	box->spec.linux.uid_mappings.at = box->spec.linux.gid_mappings.at = &map;
	box->spec.linux.uid_mappings.count = box->spec.linux.gid_mappings.count = 1;
}

struct box_row {
	const char *name;
	int (*run)(struct ns_root *root);
};

static inline int box_rows(struct box *box, struct ns_root *root, char step[32])
{
	static const struct box_row rows[] = {
		{ "private", ns_root_private }, { "open", ns_root_open },
		{ "mount", ns_root_mount },	{ "devices", ns_root_devices },
		{ "enter", ns_root_enter },	{ "hide", ns_root_hide },
		{ "seal", ns_root_seal },	{ "verify", ns_root_verify },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int result = 0;

		snprintf(step, 32, "%s", rows[i].name);
		if (rows[i].run == ns_root_enter && box->before_enter)
			result = box->before_enter(root);
		if (!result)
			result = rows[i].run(root);
		if (result)
			return result;
	}
	step[0] = '\0';
	return 0;
}

/* Copies a file to stdout. */
static inline void show(const char *path)
{
	char text[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length;

	if (fd < 0)
		printf("%s: %s\n", path, strerror(errno));
	while (fd >= 0 && (length = read(fd, text, sizeof text)) > 0)
		fwrite(text, 1, (size_t)length, stdout);
	if (fd >= 0)
		close(fd);
}

/* Its ids: 0 to 65535 inside are 100000 to 165535 outside. */
static inline void box_map_ids(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/uid_map", pid);
	box_write(path, "0 100000 65536\n");
	snprintf(path, sizeof path, "/proc/%d/gid_map", pid);
	box_write(path, "0 100000 65536\n");
}

static inline int box_unshare(struct box *box, int gate)
{
	char byte;

	if (box->unshare & CLONE_NEWUSER) {
		/* The parent writes our maps between the two bytes. */
		if (unshare(CLONE_NEWUSER) < 0 || write(gate, "", 1) != 1 ||
		    read(gate, &byte, 1) != 1)
			return fail(errno, "unshare user");
		if (setgid(0) < 0 || setuid(0) < 0)
			return fail(errno, "become root");
	}
	return unshare(box->unshare & ~CLONE_NEWUSER) < 0 ? fail(errno, "unshare") : 0;
}

static inline void box_child(struct box *box, struct ns_root *root, int out, int gate,
			     void (*look)(struct box *))
{
	char step[32] = "unshare";
	int result = box_unshare(box, gate);

	if (!result)
		result = box_rows(box, root, step);

	dup2(out, STDOUT_FILENO);
	if (result)
		printf("%s|%s|%s", step, last_fault()->path, last_fault()->what);
	else if (look)
		look(box);
	fflush(stdout);
	_exit(result ? 1 : 0);
}

/* The child runs in the bundle's root; its stdout or, if a row failed, "row|json path|sentence" is
 * box->text, box->status what waitpid(2) says. A failure to plan is told the same way. */
static inline void box_build(struct box *box, void (*look)(struct box *))
{
	struct ns_root *root;
	size_t used = 0;
	ssize_t length;
	int pipes[2], gate[2], result;
	char byte;
	pid_t pid;

	result = ns_root_plan(&root, &box->spec, &box->context);
	snprintf(box->step, sizeof box->step, "plan");
	if (!result && ns_root_wants_host(root)) {
		result = ns_root_prepare_host(root);
		snprintf(box->step, sizeof box->step, "prepare");
	}
	if (result) {
		box->status = 1;
		snprintf(box->text, sizeof box->text, "%s|%s|%s", box->step, last_fault()->path,
			 last_fault()->what);
		return;
	}
	cr_assert_eq(pipe2(pipes, O_CLOEXEC), 0);
	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, gate), 0);
	fflush(stdout);
	pid = fork();
	cr_assert_geq(pid, 0);
	if (pid == 0)
		box_child(box, root, pipes[1], gate[1], look);
	close(pipes[1]);
	close(gate[1]);
	if (box->unshare & CLONE_NEWUSER && read(gate[0], &byte, 1) == 1) {
		box_map_ids(pid);
		cr_assert_eq(write(gate[0], "", 1), 1);
	}
	while ((length = read(pipes[0], box->text + used, sizeof box->text - 1 - used)) > 0)
		used += (size_t)length;
	box->text[used] = '\0';
	close(pipes[0]);
	close(gate[0]);
	waitpid(pid, &box->status, 0);
	ns_root_close(root);
}

static inline void show_mounts(struct box *box)
{
	(void)box;
	show("/proc/self/mountinfo");
}

/* The line of mountinfo for a mount point, from its fifth field on ("/dev rw,nosuid - tmpfs ..."),
 * the last one if there are several; "" if there is none. */
static inline const char *mount_line(struct box *box, const char *point)
{
	static char line[1024];
	char wanted[256];

	line[0] = '\0';
	snprintf(wanted, sizeof wanted, " %s ", point);
	for (char *at = box->text; (at = strstr(at, wanted)); at++) {
		int fields = 0;

		for (char *back = at; back > box->text && back[-1] != '\n'; back--)
			fields += back[0] == ' ';
		if (fields == 4)
			snprintf(line, sizeof line, "%.*s", (int)strcspn(at + 1, "\n"), at + 1);
	}
	return line;
}

#define assert_built(box) cr_assert_eq((box)->status, 0, "%s", (box)->text)
#define assert_failed(box, wanted)                               \
	do {                                                     \
		cr_assert_neq((box)->status, 0, "it was built"); \
		cr_assert_str_eq((box)->text, wanted);           \
	} while (0)

#endif
