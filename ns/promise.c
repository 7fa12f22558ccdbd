/* promise.c -- what verify.c is to find again: kept by whoever attached a mount. */
#include <string.h>

#include "ns/attach.h"
#include "ns/rootplan.h"

void promise(struct ns_root *root, int mount, const struct mount_promise *what)
{
	struct mount_promise *kept;

	if (root->promises.count == root->promises.room) {
		size_t room = root->promises.room * 2;
		struct mount_promise *larger =
			arena_array(root->context.arena, room, sizeof *larger);

		memcpy(larger, root->promises.at, root->promises.count * sizeof *larger);
		root->promises.at = larger;
		root->promises.room = room;
	}
	kept = &root->promises.at[root->promises.count++];
	*kept = *what;
	kept->at = arena_copy(root->context.arena, what->at);
	kept->id = attach_id(mount);
}
