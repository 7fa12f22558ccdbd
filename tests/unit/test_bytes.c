/* test_bytes.c -- amounts of memory as people type them. */
#include <criterion/criterion.h>
#include <errno.h>

#include "runtime/base/bytes.h"

static const struct {
	const char *text;
	int result;
	int64_t bytes;
} amounts[] = {
	{ "0", 0, 0 },
	{ "1048576", 0, 1048576 },
	{ "512M", 0, 536870912 },
	{ "512m", 0, 536870912 },
	{ "512MB", 0, 536870912 },
	{ "512MiB", 0, 536870912 },
	{ "512 mib", 0, 536870912 },
	{ "10b", 0, 10 },
	{ "1k", 0, 1024 },
	{ "3g", 0, 3221225472 },
	{ "2t", 0, 2199023255552 },
	{ "7P", 0, 7881299347898368 },
	{ "1.5g", 0, 1610612736 },
	{ "0.5k", 0, 512 },
	{ "1.999999999999", 0, 1 },
	{ "1.", 0, 1 },
	{ "9223372036854775807", 0, INT64_MAX },
	{ "9223372036854775808", -ERANGE, 0 },
	{ "8192P", -ERANGE, 0 },
	{ "99999999999999999999k", -ERANGE, 0 },
	{ "", -EINVAL, 0 },
	{ "M", -EINVAL, 0 },
	{ "-1", -EINVAL, 0 },
	{ "+1", -EINVAL, 0 },
	{ " 1", -EINVAL, 0 },
	{ "1 ", -EINVAL, 0 },
	{ "1  k", -EINVAL, 0 },
	{ ".5k", -EINVAL, 0 },
	{ "1.5.5", -EINVAL, 0 },
	{ "64X", -EINVAL, 0 },
	{ "64kk", -EINVAL, 0 },
	{ "64kib ", -EINVAL, 0 },
	{ "64bb", -EINVAL, 0 },
	{ "0x10", -EINVAL, 0 },
	{ "1e3", -EINVAL, 0 },
};

Test(bytes, are_read_as_the_options_of_runc)
{
	for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++) {
		int64_t bytes = 0;

		cr_expect_eq(bytes_parse(amounts[i].text, &bytes), amounts[i].result, "\"%s\"",
			     amounts[i].text);
		cr_expect_eq(bytes, amounts[i].bytes, "\"%s\": %ld", amounts[i].text,
			     (long)bytes);
	}
}
