/* test_seccomp_notify.c -- a seccomp agent gets the listener and answers for the container. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/base/owned.h"
#include "tests/unit/seccomp_profiles.h"

static const char state[] = "{\"ociVersion\":\"1.3.0\",\"fds\":[\"seccompFd\"],\"pid\":7}";
static struct sc_program program;
static char folder[] = "/tmp/caisson-test-XXXXXX";
static char path[300];

static int listen_at(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int agent = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	cr_assert(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/%s", folder, name);
	cr_assert_lt(strlen(path), sizeof address.sun_path);
	strcpy(address.sun_path, path);
	cr_assert_eq(bind(agent, (struct sockaddr *)&address, sizeof address), 0);
	cr_assert_eq(listen(agent, 1), 0);
	return agent;
}

static void clean(void)
{
	unlink(path);
	rmdir(folder);
}

/* One message with one descriptor, then the end of the connection. */
static int receive_listener(int agent, char *text, size_t size)
{
	autoclose int connection = accept(agent, NULL, NULL);
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec piece = { text, size - 1 };
	struct msghdr message = { .msg_iov = &piece,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof control };
	ssize_t got = recvmsg(connection, &message, MSG_CMSG_CLOEXEC);
	int listener;
	char more;

	cr_assert_gt(got, 0);
	text[got] = '\0';
	cr_assert_eq(control.header.cmsg_type, SCM_RIGHTS);
	cr_assert_eq(control.header.cmsg_len, CMSG_LEN(sizeof(int)));
	memcpy(&listener, CMSG_DATA(&control.header), sizeof listener);
	cr_assert_eq(read(connection, &more, 1), 0, "the connection must end");
	return listener;
}

static void answer_mkdir(int listener)
{
	struct seccomp_notif asks = { 0 };
	struct seccomp_notif_resp says = { .val = 0, .error = -EXDEV };

	cr_assert_eq(ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &asks), 0);
	cr_expect_eq(asks.data.nr, SYS_mkdir);
	says.id = asks.id;
	cr_assert_eq(ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &says), 0);
}

/* Loads the profile and calls mkdir; ends with its errno. */
static pid_t start_container(int connection)
{
	pid_t child = fork();
	char entry[64];

	if (child)
		return child;
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* What the next descriptor will be, to see that the listener does not stay. */
	snprintf(entry, sizeof entry, "%d", dup(0));
	close(atoi(entry));
	if (sc_load(&program, connection, state) < 0)
		leave(98);
	if (syscall(SYS_fcntl, atoi(entry), F_GETFD) != -1)
		leave(97);
	if (syscall(SYS_mkdir, "/proc/nowhere", 0700) == 0)
		leave(96);
	leave(errno);
	return -1; /* never */
}

Test(seccomp_notify, an_agent_gets_the_listener_and_answers, .fini = clean)
{
	struct spec_seccomp seccomp = {
		.given = true,
		.default_action = SECCOMP_ACTION_ALLOW,
		.listener_path = path,
		.flags_given = true,
		.flags = WORDS("SECCOMP_FILTER_FLAG_TSYNC",
			       "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"),
		.syscalls = RULES({ .names = WORDS("mkdir"), .action = SECCOMP_ACTION_NOTIFY }),
	};
	autoclose int agent = listen_at("agent");
	char text[256];
	int status;
	pid_t child;

	compiled(&program, &seccomp);
	cr_assert(program.notify);
	autoclose int connection = sc_connect_listener(path);
	cr_assert_geq(connection, 0, "%s", last_fault()->what);
	child = start_container(connection);
	autoclose int listener = receive_listener(agent, text, sizeof text);
	cr_expect_str_eq(text, state);
	answer_mkdir(listener);
	waitpid(child, &status, 0);
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == EXDEV, "status %#x", status);
}

/* The worst profile: nothing but the listener's own business is allowed to the loader. */
Test(seccomp_notify, the_loader_makes_no_call_once_it_is_filtered, .fini = clean)
{
	struct spec_seccomp seccomp = {
		.given = true,
		.default_action = SECCOMP_ACTION_KILL_PROCESS,
		.listener_path = path,
		.syscalls = RULES({ .names = WORDS("mkdir"), .action = SECCOMP_ACTION_NOTIFY },
				  { .names = WORDS("exit_group", "fcntl"),
				    .action = SECCOMP_ACTION_ALLOW }),
	};
	autoclose int agent = listen_at("agent");
	char text[256];
	int status;
	pid_t child;

	compiled(&program, &seccomp);
	autoclose int connection = sc_connect_listener(path);
	child = start_container(connection);
	autoclose int listener = receive_listener(agent, text, sizeof text);
	answer_mkdir(listener);
	waitpid(child, &status, 0);
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == EXDEV, "status %#x", status);
}

