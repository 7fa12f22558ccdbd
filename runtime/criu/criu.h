/* criu.h -- a conversation with criu(8), the program that saves processes and brings them back.
 *
 * criu is executed as `criu swrk FD` and spoken to over a socket (https://criu.org/RPC): we send
 * one request, it sends notes of how far it is, each of which it wants answered before it goes on,
 * and in the end its reply. Its log tells why something failed.
 *
 *	criu_find       the program, or how to get it
 *	criu_open       the socket; and the caller makes a process, in which
 *	criu_become     executes the program
 *	criu_greet      its version is one we know
 *	criu_begin      the request
 *	criu_await, criu_go_on     the notes, until CRIU_DONE
 *	criu_end        whatever happened
 *
 * Does not know what a container consists of: runtime/checkpoint.c and runtime/restore.c do. */
#ifndef CAISSON_CRIU_CRIU_H
#define CAISSON_CRIU_CRIU_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "runtime/base/arena.h"
#include "specs/spec.h"

/* Numbers from here to criu_features are those of criu's images/rpc.proto. */
enum criu_task { CRIU_DUMP = 1, CRIU_RESTORE = 2, CRIU_PRE_DUMP = 4 };
enum criu_cgroups {
	CRIU_CGROUPS_IGNORE = 0, CRIU_CGROUPS_SOFT = 3, CRIU_CGROUPS_FULL = 4,
	CRIU_CGROUPS_STRICT = 5, CRIU_CGROUPS_DEFAULT = 6,
};
enum criu_network_lock { CRIU_LOCK_IPTABLES = 1, CRIU_LOCK_NFTABLES = 2, CRIU_LOCK_SKIP = 3 };
enum criu_feature { CRIU_MEM_TRACK = 1, CRIU_LAZY_PAGES = 2 };

struct criu_pairs {
	struct criu_pair {
		const char *key, *value;
	} *at;
	size_t count;
};

/* What criu(8) has as options; NULL, 0 and false are left out. */
struct criu_options {
	int images, work; /* directories; criu opens them by /proc/PID/fd: see criu_open() */
	pid_t pid;
	const char *log_file, *root, *parent, *freeze_cgroup, *cgroup_yard, *config_file;
	const char *lsm_profile, *lsm_mount_context;
	const char *page_server; /* address */
	int page_server_port;
	enum criu_cgroups cgroups;
	enum criu_network_lock network_lock;
	int empty_ns; /* CLONE_NEW* */
	bool leave_running, ext_unix_sk, tcp_established, tcp_skip_in_flight, tcp_close;
	bool evasive_devices, shell_job, file_locks, track_mem, auto_dedup, link_remap;
	bool rst_sibling, lazy_pages, orphan_pts_master, ext_sharing, ext_masters;
	struct strings external;   /* "net[4026532177]:extRootNetNS" */
	struct criu_pairs mounts;  /* dump: mount point, name in the image; restore: name, source */
	struct criu_pairs join_ns; /* kind, path */
	struct criu_pairs cg_root; /* controllers, path */
	struct criu_inherit {
		const char *key;
		int fd; /* in criu: criu_given + its place among those given to criu_become() */
	} *inherit;
	size_t inherits;
};

/* Makes room for `most` pairs, or adds one; in the arena. */
void criu_pairs_room(struct criu_pairs *pairs, size_t most, struct arena *arena);
void criu_pairs_add(struct criu_pairs *pairs, const char *key, const char *value);

struct criu {
	struct arena *arena;
	const char *program;
	int socket; /* -1: closed */
	int pidfd;  /* -1: it does not run */
	pid_t pid;
	enum criu_task task;
	bool may_idle;   /* it waits for somebody else, and may do so for long */
	int also;        /* readable: criu_await() returns -EINTR, without a fault; -1 */
	const char *log; /* path of its log */
};

#define CRIU_NONE { .socket = -1, .pidfd = -1, .also = -1 }

/* Its descriptors besides the standard streams. */
enum { criu_socket = 3 /* `swrk 3` */, criu_given = 4 };

/* Looks for it in $PATH. `executable file not found in $PATH`, and how to get it. */
int criu_find(struct criu *criu, struct arena *arena);
/* Whether a program that criu may need is in $PATH. */
bool criu_has_program(const char *name, struct arena *arena);
/* The socket: [0] is criu->socket, [1] for criu_become(). Numbers of descriptors in a request are
 * those of the process that calls this. */
int criu_open(int ends[2]);
/* In a child of the caller's: executes it, with `given` as descriptors criu_given and up, the
 * standard streams as they are (`speaks`), or with its words going nowhere: its log has them. */
_Noreturn void criu_become(const struct criu *criu, int socket, const int *given, size_t count,
			   bool speaks);

/* Old versions are refused: there is more than one thing they do not have. */
int criu_greet(struct criu *criu);
/* Whether kernel and criu together can do that: 1 or 0. */
int criu_can(struct criu *criu, enum criu_feature feature);

int criu_begin(struct criu *criu, enum criu_task task, const struct criu_options *options);

struct criu_news {
	char note[32];  /* such as "setup-namespaces"; "": the reply, it is done */
	pid_t pid;      /* the process it is about, or the restored one; 0 */
	int descriptor; /* the caller's; -1: none */
};

/* Waits for the next note, or for the reply: then note is empty, and criu_go_on() is not called.
 * What fails is told from criu's log, with a cure where one is known. */
int criu_await(struct criu *criu, struct criu_news *news);
int criu_go_on(struct criu *criu);

/* Ends the conversation. One that is in the midst of its work gives up, and undoes what it did;
 * if it takes too long for that it is killed. Reaps it. */
void criu_end(struct criu *criu);

/* log.c. The fault for a task that failed: `number` and `message` are what criu said of it. */
int criu_failed(const struct criu *criu, int number, const char *message);
int criu_stood_still(const struct criu *criu, int patience_s);
/* A cure for what stands in a text, or NULL. */
const char *criu_cure(const char *text);

/* request.c, reply.c: the messages. */
struct criu_message {
	unsigned char *bytes;
	size_t length;
};
struct criu_message criu_request(enum criu_task task, const struct criu_options *options,
				 struct arena *arena);
struct criu_message criu_answer(struct arena *arena);
struct criu_message criu_version_request(struct arena *arena);
struct criu_message criu_feature_request(enum criu_feature feature, struct arena *arena);

struct criu_reply {
	bool success, is_note;
	int number;           /* cr_errno */
	const char *message;  /* cr_errmsg; NULL */
	const char *note;     /* NULL */
	pid_t pid;
	unsigned version;     /* 30100 for 3.1; 0 */
	unsigned features;    /* a bit, 1 << enum criu_feature, each */
};
/* -EBADMSG for what is none, no fault. */
int criu_read_reply(struct criu_reply *reply, const unsigned char *bytes, size_t length,
		    struct arena *arena);

#endif
