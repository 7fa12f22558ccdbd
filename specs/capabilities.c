/* capabilities.c -- the names of capabilities(7), as libcap has them.
 *
 * Does not know which of them the kernel has, nor who holds them: ns/caps.c. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>

#include "specs/vocabulary.h"

bool spec_capability_name(unsigned number, char name[SPEC_CAPABILITY_NAME])
{
	char *known = cap_to_name((cap_value_t)number);
	bool found = known && !isdigit((unsigned char)known[0]);

	snprintf(name, SPEC_CAPABILITY_NAME, "%s", found ? known : "");
	cap_free(known);
	for (char *at = name; *at; at++)
		*at = (char)toupper((unsigned char)*at);
	return found;
}

/* cap_from_name(3) also takes small letters, numbers, and what follows the name. */
bool spec_capability_number(const char *name, unsigned *number)
{
	char again[SPEC_CAPABILITY_NAME];
	cap_value_t value;

	if (cap_from_name(name, &value) < 0 ||
	    !spec_capability_name((unsigned)value, again) || strcmp(name, again) != 0)
		return false;
	*number = (unsigned)value;
	return true;
}
