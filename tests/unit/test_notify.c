/* test_notify.c -- what a workload says about itself, and what of it the host hears. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "runtime/base/owned.h"
#include "runtime/base/proc.h"
#include "runtime/notify.h"

static char record_path[256];
static int record = -1, host = -1;
static char host_path[128];

static void make_record(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char folder[] = "/tmp/notify.XXXXXX";

	cr_assert_not_null(mkdtemp(folder));
	snprintf(host_path, sizeof host_path, "%s/host.sock", folder);
	/* Long, as the state directory of an engine is. */
	snprintf(record_path, sizeof record_path, "%s/%0140d", folder, 1);
	cr_assert_eq(mkdir(record_path, 0700), 0);
	record = open(record_path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	host = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	strcpy(address.sun_path, host_path);
	cr_assert_eq(bind(host, (struct sockaddr *)&address, sizeof address), 0);
}

static void remove_record(void)
{
	unlinkat(record, NOTIFY_DIRECTORY "/notify.sock", 0);
	unlinkat(record, NOTIFY_DIRECTORY, AT_REMOVEDIR);
	cr_assert_eq(rmdir(record_path), 0);
	unlink(host_path);
	*strrchr(record_path, '/') = '\0';
	rmdir(record_path);
}

TestSuite(notify, .init = make_record, .fini = remove_record, .timeout = 30);

static int listening(void)
{
	int result = notify_make(record);

	cr_assert_eq(result, 0);
	result = notify_listen(record);
	cr_assert_geq(result, 0, "%s", last_fault()->what);
	return result;
}

/* As the workload does it. */
static void say(const char *text)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	autoclose int speaker = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof address.sun_path,
		 "/proc/self/fd/%d/" NOTIFY_DIRECTORY "/notify.sock", record);
	cr_assert_eq(sendto(speaker, text, strlen(text), 0, (struct sockaddr *)&address,
			    sizeof address), (ssize_t)strlen(text));
}

/* One message at the host's end; a descriptor that came along is closed, as systemd does. */
static const char *host_hears(void)
{
	static char text[256];
	char control[CMSG_SPACE(sizeof(int))];
	struct iovec words = { text, sizeof text - 1 };
	struct msghdr message = { .msg_iov = &words, .msg_iovlen = 1, .msg_control = control,
				  .msg_controllen = sizeof control };
	ssize_t length = recvmsg(host, &message, 0);
	int came;

	text[length < 0 ? 0 : length] = '\0';
	if (CMSG_FIRSTHDR(&message)) {
		memcpy(&came, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof came);
		close(came);
	}
	return text;
}

static void *answer_three(void *heard)
{
	for (int i = 0; i < 3; i++) {
		strcat(heard, host_hears());
		strcat(heard, "\n");
	}
	return NULL;
}

Test(notify, every_uid_of_the_container_may_speak)
{
	autoclose int listener = listening();
	struct stat about;

	cr_assert_eq(fstatat(record, NOTIFY_DIRECTORY "/notify.sock", &about, 0), 0);
	cr_assert_eq(about.st_mode, S_IFSOCK | 0777);
	cr_assert_eq(fstatat(record, NOTIFY_DIRECTORY, &about, 0), 0);
	cr_assert_eq(about.st_mode, S_IFDIR | 0755);
}

Test(notify, it_is_not_ready_until_it_says_so)
{
	autoclose int listener = listening();

	cr_assert_eq(notify_is_ready(listener), 0);
	say("STATUS=READY=1 soon\nXREADY=1");
	say("READY=0");
	cr_assert_eq(notify_is_ready(listener), 0);
	say("STATUS=up\nREADY=1\nMAINPID=1");
	cr_assert_eq(notify_is_ready(listener), 1);
}

Test(notify, a_second_start_may_listen_again)
{
	autoclose int first = listening();
	autoclose int second = listening();

	say("READY=1");
	cr_assert_eq(notify_is_ready(first), 0);
	cr_assert_eq(notify_is_ready(second), 1);
}

Test(notify, the_host_hears_ready_our_pid_and_a_barrier)
{
	autoclose int listener = listening();
	autoclose int pidfd = pidfd_of(getpid());
	char heard[512] = "";
	pthread_t manager;

	cr_assert_eq(pthread_create(&manager, NULL, answer_three, heard), 0);
	say("MAINPID=1\nFDSTORE=1\nREADY=1\n");
	cr_assert_eq(notify_forward(listener, host_path, pidfd, 4711), 0);
	pthread_join(manager, NULL);
	cr_assert_str_eq(heard, "READY=1\nMAINPID=4711\nBARRIER=1\n");
}

Test(notify, a_container_that_ends_is_not_waited_for)
{
	autoclose int listener = listening();
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	autoclose int pidfd = pidfd_of(child);
	cr_assert_eq(notify_forward(listener, host_path, pidfd, child), 0);
	cr_assert_eq(recv(host, record_path, 0, MSG_DONTWAIT), -1, "the host hears nothing");
	waitpid(child, NULL, 0);
}

Test(notify, an_abstract_host_socket_works)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char name[64], heard[512] = "";
	pthread_t manager;
	int length = snprintf(name, sizeof name, "@notify-test-%d", getpid());

	close(host);
	host = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	memcpy(address.sun_path + 1, name + 1, (size_t)length - 1);
	cr_assert_eq(bind(host, (struct sockaddr *)&address,
			  (socklen_t)(sizeof(sa_family_t) + (size_t)length)), 0);
	cr_assert_eq(pthread_create(&manager, NULL, answer_three, heard), 0);
	cr_assert_eq(notify_host(name, 1), 0, "%s", last_fault()->what);
	pthread_join(manager, NULL);
	cr_assert_str_eq(heard, "READY=1\nMAINPID=1\nBARRIER=1\n");
}

Test(notify, another_kind_of_host_socket_is_refused)
{
	cr_assert_eq(notify_host("vsock:2:1", 1), -EINVAL);
	cr_assert_str_eq(last_fault()->what,
			 "NOTIFY_SOCKET is neither a path nor an abstract name: vsock:2:1");
}
