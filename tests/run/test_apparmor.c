/* test_apparmor.c -- profiles on a kernel that has AppArmor, loaded for the test and left loaded.
 *
 * Debian's kernels have it; tests/guest/run --kernel qemu boots one. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/lib/box.h"
#include "tests/lib/host.h"

TestSuite(apparmor, .init = boxes_open, .fini = boxes_close, .timeout = 300);

static const char profiles[] =
	"profile caisson-test flags=(attach_disconnected,mediate_deleted) {\n"
	"  file, capability, network, mount, umount, pivot_root, signal, ptrace, unix,\n"
	"  deny /secret r,\n"
	"}\n"
	"profile caisson-other flags=(attach_disconnected,mediate_deleted,complain) {\n"
	"  file, signal, ptrace, unix,\n"
	"}\n";

static void load_profiles(void)
{
	char path[128], command[256];
	FILE *file;

	snprintf(path, sizeof path, "%s/profiles", boxes_folder());
	file = fopen(path, "we");
	cr_assert_not_null(file);
	fputs(profiles, file);
	cr_assert_eq(fclose(file), 0);
	snprintf(command, sizeof command, "apparmor_parser --replace --skip-cache %s", path);
	cr_assert_eq(system(command), 0);
}

static struct box *box_confined(const char *profile)
{
	struct box *box;

	if (*file_text("/sys/module/apparmor/parameters/enabled") != 'Y')
		boxes_skip("this kernel runs without AppArmor");
	if (access("/sys/kernel/security/apparmor/.replace", F_OK) < 0)
		boxes_skip("profiles cannot be loaded here: there is no securityfs");
	if (system("command -v apparmor_parser > /dev/null") != 0)
		boxes_skip("apparmor_parser is not installed");
	load_profiles();
	box = box_new();
	box_file(box, "secret", 0644, "of the host\n");
	box_set(box, "process.apparmorProfile", "'%s'", profile);
	return box;
}

Test(apparmor, the_profile_is_in_force_at_execve)
{
	struct box *box = box_confined("caisson-test");

	box_shell(box, "cat /proc/self/attr/current; cat /secret 2>&1; id -u");
	assert_prints(box_run(box), "caisson-test (enforce)\n"
				    "cat: can't open '/secret': Permission denied\n0\n");
	box_set(box, "process.noNewPrivileges", "false");
	assert_prints(box_run(box), "caisson-test (enforce)\n"
				    "cat: can't open '/secret': Permission denied\n0\n");
}

Test(apparmor, the_profile_of_an_exec_is_the_containers_or_its_own)
{
	struct box *box = box_confined("caisson-test");

	box_args(box, "sleep", "1000");
	assert_ok(box_create(box));
	assert_ok(box_start(box));
	cr_assert_str_eq(proc_text(box_pid(box), "attr/current"), "caisson-test (enforce)\n");
	assert_prints(box_exec(box, "cat", "/proc/self/attr/current"), "caisson-test (enforce)\n");
	assert_prints(runtime(box, "exec", "--apparmor", "caisson-other", box->id, "cat",
			      "/proc/self/attr/current"),
		      "caisson-other (complain)\n");
	assert_prints(runtime(box, "exec", "--apparmor", "unconfined", box->id, "cat",
			      "/proc/self/attr/current", "/secret"),
		      "unconfined\nof the host\n");
	assert_fails(runtime(box, "exec", "--apparmor", "no-such-profile", box->id, "true"), 255,
		     "labels: write \"no-such-profile\" to "
		     "`/proc/thread-self/attr/apparmor/exec`: No such file or directory");
	cr_assert_str_eq(box_status(box), "running");
}

Test(apparmor, a_profile_that_is_not_loaded_undoes_the_create)
{
	struct box *box = box_confined("no-such-profile");
	struct said said = box_create(box);
	char wanted[512];

	snprintf(wanted, sizeof wanted,
		 "caisson: create %s: labels: write \"no-such-profile\" to "
		 "`/proc/thread-self/attr/apparmor/exec`: No such file or directory (config.json:",
		 box->id);
	cr_assert_eq(said.status, 1);
	cr_assert_eq(strncmp(said.err, wanted, strlen(wanted)), 0, "%s", said.err);
	cr_assert_not_null(strstr(said.err, ": process.apparmorProfile)\n  hint: no such profile is "
					    "loaded: see apparmor_parser(8)\n"), "%s", said.err);
	cr_assert_null(boxes_left());
}

Test(apparmor, a_profile_holds_in_a_user_namespace_and_for_a_user)
{
	struct box *box = box_confined("caisson-test");

	box_set(box, "linux.namespaces[+]", "{'type': 'user'}");
	box_set(box, "linux.uidMappings", "[{'containerID': 0, 'hostID': 100000, 'size': 65536}]");
	box_set(box, "linux.gidMappings", "[{'containerID': 0, 'hostID': 100000, 'size': 65536}]");
	box_set(box, "process.user", "{'uid': 1000, 'gid': 1000}");
	box_shell(box, "cat /proc/self/attr/current; id -u");
	assert_prints(box_run(box), "caisson-test (enforce)\n1000\n");
}
