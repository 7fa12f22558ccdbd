/* same.h -- what the parts of the comparison with runc share. See same.c. */
#ifndef CAISSON_TESTS_SAME_H
#define CAISSON_TESTS_SAME_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "runtime/base/arena.h"

/* What stays until the end. */
extern struct arena words;

enum { most_lines = 48, patience_ms = 30 * 1000 };

/* ---- bundles.c: one stanza of the file `bundles` ------------------------------------------- */

struct bundle {
	char *name;
	char *since;                /* the first version of runc that can be asked, or NULL */
	char *settings[most_lines]; /* "path = json" and "- path", in their order */
	char *command;              /* "run", "create", with options */
	char *exec;                 /* words between `exec` and the container's ID, or NULL */
	char *prepare, *holder, *terminal;
	char *environment[8];
	int descriptors; /* so many beyond stdio are handed to the runtime */
	struct bundle *next;
};

/* Says what is wrong and exits: a mistake in that file is a mistake of a developer. */
struct bundle *bundles_read(const char *path);
/* The default config with the bundle's settings. A new reference. */
json_t *bundle_config(const struct bundle *bundle, const json_t *base);

/* ---- facts.c: lines "name: value" ---------------------------------------------------------- */

struct facts {
	char **line;
	size_t count;
};

__attribute__((format(printf, 2, 3))) void facts_add(struct facts *facts, const char *format, ...);
/* The lines of a text that have a ": ". */
void facts_add_text(struct facts *facts, const char *prefix, const char *text);
/* The files below `folder`: kind, mode, owner; what is in facts/ becomes facts itself. */
void facts_add_tree(struct facts *facts, const char *folder);
/* The mounts of this namespace below `folder`. */
void facts_add_mounts(struct facts *facts, const char *folder);
/* The limits of the cgroups a process is in. */
void facts_add_cgroups(struct facts *facts, pid_t pid);
/* counters.c: of a line of `events --stats`, what does not depend on the moment. */
void facts_add_counters(struct facts *facts, const char *line);
void facts_sort(struct facts *facts);
void facts_free(struct facts *facts);

/* ---- stage.c: where containers are made ---------------------------------------------------- */

struct stage {
	char folder[64]; /* /tmp/same.XXXXXX, a tmpfs of this mount namespace */
	char bundle[80]; /* made anew for each run, so that both have the same path */
	char id[32];
	pid_t holder; /* of the namespaces that containers join, or 0 */
};
extern struct stage stage;

/* NULL, or why nothing can be compared here. */
const char *stage_open(void);
void stage_close(void);
/* A fresh bundle with a root file system. */
void stage_bundle(const struct bundle *bundle, const json_t *base, const char *probe);
/* Unmounts it and ends the holder. */
void stage_clear(void);
char *stage_text(const char *path);
/* The file's text with @DIR@, @HOLDER@ and @ID@ replaced. The caller frees it. */
char *stage_words(const char *text);

/* ---- work.c: a runtime at work ------------------------------------------------------------- */

struct runtime {
	const char *path;
	char root[96];
};

/* Runs one command to its end and gives its exit status; the words end with NULL. */
int runtime_call(const struct runtime *runtime, const char *const *more);
/* Runs a bundle; true when its program ran. What the runtime said is in FOLDER/err. */
bool runtime_work(const struct runtime *runtime, const struct bundle *bundle, struct facts *facts);

/* ---- accepted.c: the table of docs/SAME.md ------------------------------------------------- */

void accepted_read(const char *path);
/* Whether this difference is listed; "(none)" is a line that one of them does not have. */
bool accepted(const char *bundle, const char *name, const char *theirs, const char *ours);
void accepted_print_unused(void);

#endif
