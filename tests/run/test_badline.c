/* test_badline.c -- what is wrong with a command line or a config is said, and nothing is done.
 *
 * "@" stands for the container's id, "^" for its bundle. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/owned.h"
#include "tests/lib/box.h"
#include "tests/lib/config.h"
#include "tests/lib/host.h"
#include "tests/unit/wrong_configs.h"

TestSuite(badline, .init = boxes_open, .fini = boxes_close, .timeout = 120);

/* ---- command lines ---------------------------------------------------------------------- */

static char *filled(const char *text, const struct box *box)
{
	char *copy = calloc(1, strlen(text) + 1024), *to = copy;

	for (; *text; text++) {
		if (*text == '@')
			to = stpcpy(to, box->id);
		else if (*text == '^')
			to = stpcpy(to, box->bundle);
		else
			*to++ = *text;
	}
	return copy;
}

static const struct {
	const char *words[8];
	int status;
	const char *message;
} lines[] = {
	{ { "strat", "web" }, 3, "No help topic for 'strat'\n  hint: did you mean \"caisson "
		"start\"?" },
	{ { "" }, 3, "No help topic for ''\n  hint: see: caisson --help" },
	{ { "creat", "web" }, 3, "No help topic for 'creat'\n  hint: did you mean \"caisson "
		"create\"?" },
	{ { "--rot", "/x", "list" }, 1, "flag provided but not defined: -rot\n  hint: did you "
		"mean --root?" },
	{ { "--root=", "list" }, 1, "the value of option --root is empty" },
	{ { "--log-format", "xml", "list" }, 1, "invalid value \"xml\" for flag -log-format\n  "
		"hint: one of: text json" },
	{ { "--log-level", "loud", "list" }, 1, "invalid value \"loud\" for flag -log-level\n  "
		"hint: one of: error warning info debug" },
	{ { "--cgroup-manager", "docker", "list" }, 1, "invalid value \"docker\" for flag "
		"-cgroup-manager\n  hint: one of: cgroupfs systemd disabled" },
	{ { "--rootless", "maybe", "list" }, 1, "invalid value \"maybe\" for flag -rootless\n  "
		"hint: one of: auto true false" },
	{ { "--debug=perhaps", "list" }, 1, "invalid boolean value \"perhaps\" for -debug: "
		"parse error" },
	{ { "--log", "/no/such/folder/log", "list" }, 1, "list: open the log "
		"/no/such/folder/log: No such file or directory" },
	{ { "--trace=xml", "create", "@" }, 1, "invalid value \"xml\" for flag -trace\n  hint: "
		"one of: table json" },
	{ { "--trip" }, 1, "option --trip requires an argument" },
	{ { "create" }, 1, "\"create\" requires exactly 1 argument(s)\n  hint: usage: caisson "
		"create [options] <container-id>" },
	{ { "create", "one", "two" }, 1, "\"create\" requires exactly 1 argument(s)\n  hint: "
		"usage: caisson create [options] <container-id>" },
	{ { "create", "--bundel", ".", "@" }, 1, "flag provided but not defined: -bundel\n  "
		"hint: did you mean --bundle?" },
	{ { "create", "--bundle" }, 1, "option --bundle requires an argument" },
	{ { "create", "--bundle", "/no/such/bundle", "@" }, 1, "create @: open the bundle "
		"/no/such/bundle: No such file or directory" },
	{ { "create", "--bundle", "/dev/null", "@" }, 1, "create @: open "
		"/dev/null/config.json: Not a directory" },
	{ { "create", "--config", "/no/such/config", "@" }, 1, "create @: open "
		"/no/such/config: No such file or directory\n  hint: `caisson spec` writes "
		"one; --bundle names the folder it is in" },
	{ { "create", "--preserve-fds", "x", "@" }, 1, "invalid value \"x\" for flag "
		"-preserve-fds: parse error" },
	{ { "create", "--preserve-fds", "-1", "@" }, 1, "invalid value \"-1\" for flag "
		"-preserve-fds: parse error" },
	{ { "create", "--pid-file", "/no/such/folder/pid", "@" }, 1, "create @: pid file: open "
		"the folder of the pid file /no/such/folder/pid: No such file or directory" },
	{ { "create", "--pidfd-socket", "/no/such/socket", "@" }, 1, "create @: pidfd socket: "
		"send the pidfd to the socket /no/such/socket: No such file or directory" },
	{ { "create", "" }, 1, "create: container id cannot be empty" },
	{ { "create", "a/b" }, 1, "create a/b: invalid container ID format: invalid character "
		"'/'\n  hint: letters, digits and _ + . - make an id, at most 255 of them, no dot "
		"in front" },
	{ { "create", ".." }, 1, "create ..: invalid container ID format\n  hint: letters, "
		"digits and _ + . - make an id, at most 255 of them, no dot in front" },
	{ { "create", "a b" }, 1, "create a b: invalid container ID format: invalid character "
		"' '\n  hint: letters, digits and _ + . - make an id, at most 255 of them, no dot "
		"in front" },
	{ { "create", "\xc3\xa9" }, 1, "create \xc3\xa9: invalid container ID format\n  hint: "
		"letters, digits and _ + . - make an id, at most 255 of them, no dot in front" },
	{ { "create", ".hidden" }, 1, "create .hidden: invalid container ID format\n  hint: "
		"letters, digits and _ + . - make an id, at most 255 of them, no dot in front" },
	{ { "run", "--detach=perhaps", "@" }, 1, "invalid boolean value \"perhaps\" for "
		"-detach: parse error" },
	{ { "exec", "@" }, 255, "exec @: container does not exist" },
	{ { "exec" }, 1, "\"exec\" requires a minimum of 1 argument(s)\n  hint: usage: caisson "
		"exec [options] <container-id> <command> [argument...]" },
	{ { "start" }, 1, "\"start\" requires exactly 1 argument(s)\n  hint: usage: caisson "
		"start <container-id>" },
	{ { "start", "../../etc" }, 1, "start ../../etc: invalid container ID format: "
		"invalid character '/'\n  hint: letters, digits and _ + . - make an id, at most 255 "
		"of them, no dot in front" },
	{ { "kill", "@", "TERM", "now" }, 1, "\"kill\" requires a maximum of 2 argument(s)\n  "
		"hint: usage: caisson kill [options] <container-id> [signal]" },
	{ { "delete", "--forec", "@" }, 1, "flag provided but not defined: -forec\n  hint: did "
		"you mean --force?" },
	{ { "list", "--format", "yaml" }, 1, "invalid value \"yaml\" for flag -format\n  hint: "
		"one of: table json" },
	{ { "list", "web" }, 1, "\"list\" requires exactly 0 argument(s)\n  hint: usage: "
		"caisson list [options]" },
	{ { "spec", "--bundle", "/no/such/bundle" }, 1, "spec: open the bundle "
		"/no/such/bundle: No such file or directory" },
	{ { "spec", "web" }, 1, "\"spec\" requires exactly 0 argument(s)\n  hint: usage: "
		"caisson spec [options]" },
	{ { "completion", "tcsh" }, 1, "completion: no completion for the shell tcsh\n  hint: "
		"one of: bash, zsh, fish" },
	{ { "help", "strat" }, 3, "help: No help topic for 'strat'" },
};

