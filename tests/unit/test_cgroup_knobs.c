/* test_cgroup_knobs.c -- which kernel file a limit becomes, and what is written into it. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cgroups/devices.h"
#include "cgroups/knobs.h"
#include "cgroups/tree.h"
#include "runtime/base/fault.h"

static struct arena arena;

static void release(void)
{
	arena_free(&arena);
}

TestSuite(cgroup_knobs, .fini = release);

Test(cgroup_knobs, shares_become_weights_as_in_runc_and_crun)
{
	static const uint64_t rows[][2] = {
		{ 0, 0 },	  { 1, 1 },	   { 2, 1 },	      { 3, 2 },
		{ 10, 4 },	  { 100, 17 },	   { 512, 59 },	      { 1023, 100 },
		{ 1024, 100 },	  { 1025, 101 },   { 2048, 174 },     { 4096, 303 },
		{ 8192, 532 },	  { 65536, 3023 }, { 262143, 10000 }, { 262144, 10000 },
		{ 1000000, 10000 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		cr_expect_eq(cg_weight_of_shares(rows[i][0]), rows[i][1], "%lu -> %lu, not %lu",
			     rows[i][0], cg_weight_of_shares(rows[i][0]), rows[i][1]);
}

Test(cgroup_knobs, weights_never_fall_while_shares_rise)
{
	uint64_t before = 0;

	for (uint64_t shares = 1; shares <= 262144; shares += 7) {
		uint64_t weight = cg_weight_of_shares(shares);

		cr_assert_geq(weight, before, "at %lu", shares);
		cr_assert_leq(weight, 10000);
		before = weight;
	}
}

Test(cgroup_knobs, blkio_weights_are_stretched_for_iocost)
{
	cr_assert_eq(cg_io_weight_of_blkio(10), 1);
	cr_assert_eq(cg_io_weight_of_blkio(750), 7475);
	cr_assert_eq(cg_io_weight_of_blkio(1000), 10000);
}

static struct cgroup host(bool v2, const char *controllers)
{
	struct cgroup cgroup = { .arena = &arena, .pure_v2 = v2, .count = 1 };

	cgroup.hierarchies[0] = (struct cg_hierarchy){ .v2 = v2, .controllers = controllers };
	return cgroup;
}

static struct cgroup v1_host(void)
{
	return host(false, "memory,cpu,cpuset,pids,blkio,hugetlb,net_cls,net_prio,rdma,devices");
}

static struct cgroup v2_host(void)
{
	return host(true, "memory cpu cpuset pids io hugetlb rdma");
}

/* "file=text file=text?": "?" where the host may lack it. */
static const char *lines(struct cgroup cgroup, const struct spec_resources *asked)
{
	char *text = arena_copy(&arena, "");

	for (size_t i = 0; i < cg_knob_count; i++) {
		struct cg_hierarchy *hierarchy;
		const struct knob_side *side = knob_side_here(&cg_knobs[i], &cgroup, &hierarchy);
		struct knob_line line = { .file = side ? side->file : NULL };

		for (size_t k = 0;
		     side && side->write && side->write(&cg_knobs[i], asked, k, &line); k++) {
			if (line.text[0])
				text = arena_format(&arena, "%s%s%s=%s%s", text, *text ? " " : "",
						    line.file, line.text,
						    line.dispensable ? "?" : "");
			if (line.else_file && line.else_text[0])
				text = arena_format(&arena, "%s|%s=%s", text, line.else_file,
						    line.else_text);
			line = (struct knob_line){ .file = side->file };
		}
	}
	return text;
}

#define GIVEN(number) { true, (number) }

static void expect(const struct spec_resources *asked, const char *v1, const char *v2)
{
	cr_expect_str_eq(lines(v1_host(), asked), v1);
	cr_expect_str_eq(lines(v2_host(), asked), v2);
}

