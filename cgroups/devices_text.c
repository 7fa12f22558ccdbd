/* devices_text.c -- device rules as one line for the record, and back.
 *
 * "deny; allow c 1:3 rwm; deny b *:* m": what is said of all devices, then the rules in their
 * order. Equal texts are equal rules. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgroups/devices.h"

static char *spell_access(unsigned access, char letters[4])
{
	snprintf(letters, 4, "%s%s%s", access & ACCESS_READ ? "r" : "",
		 access & ACCESS_WRITE ? "w" : "", access & ACCESS_MKNOD ? "m" : "");
	return letters;
}

char *cg_spell_rule(const struct device_rule *rule, char *text, size_t size)
{
	char major[24] = "*", minor[24] = "*", letters[4];

	if (rule->major != ANY_NUMBER)
		snprintf(major, sizeof major, "%" PRId64, rule->major);
	if (rule->minor != ANY_NUMBER)
		snprintf(minor, sizeof minor, "%" PRId64, rule->minor);
	snprintf(text, size, "%c %s:%s %s", rule->type, major, minor,
		 spell_access(rule->access, letters));
	return text;
}

static bool read_number(const char *text, int64_t *number)
{
	char *end;

	*number = ANY_NUMBER;
	if (!strcmp(text, "*"))
		return true;
	*number = strtoll(text, &end, 10);
	return end != text && !*end && *number >= 0;
}

bool cg_read_rule(const char *text, struct device_rule *rule)
{
	char major[24], minor[24], letters[4];

	rule->access = 0;
	if (sscanf(text, "%c %23[0-9*]:%23[0-9*] %3[rwm]", &rule->type, major, minor, letters) !=
		    4 ||
	    !read_number(major, &rule->major) || !read_number(minor, &rule->minor))
		return false;
	for (const char *letter = letters; *letter; letter++)
		rule->access |= *letter == 'r' ? ACCESS_READ :
				*letter == 'w' ? ACCESS_WRITE :
						 ACCESS_MKNOD;
	return true;
}

char *cg_spell_devices(const struct device_rules *rules, struct arena *arena)
{
	const size_t room = 64 * (rules->count + 1);
	char *text = arena_alloc(arena, room), rule[64];
	size_t used = (size_t)snprintf(text, room, "%s", rules->allow_rest ? "allow" : "deny");

	for (size_t i = 0; i < rules->count; i++)
		used += (size_t)snprintf(text + used, room - used, "; %s %s",
					 rules->at[i].allow ? "allow" : "deny",
					 cg_spell_rule(&rules->at[i], rule, sizeof rule));
	return text;
}

bool cg_read_devices(const char *text, struct device_rules *rules, struct arena *arena)
{
	char *copy = arena_copy(arena, text), *words, *word;
	size_t room = 1;

	for (const char *at = text; *at; at++)
		room += *at == ';';
	*rules = (struct device_rules){ .at = arena_array(arena, room, sizeof *rules->at) };
	word = strtok_r(copy, ";", &words);
	rules->allow_rest = word && !strcmp(word, "allow");
	while (word && (word = strtok_r(NULL, ";", &words))) {
		struct device_rule *rule = &rules->at[rules->count++];

		rule->allow = !strncmp(word, " allow ", 7);
		if ((!rule->allow && strncmp(word, " deny ", 6)) ||
		    !cg_read_rule(word + (rule->allow ? 7 : 6), rule))
			return false;
	}
	return true;
}
