/* test_every_option.c -- each option that callers of runc and crun give, in each spelling.
 *
 * A row is a command and its options: "b:bundle=" has the letter b and takes a value, "preserve-fds#"
 * a number; one without a sign is a flag. Flags that runc hides are among them. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/command.h"

static const struct {
	const char *command, *options;
} known[] = {
	{ "create", "b:bundle= f:config= console-socket= pidfd-socket= pid-file= no-pivot "
		    "no-new-keyring no-subreaper preserve-fds#" },
	{ "run", "b:bundle= f:config= console-socket= pidfd-socket= pid-file= no-pivot "
		 "no-new-keyring no-subreaper preserve-fds# d:detach keep" },
	{ "exec", "console-socket= pidfd-socket= cwd= e:env= t:tty u:user= g:additional-gids= "
		  "p:process= d:detach pid-file= process-label= apparmor= no-new-privs c:cap= "
		  "preserve-fds# cgroup= ignore-paused" },
	{ "start", "" },
	{ "state", "" },
	{ "kill", "a:all" },
	{ "delete", "f:force" },
	{ "list", "f:format=json q:quiet" },
	{ "ps", "f:format=json" },
	{ "pause", "" },
	{ "resume", "" },
	{ "update", "r:resources= blkio-weight= cpu-period= cpu-quota= cpu-burst= cpu-share= "
		    "cpu-rt-period= cpu-rt-runtime= cpuset-cpus= cpuset-mems= kernel-memory= "
		    "kernel-memory-tcp= memory= cpu-idle= memory-reservation= memory-swap= "
		    "pids-limit= l3-cache-schema= mem-bw-schema=" },
	{ "events", "interval= stats" },
	{ "checkpoint", "image-path= work-path= parent-path= leave-running tcp-established "
			"tcp-skip-in-flight link-remap ext-unix-sk shell-job lazy-pages "
			"status-fd# page-server= file-locks pre-dump manage-cgroups-mode=soft "
			"empty-ns= auto-dedup network-lock=skip" },
	{ "restore", "console-socket= image-path= work-path= tcp-established tcp-close "
		     "ext-unix-sk shell-job file-locks manage-cgroups-mode=ignore b:bundle= "
		     "d:detach pid-file= no-subreaper no-pivot empty-ns= auto-dedup lazy-pages "
		     "lsm-profile= lsm-mount-context= network-lock=nftables" },
	{ "spec", "b:bundle= rootless" },
	{ "features", "" },
};

static const char before_the_command[] =
	"root= log= log-format=json log-level=debug debug systemd-cgroup cgroup-manager=disabled "
	"rootless=auto";

struct option {
	char letter;
	char name[64], value[64];
	bool flag, number;
};

/* Reads one word of a row; false at its end. */
static bool next_option(const char **row, struct option *option)
{
	char word[64];
	int taken = 0;

	*option = (struct option){ 0 };
	if (sscanf(*row, " %63s%n", word, &taken) != 1)
		return false;
	*row += taken;
	if (word[1] == ':')
		option->letter = word[0];
	snprintf(option->name, sizeof option->name, "%s", word + (word[1] == ':' ? 2 : 0));
	option->number = strchr(option->name, '#');
	option->flag = !strpbrk(option->name, "=#");
	if (strchr(option->name, '='))
		snprintf(option->value, sizeof option->value, "%s", strchr(option->name, '=') + 1);
	option->name[strcspn(option->name, "=#")] = '\0';
	if (!option->flag && !option->value[0])
		strcpy(option->value, option->number ? "7" : "value");
	return true;
}

/* N: the name, L: the letter, V: the value. */
static const char *const flag_forms[] = { "--N", "-N", "--N=true", "-N=1", "-L" };
static const char *const value_forms[] = { "--N V", "-N V", "--N=V", "-N=V", "-L V", "-LV", "-L=V" };
enum { forms = sizeof value_forms / sizeof *value_forms };

