/* stage.c -- where containers are made: a mount namespace, a tmpfs, a bundle, a holder.
 *
 * runc gives the files it has as stdio to the container's user, the host's /dev/null too; so the
 * nodes of /dev are our own here. Everything is "shared", as on a host with systemd, but in this
 * namespace only. A holder is a process that has namespaces for containers to join. */
#include "tests/same/same.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/config.h"

struct stage stage;

char *stage_text(const char *path)
{
	size_t length = 0, room = 4096;
	char *text = calloc(1, room);
	FILE *file = fopen(path, "re");
	size_t got;

	while (file && (got = fread(text + length, 1, room - length - 1, file)) > 0) {
		length += got;
		if (length == room - 1)
			text = realloc(text, room *= 2);
	}
	text[length] = '\0';
	if (file)
		fclose(file);
	return text;
}

static void own_nodes(void)
{
	static const struct {
		const char *name;
		unsigned minor;
	} nodes[] = {
		{ "null", 3 }, { "zero", 5 }, { "full", 7 }, { "random", 8 }, { "urandom", 9 }
	};

	for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++) {
		char ours[128], host[32];

		snprintf(ours, sizeof ours, "%s/%s", stage.folder, nodes[i].name);
		snprintf(host, sizeof host, "/dev/%s", nodes[i].name);
		if (mknod(ours, S_IFCHR | 0666, makedev(1, nodes[i].minor)) == 0 &&
		    chmod(ours, 0666) == 0)
			mount(ours, host, NULL, MS_BIND, NULL);
	}
}

const char *stage_open(void)
{
	if (geteuid() != 0)
		return "only root can be host to these containers";
	umask(022);
	snprintf(stage.folder, sizeof stage.folder, "/tmp/same.XXXXXX");
	snprintf(stage.id, sizeof stage.id, "same-%d", getpid());
	if (!mkdtemp(stage.folder) || chmod(stage.folder, 0755) < 0)
		return "no directory can be made in /tmp";
	snprintf(stage.bundle, sizeof stage.bundle, "%s/bundle", stage.folder);
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("same", stage.folder, "tmpfs", 0, "mode=0755") < 0 ||
	    mkdir(stage.bundle, 0755) < 0)
		return "no mount namespace can be made here";
	own_nodes();
	mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	return NULL;
}

void stage_close(void)
{
	if (!stage.folder[0])
		return;
	umount2(stage.folder, MNT_DETACH);
	rmdir(stage.folder);
}

char *stage_words(const char *text)
{
	char holder[16], *result = NULL;
	const struct {
		const char *word, *value;
	} marks[] = { { "@DIR@", stage.bundle }, { "@ID@", stage.id }, { "@HOLDER@", holder } };
	size_t size;
	FILE *to = open_memstream(&result, &size);

	snprintf(holder, sizeof holder, "%d", stage.holder);
	while (*text) {
		size_t i = 0;

		while (i < 3 && strncmp(text, marks[i].word, strlen(marks[i].word)) != 0)
			i++;
		if (i < 3) {
			fputs(marks[i].value, to);
			text += strlen(marks[i].word);
		} else {
			fputc(*text++, to);
		}
	}
	fclose(to);
	return result;
}

static void write_text(const char *path, const char *text)
{
	int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	if (file < 0 || write(file, text, strlen(text)) < 0)
		fprintf(stderr, "cannot write %s: %s\n", path, strerror(errno));
	if (file >= 0)
		close(file);
}

