/* oom.c -- hearing of it when the OOM killer strikes.
 *
 * v2: memory.events has "oom_kill N" for the cgroup and all below it, and wakes poll(2) with
 * POLLPRI when a number in it changes. v1: an eventfd is registered in cgroup.event_control
 * (cgroup-v1/memory.rst, "OOM Control"). It is signalled for each attempt to find memory, before
 * the kill, sometimes again for the same one, and when the cgroup is removed. So the kills are
 * counted there too (memory.oom_control, since 4.13; each cgroup counts its own), and a strike that
 * is told before its kill is counted is not told again by it.
 *
 * Does not know who was killed. */
#include "cgroups/oom.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "cgroups/tree.h"
#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"

static const char v1_file[] = "memory.oom_control", v2_file[] = "memory.events";

/* ---- v2 -------------------------------------------------------------------------------------- */

/* An open file is read, since what poll(2) reports is what changed since it was read last. */
static int64_t kills_v2(int fd)
{
	char text[1024];
	ssize_t length = pread(fd, text, sizeof text - 1, 0);

	if (length < 0)
		return -errno;
	text[length] = '\0';
	return cg_value_of(text, "oom_kill");
}

static int watch_v2(int dir, struct cg_oom *oom)
{
	autoclose int fd = open_below(dir, v2_file, O_RDONLY, 0);
	int64_t kills = fd < 0 ? fd : kills_v2(fd);

	if (kills < 0)
		return (int)kills;
	oom->kills = (uint64_t)kills;
	oom->events = POLLPRI;
	oom->fd = take(&fd);
	return 0;
}

static uint64_t strikes_v2(struct cg_oom *oom)
{
	int64_t kills = kills_v2(oom->fd);
	uint64_t before = oom->kills;

	if (kills < 0) {
		cg_oom_close(oom);
		return 0;
	}
	oom->kills = (uint64_t)kills;
	return oom->kills > before ? oom->kills - before : 0;
}

/* ---- v1 -------------------------------------------------------------------------------------- */

static int add_kills(int dir, void *sum)
{
	int64_t kills = cg_read_key(dir, v1_file, "oom_kill");

	if (kills > 0)
		*(uint64_t *)sum += (uint64_t)kills;
	return 0;
}

static uint64_t kills_v1(int dir)
{
	uint64_t sum = 0;

	cg_walk_below(dir, &(struct cg_walk){ .visit = add_kills, .data = &sum });
	return sum;
}

static int watch_v1(int dir, struct cg_oom *oom)
{
	char line[32];
	int result;
	autoclose int event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	autoclose int own = cg_open_dir(dir, "");
	autoclose int file = open_below(dir, v1_file, O_RDONLY, 0);

	if (event < 0)
		return -errno;
	if (own < 0 || file < 0)
		return own < 0 ? own : file;
	snprintf(line, sizeof line, "%d %d", event, file);
	oom->kills = kills_v1(dir);
	result = write_small(dir, "cgroup.event_control", line);
	if (result < 0)
		return result;
	oom->events = POLLIN;
	oom->dir = take(&own);
	oom->fd = take(&event);
	return 0;
}

/* What a signal means that no kill goes with (yet). */
static uint64_t told_by_signal(struct cg_oom *oom, uint64_t signals)
{
	int64_t switched_off = cg_read_key(oom->dir, v1_file, "oom_kill_disable");

	if (switched_off < 0) {
		/* The cgroup is gone, which is one signal; another one was a strike. */
		cg_oom_close(oom);
		return signals > 1 && !oom->ahead;
	}
	if (switched_off)
		return signals;
	if (oom->ahead)
		return 0;
	oom->ahead = true;
	return 1;
}

static uint64_t strikes_v1(struct cg_oom *oom)
{
	uint64_t signals = 0, before = oom->kills, killed;
	bool told = oom->ahead;

	if (read(oom->fd, &signals, sizeof signals) < 0)
		signals = 0;
	oom->kills = kills_v1(oom->dir);
	killed = oom->kills > before ? oom->kills - before : 0;
	if (killed) {
		oom->ahead = false;
		return killed - told;
	}
	return signals ? told_by_signal(oom, signals) : 0;
}

/* ---- either ---------------------------------------------------------------------------------- */

int cg_oom_watch(struct cgroup *cgroup, struct cg_oom *oom)
{
	struct cg_hierarchy *hierarchy = cg_hierarchy_or_v2(cgroup, "memory");
	int dir = hierarchy ? cg_dir(hierarchy) : -ENOENT, result;

	*oom = (struct cg_oom){ .fd = -1, .dir = -1, .v2 = hierarchy && hierarchy->v2 };
	result = dir < 0 ? dir : oom->v2 ? watch_v2(dir, oom) : watch_v1(dir, oom);
	if (result == -ENOENT)
		return refuse(ENOTSUP, "the container has no memory controller");
	if (result < 0)
		return fail(result, "watch %s%s for the OOM killer", hierarchy->mount,
			    hierarchy->path);
	return 0;
}

uint64_t cg_oom_strikes(struct cg_oom *oom)
{
	if (oom->fd < 0)
		return 0;
	return oom->v2 ? strikes_v2(oom) : strikes_v1(oom);
}

void cg_oom_close(struct cg_oom *oom)
{
	if (oom->fd >= 0)
		close(oom->fd);
	if (oom->dir >= 0)
		close(oom->dir);
	oom->fd = -1;
	oom->dir = -1;
}
