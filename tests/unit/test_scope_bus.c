/* test_scope_bus.c -- a systemd that stops answering at any moment holds nobody up.
 *
 * The other end is a process of the test that speaks as much D-Bus as it is told to, over a socket
 * of its own: as systemd's own socket, without a daemon between. */
#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cgroups/scope/bus.h"
#include "cgroups/scope/requests.h"
#include "runtime/base/fault.h"

enum {
	patience_s = 1,
	grace_s = 10, /* for a machine with much else to do */
};

/* How far it goes before it falls silent. */
enum talk { NOTHING, HANDSHAKE, PROPERTIES, PROMISES };

static pid_t other_end;
static char folder[] = "/tmp/scope-bus.XXXXXX", path[64], address[96];
static struct manager manager = { .patience_s = patience_s };

static int answer(sd_bus_message *call, void *data, sd_bus_error *error)
{
	const enum talk *talk = data;

	(void)error;
	if (*talk >= PROPERTIES && sd_bus_message_is_method_call(call, NULL, "Get"))
		return sd_bus_reply_method_return(call, "v", "s", "252");
	if (*talk >= PROMISES)
		return sd_bus_reply_method_return(call, "o", "/org/freedesktop/systemd1/job/1");
	return 1;
}

static void speak(int connection, enum talk talk)
{
	sd_id128_t id;
	sd_bus *bus;

	if (talk == NOTHING)
		return;
	sd_id128_randomize(&id);
	if (sd_bus_new(&bus) < 0 || sd_bus_set_fd(bus, connection, connection) < 0 ||
	    sd_bus_set_server(bus, 1, id) < 0 || sd_bus_add_filter(bus, NULL, answer, &talk) < 0 ||
	    sd_bus_start(bus) < 0)
		_exit(1);
	while (sd_bus_process(bus, NULL) >= 0 && sd_bus_wait(bus, UINT64_MAX) >= 0)
		;
}

static void begin(enum talk talk)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	cr_assert_not_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/bus", folder);
	snprintf(address, sizeof address, "unix:path=%s", path);
	snprintf(name.sun_path, sizeof name.sun_path, "%s", path);
	cr_assert_eq(bind(listener, (struct sockaddr *)&name, sizeof name), 0);
	cr_assert_eq(listen(listener, 1), 0);
	fflush(NULL);
	other_end = fork();
	if (!other_end) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		speak(accept(listener, NULL, NULL), talk);
		for (;;)
			pause();
	}
	close(listener);
	manager_begin(&manager);
}

static void end(void)
{
	manager_close(&manager);
	if (other_end > 0) {
		kill(other_end, SIGKILL);
		waitpid(other_end, NULL, 0);
	}
	unlink(path);
	rmdir(folder);
}

TestSuite(scope_bus, .fini = end, .timeout = 60);

static int open_manager(void)
{
	char *words[] = { (char *)"direct", address };

	return manager_open(&manager, &(struct strings){ words, 2 });
}

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* It waited as long as it was to, and no longer. */
static void expect_too_late(int result, double since, const char *what)
{
	double took = now_s() - since;

	cr_expect_eq(result, -ETIMEDOUT, "%s", strerror(-result));
	cr_expect_str_eq(last_fault()->what, what);
	cr_expect_geq(took, patience_s * 0.9);
	cr_expect_leq(took, patience_s + grace_s);
}

Test(scope_bus, who_takes_the_connection_and_says_nothing_is_left)
{
	double since;

	begin(NOTHING);
	since = now_s();
	expect_too_late(open_manager(), since,
			"connect to systemd: systemd did not answer within 1 s");
}

Test(scope_bus, a_property_that_does_not_come_is_not_waited_for)
{
	double since;
	char *value;

	begin(HANDSHAKE);
	cr_assert_eq(open_manager(), 0, "%s", last_fault()->what);
	since = now_s();
	manager_begin(&manager);
	expect_too_late(manager_property(&manager, "Version", &value), since,
			"ask systemd what it is: systemd did not answer within 1 s");
}

static void expect_request_too_late(const char *const *words, size_t count, const char *what)
{
	double since = now_s();

	expect_too_late(request(&manager, &(struct strings){ (char **)words, count }), since, what);
}

Test(scope_bus, no_request_waits_for_an_answer_that_does_not_come)
{
	static const struct {
		const char *words[4];
		size_t count;
		const char *what;
	} rows[] = {
		{ { "start", "x.scope" }, 2, "start unit x.scope: systemd did not answer within 1 s" },
		{ { "attach", "x.scope", "", "1" }, 4,
		  "attach a process to unit x.scope: systemd did not answer within 1 s" },
		{ { "set", "x.scope" }, 2,
		  "set properties of unit x.scope: systemd did not answer within 1 s" },
		{ { "stop", "x.scope" }, 2, "stop unit x.scope: systemd did not answer within 1 s" },
	};

	begin(HANDSHAKE);
	cr_assert_eq(open_manager(), 0, "%s", last_fault()->what);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		expect_request_too_late(rows[i].words, rows[i].count, rows[i].what);
}

/* The promise of a job is not the job. */
Test(scope_bus, a_job_that_never_ends_is_not_waited_for)
{
	static const char *const start[] = { "start", "x.scope" }, *const stop[] = { "stop", "x.scope" };
	char *version;

	begin(PROMISES);
	cr_assert_eq(open_manager(), 0, "%s", last_fault()->what);
	manager_begin(&manager);
	cr_assert_eq(manager_property(&manager, "Version", &version), 0, "%s", last_fault()->what);
	cr_expect_str_eq(version, "252");
	free(version);
	expect_request_too_late(start, 2, "start unit x.scope: systemd did not answer within 1 s");
	expect_request_too_late(stop, 2, "stop unit x.scope: systemd did not answer within 1 s");
}
