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
			snprintf(found, sizeof name[0], "%.63s", entry->d_name);
	}
	if (list)
		closedir(list);
	if (!*found)
		boxes_skip("this host has no RDMA adapter");
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

/* Older kernels (6.1) end each line with a blank. */
static void assert_limit(pid_t pid, const char *wanted)
{
	char *text = (char *)limit_text(pid, "rdma", "rdma.max", "rdma.max"), line[128];
	size_t length = strlen(text);

	while (length && text[length - 1] == ' ')
		text[--length] = '\0';
	snprintf(line, sizeof line, "%s %s", adapter(), wanted);
	cr_assert_str_eq(text, line);
}

Test(limit_rdma, handles_and_objects_are_in_the_file)
{
	struct box *box = box_with("{'hcaHandles': 3, 'hcaObjects': 10000}");

	assert_prints(box_create(box), "");
	assert_limit(box_pid(box), "hca_handle=3 hca_object=10000");
}

Test(limit_rdma, what_is_not_named_has_no_limit)
{
	struct box *box = box_with("{'hcaObjects': 7}");

	assert_prints(box_create(box), "");
	assert_limit(box_pid(box), "hca_handle=max hca_object=7");
}

Test(limit_rdma, update_changes_one_and_puts_it_back_when_something_else_is_refused)
{
	struct box *box = box_with("{'hcaHandles': 3, 'hcaObjects': 10000}");
	char command[512];
	pid_t pid = box_begin(box);

	snprintf(command, sizeof command, "echo '{\"rdma\":{\"%s\":{\"hcaHandles\":4}}}' | "
		 "%s --root %s update -r - %s", adapter(), boxes_runtime(), boxes_root(), box->id);
	cr_assert_eq(system(command), 0);
	assert_limit(pid, "hca_handle=4 hca_object=10000");
	snprintf(command, sizeof command, "echo '{\"rdma\":{\"%s\":{\"hcaHandles\":5}},\"unified\":"
		 "{\"cgroup.max.depth\":\"deep\"}}' | %s --root %s update -r - %s 2>/dev/null", adapter(),
		 boxes_runtime(), boxes_root(), box->id);
	cr_assert_neq(system(command), 0);
	assert_limit(pid, "hca_handle=4 hca_object=10000");
}

/* ---- acting ---------------------------------------------------------------------------------- */

/* Of an open device, which the context belongs to. Drivers answer with something of their own behind
 * what all of them say. */
static int take_handle(int device)
{
	__u64 answer[8] = { 0 };
	struct {
		struct ib_uverbs_cmd_hdr header;
		struct ib_uverbs_get_context body;
	} call = {
		.header = { IB_USER_VERBS_CMD_GET_CONTEXT, sizeof call / 4, sizeof answer / 4 },
		.body.response = (__u64)(uintptr_t)answer,
	};

	return write(device, &call, sizeof call) == (ssize_t)sizeof call ? 0 : errno;
}

/* A process that goes there, asks twice, says what errno it got each time, and stays. It has opened
 * the device before: there it may not, and only who has opened it may ask. */
static pid_t take_two(const char *cgroup, const char *device, int results[2])
{
	char path[4096], node[96];
	int said[2];
	pid_t pid;

	cr_assert_eq(pipe2(said, O_CLOEXEC), 0);
	snprintf(path, sizeof path, "%s/cgroup.procs", cgroup);
	snprintf(node, sizeof node, "/dev/infiniband/%s", device);
	fflush(NULL);
	pid = fork();
	if (!pid) {
		const int devices[] = { open(node, O_RDWR | O_CLOEXEC),
					open(node, O_RDWR | O_CLOEXEC) };
		autoclose int procs = open(path, O_WRONLY | O_CLOEXEC);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (write(procs, "0", 1) != 1)
			_exit(1);
		for (unsigned i = 0; i < 2; i++)
			results[i] = take_handle(devices[i]);
		(void)!write(said[1], results, 2 * sizeof *results);
		for (;;)
			pause();
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
	int results[2];
	char held[96];
	struct said said;
	pid_t pid = box_begin(box), taker;
	json_t *line;

	snprintf(held, sizeof held, "%s hca_handle=1 ", adapter());
	taker = take_two(cgroup_folder(pid, "rdma"), device, results);
	cr_expect_eq(results[0], 0, "%s", strerror(results[0]));
	cr_expect_eq(results[1], EAGAIN, "%s", strerror(results[1]));
	cr_expect_not_null(strstr(limit_text(pid, "rdma", "rdma.current", "rdma.current"), held));
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
