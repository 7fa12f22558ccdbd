/* mutate.c -- libFuzzer's changes to config.json, made to the tree instead of its bytes.
 *
 * Bytes changed at random are hardly ever JSON, still less a config that gets as far as the plan.
 * Here values are removed, copied to another place, and set to what the tables of the decoder know
 * or to numbers at the edge of a type. One change in four is still libFuzzer's own: the reader of
 * JSON wants to be looked at, too.
 *
 * Does not judge what comes out: fuzz_config.c does. */
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "specs/options.h"
#include "specs/shapes.h"
#include "specs/vocabulary.h"

size_t LLVMFuzzerMutate(uint8_t *bytes, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t most, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t one_size, const uint8_t *two,
				 size_t two_size, uint8_t *into, size_t most, unsigned seed);

/* ---- what there is to say ----------------------------------------------------------------- */

enum { known_most = 1024, string_most = 256 };

static struct known {
	const char *at[known_most];
	size_t count;
} keys, words;

static void know(struct known *known, const char *text)
{
	if (known->count < known_most)
		known->at[known->count++] = strdup(text);
}

static void know_field(const char *path, const struct shape_field *field, void *to)
{
	(void)path;
	(void)to;
	know(&keys, field->key);
	for (const struct word *word = field->words; word && word->name; word++)
		know(&words, word->name);
}

/* What no table has, and the plan looks at: paths, kinds of mounts, options with values. */
static const char *const odd_words[] = {
	"", "/", ".", "..", "/..", "a/../..", "/proc", "/proc/self/ns/net", "/proc/self/ns/user",
	"/proc/self/ns/mnt", "/dev/null", "/dev/shm", "/sys/fs/cgroup", "cgroup", "cgroup2", "proc",
	"sysfs", "tmpfs", "bind", "mqueue", "overlay", "rootfs", "mode=755", "size=64m",
	"idmap=uids=0-1-2;gids=0-1-2", "idmap=uids=@0-0-1#1-1-1", "net.ipv4.ip_forward",
	"kernel.msgmax", "fs.mqueue.msg_max", "PATH=/bin", "HOME=", "=", "L3:0=f", "MB:0=10", "0-3,7",
	"run.oci.keep_original_groups", "run.oci.mount_context_type", "system.slice:a:b", "8:0 rbps=1",
	"memory.high", "cgroup.procs", "a b", "a\nb", "%d", "eth%d", "9999999999999999999999",
};

static const json_int_t edges[] = {
	-1,	   0,	       1,	   2,	       7,	   99,	       100,
	1000,	   1000000,    4095,	   65535,      INT32_MAX,  INT32_MIN,  UINT32_MAX - 1LL,
	UINT32_MAX, UINT32_MAX + 1LL, INT64_MAX, INT64_MIN, 1LL << 20, 1LL << 40,
};

static void learn(void)
{
	char name[SPEC_CAPABILITY_NAME];

	shape_visit(&spec_shape, "", know_field, NULL);
	for (const struct spec_mount_option *option = spec_mount_options; option->name; option++)
		know(&words, option->name);
	for (unsigned number = 0; spec_capability_name(number, name); number++)
		know(&words, name);
	for (size_t i = 0; i < sizeof odd_words / sizeof *odd_words; i++)
		know(&words, odd_words[i]);
}

/* ---- places in a tree --------------------------------------------------------------------- */

struct place {
	json_t *parent, *value;
	const char *key; /* of an object's member */
	size_t index;	 /* of a list's element */
};

/* The place `*left` steps on; all below `parent` are counted. */
static bool find(json_t *parent, size_t *left, struct place *found)
{
	const char *key;
	json_t *value;
	size_t i;

	json_object_foreach(parent, key, value) {
		*found = (struct place){ parent, value, key, 0 };
		if ((*left)-- == 0 || find(value, left, found))
			return true;
	}
	json_array_foreach(parent, i, value) {
		*found = (struct place){ parent, value, NULL, i };
		if ((*left)-- == 0 || find(value, left, found))
			return true;
	}
	return false;
}

static bool any_place(json_t *tree, struct place *found)
{
	size_t all = SIZE_MAX, at;

	find(tree, &all, found);
	if (all == SIZE_MAX)
		return false;
	at = (size_t)rand() % (SIZE_MAX - all);
	return find(tree, &at, found);
}

