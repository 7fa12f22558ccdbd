/* clock.h -- deadlines, in milliseconds of CLOCK_MONOTONIC.
 *
 *	int64_t until = clock_ms() + patience_ms;
 *	poll(fds, count, clock_left(until));
 */
#ifndef CAISSON_CLOCK_H
#define CAISSON_CLOCK_H

#include <limits.h>
#include <stdint.h>
#include <time.h>

/* A deadline that never comes. */
#define CLOCK_NEVER INT64_MAX

static inline int64_t clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / (1000 * 1000);
}

/* What is left until then, as poll(2) wants it: 0 when it is past, -1 for CLOCK_NEVER. */
static inline int clock_left(int64_t until)
{
	int64_t left;

	if (until == CLOCK_NEVER)
		return -1;
	left = until - clock_ms();
	return left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

#endif
