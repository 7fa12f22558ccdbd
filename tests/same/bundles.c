/* bundles.c -- reads the list of bundles and makes their config.json.
 *
 *	# a comment
 *	the_name (runc 1.2.0)		a bundle, and the runc it needs at least
 *		process.umask = 63	sets a value of the default config; ' stands for "
 *		- linux.resources	removes one
 *		namespace: cgroup	a new one, or the one there is; with a path: that one is joined
 *		as: another_name	begins with the settings of a bundle above
 *		command: create		run (else), or create and start; with options
 *		exec: --user 1		the probe is one more process, started with these options
 *		update: --memory 64M	a sleeping container is given other limits; @DIR@/r.json may be
 *					a file of `prepare`
 *		terminal: pty		the runtime has a terminal; socket: it has --console-socket
 *		prepare: mkdir x	a shell line, in the bundle's directory
 *		holder: net ipc		@HOLDER@ is the pid of a process with namespaces of its own
 *		environment: A=B	one more variable for the runtime
 *		descriptors: 2		open files of the runtime, from 3 on
 *
 * A "\" at the end of a line goes on with the next one. @DIR@ is the bundle's directory, @ID@ the
 * container's ID. Does not run anything. */
#include "tests/same/same.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/config.h"

static void wrong(const char *what, const char *line)
{
	fprintf(stderr, "bundles: %s: %s\n", what, line);
	exit(2);
}

static struct bundle *begin(char *line)
{
	struct bundle *bundle = arena_new(&words, struct bundle);
	char *since = strstr(line, " (runc ");

	if (since) {
		*since = '\0';
		since += strlen(" (runc ");
		since[strcspn(since, ")")] = '\0';
		bundle->since = arena_copy(&words, since);
	}
	bundle->name = arena_copy(&words, line);
	return bundle;
}

static void append(char **list, size_t size, const char *text)
{
	for (size_t i = 0; i < size; i++) {
		if (!list[i]) {
			list[i] = arena_copy(&words, text);
			return;
		}
	}
	wrong("too many lines", text);
}

/* "word: rest"; false when the line is a setting. */
static bool read_word(struct bundle *bundle, const char *line)
{
	const struct {
		const char *word;
		char **value;
	} known[] = {
		{ "command: ", &bundle->command },   { "exec: ", &bundle->exec },
		{ "terminal: ", &bundle->terminal }, { "prepare: ", &bundle->prepare },
		{ "holder: ", &bundle->holder },
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (strncmp(line, known[i].word, strlen(known[i].word)) == 0) {
			*known[i].value = arena_copy(&words, line + strlen(known[i].word));
			return true;
		}
	}
	if (sscanf(line, "descriptors: %d", &bundle->descriptors) == 1)
		return true;
	if (strncmp(line, "update: ", strlen("update: ")) == 0) {
		append(bundle->updates, 8, line + strlen("update: "));
		return true;
	}
	if (strncmp(line, "environment: ", strlen("environment: ")) != 0)
		return false;
	append(bundle->environment, 8, line + strlen("environment: "));
	return true;
}

static void copy_settings(struct bundle *bundle, const struct bundle *first, const char *name)
{
	while (first && strcmp(first->name, name) != 0)
		first = first->next;
	if (!first)
		wrong("no such bundle above", name);
	for (size_t i = 0; i < most_lines && first->settings[i]; i++)
		append(bundle->settings, most_lines, first->settings[i]);
}

static const char namespace[] = "namespace: ";

static void read_line(struct bundle *bundle, const struct bundle *first, const char *line)
{
	if (!bundle)
		wrong("no bundle yet", line);
	if (read_word(bundle, line))
		return;
	if (strncmp(line, "as: ", 4) == 0) {
		copy_settings(bundle, first, line + 4);
		return;
	}
	if (strncmp(line, "- ", 2) != 0 && strncmp(line, namespace, sizeof namespace - 1) != 0 &&
	    !strstr(line, " = "))
		wrong("neither a setting nor a word", line);
	append(bundle->settings, most_lines, line);
}

/* The next line with those that continue it; NULL at the end. */
static char *whole_line(FILE *file)
{
	char *line = NULL, *more = NULL;
	size_t room = 0, ignored = 0;

	if (getline(&line, &room, file) < 0) {
		free(line);
		return NULL;
	}
	line[strcspn(line, "\n")] = '\0';
	while (*line && line[strlen(line) - 1] == '\\' && getline(&more, &ignored, file) >= 0) {
		more[strcspn(more, "\n")] = '\0';
		line[strlen(line) - 1] = '\0';
		line = realloc(line, strlen(line) + strlen(more) + 1);
		strcat(line, more + strspn(more, "\t"));
	}
	free(more);
	return line;
}

struct bundle *bundles_read(const char *path)
{
	struct bundle *first = NULL, **last = &first, *now = NULL;
	FILE *file = fopen(path, "re");
	char *line;

	if (!file)
		wrong("cannot be read", path);
	for (; (line = whole_line(file)); free(line)) {
		if (*line == '#' || !line[strspn(line, "\t ")])
			continue;
		if (*line == '\t') {
			read_line(now, first, line + 1);
			continue;
		}
		now = *last = begin(line);
		last = &now->next;
	}
	fclose(file);
	return first;
}

/* "cgroup /proc/1/ns/cgroup". The default config has one or not, as the host's cgroups are. */
static void set_namespace(json_t *config, char *kind)
{
	json_t *list = config_get(config, "linux.namespaces"), *found = NULL, *one;
	char *path = strchr(kind, ' ');
	size_t i;

	if (path)
		*path++ = '\0';
	json_array_foreach (list, i, one) {
		if (!strcmp(json_string_value(json_object_get(one, "type")), kind))
			found = one;
	}
	if (!found) {
		found = json_pack("{s:s}", "type", kind);
		json_array_append_new(list, found);
	}
	if (path)
		json_object_set_new(found, "path", json_string(path));
}

json_t *bundle_config(const struct bundle *bundle, const json_t *base)
{
	json_t *config = json_deep_copy(base);

	for (size_t i = 0; i < most_lines && bundle->settings[i]; i++) {
		char *line = stage_words(bundle->settings[i]);
		char *value = strstr(line, " = ");

		if (!strncmp(line, "- ", 2)) {
			config_unset(config, line + 2);
		} else if (!strncmp(line, namespace, sizeof namespace - 1)) {
			set_namespace(config, line + sizeof namespace - 1);
		} else {
			*value = '\0';
			config_set(config, line, config_parse(value + 3));
		}
		free(line);
	}
	return config;
}