Test(badline, every_wrong_command_line_is_told_what_is_wrong)
{
	struct box *box = box_new();

	box_write(box);
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		const char *words[9] = { NULL };
		char wanted[1024];
		struct said said;

		for (unsigned k = 0; k < 8 && lines[i].words[k]; k++)
			words[k] = filled(lines[i].words[k], box);
		said = runtime_words(box, words);
		snprintf(wanted, sizeof wanted, "caisson: %s\n", filled(lines[i].message, box));
		cr_expect_eq(said.status, lines[i].status, "line %zu: %d", i, said.status);
		cr_expect_str_eq(said.err, wanted, "%s", said.err);
		cr_expect_str_eq(said.out, "");
	}
	cr_assert_null(boxes_left());
}

/* ---- configs ---------------------------------------------------------------------------- */

/* The table of the unit tests, all of it, through the whole program. */
Test(badline, every_wrong_config_is_told_what_is_wrong)
{
	struct box *box = box_new();
	char path[128], wanted[1024];

	snprintf(path, sizeof path, "%s/config.json", box->bundle);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		FILE *file = fopen(path, "we");
		struct said said;

		fputs(wrong[i].config, file);
		fclose(file);
		said = runtime(box, "create", box->id);
		snprintf(wanted, sizeof wanted, "caisson: create %s: %s", box->id,
			 wrong[i].message);
		cr_expect_eq(said.status, 1, "%s", wrong[i].config);
		cr_expect_eq(strncmp(said.err, wanted, strlen(wanted)), 0, "%s: %s",
			     wrong[i].config, said.err);
	}
	cr_assert_null(boxes_left());
}

