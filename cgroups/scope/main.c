/* main.c -- caisson-scope, the program inside caisson that talks to systemd.
 *
 *	caisson-scope (bus|direct) ADDRESS...
 *
 * Started by cgroups/systemd.c, with a baton and the paper (cgroups/paper.h) as descriptors. It
 * connects, writes systemd's version and the place of its tree on the paper, and passes the baton.
 * Whenever it comes back a request is on the paper (requests.c). After "start" we are the first
 * process of the container's scope: we hold it until the other end of the baton is closed, because
 * the container is in it, or because the runtime has died. Then we end, and in the second case the
 * scope with us. */
#include <stdlib.h>
#include <sys/prctl.h>

#include "cgroups/paper.h"
#include "cgroups/scope/requests.h"
#include "runtime/base/baton.h"
#include "runtime/base/fault.h"
#include "runtime/base/helper.h"

enum { patience_s = 30 };

static int introduce(struct manager *manager)
{
	char *answers[2] = { NULL, NULL };
	int result = manager_property(manager, "Version", &answers[0]);

	if (!result)
		result = manager_property(manager, "ControlGroup", &answers[1]);
	if (!result)
		result = paper_write(helper_given, &(struct strings){ answers, 2 });
	free(answers[0]);
	free(answers[1]);
	return result;
}

static int serve(struct manager *manager)
{
	struct baton_gift gift = { .descriptor = -1 };
	int result = introduce(manager);

	while (!result) {
		struct arena arena = { 0 };
		struct strings words;

		if (baton_pass(helper_baton) < 0 || baton_wait(helper_baton, -1, &gift) != BATON_MINE)
			return 0;
		result = paper_read(helper_given, &words, &arena);
		if (!result)
			result = request(manager, &words);
		arena_free(&arena);
	}
	return result;
}

int main(int argc, char **argv)
{
	const struct strings addresses = { argv + 1, (size_t)argc - 1 };
	struct manager manager = { .patience_s = patience_s };
	int result;

	/* Executed by descriptor, we would be called by its number in ps(1). */
	prctl(PR_SET_NAME, "caisson-scope");
	manager_begin(&manager);
	result = manager_open(&manager, &addresses);
	if (!result)
		result = serve(&manager);
	if (result)
		baton_send_fault(helper_baton);
	return result ? 1 : 0;
}
