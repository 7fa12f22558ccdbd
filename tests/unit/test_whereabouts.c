/* test_whereabouts.c -- directory and program in a root that an image made.
 *
 * Each test has a mount namespace of its own, in which /tmp is a new tmpfs and the root. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "runtime/identity.h"
#include "tests/unit/imageroot.h"

static struct arena arena;
TestSuite(whereabouts, .init = make_root, .timeout = 20);

static const char *cwd(void)
{
	static char path[256];

	return getcwd(path, sizeof path);
}

static int make_and_enter(const char *path)
{
	int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int result = identity_make_cwd(root, path);

	close(root);
	return result ? result : identity_cwd(path);
}

static void check_fault(const char *what, const char *path)
{
	cr_assert_str_eq(last_fault()->what, what);
	cr_assert_str_eq(last_fault()->path, path);
}

Test(whereabouts, a_directory_is_entered)
{
	cr_assert_eq(identity_cwd("/bin"), 0);
	cr_assert_str_eq(cwd(), "/bin");
	cr_assert_eq(make_and_enter("/"), 0);
	cr_assert_str_eq(cwd(), "/");
}

Test(whereabouts, missing_directories_are_made_whatever_the_umask)
{
	struct stat about;

	umask(077);
	cr_assert_eq(make_and_enter("/srv//a/../b/./c/"), 0, "%s", last_fault()->what);
	cr_assert_str_eq(cwd(), "/srv/b/c");
	cr_assert_eq(stat("/srv/a", &about), 0);
	cr_assert_eq(about.st_mode, S_IFDIR | 0755u);
	cr_assert_eq(umask(0), 077);
}

Test(whereabouts, a_root_elsewhere_can_have_them_made_too)
{
	int root = open("/etc", O_PATH | O_DIRECTORY | O_CLOEXEC);

	cr_assert_eq(symlink("/../srv", "/etc/link"), 0);
	cr_assert_eq(mkdir("/etc/srv", 0755), 0);
	cr_assert_eq(identity_make_cwd(root, "/link/../link/data"), 0, "%s", last_fault()->what);
	cr_assert_eq(access("/etc/srv/data", F_OK), 0);
	cr_assert_neq(access("/srv", F_OK), 0);
	close(root);
}

Test(whereabouts, entering_does_not_make_them)
{
	cr_assert_eq(identity_cwd("/srv"), -ENOENT);
	check_fault("enter \"/srv\": No such file or directory", "process.cwd");
}

Test(whereabouts, symlinks_stay_inside_and_are_not_filled_in)
{
	cr_assert_eq(symlink("/../../bin", "/link"), 0);
	cr_assert_eq(symlink("/nowhere", "/dangling"), 0);
	cr_assert_eq(make_and_enter("/link/new"), 0);
	cr_assert_str_eq(cwd(), "/bin/new");
	cr_assert_eq(make_and_enter("/dangling/x"), -ENOENT);
	cr_assert_neq(access("/nowhere", F_OK), 0);
}

Test(whereabouts, a_file_or_a_relative_path_is_refused)
{
	put("/file", "", 0644);
	cr_assert_eq(make_and_enter("/file"), -ENOTDIR);
	check_fault("make \"/file\": Not a directory", "process.cwd");
	cr_assert_eq(identity_cwd("/file"), -ENOTDIR);
	check_fault("enter \"/file\": Not a directory", "process.cwd");
	cr_assert_eq(make_and_enter("bin"), -EINVAL);
	check_fault("expected an absolute path, got \"bin\"", "process.cwd");
}

/* CVE-2024-21626. */
Test(whereabouts, a_leaked_descriptor_is_no_way_out)
{
	char path[64], wanted[256];

	snprintf(path, sizeof path, "/proc/self/fd/%d", host_folder);
	cr_assert_eq(make_and_enter(path), -ELOOP);
	snprintf(wanted, sizeof wanted,
		 "\"%s\" leads through too many symlinks or through a magic link of procfs, which "
		 "may leave the container",
		 path);
	check_fault(wanted, "process.cwd");
	cr_assert_eq(symlink(path, "/link"), 0);
	cr_assert_eq(identity_cwd("/link"), -ELOOP);
	cr_assert_eq(identity_cwd("/proc/self/root"), -ELOOP);
}

Test(whereabouts, a_directory_only_the_user_may_enter_says_so)
{
	mkdir("/private", 0700);
	cr_assert_eq(chown("/private", 5, 5), 0);
	cr_assert_eq(setresuid(1000, 1000, 1000), 0);
	cr_assert_eq(identity_cwd("/private"), -EACCES);
	check_fault("enter \"/private\": Permission denied", "process.cwd");
}

/* strings with one argument or variable, and the answer */
static int find(const char *program, const char *env, const char **path)
{
	static char args_text[256], env_text[256];
	char *args[] = { args_text, NULL }, *envs[] = { env_text, NULL };

	snprintf(args_text, sizeof args_text, "%s", program);
	snprintf(env_text, sizeof env_text, "%s", env);
	return identity_find_program(path, &(struct strings) { args, 1 },
				     &(struct strings) { envs, 1 }, &arena);
}

