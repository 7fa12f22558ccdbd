/* update.c -- `caisson update`: other limits for a container, from options or a JSON object.
 *
 * Errors name the option or the place in the file. With --resources the other options for limits
 * are not used, as in runc, which engines know; we say so.
 *
 * What the cgroup's files tell is not kept in the record. Only two things are that they do not:
 * which device rules were asked for, and how much of v2's swap limit is the rest of memory.swap. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "cgroups/resctrl.h"
#include "runtime/base/bytes.h"
#include "runtime/base/decimal.h"
#include "runtime/base/fault.h"
#include "runtime/command.h"
#include "runtime/life.h"
#include "runtime/record.h"
#include "specs/load.h"

enum kind { BYTES, SIGNED, UNSIGNED, WEIGHT, TEXT };

static const struct limit {
	const char *option; /* without dashes */
	const char *place;  /* below linux.resources */
	enum kind kind;
	size_t word, value; /* in struct limit_words, in struct spec_resources */
} limits[] = {
#define LIMIT(option, place, kind, word, value)                                        \
	{ option, place, kind, offsetof(struct limit_words, word),                     \
	  offsetof(struct spec_resources, value) }
	LIMIT("memory", "memory.limit", BYTES, memory, memory.limit),
	LIMIT("memory-reservation", "memory.reservation", BYTES, memory_reservation,
	      memory.reservation),
	LIMIT("memory-swap", "memory.swap", BYTES, memory_swap, memory.swap),
	LIMIT("kernel-memory", "memory.kernel", BYTES, kernel_memory, memory.kernel),
	LIMIT("kernel-memory-tcp", "memory.kernelTCP", BYTES, kernel_memory_tcp,
	      memory.kernel_tcp),
	LIMIT("pids-limit", "pids.limit", SIGNED, pids_limit, pids.limit),
	LIMIT("cpu-quota", "cpu.quota", SIGNED, cpu_quota, cpu.quota),
	LIMIT("cpu-period", "cpu.period", UNSIGNED, cpu_period, cpu.period),
	LIMIT("cpu-burst", "cpu.burst", UNSIGNED, cpu_burst, cpu.burst),
	LIMIT("cpu-share", "cpu.shares", UNSIGNED, cpu_share, cpu.shares),
	LIMIT("cpu-idle", "cpu.idle", SIGNED, cpu_idle, cpu.idle),
	LIMIT("cpu-rt-period", "cpu.realtimePeriod", UNSIGNED, cpu_rt_period,
	      cpu.realtime_period),
	LIMIT("cpu-rt-runtime", "cpu.realtimeRuntime", SIGNED, cpu_rt_runtime,
	      cpu.realtime_runtime),
	LIMIT("cpuset-cpus", "cpu.cpus", TEXT, cpuset_cpus, cpu.cpus),
	LIMIT("cpuset-mems", "cpu.mems", TEXT, cpuset_mems, cpu.mems),
	LIMIT("blkio-weight", "blockIO.weight", WEIGHT, blkio_weight, block_io.weight),
#undef LIMIT
};
enum { limit_count = sizeof limits / sizeof *limits };

static const char prefix[] = "linux.resources.";

/* ---- what is asked --------------------------------------------------------------------------- */

static int read_signed(const char *word, int64_t *value)
{
	bool negative = *word == '-';
	uint64_t number;
	int result = decimal_parse(word + negative, INT64_MAX, &number);

	if (!result)
		*value = negative ? -(int64_t)number : (int64_t)number;
	return result;
}

static int refuse_word(const struct limit *limit, const char *word, int error)
{
	static const char *const expected[] = {
		[BYTES] = "a size such as 512M, or -1 for no limit",
		[SIGNED] = "a whole number",
		[UNSIGNED] = "a whole number from 0 on",
		[WEIGHT] = "a whole number from 0 on",
	};

	if (error == -ERANGE)
		return refuse(ERANGE, "--%s: %s is too large", limit->option, word);
	return refuse(EINVAL, "--%s: expected %s, got \"%s\"", limit->option, expected[limit->kind],
		      word);
}

static int read_word(const struct limit *limit, const char *word, struct spec_resources *asked)
{
	void *field = (char *)asked + limit->value;
	struct maybe_i64 *number = field;
	struct maybe_u64 *size = field;
	uint64_t weight = 0;
	int result = 0;

	switch (limit->kind) {
	case BYTES:
		result = !strcmp(word, "-1") ? read_signed(word, &number->value) :
					       bytes_parse(word, &number->value);
		number->given = true;
		break;
	case SIGNED:
		result = read_signed(word, &number->value);
		number->given = true;
		break;
	case UNSIGNED:
		result = decimal_parse(word, UINT64_MAX, &size->value);
		size->given = true;
		break;
	case WEIGHT:
		result = decimal_parse(word, UINT32_MAX, &weight);
		*(struct maybe_u32 *)field = (struct maybe_u32){ true, (uint32_t)weight };
		break;
	case TEXT:
		*(const char **)field = word;
		break;
	}
	return result ? refuse_word(limit, word, result) : 0;
}

static const char *word_of(const struct limit *limit, const struct arguments *arguments)
{
	return *(const char *const *)((const char *)&arguments->limit + limit->word);
}

static int read_words(const struct arguments *arguments, struct spec_resources *asked)
{
	int result = 0;

	for (size_t i = 0; i < limit_count && !result; i++) {
		const char *word = word_of(&limits[i], arguments);

		if (word)
			result = read_word(&limits[i], word, asked);
	}
	if (!result && asked->cpu.idle.given && (asked->cpu.idle.value & ~INT64_C(1)))
		result = refuse(EINVAL, "--cpu-idle: expected 0 or 1, got \"%s\"",
				arguments->limit.cpu_idle);
	return result;
}

