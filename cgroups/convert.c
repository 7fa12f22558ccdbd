/* convert.c -- how the value of a field is spelled in a kernel file.
 *
 * Each function is the writer of one or more rows of the table in knobs.c. None of them looks at
 * the host: the same config gives the same lines everywhere.
 *
 * Does not check ranges (check.c did) and does not compute weights (weight.c). */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cgroups/knobs.h"

/* "memory.limit" of -1 and its like are how a new cgroup is: nothing is lost without the file. */
static bool is_default(const struct knob *knob, int64_t value)
{
	return (value == -1 && knob->flags & minus_one_no_limit) ||
	       (value == 0 && knob->flags & zero_default);
}

__attribute__((format(printf, 2, 3))) static void say(struct knob_line *line, const char *format,
						      ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line->room, sizeof line->room, format, arguments);
	va_end(arguments);
	line->text = line->room;
}

bool write_plain(const struct knob *knob, const struct spec_resources *asked, size_t index,
		 struct knob_line *line)
{
	int64_t value;

	if (index || !knob_number(knob, asked, &value))
		return false;
	say(line, "%" PRId64, value);
	line->dispensable = is_default(knob, value);
	return true;
}

bool write_or_max(const struct knob *knob, const struct spec_resources *asked, size_t index,
		  struct knob_line *line)
{
	if (!write_plain(knob, asked, index, line))
		return false;
	if (!strcmp(line->text, "-1"))
		line->text = "max";
	return true;
}

bool write_weight(const struct knob *knob, const struct spec_resources *asked, size_t index,
		  struct knob_line *line)
{
	int64_t shares;

	if (index || !knob_number(knob, asked, &shares))
		return false;
	say(line, "%" PRIu64, cg_weight_of_shares((uint64_t)shares));
	return true;
}

/* cpu.max holds both; the quota alone leaves the period there is. */
bool write_quota_v2(const struct knob *knob, const struct spec_resources *asked, size_t index,
		    struct knob_line *line)
{
	const struct maybe_u64 *period = &asked->cpu.period;

	if (!write_or_max(knob, asked, index, line))
		return false;
	if (period->given && period->value) {
		char quota[32];

		snprintf(quota, sizeof quota, "%s", line->text);
		say(line, "%s %" PRIu64, quota, period->value);
		line->dispensable = false;
	}
	return true;
}

bool write_period_v2(const struct knob *knob, const struct spec_resources *asked, size_t index,
		     struct knob_line *line)
{
	const struct maybe_i64 *quota = &asked->cpu.quota;
	int64_t period;

	if (index || (quota->given && quota->value) || !knob_number(knob, asked, &period))
		return false;
	say(line, "max %" PRId64, period);
	return true;
}

/* No limit on memory and not a word on swap: then none on swap either, as v1 demands anyway (memory
 * and swap may not be less than memory). */
static bool swap_of(const struct knob *knob, const struct spec_resources *asked, int64_t *swap,
		    bool *implied)
{
	const struct maybe_i64 *limit = &asked->memory.limit;

	*implied = false;
	if (knob_number(knob, asked, swap))
		return true;
	*implied = true;
	*swap = -1;
	return limit->given && limit->value == -1;
}

bool write_swap_v1(const struct knob *knob, const struct spec_resources *asked, size_t index,
		   struct knob_line *line)
{
	int64_t swap;
	bool implied;

	if (index || !swap_of(knob, asked, &swap, &implied))
		return false;
	say(line, "%" PRId64, swap);
	line->dispensable = swap == -1;
	return true;
}

/* v2 counts swap alone. Without swap accounting nothing is swapped on anybody's account: "0" and
 * "max" are as true as they can be. */
bool write_swap_v2(const struct knob *knob, const struct spec_resources *asked, size_t index,
		   struct knob_line *line)
{
	const struct maybe_i64 *limit = &asked->memory.limit;
	int64_t swap;
	bool implied;

	if (index || !swap_of(knob, asked, &swap, &implied))
		return false;
	if (swap != -1 && limit->given && limit->value > 0)
		swap -= limit->value;
	if (swap == -1)
		line->text = "max";
	else
		say(line, "%" PRId64, swap);
	line->dispensable = swap <= 0;
	return true;
}

bool write_cpuset(const struct knob *knob, const struct spec_resources *asked, size_t index,
		  struct knob_line *line)
{
	char *const *list = (char *const *)((const char *)asked + knob->offset);

	line->text = *list;
	return !index && *list && **list;
}

bool write_io_weight(const struct knob *knob, const struct spec_resources *asked, size_t index,
		     struct knob_line *line)
{
	int64_t weight;

	if (!write_plain(knob, asked, index, line) || !knob_number(knob, asked, &weight))
		return false;
	snprintf(line->spare, sizeof line->spare, "%" PRIu64,
		 cg_io_weight_of_blkio((uint64_t)weight));
	line->else_file = "io.weight";
	line->else_text = line->spare;
	return true;
}
