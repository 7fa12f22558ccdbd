/* config.h -- a value in a JSON document, named by its path as messages name it. */
#ifndef CAISSON_TESTS_CONFIG_H
#define CAISSON_TESTS_CONFIG_H

#include <jansson.h>

/* Steals `value`. "a.b[2].c"; what is missing on the way is made; [+] appends. */
void config_set(json_t *config, const char *path, json_t *value);
/* The value there, borrowed, or NULL. */
json_t *config_get(json_t *config, const char *path);
void config_unset(json_t *config, const char *path);
/* JSON text in which ' stands for ". Fails the test when it is none. */
json_t *config_parse(const char *text);

#endif
