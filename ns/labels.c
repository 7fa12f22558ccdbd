/* labels.c -- AppArmor and SELinux: the label the workload gets at execve(2).
 *
 * Both are asked by writing to the writer's own attributes in procfs (proc(5), proc_pid_attr(5));
 * the label waits there and takes effect at the next execve. Since a container could have put
 * something else in the place of these files (CVE-2019-16884, CVE-2019-19921, CVE-2025-52881), they
 * are reached through a procfs of our own, without leaving it and without magic links.
 *
 * AppArmor has a folder of its own since Linux 5.8, because attr/exec belongs to whichever major
 * security module is first. Does not load profiles and does not label files: mountLabel is an
 * option of each mount. */
#include "ns/labels.h"

#include <errno.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

/* Profile names are paths at times; contexts are longer than they look with many categories. */
enum { label_bytes = 4096 };

static bool asks(const char *label)
{
	return label && *label;
}

static bool apparmor_enabled(void)
{
	autoclose int module =
		open("/sys/module/apparmor/parameters", O_PATH | O_DIRECTORY | O_CLOEXEC);
	char enabled[8];

	return module >= 0 && read_small(module, "enabled", enabled, sizeof enabled) > 0 &&
	       enabled[0] == 'Y';
}

/* Why SELinux takes no label, or NULL. As libselinux judges: a kernel that has SELinux, but no
 * selinuxfs mounted, has no policy either. Until one is loaded there are no classes in it, of which
 * every policy has this; every label would be "kernel". */
static const char *selinux_lacks(void)
{
	struct statfs about;

	if (statfs("/sys/fs/selinux", &about) < 0 || about.f_type != SELINUX_MAGIC)
		return "this kernel runs without SELinux";
	return access("/sys/fs/selinux/class/process", F_OK) ? "SELinux has no policy loaded" : NULL;
}

int ns_check_labels(const char *apparmor_profile, const char *selinux_label)
{
	const char *lacking;

	if (asks(apparmor_profile) && strcmp(apparmor_profile, "unconfined") != 0 &&
	    !apparmor_enabled())
		return advise(blame(refuse(ENOTSUP,
					   "\"%s\" cannot be applied: this kernel runs without "
					   "AppArmor",
					   apparmor_profile),
				    "process.apparmorProfile"),
			      "leave the profile out, or boot with lsm=...,apparmor");
	lacking = asks(selinux_label) ? selinux_lacks() : NULL;
	if (lacking)
		return advise(blame(refuse(ENOTSUP, "\"%s\" cannot be applied: %s", selinux_label,
					   lacking),
				    "process.selinuxLabel"),
			      "leave the label out, or boot with selinux=1 and a policy");
	return 0;
}

bool ns_mount_label_counts(const char *mount_label)
{
	const char *lacking = asks(mount_label) ? selinux_lacks() : NULL;

	if (lacking)
		warn("linux.mountLabel: \"%s\" is left out: %s", mount_label, lacking);
	return asks(mount_label) && !lacking;
}

/* "thread-self" is a plain symlink of procfs, so symlinks are let pass here and nothing else. */
static int open_attribute(int proc, const char *name, int flags)
{
	char path[64];

	snprintf(path, sizeof path, "thread-self/attr/%s", name);
	return open_how(proc, path, flags, 0,
			RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV);
}

static int write_attribute(int proc, const char *name, const char *text)
{
	autoclose int fd = open_attribute(proc, name, O_WRONLY);
	ssize_t put;

	if (fd < 0)
		return fd;
	/* One write(2): each is a request of its own. */
	put = write(fd, text, strlen(text));
	if (put < 0)
		return -errno;
	return (size_t)put == strlen(text) ? 0 : -EIO;
}

static int read_attribute(int proc, const char *name, char *text, size_t size)
{
	autoclose int fd = open_attribute(proc, name, O_RDONLY);
	ssize_t got;

	if (fd < 0)
		return fd;
	got = read(fd, text, size - 1);
	if (got < 0)
		return -errno;
	text[got] = '\0';
	return (int)got;
}

