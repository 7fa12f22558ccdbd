/* rootfs.h -- a small root file system with a busybox in it. */
#ifndef CAISSON_TESTS_ROOTFS_H
#define CAISSON_TESTS_ROOTFS_H

/* Fills an existing directory. Skips the test when this host has no static busybox. */
void rootfs_make(const char *path);

#endif
