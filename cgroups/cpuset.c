/* cpuset.c -- fewer CPUs for a container whose workload has made cgroups of its own, on v1.
 *
 * There no cgroup may have a CPU or memory node that the one above has not, so the kernel refuses
 * to take any away (EBUSY) while one below has it. v2 has no such rule: what is left of the list
 * counts. Here the same is brought about: each cgroup below keeps what is left, and where nothing
 * is left it gets all that the container has.
 *
 * Until that is done, each may have the old ones and the new ones: first from above to below all
 * lists grow, then from below to above they shrink. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cgroups/tree.h"
#include "cgroups/update.h"
#include "runtime/base/cpulist.h"
#include "runtime/base/files.h"

/* CONFIG_NR_CPUS is at most 8192. */
enum { cpus_at_most = 8192, cpu_words = cpulist_words(cpus_at_most) };
struct cpus {
	unsigned long bits[cpu_words];
};

struct narrowing {
	struct cgroup *cgroup;
	const struct change *change;
	struct changes *changes;
	size_t first; /* of the changes below */
	struct cpus wanted;
};

static const char *spell(struct arena *arena, const struct cpus *cpus)
{
	char *text = arena_alloc(arena, cpus_at_most * 5 + 1), *end = text;

	for (size_t cpu = 0; cpu < cpus_at_most; cpu++) {
		if (cpus->bits[cpu / cpulist_word_bits] >> cpu % cpulist_word_bits & 1)
			end += sprintf(end, "%s%zu", end == text ? "" : ",", cpu);
	}
	return text;
}

/* A directory below, deepest first: remembered, with what it has. */
static int note(int dir, void *data)
{
	struct narrowing *narrowing = data;
	struct change below = *narrowing->change;
	char list[4096];
	ssize_t length = read_small(dir, below.file, list, sizeof list);

	if (length < 0)
		return (int)length;
	list[strcspn(list, "\n")] = '\0';
	below.before = arena_copy(narrowing->cgroup->arena, list);
	below.dir = fcntl(dir, F_DUPFD_CLOEXEC, 3);
	if (below.dir < 0)
		return -errno;
	below.own_dir = true;
	below.done = true;
	cg_add_change(narrowing->changes, &below, narrowing->cgroup->arena);
	return 0;
}

static int set(struct narrowing *narrowing, struct change *below, bool growing)
{
	struct cpus has = { 0 };
	bool any = false;

	if (cpulist_parse(below->before, has.bits, cpus_at_most) < 0)
		return -EINVAL;
	for (size_t i = 0; i < cpu_words; i++) {
		unsigned long wanted = narrowing->wanted.bits[i];

		has.bits[i] = growing ? has.bits[i] | wanted : has.bits[i] & wanted;
		any = any || has.bits[i];
	}
	below->text = spell(narrowing->cgroup->arena, any ? &has : &narrowing->wanted);
	return write_small(below->dir, below->file, below->text);
}

/* The container's own may not grow beyond the one above; then the refusal is its. */
static int set_all(struct narrowing *narrowing)
{
	struct changes *changes = narrowing->changes;
	struct change own = *narrowing->change;
	int result = set(narrowing, &own, true);

	for (size_t i = changes->count; i-- > narrowing->first && !result;)
		result = set(narrowing, &changes->at[i], true);
	for (size_t i = narrowing->first; i < changes->count && !result; i++)
		result = set(narrowing, &changes->at[i], false);
	return result;
}

int cg_narrow_below(struct cgroup *cgroup, const struct change *change, struct changes *changes)
{
	struct narrowing narrowing = { cgroup, change, changes, changes->count, { { 0 } } };
	const struct cg_walk walk = { .visit = note, .data = &narrowing };
	int result;

	if (change->hierarchy->v2 || !change->before ||
	    cpulist_parse(change->text, narrowing.wanted.bits, cpus_at_most) < 0)
		return -EBUSY;
	result = cg_walk_below(change->dir, &walk);
	if (result)
		return result;
	/* The last is the container's own, which is not one below. */
	close(changes->at[--changes->count].dir);
	return set_all(&narrowing);
}

/* What the container's own had: more than any below may have had. */
static const char *own_before(const struct changes *changes, const struct change *below)
{
	for (size_t i = 0; i < changes->count; i++) {
		if (changes->at[i].knob == below->knob && !changes->at[i].own_dir)
			return changes->at[i].before;
	}
	return below->before;
}

void cg_widen_below(struct changes *changes)
{
	for (size_t i = changes->count; i-- > 0;) {
		struct change *below = &changes->at[i];

		if (below->own_dir)
			write_small(below->dir, below->file, own_before(changes, below));
	}
	for (size_t i = 0; i < changes->count; i++) {
		struct change *below = &changes->at[i];

		if (below->own_dir)
			below->done = write_small(below->dir, below->file, below->before) != 0;
	}
}
