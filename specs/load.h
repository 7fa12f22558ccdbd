/* load.h -- config.json becomes a struct spec. */
#ifndef CAISSON_SPECS_LOAD_H
#define CAISSON_SPECS_LOAD_H

#include "runtime/base/arena.h"
#include "specs/spec.h"

/* Reads and decodes `path` (a bundle's config.json), then applies every rule of specs/check.c.
 * Nothing is printed; a refusal names the path in JSON, the line and the column (fault.path,
 * .line, .column) and the file, as given, in the sentence: "config.json: mounts[1].type: expected
 * a string, got 7". What is no JSON is refused as "config.json:12:5: ...". At most 16 MiB.
 * The spec and its strings live in `arena`. */
int spec_load(struct spec *spec, const char *path, struct arena *arena);
/* The same for text at hand, rules included; `name` stands for the file in messages. The text may
 * be given back afterwards. */
int spec_parse(struct spec *spec, const char *text, size_t length, const char *name,
	       struct arena *arena);
/* A process object alone, as `exec --process FILE` has it. "-" is the standard input. */
int spec_load_process(struct spec_process *process, const char *path, struct arena *arena);
/* A linux.resources object alone, as `update --resources FILE` has it. "-" is the standard
 * input. */
int spec_load_resources(struct spec_resources *resources, const char *path, struct arena *arena);
/* Fills in line and column of a fault that has a path but no place yet, by scanning `path_of_file`
 * once more. For faults raised after loading ("mounts[3]": the kernel said no). */
void spec_locate(const char *path_of_file);

/* Tells `tell` of every key nobody reads, with the known key that looks most like it or NULL
 * ("rootPropagation": "rootfsPropagation"). `run` ignores such keys, as the spec demands; this is
 * for commands that explain a config. The file must load. */
int spec_unknown_keys(const char *path, struct arena *arena,
		      void (*tell)(const char *path, const char *nearest, void *to), void *to);

#endif
