/* state_root.h -- a directory for records of one test's own, gone with the test. */
#ifndef CAISSON_TESTS_STATE_ROOT_H
#define CAISSON_TESTS_STATE_ROOT_H

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/record.h"

static char state_root[] = "/tmp/caisson-test-XXXXXX";
static struct arena test_arena;
static struct records test_records;

static inline void make_state_root(void)
{
	cr_assert_not_null(mkdtemp(state_root));
	cr_assert_eq(records_open(&test_records, state_root, true, &test_arena), 0);
}

static inline void remove_state_root(void)
{
	int tmp = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	records_close(&test_records);
	cr_assert_eq(records_remove_tree(tmp, strrchr(state_root, '/') + 1), 0);
	close(tmp);
	arena_free(&test_arena);
}

/* A file `name` of container `id`, with any bytes. */
static inline void put_file(const char *id, const char *name, const void *bytes, size_t length)
{
	char path[512];
	int fd;

	snprintf(path, sizeof path, "%s/%s/%s", state_root, id, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	cr_assert_geq(fd, 0, "%s", path);
	cr_assert_eq(write(fd, bytes, length), (ssize_t)length);
	close(fd);
}

static inline bool there_is(const char *id, const char *name)
{
	char path[512];

	snprintf(path, sizeof path, "%s/%s/%s", state_root, id, name);
	return access(path, F_OK) == 0;
}

static inline int reserve(struct record *record, const char *id)
{
	int result = record_begin(record, &test_records, id, "/bundles/web", &test_arena);

	return result ? result : record_reserve(record, &test_records);
}

/* A created container whose first process is `pid`; unlocked. */
static inline void make_container(struct record *record, const char *id, pid_t pid)
{
	char letter;

	cr_assert_eq(reserve(record, id), 0);
	record->rootfs = arena_copy(&test_arena, "/bundles/web/rootfs");
	record->init.pid = pid;
	record->own_pid_namespace = true;
	if (pid)
		cr_assert_eq(process_look(pid, &record->init.started, &letter), 0);
	cr_assert_eq(record_intend(record), 0);
	cr_assert_eq(record_write(record), 0);
	record_close(record);
}

#endif
