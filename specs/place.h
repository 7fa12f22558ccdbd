/* place.h -- where in the text a value stands. */
#ifndef CAISSON_SPECS_PLACE_H
#define CAISSON_SPECS_PLACE_H

#include <stdbool.h>
#include <stddef.h>

struct place {
	bool exact;	       /* the value itself; false: the innermost one around it */
	size_t offset, length; /* of the value, in bytes */
	unsigned line, column; /* counted from 1; columns are characters */
};

/* Finds the value `path` names ("mounts[1].type", "linux.sysctl.net.ipv4.ip_forward",
 * `annotations["odd key"]`) in JSON text. False when the text is no JSON up to there. */
bool place_find(const char *text, size_t length, const char *path, struct place *place);

#endif
