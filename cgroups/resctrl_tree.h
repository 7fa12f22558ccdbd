/* resctrl_tree.h -- the resctrl tree's own tools. Only the files of resctrl include this. */
#ifndef CAISSON_CGROUPS_RESCTRL_TREE_H
#define CAISSON_CGROUPS_RESCTRL_TREE_H

#include "cgroups/resctrl.h"

/* resctrl_tree.c. The tree's descriptor, or a negative errno without a fault. */
int rdt_open(struct resctrl *resctrl);
/* A file of a directory below the tree, both as paths from its top; "" is the top. */
char *rdt_path(const struct resctrl *resctrl, const char *directory, const char *file);
bool rdt_has(const struct resctrl *resctrl, const char *path);
int rdt_read(const struct resctrl *resctrl, const char *path, char **text);
/* Lines into the class's schemata, in one write: the kernel takes all of them or none. */
int rdt_write_lines(struct resctrl *resctrl, char *const *lines, size_t count);
/* Adds to the fault what info/last_cmd_status says. Returns `result`. */
int rdt_add_status(const struct resctrl *resctrl, int result);

/* resctrl_plan.c. Is it a line, and of a resource this host has? */
int rdt_check_line(const struct resctrl *resctrl, const char *line);

#endif