static void hold(const char *kinds)
{
	static const struct {
		const char *name;
		unsigned long flag;
	} known[] = { { "net", CLONE_NEWNET },   { "ipc", CLONE_NEWIPC },
		      { "uts", CLONE_NEWUTS },   { "pid", CLONE_NEWPID },
		      { "user", CLONE_NEWUSER }, { "cgroup", CLONE_NEWCGROUP } };
	struct clone_args arguments = { .exit_signal = SIGCHLD };
	char path[64];

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		arguments.flags |= strstr(kinds, known[i].name) ? known[i].flag : 0;
	stage.holder = (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
	if (stage.holder == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (arguments.flags & CLONE_NEWUTS && sethostname("holder", 6) < 0)
			_exit(1);
		for (;;)
			pause();
	}
	if (!(arguments.flags & CLONE_NEWUSER))
		return;
	snprintf(path, sizeof path, "/proc/%d/uid_map", stage.holder);
	write_text(path, "0 100000 65536\n");
	snprintf(path, sizeof path, "/proc/%d/gid_map", stage.holder);
	write_text(path, "0 100000 65536\n");
}

static void copy_program(const char *from, const char *name)
{
	char path[160];
	int source = open(from, O_RDONLY | O_CLOEXEC), to;

	snprintf(path, sizeof path, "%s/rootfs/%s", stage.bundle, name);
	to = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	if (source < 0 || to < 0)
		fprintf(stderr, "cannot copy %s: %s\n", from, strerror(errno));
	while (sendfile(to, source, NULL, 1 << 30) > 0)
		;
	close(source);
	close(to);
}

static void make_rootfs(const char *probe)
{
	static const char *const folders[] = { "rootfs",     "rootfs/bin",  "rootfs/dev",
					       "rootfs/etc", "rootfs/proc", "rootfs/sys",
					       "rootfs/tmp", "rootfs/home", "facts" };
	char path[160];

	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		snprintf(path, sizeof path, "%s/%s", stage.bundle, folders[i]);
		mkdir(path, 0755);
	}
	chmod(path, 0777); /* facts: hooks may run as anybody */
	snprintf(path, sizeof path, "%s/rootfs/etc/passwd", stage.bundle);
	write_text(path, "root:x:0:0:root:/root:/bin/sh\ntester:x:1000:1000::/home:/bin/sh\n");
	snprintf(path, sizeof path, "%s/rootfs/etc/group", stage.bundle);
	write_text(path, "root:x:0:\ntester:x:1000:\n");
	copy_program(probe, "probe");
	copy_program("/bin/busybox", "bin/busybox");
}

void stage_bundle(const struct bundle *bundle, const json_t *base, const char *probe)
{
	char path[128], *line;
	json_t *config;

	mount("same", stage.bundle, "tmpfs", 0, "mode=0755");
	make_rootfs(probe);
	if (bundle->holder)
		hold(bundle->holder);
	if (bundle->prepare) {
		line = stage_words(bundle->prepare);
		if (chdir(stage.bundle) < 0 || system(line) != 0)
			fprintf(stderr, "%s: cannot prepare: %s\n", bundle->name, line);
		free(line);
	}
	config = bundle_config(bundle, base);
	/* Something that stays while the probe is run beside it. */
	if (bundle->exec || bundle->updates[0])
		config_set(config, "process.args",
			   config_parse("['/bin/busybox', 'sleep', '100']"));
	snprintf(path, sizeof path, "%s/config.json", stage.bundle);
	json_dump_file(config, path, JSON_INDENT(2));
	json_decref(config);
}

/* Neither removes the parents of a deep cgroupsPath. Those of one ID, deepest first. */
static int remove_cgroup(const char *path, const struct stat *about, int kind, struct FTW *walk)
{
	(void)about, (void)walk;
	return kind == FTW_DP ? rmdir(path) : 0;
}

static void remove_cgroups(void)
{
	static const char *const places[] = { "", "*/" };
	char pattern[96];
	glob_t found;

	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		snprintf(pattern, sizeof pattern, "/sys/fs/cgroup/%s%s*", places[i], stage.id);
		if (glob(pattern, GLOB_NOSORT, NULL, &found) != 0)
			continue;
		for (size_t at = 0; at < found.gl_pathc; at++)
			nftw(found.gl_pathv[at], remove_cgroup, 8, FTW_DEPTH | FTW_PHYS);
		globfree(&found);
	}
}

void stage_clear(void)
{
	remove_cgroups();
	if (stage.holder > 0) {
		kill(stage.holder, SIGKILL);
		waitpid(stage.holder, NULL, 0);
	}
	stage.holder = 0;
	if (chdir("/") == 0)
		umount2(stage.bundle, MNT_DETACH);
}
