/* completion.c -- `caisson completion`: a script for bash, zsh or fish.
 *
 * Generated from option_table.c. Ids of containers are asked from `caisson list --quiet` when the
 * user presses Tab; files and directories are left to the shell. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "runtime/base/fault.h"
#include "runtime/command.h"

static bool is_file(const struct option_row *row)
{
	return row->choices && !strcmp(row->choices, "<file>");
}

static bool is_directory(const struct option_row *row)
{
	return row->choices && !strcmp(row->choices, "<dir>");
}

static bool wants_value(const struct option_row *row)
{
	return row->kind != OPTION_FLAG && row->kind != OPTION_PERHAPS;
}

static bool names_container(const struct command *command)
{
	return command->takes_id && !command->new_id;
}

/* The words a command takes when they are not an id: "bash|zsh|fish" as "bash zsh fish". */
static void print_fixed_words(const struct command *command)
{
	if (!strcmp(command->name, "help")) {
		for (const struct command *other = commands; other->name; other++)
			printf("%s%s", other == commands ? "" : " ", other->name);
	} else if (strchr(command->words, '|')) {
		for (const char *at = command->words; *at; at++)
			putchar(*at == '|' ? ' ' : *at);
	}
}

/* ---- bash ------------------------------------------------------------------------------------ */

static void bash_options(const struct option_row *rows)
{
	for (; rows->name; rows++) {
		if (!rows->hidden)
			printf("--%s ", rows->name);
	}
}

/* What can stand after an option that wants a value. */
static void bash_values(const struct option_row *rows, const char *scope)
{
	for (; rows->name; rows++) {
		if (rows->hidden || !wants_value(rows))
			continue;
		printf("\t%s:--%s", scope, rows->name);
		if (rows->letter)
			printf("|%s:-%c", scope, rows->letter);
		if (is_file(rows))
			printf(") COMPREPLY=($(compgen -f -- \"$word\")); return;;\n");
		else if (is_directory(rows))
			printf(") COMPREPLY=($(compgen -d -- \"$word\")); return;;\n");
		else
			printf(") COMPREPLY=($(compgen -W \"%s\" -- \"$word\")); return;;\n",
			       rows->choices ? rows->choices : "");
	}
}

static void bash_wanting(const struct option_row *rows)
{
	for (; rows->name; rows++) {
		if (wants_value(rows))
			printf("|--%s", rows->name);
	}
}

static void print_bash(void)
{
	printf("# caisson completion for bash\n"
	       "_caisson()\n{\n"
	       "\tlocal word=\"${COMP_WORDS[COMP_CWORD]}\" before=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
	       "\tlocal command= root=() i\n"
	       "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	       "\t\tcase \"${COMP_WORDS[i]}\" in\n"
	       "\t\t--root) root=(--root \"${COMP_WORDS[i+1]}\"); ((i++));;\n"
	       "\t\t''");
	bash_wanting(global_options + 1);
	printf(") ((i++));;\n"
	       "\t\t-*) ;;\n"
	       "\t\t*) command=\"${COMP_WORDS[i]}\"; break;;\n"
	       "\t\tesac\n"
	       "\tdone\n"
	       "\tcase \"$command:$before\" in\n");
	bash_values(global_options, "");
	for (const struct command *command = commands; command->name; command++)
		bash_values(command->options, command->name);
	printf("\tesac\n\tlocal options= words=\n\tcase \"$command\" in\n\t'') options=\"");
	bash_options(global_options);
	printf("\"; words=\"");
	for (const struct command *command = commands; command->name; command++)
		printf("%s ", command->name);
	printf("\";;\n");
	for (const struct command *command = commands; command->name; command++) {
		printf("\t%s) options=\"", command->name);
		bash_options(command->options);
		printf("--help\"; words=\"");
		if (names_container(command))
			printf("$(caisson \"${root[@]}\" list --quiet 2>/dev/null)");
		else
			print_fixed_words(command);
		printf("\";;\n");
	}
	printf("\tesac\n"
	       "\t[[ $word == -* ]] && words=\"$options\"\n"
	       "\tCOMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
	       "}\n"
	       "complete -F _caisson caisson\n");
}

/* ---- zsh ------------------------------------------------------------------------------------- */

/* Inside single quotes, and inside the brackets of an _arguments spec. */
static void print_zsh_text(const char *text)
{
	for (; *text; text++) {
		if (*text == '\'')
			printf("'\\''");
		else if (*text == '[' || *text == ']' || *text == ':')
			printf("\\%c", *text);
		else
			putchar(*text);
	}
}

static void zsh_action(const struct option_row *row)
{
	if (row->kind == OPTION_FLAG)
		return;
	printf(":");
	print_zsh_text(row->argument);
	if (is_file(row))
		printf(":_files");
	else if (is_directory(row))
		printf(":_files -/");
	else if (row->choices)
		printf(":(%s)", row->choices);
	else
		printf(": ");
}

