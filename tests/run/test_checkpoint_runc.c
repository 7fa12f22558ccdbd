/* test_checkpoint_runc.c -- images go from one runtime to the other: $RUNC, or that in $PATH. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/lib/saved.h"

TestSuite(checkpoint_runc, .init = saved_open, .fini = boxes_close, .timeout = 240);

static const char *words_of(const char *command)
{
	static char text[4096];
	FILE *pipe = popen(command, "r");
	size_t length = pipe ? fread(text, 1, sizeof text - 1, pipe) : 0;

	text[length] = '\0';
	return pipe && pclose(pipe) == 0 ? NULL : text;
}

static const char *runc(void)
{
	return getenv("RUNC") ? getenv("RUNC") : "runc";
}

static void need_runc(void)
{
	need_criu();
	if (words_of("${RUNC:-runc} --version >/dev/null 2>&1"))
		boxes_skip("runc is not installed");
}

Test(checkpoint_runc, an_image_of_ours_is_one_for_runc)
{
	struct box *box = counting_box();
	int before;

	need_runc();
	/* runc has no way to save a process whose stdout is a file of the host's. */
	box_write(box);
	on_host("cd %s; %s --root %s run -d %s </dev/null >/dev/null 2>&1", box->bundle,
		boxes_runtime(), boxes_root(), box->id);
	wait_count(box, 3);
	assert_prints(save(box, box->id), "");
	before = count_of(box);
	on_host("cd %s; %s --root runc restore -d --image-path image %s </dev/null >/dev/null", box->bundle,
		runc(), box->id);
	wait_count(box, before + 3);
	on_host("cd %s; %s --root runc delete --force %s", box->bundle, runc(), box->id);
}

Test(checkpoint_runc, an_image_of_runcs_is_one_for_us)
{
	struct box *box = counting_box();
	char command[1024];
	const char *why;
	int before;

	need_runc();
	/* runc takes iptables for granted. */
	on_host("echo network-lock nftables >%s/criu.conf", box->bundle);
	box_set(box, "annotations", "{'org.criu.config': '%s/criu.conf'}", box->bundle);
	box_write(box);
	on_host("cd %s; %s --root runc run -d %s </dev/null >/dev/null", box->bundle, runc(), box->id);
	wait_count(box, 3);
	snprintf(command, sizeof command, "cd %s; %s --root runc checkpoint --image-path image "
		 "--work-path image %s 2>&1 || { %s --root runc delete --force %s; false; }", box->bundle,
		 runc(), box->id, runc(), box->id);
	why = words_of(command);
	if (why)
		boxes_skip("runc itself cannot: %s", why);
	before = count_of(box);
	assert_prints(restore(box, box->id), "");
	wait_count(box, before + 3);
}
