/* saved.h -- containers for the tests of checkpoint and restore, and a criu to do it.
 *
 * Needs a criu that works on this kernel: tests/guest/criu.sh has one. */
#ifndef CAISSON_TESTS_SAVED_H
#define CAISSON_TESTS_SAVED_H

#include "tests/lib/box.h"

/* A suite's .init: boxes_open(), and what criu needs on machines of this kind. */
void saved_open(void);
/* First in a test. criu is in $PATH from then on, or the test is skipped with the reason. */
void need_criu(void);
/* Whether `criu check --feature NAME` says so. */
bool criu_has(const char *feature);

/* As it is for criu: a root to write to, and no configuration file of the host's that has a say in
 * what it does. */
struct box *writable_box(void);
/* It counts in a variable, which only its memory knows, and writes it to /count. */
struct box *counting_box(void);
/* Created, started, and seen to count. */
struct box *counting(struct box *box);
int count_of(const struct box *box);
/* Until it is that far. */
void wait_count(const struct box *box, int least);
/* Created and started; until it has written those words. */
struct box *started(struct box *box, const char *words);
/* Until a file in the bundle has something in it. */
void wait_file(const struct box *box, const char *name);

/* A path in printf's way; lives as long as the test. */
__attribute__((format(printf, 1, 2))) const char *at(const char *format, ...);
/* A shell command of the host's that has to succeed. */
__attribute__((format(printf, 1, 2))) void on_host(const char *format, ...);
/* One that goes on; the test waits for its end, for at most 20 s. */
__attribute__((format(printf, 1, 2))) pid_t beside(const char *format, ...);
int end_of(pid_t pid);

#define save(box, ...) runtime((box), "checkpoint", "--image-path", "image", __VA_ARGS__)
/* Detached; what the workload writes from here on is what box_output() shows. */
#define restore(box, ...)                                                                       \
	restore_words((box), (const char *const[]){ "restore", "--image-path", "image", "-d",   \
						    __VA_ARGS__, NULL })
struct said restore_words(struct box *box, const char *const *words);
/* Without a word, both. */
void save_and_restore(struct box *box);

#endif
