/* shapes.h -- the shape of every struct of spec.h: the tables of the decoder. */
#ifndef CAISSON_SPECS_SHAPES_H
#define CAISSON_SPECS_SHAPES_H

#include "specs/shape.h"

/* config.c */
extern const struct shape spec_shape;
/* mounts.c */
extern const struct shape spec_root_shape, spec_mount_shape, spec_id_map_shape;
/* hooks.c */
extern const struct shape spec_hooks_shape;
/* process.c */
extern const struct shape spec_process_shape;
/* linux.c */
extern const struct shape spec_linux_shape;
/* resources.c */
extern const struct shape spec_resources_shape;
/* seccomp.c */
extern const struct shape spec_seccomp_shape;

/* 4294967295 is (uid_t) -1: chown(2) and setresuid(2) take it for "leave it as it is", which is
 * how a container asked to run as that user came to run as root. */
#define SPEC_ID RANGE(0, UINT32_MAX - 1)

#endif
