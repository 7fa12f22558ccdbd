/* box.h -- a container for a test: its bundle, the runtime's commands on it, its end.
 *
 *	TestSuite(run, .init = boxes_open, .fini = boxes_close);
 *
 *	Test(run, a_readonly_root_cannot_be_written)
 *	{
 *		struct box *box = box_new();
 *
 *		box_set(box, "root.readonly", "true");
 *		box_shell(box, "touch /x");
 *		assert_status(box_run(box), 1);
 *	}
 *
 * Each test is a process with a mount namespace of its own; its boxes live on a tmpfs there, its
 * --root too, and orphans come to it (PR_SET_CHILD_SUBREAPER), as they come to an engine. At its
 * end every box is deleted by force, and the test fails when that leaves anything (host.h).
 *
 * The runtime is $RUNTIME, else $BUILD/caisson, else ./caisson. PURE=yes mounts a cgroup2 on /sys/fs/cgroup for those
 * that refuse hosts with both versions. */
#ifndef CAISSON_TESTS_BOX_H
#define CAISSON_TESTS_BOX_H

#include <criterion/criterion.h>
#include <jansson.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/types.h>

struct caller; /* caller.h */

struct box {
	char id[48];
	char bundle[96]; /* absolute; the runtime's commands start here */
	char rootfs[112];
	json_t *config;  /* written to config.json by each create and run */
	unsigned output; /* the call whose standard output the container has */
};

/* What a command of the runtime said. The strings live as long as the test. */
struct said {
	int status; /* as a shell has it: 128+n for signal n */
	const char *out, *err;
};

void boxes_open(void);
void boxes_close(void);
/* Ends a test that cannot be run here, for that reason, and its boxes: Criterion runs no .fini then. */
__attribute__((format(printf, 1, 2))) void boxes_skip(const char *why, ...);

/* In the midst of a test, when no box should have left anything: NULL, or what is left. */
const char *boxes_left(void);
/* The directory of the test's boxes: for its sockets and files. The host's side of --root. */
const char *boxes_folder(void);
const char *boxes_root(void);
/* The program under test, absolute. */
const char *boxes_runtime(void);

/* A box with a busybox in it and the default config of `spec`, without terminal. */
struct box *box_new(void);

/* The same, started: it sleeps until it is killed. */
struct box *box_of_sleep(void);

/* Sets a value of the config. `path` is as in messages, "linux.namespaces[2].path", and makes what
 * is missing on the way; [+] appends. In the JSON text ' stands for ", so that
 *	box_set(box, "mounts[+]", "{'destination': '/x', 'type': 'tmpfs', 'source': '%s'}", name);
 * can be read. */
__attribute__((format(printf, 3, 4))) void box_set(struct box *box, const char *path,
						   const char *json, ...);
/* A new namespace of that kind ("cgroup"), unless the default config of this host has one. */
void box_namespace(struct box *box, const char *kind);
/* Removes a member or element; not there is a mistake in the test. */
void box_unset(struct box *box, const char *path);
/* process.args: words, or a script for sh -c. */
#define box_args(box, ...) box_args_words((box), (const char *const[]){ __VA_ARGS__, NULL })
void box_args_words(struct box *box, const char *const *words);
__attribute__((format(printf, 2, 3))) void box_shell(struct box *box, const char *script, ...);
/* A file in the rootfs, with its directories. */
void box_file(struct box *box, const char *path, mode_t mode, const char *content);

/* config.json as box_run() and box_create() write it, for other command lines. */
void box_write(struct box *box);

/* Any command line: `$RUNTIME --root ROOT WORDS...`, in the bundle, with /dev/null as stdin. A
 * command that takes longer than a minute fails the test. `box` may be NULL. */
#define runtime(box, ...) runtime_words((box), (const char *const[]){ __VA_ARGS__, NULL })
struct said runtime_words(struct box *box, const char *const *words);

struct said box_run(struct box *box);
struct said box_create(struct box *box);
struct said box_start(struct box *box);
struct said box_kill(struct box *box, const char *signal);
struct said box_delete(struct box *box);
struct said box_delete_force(struct box *box);
#define box_exec(box, ...) runtime((box), "exec", (box)->id, __VA_ARGS__)

/* A command that goes on while the test does something to it, such as a foreground run. */
struct running {
	pid_t pid;
	int pidfd;
	unsigned call;
};
#define runtime_begin(box, ...) runtime_begin_words((box), (const char *const[]){ __VA_ARGS__, NULL })
struct running runtime_begin_words(struct box *box, const char *const *words);
struct running box_begin_run(struct box *box);
/* The same on a terminal of its own: `peer` is its controlling terminal and its stdio. */
struct running runtime_begin_on(int peer, struct box *box, const char *const *words);
/* From here on every command has our descriptor `fd` as its `number` (3 to 99), as if its caller
 * had left it open. */
void runtime_leak(int fd, int number);
/* From here on every command is an ordinary user's, whom --root, the boxes made so far and a copy
 * of the runtime belong to. */
void runtime_as(uid_t uid);
/* The same, and each command is root of a user namespace in which only that user is mapped: as
 * podman does it. */
void runtime_as_root_of(uid_t uid);
/* From here on every command is that caller's, and has no --root but its own; `input` is what it
 * reads, or NULL. NULL: it is the test's again. */
void runtime_called_by(const struct caller *by, const char *input);
/* The same for a user with a range of ids: root of `holder`'s user namespace, in a mount namespace of
 * its own, `uid` being root's id out here. */
void runtime_as_root_in(pid_t holder, uid_t uid);
struct said runtime_finish(struct running *running);

/* What `state` says: the whole document (a new reference), its status, its pid. */
json_t *box_state(struct box *box);
const char *box_status(struct box *box);
pid_t box_pid(struct box *box);
/* Waits, at most ten seconds, until it is so: an engine would be told by the kernel. */
void box_wait_status(struct box *box, const char *status);

/* What the workload of a created (or begun) box has written to its standard output so far. */
const char *box_output(struct box *box);
/* Waits, at most ten seconds, until `text` is part of that. */
void box_wait_output(struct box *box, const char *text);
/* The same until it is there so many times. */
void box_wait_times(struct box *box, const char *text, unsigned times);

#define assert_status(call, wanted)                                                            \
	do {                                                                                   \
		struct said said_ = (call);                                                    \
		cr_assert_eq(said_.status, (wanted), "exit status %d, stdout: %s, stderr: %s", \
			     said_.status, said_.out, said_.err);                              \
	} while (0)
#define assert_ok(call) assert_status(call, 0)
/* Exit status 0, exactly this on stdout and not a word on stderr. */
#define assert_prints(call, wanted)                                                            \
	do {                                                                                   \
		struct said said_ = (call);                                                    \
		cr_assert_eq(said_.status, 0, "exit status %d, stderr: %s", said_.status,      \
			     said_.err);                                                       \
		cr_assert_str_eq(said_.out, (wanted));                                         \
		cr_assert_str_eq(said_.err, "");                                               \
	} while (0)
/* That exit status, and this among what it said on stderr. */
#define assert_fails(call, wanted, words)                                                      \
	do {                                                                                   \
		struct said said_ = (call);                                                    \
		cr_assert_eq(said_.status, (wanted), "exit status %d, stderr: %s",             \
			     said_.status, said_.err);                                         \
		cr_assert_not_null(strstr(said_.err, (words)), "no \"%s\" in: %s", (words),    \
				   said_.err);                                                 \
	} while (0)

#endif
