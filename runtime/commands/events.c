/* events.c -- `caisson events`: what containers use, now and then, and when they run out of memory.
 *
 * One loop over poll(2): a timer, and for each container the pidfd of its first process, whose end
 * is the container's, and what the OOM killer is heard by. A line goes out in one write, so that
 * several commands can share a pipe.
 *
 * Does not know what is counted (cgroups/stats.c). */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "cgroups/oom.h"
#include "cgroups/stats.h"
#include "runtime/base/fault.h"
#include "runtime/base/owned.h"
#include "runtime/base/proc.h"
#include "runtime/command.h"
#include "runtime/duration.h"
#include "runtime/life.h"
#include "runtime/record.h"
#include "runtime/say.h"
#include "runtime/usage.h"

static const int64_t second = 1000 * 1000 * 1000;

struct observed {
	const char *id;
	struct cgroup cgroup;
	int pidfd; /* -1: it has ended */
	struct cg_oom oom;
	struct usage_moment before;
};

struct observation {
	struct observed *at;
	size_t count, alive;
	bool as_table;
};

/* ---- lines ----------------------------------------------------------------------------------- */

static int out_went_wrong(void)
{
	return fail(errno, "write the result to stdout");
}

static int end_line(void)
{
	return fflush(stdout) == EOF ? out_went_wrong() : 0;
}

static int print_stats(const struct observation *observation, struct observed *one)
{
	struct arena arena = { 0 };
	struct cg_stats stats;
	int result = cg_stats(&one->cgroup, &stats, &arena);

	/* Many containers have many hierarchies: their descriptors must not add up. */
	cg_close(&one->cgroup);
	if (!result && observation->as_table) {
		usage_line(stdout, one->id, &stats, &one->before);
	} else if (!result) {
		printf("{\"type\":\"stats\",\"id\":\"%s\",\"data\":", one->id);
		cg_stats_write(&stats, stdout);
		puts("}");
	}
	arena_free(&arena);
	return result ? result : end_line();
}

static int print_oom(const struct observation *observation, const struct observed *one,
		     uint64_t times)
{
	for (; times; times--) {
		if (observation->as_table)
			usage_oom(stdout, one->id);
		else
			printf("{\"type\":\"oom\",\"id\":\"%s\"}\n", one->id);
	}
	return end_line();
}

/* ---- once ------------------------------------------------------------------------------------ */

static int is_gone(int result)
{
	return result == -ENOENT || result == -ENODEV;
}

static int not_running(const char *id)
{
	return refuse(ESRCH, "container with id %s is not running", id);
}

static int print_once(const struct observation *observation)
{
	for (size_t i = 0; i < observation->count; i++) {
		int result = print_stats(observation, &observation->at[i]);

		if (is_gone(result))
			return not_running(observation->at[i].id);
		if (result < 0)
			return result;
	}
	return 0;
}

/* ---- until they end -------------------------------------------------------------------------- */

static void go_on_without(const char *id)
{
	warn("%s: %s", id, last_fault()->what);
	forget_fault();
	say_warnings();
}

static int tick(const struct observation *observation, int timer)
{
	uint64_t expirations;

	if (read(timer, &expirations, sizeof expirations) < 0)
		return 0;
	for (size_t i = 0; i < observation->count; i++) {
		struct observed *one = &observation->at[i];
		int result = one->pidfd < 0 ? 0 : print_stats(observation, one);

		if (ferror(stdout))
			return result;
		if (result < 0 && !is_gone(result))
			go_on_without(one->id);
	}
	return 0;
}

static int look_at(struct observation *observation, struct observed *one,
		   const struct pollfd *ready)
{
	bool ended = ready[0].revents != 0;
	int result = 0;

	if (ended || ready[1].revents)
		result = print_oom(observation, one, cg_oom_strikes(&one->oom));
	if (!ended)
		return result;
	cg_oom_close(&one->oom);
	close(one->pidfd);
	one->pidfd = -1;
	observation->alive--;
	return result;
}

static int start_timer(int64_t interval)
{
	struct timespec time = { .tv_sec = interval / second, .tv_nsec = interval % second };
	struct itimerspec both = { .it_interval = time, .it_value = time };
	autoclose int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);

	if (timer < 0 || timerfd_settime(timer, 0, &both, NULL) < 0)
		return fail(errno, "start a timer");
	return take(&timer);
}

static int print_until_they_end(struct observation *observation, int64_t interval,
				struct arena *arena)
{
	size_t count = 2 * observation->count + 1;
	struct pollfd *fds = arena_array(arena, count, sizeof *fds);
	autoclose int timer = start_timer(interval);
	int result = timer < 0 ? timer : 0;

