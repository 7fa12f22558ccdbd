/* help.c -- `caisson help`: what there is to say about commands and options, for people.
 *
 * All of it comes from option_table.c, in three forms: an overview, one command, and with --man
 * the part of caisson(8) between its hand-written beginning and end, in mdoc(7). With --steps it
 * comes from the construction lists, with --limits from the table of limits.
 *
 * The headings NAME: and USAGE: are those of runc, whose tests look at them. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cgroups/cgroup.h"
#include "runtime/base/fault.h"
#include "runtime/base/words.h"
#include "runtime/build.h"
#include "runtime/command.h"
#include "runtime/join.h"
#include "runtime/program.h"
#include "runtime/restore.h"

enum { page_columns = 80, option_columns = 30 };

/* ---- plain text ------------------------------------------------------------------------------ */

/* Wraps at the page's edge; the first line begins in `indent` already. */
static void print_wrapped(const char *text, int indent)
{
	int column = indent;

	while (*text) {
		int width = (int)strcspn(text, " ");

		if (column > indent && column + 1 + width > page_columns)
			column = printf("\n%*s", indent, "") - 1;
		else if (column > indent)
			column += printf(" ");
		printf("%.*s", width, text);
		column += width;
		text += width + (text[width] == ' ');
	}
	putchar('\n');
}

static void print_option(const struct option_row *row)
{
	int column = printf("   --%s", row->name);

	if (row->letter)
		column += printf(", -%c", row->letter);
	if (row->argument)
		column += printf(row->kind == OPTION_PERHAPS ? "[=%s]" : " %s", row->argument);
	if (column >= option_columns) {
		putchar('\n');
		column = 0;
	}
	printf("%*s", option_columns - column, "");
	print_wrapped(row->doc, option_columns);
}

static void print_options(const struct option_row *rows)
{
	for (; rows->name; rows++) {
		if (!rows->hidden)
			print_option(rows);
	}
}

static void print_overview(const char *program)
{
	const char *group = NULL;

	printf("NAME:\n"
	       "   %s - Open Container Initiative runtime\n"
	       "\n"
	       "USAGE:\n"
	       "   %s [global options] command [command options] [arguments...]\n"
	       "\n"
	       "COMMANDS:\n",
	       program, program);
	for (const struct command *command = commands; command->name; command++) {
		if (command->group != group)
			printf("%s %s\n", group ? "\n" : "", command->group);
		group = command->group;
		printf("   %-12s%s\n", command->name, command->summary);
	}
	printf("\nGLOBAL OPTIONS:\n");
	print_options(global_options);
	printf("\nA container is made from a bundle: a directory with a config.json and a root file\n"
	       "system. To begin, next to a root file system in the directory rootfs:\n"
	       "   caisson spec && caisson run web\n"
	       "More about one command: caisson help COMMAND. The whole manual: man caisson\n");
}

static void print_command(const struct command *command, const char *program)
{
	printf("NAME:\n   %s %s - %s\n\nUSAGE:\n   %s %s%s%s%s\n", program, command->name,
	       command->summary, program, command->name, command->options->name ? " [options]" : "",
	       command->words[0] ? " " : "", command->words);
	if (command->description) {
		printf("\nDESCRIPTION:\n   ");
		print_wrapped(command->description, 3);
	}
	if (command->example)
		printf("\nEXAMPLE:\n   %s\n", command->example);
	printf("\nOPTIONS:\n");
	print_options(command->options);
	print_options(help_option);
}

/* ---- mdoc ------------------------------------------------------------------------------------ */

/* Backslashes, and a dot or quote that begins a line, mean something to roff; a dash in front of a
 * word is a minus, or it could not be copied into a shell. */
static void print_roff(const char *text)
{
	const char *begin = text;

	if (*text == '.' || *text == '\'')
		printf("\\&");
	for (; *text; text++) {
		if (*text == '\\')
			printf("\\e");
		else if (*text == ' ' && text != begin && text[-1] == '.')
			putchar('\n'); /* a new sentence is a new line */
		else if (*text == '-' && (text == begin || text[-1] == ' ' || text[-1] == '-'))
			printf("\\-");
		else
			putchar(*text);
	}
}

static void print_sentence(const char *text)
{
	putchar(toupper((unsigned char)text[0]));
	print_roff(text + 1);
	printf(".\n");
}

static void print_man_option(const struct option_row *row)
{
	printf(".It ");
	if (row->letter)
		printf("Fl %c , ", row->letter);
	printf("Fl \\-%s", row->name);
	if (row->kind == OPTION_PERHAPS)
		printf(" Ns Oo Ns = Ns Ar %s Oc", row->argument);
	else if (row->argument)
		printf(" Ar %s", row->argument);
	putchar('\n');
	print_sentence(row->doc);
}

static void print_man_options(const struct option_row *rows)
{
	printf(".Bl -tag -width Ds -compact\n");
	for (; rows->name; rows++) {
		if (!rows->hidden)
			print_man_option(rows);
	}
	printf(".El\n");
}

static bool has_shown_options(const struct option_row *rows)
{
	while (rows->name && rows->hidden)
		rows++;
	return rows->name;
}

static void print_man_command(const struct command *command)
{
	printf(".Ss caisson %s", command->name);
	if (has_shown_options(command->options))
		printf(" [options]");
	printf("%s%s\n", command->words[0] ? " " : "", command->words);
	print_sentence(command->summary);
	if (command->description) {
		print_roff(command->description);
		putchar('\n');
	}
	if (has_shown_options(command->options)) {
		printf(".Pp\n");
		print_man_options(command->options);
	}
	if (command->example) {
		printf(".Pp\n.Dl ");
		print_roff(command->example);
		putchar('\n');
	}
}

static void print_man(void)
{
	printf(".Sh OPTIONS\nThese go before the command.\n.Pp\n");
	print_man_options(global_options);
	printf(".Sh COMMANDS\n");
	for (const struct command *command = commands; command->name; command++)
		print_man_command(command);
}

/* ---- the lists ------------------------------------------------------------------------------- */

static void print_steps(const char *name, const struct step_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct step *row = &list->rows[i];

		printf("%s\t%s\t%s\t%s\n", name, row->side == HOST ? "host" : "inside", row->name,
		       row->why);
	}
}

/* ---- the command ----------------------------------------------------------------------------- */

int command_help(const struct globals *globals, const struct arguments *arguments)
{
	const char *program = program_name(globals->argv);
	const struct command *command;

	if (arguments->man) {
		print_man();
		return 0;
	}
	if (arguments->steps) {
		print_steps("create", &build_list);
		print_steps("exec", &join_list);
		print_steps("restore", &restore_list);
		return 0;
	}
	if (arguments->limits) {
		fputs(cg_describe_limits(globals->arena), stdout);
		return 0;
	}
	if (!arguments->words.count) {
		print_overview(program);
		return 0;
	}
	command = command_named(arguments->words.at[0]);
	if (!command)
		return refuse(ENOENT, "No help topic for '%s'", arguments->words.at[0]);
	print_command(command, program);
	return 0;
}
