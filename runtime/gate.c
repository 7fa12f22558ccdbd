/* gate.c -- where a created container waits for `start`. See gate.h. */
#include "runtime/gate.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "runtime/base/owned.h"
#include "runtime/base/baton.h"
#include "runtime/life.h"

/* By way of the descriptor, since a socket's address holds 107 bytes and a path may be longer. */
static struct sockaddr_un address_in(int dir)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", dir, LIFE_GATE);
	return address;
}

int gate_make(int dir)
{
	struct sockaddr_un address = address_in(dir);
	autoclose int gate = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (gate < 0)
		return fail(errno, "make the gate's socket");
	if (bind(gate, (struct sockaddr *)&address, sizeof address) < 0)
		return fail(errno, "bind the gate's socket %s", LIFE_GATE);
	if (listen(gate, 1) < 0)
		return fail(errno, "listen at the gate");
	return take(&gate);
}

static void leave(int number)
{
	_exit(128 + number);
}

void gate_hear_signals(void)
{
	static const int fatal[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
	struct sigaction old;

	for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) {
		if (sigaction(fatal[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
			signal(fatal[i], leave);
	}
}

int gate_wait(int gate)
{
	struct baton_gift gift = { .descriptor = -1 };
	int connection;

	do
		connection = accept4(gate, NULL, NULL, SOCK_CLOEXEC);
	while (connection < 0 && errno == EINTR);
	if (connection < 0)
		return fail(errno, "wait for start");
	/* The gate's name is gone by now: if `start` died in between nobody can knock again. */
	if (baton_wait(connection, -1, &gift) != BATON_MINE)
		_exit(1);
	return connection;
}

int gate_knock(int dir)
{
	struct sockaddr_un address = address_in(dir);
	autoclose int connection = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (connection < 0)
		return fail(errno, "make a socket");
	if (connect(connection, (struct sockaddr *)&address, sizeof address) < 0)
		return -errno;
	if (unlinkat(dir, LIFE_GATE, 0) < 0)
		return fail(errno, "remove the gate");
	return take(&connection);
}