Test(cgroup_knobs, memory_and_swap)
{
	struct spec_resources asked = { .memory = { .limit = GIVEN(100), .swap = GIVEN(150),
						    .reservation = GIVEN(50) } };

	expect(&asked,
	       "memory.limit_in_bytes=100 memory.memsw.limit_in_bytes=150 "
	       "memory.soft_limit_in_bytes=50",
	       "memory.max=100 memory.swap.max=50 memory.low=50");
	asked.memory.swap.value = 100;
	asked.memory.reservation.value = -1;
	expect(&asked,
	       "memory.limit_in_bytes=100 memory.memsw.limit_in_bytes=100 "
	       "memory.soft_limit_in_bytes=-1?",
	       "memory.max=100 memory.swap.max=0? memory.low=max?");
	asked = (struct spec_resources){ .memory = { .limit = GIVEN(100), .swap = GIVEN(-1) } };
	expect(&asked, "memory.limit_in_bytes=100 memory.memsw.limit_in_bytes=-1?",
	       "memory.max=100 memory.swap.max=max?");
}

Test(cgroup_knobs, no_limit_on_memory_is_none_on_swap_either)
{
	struct spec_resources asked = { .memory = { .limit = GIVEN(-1) } };

	expect(&asked, "memory.limit_in_bytes=-1? memory.memsw.limit_in_bytes=-1?",
	       "memory.max=max? memory.swap.max=max?");
	asked.memory.swap = (struct maybe_i64)GIVEN(77);
	cr_expect_str_eq(lines(v2_host(), &asked), "memory.max=max? memory.swap.max=77");
}

Test(cgroup_knobs, cpu_time)
{
	struct spec_resources asked = {
		.cpu = { .shares = GIVEN(512), .quota = GIVEN(50000), .period = GIVEN(100000),
			 .burst = GIVEN(1000), .idle = GIVEN(1), .cpus = (char *)"0-1",
			 .mems = (char *)"0", .realtime_runtime = GIVEN(5),
			 .realtime_period = GIVEN(10) },
	};

	expect(&asked,
	       "cpu.rt_period_us=10 cpu.rt_runtime_us=5 cpu.shares=512 cpu.cfs_period_us=100000 "
	       "cpu.cfs_quota_us=50000 cpu.cfs_burst_us=1000 cpu.idle=1 cpuset.cpus=0-1 "
	       "cpuset.mems=0",
	       "cpu.weight=59 cpu.max=50000 100000 cpu.max.burst=1000 cpu.idle=1 cpuset.cpus=0-1 "
	       "cpuset.mems=0");
	asked = (struct spec_resources){ .cpu = { .period = GIVEN(5000) } };
	expect(&asked, "cpu.cfs_period_us=5000", "cpu.max=max 5000");
	asked = (struct spec_resources){ .cpu = { .quota = GIVEN(5000) } };
	expect(&asked, "cpu.cfs_quota_us=5000", "cpu.max=5000");
	asked = (struct spec_resources){ .cpu = { .quota = GIVEN(-1), .period = GIVEN(5000) } };
	expect(&asked, "cpu.cfs_period_us=5000 cpu.cfs_quota_us=-1?", "cpu.max=max 5000");
}

Test(cgroup_knobs, a_pids_limit_of_0_is_a_limit)
{
	struct spec_resources asked = { .pids = { .limit = GIVEN(0) } };

	expect(&asked, "pids.max=0", "pids.max=0");
	asked.pids.limit.value = -1;
	expect(&asked, "pids.max=max?", "pids.max=max?");
}

