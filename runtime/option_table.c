/* option_table.c -- every command and every option, once.
 *
 * Parsing (options.c), help and the manual (commands/help.c) and completion
 * (commands/completion.c) all read these rows. Names and letters are those of runc, which engines
 * call; what only we have is --trace, --trace-file and, with crun, --log-level,
 * --cgroup-manager and --config.
 *
 * Does not say what an option does when it is given: its command does. */
#include "runtime/command.h"

#define GLOBAL(member) offsetof(struct globals, member)
#define OPTION(member) offsetof(struct arguments, member)

const struct option_row global_options[] = {
	{ "root", 0, "dir", OPTION_WORD, GLOBAL(root),
	  "where the state of containers is kept (default: /run/caisson, or "
	  "$XDG_RUNTIME_DIR/caisson for an ordinary user)", "<dir>" },
	{ "log", 0, "file", OPTION_WORD, GLOBAL(log),
	  "append errors and warnings to this file, also file:NAME (default: /dev/stderr), or send "
	  "them to journald:NAME or syslog:NAME", "<file>" },
	{ "log-format", 0, "format", OPTION_WORD, GLOBAL(log_format),
	  "how the log is written: text (default) or json, one object per line", "text json" },
	{ "log-level", 0, "level", OPTION_WORD, GLOBAL(log_level),
	  "the least important level that is logged: error, warning (default) or debug",
	  "error warning info debug" },
	{ "debug", 0, NULL, OPTION_FLAG, GLOBAL(debug), "the same as --log-level debug" },
	{ "systemd-cgroup", 0, NULL, OPTION_FLAG, GLOBAL(systemd_cgroup),
	  "let systemd make the cgroup; cgroupsPath is then \"slice:prefix:name\"" },
	{ "cgroup-manager", 0, "manager", OPTION_WORD, GLOBAL(cgroup_manager),
	  "who makes the cgroup: cgroupfs (default), systemd, or disabled for no cgroup",
	  "cgroupfs systemd disabled" },
	{ "rootless", 0, "value", OPTION_WORD, GLOBAL(rootless),
	  "go on where an ordinary user may not set limits: auto (default), true or false",
	  "auto true false" },
	{ "trace", 0, "form", OPTION_PERHAPS, GLOBAL(trace),
	  "show what the start spent its time on: a table, or json for a trace viewer",
	  "table json" },
	{ "trace-file", 0, "file", OPTION_WORD, GLOBAL(trace_file),
	  "where the trace goes (default: /dev/stderr)", "<file>" },
	{ "trip", 0, "step", OPTION_WORD, GLOBAL(trip),
	  "let this step of the construction fail, to see what is undone; `caisson help --steps` "
	  "names them" },
	{ "help", 'h', NULL, OPTION_FLAG, GLOBAL(help), "show this help" },
	{ "version", 'v', NULL, OPTION_FLAG, GLOBAL(version), "show the version" },
	{ 0 },
};

const struct option_row help_option[] = {
	{ "help", 'h', NULL, OPTION_FLAG, OPTION(help), "show this help" },
	{ 0 },
};

#define BUNDLE                                                       \
	{ "bundle", 'b', "dir", OPTION_WORD, OPTION(bundle),         \
	  "the bundle's directory (default: the current one)", "<dir>" }
#define CONSOLE_SOCKET                                                           \
	{ "console-socket", 0, "path", OPTION_WORD, OPTION(console_socket),      \
	  "an AF_UNIX socket that is sent the master end of the terminal", "<file>" }
#define PIDFD_SOCKET                                                         \
	{ "pidfd-socket", 0, "path", OPTION_WORD, OPTION(pidfd_socket),      \
	  "an AF_UNIX socket that is sent a pidfd of the new process", "<file>" }
#define PID_FILE                                                \
	{ "pid-file", 0, "file", OPTION_WORD, OPTION(pid_file), \
	  "write the pid of the new process to this file", "<file>" }
