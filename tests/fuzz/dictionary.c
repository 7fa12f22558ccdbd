/* dictionary.c -- prints a libFuzzer dictionary: every key and every word of config.json.
 *
 *	dictionary > build/fuzz/config.dict
 *	fuzz_config -dict=build/fuzz/config.dict tests/fuzz/corpus */
#include <stdio.h>

#include "specs/options.h"
#include "specs/shapes.h"
#include "specs/vocabulary.h"

static void print_field(const char *path, const struct shape_field *field, void *to)
{
	(void)path;
	(void)to;
	printf("\"\\\"%s\\\":\"\n", field->key);
	for (const struct word *word = field->words; word && word->name; word++)
		printf("\"\\\"%s\\\"\"\n", word->name);
}

int main(void)
{
	char name[SPEC_CAPABILITY_NAME];

	shape_visit(&spec_shape, "", print_field, NULL);
	for (const struct spec_mount_option *option = spec_mount_options; option->name; option++)
		printf("\"\\\"%s\\\"\"\n", option->name);
	for (unsigned number = 0; spec_capability_name(number, name); number++)
		printf("\"\\\"%s\\\"\"\n", name);
	return 0;
}