Test(cgroup_knobs, lists_become_one_line_each)
{
	struct spec_weight_device weights[] = { { 8, 0, GIVEN(500), GIVEN(300) },
						{ 8, 16, GIVEN(10), { 0 } } };
	struct spec_throttle_device reads[] = { { 8, 0, 600 }, { 8, 16, 0 } };
	struct spec_hugepage_limit pages[] = { { (char *)"2MB", 4096 } };
	struct spec_net_priority priorities[] = { { (char *)"eth0", 5 } };
	struct spec_rdma rdma[] = { { (char *)"mlx5_1", GIVEN(3), GIVEN(4) },
				    { (char *)"rxe3", { 0 }, GIVEN(7) } };
	struct spec_resources asked = {
		.block_io = { .weight = GIVEN(10), .weight_device = { weights, 2 },
			      .throttle_read_bps = { reads, 2 },
			      .throttle_write_iops = { reads, 1 } },
		.hugepage_limits = { pages, 1 },
		.network = { .class_id = GIVEN(9), .priorities = { priorities, 1 } },
		.rdma = { rdma, 2 },
	};

	expect(&asked,
	       "blkio.bfq.weight=10 blkio.bfq.weight_device=8:0 500 "
	       "blkio.bfq.weight_device=8:16 10 "
	       "blkio.throttle.read_bps_device=8:0 600 blkio.throttle.read_bps_device=8:16 0 "
	       "blkio.throttle.write_iops_device=8:0 600 "
	       "hugetlb.2MB.limit_in_bytes=4096 hugetlb.2MB.rsvd.limit_in_bytes=4096? "
	       "net_cls.classid=9 net_prio.ifpriomap=eth0 5 "
	       "rdma.max=mlx5_1 hca_handle=3 hca_object=4 rdma.max=rxe3 hca_object=7",
	       "io.bfq.weight=10|io.weight=1 "
	       "io.bfq.weight=8:0 500|io.weight=8:0 4950 io.bfq.weight=8:16 10|io.weight=8:16 1 "
	       "io.max=8:0 rbps=600 io.max=8:16 rbps=max io.max=8:0 wiops=600 "
	       "hugetlb.2MB.max=4096 hugetlb.2MB.rsvd.max=4096? "
	       "rdma.max=mlx5_1 hca_handle=3 hca_object=4 rdma.max=rxe3 hca_object=7");
}

Test(cgroup_knobs, what_engines_write_for_not_set_writes_nothing)
{
	struct spec_resources asked = {
		.memory = { .limit = GIVEN(0), .swap = GIVEN(0), .reservation = GIVEN(0),
			    .kernel = GIVEN(0), .kernel_tcp = GIVEN(0),
			    .swappiness = GIVEN(UINT64_MAX), .disable_oom_killer = GIVEN(false),
			    .use_hierarchy = GIVEN(false) },
		.cpu = { .shares = GIVEN(0), .quota = GIVEN(0), .period = GIVEN(0),
			 .realtime_runtime = GIVEN(0), .realtime_period = GIVEN(0),
			 .cpus = (char *)"", .mems = (char *)"" },
		.block_io = { .weight = GIVEN(0), .leaf_weight = GIVEN(0) },
		.network = { .class_id = GIVEN(0) },
	};
	struct cgroup bare = host(true, "");

	expect(&asked, "", "");
	bare.resources = &asked;
	cr_assert_eq(cg_check(&bare), 0);
}

/* ---- what is refused ------------------------------------------------------------------------- */

static void refused(struct cgroup cgroup, const struct spec_resources *asked, const char *path,
		    const char *what)
{
	cgroup.resources = asked;
	forget_fault();
	cr_expect_neq(cg_check(&cgroup), 0, "%s", path);
	cr_expect_str_eq(last_fault()->path, path);
	cr_expect_str_eq(last_fault()->what, what);
}

Test(cgroup_knobs, a_value_out_of_range_names_its_unit_and_the_range)
{
	struct spec_resources asked = { .cpu = { .period = GIVEN(100) } };

	refused(v2_host(), &asked, "linux.resources.cpu.period",
		"100 is in microseconds; the kernel takes 1000 to 1000000");
	asked = (struct spec_resources){ .cpu = { .shares = GIVEN(1) } };
	refused(v1_host(), &asked, "linux.resources.cpu.shares",
		"1 is in shares; the kernel takes 2 to 262144");
	asked = (struct spec_resources){ .memory = { .limit = GIVEN(-5) } };
	refused(v1_host(), &asked, "linux.resources.memory.limit",
		"-5 is in bytes; the kernel takes 0 or more, or -1 for no limit");
	asked = (struct spec_resources){ .pids = { .limit = GIVEN(5000000) } };
	refused(v1_host(), &asked, "linux.resources.pids.limit",
		"5000000 is in tasks; the kernel takes 0 to 4194304, or -1 for no limit");
	asked = (struct spec_resources){ .memory = { .swappiness = GIVEN(101) } };
	refused(v1_host(), &asked, "linux.resources.memory.swappiness",
		"101 is in percent; the kernel takes 0 to 100");
	asked = (struct spec_resources){ .cpu = { .idle = GIVEN(2) } };
	refused(v2_host(), &asked, "linux.resources.cpu.idle",
		"is 2; the kernel takes 0 to 1");
}