#define PRESERVE_FDS                                                                    \
	{ "preserve-fds", 0, "n", OPTION_NUMBER, OPTION(preserve_fds),                  \
	  "hand on n more descriptors, those after stdio and $LISTEN_FDS (default: 0)" }
#define MAKING                                                                              \
	BUNDLE,                                                                             \
	{ "config", 'f', "file", OPTION_WORD, OPTION(config),                               \
	  "the configuration (default: config.json in the bundle)", "<file>" },             \
	CONSOLE_SOCKET, PIDFD_SOCKET, PID_FILE,                                             \
	{ "no-pivot", 0, NULL, OPTION_FLAG, OPTION(no_pivot),                               \
	  "do not use pivot_root(2): only for a root file system on a ramdisk" },           \
	{ "no-new-keyring", 0, NULL, OPTION_FLAG, OPTION(no_new_keyring),                   \
	  "keep the caller's session keyring instead of making a new one" },                \
	{ "no-subreaper", 0, NULL, OPTION_FLAG, OPTION(no_subreaper),                       \
	  "do not become the parent of what the container leaves behind" },                 \
	PRESERVE_FDS
#define DETACH(doc) { "detach", 'd', NULL, OPTION_FLAG, OPTION(detach), doc }
#define FORMAT                                                        \
	{ "format", 'f', "format", OPTION_WORD, OPTION(format),       \
	  "table (default) or json", "table json" }

static const struct option_row create_options[] = { MAKING, { 0 } };

static const struct option_row run_options[] = {
	MAKING,
	DETACH("do not wait for the container to end"),
	{ "keep", 0, NULL, OPTION_FLAG, OPTION(keep), "do not delete the container after it ended" },
	{ 0 },
};

static const struct option_row exec_options[] = {
	CONSOLE_SOCKET,
	PIDFD_SOCKET,
	{ "cwd", 0, "dir", OPTION_WORD, OPTION(cwd), "the working directory in the container" },
	{ "env", 'e', "name=value", OPTION_WORDS, OPTION(env), "set an environment variable" },
	{ "tty", 't', NULL, OPTION_FLAG, OPTION(tty), "give the process a terminal" },
	{ "user", 'u', "user[:group]", OPTION_WORD, OPTION(user),
	  "who the process runs as: numbers, or names that the container's /etc/passwd and "
	  "/etc/group have",
	  .never_empty = true },
	{ "additional-gids", 'g', "gid", OPTION_WORDS, OPTION(additional_gids),
	  "one more group of the process" },
	{ "process", 'p', "file", OPTION_WORD, OPTION(process),
	  "a process object, as in config.json, instead of a command", "<file>" },
	DETACH("do not wait for the process to end"),
	PID_FILE,
	{ "process-label", 0, "label", OPTION_WORD, OPTION(process_label), "the SELinux label" },
	{ "apparmor", 0, "profile", OPTION_WORD, OPTION(apparmor), "the AppArmor profile" },
	{ "no-new-privs", 0, NULL, OPTION_FLAG, OPTION(no_new_privs),
	  "no program the process runs can gain privileges" },
	{ "cap", 'c', "capability", OPTION_WORDS, OPTION(caps), "add a capability" },
	PRESERVE_FDS,
	{ "cgroup", 0, "[controller:]path", OPTION_WORDS, OPTION(cgroups),
	  "run in an existing cgroup below the container's" },
	{ "ignore-paused", 0, NULL, OPTION_FLAG, OPTION(ignore_paused),
	  "allow it in a paused container; the process waits until it is resumed" },
	{ 0 },
};

static const struct option_row kill_options[] = {
	{ "all", 'a', NULL, OPTION_FLAG, OPTION(all), "signal every process in the container" },
	{ 0 },
};

static const struct option_row delete_options[] = {
	{ "force", 'f', NULL, OPTION_FLAG, OPTION(force),
	  "kill the container first if it runs; free also what a killed command left behind" },
	{ 0 },
};

