/* debug.c -- what is being done right now, and on what. See debug.h.
 *
 * Does not decide whether anybody wants to know (runtime/say.c does). */
#include "runtime/base/debug.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool debug_wanted;
static void (*debug_to)(const char *sentence);

void send_debug_to(void (*receiver)(const char *sentence))
{
	debug_to = receiver;
	debug_wanted = receiver != NULL;
}

void debug_tell(const char *format, ...)
{
	char sentence[1024];
	va_list arguments;

	if (!debug_to)
		return;
	va_start(arguments, format);
	vsnprintf(sentence, sizeof sentence, format, arguments);
	va_end(arguments);
	debug_to(sentence);
}

const char *debug_words(char *text, size_t size, const char *const *words)
{
	static const char harmless[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "0123456789_-+=.,:/@%";
	size_t used = 0;

	text[0] = '\0';
	for (; *words && used < size - 1; words++) {
		bool plain = **words && !(*words)[strspn(*words, harmless)];
		const char *quote = plain ? "" : "'";

		used += (size_t)snprintf(text + used, size - used, "%s%s%s%s", used ? " " : "",
					 quote, *words, quote);
	}
	return text;
}
