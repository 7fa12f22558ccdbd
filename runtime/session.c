/* session.c -- what create, run and exec have in common. See session.h. */
#include "runtime/session.h"

#include <errno.h>
#include <string.h>

#include "net/net.h"
#include "runtime/base/debug.h"
#include "runtime/base/fault.h"
#include "runtime/base/words.h"
#include "runtime/interrupt.h"
#include "runtime/seal.h"
#include "runtime/trace.h"
#include "runtime/walk.h"
#include "specs/load.h"

/* The files that are still to be opened by their names. */
static void keep_what_options_name(const struct globals *globals,
				   const struct arguments *arguments)
{
	const char *const paths[] = { arguments->process,	arguments->config,
				      arguments->bundle,	arguments->pid_file,
				      globals->log,		globals->trace_file };

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		inherit_name(globals->inherit, paths[i]);
}

int session_secure(const struct globals *globals, const struct arguments *arguments)
{
	int result = seal_program(globals->argv);

	if (!result)
		result = inherit_plan(globals->inherit, (unsigned)arguments->preserve_fds);
	if (result)
		return result;
	keep_what_options_name(globals, arguments);
	/* A hole in the range of what is inherited has to be one. */
	if (seal_descriptor() >= 0 && !inherit_keep(globals->inherit, (unsigned)seal_descriptor()))
		seal_let_go();
	return inherit_start(globals->inherit);
}

int session_blame(const struct plan *plan, int result)
{
	struct fault *fault = last_fault();

	if (result && plan->config && fault->path[0] && !fault->line)
		spec_locate(plan->config);
	return result;
}

/* A misspelled step would never trip, and the container would run. */
static int check_trip(const struct step_list *list, const char *trip)
{
	struct word names[steps_at_most + 1] = { 0 };
	const char *nearest;

	for (size_t i = 0; i < list->count; i++) {
		names[i].name = list->rows[i].name;
		if (!trip || !strcmp(trip, names[i].name))
			return 0;
	}
	nearest = word_nearest(names, trip);
	return advise(refuse(EINVAL, "--trip: there is no step \"%s\"", trip),
		      nearest ? "did you mean \"%s\"?" : "caisson help --steps names them", nearest);
}

static void tell_plan(const struct plan *plan)
{
	const struct cgroup *cgroup = &plan->cgroup;

	if (plan->config)
		debug("bundle %s, configuration %s", plan->bundle, plan->config);
	debug("records in %s", plan->records.path);
	for (size_t i = 0; i < cgroup->count; i++)
		debug("cgroup %s%s (%s)", cgroup->hierarchies[i].mount, cgroup->hierarchies[i].path,
		      cgroup->hierarchies[i].v2 ? "v2" : cgroup->hierarchies[i].controllers);
}

int session_walk(const struct step_list *list, struct run *run)
{
	const struct globals *globals = run->plan->globals;
	int result = check_trip(list, run->plan->trip);

	if (debug_wanted)
		tell_plan(run->plan);
	if (!result)
		result = interrupt_begin();
	if (!result)
		result = session_blame(run->plan, walk(list, run));
	if (!result)
		net_keep_devices(); /* nothing is undone from here on */
	if (run->trace) {
		struct fault kept = *last_fault();
		int written = trace_write(run->trace, list, globals->trace, globals->trace_file);

		if (!result)
			return written;
		*last_fault() = kept;
	}
	return result;
}