/* Form `number` of it, in one or two words; false when it has no such form. */
static bool spell(const struct option *option, size_t number, char words[2][160])
{
	const char *form;
	char *to = words[0];

	if (option->flag && number >= sizeof flag_forms / sizeof *flag_forms)
		return false;
	form = (option->flag ? flag_forms : value_forms)[number];
	words[1][0] = '\0';
	for (; *form; form++) {
		if (*form == 'N') {
			to = stpcpy(to, option->name);
		} else if (*form == 'V') {
			to = stpcpy(to, option->value);
		} else if (*form == ' ') {
			*to = '\0';
			to = words[1];
		} else {
			*to++ = *form == 'L' ? option->letter : *form;
		}
	}
	*to = '\0';
	return !strchr((option->flag ? flag_forms : value_forms)[number], 'L') || option->letter;
}

static const struct option_row *row_named(const struct option_row *rows, const char *name)
{
	while (rows->name && strcmp(rows->name, name) != 0)
		rows++;
	cr_assert_not_null(rows->name, "there is no --%s", name);
	return rows;
}

/* Whether the value came to where the table sends it. */
static void arrived(const void *base, const struct option_row *row, const struct option *option)
{
	const char *member = (const char *)base + row->target;
	const char *found;

	switch (row->kind) {
	case OPTION_FLAG:
		cr_expect(*(const bool *)member, "--%s", option->name);
		return;
	case OPTION_NUMBER:
		cr_expect_eq(*(const int *)member, atoi(option->value), "--%s", option->name);
		return;
	case OPTION_WORDS:
		cr_assert_eq(((const struct strings *)member)->count, 1, "--%s", option->name);
		found = ((const struct strings *)member)->at[0];
		break;
	default:
		found = *(const char *const *)member;
	}
	cr_assert_not_null(found, "--%s", option->name);
	cr_expect_str_eq(found, option->value, "--%s", option->name);
}

static void parse_around_id(const struct command *command, char words[2][160], bool behind,
			    struct arguments *arguments)
{
	struct arena arena = { 0 };
	char id[] = "web", *argv[8], **at = argv;

	if (behind)
		*at++ = id;
	*at++ = words[0];
	if (words[1][0])
		*at++ = words[1];
	if (!behind)
		*at++ = id;
	*at = NULL;
	*arguments = (struct arguments){ 0 };
	cr_assert_eq(options_parse(arguments, command, argv, &arena), 0, "%s %s %s", command->name,
		     words[0], words[1]);
	cr_expect_str_eq(arguments->words.at[0], "web", "%s %s %s", command->name, words[0],
			 words[1]);
	cr_expect_eq(arguments->words.count, 1);
}

Test(every_option, of_a_command_is_taken_in_every_spelling_on_both_sides_of_the_id)
{
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		const struct command *command = command_named(known[i].command);
		const char *row = known[i].options;
		struct option option;

		cr_assert_not_null(command, "%s", known[i].command);
		while (next_option(&row, &option)) {
			const struct option_row *wanted = row_named(command->options, option.name);
			char words[2][160];

			cr_expect_eq(wanted->letter, option.letter, "--%s", option.name);
			for (size_t n = 0; n < forms; n++) {
				struct arguments arguments;

				if (!spell(&option, n, words))
					continue;
				parse_around_id(command, words, false, &arguments);
				arrived(&arguments, wanted, &option);
				if (command->passes_on)
					continue; /* there it is the workload's */
				parse_around_id(command, words, true, &arguments);
				arrived(&arguments, wanted, &option);
			}
		}
	}
}

Test(every_option, of_all_commands_is_taken_in_every_spelling_and_twice)
{
	const char *row = before_the_command;
	struct option option;

	while (next_option(&row, &option)) {
		const struct option_row *wanted = row_named(global_options, option.name);
		char words[2][160];

		for (size_t n = 0; n < forms; n++) {
			struct arena arena = { 0 };
			struct globals globals = { .arena = &arena };
			char name[] = "caisson", list[] = "list";
			char *argv[8] = { name }, **at = argv + 1;

			if (!spell(&option, n, words))
				continue;
			for (int twice = 0; twice < 2; twice++) {
				*at++ = words[0];
				if (words[1][0])
					*at++ = words[1];
			}
			*at = list;
			cr_assert_eq(options_parse_globals(&globals, argv), (int)(at - argv), "%s",
				     words[0]);
			arrived(&globals, wanted, &option);
		}
	}
}
