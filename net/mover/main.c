/* main.c -- caisson-net, the program inside caisson that moves network devices.
 *
 *	caisson-net NAME NEW-NAME...
 *
 * Started by net/client.c, with a baton and the container's network namespace as descriptors (see
 * runtime/base/helper.h). Moves every device NAME and calls it NEW-NAME ("": as before), then
 * passes the baton. When it comes back the devices are to return; when the other end is closed
 * instead, the container stands, or the runtime has died: then `delete` cleans up. */
#include <sys/prctl.h>

#include "net/mover/device.h"
#include "runtime/base/arena.h"
#include "runtime/base/baton.h"
#include "runtime/base/fault.h"
#include "runtime/base/helper.h"

static void warn_over_baton(const char *sentence)
{
	baton_send_warning(helper_baton, sentence);
}

static struct spec_net_devices devices_of(char **words, struct arena *arena, size_t count)
{
	struct spec_net_devices devices = { .count = count };

	devices.at = arena_array(arena, count, sizeof *devices.at);
	for (size_t i = 0; i < count; i++)
		devices.at[i] = (struct spec_net_device){ words[2 * i], words[2 * i + 1] };
	return devices;
}

int main(int argc, char **argv)
{
	struct baton_gift gift = { .descriptor = -1 };
	struct arena arena = { 0 };
	struct spec_net_devices devices =
		devices_of(argv + 1, &arena, argc > 1 ? (size_t)(argc - 1) / 2 : 0);

	/* Executed by descriptor, we would be called by its number in ps(1). */
	prctl(PR_SET_NAME, "caisson-net");
	send_warnings_to(warn_over_baton);
	if (devices_move(&devices, helper_given) < 0) {
		baton_send_fault(helper_baton);
		return 1;
	}
	if (baton_pass(helper_baton) < 0 || baton_wait(helper_baton, -1, &gift) != BATON_MINE)
		return 0;
	devices_return(helper_given);
	baton_pass(helper_baton);
	return 0;
}
