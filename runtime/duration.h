/* duration.h -- "1h15m", "1.5s", "500ms": spans of time as Go's time.ParseDuration has them. */
#ifndef CAISSON_DURATION_H
#define CAISSON_DURATION_H

#include <stdint.h>

/* In nanoseconds. 0; -EINVAL: none, or one without unit ("0" needs none); -ERANGE: over 292 years.
 * Says nothing. */
int duration_parse(const char *text, int64_t *nanoseconds);

#endif
