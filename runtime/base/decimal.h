/* decimal.h -- one strict reading of numbers that people type and files hold.
 *
 * strtoul(3) takes " 12", "+12", "-1", "12x" and 2^64 without a word; a uid read that way has made
 * people root (CVE-2026-30892, and `exec -u 4294967296` elsewhere). This one takes digits, all of
 * them, and nothing else. */
#ifndef CAISSON_DECIMAL_H
#define CAISSON_DECIMAL_H

#include <stddef.h>
#include <stdint.h>

/* The first `length` bytes of `text` as a number from 0 to `max`. 0; -EINVAL when they are not all
 * digits (or there are none); -ERANGE above `max`. */
int decimal_span(const char *text, size_t length, uint64_t max, uint64_t *value);
/* The whole string likewise. */
int decimal_parse(const char *text, uint64_t max, uint64_t *value);

#endif
