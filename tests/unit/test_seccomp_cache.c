/* test_seccomp_cache.c -- a program from the cache is the program, or it is not used. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "runtime/base/owned.h"
#include "seccomp/cache.h"
#include "tests/unit/seccomp_profiles.h"

static char parent[] = "/tmp/caisson-test-XXXXXX";
static char folder[64];
static char entry[128];
static struct sc_program first, second;
static char heard[1024];
static unsigned warnings;

static void hear(const char *sentence)
{
	snprintf(heard, sizeof heard, "%s", sentence);
	warnings++;
}

static void setup(void)
{
	cr_assert(mkdtemp(parent));
	snprintf(folder, sizeof folder, "%s/.seccomp", parent);
	send_warnings_to(hear);
}

/* Removes only what lies below `parent`: a folder that a test made a symlink is never entered. */
static void teardown(void)
{
	int dir = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *list = dir < 0 ? NULL : fdopendir(dir);
	const struct dirent *found;

	while (list && (found = readdir(list)))
		unlinkat(dirfd(list), found->d_name, 0);
	if (list)
		closedir(list);
	unlink(folder);
	rmdir(folder);
	rmdir(parent);
}

TestSuite(seccomp_cache, .init = setup, .fini = teardown);

static struct spec_seccomp seccomp = {
	.given = true,
	.default_action = SECCOMP_ACTION_ERRNO,
	.architectures = WORDS("SCMP_ARCH_X86"),
	.syscalls = RULES({ .names = WORDS("read", "write", "openat"),
			    .action = SECCOMP_ACTION_ALLOW }),
};

static unsigned entries(void)
{
	DIR *list = opendir(folder);
	const struct dirent *found;
	unsigned count = 0;

	while (list && (found = readdir(list))) {
		if (found->d_type != DT_REG)
			continue;
		count++;
		snprintf(entry, sizeof entry, "%s/%.60s", folder, found->d_name);
	}
	if (list)
		closedir(list);
	return count;
}

static void compile_into(struct sc_program *program)
{
	memset(program, 0, sizeof *program);
	cr_assert_eq(sc_compile(program, &seccomp, folder), 0, "%s", last_fault()->what);
}

static void same_programs(void)
{
	cr_assert_eq(first.count, second.count);
	cr_expect_arr_eq(first.code, second.code, first.count * sizeof *first.code);
	cr_expect_eq(first.load_flags, second.load_flags);
}

static void overwrite(off_t at, char byte)
{
	autoclose int file = open(entry, O_WRONLY | O_CLOEXEC);

	cr_assert_eq(pwrite(file, &byte, 1, at), 1);
}

static off_t entry_size(void)
{
	struct stat about;

	cr_assert_eq(stat(entry, &about), 0);
	return about.st_size;
}

Test(seccomp_cache, a_hit_gives_the_same_bytes)
{
	struct stat about;

	compile_into(&first);
	cr_assert_eq(entries(), 1);
	cr_assert_eq(stat(entry, &about), 0);
	cr_expect_eq(about.st_mode & 07777, 0600);
	cr_assert_eq(stat(folder, &about), 0);
	cr_expect_eq(about.st_mode & 07777, 0700);
	compile_into(&second);
	same_programs();
	cr_expect_eq(warnings, 0, "%s", heard);
}

Test(seccomp_cache, a_hit_is_read_and_not_compiled)
{
	struct arena arena = { 0 };
	struct sc_key key;
	int dir;

	compile_into(&first);
	sc_key_of(&key, &arena, &seccomp);
	dir = sc_cache_open(folder);
	cr_assert_geq(dir, 0);
	cr_expect_eq(sc_cache_read(dir, &key, &second), 0);
	cr_expect_eq(first.count, second.count);
	close(dir);
	arena_free(&arena);
}

Test(seccomp_cache, another_profile_is_another_entry)
{
	struct spec_seccomp_rule other = { .names = WORDS("read", "write", "open", "at"),
					   .action = SECCOMP_ACTION_ALLOW };
	struct spec_seccomp kept = seccomp;

	compile_into(&first);
	seccomp.syscalls.at = &other;
	compile_into(&first);
	cr_expect_eq(entries(), 2);
	seccomp.syscalls = kept.syscalls;
	seccomp.default_errno_ret = (struct maybe_u32)GIVEN(EACCES);
	compile_into(&first);
	cr_expect_eq(entries(), 3);
	/* What is written out is what is implied. */
	seccomp.default_errno_ret = (struct maybe_u32)GIVEN(EPERM);
	compile_into(&first);
	cr_expect_eq(entries(), 3);
}

Test(seccomp_cache, flags_are_not_part_of_the_program)
{
	compile_into(&first);
	seccomp.flags_given = true;
	compile_into(&second);
	cr_expect_eq(entries(), 1);
	cr_expect_eq(second.load_flags, 0);
	cr_expect_eq(first.load_flags, SECCOMP_FILTER_FLAG_SPEC_ALLOW);
}

static void expect_replaced(const char *why)
{
	char expected[256];

	snprintf(expected, sizeof expected, "seccomp cache: entry %s not used: %s",
		 strrchr(entry, '/') + 1, why);
	compile_into(&second);
	cr_expect_str_eq(heard, expected);
	same_programs();
	warnings = 0;
	compile_into(&second); /* from the entry that replaced it */
	cr_expect_eq(warnings, 0, "%s", heard);
	same_programs();
}

