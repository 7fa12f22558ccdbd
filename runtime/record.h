/* record.h -- what the next command must know about a container, kept on disk.
 *
 *	<root>/                  0700; default /run/caisson, or $XDG_RUNTIME_DIR/caisson
 *	<root>/<id>/             0700; appears complete and locked, goes in one rename
 *	        intent.json      written before the first side effect, again when the pid is known
 *	        state.json       written when the container is created
 *	        config.json      as it was at create: delete runs its poststop hooks
 *	        start.sock       the gate `start` knocks at; there while "created" (life.h)
 *	<root>/.new-*, .dead-*   half-made, half-removed: swept by list and delete
 *
 * Whoever makes a container holds flock(2) on <root>/<id> until the end of create. A record that
 * never got its state.json and whose lock is free belongs to a creator that died: only
 * `delete --force` removes it. The lock belongs to the open description, so a child that inherits
 * record.dir would keep it: the inside of the list closes it at once.
 *
 * Three files: records.c has the directory of all, record.c one container's, record_json.c what
 * stands in intent.json and state.json.
 *
 * Does not decide what state a container is in (life.c). */
#ifndef CAISSON_RECORD_H
#define CAISSON_RECORD_H

#include <stdbool.h>
#include <sys/types.h>

#include "cgroups/cgroup.h"
#include "runtime/base/arena.h"
#include "runtime/base/proc.h"
#include "specs/spec.h"

struct records {
	char *path; /* absolute */
	int fd;     /* open for reading; -1: the directory does not exist (yet) */
};

enum record_phase {
	RECORD_INTENT,  /* only intent.json: being made, or its maker died */
	RECORD_CREATED, /* state.json is there and whole */
	RECORD_DAMAGED, /* neither can be read: what the directory tells is all there is */
};

struct record {
	/* set by record_reserve() or record_load() */
	char *id;
	char *path;     /* absolute, <root>/<id> */
	int dir;        /* the directory, and its lock; -1 after record_close() */
	int root;       /* borrowed from struct records */
	struct arena *arena;
	enum record_phase phase;
	bool in_the_making; /* somebody else holds the lock */
	char boot_id[40];   /* /proc/sys/kernel/random/boot_id when it was made */
	char *created;      /* RFC 3339, UTC, nanoseconds */
	uid_t owner;        /* who made it */

	/* for the maker to fill in; strings are borrowed until written */
	char *bundle, *rootfs; /* absolute */
	char *oci_version;     /* NULL: SPEC_VERSION */
	struct pairs annotations;
	struct process init;
	enum cg_driver driver;
	struct strings cgroups; /* from cg_save() */
	struct strings resctrl; /* from rdt_save() */
	char *device_rules;     /* those an update has set (cgroup.h); "": not known; NULL: none */
	int64_t memory_swap;    /* likewise; 0: none */
	bool rootless;
	bool own_pid_namespace; /* killing init kills all */
	bool stays_mounted;     /* no mount namespace: its mounts are on the host, below rootfs */
	bool has_poststop;      /* delete reads config.json only then */
	bool has_poststart;     /* start likewise */
};

/* Opens the directory of all records. With `make` it is made (0700) and its owner verified;
 * otherwise a missing one is no error, only empty. NULL: the default. Path and strings live in
 * `arena`; records_close() closes the descriptor. */
int records_open(struct records *records, const char *root, bool make, struct arena *arena);
void records_close(struct records *records);

/* [A-Za-z0-9_+.-], 1 to 255 bytes, no "." in front (those names are ours, and "." and ".."). */
int record_check_id(const char *id);

/* A record that only we know of yet: driver, cgroups and the like are the caller's to fill in. */
int record_begin(struct record *record, const struct records *records, const char *id,
		 const char *bundle, struct arena *arena);
/* Takes the id: `container with given ID already exists` when it is taken. Afterwards the
 * directory is there, locked by record->dir, with an intent.json that says all the record says. */
int record_reserve(struct record *record, const struct records *records);
/* Writes intent.json again, with init when the pid is known. */
int record_intend(struct record *record);
/* Keeps a copy of config.json's bytes. */
int record_keep_config(struct record *record, const char *text, size_t length);
/* Writes state.json: the phase is RECORD_CREATED. */
int record_write(struct record *record);

/* RECORD_LOOK: as it is now, waiting for nobody (state, list, ps, kill; also from hooks).
 * RECORD_LOCK: waits, at most ten seconds, until nobody else holds the lock, then holds it
 * (start, delete). */
enum record_access { RECORD_LOOK, RECORD_LOCK };
/* -ENOENT `container does not exist`; a record that cannot be read is no error: see phase. */
int record_load(struct record *record, const struct records *records, const char *id,
		enum record_access access, struct arena *arena);
/* Opens the root and loads: what most commands begin with. */
int record_find(struct record *record, struct records *records, const char *root, const char *id,
		enum record_access access, struct arena *arena);

/* Removes the record, last of all: one rename, then the files. */
int record_remove(struct record *record);
/* Closes the directory, which gives up the lock. */
void record_close(struct record *record);

/* The ids there are, sorted. */
int records_list(const struct records *records, struct strings *ids, struct arena *arena);
/* Finishes what a killed command left half-made or half-removed. Never fails loudly. */
void records_sweep(const struct records *records);

/* True when the machine has not been started anew since the record was made. */
bool record_of_this_boot(const struct record *record);
/* /proc/sys/kernel/random/boot_id, or "" where it cannot be read. */
void record_boot_id(char id[40]);

/* record_json.c. The text of intent.json and state.json, in the arena; NULL when a path is no
 * UTF-8. Reading takes all or, with -EINVAL and no fault, nothing: a text cut short, of another
 * id, or of the wrong types. */
char *record_text(const struct record *record);
int record_parse(struct record *record, const char *text, size_t length);

/* records.c. Removes the directory `name` below `dir` with all in it, never across a mount. A
 * negative errno, no fault. */
int records_remove_tree(int dir, const char *name);
/* A name of ours that is free, for a directory half-made (".new") or half-removed (".dead"). */
void records_own_name(char name[64], const char *kind, unsigned attempt);

#endif
