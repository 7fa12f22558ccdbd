/* limits.h -- a container's limits as the kernel has them, whichever version a controller has. */
#ifndef CAISSON_TESTS_LIMITS_H
#define CAISSON_TESTS_LIMITS_H

#include <stdint.h>
#include <sys/types.h>

#include "tests/lib/box.h"

/* Skips the test on a host without it. */
void needs_controller(const char *controller);
/* The same, on one where cgroup v1 divides the time of real-time processes. */
void needs_realtime_limits(void);
/* The same, on one with huge pages of 2 MiB. */
void needs_huge_pages(void);
/* The same, on one with cpusets and two CPUs to choose from. */
void needs_second_cpu(void);
/* The box's workload, running. */
pid_t box_begin(struct box *box);

/* The text of the file, without its newline, of the version the controller has here: "cpu",
 * "cpu.shares", "cpu.weight". NULL for a file: the test is skipped on hosts of that version. */
const char *limit_text(pid_t pid, const char *controller, const char *v1, const char *v2);
/* The number behind `key` in such a file; the first number without a key. -1: not there. */
int64_t limit_number(pid_t pid, const char *controller, const char *v1, const char *v2,
		     const char *key);
/* Waits, at most ten seconds, until that number is at least `least`. */
void limit_wait(pid_t pid, const char *controller, const char *v1, const char *v2, const char *key,
		int64_t least);

/* A block device of `size` bytes that is gone with the test: a loop device. Skips the test where
 * there is none. Gives its number. */
dev_t loop_device(size_t size);

#endif
