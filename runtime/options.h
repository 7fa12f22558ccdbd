/* options.h -- what was asked on the command line, and the one table that knows every option.
 *
 * option_table.c lists every command and every option once; from these rows come parsing, help,
 * shell completion and the OPTIONS part of the manual. The spelling rules are those of runc's
 * parser, which engines rely on: `--name v`, `--name=v`, `-name v`, `-name=v`, `-n v`, `-nv`,
 * `-xyz` for three flags; flags take `=true` and `=false`; an option may be repeated, the last one
 * counts.
 * "--" ends options. `delete web --force` works, but `exec web ls -l` and `ps web -e` hand what
 * follows the id on (command.h: passes_on). Global options stand before the command.
 *
 * Does not open, read or check anything an option names. */
#ifndef CAISSON_OPTIONS_H
#define CAISSON_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "runtime/base/arena.h"
#include "runtime/base/words.h"
#include "specs/spec.h"

/* Options before the command; NULL: not given. */
struct globals {
	const char *root;       /* as given; record.h's records_open() knows the default */
	const char *log, *log_format, *log_level;
	bool debug;
	bool systemd_cgroup;
	const char *cgroup_manager; /* "cgroupfs", "systemd", "disabled" */
	const char *rootless;   /* "auto", "true", "false" */
	const char *trace;      /* "table" (plain --trace), "json" */
	const char *trace_file; /* where the trace goes; NULL: stderr */
	const char *trip;       /* --trip: the row of the list that is to fail */
	bool help, version;
	char **argv;            /* the whole command line, for runtime/seal.c */
	struct inherit *inherit; /* what the caller passes on to the workload: inherit.h */
	struct arena *arena;    /* of this command; never NULL in a command */
};

/* The limits among update's options, as they were typed; NULL: not given. */
struct limit_words {
	const char *blkio_weight;
	const char *cpu_period, *cpu_quota, *cpu_burst, *cpu_share, *cpu_rt_period, *cpu_rt_runtime;
	const char *cpu_idle, *cpuset_cpus, *cpuset_mems;
	const char *memory, *memory_reservation, *memory_swap, *kernel_memory, *kernel_memory_tcp;
	const char *pids_limit;
};

/* Options and words after the command; those a command does not have stay empty. */
struct arguments {
	/* create, run, exec, spec */
	const char *bundle; /* NULL: the current directory */
	const char *config; /* a config.json elsewhere */
	const char *console_socket, *pidfd_socket, *pid_file;
	bool no_pivot, no_new_keyring, no_subreaper, detach, keep;
	int preserve_fds;

	/* exec */
	const char *cwd, *user, *process, *process_label, *apparmor;
	bool tty, no_new_privs, ignore_paused;
	struct strings env, caps, cgroups;
	struct strings additional_gids; /* each a number; checked by exec */

	/* update */
	const char *resources; /* a file, "-" for the standard input */
	struct limit_words limit;
	const char *l3_cache_schema, *mem_bw_schema;

	/* checkpoint, restore */
	const char *image_path, *work_path, *parent_path, *page_server;
	const char *manage_cgroups_mode, *network_lock, *lsm_profile, *lsm_mount_context;
	bool leave_running, pre_dump, shell_job, file_locks, link_remap, ext_unix_sk;
	bool tcp_established, tcp_skip_in_flight, tcp_close, lazy_pages, auto_dedup;
	int status_fd;           /* 0: none */
	struct strings empty_ns; /* kinds of namespaces */

	/* the others */
	bool force, all, quiet, rootless, man, steps, limits, stats;
	const char *format, *interval;

	bool help;            /* `caisson COMMAND --help` */
	const char *id;       /* the first word where the command takes an id, else NULL */
	struct strings words; /* all words after the options, the id included */
	struct strings rest;  /* the words after the id, or all where there is none: an argv */
};

enum option_kind {
	OPTION_FLAG,     /* bool */
	OPTION_WORD,     /* const char * */
	OPTION_PERHAPS,  /* const char *: `--trace`, or `--trace=json`; alone it is the first choice */
	OPTION_NUMBER,   /* int, from 0 on */
	OPTION_WORDS,    /* struct strings: every repetition adds one */
};

struct option_row {
	const char *name;     /* without dashes; NULL ends a table */
	char letter;          /* the short form, or 0 */
	const char *argument; /* how help calls the value; NULL: a flag */
	enum option_kind kind;
	size_t target;        /* offsetof in struct globals or struct arguments */
	const char *doc;      /* one sentence, no full stop */
	const char *choices;  /* "text json": the only values; "<file>", "<dir>": completed; NULL */
	bool hidden;          /* accepted, not advertised */
	bool never_empty;     /* an empty value is a mistake, not the same as none */
};

struct command; /* command.h */

/* Reads the options before the command. Returns how many words of argv it took, argv[0]
 * included (the next one is the command, or there is none), or -EINVAL. `globals->arena` must be
 * set. */
int options_parse_globals(struct globals *globals, char **argv);

/* Reads what follows the command's name (`argv` starts there): its options and its words.
 * -EINVAL: the fault says what, and the cure. */
int options_parse(struct arguments *arguments, const struct command *command, char **argv,
		  struct arena *arena);

/* Too few words or too many: `"state" requires exactly 1 argument(s)`. */
int options_check_words(const struct arguments *arguments, const struct command *command);

extern const struct option_row global_options[];
extern const struct option_row help_option[]; /* every command has it */

#endif
