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
		    !strcmp(step, "net devices") || strstr(step, "resctrl"))
			continue; /* not wanted here */
		snprintf(wanted, sizeof wanted, ": %s: tripped, as --trip asked", step);
		assert_fails(runtime(box, "--trip", step, "restore", "--image-path", "image", "-d",
				     "--pid-file", "pid", box->id), 1, wanted);
		cr_assert_null(boxes_left(), "after %s: %s", step, boxes_left());
	}
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
