/* test_checkpoint_fails.c -- what cannot be saved or restored is said, and nothing is left of it. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/lib/host.h"
#include "tests/lib/saved.h"

TestSuite(checkpoint_fails, .init = saved_open, .fini = boxes_close, .timeout = 240);

Test(checkpoint_fails, only_what_runs_can_be_saved)
{
	struct box *box = counting_box();

	need_criu();
	assert_fails(save(box, box->id), 1, "container does not exist");
	assert_ok(box_create(box));
	assert_fails(save(box, box->id), 1, "Container cannot be checkpointed in created state\n");
	assert_ok(box_kill(box, "KILL"));
	box_wait_status(box, "stopped");
	assert_fails(save(box, box->id), 1, "Container cannot be checkpointed in stopped state\n");
}

Test(checkpoint_fails, without_criu_it_is_said_how_to_get_it)
{
	struct box *box = counting_box();
	char wanted[512];

	counting(box);
	setenv("PATH", "/nowhere", 1);
	snprintf(wanted, sizeof wanted, "caisson: checkpoint %s: CRIU version check failed: exec: "
		 "\"criu\": executable file not found in $PATH\n"
		 "  hint: install criu 3.16 or newer: apt install criu, dnf install criu, or "
		 "https://criu.org/Installation\n", box->id);
	cr_assert_str_eq(save(box, box->id).err, wanted);
	cr_assert_str_eq(box_status(box), "running");
	assert_ok(box_delete_force(box));
	assert_fails(restore(box, box->id), 1, "executable file not found in $PATH");
	cr_assert_null(boxes_left());
}

Test(checkpoint_fails, what_cannot_be_restored_leaves_nothing)
{
	struct box *box = counting_box();

	need_criu();
	counting(box);
	assert_prints(save(box, box->id), "");
	assert_fails(runtime(box, "restore", "--image-path", "nowhere", box->id), 1,
		     "open the image's directory nowhere: No such file or directory");
	assert_fails(runtime(box, "restore", "--image-path", ".", box->id), 1,
		     "hint: no image of a container is there");
	on_host("cd %s/image; mv pstree.img kept; echo x >pstree.img", box->bundle);
	assert_fails(restore(box, box->id), 1, "criu failed: type RESTORE errno ");
	on_host("cd %s/image; mv kept pstree.img; rm -f pages-*.img", box->bundle);
	assert_fails(restore(box, box->id), 1, "criu failed: type RESTORE errno ");
	cr_assert_null(boxes_left());
}

/* An image comes from anywhere, and criu opens what is in it as root. */
Test(checkpoint_fails, an_image_with_links_is_refused)
{
	struct box *box = counting_box();

	need_criu();
	counting(box);
	assert_prints(save(box, box->id), "");
	on_host("cd %s/image; echo kept >../kept; ln -s ../kept stats-restore", box->bundle);
	assert_fails(restore(box, box->id), 1,
		     "image/stats-restore is a symbolic link, which no image has there\n");
	on_host("cd %s/image; rm stats-restore; mv pages-1.img ..; ln -s ../pages-1.img .", box->bundle);
	assert_fails(restore(box, box->id), 1, "image/pages-1.img is a symbolic link");
	on_host("cd %s/image; rm pages-1.img; mv ../pages-1.img .; ln -s /etc parent", box->bundle);
	assert_fails(restore(box, box->id), 1, "image/parent is a symbolic link");
	on_host("cd %s/image; rm parent; mv descriptors.json ..; ln -s ../descriptors.json .",
		box->bundle);
	assert_fails(restore(box, box->id), 1, "open image/descriptors.json: ");
	on_host("cd %s/image; rm descriptors.json; mv ../descriptors.json .", box->bundle);
	cr_assert_null(boxes_left());
	assert_prints(restore(box, box->id), "");
	on_host("cd %s; test $(cat kept) = kept", box->bundle);
}

/* ---- a criu that is none ---------------------------------------------------------------------- */

/* A program of that name that is first in $PATH. */
static void pretend(const struct box *box, const char *script)
{
	on_host("mkdir -p %s/bin; cat >%s/bin/criu <<'END'\n#!/bin/sh\n%s\nEND\nchmod 755 %s/bin/criu",
		box->bundle, box->bundle, script, box->bundle);
	setenv("PATH", at("%s/bin:/usr/sbin:/usr/bin:/sbin:/bin", box->bundle), 1);
}

