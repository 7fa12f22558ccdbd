/* test_place.c -- line, column and text of a value are found by its path. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "specs/place.h"

static const char text[] =
	"{\n"
	"  \"name\": \"\xc3\xa9t\xc3\xa9\", \"size\": 7,\n"
	"  \"mounts\": [\n"
	"    { \"type\": \"a\", \"options\": [] },\n"
	"    { \"type\": \"b]}\\\"\", \"options\": [ \"ro\" , \"rw\" ] }\n"
	"  ],\n"
	"  \"sysctl\": { \"net\": { \"x\": 0 }, \"net.x\": 1, \"net.x.y\": 2 },\n"
	"  \"odd\": { \"a b\": 3, \"tab\\t\": 4, \"\": 5 },\n"
	"  \"esc\\u0061ped\": 6,\n"
	"  \"twice\": 1, \"twice\": 2\n"
	"}\n";

static const struct {
	const char *path;
	bool exact;
	unsigned line, column;
	const char *value;
} places[] = {
	{ "name", true, 2, 11, "\"\xc3\xa9t\xc3\xa9\"" },
	{ "size", true, 2, 26, "7" },
	{ "mounts[0].type", true, 4, 15, "\"a\"" },
	{ "mounts[1].type", true, 5, 15, "\"b]}\\\"\"" },
	{ "mounts[1].options[1]", true, 5, 44, "\"rw\"" },
	{ "mounts[0].options", true, 4, 31, "[]" },
	{ "sysctl.net.x", true, 7, 43, "1" },
	{ "sysctl.net.x.y", true, 7, 57, "2" },
	{ "odd[\"a b\"]", true, 8, 19, "3" },
	{ "odd[\"tab\\t\"]", true, 8, 31, "4" },
	{ "escaped", true, 9, 19, "6" },
	{ "twice", true, 10, 24, "2" },
	/* what is not there has the place of what is around it */
	{ "mounts[0].destination", false, 4, 5, "{ \"type\": \"a\", \"options\": [] }" },
	{ "mounts[0].options[0]", false, 4, 31, "[]" },
	{ "mounts[7]", false, 3, 13, NULL },
	{ "root", false, 1, 1, text },
	{ "size.more", false, 2, 26, "7" },
	{ "mounts.type", false, 3, 13, NULL },
	{ "", true, 1, 1, NULL },
};

Test(place, a_value_is_found_by_its_path)
{
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		struct place place;
		const char *path = places[i].path;

		cr_assert(place_find(text, strlen(text), path, &place), "%s", path);
		cr_expect_eq(place.exact, places[i].exact, "%s", path);
		cr_expect_eq(place.line, places[i].line, "%s: line %u", path, place.line);
		cr_expect_eq(place.column, places[i].column, "%s: column %u", path, place.column);
		if (places[i].value)
			cr_expect(!strncmp(text + place.offset, places[i].value, place.length),
				  "%s: %.*s", path, (int)place.length, text + place.offset);
	}
}

Test(place, broken_text_ends_the_search)
{
	static const char *const torn[] = { "",	    "  ",    "{",	 "{\"a\"", "{\"a\":", "[1,",
					    "{\"a", "\"a\\", "{\"a\":[", "]]]",	   "}" };

	for (size_t i = 0; i < sizeof torn / sizeof *torn; i++) {
		struct place place;
		bool found = place_find(torn[i], strlen(torn[i]), "a[3].b", &place);

		cr_expect(!found || !place.exact, "%s", torn[i]);
	}
}
