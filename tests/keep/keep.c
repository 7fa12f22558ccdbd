/* keep.c -- a workload that has one of everything a process can hold, and uses all of it all the time.
 *
 *	keep
 *
 * Every 20 ms a number goes round: parent -> pipe -> child -> unix socket pair -> thread -> unix
 * socket with a name -> parent. The clock of it is an interval timer's signal; a timerfd, an
 * eventfd behind an epoll, shared memory, a deleted file, a file that was opened and a record lock
 * on it have to agree at each round. "round N" is printed for each, or "lost: WHAT", and that is its
 * end. Static, so that it runs in an empty root. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { tick_us = 20 * 1000 };

static int to_child[2], from_child[2], named[2];
static int timer, event, epoll, deleted, locked;
static volatile uint64_t *shared, *segment;

static void need(int works, const char *what)
{
	if (works)
		return;
	printf("lost: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t take(int fd, const char *what)
{
	uint64_t number;
	ssize_t got;

	do
		got = read(fd, &number, sizeof number);
	while (got < 0 && errno == EINTR);
	need(got == sizeof number, what);
	return number;
}

static void give(int fd, uint64_t number, const char *what)
{
	need(write(fd, &number, sizeof number) == sizeof number, what);
}

static _Noreturn void child(void)
{
	for (;;) {
		uint64_t number = take(to_child[0], "the pipe");

		*shared = number;
		give(from_child[1], number, "the socket pair");
	}
}

static _Noreturn void *thread(void *unused)
{
	(void)unused;
	for (;;)
		give(named[1], take(from_child[0], "the socket pair"), "the socket with a name");
}

/* ---- made once --------------------------------------------------------------------------- */

static void make_named_socket(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "/keep.sock" };
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	need(bind(listener, (struct sockaddr *)&address, sizeof address) == 0, "bind");
	need(listen(listener, 1) == 0, "listen");
	named[1] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	need(connect(named[1], (struct sockaddr *)&address, sizeof address) == 0, "connect");
	named[0] = accept(listener, NULL, NULL);
	need(named[0] >= 0, "accept");
}

static void make_files(void)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	deleted = open("/deleted", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	need(deleted >= 0 && unlink("/deleted") == 0, "a deleted file");
	locked = open("/locked", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	need(locked >= 0 && fcntl(locked, F_SETLK, &lock) == 0, "a record lock");
}

static void make_memory(void)
{
	int id = shmget(IPC_PRIVATE, 4096, 0600);

	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	need(shared != MAP_FAILED, "shared memory");
	segment = shmat(id, NULL, 0);
	need(segment != (void *)-1, "a segment of shared memory");
	need(shmctl(id, IPC_RMID, NULL) == 0, "a segment that goes with us");
}

static void make_events(void)
{
	struct epoll_event wanted = { .events = EPOLLIN };

	timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	need(timer >= 0, "a timerfd");
	event = eventfd(0, EFD_CLOEXEC);
	epoll = epoll_create1(EPOLL_CLOEXEC);
	need(epoll_ctl(epoll, EPOLL_CTL_ADD, event, &wanted) == 0, "epoll");
}

static void nothing(int signal)
{
	(void)signal;
}

static void make_clock(void)
{
	struct itimerval every = { .it_interval.tv_usec = tick_us, .it_value.tv_usec = tick_us };
	sigset_t alarm;

	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	need(sigprocmask(SIG_BLOCK, &alarm, NULL) == 0, "sigprocmask");
	signal(SIGALRM, nothing);
	need(setitimer(ITIMER_REAL, &every, NULL) == 0, "an interval timer");
}

/* ---- each round -------------------------------------------------------------------------- */

/* Anew each time: criu forgets the interval of one that has expired and was not read. */
static void set_timer(void)
{
	struct itimerspec once = { .it_value.tv_nsec = 1000 * 1000 };

	need(timerfd_settime(timer, 0, &once, NULL) == 0, "the timerfd");
}

static void await_clock(void)
{
	sigset_t alarm;
	int signal;

	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	need(sigwait(&alarm, &signal) == 0, "the interval timer");
}

static void await_event(uint64_t number)
{
	struct epoll_event happened;
	int count;

	give(event, number, "the eventfd");
	do
		count = epoll_wait(epoll, &happened, 1, 10 * 1000);
	while (count < 0 && errno == EINTR);
	need(count == 1, "epoll");
	need(take(event, "the eventfd") == number, "what was in the eventfd");
}

static void check_files(uint64_t number)
{
	uint64_t before = 0;

	need(pread(deleted, &before, sizeof before, 0) >= 0, "the deleted file");
	need(before == number - 1, "what was in the deleted file");
	need(pwrite(deleted, &number, sizeof number, 0) == sizeof number, "the deleted file");
	need(pwrite(locked, &number, sizeof number, 0) == sizeof number, "the locked file");
}

int main(void)
{
	pthread_t carrier;
	pid_t pid;

	setvbuf(stdout, NULL, _IOLBF, 0);
	make_memory();
	need(pipe(to_child) == 0, "a pipe");
	need(socketpair(AF_UNIX, SOCK_STREAM, 0, from_child) == 0, "a socket pair");
	make_named_socket();
	pid = fork();
	if (pid == 0)
		child();
	make_files();
	make_events();
	make_clock();
	need(pthread_create(&carrier, NULL, thread, NULL) == 0, "a thread");
	for (uint64_t number = 1;; number++) {
		set_timer();
		await_clock();
		need(*segment == number - 1, "what was in the segment");
		*segment = number;
		give(to_child[1], number, "the pipe");
		need(take(named[0], "the socket with a name") == number, "the number");
		need(*shared == number, "what was in shared memory");
		need(take(timer, "the timerfd") == 1, "the ticks of the timerfd");
		await_event(number);
		check_files(number);
		need(kill(pid, 0) == 0, "the child");
		printf("round %llu\n", (unsigned long long)number);
	}
}
