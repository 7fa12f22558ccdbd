/* test_limit_disk.c -- weights and throttles of disks, on a loop device of the test's own. */
#include <stdio.h>
#include <sys/sysmacros.h>

#include "runtime/base/clock.h"
#include "tests/lib/host.h"
#include "tests/lib/limits.h"

enum { blocks = 30 };

/* The file of the test's own disk, if that has been given another scheduler. */
static char scheduled[96];

static void schedule(dev_t disk, const char *scheduler)
{
	FILE *file;

	snprintf(scheduled, sizeof scheduled, "/sys/dev/block/%u:%u/queue/scheduler", major(disk),
		 minor(disk));
	file = strstr(file_text("%s", scheduled), scheduler) ? fopen(scheduled, "we") : NULL;
	if (!file)
		return;
	fputs(scheduler, file);
	fclose(file);
}

/* The next who has a loop device of that number wants no scheduler. */
static void let_go(void)
{
	FILE *file = *scheduled ? fopen(scheduled, "we") : NULL;

	if (file) {
		fputs("none", file);
		fclose(file);
	}
	boxes_close();
}

TestSuite(limit_disk, .init = boxes_open, .fini = let_go, .timeout = 120);

static const char *disk_controller(void)
{
	if (host_has_v1_controller("blkio"))
		return "blkio";
	needs_controller("io");
	return "io";
}

/* A box that may use the device as /dev/disk. */
static struct box *box_with(dev_t disk)
{
	struct box *box = box_new();

	box_set(box, "linux.devices[+]",
		"{'type': 'b', 'path': '/dev/disk', 'major': %u, 'minor': %u}", major(disk),
		minor(disk));
	box_set(box, "linux.resources.devices[+]",
		"{'allow': true, 'type': 'b', 'major': %u, 'minor': %u, 'access': 'rw'}",
		major(disk), minor(disk));
	return box;
}

static void set_rate(struct box *box, const char *field, dev_t disk, unsigned rate)
{
	char path[64];

	snprintf(path, sizeof path, "linux.resources.blockIO.%s[+]", field);
	box_set(box, path, "{'major': %u, 'minor': %u, 'rate': %u}", major(disk), minor(disk),
		rate);
}

/* The line of the device, without its number. */
static const char *line_of(dev_t disk, const char *text)
{
	char number[32];
	const char *line;

	snprintf(number, sizeof number, "%u:%u ", major(disk), minor(disk));
	line = strstr(text, number);
	return line ? line + strlen(number) : "";
}

Test(limit_disk, throttles_are_in_the_files)
{
	static const struct {
		const char *field, *file;
	} rows[] = {
		{ "throttleReadBpsDevice", "blkio.throttle.read_bps_device" },
		{ "throttleWriteBpsDevice", "blkio.throttle.write_bps_device" },
		{ "throttleReadIOPSDevice", "blkio.throttle.read_iops_device" },
		{ "throttleWriteIOPSDevice", "blkio.throttle.write_iops_device" },
	};
	const char *controller = disk_controller();
	dev_t disk = loop_device(1 << 20);
	struct box *box = box_with(disk);
	pid_t pid;

	for (unsigned i = 0; i < 4; i++)
		set_rate(box, rows[i].field, disk, 1000000 + i);
	assert_ok(box_create(box));
	pid = box_pid(box);
	if (!strcmp(controller, "io")) {
		cr_assert_str_eq(line_of(disk, limit_text(pid, "io", NULL, "io.max")),
				 "rbps=1000000 wbps=1000001 riops=1000002 wiops=1000003");
		return;
	}
	for (unsigned i = 0; i < 4; i++)
		cr_assert_eq(atoi(line_of(disk, limit_text(pid, "blkio", rows[i].file, NULL))),
			     1000000 + (int)i);
}

Test(limit_disk, a_rate_of_0_is_no_limit)
{
	const char *controller = disk_controller();
	dev_t disk = loop_device(1 << 20);
	struct box *box = box_with(disk);

	set_rate(box, "throttleReadBpsDevice", disk, 0);
	assert_ok(box_create(box));
	cr_assert_str_eq(limit_text(box_pid(box), controller, "blkio.throttle.read_bps_device",
				    "io.max"),
			 "");
}

