/* options.c -- words of the command line become struct globals and struct arguments.
 *
 * See options.h for the spelling rules and option_table.c for the options. The texts about wrong
 * options are those of runc's parser; podman looks for "requires an argument" to learn whether an
 * option exists.
 *
 * Does not print, and does not know what any option means. */
#include "runtime/options.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "runtime/base/fault.h"
#include "runtime/command.h"

struct reader {
	char **argv;
	int at;
	const struct option_row *rows; /* those of the command, or the global ones */
	const struct command *command; /* NULL: before the command */
	void *target;
	struct arena *arena;
};

const struct command *command_named(const char *name)
{
	for (const struct command *command = commands; command->name; command++) {
		if (!strcmp(command->name, name))
			return command;
	}
	return NULL;
}

static const struct option_row *row_named(const struct option_row *rows, const char *name,
					  size_t length)
{
	for (; rows->name; rows++) {
		if (strlen(rows->name) == length && !memcmp(rows->name, name, length))
			return rows;
	}
	return NULL;
}

static const struct option_row *row_lettered(const struct option_row *rows, char letter)
{
	for (; rows->name; rows++) {
		if (rows->letter == letter)
			return rows;
	}
	return NULL;
}

static void add_word(struct strings *list, char *word, struct arena *arena)
{
	char **at = arena_array(arena, list->count + 2, sizeof *at);

	if (list->count)
		memcpy(at, list->at, list->count * sizeof *at);
	at[list->count++] = word;
	list->at = at;
}

/* ---- values ---------------------------------------------------------------------------------- */

static bool choice_allowed(const char *choices, const char *choice)
{
	size_t length = strlen(choice);

	if (!choices || choices[0] == '<')
		return true;
	for (const char *at = choices; *at;) {
		size_t width = strcspn(at, " ");

		if (width == length && !memcmp(at, choice, length))
			return true;
		at += width + (at[width] == ' ');
	}
	return false;
}

static int store_flag(bool *flag, const struct option_row *row, const char *value)
{
	static const struct word words[] = {
		{ "true", 1 }, { "1", 1 }, { "t", 1 }, { "false", 0 },
		{ "0", 0 },    { "f", 0 }, { 0 },
	};
	int64_t on = 1;

	for (const struct word *word = words; value && word->name; word++) {
		if (!strcasecmp(word->name, value)) {
			on = word->value;
			value = NULL;
		}
	}
	if (value)
		return refuse(EINVAL, "invalid boolean value \"%s\" for -%s: parse error", value,
			      row->name);
	*flag = on;
	return 0;
}

static int store_number(int *number, const struct option_row *row, const char *value)
{
	char *end;
	long given;

	errno = 0;
	given = strtol(value, &end, 10);
	if (errno || *end || end == value || given < 0 || given > INT_MAX)
		return refuse(EINVAL, "invalid value \"%s\" for flag -%s: parse error", value,
			      row->name);
	*number = (int)given;
	return 0;
}

static int store_word(const char **word, const struct option_row *row, const char *value)
{
	if (!choice_allowed(row->choices, value))
		return advise(refuse(EINVAL, "invalid value \"%s\" for flag -%s", value, row->name),
			      "one of: %s", row->choices);
	if (!*value)
		return refuse(EINVAL, "the value of option --%s is empty", row->name);
	*word = value;
	return 0;
}

/* `value` is what stood behind "=", or NULL: then it is the next word. */
static int read_value(struct reader *reader, const struct option_row *row, char *value)
{
	void *target = (char *)reader->target + row->target;

	if (row->kind == OPTION_FLAG)
		return store_flag(target, row, value);
	if (!value && row->kind == OPTION_PERHAPS)
		value = arena_copy_bytes(reader->arena, row->choices, strcspn(row->choices, " "));
	if (!value) {
		value = reader->argv[reader->at];
		if (!value)
			return refuse(EINVAL, "option --%s requires an argument", row->name);
		reader->at++;
	}
	if (row->kind == OPTION_NUMBER)
		return store_number(target, row, value);
	if (row->kind == OPTION_WORDS) {
		add_word(target, value, reader->arena);
		return 0;
	}
	/* As runc has it: `--console-socket ""` is none. An empty --root is a script's mistake. */
	if (!*value && reader->command && !row->never_empty) {
		*(const char **)target = NULL;
		return 0;
	}
	return store_word(target, row, value);
}

/* ---- one option ------------------------------------------------------------------------------ */

static const char *nearest_option(const struct reader *reader, const char *name)
{
	struct word names[64] = { 0 };
	size_t count = 0;

	for (const struct option_row *row = reader->rows; row->name && count < 63; row++) {
		if (!row->hidden)
			names[count++].name = row->name;
	}
	return word_nearest(names, name);
}

