/* test_say.c -- what engines and people read when something goes wrong. */
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/debug.h"
#include "runtime/base/fault.h"
#include "runtime/say.h"

static char log_path[64];
static char logged[16384];

static void use_log(void)
{
	snprintf(log_path, sizeof log_path, "/tmp/caisson-test-log-%d", getpid());
	cr_redirect_stderr();
}

static void drop_log(void)
{
	unlink(log_path);
}

TestSuite(say, .init = use_log, .fini = drop_log);

static void open_say(const char *log, const char *format, const char *level)
{
	const struct globals globals = { .log = log, .log_format = format, .log_level = level };

	cr_assert_eq(say_open(&globals), 0);
}

/* The log, with every time of day replaced by T. */
static const char *read_log(void)
{
	int fd = open(log_path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, logged, sizeof logged - 1);

	cr_assert_geq(length, 0);
	close(fd);
	logged[length] = '\0';
	for (char *at = logged; (at = strstr(at, "20")) && strlen(at) > 20;) {
		if (at[4] == '-' && at[10] == 'T' && at[13] == ':' && at[19] == 'Z') {
			*at = 'T';
			memmove(at + 1, at + 20, strlen(at + 20) + 1);
		}
		at++;
	}
	return logged;
}

static void fail_to_mount(void)
{
	blame(fail(EPERM, "mount %s on %s", "proc", "/proc"), "mounts[%d]", 0);
	advise(-EPERM, "ask for a pid namespace");
	snprintf(last_fault()->step, sizeof last_fault()->step, "mounts");
	last_fault()->line = 31;
	last_fault()->column = 5;
	say_about("create", "web");
}

static char *next_line(FILE *from)
{
	static char line[1024];

	return fgets(line, sizeof line, from);
}

Test(say, people_are_told_what_where_and_what_to_do)
{
	open_say(NULL, NULL, NULL);
	fail_to_mount();
	say_fault();
	cr_assert_stderr_eq_str("caisson: create web: mounts: mount proc on /proc: Operation not "
				"permitted (config.json:31:5: mounts[0])\n"
				"  hint: ask for a pid namespace\n");
}

Test(say, who_calls_us_runc_reads_logrus_text_on_stderr)
{
	char name[] = "/usr/local/sbin/runc", *argv[] = { name, NULL };
	const struct globals globals = { .argv = argv, .debug = true };
	char *line;
	FILE *said;

	cr_assert_eq(say_open(&globals), 0);
	debug("seccomp filter flags: %d", 4);
	warn("early");
	fail_to_mount();
	say_fault();
	said = cr_get_redirected_stderr();
	line = next_line(said);
	cr_assert_not_null(strstr(line, "Z\" level=debug msg=\"seccomp filter flags: 4\"\n"));
	line = next_line(said);
	cr_assert_not_null(strstr(line, "Z\" level=warning msg=\"early\"\n"));
	line = next_line(said);
	cr_assert_eq(strncmp(line, "time=\"", 6), 0);
	cr_assert_not_null(strstr(line, "Z\" level=error msg=\"create web: mounts: mount proc on "
					"/proc: Operation not permitted (config.json:31:5: "
					"mounts[0])\" hint=\"ask for a pid namespace\"\n"));
	cr_assert_null(next_line(said));
}

Test(say, the_json_log_has_one_object_and_stderr_the_message)
{
	open_say(log_path, "json", NULL);
	warn("early");
	fail_to_mount();
	say_fault();
	cr_assert_str_eq(read_log(),
			 "{\"level\":\"error\",\"msg\":\"create web: mounts: mount proc on /proc: "
			 "Operation not permitted (config.json:31:5: mounts[0])\",\"time\":\"T\","
			 "\"step\":\"mounts\",\"path\":\"mounts[0]\",\"errno\":\"EPERM\","
			 "\"hint\":\"ask for a pid namespace\"}\n");
	cr_assert_stderr_eq_str("create web: mounts: mount proc on /proc: Operation not permitted "
				"(config.json:31:5: mounts[0])\n");
}

Test(say, the_text_log_has_logrus_form)
{
	open_say(log_path, "text", NULL);
	say_about("state", "web");
	refuse(ENOENT, "container does not exist");
	say_fault();
	cr_assert_str_eq(read_log(),
			 "time=\"T\" level=error msg=\"state web: container does not exist\"\n");
	cr_assert_stderr_eq_str("state web: container does not exist\n");
}

Test(say, a_place_the_sentence_names_is_not_repeated)
{
	char sentence[256];

	refuse(EINVAL, "config.json: mounts[1].type: expected a string, got 5");
	blame(-EINVAL, "mounts[1].type");
	cr_assert_str_eq(say_sentence(sentence, sizeof sentence),
			 "config.json: mounts[1].type: expected a string, got 5");
	last_fault()->line = 7;
	last_fault()->column = 12;
	cr_assert_str_eq(say_sentence(sentence, sizeof sentence),
			 "config.json: mounts[1].type: expected a string, got 5 "
			 "(config.json:7:12)");
}

