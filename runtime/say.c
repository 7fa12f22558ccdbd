/* say.c -- faults and warnings, in words, to people and to engines. See say.h.
 *
 * JSON is written by hand here: a message may hold bytes that are no UTF-8 (a path, what a hook
 * printed), and saying what went wrong must not fail for that.
 *
 * Does not decide what is a failure, nor the exit status. */
#include "runtime/say.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "runtime/base/debug.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"
#include "runtime/journal.h"
#include "runtime/program.h"

enum { ERROR, WARNING, DEBUG };
static const char *const level_names[] = { "error", "warning", "debug" };

static struct {
	int log; /* -1: none, stderr is for people */
	bool journal; /* --log journald:NAME or syslog:NAME */
	bool json;
	bool as_runc; /* called so: stderr is logrus text, too */
	int level;
	bool hushed;
	const char *command, *id;
	char *waiting[32];
	size_t waiting_count;
} say = { .log = -1, .level = WARNING };

/* ---- text that grows ------------------------------------------------------------------------- */

struct text {
	char *at;
	size_t size, used; /* used + 1 <= size: what does not fit is cut */
};

static void put_bytes(struct text *text, const char *bytes, size_t length)
{
	if (text->used + length >= text->size)
		length = text->size - text->used - 1;
	memcpy(text->at + text->used, bytes, length);
	text->used += length;
	text->at[text->used] = '\0';
}

__attribute__((format(printf, 2, 3))) static void put(struct text *text, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(text->at + text->used, text->size - text->used, format, arguments);
	va_end(arguments);
	if (length > 0)
		text->used += (size_t)length;
	if (text->used >= text->size)
		text->used = text->size - 1;
}

/* How many bytes the UTF-8 sequence at `at` has; 0: it is none (RFC 3629). */
static size_t utf8_length(const unsigned char *at)
{
	static const unsigned least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t length = *at < 0x80 ? 1 : *at < 0xc2 ? 0 : *at < 0xe0 ? 2 : *at < 0xf0 ? 3 : 4;
	unsigned point = *at & (0x7f >> length);

	if (length < 2)
		return length;
	for (size_t i = 1; i < length; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (at[i] & 0x3f);
	}
	if (point < least[length] || point > 0x10ffff || (point & ~0x7ffu) == 0xd800)
		return 0;
	return length;
}

/* A string in double quotes, as JSON has it and logrus' text form reads it. */
static void put_quoted(struct text *text, const char *string)
{
	put_bytes(text, "\"", 1);
	for (const unsigned char *at = (const unsigned char *)string; *at;) {
		size_t length = utf8_length(at);

		if (*at == '"' || *at == '\\')
			put(text, "\\%c", *at);
		else if (*at == '\n')
			put_bytes(text, "\\n", 2);
		else if (*at == '\t')
			put_bytes(text, "\\t", 2);
		else if (*at < 0x20 || *at == 0x7f)
			put(text, "\\u%04x", *at);
		else if (!length)
			put_bytes(text, "\\ufffd", 6);
		else
			put_bytes(text, (const char *)at, length);
		at += length ? length : 1;
	}
	put_bytes(text, "\"", 1);
}

/* For a terminal: what a hook or a container printed must not move its cursor. */
static void put_plain(struct text *text, const char *string)
{
	for (const unsigned char *at = (const unsigned char *)string; *at; at++) {
		if ((*at < 0x20 && *at != '\n' && *at != '\t') || *at == 0x7f)
			put(text, "\\x%02x", *at);
		else
			put_bytes(text, (const char *)at, 1);
	}
}

static void put_time(struct text *text)
{
	time_t now = time(NULL);
	struct tm parts;
	char stamp[32];

	gmtime_r(&now, &parts);
	strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &parts);
	put(text, "%s", stamp);
}

/* ---- one line -------------------------------------------------------------------------------- */

/* The worst case of quoting is six bytes for one. */
enum { line_bytes = 6 * (int)(sizeof(struct fault) + 512) };

static void put_key(struct text *line, const char *key, const char *value)
{
	put(line, ",\"%s\":", key);
	put_quoted(line, value);
}

/* One write(2) per line: O_APPEND keeps lines of several runtimes whole. */
static void log_line(int level, const char *message, const struct fault *fault)
{
	static const int priorities[] = { LOG_ERR, LOG_WARNING, LOG_DEBUG };
	char bytes[line_bytes];
	struct text line = { .at = bytes, .size = sizeof bytes - 1 };
	int fd = say.log >= 0 ? say.log : STDERR_FILENO;

	if (say.journal) {
		journal_say(priorities[level], message);
		return;
	}
	if (say.json) {
		put(&line, "{\"level\":\"%s\",\"msg\":", level_names[level]);
		put_quoted(&line, message);
		put(&line, ",\"time\":\"");
		put_time(&line);
		put(&line, "\"");
		if (fault && fault->step[0])
			put_key(&line, "step", fault->step);
		if (fault && fault->path[0])
			put_key(&line, "path", fault->path);
		if (fault && fault->error && strerrorname_np(fault->error))
			put_key(&line, "errno", strerrorname_np(fault->error));
		if (fault && fault->hint[0])
			put_key(&line, "hint", fault->hint);
		put(&line, "}");
	} else {
		put(&line, "time=\"");
		put_time(&line);
		put(&line, "\" level=%s msg=", level_names[level]);
		put_quoted(&line, message);
		if (fault && fault->hint[0]) {
			put(&line, " hint=");
			put_quoted(&line, fault->hint);
		}
	}
	put(&line, "\n");
	(void)!write_all(fd, line.at, line.used);
}

