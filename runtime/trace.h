/* trace.h -- when each row of the list began and ended, on which side.
 *
 * Both sides stamp one shared page: two clock reads a row, nothing else while building. */
#ifndef CAISSON_TRACE_H
#define CAISSON_TRACE_H

#include "runtime/step.h"

struct trace;

/* A shared page, or NULL when tracing was not asked for (the functions below accept NULL). */
struct trace *trace_new(void);
void trace_begin(struct trace *trace, size_t row, enum side side);
void trace_end(struct trace *trace, size_t row, enum side side);
/* Writes the table (`format` "table") or a Chrome/Perfetto trace ("json") to `path`, NULL: stderr. */
int trace_write(const struct trace *trace, const struct step_list *list, const char *format,
		const char *path);

#endif
