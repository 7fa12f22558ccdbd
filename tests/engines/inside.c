/* inside.c -- what the images of the engine tests can do and busybox cannot.
 *
 *	inside			waits for SIGTERM: the first process of a pod
 *	inside notify WORDS	says them to $NOTIFY_SOCKET, then waits likewise
 *
 * Static: it is the only file of the pods' own image. */
#include <err.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void notify(const char *words)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (!path || strlen(path) >= sizeof to.sun_path)
		errx(1, "no NOTIFY_SOCKET");
	strcpy(to.sun_path, path);
	if (sendto(fd, words, strlen(words), 0, (struct sockaddr *)&to, sizeof to) < 0)
		err(1, "say \"%s\" to %s", words, path);
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "notify") == 0)
		notify(argv[2]);
	/* The first process of a pid namespace is spared a signal it has no handler for. */
	signal(SIGTERM, _exit);
	for (;;)
		pause();
}
