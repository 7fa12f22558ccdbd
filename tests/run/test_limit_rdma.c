/* test_limit_rdma.c -- handles and objects of an RDMA adapter: in the file, and refused beyond it.
 *
 * On a host with an adapter, be it one that is all software (rdma link add rxe0 type rxe netdev lo):
 * the guest with every controller has one. A handle is an open context (uverbs), which a process of
 * the test asks for from within the container's cgroup. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <rdma/ib_user_verbs.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/base/owned.h"
#include "tests/lib/config.h"
#include "tests/lib/host.h"
#include "tests/lib/limits.h"

TestSuite(limit_rdma, .init = boxes_open, .fini = boxes_close, .timeout = 120);

/* The only name in the folder that begins so; skips the test where there is none. */
static const char *name_in(const char *folder, const char *beginning)
{
	static char name[2][64];
	static unsigned turn;
	DIR *list = opendir(folder);
	struct dirent *entry;
	char *found = name[turn++ % 2];

	*found = '\0';
	while (list && (entry = readdir(list))) {
		if (entry->d_name[0] != '.' && !strncmp(entry->d_name, beginning, strlen(beginning)))
			snprintf(found, sizeof name[0], "%s", entry->d_name);
	}
	if (list)
		closedir(list);
	if (!*found)
		cr_skip("this host has no RDMA adapter");
	return found;
}

static const char *adapter(void)
{
	needs_controller("rdma");
	return name_in("/sys/class/infiniband", "");
}

static struct box *box_with(const char *limits)
{
	struct box *box = box_new();

	box_set(box, "linux.resources.rdma", "{'%s': %s}", adapter(), limits);
	box_args(box, "sleep", "1000");
	return box;
}

static const char *line_of(const char *rest)
{
	static char line[128];

	snprintf(line, sizeof line, "%s %s", adapter(), rest);
	return line;
}

Test(limit_rdma, handles_and_objects_are_in_the_file)
{
	struct box *box = box_with("{'hcaHandles': 3, 'hcaObjects': 10000}");

	assert_prints(box_create(box), "");
	cr_assert_str_eq(limit_text(box_pid(box), "rdma", "rdma.max", "rdma.max"),
			 line_of("hca_handle=3 hca_object=10000"));
}

Test(limit_rdma, what_is_not_named_has_no_limit)
{
	struct box *box = box_with("{'hcaObjects': 7}");

	assert_prints(box_create(box), "");
	cr_assert_str_eq(limit_text(box_pid(box), "rdma", "rdma.max", "rdma.max"),
			 line_of("hca_handle=max hca_object=7"));
}

Test(limit_rdma, update_changes_one_and_puts_it_back_when_something_else_is_refused)
{
	struct box *box = box_with("{'hcaHandles': 3, 'hcaObjects': 10000}");
	char command[512];
	pid_t pid = box_begin(box);

	snprintf(command, sizeof command, "echo '{\"rdma\":{\"%s\":{\"hcaHandles\":4}}}' | "
		 "%s --root %s update -r - %s", adapter(), boxes_runtime(), boxes_root(), box->id);
	cr_assert_eq(system(command), 0);
	cr_assert_str_eq(limit_text(pid, "rdma", "rdma.max", "rdma.max"),
			 line_of("hca_handle=4 hca_object=10000"));
	snprintf(command, sizeof command, "echo '{\"rdma\":{\"%s\":{\"hcaHandles\":5}},\"unified\":"
		 "{\"cgroup.max.depth\":\"deep\"}}' | %s --root %s update -r - %s 2>/dev/null", adapter(),
		 boxes_runtime(), boxes_root(), box->id);
	cr_assert_neq(system(command), 0);
	cr_assert_str_eq(limit_text(pid, "rdma", "rdma.max", "rdma.max"),
			 line_of("hca_handle=4 hca_object=10000"));
}

/* ---- acting ---------------------------------------------------------------------------------- */

/* The context belongs to the open file. Drivers answer with something of their own behind it. */
static int take_handle(const char *device)
{
	char path[96];
	__u64 answer[8] = { 0 };
	struct {
		struct ib_uverbs_cmd_hdr header;
		struct ib_uverbs_get_context body;
	} call = {
		.header = { IB_USER_VERBS_CMD_GET_CONTEXT, sizeof call / 4, sizeof answer / 4 },
		.body.response = (__u64)(uintptr_t)answer,
	};
	int file;

	snprintf(path, sizeof path, "/dev/infiniband/%s", device);
	file = open(path, O_RDWR | O_CLOEXEC);
	if (file < 0 || write(file, &call, sizeof call) != (ssize_t)sizeof call)
		return errno;
	return 0;
}

/* From a process in that cgroup: the errno of each of two, which it keeps as long as `until` is open. */
static pid_t take_two(const char *cgroup, const char *device, int until, int results[2])
{
	int said[2];
	char path[4096];
	pid_t pid;

	cr_assert_eq(pipe2(said, O_CLOEXEC), 0);
	snprintf(path, sizeof path, "%s/cgroup.procs", cgroup);
	fflush(NULL);
	pid = fork();
	if (!pid) {
		autoclose int procs = open(path, O_WRONLY | O_CLOEXEC);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (write(procs, "0", 1) != 1)
			_exit(1);
		results[0] = take_handle(device);
		results[1] = take_handle(device);
		(void)!write(said[1], results, 2 * sizeof *results);
		_exit(read(until, path, 1) < 0);
	}
	close(said[1]);
	cr_assert_eq(read(said[0], results, 2 * sizeof *results), 2 * (ssize_t)sizeof *results,
		     "it could not enter %s", path);
	close(said[0]);
	return pid;
}

Test(limit_rdma, who_takes_one_handle_too_many_is_refused_and_the_others_are_counted)
{
	struct box *box = box_with("{'hcaHandles': 1}");
	const char *device = name_in("/sys/class/infiniband_verbs", "uverbs");
	int until[2], results[2];
	struct said said;
	pid_t pid = box_begin(box), taker;
	json_t *line;

	cr_assert_eq(pipe2(until, O_CLOEXEC), 0);
	taker = take_two(cgroup_folder(pid, "rdma"), device, until[0], results);
	cr_expect_eq(results[0], 0, "%s", strerror(results[0]));
	cr_expect_eq(results[1], EAGAIN, "%s", strerror(results[1]));
	cr_expect_not_null(strstr(limit_text(pid, "rdma", "rdma.current", "rdma.current"),
				  line_of("hca_handle=1 ")));
	said = runtime(box, "events", "--stats", box->id);
	line = json_loads(said.out, JSON_DECODE_INT_AS_REAL, NULL);
	cr_assert_not_null(line, "%s", said.out);
	cr_expect_str_eq(json_string_value(config_get(line, "data.rdma_current[0].device")), adapter(),
			 "%s", said.out);
	cr_expect_eq(json_real_value(config_get(line, "data.rdma_current[0].hca_handles")), 1, "%s",
		     said.out);
	cr_expect_eq(json_real_value(config_get(line, "data.rdma_limit[0].hca_handles")), 1, "%s",
		     said.out);
	kill(taker, SIGKILL);
	waitpid(taker, NULL, 0);
}
