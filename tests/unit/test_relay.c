/* test_relay.c -- bytes move, wait and end. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runtime/base/owned.h"
#include "runtime/relay.h"

TestSuite(relay, .timeout = 30);

static int in[2], out[2];
static struct relay relay;

static void two_pipes(void)
{
	cr_assert_eq(pipe2(in, O_CLOEXEC | O_NONBLOCK), 0);
	cr_assert_eq(pipe2(out, O_CLOEXEC | O_NONBLOCK), 0);
	relay = (struct relay){ .from = in[0], .to = out[1] };
}

Test(relay, it_reads_again_only_when_all_is_written)
{
	char text[8] = "";

	two_pipes();
	cr_assert_eq(write(in[1], "abc", 3), 3);
	cr_assert_eq(relay_wants_read(&relay), in[0]);
	cr_assert_eq(relay_wants_write(&relay), -1);
	cr_assert_eq(relay_fill(&relay), 3);
	cr_assert_eq(relay_wants_read(&relay), -1);
	cr_assert_eq(relay_wants_write(&relay), out[1]);
	relay_flush(&relay);
	cr_assert_eq(relay_wants_read(&relay), in[0]);
	cr_assert_eq(read(out[0], text, sizeof text), 3);
	cr_assert_str_eq(text, "abc");
}

Test(relay, a_full_pipe_makes_it_wait_and_nothing_is_lost)
{
	static char chunk[4096], back[4096];
	size_t filled = 0;

	two_pipes();
	memset(chunk, 'f', sizeof chunk);
	while (write(out[1], chunk, sizeof chunk) > 0)
		filled++;
	memset(chunk, 'x', sizeof chunk);
	cr_assert_eq(write(in[1], chunk, sizeof chunk), (ssize_t)sizeof chunk);
	cr_assert_eq(relay_fill(&relay), sizeof chunk);
	relay_flush(&relay);
	cr_assert_eq(relay_wants_write(&relay), out[1], "still full");
	while (filled--)
		cr_assert_gt(read(out[0], back, sizeof back), 0);
	relay_flush(&relay);
	cr_assert_eq(read(out[0], back, sizeof back), (ssize_t)sizeof back);
	cr_assert_eq(memcmp(back, chunk, sizeof back), 0);
}

Test(relay, the_end_of_the_source_is_the_end)
{
	two_pipes();
	close(in[1]);
	cr_assert_eq(relay_fill(&relay), 0);
	cr_assert_eq(relay.from, -1);
	cr_assert_eq(relay_wants_read(&relay), -1);
}

Test(relay, when_nobody_reads_the_rest_is_thrown_away)
{
	int pair[2];

	two_pipes();
	/* A socket, since this process has no reason to survive SIGPIPE. */
	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	close(pair[1]);
	relay.to = pair[0];
	cr_assert_eq(write(in[1], "abc", 3), 3);
	cr_assert_eq(relay_fill(&relay), 3);
	relay_flush(&relay);
	cr_assert_eq(relay.to, -1);
	cr_assert_eq(relay_wants_read(&relay), in[0], "the writer is not held up");
	cr_assert_eq(write(in[1], "abc", 3), 3);
	cr_assert_eq(relay_fill(&relay), 3);
	cr_assert_eq(relay_wants_read(&relay), in[0]);
	cr_assert_eq(relay_wants_write(&relay), -1);
}

Test(relay, a_reopened_pipe_does_not_block_and_the_first_stays_as_it_was)
{
	int ends[2];

	cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
	autoclose int mine = relay_reopen(ends[1]);
	cr_assert_geq(mine, 0);
	cr_assert(fcntl(mine, F_GETFL) & O_NONBLOCK);
	cr_assert_not(fcntl(ends[1], F_GETFL) & O_NONBLOCK);
}

Test(relay, a_file_is_not_reopened)
{
	char path[] = "/tmp/relay.XXXXXX";
	autoclose int file = mkstemp(path);

	cr_assert_geq(file, 0);
	cr_assert_eq(relay_reopen(file), -1);
	unlink(path);
}