static const struct option_row list_options[] = {
	FORMAT,
	{ "quiet", 'q', NULL, OPTION_FLAG, OPTION(quiet), "only the ids" },
	{ 0 },
};

static const struct option_row ps_options[] = { FORMAT, { 0 } };

#define LIMIT(name, argument, member, doc)	\
	{ name, 0, argument, OPTION_WORD, OPTION(limit.member), doc }
#define NO_LONGER(name, member)		\
	{ name, 0, "bytes", OPTION_WORD, OPTION(limit.member), "kernels no longer have it", \
	  .hidden = true }
static const struct option_row update_options[] = {
	{ "resources", 'r', "file", OPTION_WORD, OPTION(resources),
	  "read the limits from this file, or with - from the standard input: an object like "
	  "linux.resources of config.json; the other limits of the command line are then not used",
	  "<file>" },
	LIMIT("memory", "bytes", memory, "memory, such as 512M or 2G; -1: no limit"),
	LIMIT("memory-reservation", "bytes", memory_reservation,
	      "memory that is left to the container when others want it (v1: soft limit)"),
	LIMIT("memory-swap", "bytes", memory_swap, "memory and swap together; -1: no limit"),
	LIMIT("pids-limit", "n", pids_limit, "processes and threads; -1: no limit"),
	LIMIT("cpu-quota", "us", cpu_quota,
	      "CPU time in each period, in microseconds; -1: no limit"),
	LIMIT("cpu-period", "us", cpu_period, "length of a period, in microseconds"),
	LIMIT("cpu-burst", "us", cpu_burst,
	      "CPU time that may be saved up for later periods, in microseconds"),
	LIMIT("cpu-share", "n", cpu_share, "weight against other containers, 2 to 262144"),
	LIMIT("cpu-idle", "0|1", cpu_idle, "1: only CPU time that nobody else wants (SCHED_IDLE)"),
	LIMIT("cpu-rt-period", "us", cpu_rt_period, "period for realtime processes"),
	LIMIT("cpu-rt-runtime", "us", cpu_rt_runtime, "their CPU time in each such period"),
	LIMIT("cpuset-cpus", "list", cpuset_cpus, "CPUs, such as 0-3,7"),
	LIMIT("cpuset-mems", "list", cpuset_mems, "memory nodes, such as 0-3,7"),
	LIMIT("blkio-weight", "n", blkio_weight, "weight in disk access, 10 to 1000"),
	{ "l3-cache-schema", 0, "schema", OPTION_WORD, OPTION(l3_cache_schema),
	  "share of the L3 cache (resctrl), such as L3:0=ff;1=f" },
	{ "mem-bw-schema", 0, "schema", OPTION_WORD, OPTION(mem_bw_schema),
	  "share of the memory bandwidth (resctrl), such as MB:0=50;1=70" },
	NO_LONGER("kernel-memory", kernel_memory),
	NO_LONGER("kernel-memory-tcp", kernel_memory_tcp),
	{ 0 },
};

static const struct option_row events_options[] = {
	{ "interval", 0, "duration", OPTION_WORD, OPTION(interval),
	  "how long to wait between readings, such as 500ms or 1m30s (default: 5s)",
	  .never_empty = true },
	{ "stats", 0, NULL, OPTION_FLAG, OPTION(stats), "one reading of each container, then end" },
	{ "all", 'a', NULL, OPTION_FLAG, OPTION(all), "all containers that run now" },
	{ "format", 'f', "format", OPTION_WORD, OPTION(format),
	  "json (default), one object per line, or table, for people", "json table" },
	{ 0 },
};

