/* schemata.c -- lines of resctrl's `schemata`: "L3:0=7f;1=1f", "MB:0=20;1=70".
 *
 * What is read back is not what was written: names are padded, domains sorted, those that were not
 * named are there too, masks lose their zeros and percentages are rounded up. So numbers are
 * compared, for the domains that are asked. Masks are hexadecimal, bandwidths decimal
 * (Documentation/filesystems/resctrl.rst, "Schemata files - general concepts").
 *
 * Does not know what the kernel takes: it says so itself (info/last_cmd_status). */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cgroups/resctrl.h"

struct domain {
	unsigned long id, value;
};

static const char *skip_spaces(const char *text)
{
	while (*text == ' ' || *text == '\t')
		text++;
	return text;
}

/* "MB" and "SMBA" are bandwidths, all others masks. */
static int base_of(const char *name)
{
	return !strcmp(name, "MB") || !strcmp(name, "SMBA") ? 10 : 16;
}

/* The domain at `*text`, and on to the next; false: there is none. */
static bool next_domain(const char **text, int base, struct domain *domain)
{
	const char *at = skip_spaces(*text);
	char *end;

	if (!isdigit((unsigned char)*at))
		return false;
	domain->id = strtoul(at, &end, 10);
	at = skip_spaces(end);
	if (*at++ != '=')
		return false;
	at = skip_spaces(at);
	if (!isxdigit((unsigned char)*at))
		return false;
	domain->value = strtoul(at, &end, base);
	at = skip_spaces(end);
	if (*at && *at != ';' && *at != '\n')
		return false;
	*text = at + (*at == ';');
	return true;
}

/* After the ":"; NULL: no line. */
static const char *read_name(const char *line, char *name, size_t size)
{
	const char *start = skip_spaces(line);
	size_t length = strcspn(start, ":\n");

	if (start[length] != ':')
		return NULL;
	for (size_t i = 0; i < length; i++) {
		if (!isalnum((unsigned char)start[i]) && start[i] != '_')
			return NULL;
	}
	if (!length || length >= size)
		return NULL;
	memcpy(name, start, length);
	name[length] = '\0';
	return start + length + 1;
}

bool rdt_read_line(const char *line, char *name, size_t size)
{
	const char *domains = read_name(line, name, size);
	struct domain domain;

	if (!domains || !*skip_spaces(domains))
		return false;
	while (next_domain(&domains, base_of(name), &domain))
		;
	return !*domains;
}

/* Behind the ":" of that resource's line. */
static const char *find(const char *name, const char *schemata)
{
	char other[32];

	while (*schemata) {
		const char *domains = read_name(schemata, other, sizeof other);

		if (domains && !strcmp(other, name))
			return domains;
		schemata += strcspn(schemata, "\n");
		schemata += *schemata == '\n';
	}
	return NULL;
}

static bool is_so(const char *domains, int base, const struct domain *asked, unsigned step)
{
	struct domain domain;

	while (next_domain(&domains, base, &domain)) {
		unsigned long rounded = asked->value;

		if (domain.id != asked->id)
			continue;
		if (step && base == 10)
			rounded = (rounded + step - 1) / step * step;
		return domain.value == asked->value || domain.value == rounded;
	}
	return false;
}

bool rdt_line_is_so(const char *line, const char *schemata, unsigned step)
{
	char name[32];
	const char *asked = read_name(line, name, sizeof name), *domains;
	struct domain domain;

	domains = asked ? find(name, schemata) : NULL;
	if (!domains)
		return false;
	while (next_domain(&asked, base_of(name), &domain)) {
		if (!is_so(domains, base_of(name), &domain, step))
			return false;
	}
	return true;
}

char *rdt_line_of(const char *name, const char *schemata, struct arena *arena)
{
	const char *domains = find(name, schemata);

	return domains ? arena_format(arena, "%s:%.*s", name, (int)strcspn(domains, "\n"),
				      domains) :
			 NULL;
}
