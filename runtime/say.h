/* say.h -- faults and warnings, in words, to people and to engines.
 *
 * Without --log both go to stderr: as people read them or, when we are called as runc, as logrus
 * text, one line each. With it they go to the log, as logrus text or, with --log-format json, as one
 * JSON object per line; an error is then repeated on stderr as the bare message, as runc does.
 * podman parses the whole log as one JSON document when a command fails, so in JSON form warnings
 * wait until we know that it did not. With --debug nothing waits: the log is then for people, and
 * lines of debug.h come as they are said. */
#ifndef CAISSON_SAY_H
#define CAISSON_SAY_H

#include "runtime/options.h"

/* Opens --log (appending, 0644) and takes over the warnings and the lines of debug.h. Where the log
 * cannot be opened the fault goes to stderr. */
int say_open(const struct globals *globals);
/* --debug, or --log-level debug. */
bool say_wants_debug(const struct globals *globals);
/* Back to how it was before say_open(). */
void say_close(void);

/* The command and the container the words are about: "caisson: create web: ...". */
void say_about(const char *command, const char *id);

/* The command's stderr is read together with its stdout (struct command, `silent`): warnings go to
 * --log or nowhere. */
void say_hush(void);

/* Prints the last fault. Call once, at the end. Waiting warnings are dropped: see above. */
void say_fault(void);
/* Prints the warnings that waited; the command succeeded. `run` calls it before it waits for its
 * container. */
void say_warnings(void);

/* The sentence as --log and stderr have it, hint excluded: "create web: mounts: mount proc on
 * /proc: Operation not permitted (config.json:31:5: mounts[0])". Returns `text`. */
char *say_sentence(char *text, size_t size);

#endif