#define IMAGE(what)                                                                          \
	{ "image-path", 0, "dir", OPTION_WORD, OPTION(image_path),                           \
	  "where the image " what " (default: the directory checkpoint)", "<dir>" },         \
	{ "work-path", 0, "dir", OPTION_WORD, OPTION(work_path),                             \
	  "where criu's log and other files of its work go (default: beside the image)",     \
	  "<dir>" },                                                                         \
	{ "tcp-established", 0, NULL, OPTION_FLAG, OPTION(tcp_established),                  \
	  "allow open TCP connections" },                                                    \
	{ "ext-unix-sk", 0, NULL, OPTION_FLAG, OPTION(ext_unix_sk),                          \
	  "allow unix sockets whose other end is outside of the container" },                \
	{ "shell-job", 0, NULL, OPTION_FLAG, OPTION(shell_job),                              \
	  "allow processes that are jobs of a shell outside, on its terminal" },             \
	{ "file-locks", 0, NULL, OPTION_FLAG, OPTION(file_locks), "save and restore file locks" }, \
	{ "manage-cgroups-mode", 0, "mode", OPTION_WORD, OPTION(manage_cgroups_mode),        \
	  "what criu does about cgroups: soft (default) for those that are missing, full, "  \
	  "strict, ignore", "soft full strict ignore" },                                     \
	{ "empty-ns", 0, "namespace", OPTION_WORDS, OPTION(empty_ns),                        \
	  "do not save what is in it: network, which never is" },                            \
	{ "auto-dedup", 0, NULL, OPTION_FLAG, OPTION(auto_dedup),                            \
	  "remove from older images the memory that newer ones have" },                      \
	{ "lazy-pages", 0, NULL, OPTION_FLAG, OPTION(lazy_pages),                            \
	  "leave memory behind until it is needed: userfaultfd(2)" },                        \
	{ "network-lock", 0, "method", OPTION_WORD, OPTION(network_lock),                    \
	  "how connections are kept still meanwhile (default with --tcp-established: "        \
	  "iptables where it is installed, else nftables)", "iptables nftables skip" }

static const struct option_row checkpoint_options[] = {
	IMAGE("goes"),
	{ "parent-path", 0, "dir", OPTION_WORD, OPTION(parent_path),
	  "the image of the --pre-dump before, relative to this one" },
	{ "leave-running", 0, NULL, OPTION_FLAG, OPTION(leave_running),
	  "let the container go on afterwards" },
	{ "tcp-skip-in-flight", 0, NULL, OPTION_FLAG, OPTION(tcp_skip_in_flight),
	  "leave out TCP connections that are not established yet" },
	{ "link-remap", 0, NULL, OPTION_FLAG, OPTION(link_remap),
	  "give files that are open but deleted a name again" },
	{ "status-fd", 0, "fd", OPTION_NUMBER, OPTION(status_fd),
	  "with --lazy-pages: a NUL is written to it when memory can be fetched" },
	{ "page-server", 0, "address:port", OPTION_WORD, OPTION(page_server),
	  "send memory to the page server there" },
	{ "pre-dump", 0, NULL, OPTION_FLAG, OPTION(pre_dump),
	  "save memory only, and let the container go on; needs a kernel with "
	  "CONFIG_MEM_SOFT_DIRTY" },
	{ 0 },
};

static const struct option_row restore_options[] = {
	BUNDLE,
	CONSOLE_SOCKET,
	PID_FILE,
	DETACH("do not wait for the container to end"),
	IMAGE("is"),
	{ "tcp-close", 0, NULL, OPTION_FLAG, OPTION(tcp_close),
	  "bring TCP connections back closed" },
	{ "lsm-profile", 0, "type:name", OPTION_WORD, OPTION(lsm_profile),
	  "another AppArmor profile or SELinux label than the image has" },
	{ "lsm-mount-context", 0, "context", OPTION_WORD, OPTION(lsm_mount_context),
	  "another SELinux context for mounts than the image has" },
	{ "no-subreaper", 0, NULL, OPTION_FLAG, OPTION(no_subreaper),
	  "do not become the parent of what the container leaves behind" },
	{ "no-pivot", 0, NULL, OPTION_FLAG, OPTION(no_pivot),
	  "without effect: criu brings back the root as it was" },
	{ 0 },
};

