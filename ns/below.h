/* below.h -- paths that cannot leave the container's root. */
#ifndef CAISSON_NS_BELOW_H
#define CAISSON_NS_BELOW_H

#include <stdint.h>
#include <sys/types.h>

/* Everywhere: `root` is a descriptor of the container's root; "/" , ".." and absolute symlinks end
 * there. Magic links are refused. Returned descriptors are O_PATH, the caller closes them. All
 * return a negative errno on failure and say nothing. */

enum {
	BELOW_NO_SYMLINKS = 1, /* -ELOOP where a component is one */
	BELOW_NOFOLLOW = 2,    /* the last component may be one, and is then what is opened */
};

int below_open(int root, const char *path, unsigned how);
/* Opens a directory, making whatever is missing on the way (mode 0755 less umask). */
int below_make_directory(int root, const char *path, unsigned how);
/* Opens a file (or whatever is there), making it empty, and missing directories, if need be. */
int below_make_file(int root, const char *path, unsigned how);
/* The directory `path` lies in, made if need be; `name` (at least NAME_MAX+1 bytes) receives the
 * last component. -EINVAL for "/", "." and "..". */
int below_parent(int root, const char *path, char *name, size_t size);

#endif