Test(seccomp_cache, a_changed_program_is_not_used)
{
	compile_into(&first);
	entries();
	overwrite(entry_size() - 4, 'x');
	expect_replaced("it is damaged");
}

Test(seccomp_cache, a_short_entry_is_not_used)
{
	compile_into(&first);
	entries();
	cr_assert_eq(truncate(entry, entry_size() - 8), 0);
	expect_replaced("it is damaged");
	entries();
	cr_assert_eq(truncate(entry, 3), 0);
	expect_replaced("it is damaged");
}

Test(seccomp_cache, a_long_entry_is_not_used)
{
	compile_into(&first);
	entries();
	overwrite(entry_size(), 'x');
	expect_replaced("it is damaged");
}

Test(seccomp_cache, an_entry_of_another_key_is_not_used)
{
	compile_into(&first);
	entries();
	overwrite(24 + 10, 'x'); /* in the key: as if two profiles had one hash */
	compile_into(&second);
	same_programs();
	cr_expect_eq(entries(), 1);
}

Test(seccomp_cache, a_strangers_entry_is_not_used)
{
	if (geteuid())
		cr_skip("needs root to give a file away");
	compile_into(&first);
	entries();
	cr_assert_eq(chown(entry, 12345, 0), 0);
	expect_replaced("it is not a private file of ours");
}

Test(seccomp_cache, an_entry_others_can_write_is_not_used)
{
	compile_into(&first);
	entries();
	cr_assert_eq(chmod(entry, 0620), 0);
	expect_replaced("it is not a private file of ours");
}

Test(seccomp_cache, a_symlink_is_not_followed)
{
	compile_into(&first);
	entries();
	cr_assert_eq(unlink(entry), 0);
	cr_assert_eq(symlink("/etc/passwd", entry), 0);
	expect_replaced("it cannot be read");
}

Test(seccomp_cache, a_fifo_does_not_hold_us)
{
	compile_into(&first);
	entries();
	cr_assert_eq(unlink(entry), 0);
	cr_assert_eq(mkfifo(entry, 0600), 0);
	expect_replaced("it is not a private file of ours");
}

Test(seccomp_cache, a_folder_others_can_read_is_not_used)
{
	char expected[256];

	cr_assert_eq(mkdir(folder, 0700), 0);
	cr_assert_eq(chmod(folder, 0750), 0);
	compile_into(&first);
	snprintf(expected, sizeof expected,
		 "seccomp cache %s not used: expected a folder of uid %u with mode 0700, got uid "
		 "%u, mode 0750",
		 folder, geteuid(), geteuid());
	cr_expect_str_eq(heard, expected);
	cr_expect_eq(entries(), 0);
}

Test(seccomp_cache, a_folder_that_is_a_symlink_is_not_used)
{
	cr_assert_eq(symlink(".", folder), 0); /* `parent`, private and ours */
	compile_into(&first);
	cr_expect_eq(warnings, 1);
	cr_expect_gt(first.count, 0);
}

Test(seccomp_cache, a_missing_parent_is_a_warning)
{
	cr_assert_eq(sc_compile(&first, &seccomp, "/nonexistent/.seccomp"), 0);
	cr_expect_str_eq(heard, "seccomp cache /nonexistent/.seccomp not used: No such file or "
				"directory");
}

Test(seccomp_cache, the_oldest_entries_go)
{
	struct timespec times[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };

	compile_into(&first);
	for (unsigned i = 0; i < sc_cache_files + 5; i++) {
		snprintf(entry, sizeof entry, "%s/%u", folder, i);
		close(open(entry, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
		times[0].tv_sec = times[1].tv_sec = 1000 + i;
		utimensat(AT_FDCWD, entry, times, 0);
	}
	seccomp.default_errno_ret = (struct maybe_u32)GIVEN(EACCES);
	compile_into(&first);
	cr_expect_eq(entries(), sc_cache_files);
	snprintf(entry, sizeof entry, "%s/0", folder);
	cr_expect_neq(access(entry, F_OK), 0, "the oldest is still there");
	warnings = 0;
	seccomp.default_errno_ret = (struct maybe_u32){ 0 };
	compile_into(&first); /* made before, newest of all: still there */
	cr_expect_eq(warnings, 0);
	cr_expect_eq(entries(), sc_cache_files);
}

Test(seccomp_cache, what_a_hit_costs)
{
	static struct big_profile big;
	struct timespec start, end;
	double best = 1e9;

	make_big_profile(&big);
	cr_assert_eq(sc_compile(&first, &big.seccomp, folder), 0);
	for (unsigned i = 0; i < 20; i++) {
		double took;

		clock_gettime(CLOCK_MONOTONIC, &start);
		cr_assert_eq(sc_compile(&second, &big.seccomp, folder), 0);
		clock_gettime(CLOCK_MONOTONIC, &end);
		took = (double)(end.tv_sec - start.tv_sec) * 1e6 +
		       (double)(end.tv_nsec - start.tv_nsec) / 1e3;
		best = took < best ? took : best;
	}
	fprintf(stderr, "big profile: cache hit in %.0f us\n", best);
	same_programs();
	free_big_profile(&big);
}