/* Takes over `value`. */
static void put(const struct place *place, json_t *value)
{
	if (place->key)
		json_object_set_new_nocheck(place->parent, place->key, value);
	else
		json_array_set_new(place->parent, place->index, value);
}

/* ---- changes ------------------------------------------------------------------------------ */

static json_t *new_text(const json_t *old)
{
	const char *text = json_string_value(old);
	char changed[string_most];
	size_t length = text ? strlen(text) : 0;

	if (!text || rand() % 2 || length > sizeof changed / 2)
		return json_string_nocheck(words.at[(size_t)rand() % words.count]);
	memcpy(changed, text, length);
	length = LLVMFuzzerMutate((uint8_t *)changed, length, sizeof changed);
	return json_stringn_nocheck(changed, length);
}

static json_t *new_value(const json_t *old)
{
	switch (rand() % 16) {
	case 0:
		return json_array();
	case 1:
		return json_object();
	case 2:
		return json_null();
	case 3:
		return json_boolean(rand() % 2);
	case 4:
		return json_integer((json_int_t)((uint64_t)json_integer_value(old) + 1));
	case 5:
		return json_integer((json_int_t)((uint64_t)json_integer_value(old) - 1));
	}
	if (json_is_integer(old))
		return json_integer(edges[(size_t)rand() % (sizeof edges / sizeof *edges)]);
	return json_is_boolean(old) ? json_boolean(!json_is_true(old)) : new_text(old);
}

static void remove_value(const struct place *place)
{
	if (place->key)
		json_object_del(place->parent, place->key);
	else
		json_array_remove(place->parent, place->index);
}

/* Another of the list, or another key of the object. */
static void add_beside(const struct place *place, const json_t *value)
{
	if (place->key)
		json_object_set_new_nocheck(place->parent,
					    keys.at[(size_t)rand() % keys.count],
					    json_deep_copy(value));
	else
		json_array_insert_new(place->parent, place->index, json_deep_copy(value));
}

/* `giver` is the same tree, or another. */
static void change(json_t *tree, json_t *giver)
{
	struct place at, from;

	if (!any_place(tree, &at) || !any_place(giver, &from))
		return;
	switch (rand() % 8) {
	case 0:
		remove_value(&at);
		break;
	case 1:
		put(&at, json_deep_copy(from.value));
		break;
	case 2:
		add_beside(&at, from.value);
		break;
	case 3:
		add_beside(&at, at.value);
		break;
	default:
		put(&at, new_value(at.value));
	}
}

static size_t written(json_t *tree, uint8_t *into, size_t most)
{
	char *text = json_dumps(tree, JSON_COMPACT);
	size_t length = text ? strlen(text) : 0;

	if (length > most)
		length = 0;
	memcpy(into, text ? text : "", length);
	free(text);
	return length;
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t most, unsigned seed)
{
	json_t *tree = seed % 4 ? json_loadb((char *)bytes, size, 0, NULL) : NULL;
	size_t length = 0;

	if (!words.count)
		learn();
	srand(seed);
	for (int i = rand() % 4; tree && i >= 0; i--)
		change(tree, tree);
	if (tree)
		length = written(tree, bytes, most);
	json_decref(tree);
	return length ? length : LLVMFuzzerMutate(bytes, size, most);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t one_size, const uint8_t *two,
				 size_t two_size, uint8_t *into, size_t most, unsigned seed)
{
	json_t *tree = json_loadb((const char *)one, one_size, 0, NULL);
	json_t *giver = json_loadb((const char *)two, two_size, 0, NULL);
	const char *key;
	json_t *value;
	size_t length;

	srand(seed);
	if (json_is_object(tree) && json_is_object(giver)) {
		json_object_foreach(json_object_get(giver, "linux"), key, value) {
			if (rand() % 4 == 0)
				json_object_set(json_object_get(tree, "linux"), key, value);
		}
		json_object_foreach(giver, key, value) {
			if (rand() % 8 == 0)
				json_object_set(tree, key, value);
		}
	}
	length = tree ? written(tree, into, most) : 0;
	json_decref(tree);
	json_decref(giver);
	return length;
}