Test(cgroup_knobs, values_that_contradict_each_other_are_refused)
{
	struct spec_resources asked = { .memory = { .limit = GIVEN(100), .swap = GIVEN(99) } };

	refused(v2_host(), &asked, "linux.resources.memory.swap",
		"99 is memory and swap together, and less than memory.limit 100");
	asked.memory.limit.value = -1;
	refused(v1_host(), &asked, "linux.resources.memory.swap",
		"99 is memory and swap together, and cgroup v1 cannot limit it while memory.limit is "
		"-1");
	asked.memory.limit.given = false;
	refused(v1_host(), &asked, "linux.resources.memory.swap",
		"99 is memory and swap together, and needs memory.limit beside it");
	asked = (struct spec_resources){ .cpu = { .quota = GIVEN(1000), .burst = GIVEN(1001) } };
	refused(v2_host(), &asked, "linux.resources.cpu.burst",
		"1001 is larger than cpu.quota 1000");
	asked = (struct spec_resources){ .cpu = { .realtime_runtime = GIVEN(11),
						  .realtime_period = GIVEN(10) } };
	refused(v1_host(), &asked, "linux.resources.cpu.realtimeRuntime",
		"11 is larger than cpu.realtimePeriod 10");
}

Test(cgroup_knobs, what_this_host_lacks_is_refused_by_name)
{
	struct spec_resources asked = { .memory = { .limit = GIVEN(100) } };
	struct spec_net_priority priorities[] = { { (char *)"eth0", 5 } };
	struct spec_hugepage_limit pages[] = { { (char *)"2MB", 1 } };
	struct cgroup none = { .arena = &arena };

	refused(host(true, "cpu"), &asked, "linux.resources.memory.limit",
		"cannot be applied: controller \"memory\" is not available on this host");
	refused(none, &asked, "linux.resources.memory.limit",
		"cannot be applied: no cgroup is made");
	asked = (struct spec_resources){ .hugepage_limits = { pages, 1 } };
	refused(host(true, "cpu"), &asked, "linux.resources.hugepageLimits",
		"cannot be applied: controller \"hugetlb\" is not available on this host");
	asked = (struct spec_resources){ .network = { .priorities = { priorities, 1 } } };
	refused(host(false, "cpu"), &asked, "linux.resources.network.priorities",
		"cannot be applied: controller \"net_prio\" is not available on this host");
}

/* ---- what is done without -------------------------------------------------------------------- */

static char warned[1024];
static unsigned warnings;

static void hear(const char *sentence)
{
	snprintf(warned, sizeof warned, "%s", sentence);
	warnings++;
}

static void warns(struct cgroup cgroup, const struct spec_resources *asked, const char *sentence)
{
	cgroup.resources = asked;
	warnings = 0;
	send_warnings_to(hear);
	cr_expect_eq(cg_check(&cgroup), 0, "%s", last_fault()->what);
	cr_expect_eq(warnings, 1);
	cr_expect_str_eq(warned, sentence);
}

Test(cgroup_knobs, what_engines_send_to_any_host_is_done_without_and_said_once)
{
	struct spec_resources asked = { .memory = { .swappiness = GIVEN(0) } };
	struct spec_weight_device leaf[] = { { 8, 0, { 0 }, GIVEN(300) }, { 8, 16, { 0 }, GIVEN(30) } };

	warns(v2_host(), &asked, "linux.resources.memory.swappiness is not applied: cgroup v2 has no "
				 "swappiness of its own");
	asked = (struct spec_resources){ .memory = { .disable_oom_killer = GIVEN(true) } };
	warns(v2_host(), &asked, "linux.resources.memory.disableOOMKiller is not applied: cgroup v2 "
				 "cannot switch the OOM killer off");
	asked = (struct spec_resources){ .memory = { .kernel_tcp = GIVEN(4096) } };
	warns(v2_host(), &asked, "linux.resources.memory.kernelTCP is not applied: cgroup v2 counts "
				 "TCP buffers in memory.limit");
	asked = (struct spec_resources){ .memory = { .kernel = GIVEN(100) } };
	warns(v1_host(), &asked, "linux.resources.memory.kernel is not applied: the kernel ignores it "
				 "since 5.16: such memory counts in memory.limit");
	asked = (struct spec_resources){ .block_io = { .weight_device = { leaf, 2 } } };
	warns(v1_host(), &asked, "linux.resources.blockIO.weightDevice[].leafWeight is not applied: no "
				 "kernel since 5.0 has leaf weights");
	asked = (struct spec_resources){ .block_io = { .weight = GIVEN(100) } };
	warns(host(true, "cpu"), &asked, "linux.resources.blockIO.weight is not applied: controller "
					 "\"io\" is not available on this host");
}

