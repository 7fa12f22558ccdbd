/* names.c -- hostname, domainname and sysctls: what a namespace calls itself.
 *
 * /proc/sys is only partly namespaced. A sysctl is allowed if the kernel keeps it per namespace
 * and the container has that namespace for itself; every other one would change the host
 * (CVE-2022-0811 smuggled in kernel.core_pattern by its spelling, so spelling is settled first).
 *
 * Does not open the procfs it writes to (procfs.c). */
#include "ns/names.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ns/kinds.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"

enum { name_max = 64 }; /* __NEW_UTS_LEN, include/uapi/linux/utsname.h */

static const struct {
	const char *path; /* with a slash at its end: everything below it */
	int namespace;
} namespaced[] = {
	{ "kernel/msgmax", CLONE_NEWIPC },     { "kernel/msgmnb", CLONE_NEWIPC },
	{ "kernel/msgmni", CLONE_NEWIPC },     { "kernel/sem", CLONE_NEWIPC },
	{ "kernel/shmall", CLONE_NEWIPC },     { "kernel/shmmax", CLONE_NEWIPC },
	{ "kernel/shmmni", CLONE_NEWIPC },     { "kernel/shm_rmid_forced", CLONE_NEWIPC },
	{ "fs/mqueue/", CLONE_NEWIPC },	       { "net/", CLONE_NEWNET },
	{ "kernel/domainname", CLONE_NEWUTS }, { "user/", CLONE_NEWUSER },
};

/* "net.ipv4.ip_forward" and "net/ipv4/conf/eth0.1/forwarding": whichever separator comes first is
 * the one, and the other stands for itself (sysctl.d(5)). Gives the path below /proc/sys. */
static int path_of(const char *key, char *path, size_t size)
{
	size_t first = strcspn(key, "./");
	char separator = key[first];
	char *component;

	if (strlen(key) >= size)
		return refuse(ENAMETOOLONG, "sysctl \"%.64s...\" is longer than any", key);
	strcpy(path, key);
	for (char *at = path; separator == '.' && *at; at++)
		*at = *at == '.' ? '/' : *at == '/' ? '.' : *at;
	for (component = path;; component += strcspn(component, "/") + 1) {
		size_t length = strcspn(component, "/");

		if (!length || (length <= 2 && !strncmp(component, "..", length)))
			return refuse(EINVAL, "sysctl \"%s\" is not a name below /proc/sys", key);
		if (!component[length])
			return 0;
	}
}

static const struct spec_namespace *namespace_of(const struct spec *spec, int type)
{
	for (size_t i = 0; i < spec->linux.namespaces.count; i++) {
		if (spec->linux.namespaces.at[i].type == type)
			return &spec->linux.namespaces.at[i];
	}
	return NULL;
}

/* Joining the namespace we are in by its path is no namespace of its own. */
static bool has_own(const struct spec *spec, int type)
{
	const struct spec_namespace *namespace = namespace_of(spec, type);
	struct stat theirs, ours;
	char path[64];

	if (!namespace || !namespace->path)
		return namespace;
	snprintf(path, sizeof path, "/proc/self/ns/%s", ns_kind_of(type)->file);
	if (stat(namespace->path, &theirs) < 0 || stat(path, &ours) < 0)
		return false;
	return theirs.st_ino != ours.st_ino || theirs.st_dev != ours.st_dev;
}

static int check_sysctl(const struct spec *spec, const char *key, const char *value)
{
	char path[PATH_MAX];
	int result = path_of(key, path, sizeof path);

	if (result)
		return result;
	if (!strcmp(path, "kernel/hostname"))
		return refuse(EINVAL,
			      "sysctl \"%s\" is not allowed as it conflicts with the OCI "
			      "\"hostname\" field",
			      key);
	if (!strcmp(path, "kernel/domainname") && spec->domainname &&
	    strcmp(value, spec->domainname))
		return refuse(EINVAL, "sysctl \"%s\" is \"%s\", but domainname is \"%s\"", key,
			      value, spec->domainname);
	for (size_t i = 0; i < sizeof namespaced / sizeof *namespaced; i++) {
		size_t length = strlen(namespaced[i].path);
		bool tree = namespaced[i].path[length - 1] == '/';

		if (strncmp(path, namespaced[i].path, length) || (!tree && path[length]))
			continue;
		if (has_own(spec, namespaced[i].namespace))
			return 0;
		return refuse(EINVAL, "sysctl \"%s\" is not allowed in the hosts %s namespace", key,
			      ns_kind_of(namespaced[i].namespace)->name);
	}
	return refuse(EINVAL, "sysctl \"%s\" is not in a separate kernel namespace", key);
}

int ns_check_sysctls(const struct spec *spec)
{
	for (size_t i = 0; i < spec->linux.sysctl.count; i++) {
		const char *key = spec->linux.sysctl.at[i].key;
		int result = check_sysctl(spec, key, spec->linux.sysctl.at[i].value);

		if (result)
			return blame(result, "linux.sysctl[\"%s\"]", key);
	}
	return 0;
}

int ns_set_hostname(const char *name)
{
	if (strlen(name) > name_max)
		return blame(refuse(EINVAL, "hostname is longer than %d bytes", name_max),
			     "hostname");
	if (sethostname(name, strlen(name)) < 0)
		return blame(fail(errno, "set hostname %s", name), "hostname");
	return 0;
}

int ns_set_domainname(const char *name)
{
	if (strlen(name) > name_max)
		return blame(refuse(EINVAL, "domainname is longer than %d bytes", name_max),
			     "domainname");
	if (setdomainname(name, strlen(name)) < 0)
		return blame(fail(errno, "set domainname %s", name), "domainname");
	return 0;
}

int ns_set_sysctls(const struct pairs *sysctl, int proc)
{
	for (size_t i = 0; i < sysctl->count; i++) {
		const char *key = sysctl->at[i].key, *value = sysctl->at[i].value;
		char path[PATH_MAX] = "sys/";
		int result = path_of(key, path + 4, sizeof path - 4);

		if (!result) {
			result = write_small(proc, path, value);
			if (result)
				result = fail(result, "write sysctl %s = \"%s\"", key, value);
		}
		if (result)
			return blame(result, "linux.sysctl[\"%s\"]", key);
	}
	return 0;
}
