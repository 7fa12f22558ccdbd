/* resctrl_update.c -- update: other schemata for a container that lives. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cgroups/resctrl_tree.h"
#include "runtime/base/fault.h"

static int update_lines(struct resctrl *resctrl, struct strings *lines, struct strings *before)
{
	char *now, name[32];
	int result = rdt_read(resctrl, rdt_path(resctrl, resctrl->class, "schemata"), &now);

	for (size_t i = 0; i < lines->count && !result; i++) {
		char *line = NULL;

		if (rdt_read_line(lines->at[i], name, sizeof name))
			line = rdt_line_of(name, now, resctrl->arena);
		if (line)
			before->at[before->count++] = line;
	}
	return result ? result : rdt_write_lines(resctrl, lines->at, lines->count);
}

/* The words are runc's. */
int rdt_update(struct resctrl *resctrl, const char *l3_cache_schema, const char *mem_bw_schema,
	       struct strings *before)
{
	const struct {
		const char *option, *line;
	} asked[] = {
		{ "l3-cache-schema", l3_cache_schema },
		{ "mem-bw-schema", mem_bw_schema },
	};
	struct strings lines = { arena_array(resctrl->arena, 2, sizeof *lines.at), 0 };

	*before = (struct strings){ arena_array(resctrl->arena, 2, sizeof *before->at), 0 };
	if (!resctrl->mount)
		return refuse(ENOTSUP, "updating a non-existent Intel RDT configuration is not "
				       "supported");
	if (rdt_open(resctrl) < 0)
		return fail(errno, "open %s", resctrl->mount);
	for (size_t i = 0; i < 2; i++) {
		int result = asked[i].line ? rdt_check_line(resctrl, asked[i].line) : 0;

		if (result)
			return refuse(-result, "--%s: %s", asked[i].option, last_fault()->what);
		if (asked[i].line)
			lines.at[lines.count++] = arena_copy(resctrl->arena, asked[i].line);
	}
	return update_lines(resctrl, &lines, before);
}

void rdt_put_back(struct resctrl *resctrl, const struct strings *before)
{
	struct fault kept = *last_fault();

	if (rdt_write_lines(resctrl, before->at, before->count))
		snprintf(kept.what + strlen(kept.what), sizeof kept.what - strlen(kept.what),
			 "; and the schemata of %s/%s could not be put back", resctrl->mount,
			 resctrl->class);
	*last_fault() = kept;
}
