/* putback.c -- how a write to a cgroup's file is taken back, from what the file said before.
 *
 * Most files hold one line, which is written back as it is. Others have a line for each device,
 * and a device without a line has no limit: each of these files spells that in its own way
 * (cgroup-v2.rst; cgroup-v1/blkio-controller.rst, net_prio.rst, rdma.rst). */
#include <string.h>

#include "cgroups/update.h"

/* What follows the key of a device that had no line. A name is matched by its beginning. */
static const struct {
	const char *file, *nothing;
} keyed[] = {
	{ "io.max", "rbps=max wbps=max riops=max wiops=max" },
	{ "io.weight", "default" },
	{ "io.bfq.weight", "default" },
	{ "blkio.", "0" },
	{ "rdma.max", "hca_handle=max hca_object=max" },
	{ "net_prio.ifpriomap", "0" },
};

static const char *line_with_key(struct arena *arena, const char *content, const char *key,
				 size_t length)
{
	while (*content) {
		size_t span = strcspn(content, "\n");

		if (span > length && !strncmp(content, key, length) && content[length] == ' ')
			return arena_copy_bytes(arena, content, span);
		content += span + (content[span] == '\n');
	}
	return NULL;
}

static const char *nothing_for(struct arena *arena, const char *file, const char *key,
			       size_t length)
{
	for (size_t i = 0; i < sizeof keyed / sizeof *keyed; i++) {
		if (!strncmp(file, keyed[i].file, strlen(keyed[i].file)))
			return arena_format(arena, "%.*s %s", (int)length, key, keyed[i].nothing);
	}
	return NULL;
}

/* One line of a text, which may have a key and a value. */
static const char *put_back_line(struct arena *arena, const char *file, const char *content,
				 const char *line)
{
	size_t first = strcspn(content, "\n"), key = strcspn(line, " ");
	const char *found = NULL, *word;

	if (line[key])
		found = line_with_key(arena, content, line, key);
	if (line[key] && !found)
		found = nothing_for(arena, file, line, key);
	if (found)
		return found;
	if (!content[first] || !content[first + 1])
		return arena_copy_bytes(arena, content, first);
	/* A value without a key beside others with one: "oom_kill_disable 0", "default 100". */
	if (line[key])
		return NULL;
	for (word = content + first; word > content && word[-1] != ' '; word--)
		;
	return arena_copy_bytes(arena, word, (size_t)(content + first - word));
}

const char *cg_put_back(struct arena *arena, const char *file, const char *content,
			const char *text)
{
	const char *all = NULL;

	while (*text) {
		size_t length = strcspn(text, "\n");
		const char *line;

		line = put_back_line(arena, file, content,
				     arena_copy_bytes(arena, text, length));
		if (!line)
			return NULL;
		all = all ? arena_format(arena, "%s\n%s", all, line) : line;
		text += length + (text[length] == '\n');
	}
	return all;
}
