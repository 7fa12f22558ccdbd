/* process.c -- the shape of the process (config.md, "Process"). */
#include "specs/shapes.h"
#include "specs/vocabulary.h"

static const struct shape_field console_size_fields[] = {
	FIELD(spec_console_size, "height", height, "lines", REQUIRED),
	FIELD(spec_console_size, "width", width, "columns", REQUIRED),
};
static const struct shape spec_console_size_shape =
	SHAPE_GIVEN(spec_console_size, console_size_fields);

/* uid and gid are REQUIRED by config.md but not by its schema, and runc and crun read a missing one
 * as 0. */
static const struct shape_field user_fields[] = {
	FIELD(spec_user, "uid", uid, "user id inside", SPEC_ID),
	FIELD(spec_user, "gid", gid, "group id inside", SPEC_ID),
	FIELD(spec_user, "umask", umask, "umask(2); decimal", RANGE(0, 0777)),
	FIELD(spec_user, "additionalGids", additional_gids, "supplementary groups", SPEC_ID),
	FIELD(spec_user, "username", username, "of Windows"),
};
static const struct shape spec_user_shape = SHAPE(spec_user, user_fields);

static const struct shape_field capabilities_fields[] = {
	FIELD(spec_capabilities, "bounding", bounding, "all that can ever be gained"),
	FIELD(spec_capabilities, "effective", effective, "what the kernel looks at"),
	FIELD(spec_capabilities, "inheritable", inheritable, "kept over execve(2)"),
	FIELD(spec_capabilities, "permitted", permitted, "what may be made effective"),
	FIELD(spec_capabilities, "ambient", ambient, "gained by programs without privileges"),
};
static const struct shape spec_capabilities_shape =
	SHAPE_GIVEN(spec_capabilities, capabilities_fields);

static const struct shape_field rlimit_fields[] = {
	WORD(spec_rlimit, "type", type, spec_rlimit_words, "RLIMIT_* of getrlimit(2)", REQUIRED),
	FIELD(spec_rlimit, "hard", hard, "how far the process may raise it", REQUIRED),
	FIELD(spec_rlimit, "soft", soft, "what is enforced", REQUIRED),
};
static const struct shape spec_rlimit_shape = SHAPE(spec_rlimit, rlimit_fields);

static const struct shape_field scheduler_fields[] = {
	WORD(spec_scheduler, "policy", policy, spec_scheduler_words, "SCHED_* of sched(7)",
	     REQUIRED),
	FIELD(spec_scheduler, "nice", nice, "-20 to 19, for SCHED_OTHER and SCHED_BATCH"),
	FIELD(spec_scheduler, "priority", priority, "1 to 99, for SCHED_FIFO and SCHED_RR"),
	FLAGS(spec_scheduler, "flags", flags, spec_scheduler_flag_words, "of sched_setattr(2)"),
	FIELD(spec_scheduler, "runtime", runtime, "nanoseconds, for SCHED_DEADLINE"),
	FIELD(spec_scheduler, "deadline", deadline, "nanoseconds, for SCHED_DEADLINE"),
	FIELD(spec_scheduler, "period", period, "nanoseconds, for SCHED_DEADLINE"),
};
static const struct shape spec_scheduler_shape = SHAPE_GIVEN(spec_scheduler, scheduler_fields);

static const struct shape_field io_priority_fields[] = {
	WORD(spec_io_priority, "class", class, spec_io_class_words, "of ioprio_set(2)", REQUIRED),
	FIELD(spec_io_priority, "priority", priority, "0 (first) to 7 (last)", RANGE(0, 7)),
};
static const struct shape spec_io_priority_shape =
	SHAPE_GIVEN(spec_io_priority, io_priority_fields);

static const struct shape_field exec_cpu_affinity_fields[] = {
	FIELD(spec_exec_cpu_affinity, "initial", initial, "CPUs before entering the cgroup"),
	FIELD(spec_exec_cpu_affinity, "final", final, "CPUs after entering the cgroup"),
};
static const struct shape spec_exec_cpu_affinity_shape =
	SHAPE_GIVEN(spec_exec_cpu_affinity, exec_cpu_affinity_fields);

static const struct shape_field process_fields[] = {
	FIELD(spec_process, "terminal", terminal, "attach a pseudoterminal"),
	OBJECT(spec_process, "consoleSize", console_size, spec_console_size, "of that terminal"),
	FIELD(spec_process, "cwd", cwd, "working directory; absolute", REQUIRED),
	FIELD(spec_process, "env", env, "NAME=value"),
	FIELD(spec_process, "args", args, "argv; the first names the program"),
	FIELD(spec_process, "commandLine", command_line, "of Windows"),
	LIST(spec_process, "rlimits", rlimits, spec_rlimit, "resource limits"),
	FIELD(spec_process, "apparmorProfile", apparmor_profile, "AppArmor profile"),
	OBJECT(spec_process, "capabilities", capabilities, spec_capabilities, "capabilities(7)"),
	FIELD(spec_process, "noNewPrivileges", no_new_privileges,
	      "no setuid programs from here on"),
	FIELD(spec_process, "oomScoreAdj", oom_score_adj, "/proc/PID/oom_score_adj",
	      RANGE(-1000, 1000)),
	OBJECT(spec_process, "scheduler", scheduler, spec_scheduler, "sched_setattr(2)"),
	FIELD(spec_process, "selinuxLabel", selinux_label, "SELinux label"),
	OBJECT(spec_process, "ioPriority", io_priority, spec_io_priority, "ioprio_set(2)"),
	OBJECT(spec_process, "execCPUAffinity", exec_cpu_affinity, spec_exec_cpu_affinity,
	       "where `exec` may run"),
	OBJECT(spec_process, "user", user, spec_user, "who it runs as"),
};
const struct shape spec_process_shape = SHAPE(spec_process, process_fields);