/* The same for people, on stderr. */
static void people_line(const char *before, const char *message, const char *hint)
{
	char bytes[line_bytes];
	struct text line = { .at = bytes, .size = sizeof bytes - 1 };

	put(&line, "%s", before);
	put_plain(&line, message);
	put(&line, "\n");
	if (hint[0]) {
		put(&line, "  hint: ");
		put_plain(&line, hint);
		put(&line, "\n");
	}
	(void)!write_all(STDERR_FILENO, line.at, line.used);
}

/* ---- faults ---------------------------------------------------------------------------------- */

static void put_place(struct text *text, const struct fault *fault)
{
	bool named = !fault->path[0] || strstr(fault->what, fault->path);

	if (named && !fault->line)
		return;
	put(text, " (config.json");
	if (fault->line)
		put(text, ":%u:%u", fault->line, fault->column);
	if (!named)
		put(text, ": %s", fault->path);
	put(text, ")");
}

char *say_sentence(char *sentence, size_t size)
{
	const struct fault *fault = last_fault();
	struct text text = { .at = sentence, .size = size };

	sentence[0] = '\0';
	if (say.command && say.id)
		put(&text, "%s %s: ", say.command, say.id);
	else if (say.command)
		put(&text, "%s: ", say.command);
	if (fault->step[0])
		put(&text, "%s: ", fault->step);
	put(&text, "%s", fault->what);
	put_place(&text, fault);
	return sentence;
}

/* Somewhere else than on stderr. */
static bool is_logged(void)
{
	return say.log >= 0 || say.journal;
}

/* Not in the form that people read on stderr. */
static bool is_for_programs(void)
{
	return is_logged() || say.json || say.as_runc;
}

void say_fault(void)
{
	const struct fault *fault = last_fault();
	char sentence[sizeof *fault + 512];

	say_sentence(sentence, sizeof sentence);
	if (is_for_programs())
		log_line(ERROR, sentence, fault);
	else
		people_line("caisson: ", sentence, fault->hint);
	if (is_logged())
		people_line("", sentence, "");
}

/* ---- warnings -------------------------------------------------------------------------------- */

static void print_warning(const char *sentence)
{
	if (say.level < WARNING || (say.hushed && !is_logged()))
		return;
	if (is_for_programs())
		log_line(WARNING, sentence, NULL);
	else
		people_line("caisson: warning: ", sentence, "");
}

static void hear_warning(const char *sentence)
{
	if (say.json && say.level < DEBUG && say.waiting_count < sizeof say.waiting / sizeof *say.waiting)
		say.waiting[say.waiting_count++] = strdup(sentence);
	else if (!say.json || say.level >= DEBUG)
		print_warning(sentence);
}

void say_warnings(void)
{
	for (size_t i = 0; i < say.waiting_count; i++) {
		autofree char *sentence = say.waiting[i];

		if (sentence)
			print_warning(sentence);
	}
	say.waiting_count = 0;
}

static void print_debug(const char *sentence)
{
	if (say.hushed && !is_logged())
		return;
	if (is_for_programs())
		log_line(DEBUG, sentence, NULL);
	else
		people_line("caisson: debug: ", sentence, "");
}

/* ---- setting up ------------------------------------------------------------------------------ */

void say_about(const char *command, const char *id)
{
	say.command = command;
	say.id = id;
}

void say_hush(void)
{
	say.hushed = true;
}

/* What follows `prefix` in `word`, or NULL. */
static const char *after(const char *word, const char *prefix)
{
	size_t length = strlen(prefix);

	return strncmp(word, prefix, length) ? NULL : word + length;
}

static int open_journal(const char *log, const char *identifier, int (*open_it)(const char *))
{
	int result = open_it(*identifier ? identifier : "caisson");

	say.journal = !result;
	return result ? fail(result, "open the log %s", log) : 0;
}

static int open_log(const char *path)
{
	const char *rest;

	if ((rest = after(path, "journald:")))
		return open_journal(path, rest, journal_open);
	if ((rest = after(path, "syslog:")))
		return open_journal(path, rest, syslog_open);
	rest = after(path, "file:");
	path = rest ? rest : path;
	/* Already open, and reopening it would need rights that a service need not have. */
	if (!strcmp(path, "/dev/stderr"))
		return 0;
	say.log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0644);
	if (say.log < 0)
		return fail(errno, "open the log %s", path);
	return 0;
}

bool say_wants_debug(const struct globals *globals)
{
	return globals->debug || (globals->log_level && !strcmp(globals->log_level, "debug"));
}

int say_open(const struct globals *globals)
{
	const char *level = globals->log_level;

	if (say_wants_debug(globals))
		say.level = DEBUG;
	else if (level && !strcmp(level, "error"))
		say.level = ERROR;
	else
		say.level = WARNING;
	if (globals->log) {
		int result = open_log(globals->log);

		if (result < 0)
			return result;
	}
	say.as_runc = !strcmp(program_name(globals->argv), "runc");
	say.json = globals->log_format && !strcmp(globals->log_format, "json");
	send_warnings_to(hear_warning);
	if (say.level >= DEBUG)
		send_debug_to(print_debug);
	return 0;
}

void say_close(void)
{
	if (say.log >= 0)
		close(say.log);
	journal_close();
	for (size_t i = 0; i < say.waiting_count; i++)
		free(say.waiting[i]);
	memset(&say, 0, sizeof say);
	say.log = -1;
	say.level = WARNING;
	send_warnings_to(NULL);
	send_debug_to(NULL);
}