static int unknown_option(const struct reader *reader, const char *name, size_t length)
{
	const char *asked = arena_copy_bytes(reader->arena, name, length);
	int result = refuse(EINVAL, "flag provided but not defined: -%s", asked);
	const char *nearest = nearest_option(reader, asked);

	if (nearest)
		return advise(result, "did you mean --%s?", nearest);
	if (!reader->command)
		return advise(result, "see: caisson --help");
	if (row_named(global_options, name, length))
		return advise(result, "it goes before the command: caisson --%s %s ...", asked,
			      reader->command->name);
	return advise(result, "see: caisson help %s", reader->command->name);
}

static const struct option_row *find_row(const struct reader *reader, const char *name,
					 size_t length, char letter)
{
	const struct option_row *row =
		length ? row_named(reader->rows, name, length) : row_lettered(reader->rows, letter);

	if (row || !reader->command)
		return row;
	return length ? row_named(help_option, name, length) : row_lettered(help_option, letter);
}

/* "-f", "-fvalue", "-f=value", and several flags in one: "-dt". */
static int read_letters(struct reader *reader, char *letters)
{
	for (char *at = letters; *at; at++) {
		const struct option_row *row = find_row(reader, NULL, 0, *at);
		char *value = at[1] == '=' ? at + 2 : at[1] ? at + 1 : NULL;
		int result;

		if (!row)
			return unknown_option(reader, letters, strcspn(letters, "="));
		if (row->kind != OPTION_FLAG || at[1] == '=')
			return read_value(reader, row, value);
		result = store_flag((bool *)((char *)reader->target + row->target), row, NULL);
		if (result)
			return result;
	}
	return 0;
}

static int read_option(struct reader *reader)
{
	char *word = reader->argv[reader->at++];
	char *name = word + (word[1] == '-' ? 2 : 1);
	size_t length = strcspn(name, "=");
	/* One dash before a long name as well: containerd's shim passes "-no-subreaper". */
	const struct option_row *row = find_row(reader, name, length, 0);

	if (!length)
		return refuse(EINVAL, "bad flag syntax: %s", word);
	if (row)
		return read_value(reader, row, name[length] ? name + length + 1 : NULL);
	if (word[1] != '-')
		return read_letters(reader, name);
	return unknown_option(reader, name, length);
}

static bool is_option(const char *word)
{
	return word[0] == '-' && word[1];
}

/* ---- all of them ----------------------------------------------------------------------------- */

int options_parse_globals(struct globals *globals, char **argv)
{
	struct reader reader = { .argv = argv,
				 .at = 1,
				 .rows = global_options,
				 .target = globals,
				 .arena = globals->arena };

	while (argv[reader.at] && is_option(argv[reader.at])) {
		int result;

		if (!strcmp(argv[reader.at], "--"))
			return reader.at + 1;
		result = read_option(&reader);
		if (result < 0)
			return result;
	}
	return reader.at;
}

/* Every list ends with NULL, an empty one too: it is an argv as it stands. */
static void end_lists(struct arguments *arguments, struct arena *arena)
{
	struct strings *lists[] = { &arguments->env, &arguments->caps, &arguments->cgroups,
				    &arguments->additional_gids, &arguments->empty_ns,
				    &arguments->words };

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		lists[i]->at = arena_new(arena, char *);
}

int options_parse(struct arguments *arguments, const struct command *command, char **argv,
		  struct arena *arena)
{
	struct reader reader = { .argv = argv,
				 .rows = command->options,
				 .command = command,
				 .target = arguments,
				 .arena = arena };
	struct strings *words = &arguments->words;
	bool options_end = false;

	end_lists(arguments, arena);
	while (argv[reader.at]) {
		char *word = argv[reader.at];
		int result = 0;

		options_end |= command->passes_on && words->count;
		if (options_end || !is_option(word))
			add_word(words, argv[reader.at++], arena);
		else if ((options_end = !strcmp(word, "--")))
			reader.at++;
		else
			result = read_option(&reader);
		if (result < 0)
			return result;
	}
	arguments->rest = *words;
	if (command->takes_id && words->count) {
		arguments->id = words->at[0];
		arguments->rest.at++;
		arguments->rest.count--;
	}
	return 0;
}

static int wrong_count(const struct command *command, const char *demand, int count)
{
	return advise(
		refuse(EINVAL, "\"%s\" requires %s %d argument(s)", command->name, demand, count),
		"usage: caisson %s%s%s%s", command->name,
		command->options->name ? " [options]" : "", command->words[0] ? " " : "",
		command->words);
}

int options_check_words(const struct arguments *arguments, const struct command *command)
{
	int count = (int)arguments->words.count;

	if (command->least == command->most && count != command->least)
		return wrong_count(command, "exactly", command->least);
	if (count < command->least)
		return wrong_count(command, "a minimum of", command->least);
	if (command->most >= 0 && count > command->most)
		return wrong_count(command, "a maximum of", command->most);
	return 0;
}
