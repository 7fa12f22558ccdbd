/* identity.c -- the probe's first part: who this process is and what it may do. */
#include <errno.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probe.h"

static uint64_t prctl_set(int operation, unsigned long second, int cap_is_third)
{
	uint64_t set = 0;

	for (unsigned long cap = 0; cap < 64; cap++) {
		int bit = cap_is_third ? prctl(operation, second, cap, 0, 0)
				       : prctl(operation, cap, 0, 0, 0);

		if (bit > 0)
			set |= UINT64_C(1) << cap;
	}
	return set;
}

static void capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };

	syscall(SYS_capget, &header, data);
	fact("caps.effective", "%08x%08x", data[1].effective, data[0].effective);
	fact("caps.permitted", "%08x%08x", data[1].permitted, data[0].permitted);
	fact("caps.inheritable", "%08x%08x", data[1].inheritable, data[0].inheritable);
	fact("caps.bounding", "%016llx", (unsigned long long)prctl_set(PR_CAPBSET_READ, 0, 0));
	fact("caps.ambient", "%016llx",
	     (unsigned long long)prctl_set(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, 1));
}

static void ids(void)
{
	uid_t user[3];
	gid_t group[3], groups[256];
	int count = getgroups(256, groups);
	char list[4096] = "";

	getresuid(&user[0], &user[1], &user[2]);
	getresgid(&group[0], &group[1], &group[2]);
	fact("user.uid", "real %u effective %u saved %u fs %d", user[0], user[1], user[2],
	     setfsuid((uid_t)-1));
	fact("user.gid", "real %u effective %u saved %u fs %d", group[0], group[1], group[2],
	     setfsgid((gid_t)-1));
	for (int i = 0; i < count; i++)
		snprintf(list + strlen(list), sizeof list - strlen(list), "%s%u", i ? " " : "",
			 groups[i]);
	fact("user.groups", "%s", list);
	fact("user.umask", "%04o", umask(0));
}

static void limits(void)
{
	static const char *const names[] = { "CPU",	 "FSIZE", "DATA",   "STACK",
					     "CORE",	 "RSS",	  "NPROC",  "NOFILE",
					     "MEMLOCK",	 "AS",	  "LOCKS",  "SIGPENDING",
					     "MSGQUEUE", "NICE",  "RTPRIO", "RTTIME" };

	for (int i = 0; i < 16; i++) {
		struct rlimit limit = { 0 };

		getrlimit((__rlimit_resource_t)i, &limit);
		fact(named("rlimit.%s", names[i]), "soft %lld hard %lld", (long long)limit.rlim_cur,
		     (long long)limit.rlim_max);
	}
}

static void signals(void)
{
	uint64_t blocked = 0, pending = 0, ignored = 0;
	sigset_t set;

	sigprocmask(SIG_SETMASK, NULL, &set);
	memcpy(&blocked, &set, sizeof blocked);
	sigpending(&set);
	memcpy(&pending, &set, sizeof pending);
	for (int number = 1; number < 65; number++) {
		struct sigaction action;

		if (sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
			ignored |= UINT64_C(1) << (number - 1);
	}
	fact("signals.blocked", "%016llx", (unsigned long long)blocked);
	fact("signals.pending", "%016llx", (unsigned long long)pending);
	fact("signals.ignored", "%016llx", (unsigned long long)ignored);
}

static void keyring(void)
{
	char about[512] = "";

	if (syscall(SYS_keyctl, KEYCTL_DESCRIBE, KEY_SPEC_SESSION_KEYRING, about, sizeof about) < 0)
		fact("keyring.session", "%s", error_name(errno));
	else
		fact("keyring.session", "%s", about);
}

/* Those of prctl(2) that a process keeps across execve, and seccomp's. */
static void process_controls(void)
{
	static const struct {
		const char *name;
		int operation;
	} plain[] = {
		{ "no_new_privs", PR_GET_NO_NEW_PRIVS },
		{ "seccomp.mode", PR_GET_SECCOMP },
		{ "prctl.dumpable", PR_GET_DUMPABLE },
		{ "prctl.securebits", PR_GET_SECUREBITS },
		{ "prctl.timerslack", PR_GET_TIMERSLACK },
		{ "prctl.thp_disable", PR_GET_THP_DISABLE },
		{ "prctl.keepcaps", PR_GET_KEEPCAPS },
		{ "prctl.mce_kill", PR_MCE_KILL_GET },
		{ "prctl.timing", PR_GET_TIMING },
	};
	int number = -1;

	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		fact(plain[i].name, "%d", prctl(plain[i].operation, 0, 0, 0, 0));
	for (unsigned long kind = 0; kind < 3; kind++)
		fact(named("prctl.speculation[%lu]", kind), "%d",
		     prctl(PR_GET_SPECULATION_CTRL, kind, 0, 0, 0));
	prctl(PR_GET_PDEATHSIG, &number);
	fact("prctl.pdeathsig", "%d", number);
	prctl(PR_GET_CHILD_SUBREAPER, &number);
	fact("prctl.child_subreaper", "%d", number);
	prctl(PR_GET_TSC, &number);
	fact("prctl.tsc", "%d", number);
	fact("exec.at_secure", "%lu", getauxval(AT_SECURE));
	fact("exec.path", "%s", (const char *)getauxval(AT_EXECFN));
}

/* The line of /proc/self/status that only it has. */
static void from_status(const char *name, const char *key)
{
	char *status = slurp("/proc/self/status"), *at;

	at = status ? strstr(status, key) : NULL;
	if (at) {
		at += strlen(key);
		at += strspn(at, "\t ");
		at[strcspn(at, "\n")] = '\0';
	}
	fact(name, "%s", at ? at : "?");
}

static void labels(void)
{
	static const char *const files[] = { "current",	  "exec",	"fscreate",
					     "keycreate", "sockcreate", "apparmor/current" };

	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		fact(named("label.%s", files[i]), "%s",
		     first_line(named("/proc/thread-self/attr/%s", files[i])));
}

void probe_identity(void)
{
	capabilities();
	ids();
	limits();
	signals();
	keyring();
	process_controls();
	from_status("seccomp.filters", "\nSeccomp_filters:");
	from_status("signals.shared_pending", "\nShdPnd:");
	from_status("prctl.thread_speculation", "\nSpeculation_Store_Bypass:");
	labels();
}
