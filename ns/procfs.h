/* procfs.h -- a procfs that nobody else can have changed.
 *
 * CVE-2019-16884, CVE-2019-19921, CVE-2025-52881: a container's image or another container can
 * put symlinks and mounts into the /proc that a runtime is about to write labels and sysctls to.
 * So we never write through that one: this is a detached instance of our own. */
#ifndef CAISSON_NS_PROCFS_H
#define CAISSON_NS_PROCFS_H

/* A detached procfs of the caller's pid namespace (fsopen, fsmount); where a user namespace
 * forbids that, a clone of /proc verified to be procfs' root. The caller closes it. */
int ns_procfs_open(void);

#endif
