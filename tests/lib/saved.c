/* saved.c -- containers for the tests of checkpoint and restore. See saved.h. */
#include "tests/lib/saved.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "tests/lib/host.h"

enum { patience_ms = 20 * 1000 };

void saved_open(void)
{
	boxes_open();
	/* Some virtual machines accept hardware breakpoints and never hit them; criu would wait for
	 * ever. This is criu's own switch for machines without (its FI_NO_BREAKPOINTS). */
	setenv("CRIU_FAULT", "130", 1);
}

/* $CRIU: the path of one that works, or why there is none. */
void need_criu(void)
{
	const char *criu = getenv("CRIU"), *path = getenv("PATH");
	char with_criu[8192];

	if (!criu)
		boxes_skip("$CRIU is not set: tests/guest/criu.sh");
	if (*criu != '/')
		boxes_skip("%s", criu);
	snprintf(with_criu, sizeof with_criu, "%.*s:%s", (int)(strrchr(criu, '/') - criu), criu,
		 path ? path : "/usr/sbin:/usr/bin:/sbin:/bin");
	setenv("PATH", with_criu, 1);
	if (system("criu check >/dev/null 2>&1"))
		boxes_skip("criu does not work on this kernel");
	host_hold_hierarchies(false);
}

bool criu_has(const char *feature)
{
	char command[128];

	snprintf(command, sizeof command, "criu check --feature %s >/dev/null 2>&1", feature);
	return system(command) == 0;
}

/* ---- boxes ------------------------------------------------------------------------------- */

struct box *writable_box(void)
{
	struct box *box = box_new();

	json_object_set_new(box->config, "annotations", json_pack("{s:s}", "org.criu.config", ""));
	box_set(box, "root.readonly", "false");
	return box;
}

struct box *counting_box(void)
{
	struct box *box = writable_box();

	box_shell(box, "i=0; while :; do i=$((i+1)); echo $i >/new; mv /new /count; sleep 0.02; done");
	return box;
}

struct box *counting(struct box *box)
{
	assert_ok(box_create(box));
	assert_ok(box_start(box));
	wait_count(box, 3);
	return box;
}

int count_of(const struct box *box)
{
	return atoi(file_text("%s/count", box->rootfs));
}

void wait_count(const struct box *box, int least)
{
	int64_t until = clock_ms() + patience_ms;

	while (count_of(box) < least) {
		cr_assert_gt(clock_left(until), 0, "it counts no more: %d", count_of(box));
		usleep(5000);
	}
}

struct box *started(struct box *box, const char *words)
{
	assert_ok(box_create(box));
	assert_ok(box_start(box));
	box_wait_output(box, words);
	return box;
}

void wait_file(const struct box *box, const char *name)
{
	int64_t until = clock_ms() + patience_ms;

	while (!*file_text("%s/%s", box->bundle, name)) {
		cr_assert_gt(clock_left(until), 0, "there is no %s", name);
		usleep(5000);
	}
}

/* ---- the host ---------------------------------------------------------------------------- */

const char *at(const char *format, ...)
{
	char *path = NULL;
	va_list words;

	va_start(words, format);
	cr_assert_gt(vasprintf(&path, format, words), 0);
	va_end(words);
	return path;
}

void on_host(const char *format, ...)
{
	char command[4096];
	va_list words;

	va_start(words, format);
	vsnprintf(command, sizeof command, format, words);
	va_end(words);
	cr_assert_eq(system(command), 0, "%s", command);
}

pid_t beside(const char *format, ...)
{
	char command[4096];
	va_list words;
	pid_t pid;

	va_start(words, format);
	vsnprintf(command, sizeof command, format, words);
	va_end(words);
	pid = fork();
	if (pid == 0) {
		sigset_t none;

		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		execl("/bin/sh", "sh", "-c", command, NULL);
		_exit(127);
	}
	cr_assert_gt(pid, 0);
	return pid;
}

int end_of(pid_t pid)
{
	int64_t until = clock_ms() + patience_ms;
	int status;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		cr_assert_gt(clock_left(until), 0, "process %d does not end", pid);
		usleep(5000);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* ---- there and back ---------------------------------------------------------------------- */

struct said restore_words(struct box *box, const char *const *words)
{
	struct running running = runtime_begin_words(box, words);

	box->output = running.call;
	return runtime_finish(&running);
}

void save_and_restore(struct box *box)
{
	assert_prints(save(box, box->id), "");
	assert_prints(restore(box, box->id), "");
}
