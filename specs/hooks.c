/* hooks.c -- the shape of hooks (config.md, "POSIX-platform Hooks"). */
#include "specs/shapes.h"

static const struct shape_field hook_fields[] = {
	FIELD(spec_hook, "path", path, "absolute path of the program", REQUIRED),
	FIELD(spec_hook, "args", args, "its argv, the program's name first"),
	FIELD(spec_hook, "env", env, "its environment"),
	PRESENT(spec_hook, "env", env_given, NULL),
	FIELD(spec_hook, "timeout", timeout, "seconds until it is killed", RANGE(1, INT64_MAX)),
};
static const struct shape spec_hook_shape = SHAPE(spec_hook, hook_fields);

static const struct shape_field hooks_fields[] = {
	LIST(spec_hooks, "prestart", prestart, spec_hook,
	     "deprecated: after the namespaces are made, before createRuntime"),
	LIST(spec_hooks, "createRuntime", create_runtime, spec_hook,
	     "in the runtime's namespaces, before pivot_root"),
	LIST(spec_hooks, "createContainer", create_container, spec_hook,
	     "in the container's namespaces, before pivot_root"),
	LIST(spec_hooks, "startContainer", start_container, spec_hook,
	     "in the container, before the process"),
	LIST(spec_hooks, "poststart", poststart, spec_hook,
	     "in the runtime's namespaces, once the process runs"),
	LIST(spec_hooks, "poststop", poststop, spec_hook,
	     "in the runtime's namespaces, after delete"),
};
const struct shape spec_hooks_shape = SHAPE(spec_hooks, hooks_fields);
