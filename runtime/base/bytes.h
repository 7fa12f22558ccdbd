/* bytes.h -- an amount of memory as people type it: "512M", "1.5 GiB", "1048576". */
#ifndef CAISSON_BYTES_H
#define CAISSON_BYTES_H

#include <stdint.h>

/* What runc's options take (go-units, RAMInBytes): a number, perhaps with a fraction, perhaps a
 * space, then nothing, "b", or k, m, g, t, p with "b" or "ib" after it, large or small; always
 * powers of 1024. 0; -EINVAL: not such a text; -ERANGE: more than an int64_t holds. Says nothing. */
int bytes_parse(const char *text, int64_t *bytes);

#endif