/* The kernel may spell a label its own way: AppArmor adds the mode, " (enforce)", and rewrites
 * namespaces (:ns:a) and stacks (a//&b); SELinux sorts categories. So these two compare what is
 * left alone: the profile's name, or user, role and type. */
static bool apparmor_agrees(const char *found, const char *profile)
{
	size_t length = strlen(profile);

	if (profile[0] == ':' || profile[0] == '&' || strstr(profile, "//&"))
		return *found != '\0';
	return !strncmp(found, profile, length) && (!found[length] || strchr(" \n", found[length]));
}

static bool selinux_agrees(const char *found, const char *label)
{
	size_t length = 0;

	for (int colons = 0; label[length]; length++) {
		if (label[length] == ':' && ++colons == 3)
			break;
	}
	return !strncmp(found, label, length) && (!found[length] || strchr(":\n", found[length]));
}

/* Backticks and the file's full name: podman knows a refused label by them. */
static int label_failed(int error, const char *name, const char *label)
{
	int result = fail(error, "write \"%s\" to `/proc/thread-self/attr/%s`", label, name);

	if (error == -ENOENT && strstr(name, "apparmor"))
		return advise(result, "no such profile is loaded: see apparmor_parser(8)");
	return result;
}

static int not_kept(const char *name, const char *label, const char *found)
{
	return refuse(EPERM, "`/proc/thread-self/attr/%s` holds \"%.*s\" instead of \"%s\"", name,
		      (int)strcspn(found, "\n"), found, label);
}

static bool has_attribute(int proc, const char *name)
{
	autoclose int fd = open_attribute(proc, name, O_PATH);

	return fd >= 0;
}

static int set_apparmor(const char *profile, int proc)
{
	bool own_folder = has_attribute(proc, "apparmor");
	const char *name = own_folder ? "apparmor/exec" : "exec";
	char text[label_bytes], found[label_bytes] = "";
	int result;

	/* Being unconfined without AppArmor is no wish left open. The files tell nothing, they
	 * exist wherever it is compiled in; only AppArmor itself answers a read. */
	if (!strcmp(profile, "unconfined") &&
	    read_attribute(proc, own_folder ? "apparmor/current" : "current", found,
			   sizeof found) <= 0)
		return 0;
	if (snprintf(text, sizeof text, "exec %s", profile) >= (int)sizeof text)
		return refuse(ENAMETOOLONG, "the profile's name is too long");
	result = write_attribute(proc, name, text);
	if (result)
		return label_failed(result, name, profile);
	result = read_attribute(proc, name, found, sizeof found);
	if (result < 0)
		return fail(result, "read `/proc/thread-self/attr/%s`", name);
	return apparmor_agrees(found, profile) ? 0 : not_kept(name, profile, found);
}

static int set_selinux(const char *label, int proc)
{
	char found[label_bytes] = "";
	int result = write_attribute(proc, "exec", label);

	if (result)
		return label_failed(result, "exec", label);
	result = read_attribute(proc, "exec", found, sizeof found);
	if (result < 0)
		return fail(result, "read `/proc/thread-self/attr/exec`");
	return selinux_agrees(found, label) ? 0 : not_kept("exec", label, found);
}

int ns_set_labels(const char *apparmor_profile, const char *selinux_label, int proc)
{
	int result = 0;

	if (asks(selinux_label))
		result = blame(set_selinux(selinux_label, proc), "process.selinuxLabel");
	if (!result && asks(apparmor_profile))
		result = blame(set_apparmor(apparmor_profile, proc), "process.apparmorProfile");
	return result;
}

int ns_set_key_label(const char *selinux_label, int proc)
{
	/* To SELinux an empty line is no label; a write of no bytes may not reach it. */
	const char *text = asks(selinux_label) ? selinux_label : "\n";
	int result = write_attribute(proc, "keycreate", text);

	if (result)
		return blame(label_failed(result, "keycreate", selinux_label ? selinux_label : ""),
			     "process.selinuxLabel");
	return 0;
}