/* ---- what went wrong ------------------------------------------------------------------------- */

/* "FILE:3:14: memory.limit: ...", whoever refused it. */
static void blame_file(const char *file)
{
	struct fault *fault = last_fault(), kept;
	const char *name = strcmp(file, "-") ? file : "standard input", *what = kept.what;
	char place[sizeof fault->path + 2] = "", at[32] = "";
	size_t length = strlen(name);

	if (!strncmp(fault->path, prefix, sizeof prefix - 1))
		memmove(fault->path, fault->path + sizeof prefix - 1,
			strlen(fault->path) - sizeof prefix + 2);
	if (strcmp(file, "-"))
		spec_locate(file);
	kept = *fault;
	if (!strncmp(what, name, length) && !strncmp(what + length, ": ", 2))
		what += length + 2;
	if (kept.path[0] && !strstr(what, kept.path))
		snprintf(place, sizeof place, "%s: ", kept.path);
	if (kept.line)
		snprintf(at, sizeof at, ":%u:%u", kept.line, kept.column);
	refuse(kept.error, "%s%s: %s%s", name, at, place, what);
	memcpy(fault->hint, kept.hint, sizeof fault->hint);
}

/* "--memory: ..." */
static void blame_option(void)
{
	struct fault *fault = last_fault(), kept = *fault;

	if (strncmp(kept.path, prefix, sizeof prefix - 1))
		return;
	for (size_t i = 0; i < limit_count; i++) {
		if (!strcmp(kept.path + sizeof prefix - 1, limits[i].place)) {
			refuse(kept.error, "--%s: %s", limits[i].option, kept.what);
			memcpy(fault->hint, kept.hint, sizeof fault->hint);
		}
	}
}

/* The last fault comes from what was asked, if it has a place. */
static int blame_asked(const struct arguments *arguments, int result)
{
	if (!result || !last_fault()->path[0])
		return result;
	if (arguments->resources)
		blame_file(arguments->resources);
	else
		blame_option();
	return result;
}

static int read_asked(const struct arguments *arguments, struct spec_resources *asked,
		      struct arena *arena)
{
	if (!arguments->resources)
		return read_words(arguments, asked);
	for (size_t i = 0; i < limit_count; i++) {
		if (word_of(&limits[i], arguments))
			warn("--%s is not used beside --resources", limits[i].option);
	}
	return blame_asked(arguments, spec_load_resources(asked, arguments->resources, arena));
}

/* ---- doing it -------------------------------------------------------------------------------- */

static int update_cgroup(struct record *record, const struct spec *spec,
			 const struct spec_resources *asked)
{
	struct spec_resources before = spec->linux.resources;
	struct cgroup cgroup;
	int result = cg_reopen(&cgroup, &record->cgroups, record->driver, record->arena);

	if (result)
		return result;
	if (record->memory_swap)
		before.memory.swap = (struct maybe_i64){ true, record->memory_swap };
	cgroup.rootless = record->rootless;
	cgroup.resources = &before;
	cgroup.devices = &spec->linux.devices;
	cgroup.device_rules = record->device_rules;
	if (asked->devices.count) {
		/* Should we be killed before the rules are on record, nobody knows them. */
		record->device_rules = arena_copy(record->arena, "");
		result = record_write(record);
	}
	if (!result)
		result = cg_update(&cgroup, asked);
	record->device_rules = cgroup.device_rules;
	return result;
}

/* Both or none: what resctrl had is written again when the cgroup refuses. */
static int update_all(struct record *record, const struct spec *spec,
		      const struct spec_resources *asked, const struct arguments *arguments)
{
	struct resctrl resctrl;
	struct strings before = { 0 };
	bool schemata = arguments->l3_cache_schema || arguments->mem_bw_schema;
	int result = rdt_reopen(&resctrl, &record->resctrl, record->arena);

	if (!result && schemata)
		result = rdt_update(&resctrl, arguments->l3_cache_schema, arguments->mem_bw_schema,
				    &before);
	if (result)
		return result;
	result = update_cgroup(record, spec, asked);
	if (result && schemata)
		rdt_put_back(&resctrl, &before);
	return result;
}

/* Also after a failure: the old rules are in force, and not unknown. */
static int keep_asked(struct record *record, const struct spec_resources *asked, int result)
{
	struct fault kept = *last_fault();
	bool swap = asked->memory.swap.given && asked->memory.swap.value;
	int written;

	if (!result && swap)
		record->memory_swap = asked->memory.swap.value;
	if (!asked->devices.count && (result || !swap))
		return result;
	written = record_write(record);
	if (!result)
		return written;
	*last_fault() = kept;
	return result;
}

static int update(struct record *record, const struct arguments *arguments)
{
	char *config = arena_format(record->arena, "%s/config.json", record->path);
	struct spec_resources asked = { 0 };
	struct spec spec;
	int result = read_asked(arguments, &asked, record->arena);

	if (result)
		return result;
	result = spec_load(&spec, config, record->arena);
	if (result)
		return result;
	result = blame_asked(arguments, update_all(record, &spec, &asked, arguments));
	return keep_asked(record, &asked, result);
}

int command_update(const struct globals *globals, const struct arguments *arguments)
{
	struct records records;
	struct record record;
	int result = record_find(&record, &records, globals->root, arguments->id, RECORD_LOCK,
				 globals->arena);

	if (result < 0)
		return result;
	if (!life_is_alive(life_of(&record)))
		return refuse(EINVAL, "container not running");
	return update(&record, arguments);
}
