/* test_cgroup_update.c -- the parts of an update that need no cgroup: how a write is taken back,
 * and device rules as a line. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "cgroups/devices.h"
#include "cgroups/update.h"

static struct arena arena;

static void release(void)
{
	arena_free(&arena);
}

TestSuite(cgroup_update, .fini = release);

static const struct {
	const char *file, *content, *text, *before;
} writes[] = {
	{ "memory.limit_in_bytes", "9223372036854771712\n", "5", "9223372036854771712" },
	{ "pids.max", "max\n", "5", "max" },
	{ "cpu.max", "max 100000\n", "5000 20000", "max 100000" },
	{ "cpu.max", "5000 100000\n", "5000 20000", "5000 100000" },
	{ "cpuset.cpus", "\n", "0-1", "" },
	{ "memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 0\n", "1", "0" },
	{ "io.weight", "default 100\n8:0 50\n", "300", "100" },
	{ "io.weight", "default 100\n8:0 50\n", "8:0 70", "8:0 50" },
	{ "io.weight", "default 100\n8:0 50\n", "8:16 70", "8:16 default" },
	{ "io.max", "8:0 rbps=10 wbps=max riops=max wiops=max\n", "8:0 wbps=7",
	  "8:0 rbps=10 wbps=max riops=max wiops=max" },
	{ "io.max", "8:0 rbps=10 wbps=max riops=max wiops=max\n", "8:16 wbps=7",
	  "8:16 rbps=max wbps=max riops=max wiops=max" },
	{ "io.max", "", "8:16 wbps=7", "8:16 rbps=max wbps=max riops=max wiops=max" },
	{ "io.max", "8:0 rbps=1 wbps=2 riops=3 wiops=4\n", "8:0 wbps=7\n8:1 rbps=1",
	  "8:0 rbps=1 wbps=2 riops=3 wiops=4\n8:1 rbps=max wbps=max riops=max wiops=max" },
	{ "blkio.throttle.read_bps_device", "8:0 100\n", "8:16 5", "8:16 0" },
	{ "blkio.throttle.read_bps_device", "8:0 100\n", "8:0 5", "8:0 100" },
	{ "rdma.max", "mlx4_0 hca_handle=2 hca_object=max\n", "mlx4_0 hca_handle=9",
	  "mlx4_0 hca_handle=2 hca_object=max" },
	{ "net_prio.ifpriomap", "lo 0\neth0 4\n", "eth0 9", "eth0 4" },
	{ "misc.max", "res_a max\nres_b 5\n", "res_b 9", "res_b 5" },
	{ "misc.max", "res_a max\nres_b 5\n", "res_c 9", NULL },
};

Test(cgroup_update, knows_what_takes_a_write_back)
{
	for (size_t i = 0; i < sizeof writes / sizeof *writes; i++) {
		const char *before = cg_put_back(&arena, writes[i].file, writes[i].content,
						 writes[i].text);

		if (!writes[i].before)
			cr_expect_null(before, "%s", before);
		else
			cr_expect_str_eq(before, writes[i].before, "%s: %s: %s", writes[i].file,
					 writes[i].text, before);
	}
}

Test(cgroup_update, device_rules_survive_being_written_and_read)
{
	struct device_rule at[] = {
		{ true, 'c', 1, 3, ACCESS_ALL },
		{ false, 'b', ANY_NUMBER, ANY_NUMBER, ACCESS_MKNOD },
		{ true, 'c', 136, ANY_NUMBER, ACCESS_READ | ACCESS_WRITE },
		{ true, 'b', 4294967295, 4294967295, ACCESS_READ },
	};
	struct device_rules rules = { true, at, 4 }, read;
	const char *text = cg_spell_devices(&rules, &arena);

	cr_expect_str_eq(text, "allow; allow c 1:3 rwm; deny b *:* m; allow c 136:* rw; allow b "
			       "4294967295:4294967295 r");
	cr_assert(cg_read_devices(text, &read, &arena));
	cr_expect(read.allow_rest);
	cr_assert_eq(read.count, 4);
	cr_expect_str_eq(cg_spell_devices(&read, &arena), text);
	rules = (struct device_rules){ 0 };
	cr_expect_str_eq(cg_spell_devices(&rules, &arena), "deny");
	cr_assert(cg_read_devices("deny", &read, &arena));
	cr_expect_eq(read.count, 0);
	cr_expect_not(read.allow_rest);
}

Test(cgroup_update, a_line_that_is_no_device_rules_is_none)
{
	static const char *const lines[] = { "deny; c 1:3 rwm", "deny; allow c 1 rwm",
					     "deny; allow c 1:x r", "deny; allow c 1:3",
					     "deny; maybe c 1:3 r" };
	struct device_rules read;

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		cr_expect_not(cg_read_devices(lines[i], &read, &arena), "%s", lines[i]);
}
