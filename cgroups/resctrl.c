/* resctrl.c -- linux.intelRdt: the container's class of service, made, entered, removed.
 *
 * Who made a class decides who may change and remove it. closID names one that others may use too:
 * there it has to be as asked already (spec, "IntelRdt": "generate an error if doesn't match"), and
 * delete lets it be. Without closID the class is the container's, called as the container is.
 *
 * The kernel says why it refused in info/last_cmd_status, which becomes the hint.
 *
 * Does not check what is asked: resctrl_plan.c. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroups/resctrl_tree.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"

static const char place[] = "linux.intelRdt";

/* Spec: l3CacheSchema, memBwSchema, and after them schemata, which may name the same resources. */
static int write_schemata(struct resctrl *resctrl)
{
	const struct spec_intel_rdt *asked = resctrl->asked;
	char *first[2];
	size_t count = 0;
	int result;

	if (asked->l3_cache_schema)
		first[count++] = asked->l3_cache_schema;
	if (asked->mem_bw_schema)
		first[count++] = asked->mem_bw_schema;
	result = rdt_write_lines(resctrl, first, count);
	if (!result)
		result = rdt_write_lines(resctrl, asked->schemata.at, asked->schemata.count);
	return blame(result, "%s", place);
}

static int make_directory(struct resctrl *resctrl, const char *path)
{
	int result = mkdirat(resctrl->dir, path, 0755) < 0 ? -errno : 0;

	if (!result)
		return 0;
	return blame(rdt_add_status(resctrl, fail(result, "make %s/%s", resctrl->mount, path)), "%s",
		     place);
}

/* Not two of them: what is not made is not ours to remove. */
static int make(struct resctrl *resctrl)
{
	bool class = resctrl->made_class, monitor = resctrl->made_monitor;
	int result;

	resctrl->made_class = resctrl->made_monitor = false;
	result = class ? make_directory(resctrl, resctrl->class) : 0;
	if (result)
		return result;
	resctrl->made_class = class;
	result = write_schemata(resctrl);
	if (!result && monitor)
		result = make_directory(resctrl, resctrl->monitor);
	resctrl->made_monitor = monitor && !result;
	return result;
}

int rdt_make(struct resctrl *resctrl)
{
	int result = make(resctrl);

	if (result) {
		struct fault why = *last_fault();

		rdt_unmake(resctrl);
		*last_fault() = why;
	}
	return result;
}

static int enter(struct resctrl *resctrl, const char *directory, pid_t pid)
{
	char text[16], *path = rdt_path(resctrl, directory, "tasks");
	int result;

	snprintf(text, sizeof text, "%d", pid);
	result = write_small(resctrl->dir, path, text);
	if (!result)
		return 0;
	return rdt_add_status(resctrl, fail(result, "put process %d into %s/%s", pid, resctrl->mount,
					path));
}

/* Into the class first: a monitoring group takes only tasks of its class. */
int rdt_enter(struct resctrl *resctrl, pid_t pid)
{
	int result = rdt_open(resctrl);

	if (result < 0)
		return blame(fail(result, "open %s", resctrl->mount), "%s", place);
	result = enter(resctrl, resctrl->class, pid);
	if (!result && resctrl->monitor)
		result = enter(resctrl, resctrl->monitor, pid);
	return blame(result, "%s", place);
}

static int remove_directory(struct resctrl *resctrl, const char *path)
{
	if (!unlinkat(resctrl->dir, path, AT_REMOVEDIR) || errno == ENOENT || errno == ENODEV)
		return 0;
	return fail(errno, "remove %s/%s", resctrl->mount, path);
}

static int remove_made(struct resctrl *resctrl, bool class)
{
	int result = 0;

	/* Unmounted: what was in it is gone. */
	if (!resctrl->mount || rdt_open(resctrl) < 0)
		return 0;
	if (resctrl->made_monitor)
		result = remove_directory(resctrl, resctrl->monitor);
	if (!result && class)
		result = remove_directory(resctrl, resctrl->class);
	return result;
}

int rdt_remove(struct resctrl *resctrl)
{
	return remove_made(resctrl, resctrl->made_class && !resctrl->named);
}

int rdt_unmake(struct resctrl *resctrl)
{
	char tasks[16] = "";
	bool class = resctrl->made_class;

	/* rmdir(2) would not mind tasks: they would be in the default class. */
	if (class && resctrl->named && rdt_open(resctrl) >= 0)
		class = read_small(resctrl->dir, rdt_path(resctrl, resctrl->class, "tasks"), tasks,
				   sizeof tasks) == 0;
	return remove_made(resctrl, class);
}

/* ---- later commands -------------------------------------------------------------------------- */

struct strings rdt_save(const struct resctrl *resctrl, struct arena *arena)
{
	struct strings saved = { arena_array(arena, 6, sizeof *saved.at), 0 };

	if (!resctrl->mount)
		return saved;
	saved.at[saved.count++] = arena_format(arena, "mount=%s", resctrl->mount);
	saved.at[saved.count++] = arena_format(arena, "class=%s", resctrl->class);
	if (resctrl->made_monitor)
		saved.at[saved.count++] = arena_format(arena, "monitor=%s", resctrl->monitor);
	if (resctrl->named)
		saved.at[saved.count++] = arena_copy(arena, "named");
	if (resctrl->made_class)
		saved.at[saved.count++] = arena_copy(arena, "made");
	return saved;
}

static char *value_after(char *word, const char *key)
{
	size_t length = strlen(key);

	return strncmp(word, key, length) ? NULL : word + length;
}

int rdt_reopen(struct resctrl *resctrl, const struct strings *saved, struct arena *arena)
{
	*resctrl = (struct resctrl){ .dir = -1, .arena = arena };
	for (size_t i = 0; i < saved->count; i++) {
		char *word = saved->at[i], *value;

		if ((value = value_after(word, "mount=")))
			resctrl->mount = value;
		else if ((value = value_after(word, "class=")))
			resctrl->class = value;
		else if ((value = value_after(word, "monitor=")))
			resctrl->monitor = value;
		resctrl->named = resctrl->named || !strcmp(word, "named");
		resctrl->made_class = resctrl->made_class || !strcmp(word, "made");
	}
	resctrl->made_monitor = resctrl->monitor;
	if (saved->count && (!resctrl->mount || !resctrl->class))
		return refuse(EINVAL, "the container's record names a wrong class of resctrl");
	return 0;
}
