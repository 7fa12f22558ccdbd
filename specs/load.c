/* load.c -- config.json becomes a struct spec.
 *
 * Three stages, each of which may refuse: jansson reads the text, the tables decode it (shape.c),
 * the rules look at the whole (check.c). Whoever refuses knows the place in JSON; the name of the
 * file, the line and the column are added here, where the text is at hand.
 *
 * Does not decide anything: defaults are the plan's. */
#include "specs/load.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"
#include "specs/check.h"
#include "specs/json.h"
#include "specs/place.h"
#include "specs/shapes.h"

enum { config_bytes_most = 16 * 1024 * 1024 };

struct source {
	const char *name;
	const char *text;
	size_t length;
	struct arena *arena;
	struct numbers numbers;
};

static void clean(char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = ' ';
	}
}

static int refuse_syntax(const struct source *source, json_error_t *error)
{
	unsigned line = error->line > 0 ? (unsigned)error->line : 1;
	unsigned column = error->column > 0 ? (unsigned)error->column : 1;
	int result;

	clean(error->text);
	result = refuse(EINVAL, "%s:%u:%u: %s", source->name, line, column, error->text);
	last_fault()->line = line;
	last_fault()->column = column;
	return result;
}

static int read_json(struct source *source, json_t **value)
{
	json_error_t error;

	if (!source->text[strspn(source->text, " \t\r\n")])
		return refuse(EINVAL, "%s: the file is empty", source->name);
	*value = json_loadb(source->text, source->length, 0, &error);
	if (!*value && json_error_code(&error) == json_error_numeric_overflow) {
		char *copy = numbers_set_aside(&source->numbers, source->text, source->length,
					       source->arena);

		*value = json_loadb(copy, source->length, 0, &error);
	}
	return *value ? 0 : refuse_syntax(source, &error);
}

/* Line and column of the last fault's path. */
static void locate(const char *text, size_t length)
{
	struct fault *fault = last_fault();
	struct place place;

	if (!*fault->path || fault->line || !place_find(text, length, fault->path, &place))
		return;
	fault->line = place.line;
	fault->column = place.column;
}

/* Puts the file's name before a sentence of the decoder or of a rule. */
static int name_file(const struct source *source, int result)
{
	struct fault before = *last_fault();

	if (result >= 0)
		return result;
	refuse(before.error, "%s: %s", source->name, before.what);
	blame(result, "%s", before.path);
	advise(result, "%s", before.hint);
	locate(source->text, source->length);
	return result;
}

static int decode(struct source *source, struct shape_reader *reader, const struct shape *shape,
		  void *into)
{
	json_t *value;
	int result;

	json_use_arena(source->arena);
	result = read_json(source, &value);
	if (!result) {
		reader->arena = source->arena;
		reader->text = source->text;
		reader->length = source->length;
		reader->numbers = &source->numbers;
		result = name_file(source, shape_decode(reader, shape, value, into));
	}
	json_use_malloc();
	return result;
}

static int open_source(const char *path)
{
	int fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
				   : fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);

	return fd < 0 ? -errno : fd;
}

static int read_source(struct source *source, const char *path, struct arena *arena)
{
	autoclose int fd = open_source(path);
	char *text;
	ssize_t length;

	*source = (struct source) { .name = strcmp(path, "-") ? path : "standard input",
				    .arena = arena };
	if (fd < 0)
		return fail(fd, "open %s", source->name);
	length = read_all(fd, arena, &text, config_bytes_most);
	if (length == -EFBIG)
		return refuse(EFBIG, "%s: larger than 16 MiB", source->name);
	if (length < 0)
		return fail((int)length, "read %s", source->name);
	source->text = text;
	source->length = (size_t)length;
	return 0;
}

static int parse(struct spec *spec, struct source *source)
{
	struct shape_reader reader = { 0 };
	int result;

	memset(spec, 0, sizeof *spec);
	result = decode(source, &reader, &spec_shape, spec);
	return result < 0 ? result : name_file(source, spec_check(spec));
}

int spec_load(struct spec *spec, const char *path, struct arena *arena)
{
	struct source source;
	int result = read_source(&source, path, arena);

	return result < 0 ? result : parse(spec, &source);
}

int spec_parse(struct spec *spec, const char *text, size_t length, const char *name,
	       struct arena *arena)
{
	struct source source = { .name = name, .length = length, .arena = arena };

	if (length > config_bytes_most)
		return refuse(EFBIG, "%s: larger than 16 MiB", name);
	/* A copy: ours ends with a NUL. */
	source.text = arena_copy_bytes(arena, text, length);
	return parse(spec, &source);
}

int spec_load_process(struct spec_process *process, const char *path, struct arena *arena)
{
	struct shape_reader reader = { 0 };
	struct source source;
	int result = read_source(&source, path, arena);

	if (result < 0)
		return result;
	memset(process, 0, sizeof *process);
	result = decode(&source, &reader, &spec_process_shape, process);
	return result < 0 ? result : name_file(&source, spec_check_process(process));
}

int spec_load_resources(struct spec_resources *resources, const char *path, struct arena *arena)
{
	struct shape_reader reader = { 0 };
	struct source source;
	int result = read_source(&source, path, arena);

	if (result < 0)
		return result;
	memset(resources, 0, sizeof *resources);
	result = decode(&source, &reader, &spec_resources_shape, resources);
	return result < 0 ? result : name_file(&source, spec_check_resources(resources));
}

void spec_locate(const char *path_of_file)
{
	struct arena arena = { 0 };
	autoclose int fd = open(path_of_file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	char *text;
	ssize_t length;

	if (fd < 0 || last_fault()->line)
		return;
	length = read_all(fd, &arena, &text, config_bytes_most);
	if (length > 0)
		locate(text, (size_t)length);
	arena_free(&arena);
}

int spec_unknown_keys(const char *path, struct arena *arena,
		      void (*tell)(const char *path, const char *nearest, void *to), void *to)
{
	struct shape_reader reader = { .unknown = tell, .to = to };
	struct source source;
	struct spec spec = { 0 };
	int result = read_source(&source, path, arena);

	return result < 0 ? result : decode(&source, &reader, &spec_shape, &spec);
}
