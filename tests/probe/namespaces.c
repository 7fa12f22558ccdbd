/* namespaces.c -- the probe's fifth part: what the eight kinds of namespaces show from inside. */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "probe.h"

static void kinds(void)
{
	static const char *const names[] = { "cgroup",
					     "ipc",
					     "mnt",
					     "net",
					     "pid",
					     "time",
					     "user",
					     "uts",
					     "pid_for_children",
					     "time_for_children" };
	char target[64];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		fact(named("namespace.%s", names[i]), "%s",
		     readlink(named("/proc/self/ns/%s", names[i]), target, sizeof target) < 0
			     ? error_name(errno)
			     : "present");
}

/* Every line of a file of /proc/self, numbered, runs of blanks as one. */
static void lines(const char *file)
{
	char *text = slurp(named("/proc/self/%s", file)), *line, *save = NULL;
	unsigned number = 0;

	if (!text) {
		fact(named("%s", file), "%s", error_name(errno));
		return;
	}
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *to = line;

		for (char *from = line; *from; from++) {
			if (*from != ' ' || (to > line && to[-1] != ' '))
				*to++ = *from;
		}
		*to = '\0';
		fact(named("%s[%02u]", file, number++), "%s", line);
	}
	if (!number)
		fact(named("%s", file), "empty");
}

/* v1 numbers its hierarchies in the order of mounting; names tell them apart. */
static void cgroups(void)
{
	char *text = slurp("/proc/self/cgroup"), *line, *save = NULL;

	if (!text)
		fact("cgroup", "%s", error_name(errno));
	for (line = text ? strtok_r(text, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save)) {
		char *controllers = strchr(line, ':'), *path;

		path = controllers ? strchr(controllers + 1, ':') : NULL;
		if (!path)
			continue;
		*path = '\0';
		fact(named("cgroup[%s]", controllers + 1), "%s", path + 1);
	}
}

static void network(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct if_nameindex *all = if_nameindex();
	struct ifreq request = { .ifr_name = "lo" };

	for (struct if_nameindex *one = all; one && one->if_name; one++) {
		snprintf(request.ifr_name, sizeof request.ifr_name, "%s", one->if_name);
		if (ioctl(fd, SIOCGIFFLAGS, &request) < 0)
			fact(named("net[%s]", one->if_name), "%s", error_name(errno));
		else
			fact(named("net[%s]", one->if_name), "%s%s, flags %x",
			     request.ifr_flags & IFF_UP ? "up" : "down",
			     request.ifr_flags & IFF_RUNNING ? ", running" : "",
			     (unsigned short)request.ifr_flags);
		if (ioctl(fd, SIOCGIFMTU, &request) == 0)
			fact(named("net[%s].mtu", one->if_name), "%d", request.ifr_mtu);
	}
	close(fd);
}

static void names(void)
{
	struct utsname about;

	uname(&about);
	fact("hostname", "%s", about.nodename);
	fact("domainname", "%s", about.domainname);
	fact("machine", "%s", about.machine);
}

void probe_namespaces(void)
{
	kinds();
	cgroups();
	network();
	names();
	lines("uid_map");
	lines("gid_map");
	lines("setgroups");
	lines("timens_offsets");
	lines("net/if_inet6");
}
