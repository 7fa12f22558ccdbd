/* facts.c -- lines "name: value" about a container, as they are seen from the host.
 *
 * The probe says what a container is from inside; here is what is left in its root file system,
 * what hooks wrote, and what its cgroups allow. */
#include "tests/same/same.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

void facts_add(struct facts *facts, const char *format, ...)
{
	va_list arguments;
	char *line;

	va_start(arguments, format);
	if (vasprintf(&line, format, arguments) < 0)
		abort();
	va_end(arguments);
	facts->line = realloc(facts->line, (facts->count + 1) * sizeof *facts->line);
	facts->line[facts->count++] = line;
}

void facts_add_text(struct facts *facts, const char *prefix, const char *text)
{
	while (*text) {
		size_t length = strcspn(text, "\r\n");

		if (memmem(text, length, ": ", 2))
			facts_add(facts, "%s%.*s", prefix, (int)length, text);
		text += length;
		text += strspn(text, "\r\n");
	}
}

/* What is written to facts/ is facts; other files count by their being there. */
static void add_file(struct facts *facts, const char *path, const char *shown,
		     const struct stat *about)
{
	char prefix[128], target[512] = "";

	if (!strncmp(shown, "facts/", 6)) {
		char *text = stage_text(path);

		snprintf(prefix, sizeof prefix, "%.60s.", shown + 6);
		facts_add_text(facts, prefix, text);
		free(text);
		return;
	}
	if (S_ISLNK(about->st_mode) && readlink(path, target, sizeof target - 1) >= 0)
		facts_add(facts, "left[%s]: symlink to %s", shown, target);
	else
		facts_add(facts, "left[%s]: %06o %u:%u", shown, about->st_mode, about->st_uid,
			  about->st_gid);
}

static void add_folder(struct facts *facts, const char *path, size_t skip)
{
	DIR *folder = opendir(path);
	struct dirent *entry;

	while (folder && (entry = readdir(folder))) {
		char child[512];
		struct stat about;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		snprintf(child, sizeof child, "%.250s/%.250s", path, entry->d_name);
		if (lstat(child, &about) < 0)
			continue;
		add_file(facts, child, child + skip, &about);
		if (S_ISDIR(about.st_mode))
			add_folder(facts, child, skip);
	}
	if (folder)
		closedir(folder);
}

void facts_add_tree(struct facts *facts, const char *folder)
{
	add_folder(facts, folder, strlen(folder) + 1);
}

void facts_add_mounts(struct facts *facts, const char *folder)
{
	char *text = stage_text("/proc/self/mountinfo"), *save, *line;

	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char point[512], flags[256];

		if (sscanf(line, "%*s %*s %*s %*s %511s %255s", point, flags) == 2 &&
		    !strncmp(point, folder, strlen(folder)) && point[strlen(folder)] == '/')
			facts_add(facts, "left_mount[%s]: %s", point + strlen(folder), flags);
	}
	free(text);
}

/* Files that count what happened, or only hold processes. */
static bool is_limit(const char *name)
{
	static const char *const others[] = { "usage",        "stat",     "tasks",       "procs",
					      "threads",      "pressure", "current",     "events",
					      "peak",         "failcnt",  "io_",         "sectors",
					      "throttle.io_", "slabinfo", "controllers", ".time" };

	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		if (strstr(name, others[i]))
			return false;
	}
	return true;
}

static char *one_line(char *text)
{
	for (char *end; (end = strchr(text, '\n'));)
		*end = end[1] ? ';' : '\0';
	return text;
}

/* Their order has no meaning. */
static void add_rules(struct facts *facts, char *text)
{
	char *save, *line;

	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		facts_add(facts, "device_rule[%s]: allowed", line);
}

static void add_cgroup(struct facts *facts, const char *hierarchy, const char *path)
{
	DIR *folder = opendir(path);
	struct dirent *entry;

	while (folder && (entry = readdir(folder))) {
		char file[768], *text;

		if (entry->d_type != DT_REG || !is_limit(entry->d_name))
			continue;
		snprintf(file, sizeof file, "%.500s/%.250s", path, entry->d_name);
		text = stage_text(file);
		if (!strcmp(entry->d_name, "devices.list"))
			add_rules(facts, text);
		else
			facts_add(facts, "limit[%s/%s]: %s", hierarchy, entry->d_name,
				  one_line(text));
		free(text);
	}
	if (folder)
		closedir(folder);
}

void facts_add_cgroups(struct facts *facts, pid_t pid)
{
	char name[64], *text, *save, *line;

	snprintf(name, sizeof name, "/proc/%d/cgroup", pid);
	text = stage_text(name);
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *path = strchr(strchr(line, ':') + 1, ':');
		const char *controllers = strchr(line, ':') + 1;
		char folder[640];

		*path++ = '\0';
		if (!strncmp(controllers, "name=", 5))
			controllers += 5;
		if (!*controllers)
			controllers = access("/sys/fs/cgroup/unified", F_OK) == 0 ? "unified" : ".";
		snprintf(folder, sizeof folder, "/sys/fs/cgroup/%.60s%.500s", controllers, path);
		facts_add(facts, "cgroup_path[%s]: %s", controllers, path);
		if (strcmp(path, "/"))
			add_cgroup(facts, controllers, folder);
	}
	free(text);
}

/* By name, then by value. */
static int compare(const void *one, const void *other)
{
	const char *a = *(char *const *)one, *b = *(char *const *)other;
	const char *a_value = strstr(a, ": "), *b_value = strstr(b, ": ");
	size_t a_length = (size_t)(a_value - a), b_length = (size_t)(b_value - b);
	int order = memcmp(a, b, a_length < b_length ? a_length : b_length);

	if (order)
		return order;
	if (a_length != b_length)
		return a_length < b_length ? -1 : 1;
	return strcmp(a_value, b_value);
}

void facts_sort(struct facts *facts)
{
	if (facts->count)
		qsort(facts->line, facts->count, sizeof *facts->line, compare);
}

void facts_free(struct facts *facts)
{
	for (size_t i = 0; i < facts->count; i++)
		free(facts->line[i]);
	free(facts->line);
	*facts = (struct facts){ 0 };
}