Test(seccomp_notify, everything_may_be_notified, .fini = clean)
{
	struct spec_seccomp seccomp = {
		.given = true,
		.default_action = SECCOMP_ACTION_NOTIFY,
		.listener_path = path,
	};
	struct seccomp_notif asks = { 0 };
	struct seccomp_notif_resp goes_on = { .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE };
	autoclose int agent = listen_at("agent");
	char text[256];
	int status;
	pid_t child;

	compiled(&program, &seccomp);
	autoclose int connection = sc_connect_listener(path);
	child = start_container(connection);
	autoclose int listener = receive_listener(agent, text, sizeof text);
	/* fcntl, mkdir, exit_group: if sc_load made a call of its own, that were the first. */
	const int expected[] = { SYS_fcntl, SYS_mkdir, SYS_exit_group };
	for (size_t i = 0; i < 3; i++) {
		memset(&asks, 0, sizeof asks);
		cr_assert_eq(ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &asks), 0);
		cr_expect_eq(asks.data.nr, expected[i], "call %d, not %d", asks.data.nr,
			     expected[i]);
		goes_on.id = asks.id;
		cr_assert_eq(ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &goes_on), 0);
	}
	waitpid(child, &status, 0);
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == ENOENT, "status %#x", status);
}

Test(seccomp_notify, an_agent_that_hung_up_is_an_error)
{
	struct spec_seccomp seccomp = { .given = true,
					.default_action = SECCOMP_ACTION_ALLOW,
					.listener_path = path };
	char (*said)[4096] = mmap(NULL, sizeof *said, PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int pair[2], status;
	pid_t child;

	compiled(&program, &seccomp);
	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	close(pair[1]);
	child = fork();
	if (!child) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		status = sc_load(&program, pair[0], state);
		snprintf(*said, sizeof *said, "%s|%s", last_fault()->path, last_fault()->what);
		leave(status == -EPIPE ? 0 : 1);
	}
	waitpid(child, &status, 0);
	close(pair[0]);
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %#x", status);
	cr_expect_str_eq(*said, "linux.seccomp.listenerPath|send the seccomp listener to its "
				"agent: Broken pipe");
}

Test(seccomp_notify, a_refused_load_leaves_no_thread_behind)
{
	struct spec_seccomp seccomp = { .given = true,
					.default_action = SECCOMP_ACTION_ALLOW,
					.listener_path = path };
	int pair[2], status;
	pid_t child;

	compiled(&program, &seccomp);
	program.count = 0; /* EINVAL */
	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	child = fork();
	if (!child) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		status = sc_load(&program, pair[0], state);
		leave(status == -EINVAL ? 0 : 1);
	}
	waitpid(child, &status, 0);
	close(pair[0]);
	close(pair[1]);
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %#x", status);
}

Test(seccomp_notify, a_listener_wanted_needs_a_connection)
{
	program.notify = true;
	cr_assert_eq(sc_load(&program, -1, state), -EINVAL);
	cr_expect_str_eq(last_fault()->what,
			 "a seccomp listener is wanted and nobody to send it to");
}

Test(seccomp_notify, nobody_at_the_path_is_an_error)
{
	cr_assert_eq(sc_connect_listener("/nonexistent/agent"), -ENOENT);
	cr_expect_str_eq(last_fault()->what, "failed to connect with seccomp agent at "
					     "/nonexistent/agent: No such file or directory");
	cr_expect_str_eq(last_fault()->path, "linux.seccomp.listenerPath");
}

Test(seccomp_notify, a_path_may_be_long, .fini = clean)
{
	autoclose int agent = listen_at("agent");
	char detour[400] = "";

	strcat(detour, folder);
	for (size_t i = 0; i < 60; i++)
		strcat(detour, "/.");
	strcat(detour, "/agent");
	cr_assert_gt(strlen(detour), 108);
	autoclose int connection = sc_connect_listener(detour);
	cr_expect_geq(connection, 0, "%s", last_fault()->what);
}
