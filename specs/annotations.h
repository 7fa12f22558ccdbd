/* annotations.h -- the annotations of config.json that change what is done.
 *
 * None is the specification's; engines pass them as they do to runc and crun. */
#ifndef CAISSON_SPECS_ANNOTATIONS_H
#define CAISSON_SPECS_ANNOTATIONS_H

#include "specs/spec.h"

#define ANNOTATION_CRIU_CONFIG	 "org.criu.config"
#define ANNOTATION_UNIT_PROPERTY "org.systemd.property." /* and a name after it */
#define ANNOTATION_HOOKS_STDERR	 "run.oci.hooks.stderr"
#define ANNOTATION_HOOKS_STDOUT	 "run.oci.hooks.stdout"
#define ANNOTATION_KEEP_GROUPS	 "run.oci.keep_original_groups"
#define ANNOTATION_CONTEXT_TYPE	 "run.oci.mount_context_type"
#define ANNOTATION_ALL_SYSCALLS	 "run.oci.seccomp_fail_unknown_syscall"

/* All of them, for `features`; NULL ends the list. */
extern const char *const spec_annotations[];

/* The value of that key, or NULL. */
const char *spec_annotation(const struct pairs *annotations, const char *key);

#endif