Test(whereabouts, a_plain_name_is_found_in_path)
{
	const char *path;

	mkdir("/opt", 0755);
	mkdir("/opt/tool", 0755);
	put("/bin/tool", "", 0644);
	put("/etc/tool", "", 0755);
	cr_assert_eq(find("tool", "PATH=/missing:/bin:/opt/:/etc", &path), 0);
	cr_assert_str_eq(path, "/etc/tool");
}

Test(whereabouts, the_last_path_of_env_counts)
{
	char first[] = "PATH=/bin", last[] = "PATH=/etc", name[] = "tool";
	char *args[] = { name, NULL }, *env[] = { first, last, NULL };
	const char *path;

	put("/bin/tool", "", 0755);
	put("/etc/tool", "", 0755);
	cr_assert_eq(identity_find_program(&path, &(struct strings) { args, 1 },
					   &(struct strings) { env, 2 }, &arena),
		     0);
	cr_assert_str_eq(path, "/etc/tool");
}

Test(whereabouts, a_name_not_in_path_has_gos_message)
{
	static const char *const envs[] = { "PATH=/bin", "PATH=", "HOME=/", "PATH=/bin/tool" };
	const char *path;

	put("/bin/tool", "", 0644);
	for (size_t i = 0; i < sizeof envs / sizeof *envs; i++) {
		cr_assert_eq(find("tool", envs[i], &path), -ENOENT);
		check_fault("exec: \"tool\": executable file not found in $PATH",
			    "process.args[0]");
	}
	cr_assert_eq(find("", "PATH=/bin", &path), -ENOENT);
	check_fault("exec: \"\": executable file not found in $PATH", "process.args[0]");
}

Test(whereabouts, a_program_of_the_current_directory_is_not_meant)
{
	const char *path;

	put("/bin/tool", "", 0755);
	cr_assert_eq(chdir("/bin"), 0);
	cr_assert_eq(find("tool", "PATH=/etc::/usr", &path), -EACCES);
	check_fault("exec: \"tool\": cannot run executable found relative to current directory",
		    "process.args[0]");
	cr_assert_eq(find("./tool", "", &path), 0);
	cr_assert_str_eq(path, "./tool");
}

Test(whereabouts, a_path_is_taken_as_it_is)
{
	const char *path;

	put("/bin/tool", "", 0755);
	cr_assert_eq(find("/bin/../bin/tool", "", &path), 0);
	cr_assert_str_eq(path, "/bin/../bin/tool");
	cr_assert_eq(find("/x", "", &path), -ENOENT);
	check_fault("exec: \"/x\": stat /x: no such file or directory", "process.args[0]");
	cr_assert_eq(find("/bin/tool/x", "", &path), -ENOTDIR);
	check_fault("exec: \"/bin/tool/x\": stat /bin/tool/x: not a directory", "process.args[0]");
	cr_assert_eq(find("/bin", "", &path), -EACCES);
	check_fault("exec: \"/bin\": permission denied: it is a directory", "process.args[0]");
	put("/bin/tool", "", 0644);
	cr_assert_eq(find("/bin/tool", "", &path), -EACCES);
	check_fault("exec: \"/bin/tool\": permission denied", "process.args[0]");
}

Test(whereabouts, permission_is_that_of_the_user)
{
	const char *path;

	put("/bin/tool", "", 0700);
	cr_assert_eq(find("/bin/tool", "", &path), 0);
	cr_assert_eq(setresuid(1000, 1000, 1000), 0);
	cr_assert_eq(find("/bin/tool", "", &path), -EACCES);
	check_fault("exec: \"/bin/tool\": permission denied", "process.args[0]");
}

/* CVE-2019-5736, CVE-2024-21626: /proc/self/exe is the runtime itself. */
Test(whereabouts, a_magic_link_is_no_program)
{
	const char *path;

	cr_assert_eq(find("/proc/self/exe", "", &path), -EACCES);
	check_fault("exec: \"/proc/self/exe\": permission denied: it leads through a magic link of "
		    "procfs, which may leave the container",
		    "process.args[0]");
	cr_assert_eq(symlink("/proc/self/exe", "/bin/tool"), 0);
	cr_assert_eq(find("tool", "PATH=/bin", &path), -ENOENT);
	cr_assert_eq(symlink("/loop", "/loop"), 0);
	cr_assert_eq(find("/loop", "", &path), -ELOOP);
	check_fault("exec: \"/loop\": stat /loop: too many levels of symbolic links",
		    "process.args[0]");
}

Test(whereabouts, no_arguments_are_an_error)
{
	const char *path;

	cr_assert_eq(identity_find_program(&path, &(struct strings) { 0 }, &(struct strings) { 0 },
					   &arena),
		     -EINVAL);
	check_fault("there is no program to run", "process.args");
}