Test(say, a_place_without_a_line_is_still_a_place)
{
	char sentence[256];

	blame(fail(EPERM, "set the hostname"), "hostname.x");
	cr_assert_str_eq(say_sentence(sentence, sizeof sentence),
			 "set the hostname: Operation not permitted (config.json: hostname.x)");
}

Test(say, json_stays_json_whatever_the_message_holds)
{
	open_say(log_path, "json", NULL);
	refuse(EINVAL,
	       "a \"b\" \\ \n\t\x01\x7f gr\xc3\xbc\xc3\x9f \xff \xed\xa0\x80 \xf0\x9f\x90\xb3");
	say_fault();
	cr_assert_str_eq(read_log(),
			 "{\"level\":\"error\",\"msg\":\"a \\\"b\\\" \\\\ \\n\\t\\u0001\\u007f "
			 "gr\xc3\xbc\xc3\x9f \\ufffd \\ufffd\\ufffd\\ufffd \xf0\x9f\x90\xb3\","
			 "\"time\":\"T\",\"errno\":\"EINVAL\"}\n");
}

Test(say, a_message_cannot_steer_the_terminal)
{
	open_say(NULL, NULL, NULL);
	refuse(EIO, "hook said \x1b[2J");
	say_fault();
	cr_assert_stderr_eq_str("caisson: hook said \\x1b[2J\n");
}

Test(say, the_longest_message_is_one_whole_line)
{
	char long_text[3000];

	memset(long_text, 1, sizeof long_text - 1);
	long_text[sizeof long_text - 1] = '\0';
	open_say(log_path, "json", NULL);
	refuse(EIO, "%s", long_text);
	say_fault();
	read_log();
	cr_assert_eq(strchr(logged, '\n'), NULL);
	cr_assert_eq(strlen(logged), sizeof logged - 1);
	cr_assert_not_null(strstr(logged, "\\u0001\\u0001"));
}

Test(say, a_warning_waits_in_json_until_the_command_succeeded)
{
	struct stat about;

	open_say(log_path, "json", NULL);
	warn("memory.kernel is ignored");
	cr_assert_eq(stat(log_path, &about), 0);
	cr_assert_eq(about.st_size, 0);
	cr_assert_eq(about.st_mode & 0777, 0644);
	say_warnings();
	say_warnings();
	cr_assert_str_eq(read_log(), "{\"level\":\"warning\",\"msg\":\"memory.kernel is ignored\","
				     "\"time\":\"T\"}\n");
	say_close();
}

Test(say, a_warning_for_people_comes_at_once)
{
	open_say(NULL, NULL, NULL);
	warn("memory.kernel is ignored");
	cr_assert_stderr_eq_str("caisson: warning: memory.kernel is ignored\n");
}

Test(say, a_command_engines_decode_from_both_streams_does_not_warn)
{
	open_say(NULL, NULL, NULL);
	say_hush();
	warn("memory.kernel is ignored");
	say_warnings();
	refuse(ENOENT, "container does not exist");
	say_fault();
	cr_assert_stderr_eq_str("caisson: container does not exist\n");
}

Test(say, the_level_decides_what_is_heard)
{
	open_say(log_path, "text", "error");
	warn("quiet");
	debug("quieter");
	say_close();
	open_say(log_path, "text", "debug");
	debug("step %d", 1);
	warn("loud");
	cr_assert_str_eq(read_log(), "time=\"T\" level=debug msg=\"step 1\"\n"
				     "time=\"T\" level=warning msg=\"loud\"\n");
}

Test(say, dev_stderr_is_the_stderr_we_have)
{
	open_say("/dev/stderr", NULL, NULL);
	refuse(ENOENT, "x");
	say_fault();
	cr_assert_stderr_eq_str("caisson: x\n");
}

Test(say, a_log_that_cannot_be_opened_is_a_fault)
{
	const struct globals globals = { .log = "/nonexistent/log" };

	cr_assert_eq(say_open(&globals), -ENOENT);
	cr_assert_str_eq(last_fault()->what,
			 "open the log /nonexistent/log: No such file or directory");
}

Test(say, a_journal_nobody_listens_at_is_a_fault)
{
	const struct globals globals = { .log = "journald:web" };

	if (access("/run/systemd/journal/socket", F_OK) == 0)
		cr_skip("journald is here");
	cr_assert_eq(say_open(&globals), -ENOENT);
	cr_assert_str_eq(last_fault()->what, "open the log journald:web: No such file or directory");
}