Test(cgroup_knobs, what_is_as_asked_anyway_is_no_word_worth)
{
	struct spec_resources asked = { .memory = { .use_hierarchy = GIVEN(true),
						    .check_before_update = GIVEN(true) } };
	struct cgroup cgroup = host(true, "cpu");

	cgroup.resources = &asked;
	warnings = 0;
	send_warnings_to(hear);
	cr_assert_eq(cg_check(&cgroup), 0);
	cr_assert_eq(warnings, 0);
}

Test(cgroup_knobs, limits_that_v2_does_not_have_are_refused_in_words)
{
	struct spec_resources asked = { .cpu = { .realtime_runtime = GIVEN(1000) } };

	refused(v2_host(), &asked, "linux.resources.cpu.realtimeRuntime",
		"cannot be applied: cgroup v2 has no limit for realtime processes");
	asked = (struct spec_resources){ .network = { .class_id = GIVEN(1) } };
	refused(v2_host(), &asked, "linux.resources.network.classID",
		"cannot be applied: cgroup v2 has no network controller");
}

Test(cgroup_knobs, elements_of_lists_have_ranges_too)
{
	struct spec_weight_device weights[] = { { 8, 0, GIVEN(500), { 0 } },
						{ 8, 16, GIVEN(9), { 0 } } };
	struct spec_rdma rdma[] = { { (char *)"mlx5_1", { 0 }, GIVEN(UINT32_MAX) } };
	struct spec_net_priority priorities[] = { { (char *)"sixteen-letters-", 5 } };
	struct spec_resources asked = { .block_io = { .weight_device = { weights, 2 } } };

	refused(v2_host(), &asked, "linux.resources.blockIO.weightDevice[1].weight",
		"is 9; the kernel takes 10 to 1000");
	asked = (struct spec_resources){ .rdma = { rdma, 1 } };
	refused(v2_host(), &asked, "linux.resources.rdma[\"mlx5_1\"].hcaObjects",
		"is 4294967295; the kernel takes 0 to 2147483647");
	asked = (struct spec_resources){ .network = { .priorities = { priorities, 1 } } };
	refused(v1_host(), &asked, "linux.resources.network.priorities[0].name",
		"\"sixteen-letters-\" is not the name of an interface");
}

Test(cgroup_knobs, lists_of_cpus_are_read_before_the_kernel_does)
{
	struct spec_resources asked = { .cpu = { .cpus = (char *)"3-1" } };

	refused(v2_host(), &asked, "linux.resources.cpu.cpus",
		"\"3-1\" has a range that runs backwards, or a number above 8191");
	asked = (struct spec_resources){ .cpu = { .mems = (char *)"1--2" } };
	refused(v2_host(), &asked, "linux.resources.cpu.mems",
		"expected a list such as \"0-3,7\", got \"1--2\"");
	asked = (struct spec_resources){ .cpu = { .cpus = (char *)"," } };
	refused(v2_host(), &asked, "linux.resources.cpu.cpus",
		"expected a list such as \"0-3,7\", got \",\"");
}

Test(cgroup_knobs, huge_pages_of_a_size_the_host_has_not_are_refused)
{
	struct spec_hugepage_limit pages[] = { { (char *)"3MB", 0 } };
	struct spec_resources asked = { .hugepage_limits = { pages, 1 } };

	if (access("/sys/kernel/mm/hugepages", F_OK) < 0)
		cr_skip("this host has no huge pages at all");
	refused(v2_host(), &asked, "linux.resources.hugepageLimits[0].pageSize",
		"this host has no huge pages of 3MB");
}

