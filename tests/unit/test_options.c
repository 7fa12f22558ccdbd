/* test_options.c -- words of the command line, as engines and people write them. */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "runtime/base/fault.h"
#include "runtime/command.h"

static struct arena arena;
static struct globals globals;
static struct arguments arguments;

#define WORDS(...) ((char **)(const char *[]) { "caisson", __VA_ARGS__, NULL })

static int parse_globals(char **argv)
{
	globals = (struct globals) { .arena = &arena };
	return options_parse_globals(&globals, argv);
}

#define PARSE(command, ...) parse(command, (char **)(const char *[]) { __VA_ARGS__, NULL })

static int parse(const char *command, char **argv)
{
	arguments = (struct arguments) { 0 };
	return options_parse(&arguments, command_named(command), argv, &arena);
}

Test(options, containerds_globals_are_understood)
{
	int words = parse_globals(WORDS("--root", "/run/containerd/runc/k8s.io", "--log",
					"/b/log.json", "--log-format", "json", "--systemd-cgroup",
					"--rootless=false", "state", "web"));

	cr_assert_eq(words, 9);
	cr_assert_str_eq(globals.root, "/run/containerd/runc/k8s.io");
	cr_assert_str_eq(globals.log, "/b/log.json");
	cr_assert_str_eq(globals.log_format, "json");
	cr_assert_str_eq(globals.rootless, "false");
	cr_assert(globals.systemd_cgroup);
}

Test(options, a_repeated_global_counts_the_last_time)
{
	cr_assert_eq(parse_globals(WORDS("--root=/a", "--systemd-cgroup", "--root=/b",
					 "--systemd-cgroup", "create")),
		     5);
	cr_assert_str_eq(globals.root, "/b");
}

Test(options, one_dash_is_enough_as_in_go)
{
	cr_assert_eq(parse_globals(WORDS("-root", "/a", "-debug=true", "list")), 4);
	cr_assert_str_eq(globals.root, "/a");
	cr_assert(globals.debug);
	cr_assert_eq(PARSE("run", "-no-subreaper", "-bundle=/b", "web"), 0);
	cr_assert(arguments.no_subreaper);
	cr_assert_str_eq(arguments.bundle, "/b");
}

Test(options, trace_needs_no_value)
{
	cr_assert_eq(parse_globals(WORDS("--trace", "run")), 2);
	cr_assert_str_eq(globals.trace, "table");
	cr_assert_eq(parse_globals(WORDS("--trace=json", "run")), 2);
	cr_assert_str_eq(globals.trace, "json");
}

Test(options, conmons_create_is_understood)
{
	cr_assert_eq(PARSE("create", "--bundle", "/b", "--pid-file", "/b/pid", "--no-pivot",
			   "--no-new-keyring", "--preserve-fds", "3", "--console-socket",
			   "/tmp/conmon-term.X", "web"),
		     0);
	cr_assert_str_eq(arguments.bundle, "/b");
	cr_assert_str_eq(arguments.pid_file, "/b/pid");
	cr_assert_str_eq(arguments.console_socket, "/tmp/conmon-term.X");
	cr_assert(arguments.no_pivot && arguments.no_new_keyring);
	cr_assert_eq(arguments.preserve_fds, 3);
	cr_assert_str_eq(arguments.id, "web");
	cr_assert_eq(arguments.rest.count, 0);
	cr_assert_null(arguments.rest.at[0]);
}

Test(options, letters_take_their_value_in_every_form)
{
	cr_assert_eq(PARSE("exec", "-e", "A=1", "-eB=2", "-e=C=3", "-dt", "-u1:2", "web", "ls"), 0);
	cr_assert_eq(arguments.env.count, 3);
	cr_assert_str_eq(arguments.env.at[0], "A=1");
	cr_assert_str_eq(arguments.env.at[1], "B=2");
	cr_assert_str_eq(arguments.env.at[2], "C=3");
	cr_assert_null(arguments.env.at[3]);
	cr_assert(arguments.detach && arguments.tty);
	cr_assert_str_eq(arguments.user, "1:2");
}

Test(options, exec_hands_on_what_follows_the_id)
{
	cr_assert_eq(PARSE("exec", "--tty", "web", "ls", "-l", "--", "--tty=false"), 0);
	cr_assert(arguments.tty);
	cr_assert_str_eq(arguments.id, "web");
	cr_assert_eq(arguments.rest.count, 4);
	cr_assert_str_eq(arguments.rest.at[0], "ls");
	cr_assert_str_eq(arguments.rest.at[1], "-l");
	cr_assert_str_eq(arguments.rest.at[2], "--");
	cr_assert_null(arguments.rest.at[4]);
}

Test(options, ps_hands_its_options_to_ps)
{
	cr_assert_eq(PARSE("ps", "--format", "table", "web", "-e", "-x"), 0);
	cr_assert_str_eq(arguments.rest.at[0], "-e");
	cr_assert_str_eq(arguments.rest.at[1], "-x");
}

Test(options, others_take_options_behind_the_id_as_runc_does)
{
	cr_assert_eq(PARSE("delete", "web", "--force"), 0);
	cr_assert(arguments.force);
	cr_assert_str_eq(arguments.id, "web");
}