static const struct option_row spec_options[] = {
	BUNDLE,
	{ "rootless", 0, NULL, OPTION_FLAG, OPTION(rootless),
	  "for a container that an ordinary user starts" },
	{ 0 },
};

static const struct option_row help_options[] = {
	{ "man", 0, NULL, OPTION_FLAG, OPTION(man), "the manual's part about commands and options",
	  .hidden = true },
	{ "steps", 0, NULL, OPTION_FLAG, OPTION(steps),
	  "print the steps in which a container is built, and those of exec, in their order: "
	  "list, side, name and reason, with tabs between them; --trip takes the names" },
	{ "limits", 0, NULL, OPTION_FLAG, OPTION(limits),
	  "print a table of all limits in linux.resources: the field, its files on cgroup v1 and v2, "
	  "what it takes, and what happens on a host that lacks it" },
	{ 0 },
};

static const struct option_row no_options[] = { { 0 } };

static const char life[] = "The life of a container";
static const char looking[] = "Looking";
static const char runtime[] = "Bundles and this runtime";

const struct command commands[] = {
	{ "run", life, "create a container, start it and wait for its end", "<container-id>",
	  run_options, 1, 1, .enters = true, .takes_id = true, .new_id = true, .failure = 1, .run = command_run,
	  .description = "The exit status is that of the container's process, 128+n when signal n "
			 "ended it. Signals sent to caisson reach that process.",
	  .example = "caisson run --bundle /bundles/web web" },
	{ "create", life, "make a container, ready to be started", "<container-id>", create_options,
	  1, 1, .enters = true, .takes_id = true, .new_id = true, .failure = 1, .run = command_create,
	  .description = "Everything is set up as the bundle's config.json has it, and the process "
			 "waits in front of its program until `start`.",
	  .example = "caisson create --bundle /bundles/web --pid-file web.pid web" },
	{ "start", life, "let a created container run its program", "<container-id>", no_options, 1,
	  1, .takes_id = true, .failure = 1, .run = command_start,
	  .example = "caisson start web" },
	{ "exec", life, "run one more process in a container",
	  "<container-id> <command> [argument...]", exec_options, 1, -1, .enters = true, .takes_id = true,
	  .passes_on = true, .failure = 255, .run = command_exec,
	  .description = "It starts as config.json has the container's own process, with the same "
			 "limits, capabilities and system call filter, but for what the options "
			 "change. The exit status is that of the process; 255 when it could not be "
			 "run.",
	  .example = "caisson exec --tty web sh" },
	{ "kill", life, "send a signal to a container's first process", "<container-id> [signal]",
	  kill_options, 1, 2, .takes_id = true, .failure = 1, .run = command_kill,
	  .description = "The signal is a number or a name such as KILL, SIGKILL or RTMIN+3; TERM "
			 "when none is given. In a container without a pid namespace of its own "
			 "KILL is for all its processes.",
	  .example = "caisson kill web KILL" },
	{ "delete", life, "free all that belongs to a container", "<container-id>", delete_options,
	  1, 1, .takes_id = true, .failure = 1, .run = command_delete,
	  .description = "Only a container that is stopped or was never started is deleted, unless "
			 "forced. Its poststop hooks run. With --force a container that does not "
			 "exist is no error.",
	  .example = "caisson delete --force web" },
	{ "pause", life, "stop all processes of a container for a while", "<container-id>",
	  no_options, 1, 1, .takes_id = true, .failure = 1, .run = command_pause,
	  .example = "caisson pause web" },
	{ "resume", life, "let a paused container go on", "<container-id>", no_options, 1, 1,
	  .takes_id = true, .failure = 1, .run = command_resume,
	  .example = "caisson resume web" },
	{ "update", life, "give a container other limits", "<container-id>", update_options, 1, 1,
	  .takes_id = true, .failure = 1, .run = command_update,
	  .description = "The container may run, be paused or not be started yet. What is not named "
			 "stays as it is. Either all of it is done or, with an error, nothing.",
	  .example = "caisson update --memory 512M --pids-limit 100 web" },
	{ "checkpoint", life, "save a running container to an image", "<container-id>",
	  checkpoint_options, 1, 1, .takes_id = true, .failure = 1, .run = command_checkpoint,
	  .description = "criu(8) does it, and must be installed. The container is gone afterwards "
			 "unless it is to be left running; its files are not part of the image.",
	  .example = "caisson checkpoint --image-path /images/web web" },
	{ "restore", life, "bring a container back from an image", "<container-id>",
	  restore_options, 1, 1, .takes_id = true, .new_id = true, .failure = 1,
	  .run = command_restore,
	  .description = "The bundle is the one the container was made from, or one like it: cgroup, "
			 "limits, device rules, mounts and namespaces given by path are its; all else "
			 "is the image's.",
	  .example = "caisson restore --bundle /bundles/web --image-path /images/web --detach web" },
	{ "state", looking, "print the state of a container, as JSON", "<container-id>", no_options,
	  1, 1, .takes_id = true, .silent = true, .failure = 1, .run = command_state,
	  .description = "The keys are those of the OCI runtime specification and, as runc has them, "
			 "rootfs, created and owner.",
	  .example = "caisson state web" },
	{ "list", looking, "list all containers", "", list_options, 0, 0, .silent = true,
	  .failure = 1, .run = command_list,
	  .description = "A container whose record cannot be read, or whose create was killed, is "
			 "shown as \"unknown\"; `delete --force` frees it.",
	  .example = "caisson list --format json" },
	{ "ps", looking, "list the processes of a container", "<container-id> [ps option...]",
	  ps_options, 1, -1, .takes_id = true, .passes_on = true, .silent = true, .failure = 1,
	  .run = command_ps,
	  .description = "The table is that of ps(1), by default of `ps -ef`. Its options must leave "
			 "a PID column. As JSON it is a list of pids.",
	  .example = "caisson ps web -o pid,args" },
	{ "events", looking, "print what containers use, and when they run out of memory",
	  "<container-id>...", events_options, 0, -1, .takes_id = true, .silent = true,
	  .failure = 1, .run = command_events,
	  .description = "Every five seconds a line of JSON for each container, as runc prints it, "
			 "{\"type\":\"stats\",...}, and {\"type\":\"oom\",...} each time the OOM "
			 "killer ends one of its processes. The command ends with the last of them. "
			 "What the numbers are is in the manual under EVENTS.",
	  .example = "caisson events --stats web" },
	{ "spec", runtime, "write a config.json to begin with", "", spec_options, 0, 0,
	  .failure = 1, .run = command_spec,
	  .description = "It runs sh on a terminal, with the root file system in rootfs. An existing "
			 "file is not overwritten.",
	  .example = "caisson spec --bundle /bundles/web" },
	{ "features", runtime, "print what this runtime can do, as JSON", "", no_options, 0, 0,
	  .silent = true, .failure = 1, .run = command_features,
	  .description = "The words of config.json that are understood, as features.md of the OCI "
			 "runtime specification wants them. The host is not looked at." },
	{ "completion", runtime, "print a script that completes commands in your shell",
	  "bash|zsh|fish", no_options, 1, 1, .failure = 1, .run = command_completion,
	  .example = "caisson completion bash > /etc/bash_completion.d/caisson" },
	{ "version", runtime, "print the version", "", no_options, 0, 0, .failure = 1,
	  .run = command_version },
	{ "help", runtime, "show help for caisson or one of its commands", "[command]", help_options,
	  0, 1, .failure = 3, .run = command_help, .example = "caisson help run" },
	{ 0 },
};