Test(checkpoint_fails, a_criu_that_says_nothing_or_nonsense_is_told_of)
{
	struct box *box = counting_box();

	counting(box);
	pretend(box, "exit 3");
	assert_fails(save(box, box->id), 1,
		     "criu failed: type VERSION errno 0: it ended with status 3\n");
	pretend(box, "kill -SEGV $$");
	assert_fails(save(box, box->id), 1,
		     "it was killed by signal 11 (Segmentation fault)\n");
	pretend(box, "dd bs=4k count=1 <&3 2>/dev/null >&2; printf '\\377\\377' >&3");
	assert_fails(save(box, box->id), 1, "criu's answer cannot be understood\n");
	/* A reply of type VERSION, successful, with version 3.15. */
	pretend(box, "dd bs=4k count=1 <&3 2>/dev/null >&2; "
		     "printf '\\010\\012\\020\\001\\122\\004\\010\\003\\020\\017' >&3");
	assert_fails(save(box, box->id), 1, "CRIU version 31500 must be 31600 or higher\n");
	cr_assert_str_eq(box_status(box), "running");
	wait_count(box, count_of(box) + 3);
	assert_ok(box_delete_force(box));
	on_host("mkdir -p %s/image; echo '[]' >%s/image/descriptors.json", box->bundle, box->bundle);
	assert_fails(restore(box, box->id), 1, "CRIU version 31500 must be 31600 or higher\n");
	cr_assert_null(boxes_left());
}

/* ---- options and steps ------------------------------------------------------------------------ */

/* podman asks so whether there is any. */
Test(checkpoint_fails, help_needs_no_criu)
{
	setenv("PATH", "/nowhere", 1);
	assert_status(runtime(NULL, "checkpoint", "--help"), 0);
	assert_status(runtime(NULL, "restore", "--help"), 0);
	assert_fails(runtime(NULL, "restore", "--lsm-mount-context"), 1, "requires an argument");
}

/* The same rows as in tests/run/test_trip.c, for the list of restore. */
Test(checkpoint_fails, whatever_step_of_restore_fails_nothing_is_left)
{
	struct box *box = counting_box();
	const char *at;

	need_criu();
	box_set(box, "hooks.prestart[+]", "{'path': '/bin/true'}");
	box_set(box, "hooks.createRuntime[+]", "{'path': '/bin/true'}");
	counting(box);
	assert_prints(save(box, box->id), "");
	at = runtime(NULL, "help", "--steps").out;
	while ((at = strstr(at, "\nrestore\thost\t"))) {
		const char *name = at + strlen("\nrestore\thost\t");
		char step[64], wanted[128];

		snprintf(step, sizeof step, "%.*s", (int)strcspn(name, "\t"), name);
		at = name;
		if (!strcmp(step, "console socket") || !strcmp(step, "terminal") ||
		    !strcmp(step, "net devices") || !strcmp(step, "sources") || strstr(step, "resctrl"))
			continue; /* not wanted here; sources: test_checkpoint.c */
		snprintf(wanted, sizeof wanted, ": %s: tripped, as --trip asked", step);
		assert_fails(runtime(box, "--trip", step, "restore", "--image-path", "image", "-d",
				     "--pid-file", "pid", box->id), 1, wanted);
		cr_assert_null(boxes_left(), "after %s: %s", step, boxes_left());
	}
	/* One that was resumed and then undone may have moved what the image is about to move. */
	on_host(": >>%s/new", box->rootfs);
	assert_prints(restore(box, box->id), "");
}

Test(checkpoint_fails, wrong_options_are_named)
{
	struct box *box = counting_box();

	need_criu();
	counting(box);
	assert_fails(save(box, "--parent-path", "/x", box->id), 1, "--parent-path must be relative");
	assert_fails(save(box, "--parent-path", "../x", box->id), 1, "invalid --parent-path: stat ");
	assert_fails(save(box, "--page-server", "x", box->id), 1,
		     "Use --page-server ADDRESS:PORT to specify page server");
	assert_fails(save(box, "--page-server", "x:y", box->id), 1, "Invalid port number");
	assert_fails(save(box, "--empty-ns", "pid", box->id), 1,
		     "namespace \"pid\" is not supported");
	assert_fails(save(box, "--status-fd", "99", "--lazy-pages", box->id), 1,
		     "invalid --status-fd argument 99: ");
	assert_fails(save(box, "--manage-cgroups-mode", "x", box->id), 1, "soft full strict ignore");
	/* podman asks so whether the option exists. */
	assert_fails(runtime(box, "restore", "--lsm-mount-context"), 1, "requires an argument");
	cr_assert_str_eq(box_status(box), "running");
}
