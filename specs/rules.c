/* rules.c -- what the rules of several files share. See rules.h. */
#include "specs/rules.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/fault.h"

int broken(const char *path, const char *format, ...)
{
	char sentence[sizeof last_fault()->what];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(sentence, sizeof sentence, format, arguments);
	va_end(arguments);
	return blame(refuse(EINVAL, "%s: %s", path, sentence), "%s", path);
}

const char *at(const char *format, ...)
{
	static char path[sizeof last_fault()->path];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(path, sizeof path, format, arguments);
	va_end(arguments);
	return path;
}

/* The text need not be UTF-8: an environment may come from a command line. */
const char *shown(const char *text)
{
	enum { most = 64 };
	static char quoted[most + sizeof "\"...\" \\"];
	size_t used = 0;

	quoted[used++] = '"';
	for (; *text && used < most; text++) {
		if (*text == '"' || *text == '\\')
			quoted[used++] = '\\';
		quoted[used++] = (unsigned char)*text < ' ' || *text == 0x7f ? '?' : *text;
	}
	/* No half character before the dots. */
	while (*text && used > 1 && (*text & 0xc0) == 0x80)
		text--, used--;
	strcpy(quoted + used, *text ? "...\"" : "\"");
	return quoted;
}

const struct spec_namespace *rules_namespace(const struct spec *spec, int type)
{
	for (size_t i = 0; i < spec->linux.namespaces.count; i++) {
		if (spec->linux.namespaces.at[i].type == type)
			return &spec->linux.namespaces.at[i];
	}
	return NULL;
}

int rules_need_namespace(const char *path, const char *kind, const char *or_else)
{
	return advise(broken(path, "needs a %s namespace%s", kind, or_else),
		      "add { \"type\": \"%s\" } to linux.namespaces", kind);
}

/* One number of a list, at most six digits: no machine has a million CPUs. */
static bool skip_number(const char **list, unsigned long *number)
{
	size_t digits = strspn(*list, "0123456789");

	if (!digits || digits > 6)
		return false;
	*number = strtoul(*list, NULL, 10);
	*list += digits;
	return true;
}

bool rules_is_cpu_list(const char *list)
{
	for (;; list++) {
		unsigned long first, last;

		if (!skip_number(&list, &first))
			return false;
		last = first;
		if (*list == '-') {
			list++;
			if (!skip_number(&list, &last))
				return false;
		}
		if (last < first)
			return false;
		if (*list != ',')
			return !*list;
	}
}

static bool overlap(uint32_t one, uint32_t one_size, uint32_t other, uint32_t other_size)
{
	return one < (uint64_t)other + other_size && other < (uint64_t)one + one_size;
}

static int check_id_map(const struct spec_id_maps *maps, size_t i, const char *path)
{
	const struct spec_id_map *map = &maps->at[i];

	if ((uint64_t)map->container_id + map->size > UINT32_MAX)
		return broken(at("%s[%zu]", path, i),
			      "containerID and size reach beyond 4294967294, the last id there is");
	if ((uint64_t)map->host_id + map->size > UINT32_MAX)
		return broken(at("%s[%zu]", path, i),
			      "hostID and size reach beyond 4294967294, the last id there is");
	for (size_t j = 0; j < i; j++) {
		const struct spec_id_map *other = &maps->at[j];

		if (overlap(map->container_id, map->size, other->container_id, other->size))
			return broken(at("%s[%zu]", path, i),
				      "maps ids inside that entry %zu maps already", j);
		if (overlap(map->host_id, map->size, other->host_id, other->size))
			return broken(at("%s[%zu]", path, i),
				      "maps ids outside that entry %zu maps already", j);
	}
	return 0;
}

int rules_id_maps(const struct spec_id_maps *maps, const char *path)
{
	enum { most_lines = 340 }; /* user_namespaces(7): since 4.15 */

	if (maps->count > most_lines)
		return broken(path,
			      "expected at most %d entries, as many as the kernel takes, got %zu",
			      most_lines, maps->count);
	for (size_t i = 0; i < maps->count; i++) {
		int result = check_id_map(maps, i, path);

		if (result < 0)
			return result;
	}
	return 0;
}
