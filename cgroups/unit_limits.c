/* unit_limits.c -- which of systemd's properties a limit is.
 *
 * A limit has become a line of a kernel file already (knobs.c): that file is what a property
 * stands for in systemd, too. So the table below maps files to properties, and the keys of
 * linux.resources.unified, which are such files, come along. What has no row is written to the
 * file alone; systemd does not touch files it has no property for. Values that systemd spells
 * differently are converted here:
 *
 *	- a quota is per second, in whole percent once systemd has reread its own files: rounded up;
 *	- TasksMax of 0 does not exist: the file pids.max has the last word;
 *	- cpu.idle is a CPUWeight of 0.
 *
 * A value the kernel will not take is passed over here, so that the kernel says what is wrong.
 * Limits per device are left to the kernel's files: systemd would apply them to the whole disk a
 * partition is on.
 *
 * Sources: systemd.resource-control(5), NEWS for the versions, runc's docs/systemd.md. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgroups/knobs.h"
#include "cgroups/tree.h"
#include "cgroups/unit.h"
#include "runtime/base/files.h"

enum { default_period_us = 100000, percent_of_a_second_us = 10000 };
enum { cpu_numbers = 8192 }; /* the kernel's largest NR_CPUS */

struct limits {
	struct cgroup *cgroup;
	const struct spec_resources *asked;
	unsigned version;
	bool starting;
};

/* The values of the property for this text; false: none for it. */
typedef bool converter(const struct limits *limits, const char *text, struct strings *values);

static void say(const struct limits *limits, struct strings *values, const char *value)
{
	values->at[values->count++] = arena_copy(limits->cgroup->arena, value);
}

static void say_number(const struct limits *limits, struct strings *values, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof text, "%" PRIu64, value);
	say(limits, values, text);
}

/* "max" and v1's "-1" are systemd's infinity. */
static bool read_number(const char *text, uint64_t *number)
{
	char *end;

	text += strspn(text, " ");
	if (!strncmp(text, "max", 3) || !strncmp(text, "-1", 2)) {
		*number = UINT64_MAX;
		end = (char *)text + (text[0] == 'm' ? 3 : 2);
	} else {
		if (*text < '0' || *text > '9')
			return false;
		errno = 0;
		*number = strtoull(text, &end, 10);
		if (errno)
			return false;
	}
	return !end[strspn(end, " \n")];
}

static bool plain(const struct limits *limits, const char *text, struct strings *values)
{
	uint64_t number;

	if (!read_number(text, &number))
		return false;
	say_number(limits, values, number);
	return true;
}

static bool tasks(const struct limits *limits, const char *text, struct strings *values)
{
	uint64_t number;

	if (!read_number(text, &number))
		return false;
	/* At the start the helper is in the scope, and the container is to be born there: the
	 * property follows when they have changed places. */
	if (limits->starting && number < 2)
		return false;
	say_number(limits, values, number ? number : 1);
	return true;
}

enum { idle_since = 252 };

static bool weight(const struct limits *limits, const char *text, struct strings *values)
{
	return !(limits->version >= idle_since && cg_asks_idle(limits->asked)) &&
	       plain(limits, text, values);
}

static bool idle(const struct limits *limits, const char *text, struct strings *values)
{
	(void)text;
	if (!cg_asks_idle(limits->asked))
		return false;
	say_number(limits, values, 0);
	return true;
}

/* "50000 100000", "max 100000", "50000": the last leaves the period that there is. */
static void read_max(const struct limits *limits, const char *text, uint64_t *quota,
		     uint64_t *period)
{
	struct cg_hierarchy *v2 = cg_hierarchy_v2(limits->cgroup);
	char now[64];

	*quota = UINT64_MAX;
	*period = 0;
	sscanf(text, "%" SCNu64, quota);
	if (sscanf(text, "%*s %" SCNu64, period) != 1 && !limits->starting && v2 &&
	    cg_dir(v2) >= 0 && read_small(v2->fd, "cpu.max", now, sizeof now) > 0)
		sscanf(now, "%*s %" SCNu64, period);
	if (!*period)
		*period = default_period_us;
}

static bool say_quota(const struct limits *limits, struct strings *values, uint64_t quota,
		      uint64_t period)
{
	uint64_t per_second = UINT64_MAX;

	if (quota != UINT64_MAX) {
		if (__builtin_mul_overflow(quota, 1000000, &per_second))
			return false;
		per_second /= period;
		per_second = (per_second + percent_of_a_second_us - 1) / percent_of_a_second_us *
			     percent_of_a_second_us;
	}
	say_number(limits, values, per_second);
	return true;
}

static bool quota_of_max(const struct limits *limits, const char *text, struct strings *values)
{
	uint64_t quota, period;

	read_max(limits, text, &quota, &period);
	return say_quota(limits, values, quota, period);
}

static bool period_of_max(const struct limits *limits, const char *text, struct strings *values)
{
	uint64_t quota, period;

	read_max(limits, text, &quota, &period);
	say_number(limits, values, period);
	return true;
}

static bool quota_v1(const struct limits *limits, const char *text, struct strings *values)
{
	const struct maybe_u64 *period = &limits->asked->cpu.period;
	uint64_t quota;

	return read_number(text, &quota) &&
	       say_quota(limits, values, quota,
			 period->given && period->value ? period->value : default_period_us);
}

/* "100" or "default 100". A line for one device begins with its number. */
static bool io_weight(const struct limits *limits, const char *text, struct strings *values)
{
	static const char word[] = "default ";

	return plain(limits, text + (strncmp(text, word, sizeof word - 1) ? 0 : sizeof word - 1),
		     values);
}

