/* write.h -- structs become JSON: the default config and the features document. */
#ifndef CAISSON_SPECS_WRITE_H
#define CAISSON_SPECS_WRITE_H

#include <stdbool.h>

#include "runtime/base/arena.h"

/* The newest runtime-spec this code knows: written into states and default configs. */
#define SPEC_VERSION "1.3.0"

/* The default config.json (`caisson spec`), as pretty JSON with a newline at its end. `rootless`
 * maps `uid`/`gid` to root, binds /sys and leaves out what an ordinary user may not have. */
char *spec_default(struct arena *arena, bool rootless, unsigned uid, unsigned gid);
/* What of the words of the spec this build and this kernel can do; only seccomp/ can tell. */
struct spec_support {
	bool (*seccomp_architecture)(const char *name);
	bool (*seccomp_flag)(const char *name);
};

/* The features document (features.md), pretty JSON with a newline at its end. */
char *spec_features(struct arena *arena, const char *version, const char *commit,
		    const struct spec_support *support);

#endif
