/* debug.h -- what is being done right now, and on what: for who looks for a mistake.
 *
 * Lines are one sentence without a full stop, as a fault's: `debug("mount %s on %s", source, at)`.
 * While nobody wants them (no --debug) one costs the test of a flag; its arguments are not looked at.
 * Nothing is printed here: main() says who receives them. */
#ifndef CAISSON_DEBUG_H
#define CAISSON_DEBUG_H

#include <stdbool.h>
#include <stddef.h>

extern bool debug_wanted;

#define debug(...)                                        \
	do {                                              \
		if (__builtin_expect(debug_wanted, 0))    \
			debug_tell(__VA_ARGS__);          \
	} while (0)

__attribute__((cold, format(printf, 1, 2))) void debug_tell(const char *format, ...);

/* NULL: nobody wants them (any more). */
void send_debug_to(void (*receiver)(const char *sentence));

/* The words of an argv, as one that types them would: quoted where they have spaces or worse. Cut
 * at `size`. Returns `text`. */
const char *debug_words(char *text, size_t size, const char *const *words);

#endif
