/* load.h -- config.json becomes a struct spec. */
#ifndef CAISSON_SPECS_LOAD_H
#define CAISSON_SPECS_LOAD_H

#include "runtime/base/arena.h"
#include "specs/spec.h"

/* Reads and decodes `path` (a bundle's config.json), then applies every rule of specs/check.c.
 * Nothing is printed; a refusal names the path in JSON, the line and the column (fault.path,
 * .line, .column) and the file in the sentence: "config.json: mounts[1].type: expected ...".
 * The spec and its strings live in `arena`. `text`, when not NULL, receives the file's bytes
 * (for a record of them). */
int spec_load(struct spec *spec, const char *path, struct arena *arena);
/* The same for text at hand; `name` stands for the file in messages. */
int spec_parse(struct spec *spec, const char *text, size_t length, const char *name,
	       struct arena *arena);
/* A process object alone, as `exec --process FILE` has it. */
int spec_load_process(struct spec_process *process, const char *path, struct arena *arena);
/* A linux.resources object alone, as `update --resources FILE` has it. */
int spec_load_resources(struct spec_resources *resources, const char *path, struct arena *arena);
/* Fills in line and column of a fault that has a path but no place yet, by scanning `path_of_file`
 * once more. For faults raised after loading ("mounts[3]": the kernel said no). */
void spec_locate(const char *path_of_file);

#endif
