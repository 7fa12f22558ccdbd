/* fault.c -- what went wrong, said once, in words.
 *
 * See fault.h for how it is used. Does not print (runtime/say.c does) and does not decide
 * whether a failure is fatal (the caller does). */
#include "runtime/base/fault.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct fault last;

struct fault *last_fault(void)
{
	return &last;
}

void forget_fault(void)
{
	memset(&last, 0, sizeof last);
}

static void begin(int error, const char *format, va_list arguments)
{
	/* The sentence may quote the fault it replaces, so it is built beside it. */
	char sentence[sizeof last.what];

	vsnprintf(sentence, sizeof sentence, format, arguments);
	forget_fault();
	memcpy(last.what, sentence, sizeof sentence);
	last.error = error;
}

/* Returns where the reason begins. */
static char *add_reason(void)
{
	size_t used = strlen(last.what);

	snprintf(last.what + used, sizeof last.what - used, ": %s", strerror(last.error));
	return strlen(last.what) > used + 2 ? last.what + used + 2 : last.what + used;
}

int fail(int error, const char *format, ...)
{
	va_list arguments;

	error = abs(error);
	va_start(arguments, format);
	begin(error, format, arguments);
	va_end(arguments);
	add_reason();
	return -error;
}

int fail_as_go(int error, const char *format, ...)
{
	va_list arguments;
	char *reason;

	error = abs(error);
	va_start(arguments, format);
	begin(error, format, arguments);
	va_end(arguments);
	reason = add_reason();
	*reason = (char)tolower((unsigned char)*reason);
	return -error;
}

int refuse(int error, const char *format, ...)
{
	va_list arguments;

	error = abs(error);
	va_start(arguments, format);
	begin(error, format, arguments);
	va_end(arguments);
	return -error;
}

int blame(int result, const char *path, ...)
{
	va_list arguments;

	if (!result || last.path[0])
		return result;
	va_start(arguments, path);
	vsnprintf(last.path, sizeof last.path, path, arguments);
	va_end(arguments);
	return result;
}

int advise(int result, const char *hint, ...)
{
	va_list arguments;

	if (!result)
		return result;
	va_start(arguments, hint);
	vsnprintf(last.hint, sizeof last.hint, hint, arguments);
	va_end(arguments);
	return result;
}

static void (*warnings_to)(const char *sentence);
static char queued[8][512];
static size_t queue_length;

void send_warnings_to(void (*receiver)(const char *sentence))
{
	warnings_to = receiver;
	for (size_t i = 0; receiver && i < queue_length; i++)
		receiver(queued[i]);
	if (receiver)
		queue_length = 0;
}

void warn(const char *format, ...)
{
	char sentence[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(sentence, sizeof sentence, format, arguments);
	va_end(arguments);
	if (warnings_to)
		warnings_to(sentence);
	else if (queue_length < sizeof queued / sizeof *queued)
		memcpy(queued[queue_length++], sentence, sizeof sentence);
}
