/* signals.c -- the names of signals, as kill(1) and Go know them. See signals.h. */
#include "runtime/signals.h"

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "runtime/base/fault.h"
#include "runtime/base/words.h"

enum { last_signal = 64 };

/* Second names, which sigabbrev_np(3) does not give. */
static const struct word aliases[] = {
	{ "IOT", SIGABRT }, { "CLD", SIGCHLD }, { "IO", SIGIO }, { "UNUSED", SIGSYS }, { 0 },
};

static bool read_number(const char *text, long *number)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	*number = strtol(text, &end, 10);
	return !errno && !*end && *number <= last_signal;
}

/* RTMIN is 34 for everybody who uses glibc or musl, though the kernel's is 32: two are theirs. */
static int real_time_signal(const char *name)
{
	long offset = 0;
	bool from_least = !strncasecmp(name, "RTMIN", 5);

	if (!from_least && strncasecmp(name, "RTMAX", 5))
		return -1;
	name += 5;
	if (*name && (*name != (from_least ? '+' : '-') || !read_number(name + 1, &offset)))
		return -1;
	if (offset > SIGRTMAX - SIGRTMIN)
		return -1;
	return from_least ? SIGRTMIN + (int)offset : SIGRTMAX - (int)offset;
}

int signal_number(const char *text)
{
	const char *name = strncasecmp(text, "SIG", 3) ? text : text + 3;
	long number;
	int found;

	if (read_number(text, &number))
		return (int)number;
	for (int i = 1; i < 32; i++) {
		if (!strcasecmp(name, sigabbrev_np(i)))
			return i;
	}
	for (const struct word *alias = aliases; alias->name; alias++) {
		if (!strcasecmp(name, alias->name))
			return (int)alias->value;
	}
	found = real_time_signal(name);
	return found < 0 ? refuse(EINVAL, "unknown signal \"%s\"", text) : found;
}
