/* test_unit_limits.c -- which of systemd's properties limits and device rules become. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cgroups/unit.h"
#include "runtime/base/fault.h"

#define GIVEN(number) { .given = true, .value = (number) }

static struct arena arena;
enum { recent = 257 };

static void release(void)
{
	arena_free(&arena);
}

TestSuite(unit_limits, .fini = release);

static struct cgroup host(bool v2, const char *controllers)
{
	struct cgroup cgroup = { .driver = CG_SYSTEMD, .arena = &arena, .pure_v2 = v2,
				 .count = 1 };

	cgroup.hierarchies[0] = (struct cg_hierarchy){
		.v2 = v2, .controllers = controllers, .mount = "/nowhere", .path = (char *)"/x",
		.mount_fd = -1, .parent_fd = -1, .fd = -1, .tasks_fd = -1,
	};
	return cgroup;
}

static struct cgroup v1_host(void)
{
	return host(false, "memory,cpu,cpuset,pids,blkio,devices");
}

static struct cgroup v2_host(void)
{
	return host(true, "memory cpu cpuset pids io");
}

/* "Name=value Name=value,value" */
static const char *spell(const struct unit_properties *list)
{
	char *text = arena_copy(&arena, "");

	for (size_t i = 0; i < list->count; i++) {
		const struct strings *values = &list->at[i].values;

		text = arena_format(&arena, "%s%s%s=", text, i ? " " : "", list->at[i].name);
		for (size_t j = 0; j < values->count; j++)
			text = arena_format(&arena, "%s%s%s", text, j ? "," : "", values->at[j]);
	}
	return text;
}

static const char *limits(struct cgroup cgroup, const struct spec_resources *asked,
			  unsigned version)
{
	struct unit_properties list = { 0 };

	unit_limits(&list, &cgroup, asked, version, true);
	return spell(&list);
}

static const char *unified(const char *key, const char *value, unsigned version)
{
	struct pair pair = { (char *)key, (char *)value };
	struct spec_resources asked = { .unified = { &pair, 1 } };

	return limits(v2_host(), &asked, version);
}

Test(unit_limits, limits_are_properties_on_v2)
{
	struct spec_resources asked = {
		.memory = { .limit = GIVEN(64 << 20), .swap = GIVEN(128 << 20),
			    .reservation = GIVEN(32 << 20) },
		.cpu = { .shares = GIVEN(512), .quota = GIVEN(25000), .period = GIVEN(50000),
			 .cpus = (char *)"0-1,9", .mems = (char *)"0" },
		.pids = { .limit = GIVEN(33) },
		.block_io = { .weight = GIVEN(750) },
	};

	cr_expect_str_eq(limits(v2_host(), &asked, recent),
			 "MemoryMax=67108864 MemorySwapMax=67108864 MemoryLow=33554432 "
			 "CPUWeight=59 CPUQuotaPeriodUSec=50000 CPUQuotaPerSecUSec=500000 "
			 "AllowedCPUs=3,2 AllowedMemoryNodes=1 TasksMax=33 IOWeight=7475");
}

Test(unit_limits, limits_have_older_names_on_v1)
{
	struct spec_resources asked = {
		.memory = { .limit = GIVEN(64 << 20) },
		.cpu = { .shares = GIVEN(512), .quota = GIVEN(25000), .period = GIVEN(50000) },
		.pids = { .limit = GIVEN(33) },
		.block_io = { .weight = GIVEN(750) },
	};

	cr_expect_str_eq(limits(v1_host(), &asked, recent),
			 "MemoryLimit=67108864 CPUShares=512 CPUQuotaPeriodUSec=50000 "
			 "CPUQuotaPerSecUSec=500000 TasksMax=33 BlockIOWeight=750");
}

