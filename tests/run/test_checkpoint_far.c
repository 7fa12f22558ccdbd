/* test_checkpoint_far.c -- memory that comes later, or from another machine: criu's page server and
 * its lazy pages, with loopback as the network between two hosts. */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/lib/host.h"
#include "tests/lib/saved.h"

TestSuite(checkpoint_far, .init = saved_open, .fini = boxes_close, .timeout = 240);

/* A network of our own: no port is taken, and nobody else is on it. */
static void own_network(void)
{
	cr_assert_eq(unshare(CLONE_NEWNET), 0);
	on_host("ip link set lo up");
}

Test(checkpoint_far, memory_goes_to_a_page_server)
{
	struct box *box = counting_box();
	int before;
	pid_t server;

	need_criu();
	own_network();
	counting(box);
	on_host("mkdir %s/pages", box->bundle);
	server = beside("cd %s; exec criu page-server --images-dir pages --address 127.0.0.1 "
			"--port 27001 -v4 --log-file server.log", box->bundle);
	on_host("timeout 20 sh -c 'until grep -q :6979 /proc/net/tcp; do sleep 0.02; done'");
	assert_prints(save(box, "--page-server", "127.0.0.1:27001", box->id), "");
	end_of(server);
	before = count_of(box);
	on_host("cd %s; ! ls image/pages-*.img 2>/dev/null && ls pages/pages-*.img >/dev/null",
		box->bundle);
	assert_fails(restore(box, box->id), 1, "criu failed: type RESTORE");
	on_host("cd %s; mv pages/pagemap-* pages/pages-* image/", box->bundle);
	assert_prints(restore(box, box->id), "");
	wait_count(box, before + 3);
	cr_assert_lt(count_of(box), before + 1000);
}

Test(checkpoint_far, nobody_at_the_page_servers_address_is_an_error)
{
	struct box *box = counting_box();

	need_criu();
	own_network();
	counting(box);
	assert_fails(save(box, "--page-server", "127.0.0.1:27001", box->id), 1,
		     "Can't connect to server 127.0.0.1:27001; log file: image/dump.log\n");
	cr_assert_str_eq(box_status(box), "running");
	wait_count(box, count_of(box) + 3);
}

/* criu's server of lazy pages has a pipe of 4 MiB, and the end of its work is a bad descriptor when
 * it could not get that. */
static void need_lazy_pages(void)
{
	int ends[2];

	need_criu();
	if (!criu_has("uffd-noncoop"))
		boxes_skip("this kernel has no userfaultfd for that");
	cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
	if (fcntl(ends[0], F_SETPIPE_SZ, 4 << 20) < 0)
		boxes_skip("criu needs a pipe above fs.pipe-max-size, and that CAP_SYS_RESOURCE");
	close(ends[0]);
	close(ends[1]);
}

/* The container is restored while its memory is still where it was, and is fetched page by page.
 * Then both commands and the daemon between them come to their end. */
Test(checkpoint_far, memory_can_come_after_the_container)
{
	struct box *box = counting_box(), *other = counting_box();
	struct running saving;
	int ready[2], before;
	char byte = 'x';
	pid_t daemon;

	need_lazy_pages();
	own_network();
	counting(box);
	box_write(other);
	cr_assert_eq(pipe2(ready, O_CLOEXEC), 0);
	runtime_leak(ready[1], 9);
	saving = runtime_begin(box, "checkpoint", "--image-path", "image", "--work-path", "work",
			       "--lazy-pages", "--page-server", "127.0.0.1:27002", "--status-fd", "9",
			       box->id);
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		cr_assert_fail("nothing is ready: %s", runtime_finish(&saving).err);
	cr_assert_eq(byte, '\0');
	before = count_of(box);
	on_host("cd %s; test -s image/inventory.img; mkdir lazy", box->bundle);
	daemon = beside("cd %s; exec criu lazy-pages --page-server --address 127.0.0.1 --port 27002 "
			"-D image -W lazy -v4 --log-file daemon.log", box->bundle);
	on_host("cd %s; timeout 20 sh -c 'until test -S lazy/lazy-pages.socket; do sleep 0.02; done'",
		box->bundle);
	on_host("cp %s/count %s/count", box->rootfs, other->rootfs);
	assert_prints(runtime(other, "restore", "-d", "--lazy-pages", "--image-path",
			      at("%s/image", box->bundle), "--work-path", at("%s/lazy", box->bundle),
			      other->id), "");
	wait_count(other, before + 3);
	assert_prints(runtime_finish(&saving), "");
	cr_assert_eq(end_of(daemon), 0);
	assert_fails(runtime(box, "state", box->id), 1, "container does not exist");
	wait_count(other, count_of(other) + 3);
}

/* The one that waits to give memory away can be stopped: the container goes on. */
Test(checkpoint_far, an_interrupted_checkpoint_lets_the_container_go_on)
{
	struct box *box = counting_box();
	struct running saving;
	int ready[2];
	char byte = 'x';

	need_criu();
	if (!criu_has("uffd-noncoop"))
		boxes_skip("this kernel has no userfaultfd for that");
	own_network();
	counting(box);
	cr_assert_eq(pipe2(ready, O_CLOEXEC), 0);
	runtime_leak(ready[1], 9);
	saving = runtime_begin(box, "checkpoint", "--image-path", "image", "--lazy-pages",
			       "--page-server", "127.0.0.1:27002", "--status-fd", "9", box->id);
	close(ready[1]);
	cr_assert_eq(read(ready[0], &byte, 1), 1);
	cr_assert_eq(kill(saving.pid, SIGTERM), 0);
	assert_fails(runtime_finish(&saving), 143, "SIGTERM");
	cr_assert_str_eq(box_status(box), "running");
	wait_count(box, count_of(box) + 3);
}
