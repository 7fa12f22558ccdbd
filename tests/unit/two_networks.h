/* two_networks.h -- two network namespaces of a test's own, "host" and "container", with devices.
 *
 * The devices are veth pairs, made and looked at with ip(8), so that the judge is not ours. */
#ifndef CAISSON_TWO_NETWORKS_H
#define CAISSON_TWO_NETWORKS_H

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "specs/spec.h"

static int host, container;
static char heard[512];
static unsigned warnings;

static void hear(const char *sentence)
{
	snprintf(heard, sizeof heard, "%s", sentence);
	warnings++;
}

/* Runs a command in one of the namespaces; gives its output, all white space one blank. */
static const char *shown(int netns, const char *command)
{
	static char text[4096];
	size_t length = 0;
	FILE *output;
	int letter;

	cr_assert_eq(setns(netns, CLONE_NEWNET), 0);
	output = popen(command, "r");
	while ((letter = fgetc(output)) != EOF && length < sizeof text - 1) {
		if (letter == '\n' || letter == '\\')
			letter = ' ';
		if (letter != ' ' || (length && text[length - 1] != ' '))
			text[length++] = (char)letter;
	}
	text[length] = '\0';
	pclose(output);
	cr_assert_eq(setns(host, CLONE_NEWNET), 0);
	return text;
}

static void run(int netns, const char *command)
{
	int status;

	cr_assert_eq(setns(netns, CLONE_NEWNET), 0);
	status = system(command);
	cr_assert_eq(setns(host, CLONE_NEWNET), 0);
	if (status)
		cr_skip("cannot run: %s", command);
}

static int new_namespace(void)
{
	if (unshare(CLONE_NEWNET) < 0)
		cr_skip("cannot make a network namespace: %s", strerror(errno));
	return open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
}

static void make_two_networks(void)
{
	container = new_namespace();
	host = new_namespace();
	send_warnings_to(hear);
	run(host, "ip link add one type veth peer name one-peer");
	run(host, "ip link add two type veth peer name two-peer");
}

#define has(text, part)  cr_expect(strstr(text, part), "\"%s\" lacks \"%s\"", text, part)
#define lacks(text, part) cr_expect_not(strstr(text, part), "\"%s\" has \"%s\"", text, part)

#define DEVICES(...)                                                                       \
	(struct spec_net_devices)                                                          \
	{                                                                                  \
		.at = (struct spec_net_device[]){ __VA_ARGS__ },                           \
		.count = sizeof((struct spec_net_device[]){ __VA_ARGS__ }) /               \
			 sizeof(struct spec_net_device)                                    \
	}

#endif