/* `blocks` reads of 4 KiB at a rate of 20 a second: the kernel lets the first ones through at
 * once, but who is through after less than a second was not held up. */
static void assert_slow(const char *field, const char *dd, unsigned rate)
{
	const char *controller = disk_controller();
	dev_t disk = loop_device(1 << 20);
	struct box *box = box_with(disk);
	int64_t begin;
	pid_t pid;

	set_rate(box, field, disk, rate);
	box_shell(box, "dd %s bs=4096 count=%d 2>&1; echo end; exec sleep 1000", dd, blocks);
	assert_ok(box_create(box));
	pid = box_pid(box);
	begin = clock_ms();
	assert_ok(box_start(box));
	box_wait_output(box, "end\n");
	cr_assert_geq(clock_ms() - begin, 1000, "%s", box_output(box));
	cr_assert_not_null(strstr(box_output(box), "30+0 records out"), "%s", box_output(box));
	cr_assert_str_neq(line_of(disk, limit_text(pid, controller, "blkio.throttle.io_serviced",
						   "io.stat")),
			  "");
}

Test(limit_disk, reads_above_the_rate_of_operations_wait)
{
	assert_slow("throttleReadIOPSDevice", "if=/dev/disk of=/dev/null iflag=direct", 20);
}

Test(limit_disk, reads_above_the_rate_of_bytes_wait)
{
	assert_slow("throttleReadBpsDevice", "if=/dev/disk of=/dev/null iflag=direct", 20 * 4096);
}

Test(limit_disk, writes_above_the_rate_of_operations_wait)
{
	assert_slow("throttleWriteIOPSDevice", "if=/dev/zero of=/dev/disk oflag=direct", 20);
}

Test(limit_disk, writes_above_the_rate_of_bytes_wait)
{
	assert_slow("throttleWriteBpsDevice", "if=/dev/zero of=/dev/disk oflag=direct", 20 * 4096);
}

Test(limit_disk, a_device_that_is_none_is_refused_and_named)
{
	struct box *box = box_new();

	disk_controller();
	box_set(box, "linux.resources.blockIO.throttleReadBpsDevice",
		"[{'major': 4000, 'minor': 1, 'rate': 600}]");
	assert_fails(box_create(box), 1, "linux.resources.blockIO.throttleReadBpsDevice[0])");
	cr_assert_null(boxes_left());
}

/* Where the kernel has neither bfq nor iocost there is a warning, and the container. */
Test(limit_disk, a_weight_is_in_the_file_or_warned_of)
{
	const char *controller = disk_controller(), *text;
	struct box *box = box_new();
	struct said said;
	pid_t pid;

	box_set(box, "linux.resources.blockIO.weight", "300");
	said = box_create(box);
	cr_assert_eq(said.status, 0, "%s", said.err);
	pid = box_pid(box);
	text = limit_text(pid, controller, "blkio.bfq.weight", "io.bfq.weight");
	if (*text) {
		cr_assert_str_eq(said.err, "");
		cr_assert(!strcmp(text, "300") || !strcmp(text, "default 300"), "%s", text);
	} else if (*cgroup_text(pid, controller, "io.weight")) {
		cr_assert_str_eq(said.err, "");
		cr_assert_str_eq(cgroup_text(pid, controller, "io.weight"), "default 2930\n");
	} else {
		cr_assert_not_null(strstr(said.err, "caisson: warning: linux.resources.blockIO.weight "
						    "is not applied: this kernel has no file "),
				   "%s", said.err);
	}
}

Test(limit_disk, a_weight_of_one_disk_is_in_the_file)
{
	const char *controller = disk_controller();
	dev_t disk = loop_device(1 << 20);
	struct box *box = box_new();
	struct said said;

	schedule(disk, "bfq");
	box_set(box, "linux.resources.blockIO.weightDevice",
		"[{'major': %u, 'minor': %u, 'weight': 500}]", major(disk), minor(disk));
	said = box_create(box);
	if (strstr(said.err, "Operation not supported") || strstr(said.err, "this kernel has no")) {
		let_go();
		boxes_skip("no weights: %s", said.err);
	}
	cr_assert_eq(said.status, 0, "%s", said.err);
	cr_assert_eq(atoi(line_of(disk, limit_text(box_pid(box), controller,
						   "blkio.bfq.weight_device", "io.bfq.weight"))),
		     500);
}
