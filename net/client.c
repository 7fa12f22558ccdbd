/* client.c -- linux.netDevices, done by a program inside this program.
 *
 * What moves devices (net/mover/) speaks netlink through libmnl, which distributions ship as a
 * shared library only. Linked to us it would make all of caisson dynamic, and every command would
 * pay for a field that few containers have: a start executes us twice, and a third of an execve
 * is relocating libraries (the Makefile's STATIC). So the mover is a second, dynamic program,
 * carried inside this one (net/embedded.c, runtime/base/helper.h) and started only here.
 *
 * It remembers what it moved and how it was, so it lives until the container stands or does not.
 *
 * Knows nothing about devices: net/mover/device.c does. */
#include "net/net.h"

#include "net/embedded.h"
#include "runtime/base/arena.h"
#include "runtime/base/fault.h"
#include "runtime/base/helper.h"

static struct helper mover = HELPER_NONE;

/* Each device's name and its new one, "" for the same. */
static char **words_for(const struct spec_net_devices *devices, struct arena *arena)
{
	char **words = arena_array(arena, 2 * devices->count + 2, sizeof *words);
	char **end = words;

	*end++ = arena_copy(arena, net_mover.name);
	for (size_t i = 0; i < devices->count; i++) {
		const char *new_name = devices->at[i].new_name;

		*end++ = devices->at[i].name;
		*end++ = arena_copy(arena, new_name ? new_name : "");
	}
	return words;
}

int net_move_devices(const struct spec_net_devices *devices, int netns)
{
	struct arena arena = { 0 };
	int result;

	if (!devices->count)
		return 0;
	result = helper_start(&mover, &net_mover, words_for(devices, &arena), netns);
	arena_free(&arena);
	if (!result)
		result = helper_await(&mover);
	if (result)
		helper_end(&mover);
	return blame(result, "linux.netDevices");
}

void net_return_devices(const struct spec_net_devices *devices, int netns)
{
	struct fault cause = *last_fault(); /* why this is undone: nothing here may replace it */

	(void)devices, (void)netns; /* the mover has both */
	if (!helper_runs(&mover))
		return;
	if (helper_ask(&mover) < 0)
		warn("network devices may be left in the container's network namespace: %s",
		     last_fault()->what);
	helper_end(&mover);
	*last_fault() = cause;
}

void net_keep_devices(void)
{
	helper_end(&mover);
}
