/* stats_list.c -- huge pages by their size, RDMA by device, misc by name.
 *
 * hugetlb counts what is reserved (".rsvd", since 5.7) apart from what is there; runc shows the
 * first where it can. Which sizes there are, the names of the files tell.
 *
 * Does not know anything of block devices: stats_io.c. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroups/stats_row.h"
#include "cgroups/tree.h"

/* ---- huge pages ------------------------------------------------------------------------------ */

static const char huge_prefix[] = "hugetlb.";

/* "hugetlb.2MB.current" with the suffix ".current" is "2MB"; NULL: another file. */
static const char *size_in(const char *file, const char *suffix, struct arena *arena)
{
	const char *size = file + strlen(huge_prefix), *end = strchr(file, '\0') - strlen(suffix);

	if (strncmp(file, huge_prefix, strlen(huge_prefix)) != 0 || end <= size ||
	    strcmp(end, suffix) != 0 || memchr(size, '.', (size_t)(end - size)))
		return NULL;
	return arena_copy_bytes(arena, size, (size_t)(end - size));
}

static int by_size(const void *one, const void *other)
{
	return strcmp(((const struct cg_huge_page *)one)->size,
		      ((const struct cg_huge_page *)other)->size);
}

static int find_sizes(int dir, const char *suffix, struct cg_huge_pages *pages, struct arena *arena)
{
	enum { most = 16 };
	int again = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = again < 0 ? NULL : fdopendir(again);

	if (!list) {
		if (again >= 0)
			close(again);
		return -errno;
	}
	pages->at = arena_array(arena, most, sizeof *pages->at);
	for (struct dirent *entry; pages->count < most && (entry = readdir(list));) {
		const char *size = size_in(entry->d_name, suffix, arena);

		if (size)
			pages->at[pages->count++].size = size;
	}
	closedir(list);
	qsort(pages->at, pages->count, sizeof *pages->at, by_size);
	return 0;
}

/* hugetlb.SIZE + NAME; whether there is such a file. */
static int read_huge(int dir, const char *size, const char *name, const char *key, uint64_t *value,
		     struct arena *arena)
{
	char *text;
	int result = stat_text(dir, arena_format(arena, "%s%s%s", huge_prefix, size, name), &text,
			       arena);

	if (result < 0 || !text)
		return result;
	result = key ? stat_keyed(text, key, value) : stat_number(text, value);
	return result < 0 ? result : 1;
}

static int read_size_v1(int dir, struct cg_huge_page *page, struct arena *arena)
{
	const char *reserved = ".rsvd";
	int result = read_huge(dir, page->size, ".usage_in_bytes", NULL, &page->faulted, arena);

	if (result >= 0)
		result = read_huge(dir, page->size, ".rsvd.usage_in_bytes", NULL, &page->usage,
				   arena);
	if (result == 0) {
		reserved = "";
		page->usage = page->faulted;
	}
	if (result >= 0)
		result = read_huge(dir, page->size,
				   arena_format(arena, "%s.max_usage_in_bytes", reserved), NULL,
				   &page->max, arena);
	if (result >= 0)
		result = read_huge(dir, page->size, arena_format(arena, "%s.failcnt", reserved),
				   NULL, &page->failcnt, arena);
	return result;
}

static int read_size_v2(int dir, struct cg_huge_page *page, struct arena *arena)
{
	int result = read_huge(dir, page->size, ".current", NULL, &page->faulted, arena);

	if (result >= 0)
		result = read_huge(dir, page->size, ".rsvd.current", NULL, &page->usage, arena);
	if (result == 0)
		page->usage = page->faulted;
	if (result >= 0)
		result = read_huge(dir, page->size, ".events", "max", &page->failcnt, arena);
	return result;
}

int stat_read_huge_pages(int dir, bool v2, struct cg_stats *stats, struct arena *arena)
{
	struct cg_huge_pages *pages = &stats->huge_pages;
	int result = find_sizes(dir, v2 ? ".current" : ".usage_in_bytes", pages, arena);

	for (size_t i = 0; result >= 0 && i < pages->count; i++)
		result = v2 ? read_size_v2(dir, &pages->at[i], arena)
			    : read_size_v1(dir, &pages->at[i], arena);
	return result < 0 ? result : 0;
}

/* ---- rdma, misc ------------------------------------------------------------------------------ */

static size_t count_lines(const char *text)
{
	size_t count = 1;

	for (; text && *text; text++)
		count += *text == '\n';
	return count;
}

int stat_rdma(char *text, struct cg_rdma *rdma, struct arena *arena)
{
	rdma->at = arena_array(arena, count_lines(text), sizeof *rdma->at);
	rdma->count = 0;
	for (char *line; (line = stat_line(&text));) {
		struct cg_rdma_entry *entry = &rdma->at[rdma->count++];
		int result = 0;

		entry->device = stat_word(&line);
		for (char *pair; !result && (pair = stat_word(&line));) {
			if (!strncmp(pair, "hca_handle=", 11))
				result = stat_number(pair + 11, &entry->handles);
			else if (!strncmp(pair, "hca_object=", 11))
				result = stat_number(pair + 11, &entry->objects);
		}
		if (result < 0 || !entry->device)
			return -EINVAL;
	}
	return 0;
}

int stat_read_rdma(int dir, bool v2, struct cg_stats *stats, struct arena *arena)
{
	char *current, *limit;
	int result = stat_text(dir, "rdma.current", &current, arena);

	(void)v2;
	if (result >= 0 && current)
		result = stat_rdma(current, &stats->rdma, arena);
	if (result >= 0)
		result = stat_text(dir, "rdma.max", &limit, arena);
	if (result >= 0 && limit)
		result = stat_rdma(limit, &stats->rdma_limit, arena);
	return result;
}

static struct cg_misc_entry *misc_named(struct cg_misc *misc, const char *name, size_t length)
{
	for (size_t i = 0; i < misc->count; i++) {
		if (strlen(misc->at[i].name) == length && !memcmp(misc->at[i].name, name, length))
			return &misc->at[i];
	}
	return NULL;
}

int stat_misc(char *current, char *events, struct cg_misc *misc, struct arena *arena)
{
	struct cg_counts counts;
	int result = current ? stat_counts(current, &counts, arena) : -ENOENT;

	if (result < 0)
		return result == -ENOENT ? 0 : result;
	misc->at = arena_array(arena, counts.count + 1, sizeof *misc->at);
	misc->count = 0;
	for (size_t i = 0; i < counts.count; i++)
		misc->at[misc->count++] =
			(struct cg_misc_entry){ counts.at[i].key, counts.at[i].value, 0 };
	result = events ? stat_counts(events, &counts, arena) : -ENOENT;
	for (size_t i = 0; !result && i < counts.count; i++) {
		const char *dot = strrchr(counts.at[i].key, '.');
		struct cg_misc_entry *entry = dot && !strcmp(dot, ".max")
						      ? misc_named(misc, counts.at[i].key,
								   (size_t)(dot - counts.at[i].key))
						      : NULL;

		if (entry)
			entry->events = counts.at[i].value;
	}
	return result == -ENOENT ? 0 : result;
}

int stat_read_misc(int dir, bool v2, struct cg_stats *stats, struct arena *arena)
{
	char *current, *events = NULL;
	int result = stat_text(dir, "misc.current", &current, arena);

	(void)v2;
	if (result >= 0)
		result = stat_text(dir, "misc.events", &events, arena);
	return result < 0 ? result : stat_misc(current, events, &stats->misc, arena);
}
