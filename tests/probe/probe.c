/* probe.c -- a workload that says everything about the container it finds itself in.
 *
 *	probe [--hide TEXT]... [--sysctl NAME]...
 *
 * Two runtimes that are given the same config.json must print the same lines: "name: value",
 * sorted by name. What differs between two runs by nature (pids, device numbers, host paths, the
 * container's ID) is left out, turned into a relation ("its own session leader") or hidden by
 * --hide. Built with -static, so that it runs in an empty root. Judges nothing; changes nothing,
 * but for opening files that a container should not be able to open. */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { most_facts = 4096, most_hidden = 16 };

static char *facts[most_facts];
static size_t fact_count;
static const char *hidden[most_hidden];
static size_t hidden_count;

static const char *hidden_at(const char *text)
{
	for (size_t i = 0; i < hidden_count; i++) {
		if (!strncmp(text, hidden[i], strlen(hidden[i])))
			return hidden[i];
	}
	return NULL;
}

/* `text` made fit for one line, into `to`. */
static void clean(FILE *to, const char *text)
{
	while (*text) {
		const char *found = hidden_at(text);

		if (found) {
			fputc('*', to);
			text += strlen(found);
			continue;
		}
		if (*text < ' ' || *text > '~' || *text == '\\')
			fprintf(to, "\\x%02x", (unsigned char)*text);
		else
			fputc(*text, to);
		text++;
	}
}

void fact(const char *name, const char *format, ...)
{
	char *value = NULL;
	size_t size;
	va_list arguments;
	FILE *line;

	va_start(arguments, format);
	if (vasprintf(&value, format, arguments) < 0)
		abort();
	va_end(arguments);
	if (fact_count == most_facts)
		abort();
	line = open_memstream(&facts[fact_count++], &size);
	clean(line, name);
	fputs(": ", line);
	clean(line, value);
	fclose(line);
	free(value);
}

const char *named(const char *format, ...)
{
	static char names[8][4352];
	static size_t next;
	char *name = names[next++ % 8];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(name, sizeof *names, format, arguments);
	va_end(arguments);
	return name;
}

char *slurp(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	size_t length = 0, room = 4096;
	char *text = malloc(room);
	ssize_t got;

	if (fd < 0)
		return NULL;
	while ((got = read(fd, text + length, room - length - 1)) > 0) {
		length += (size_t)got;
		if (length == room - 1)
			text = realloc(text, room *= 2);
	}
	close(fd);
	text[length] = '\0';
	return got < 0 ? NULL : text;
}

const char *error_name(int error)
{
	const char *name = strerrorname_np(error);

	return name ? name : "an unknown error";
}

const char *first_line(const char *path)
{
	char *text = slurp(path);

	if (!text)
		return error_name(errno);
	text[strcspn(text, "\n")] = '\0';
	return text;
}

static void probe_sysctl(const char *name)
{
	char *path = strdup(named("/proc/sys/%s", name));

	for (char *at = path + strlen("/proc/sys/"); *at; at++) {
		if (*at == '.')
			*at = '/';
	}
	fact(named("sysctl.%s", name), "%s", first_line(path));
	free(path);
}

static int compare(const void *one, const void *other)
{
	return strcmp(*(char *const *)one, *(char *const *)other);
}

int main(int count, char **arguments)
{
	for (int i = 1; i + 1 < count; i++) {
		if (!strcmp(arguments[i], "--hide") && hidden_count < most_hidden)
			hidden[hidden_count++] = arguments[++i];
	}
	/* First, before anything here opens a file: what leaked into the container is still seen.
	 */
	probe_files();
	for (int i = 0; i < count; i++)
		fact(named("args[%02d]", i), "%s", arguments[i]);
	for (int i = 1; i + 1 < count; i++) {
		if (!strcmp(arguments[i], "--sysctl"))
			probe_sysctl(arguments[i + 1]);
	}
	probe_identity();
	probe_process();
	probe_mounts();
	probe_namespaces();

	qsort(facts, fact_count, sizeof *facts, compare);
	for (size_t i = 0; i < fact_count; i++)
		puts(facts[i]);
	return fflush(stdout) == 0 ? 0 : 1;
}