/* What is said without line and column, which depend on the default config. */
static char *without_lines(const char *text)
{
	char *copy = strdup(text), *to = copy;

	while (*text) {
		if (!strncmp(text, "config.json:", 12) && text[12] >= '0' && text[12] <= '9') {
			to = stpcpy(to, "config.json");
			for (text += 11; *text == ':' && text[1] >= '0' && text[1] <= '9';)
				text += 1 + strspn(text + 1, "0123456789");
		} else {
			*to++ = *text++;
		}
	}
	*to = '\0';
	return copy;
}

/* A kernel with that security module has other words. */
static bool has_module_for(const char *path)
{
	return (strstr(path, "apparmor") && !access("/sys/kernel/security/apparmor", F_OK)) ||
	       (strstr(path, "selinux") && !access("/sys/fs/selinux", F_OK));
}

/* What only this host can know. One change of the default config, and the whole message. */
static const struct {
	const char *path, *json, *message;
} changes[] = {
	{ "root.path", "'nowhere'",
	  "open root file system ^/nowhere: No such file or directory (config.json: root.path)" },
	{ "root.path", "'config.json'",
	  "open root file system ^/config.json: Not a directory (config.json: root.path)" },
	{ "linux.namespaces[1].path", "'/no/such/namespace'",
	  "open the network namespace /no/such/namespace: No such file or directory "
		"(config.json: linux.namespaces[1].path)" },
	{ "linux.namespaces[1].path", "'/dev/null'",
	  "/dev/null is not a namespace (config.json: linux.namespaces[1].path)" },
	{ "linux.namespaces[1].path", "'/proc/self/ns/uts'",
	  "/proc/self/ns/uts is a uts namespace, not a network namespace (config.json: "
		"linux.namespaces[1].path)" },
	{ "mounts[+]", "{'destination': '/m', 'type': 'bind', 'source': '/no/such/source',"
	  " 'options': ['bind']}",
	  "mounts: open bind mount source /no/such/source: No such file or directory "
		"(config.json: mounts[7])" },
	{ "mounts[+]", "{'destination': '/m', 'type': 'nofs', 'source': 'x'}",
	  "mounts: mount nofs on /m: No such device (config.json: mounts[7])\n  hint: this "
		"kernel has no file system \"nofs\"; see /proc/filesystems" },
	{ "mounts[+]", "{'destination': '/m', 'type': 'tmpfs', 'source': 'x',"
	  " 'options': ['size=lots']}",
	  "mounts: mount tmpfs on /m: tmpfs: Bad value for 'size': Invalid argument "
		"(config.json: mounts[7])" },
	{ "mounts[+]", "{'destination': '/loop/m', 'type': 'tmpfs', 'source': 'x'}",
	  "mounts: make mount point /loop/m: Too many levels of symbolic links (config.json: "
		"mounts[7])" },
	{ "mounts[+]", "{'destination': '/etc/passwd', 'type': 'tmpfs', 'source': 'x'}",
	  "mounts: mount x on /etc/passwd: Invalid argument (config.json: mounts[7])\n"
		"  hint: /etc/passwd is a file, and a file system goes on a directory" },
	{ "process.apparmorProfile", "'no-such-profile'",
	  "\"no-such-profile\" cannot be applied: this kernel runs without AppArmor "
		"(config.json: process.apparmorProfile)\n  hint: leave the profile out, or "
		"boot with lsm=...,apparmor" },
	{ "process.selinuxLabel", "'a:b:c:d'",
	  "\"a:b:c:d\" cannot be applied: this kernel runs without SELinux (config.json: "
		"process.selinuxLabel)\n  hint: leave the label out, or boot with selinux=1 and a "
		"policy" },
	{ "linux.sysctl", "{'kernel.core_pattern': '|/evil'}",
	  "sysctl \"kernel.core_pattern\" is not in a separate kernel namespace (config.json: "
		"linux.sysctl[\"kernel.core_pattern\"])" },
	{ "linux.sysctl", "{'kernel.nonsense': '1'}",
	  "sysctl \"kernel.nonsense\" is not in a separate kernel namespace (config.json: "
		"linux.sysctl[\"kernel.nonsense\"])" },
	{ "linux.sysctl", "{'net.ipv4.nonsense': '1'}",
	  "sysctl: write sysctl net.ipv4.nonsense = \"1\": No such file or directory "
		"(config.json: linux.sysctl[\"net.ipv4.nonsense\"])" },
	{ "linux.sysctl", "{'kernel.msgmax': 'many'}",
	  "sysctl: write sysctl kernel.msgmax = \"many\": Invalid argument (config.json: "
		"linux.sysctl[\"kernel.msgmax\"])" },
	{ "linux.cgroupsPath", "'../../evil'",
	  "config.json: linux.cgroupsPath: \"..\" could leave the cgroup tree: \"../../evil\" "
		"(config.json)" },
	{ "linux.seccomp", "{'defaultAction': 'SCMP_ACT_ALLOW', 'architectures': ['SCMP_ARCH_VAX']}",
	  "config.json: linux.seccomp.architectures[0]: unknown value \"SCMP_ARCH_VAX\"; one "
		"of: SCMP_ARCH_X86, SCMP_ARCH_X86_64, SCMP_ARCH_X32, SCMP_ARCH_ARM, "
		"SCMP_ARCH_AARCH64, SCMP_ARCH_MIPS, SCMP_ARCH_MIPS64, SCMP_ARCH_MIPS64N32, "
		"SCMP_ARCH_MIPSEL, SCMP_ARCH_MIPSEL64, SCMP_ARCH_MIPSEL64N32, SCMP_ARCH_PPC, "
		"SCMP_ARCH_PPC64, SCMP_ARCH_PPC64LE, SCMP_ARCH_S390, SCMP_ARCH_S390X, "
		"SCMP_ARCH_PARISC, SCMP_ARCH_PARISC64, SCMP_ARCH_RISCV64, "
		"SCMP_ARCH_LOONGARCH64, SCMP_ARCH_M68K, SCMP_ARCH_SH, SCMP_ARCH_SHEB "
		"(config.json)\n  hint: architectures is: besides the native one" },
	{ "linux.seccomp", "{'defaultAction': 'SCMP_ACT_ALLOW', 'listenerPath': '/no/such/socket',"
	  " 'syscalls': [{'names': ['swapoff'], 'action': 'SCMP_ACT_NOTIFY'}]}",
	  "seccomp listener: failed to connect with seccomp agent at /no/such/socket: No such "
		"file or directory (config.json: linux.seccomp.listenerPath)" },
	{ "hooks.createRuntime[+].path", "'/no/such/hook'",
	  "createRuntime hooks: error running createRuntime hook #0: fork/exec /no/such/hook: "
		"no such file or directory (config.json: hooks.createRuntime[0])" },
	{ "hooks.createContainer[+].path", "'/etc'",
	  "createContainer hooks: error running createContainer hook #0: fork/exec /etc: "
		"permission denied (config.json: hooks.createContainer[0])" },
	{ "process.oomScoreAdj", "1001",
	  "config.json: process.oomScoreAdj: expected an integer from -1000 to 1000, got 1001 "
		"(config.json)\n  hint: oomScoreAdj is: /proc/PID/oom_score_adj" },
	{ "process.rlimits", "[{'type': 'RLIMIT_NOFILE', 'soft': 2, 'hard': 1}]",
	  "config.json: process.rlimits[0].soft: expected at most the hard limit, 1, got 2 "
		"(config.json)" },
	{ "process.rlimits", "[{'type': 'RLIMIT_NOFILE', 'soft': 1, 'hard': 9223372036854775807}]",
	  "rlimits: set RLIMIT_NOFILE to soft 1, hard 9223372036854775807: Operation not "
		"permitted (config.json: process.rlimits[0])\n  hint: raising a hard limit "
		"needs CAP_SYS_RESOURCE; this one is also bounded by /proc/sys/fs/nr_open" },
	{ "process.cwd", "'/etc/passwd'",
	  "cwd: make \"/etc/passwd\": Not a directory (config.json: process.cwd)" },
	{ "process.args", "['/no/such/program']",
	  "program: exec: \"/no/such/program\": stat /no/such/program: no such file or "
		"directory (config.json: process.args[0])" },
	{ "process.args", "['/etc/passwd']",
	  "program: exec: \"/etc/passwd\": permission denied (config.json: process.args[0])" },
	{ "process.scheduler", "{'policy': 'SCHED_FIFO', 'priority': 1000}",
	  "config.json: process.scheduler.priority: expected 1 to 99 with SCHED_FIFO, got 1000 "
		"(config.json)" },
	{ "linux.maskedPaths", "['/loop']",
	  "hide: mask /loop: Too many levels of symbolic links (config.json: "
		"linux.maskedPaths[0])" },
	{ "linux.devices", "[{'path': '/etc/passwd', 'type': 'c', 'major': 1, 'minor': 3}]",
	  "devices: /etc/passwd exists in the root file system and is not the device 1:3 "
		"(config.json: linux.devices[0])" },
	{ "linux.resources.pids.limit", "'many'",
	  "config.json: linux.resources.pids.limit: expected an integer, got \"many\" "
		"(config.json)\n  hint: limit is: tasks; 0 is a limit, -1 is none" },
};

Test(badline, what_this_host_does_not_have_is_told)
{
	struct box *box = box_new();
	json_t *right = json_deep_copy(box->config);
	char link[160], wanted[1024];

	snprintf(link, sizeof link, "%s/loop", box->rootfs);
	cr_assert_eq(symlink("loop", link), 0);
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		struct said said;
		const char *left;

		if (has_module_for(changes[i].path))
			continue;
		box->config = json_deep_copy(right);
		box_set(box, changes[i].path, "%s", changes[i].json);
		said = box_create(box);
		snprintf(wanted, sizeof wanted, "caisson: create %s: %s\n", box->id,
			 filled(changes[i].message, box));
		cr_expect_eq(said.status, 1, "%s: %s", changes[i].path, changes[i].json);
		cr_expect_str_eq(without_lines(said.err), wanted, "%s %s: %s", changes[i].path, changes[i].json,
				 said.err);
		if (said.status == 0)
			assert_ok(box_delete_force(box));
		left = boxes_left();
		cr_assert_null(left, "%s: %s: %s", changes[i].path, changes[i].json, left);
	}
}
