/* config.c -- the shape of config.json's outermost object (config.md). */
#include "specs/shapes.h"

static const struct shape_field fields[] = {
	FIELD(spec, "ociVersion", oci_version, "version of the runtime-spec it follows", REQUIRED),
	OBJECT(spec, "root", root, spec_root, "the root filesystem"),
	FIELD(spec, "hostname", hostname, "host name inside (needs a uts namespace)"),
	FIELD(spec, "domainname", domainname, "NIS domain name inside (needs a uts namespace)"),
	LIST(spec, "mounts", mounts, spec_mount, "what is mounted below the root, in this order"),
	OBJECT(spec, "process", process, spec_process, "the process to start"),
	OBJECT(spec, "hooks", hooks, spec_hooks, "programs run at turns of the container's life"),
	FIELD(spec, "annotations", annotations, "metadata; may change what the runtime does"),
	OBJECT(spec, "linux", linux, spec_linux, "what only Linux has"),
	PRESENT(spec, "vm", has_vm, "a virtual machine to run in (not done by this runtime)"),
};

const struct shape spec_shape = SHAPE(spec, fields);