Test(options, two_dashes_end_options)
{
	cr_assert_eq(PARSE("kill", "--all", "--", "-web", "KILL"), 0);
	cr_assert_str_eq(arguments.id, "-web");
	cr_assert_str_eq(arguments.rest.at[0], "KILL");
	cr_assert_eq(parse_globals(WORDS("--debug", "--", "list")), 3);
}

Test(options, a_flag_can_be_false)
{
	cr_assert_eq(PARSE("delete", "--force", "-f=false", "web"), 0);
	cr_assert_not(arguments.force);
}

Test(options, an_empty_value_is_none)
{
	cr_assert_eq(PARSE("create", "--console-socket", "", "--pid-file=", "web"), 0);
	cr_assert_null(arguments.console_socket);
	cr_assert_null(arguments.pid_file);
}

static void refused(int result, const char *what, const char *hint)
{
	cr_assert_eq(result, -EINVAL);
	cr_assert_str_eq(last_fault()->what, what);
	cr_assert_str_eq(last_fault()->hint, hint);
}

Test(options, an_unknown_option_is_refused_in_runcs_words)
{
	refused(PARSE("state", "--bogus", "web"), "flag provided but not defined: -bogus",
		"see: caisson help state");
	refused(parse_globals(WORDS("--bogus=1", "state")), "flag provided but not defined: -bogus",
		"see: caisson --help");
	refused(PARSE("kill", "web", "-9"), "flag provided but not defined: -9",
		"see: caisson help kill");
}

Test(options, a_slip_of_the_finger_is_recognised)
{
	refused(PARSE("run", "--bundel", "/b", "web"), "flag provided but not defined: -bundel",
		"did you mean --bundle?");
	refused(PARSE("state", "--root", "/r", "web"), "flag provided but not defined: -root",
		"it goes before the command: caisson --root state ...");
}

Test(options, a_missing_value_is_said_as_podman_wants_to_hear_it)
{
	refused(parse_globals(WORDS("--log")), "option --log requires an argument", "");
	refused(PARSE("create", "-b"), "option --bundle requires an argument", "");
}

Test(options, wrong_values_are_refused)
{
	refused(parse_globals(WORDS("--debug=maybe")),
		"invalid boolean value \"maybe\" for -debug: parse error", "");
	refused(parse_globals(WORDS("--log-format", "xml")),
		"invalid value \"xml\" for flag -log-format", "one of: text json");
	refused(parse_globals(WORDS("--root=")), "the value of option --root is empty", "");
	refused(PARSE("create", "--preserve-fds", "-1", "web"),
		"invalid value \"-1\" for flag -preserve-fds: parse error", "");
	refused(PARSE("create", "--preserve-fds", "99999999999", "web"),
		"invalid value \"99999999999\" for flag -preserve-fds: parse error", "");
	refused(PARSE("list", "--=x"), "bad flag syntax: --=x", "");
}

#define CHECK(command, ...) check(command, (char **)(const char *[]) { __VA_ARGS__ })

static int check(const char *command, char **argv)
{
	cr_assert_eq(parse(command, argv), 0);
	return options_check_words(&arguments, command_named(command));
}

Test(options, the_number_of_words_is_checked)
{
	refused(CHECK("state", NULL), "\"state\" requires exactly 1 argument(s)",
		"usage: caisson state <container-id>");
	refused(CHECK("list", "x", NULL), "\"list\" requires exactly 0 argument(s)",
		"usage: caisson list [options]");
	refused(CHECK("exec", NULL), "\"exec\" requires a minimum of 1 argument(s)",
		"usage: caisson exec [options] <container-id> <command> [argument...]");
	refused(CHECK("kill", "a", "b", "c", NULL), "\"kill\" requires a maximum of 2 argument(s)",
		"usage: caisson kill [options] <container-id> [signal]");
	cr_assert_eq(CHECK("kill", "a", "9", NULL), 0);
}

Test(options, help_is_an_option_of_every_command)
{
	for (const struct command *command = commands; command->name; command++) {
		cr_assert_eq(PARSE(command->name, "--help"), 0, "%s", command->name);
		cr_assert(arguments.help);
		cr_assert_eq(PARSE(command->name, "-h"), 0, "%s", command->name);
	}
}

static void no_name_twice(const struct option_row *rows, const char *whose)
{
	for (const struct option_row *row = rows; row->name; row++) {
		cr_assert_not_null(row->doc, "%s --%s", whose, row->name);
		cr_assert_eq(row->argument == NULL, row->kind == OPTION_FLAG, "%s --%s", whose,
			     row->name);
		for (const struct option_row *other = row + 1; other->name; other++) {
			cr_assert_str_neq(row->name, other->name, "%s", whose);
			cr_assert(!row->letter || row->letter != other->letter, "%s -%c", whose,
				  row->letter);
		}
	}
}

Test(options, the_table_is_without_contradictions)
{
	no_name_twice(global_options, "global");
	for (const struct command *command = commands; command->name; command++) {
		no_name_twice(command->options, command->name);
		cr_assert_not_null(command->run, "%s", command->name);
		cr_assert_eq(command_named(command->name), command);
	}
}
