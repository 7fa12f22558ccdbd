/* scene.h -- what criu finds in the mount namespace made for it, when it restores. */
#ifndef CAISSON_SCENE_H
#define CAISSON_SCENE_H

#include "runtime/image.h"

/* In the child that is to be criu, in its new mount namespace: the rootfs is a mount of its own,
 * and options.images and options.work of the image are descriptors criu can work with. */
int scene_set(const struct plan *plan, struct image *image);

#endif