	fds[0] = (struct pollfd){ .fd = timer, .events = POLLIN };
	while (!result && observation->alive) {
		for (size_t i = 0; i < observation->count; i++) {
			struct observed *one = &observation->at[i];

			fds[2 * i + 1] = (struct pollfd){ .fd = one->pidfd, .events = POLLIN };
			fds[2 * i + 2] = (struct pollfd){ one->oom.fd, one->oom.events, 0 };
		}
		if (poll(fds, count, -1) < 0 && errno != EINTR)
			return fail(errno, "wait for events");
		for (size_t i = 0; !result && i < observation->count; i++)
			result = look_at(observation, &observation->at[i], &fds[2 * i + 1]);
		if (!result && fds[0].revents)
			result = tick(observation, timer);
	}
	return result;
}

/* ---- which ----------------------------------------------------------------------------------- */

static int open_one(struct observed *one, const struct record *record)
{
	int result;

	*one = (struct observed){ .id = record->id, .oom = { .fd = -1, .dir = -1 } };
	one->pidfd = -1;
	if (!life_is_alive(life_of(record)))
		return not_running(record->id);
	one->before = usage_start(record->init.started);
	result = cg_reopen(&one->cgroup, &record->cgroups, record->driver, record->arena);
	if (!result && !one->cgroup.count)
		result = advise(refuse(ENOTSUP, "%s has no cgroup: nothing is counted", record->id),
				"run it with cgroups, see --cgroup-manager");
	if (result < 0)
		return result;
	one->pidfd = process_open(&record->init);
	if (one->pidfd == -ESRCH)
		return not_running(record->id);
	return one->pidfd < 0 ? fail(one->pidfd, "open process %d", record->init.pid) : 0;
}

static int open_named(struct observation *observation, const struct records *records,
		      const struct strings *ids, struct arena *arena)
{
	for (size_t i = 0; i < ids->count; i++) {
		struct record record;
		int result = record_load(&record, records, ids->at[i], RECORD_LOOK, arena);

		if (!result)
			result = open_one(&observation->at[i], &record);
		record_close(&record);
		if (result < 0)
			return result;
		observation->count++;
	}
	return 0;
}

/* Those that are alive now; one that is deleted meanwhile is none of them. */
static int open_all(struct observation *observation, const struct records *records,
		    const struct strings *ids, struct arena *arena)
{
	for (size_t i = 0; i < ids->count; i++) {
		struct record record;
		int result = record_load(&record, records, ids->at[i], RECORD_LOOK, arena);

		if (!result)
			result = open_one(&observation->at[observation->count], &record);
		record_close(&record);
		if (!result)
			observation->count++;
		else if (result != -ENOENT && result != -ESRCH)
			warn("%s: %s", ids->at[i], last_fault()->what);
	}
	forget_fault();
	return 0;
}

static int open_observation(struct observation *observation, const struct globals *globals,
			    const struct arguments *arguments)
{
	struct strings ids = arguments->words;
	struct records records;
	int result = records_open(&records, globals->root, false, globals->arena);

	if (!result && arguments->all)
		result = records_list(&records, &ids, globals->arena);
	if (result < 0)
		return result;
	observation->at = arena_array(globals->arena, ids.count + 1, sizeof *observation->at);
	result = arguments->all ? open_all(observation, &records, &ids, globals->arena)
				: open_named(observation, &records, &ids, globals->arena);
	records_close(&records);
	observation->alive = observation->count;
	return result;
}

/* ---- the command ----------------------------------------------------------------------------- */

static int parse_interval(const char *text, int64_t *interval)
{
	*interval = 5 * second;
	if (text && duration_parse(text, interval) < 0)
		return advise(refuse(EINVAL, "invalid value \"%s\" for flag -interval: parse error",
				     text),
			      "a number with its unit, such as 500ms, 1.5s or 1m30s");
	if (*interval <= 0)
		return refuse(EINVAL, "duration interval must be greater than 0");
	return 0;
}

static int check_words(const struct arguments *arguments)
{
	if (!arguments->all && !arguments->words.count)
		return advise(refuse(EINVAL, "\"events\" requires a minimum of 1 argument(s)"),
			      "or --all for all containers that run");
	if (arguments->all && arguments->words.count)
		return refuse(EINVAL, "--all is for all containers: %s cannot be named too",
			      arguments->words.at[0]);
	return 0;
}

/* Three for each container; ours is a small program that nobody inherits it from. */
static void allow_many_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static void watch_for_oom(struct observation *observation)
{
	for (size_t i = 0; i < observation->count; i++) {
		if (cg_oom_watch(&observation->at[i].cgroup, &observation->at[i].oom) < 0)
			go_on_without(observation->at[i].id);
	}
}

int command_events(const struct globals *globals, const struct arguments *arguments)
{
	struct observation observation = { .as_table = arguments->format &&
						       !strcmp(arguments->format, "table") };
	int64_t interval;
	int result = check_words(arguments);

	if (!result)
		result = parse_interval(arguments->interval, &interval);
	if (!result && !arguments->stats)
		allow_many_descriptors();
	if (!result)
		result = open_observation(&observation, globals, arguments);
	if (result < 0)
		return result;
	if (observation.as_table) {
		usage_heading(stdout);
		fflush(stdout);
	}
	if (arguments->stats)
		return print_once(&observation);
	watch_for_oom(&observation);
	return print_until_they_end(&observation, interval, globals->arena);
}
