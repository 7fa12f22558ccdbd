/* mounts.c -- the shapes of the root filesystem, of mounts and of id mappings (config.md, "Root"
 * and "Mounts"; config-linux.md, "User namespace mappings"). */
#include "specs/shapes.h"

static const struct shape_field root_fields[] = {
	FIELD(spec_root, "path", path, "directory, absolute or relative to the bundle", REQUIRED),
	FIELD(spec_root, "readonly", readonly, "mount it read-only"),
};
const struct shape spec_root_shape = SHAPE_GIVEN(spec_root, root_fields);

static const struct shape_field id_map_fields[] = {
	FIELD(spec_id_map, "containerID", container_id, "first id inside", REQUIRED, SPEC_ID),
	FIELD(spec_id_map, "hostID", host_id, "first id outside", REQUIRED, SPEC_ID),
	FIELD(spec_id_map, "size", size, "how many ids", REQUIRED, RANGE(1, UINT32_MAX)),
};
const struct shape spec_id_map_shape = SHAPE(spec_id_map, id_map_fields);

static const struct shape_field mount_fields[] = {
	FIELD(spec_mount, "destination", destination, "where it appears inside", REQUIRED),
	FIELD(spec_mount, "type", type, "filesystem, of /proc/filesystems; ignored for binds"),
	FIELD(spec_mount, "source", source, "device, or path relative to the bundle for binds"),
	FIELD(spec_mount, "options", options, "mount options; unknown ones go to the filesystem"),
	LIST(spec_mount, "uidMappings", uid_mappings, spec_id_map, "owners shifted: user ids"),
	LIST(spec_mount, "gidMappings", gid_mappings, spec_id_map, "owners shifted: group ids"),
};
const struct shape spec_mount_shape = SHAPE(spec_mount, mount_fields);