Test(unit_limits, no_limit_is_infinity)
{
	struct spec_resources asked = {
		.memory = { .limit = GIVEN(-1) },
		.cpu = { .period = GIVEN(20000) },
		.pids = { .limit = GIVEN(-1) },
	};

	cr_expect_str_eq(limits(v2_host(), &asked, recent),
			 "MemoryMax=18446744073709551615 MemorySwapMax=18446744073709551615 "
			 "CPUQuotaPeriodUSec=20000 CPUQuotaPerSecUSec=18446744073709551615 "
			 "TasksMax=18446744073709551615");
	asked = (struct spec_resources){ .memory = { .limit = GIVEN(-1) } };
	cr_expect_str_eq(limits(v1_host(), &asked, recent), "MemoryLimit=18446744073709551615");
}

/* systemd keeps whole percents; less than was asked for would be a broken promise. */
Test(unit_limits, a_quota_is_rounded_up_to_a_percent)
{
	struct spec_resources asked = { .cpu = { .quota = GIVEN(33333) } };

	cr_expect_str_eq(limits(v2_host(), &asked, recent),
			 "CPUQuotaPeriodUSec=100000 CPUQuotaPerSecUSec=340000");
}

Test(unit_limits, what_this_systemd_does_not_have_is_left_to_the_files)
{
	struct spec_resources asked = {
		.cpu = { .quota = GIVEN(50000), .cpus = (char *)"0", .idle = GIVEN(1),
			 .shares = GIVEN(1024) },
	};

	cr_expect_str_eq(limits(v2_host(), &asked, 241), "CPUWeight=100 CPUQuotaPerSecUSec=500000");
	cr_expect_str_eq(limits(v2_host(), &asked, 244),
			 "CPUWeight=100 CPUQuotaPeriodUSec=100000 CPUQuotaPerSecUSec=500000 "
			 "AllowedCPUs=1");
}

Test(unit_limits, idle_is_a_weight_of_0)
{
	struct spec_resources asked = { .cpu = { .idle = GIVEN(1), .shares = GIVEN(1024) } };

	cr_expect_str_eq(limits(v2_host(), &asked, 252), "CPUWeight=0");
	asked.cpu.idle.value = 0;
	cr_expect_str_eq(limits(v2_host(), &asked, 252), "CPUWeight=100");
}

/* The helper and the container are in the scope together for a moment. */
Test(unit_limits, hardly_any_tasks_are_not_asked_for_at_the_start)
{
	struct spec_resources asked = { .pids = { .limit = GIVEN(1) } };
	struct cgroup cgroup = v2_host();
	struct unit_properties list = { 0 };

	cr_expect_str_eq(limits(v2_host(), &asked, recent), "");
	asked.pids.limit.value = 2;
	cr_expect_str_eq(limits(v2_host(), &asked, recent), "TasksMax=2");
	asked.pids.limit.value = 0;
	unit_limits(&list, &cgroup, &asked, recent, false);
	cr_expect_str_eq(spell(&list), "TasksMax=1");
}

