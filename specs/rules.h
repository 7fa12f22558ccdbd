/* rules.h -- what the rules of several files share. Private to specs/. */
#ifndef CAISSON_SPECS_RULES_H
#define CAISSON_SPECS_RULES_H

#include <stdbool.h>

#include "specs/spec.h"

/* Refuses with the place before the sentence and in fault.path. Returns -EINVAL. */
__attribute__((format(printf, 2, 3))) int broken(const char *path, const char *format, ...);
/* A path with numbers in it: `return broken(at("mounts[%zu].type", i), "...")`. Good until the
 * next call. */
__attribute__((format(printf, 1, 2))) const char *at(const char *format, ...);
/* A string as JSON has it, quotes included, cut when long. Good until the next call. */
const char *shown(const char *text);

/* The namespace of a kind (CLONE_NEW*), or NULL: it is the runtime's own. */
const struct spec_namespace *rules_namespace(const struct spec *spec, int type);
/* Refuses what makes sense in such a namespace only, and tells how to get one. */
int rules_need_namespace(const char *path, const char *kind, const char *or_else);
/* Whether a text is a list such as "0-3,7". */
bool rules_is_cpu_list(const char *list);
/* Whether the kernel would take the maps: no overlap, no wrap, not too many. */
int rules_id_maps(const struct spec_id_maps *maps, const char *path);

/* rules_process.c; `path` is before every place: "process.", or "" for exec --process. */
int rules_process(const struct spec_process *process, const char *path);
/* rules_scheduler.c; likewise. */
int rules_scheduler(const struct spec_scheduler *scheduler, const char *path);
/* rules_resources.c; likewise: "linux.resources.", or "". */
int rules_resources(const struct spec_resources *resources, const char *path);
/* rules_seccomp.c */
int rule_seccomp_errno(const struct spec *spec);
int rule_seccomp_names(const struct spec *spec);
int rule_seccomp_listener(const struct spec *spec);
/* rules_mounts.c */
int rule_root(const struct spec *spec);
int rule_destinations(const struct spec *spec);
int rule_bind_sources(const struct spec *spec);
int rule_mount_mappings(const struct spec *spec);
int rule_hidden_paths(const struct spec *spec);
/* rules_linux.c */
int rule_namespaces(const struct spec *spec);
int rule_user_namespace(const struct spec *spec);
int rule_time_offsets(const struct spec *spec);
int rule_uts_names(const struct spec *spec);
int rule_devices(const struct spec *spec);
int rule_net_devices(const struct spec *spec);
int rule_cgroups_path(const struct spec *spec);
int rule_intel_rdt(const struct spec *spec);
int rule_memory_policy(const struct spec *spec);
int rule_personality(const struct spec *spec);

#endif