/* systemd sets both files from one number; this is its conversion (BFQ_WEIGHT), backwards. */
static bool bfq_weight(const struct limits *limits, const char *text, struct strings *values)
{
	struct strings given = { .at = (char *[1]){ NULL } };
	uint64_t bfq;

	if (!io_weight(limits, text, &given))
		return false;
	bfq = strtoull(given.at[0], NULL, 10);
	if (!bfq || bfq > 1000)
		return false;
	say_number(limits, values, bfq <= 100 ? bfq : 100 + (bfq - 100) * 9900 / 900);
	return true;
}

/* "0-2,7" as a row of bits, the first cpu in the first byte's lowest. */
static bool set_bits(unsigned char *bits, const char *list, size_t *used)
{
	while (*list && *list != '\n') {
		char *end;
		unsigned long first = strtoul(list, &end, 10), last = first;

		if (end == list)
			return false;
		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		if (last < first || last >= cpu_numbers || (*end && !strchr(",\n", *end)))
			return false;
		for (unsigned long number = first; number <= last; number++)
			bits[number / 8] |= (unsigned char)(1 << number % 8);
		if (last / 8 + 1 > *used)
			*used = last / 8 + 1;
		list = end + (*end == ',');
	}
	return *used;
}

static bool numbers_as_bits(const struct limits *limits, const char *text, struct strings *values)
{
	unsigned char bits[cpu_numbers / 8] = { 0 };
	size_t used = 0;

	if (!set_bits(bits, text, &used))
		return false;
	values->at = arena_array(limits->cgroup->arena, used, sizeof *values->at);
	for (size_t i = 0; i < used; i++)
		say_number(limits, values, bits[i]);
	return true;
}

static bool oom_policy(const struct limits *limits, const char *text, struct strings *values)
{
	uint64_t group;

	if (!limits->starting || !read_number(text, &group) || group > 1)
		return false;
	say(limits, values, group ? "kill" : "continue");
	return true;
}

static const struct row {
	const char *file, *property, *type;
	converter *convert;
	unsigned since; /* the first version that has it */
} rows[] = {
	{ "memory.max", "MemoryMax", "t", plain, 231 },
	{ "memory.high", "MemoryHigh", "t", plain, 231 },
	{ "memory.low", "MemoryLow", "t", plain, 231 },
	{ "memory.min", "MemoryMin", "t", plain, 240 },
	{ "memory.swap.max", "MemorySwapMax", "t", plain, 232 },
	{ "memory.zswap.max", "MemoryZSwapMax", "t", plain, 253 },
	{ "memory.oom.group", "OOMPolicy", "s", oom_policy, 253 },
	{ "cpu.weight", "CPUWeight", "t", weight, 232 },
	{ "cpu.idle", "CPUWeight", "t", idle, idle_since },
	{ "cpu.max", "CPUQuotaPeriodUSec", "t", period_of_max, 242 },
	{ "cpu.max", "CPUQuotaPerSecUSec", "t", quota_of_max, 213 },
	{ "io.weight", "IOWeight", "t", io_weight, 230 },
	{ "io.bfq.weight", "IOWeight", "t", bfq_weight, 230 },

	{ "cpuset.cpus", "AllowedCPUs", "ay", numbers_as_bits, 244 },
	{ "cpuset.mems", "AllowedMemoryNodes", "ay", numbers_as_bits, 244 },
	{ "pids.max", "TasksMax", "t", tasks, 227 },

	{ "memory.limit_in_bytes", "MemoryLimit", "t", plain, 213 },
	{ "cpu.shares", "CPUShares", "t", plain, 213 },
	{ "cpu.cfs_period_us", "CPUQuotaPeriodUSec", "t", plain, 242 },
	{ "cpu.cfs_quota_us", "CPUQuotaPerSecUSec", "t", quota_v1, 213 },
	{ "blkio.bfq.weight", "BlockIOWeight", "t", plain, 213 },
};

const char *unit_property_of(const char *file, size_t index)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (!strcmp(rows[i].file, file) && !index--)
			return rows[i].property;
	}
	return NULL;
}

static bool add_file(struct unit_properties *list, const struct limits *limits, const char *file,
		     const char *text)
{
	bool found = false;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct strings values = { 0 };

		if (strcmp(rows[i].file, file) != 0)
			continue;
		found = true;
		values.at = arena_array(limits->cgroup->arena, 1, sizeof *values.at);
		if (limits->version >= rows[i].since && rows[i].convert(limits, text, &values))
			unit_add(list, limits->cgroup->arena, rows[i].property, rows[i].type,
				 values);
	}
	return found;
}

void unit_limits(struct unit_properties *list, struct cgroup *cgroup,
		 const struct spec_resources *resources, unsigned version, bool starting)
{
	const struct limits limits = { cgroup, resources, version, starting };

	for (size_t i = 0; resources && i < cg_knob_count; i++) {
		const struct knob *knob = &cg_knobs[i];
		struct cg_hierarchy *hierarchy;
		const struct knob_side *side = knob_side_here(knob, cgroup, &hierarchy);
		struct knob_line line = { .file = side ? side->file : NULL };

		if (!side || !side->write)
			continue;
		for (size_t index = 0; side->write(knob, resources, index, &line); index++) {
			/* io.weight rather than bfq's own: it is what IOWeight is. */
			if (!line.else_file ||
			    !add_file(list, &limits, line.else_file, line.else_text))
				add_file(list, &limits, line.file, line.text);
			line = (struct knob_line){ .file = side->file };
		}
	}
}
