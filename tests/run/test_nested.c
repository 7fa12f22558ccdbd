/* test_nested.c -- a container in a container: the runtime on a host that is one itself. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lib/box.h"
#include "tests/lib/config.h"
#include "tests/lib/host.h"

TestSuite(nested, .init = boxes_open, .fini = boxes_close, .timeout = 120);

/* What `podman run --privileged` gives, but for the devices: every capability that a runtime needs,
 * a cgroup mount it may write to, a /proc with nothing hidden. */
static struct box *box_with_a_runtime(void)
{
	static const char capabilities[] =
		"['CAP_SYS_ADMIN', 'CAP_NET_ADMIN', 'CAP_SETUID', 'CAP_SETGID', 'CAP_SETPCAP', "
		"'CAP_SETFCAP', 'CAP_CHOWN', 'CAP_DAC_OVERRIDE', 'CAP_FOWNER', 'CAP_MKNOD', "
		"'CAP_SYS_CHROOT', 'CAP_KILL', 'CAP_SYS_PTRACE', 'CAP_AUDIT_WRITE', "
		"'CAP_NET_BIND_SERVICE']";
	static const char *const sets[] = { "bounding", "effective", "permitted" };
	/* What a build that is not static is linked with. */
	static const char *const libraries[] = { "/lib", "/lib64", "/usr/lib" };
	struct box *box = box_new();
	json_t *mounts = config_get(box->config, "mounts");
	char path[64];

	for (unsigned i = 0; i < 3; i++) {
		snprintf(path, sizeof path, "process.capabilities.%s", sets[i]);
		box_set(box, path, "%s", capabilities);
	}
	for (size_t i = json_array_size(mounts); i-- > 0;) {
		json_t *type = json_object_get(json_array_get(mounts, i), "type");

		if (!strcmp(json_string_value(type), "cgroup"))
			json_array_remove(mounts, i);
	}
	box_set(box, "mounts[+]", "{'destination': '/sys/fs/cgroup', 'type': 'cgroup', "
				  "'source': 'cgroup', 'options': ['nosuid', 'nodev', 'noexec']}");
	box_set(box, "mounts[+]", "{'destination': '/inner', 'type': 'tmpfs', 'source': 'tmpfs'}");
	box_set(box, "mounts[+]", "{'destination': '/inner/rootfs', 'type': 'bind', 'source': '%s',"
				  " 'options': ['bind']}", box->rootfs);
	box_set(box, "mounts[+]", "{'destination': '/inner/caisson', 'type': 'bind', 'source': '%s',"
				  " 'options': ['bind', 'ro']}", boxes_runtime());
	for (unsigned i = 0; i < sizeof libraries / sizeof *libraries; i++) {
		/* Root of a user namespace may not make it here. */
		snprintf(path, sizeof path, "%s/.keep", libraries[i]);
		box_file(box, path, 0644, "");
		box_set(box, "mounts[+]", "{'destination': '%s', 'type': 'bind', 'source': '%s', "
					  "'options': ['bind', 'ro']}", libraries[i], libraries[i]);
	}
	box_set(box, "linux.maskedPaths", "[]");
	box_set(box, "linux.readonlyPaths", "[]");
	return box;
}

/* Where the outer one has no say about cgroups the inner one has none, and cannot be paused. */
#define INNER(pause)                                                                            \
	"cd /inner && ./caisson spec && sed -i -e 's/\"terminal\": *true/\"terminal\": false/' " \
	"-e 's/^\\([ \\t]*\\)\"sh\"$/\\1\"sleep\", \"1000\"/' config.json && "                   \
	"r='./caisson --root /inner/state' && $r create in > log 2>&1 < /dev/null && "          \
	"$r start in && $r exec in cat /proc/self/cgroup | grep -c / && " pause                 \
	"$r delete --force in && $r list -q && find /sys/fs/cgroup -name in -type d || cat log"

/* The lines of /proc/self/cgroup are the hierarchies, inside as out here. */
static const char *inner_lines(void)
{
	static char lines[16];
	unsigned count = 0;

	for (const char *at = proc_text(getpid(), "cgroup"); *at; at++)
		count += *at == '\n';
	snprintf(lines, sizeof lines, "%u\n", count);
	return lines;
}

Test(nested, a_container_lives_in_a_privileged_one)
{
	struct box *box = box_with_a_runtime();

	box_shell(box, "%s", INNER("$r pause in && $r resume in && "));
	assert_prints(box_run(box), inner_lines());
}

Test(nested, a_container_lives_in_one_with_a_user_namespace)
{
	struct box *box = box_with_a_runtime();

	box_set(box, "linux.namespaces[+]", "{'type': 'user'}");
	box_set(box, "linux.uidMappings", "[{'containerID': 0, 'hostID': 100000, 'size': 65536}]");
	box_set(box, "linux.gidMappings", "[{'containerID': 0, 'hostID': 100000, 'size': 65536}]");
	box_file(box, "/inner/here", 0644, "");
	if (*file_text("/sys/fs/cgroup/cgroup.controllers"))
		box_shell(box, "%s", INNER("$r pause in && $r resume in && "));
	else
		box_shell(box, "%s", INNER(""));
	assert_prints(box_run(box), inner_lines());
}
