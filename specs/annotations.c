/* annotations.c -- the annotations of config.json that change what is done. See annotations.h. */
#include "specs/annotations.h"

#include <string.h>

const char *const spec_annotations[] = {
	ANNOTATION_CRIU_CONFIG,	 ANNOTATION_UNIT_PROPERTY, ANNOTATION_HOOKS_STDERR,
	ANNOTATION_HOOKS_STDOUT, ANNOTATION_KEEP_GROUPS,   ANNOTATION_CONTEXT_TYPE,
	ANNOTATION_ALL_SYSCALLS, NULL,
};

const char *spec_annotation(const struct pairs *annotations, const char *key)
{
	for (size_t i = 0; i < annotations->count; i++) {
		if (!strcmp(annotations->at[i].key, key))
			return annotations->at[i].value;
	}
	return NULL;
}