Test(cgroup_knobs, names_that_would_be_more_than_a_word_are_refused)
{
	struct spec_hugepage_limit pages[] = { { (char *)"2MB/../x", 1 } };
	struct spec_rdma rdma[] = { { (char *)"a b", GIVEN(1), { 0 } } };
	struct spec_resources asked = { .hugepage_limits = { pages, 1 } };

	refused(v2_host(), &asked, "linux.resources.hugepageLimits[0].pageSize",
		"expected a size such as \"2MB\", got \"2MB/../x\"");
	asked = (struct spec_resources){ .rdma = { rdma, 1 } };
	refused(v2_host(), &asked, "linux.resources.rdma", "\"a b\" is not the name of a device");
	asked = (struct spec_resources){ .cpu = { .cpus = (char *)"0-1\n" } };
	refused(v2_host(), &asked, "linux.resources.cpu.cpus",
		"expected a list such as \"0-3,7\", got \"0-1\n\"");
}

static void unified_refused(struct cgroup cgroup, const char *key, const char *what)
{
	struct pair pairs[] = { { (char *)key, (char *)"1" } };
	struct spec_resources asked = { .unified = { pairs, 1 } };

	refused(cgroup, &asked, arena_format(&arena, "linux.resources.unified[\"%s\"]", key), what);
}

Test(cgroup_knobs, each_key_of_unified_names_its_missing_controller)
{
	struct cgroup hybrid = host(true, "hugetlb");

	hybrid.pure_v2 = false;
	hybrid.hierarchies[hybrid.count++] = (struct cg_hierarchy){ .controllers = "memory" };
	unified_refused(v2_host(), "misc.max",
			"invalid configuration: the requested cgroup controller `misc` is not available in "
			"cgroup v2 on this host");
	unified_refused(hybrid, "memory.min",
			"invalid configuration: the requested cgroup controller `memory` is not available "
			"in cgroup v2 on this host: it is mounted as cgroup v1");
	unified_refused(v1_host(), "memory.min",
			"invalid configuration: cannot use unified on cgroup v1");
	unified_refused(v2_host(), "cgroup.procs", "is a command to the kernel, not a limit");
	unified_refused(v2_host(), "memory.limit_in_bytes", "is a file of cgroup v1");
	unified_refused(v2_host(), "../memory.max",
			"the specified key has not the form CONTROLLER.VALUE `../memory.max`: "
			"expected the name of a cgroup v2 file such as \"memory.high\"");
	unified_refused(v2_host(), "memory",
			"the specified key has not the form CONTROLLER.VALUE `memory`: "
			"expected the name of a cgroup v2 file such as \"memory.high\"");
}

/* ---- the table for readers ------------------------------------------------------------------- */

static char *file_text(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = arena_alloc(&arena, 1 << 17);

	cr_assert(file, "%s", path);
	text[fread(text, 1, (1 << 17) - 1, file)] = '\0';
	fclose(file);
	return text;
}

Test(cgroup_knobs, the_table_of_the_docs_is_the_table_of_the_program)
{
	cr_assert(strstr(file_text("docs/RESOURCES.md"), cg_describe_limits(&arena)),
		  "docs/RESOURCES.md is out of date: make docs");
}

/* The field, its file of v1 and that of v2: the first four bars of a line. */
static char *first_columns(const char *table)
{
	char *text = arena_copy(&arena, table), *to = text;

	for (unsigned bars = 0; *table; table++) {
		if (bars < 4 || *table == '\n')
			*to++ = *table;
		bars = *table == '\n' ? 0 : bars + (*table == '|');
	}
	*to = '\0';
	return text;
}

Test(cgroup_knobs, the_table_of_the_readme_is_the_files_of_the_program)
{
	cr_assert(strstr(file_text("README.md"), first_columns(cg_describe_limits(&arena))),
		  "README.md is out of date: make docs");
}

Test(cgroup_knobs, every_row_says_something_in_every_column_that_is_read)
{
	const char *table = cg_describe_limits(&arena);

	cr_assert(strstr(table, "| `cpu.shares` | `cpu.shares` | `cpu.weight`: 1024 is 100 | "
				"`CPUWeight`; v1: `CPUShares` | shares, 2 to 262144 (v2: 1 or more); 0: not set | refused |\n"),
		  "%s", table);
	cr_assert(strstr(table, "| `memory.swappiness` | `memory.swappiness` | | | percent, 0 to 100 | a "
				"warning: cgroup v2 has no swappiness of its own |\n"),
		  "%s", table);
	cr_assert_null(strstr(table, "(null)"));
}