static void zsh_options(const struct option_row *rows, const char *indent)
{
	for (; rows->name; rows++) {
		const char *equals = rows->kind == OPTION_FLAG	    ? ""
				     : rows->kind == OPTION_PERHAPS ? "=-"
								    : "=";

		if (rows->hidden)
			continue;
		printf("%s'*--%s%s[", indent, rows->name, equals);
		print_zsh_text(rows->doc);
		printf("]");
		if (rows->kind == OPTION_PERHAPS)
			printf(":");
		zsh_action(rows);
		printf("' \\\n");
		if (!rows->letter)
			continue;
		printf("%s'*-%c%s[", indent, rows->letter, wants_value(rows) ? "+" : "");
		print_zsh_text(rows->doc);
		printf("]");
		zsh_action(rows);
		printf("' \\\n");
	}
}

static void print_zsh(void)
{
	printf("#compdef caisson\n"
	       "_caisson_ids() { compadd -- ${(f)\"$(caisson list --quiet 2>/dev/null)\"} }\n"
	       "_caisson() {\n"
	       "\tlocal curcontext=\"$curcontext\" state line\n"
	       "\tlocal -a names=(\n");
	for (const struct command *command = commands; command->name; command++) {
		printf("\t\t'%s:", command->name);
		print_zsh_text(command->summary);
		printf("'\n");
	}
	printf("\t)\n\t_arguments -C \\\n");
	zsh_options(global_options, "\t\t");
	printf("\t\t'1: :{_describe command names}' '*:: :->rest' && return\n"
	       "\tcase $line[1] in\n");
	for (const struct command *command = commands; command->name; command++) {
		printf("\t%s) _arguments \\\n", command->name);
		zsh_options(command->options, "\t\t");
		zsh_options(help_option, "\t\t");
		if (names_container(command)) {
			printf("\t\t'1:container:_caisson_ids' '*::word:_normal';;\n");
		} else {
			printf("\t\t'1: :(");
			print_fixed_words(command);
			printf(")';;\n");
		}
	}
	printf("\tesac\n}\n"
	       "if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _caisson \"$@\"\n"
	       "else compdef _caisson caisson; fi\n");
}

/* ---- fish ------------------------------------------------------------------------------------ */

static void print_fish_text(const char *text)
{
	putchar('\'');
	for (; *text; text++) {
		if (*text == '\'' || *text == '\\')
			putchar('\\');
		putchar(*text);
	}
	putchar('\'');
}

static void fish_options(const struct option_row *rows, const char *condition)
{
	for (; rows->name; rows++) {
		if (rows->hidden)
			continue;
		printf("complete -c caisson -n '%s' -l %s", condition, rows->name);
		if (rows->letter)
			printf(" -s %c", rows->letter);
		if (is_file(rows))
			printf(" -r -F");
		else if (is_directory(rows))
			printf(" -r -a '(__fish_complete_directories)'");
		else if (wants_value(rows) && rows->choices)
			printf(" -x -a '%s'", rows->choices);
		else if (wants_value(rows))
			printf(" -x");
		printf(" -d ");
		print_fish_text(rows->doc);
		putchar('\n');
	}
}

static void print_fish(void)
{
	printf("# caisson completion for fish\ncomplete -c caisson -f\n");
	fish_options(global_options, "__fish_use_subcommand");
	for (const struct command *command = commands; command->name; command++) {
		char condition[80];

		printf("complete -c caisson -n __fish_use_subcommand -a %s -d ", command->name);
		print_fish_text(command->summary);
		snprintf(condition, sizeof condition, "__fish_seen_subcommand_from %s",
			 command->name);
		putchar('\n');
		fish_options(command->options, condition);
		fish_options(help_option, condition);
		printf("complete -c caisson -n '%s' -a '", condition);
		if (names_container(command))
			printf("(caisson list --quiet 2>/dev/null)");
		else
			print_fixed_words(command);
		printf("'\n");
	}
}

/* ---- the command ----------------------------------------------------------------------------- */

static const struct shell {
	const char *name;
	void (*print)(void);
} shells[] = { { "bash", print_bash }, { "zsh", print_zsh }, { "fish", print_fish } };

int command_completion(const struct globals *globals, const struct arguments *arguments)
{
	const char *asked = arguments->rest.at[0];

	(void)globals;
	for (size_t i = 0; i < sizeof shells / sizeof *shells; i++) {
		if (!strcmp(shells[i].name, asked)) {
			shells[i].print();
			return 0;
		}
	}
	return advise(refuse(EINVAL, "no completion for the shell %s", asked),
		      "one of: bash, zsh, fish");
}