Test(unit_limits, unified_keys_have_the_same_properties)
{
	static const char *const rows[][3] = {
		{ "memory.high", "1000", "MemoryHigh=1000" },
		{ "memory.min", "4096\n", "MemoryMin=4096" },
		{ "memory.zswap.max", "max", "MemoryZSwapMax=18446744073709551615" },
		{ "memory.oom.group", "1", "OOMPolicy=kill" },
		{ "memory.oom.group", "0", "OOMPolicy=continue" },
		{ "cpu.max", "10000 20000", "CPUQuotaPeriodUSec=20000 CPUQuotaPerSecUSec=500000" },
		{ "cpu.max", "max", "CPUQuotaPeriodUSec=100000 "
				    "CPUQuotaPerSecUSec=18446744073709551615" },
		{ "cpu.idle", "1", "CPUWeight=0" },
		{ "cpuset.cpus", "8", "AllowedCPUs=0,1" },
		{ "pids.max", "7", "TasksMax=7" },
		{ "io.weight", "default 200", "IOWeight=200" },
		{ "io.weight", "8:0 200", "" },
		{ "io.bfq.weight", "1000", "IOWeight=10000" },
		{ "io.bfq.weight", "100", "IOWeight=100" },
		{ "io.max", "8:0 rbps=1", "" },
		{ "hugetlb.2MB.max", "0", "" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		cr_expect_str_eq(unified(rows[i][0], rows[i][1], recent), rows[i][2]);
}

/* The kernel's words say what is wrong, with the file's name. */
Test(unit_limits, a_value_the_kernel_refuses_is_no_property)
{
	static const char *const rows[][2] = {
		{ "memory.max", "lots" },   { "memory.max", "1 2" },
		{ "memory.max", "" },	    { "memory.max", "99999999999999999999" },
		{ "cpuset.cpus", "5-2" },   { "cpuset.cpus", "0-99999999" },
		{ "cpuset.cpus", "a" },	    { "cpuset.cpus", "" },
		{ "memory.oom.group", "2" }, { "io.bfq.weight", "1001" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		cr_expect_str_eq(unified(rows[i][0], rows[i][1], recent), "", "%s=%s", rows[i][0],
				 rows[i][1]);
}

/* ---- devices ------------------------------------------------------------------------------ */

static const char *devices(struct cgroup cgroup, struct spec_device_rule *rules, size_t count,
			   unsigned version)
{
	struct spec_resources asked = { .devices = { rules, count } };
	struct unit_properties list = { 0 };

	unit_devices(&list, &cgroup, &asked, version);
	return spell(&list);
}

static struct spec_device_rule rule(bool allow, char type, int64_t major, int64_t minor)
{
	return (struct spec_device_rule){
		.allow = allow, .type = type, .access = (char *)"rwm",
		.major = { major >= 0, major }, .minor = { minor >= 0, minor },
	};
}

#define OWN_DEVICES                                                                               \
	"char-*,m,block-*,m,/dev/char/1:3,rwm,/dev/char/1:5,rwm,/dev/char/1:7,rwm,/dev/char/1:8," \
	"rwm,/dev/char/1:9,rwm,/dev/char/5:0,rwm,/dev/char/5:2,rwm,char-136,rwm,/dev/char/10:200," \
	"rwm"

Test(unit_limits, a_list_of_devices_is_systemds_too)
{
	struct spec_device_rule rules[] = { rule(false, 'a', -1, -1), rule(true, 'c', 10, 229),
					    rule(true, 'b', 8, -1) };

	cr_expect_str_eq(devices(v2_host(), rules, 3, recent),
			 "DeviceAllow= DevicePolicy=strict "
			 "DeviceAllow=/dev/char/10:229,rwm,block-8,rwm," OWN_DEVICES);
}

Test(unit_limits, everything_allowed_is_policy_auto)
{
	struct spec_device_rule rules[] = { rule(true, 'a', -1, -1) };

	cr_expect_str_eq(devices(v2_host(), rules, 1, recent), "DeviceAllow= DevicePolicy=auto");
	cr_expect_str_eq(devices(v1_host(), rules, 1, recent), "DeviceAllow= DevicePolicy=auto");
}

/* v2: both programs have to allow. v1: the last writer wins, and may only close. */
Test(unit_limits, what_systemd_cannot_say_is_left_to_us_or_closed)
{
	struct spec_device_rule denied[] = { rule(true, 'a', -1, -1), rule(false, 'c', 10, 229) };
	struct spec_device_rule any_major[] = { rule(true, 'c', -1, 7) };

	cr_expect_str_eq(devices(v2_host(), denied, 2, recent), "DeviceAllow= DevicePolicy=auto");
	cr_expect_str_eq(devices(v1_host(), denied, 2, recent),
			 "DeviceAllow= DevicePolicy=strict DeviceAllow=");
	cr_expect_str_eq(devices(v2_host(), any_major, 1, recent), "DeviceAllow= DevicePolicy=auto");
	cr_expect_str_eq(devices(v1_host(), any_major, 1, recent),
			 "DeviceAllow= DevicePolicy=strict DeviceAllow=" OWN_DEVICES);
}
