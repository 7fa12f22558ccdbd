/* cpulist.h -- "0-3,7": lists of cpus and memory nodes, as cpuset(7) writes them. */
#ifndef CAISSON_CPULIST_H
#define CAISSON_CPULIST_H

#include <limits.h>
#include <stddef.h>

enum { cpulist_word_bits = sizeof(unsigned long) * CHAR_BIT };
/* How many unsigned longs hold that many bits. */
#define cpulist_words(bits) (((bits) + cpulist_word_bits - 1) / cpulist_word_bits)

/* How many Linux can have. */
enum {
	most_cpus = 8192,  /* CONFIG_NR_CPUS of the largest kernels */
	most_nodes = 1024, /* CONFIG_NODES_SHIFT is at most 10 */
};

/* Sets bit n of `mask` (of `bits` bits, all others cleared) for each number of the list: the
 * layout that sched_setaffinity(2) and set_mempolicy(2) take. Spaces around an element and empty
 * elements are fine, as they are to the kernel and runc; "" is the empty set. Gives how many bits
 * are set; -EINVAL: not such a list; -ERANGE: a number of `bits` or more, or a range that runs
 * backwards. Says nothing: the caller knows whether these are cpus or nodes. */
int cpulist_parse(const char *text, unsigned long *mask, size_t bits);

#endif
