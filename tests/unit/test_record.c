/* test_record.c -- the record of a container: taken once, whole or not at all, and freed in every
 * state a killed command or a broken disk can leave it in. */
#include <errno.h>
#include <sys/file.h>
#include <sys/wait.h>

#include "runtime/base/fault.h"
#include "state_root.h"

TestSuite(record, .init = make_state_root, .fini = remove_state_root);

static void refused(int result, int error, const char *what)
{
	cr_assert_eq(result, -error);
	cr_assert_str_eq(last_fault()->what, what);
}

static int look(struct record *record, const char *id)
{
	return record_load(record, &test_records, id, RECORD_LOOK, &test_arena);
}

Test(record, ids_are_checked)
{
	static const char *const good[] = { "a", "A-b_c+d.9", "-x", "+" };
	static const char *const bad[] = { ".", "..", ".hidden", "a\n", "\xc3\xa4" };
	char long_id[257];

	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		cr_assert_eq(record_check_id(good[i]), 0, "%s", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		refused(record_check_id(bad[i]), EINVAL, "invalid container ID format");
	refused(record_check_id("a/b"), EINVAL,
		"invalid container ID format: invalid character '/'");
	refused(record_check_id("a b:c"), EINVAL,
		"invalid container ID format: invalid character ' '");
	refused(record_check_id(""), EINVAL, "container id cannot be empty");
	memset(long_id, 'a', 256);
	long_id[256] = '\0';
	refused(record_check_id(long_id), EINVAL, "invalid container ID format");
	long_id[255] = '\0';
	cr_assert_eq(record_check_id(long_id), 0);
}

Test(record, what_is_written_is_read)
{
	struct record made, read;
	struct pair note = { (char *)"org.example.key", (char *)"gr\xc3\xbc\xc3\x9f" };
	char *paths[] = { (char *)"memory=/web", (char *)"cpu,cpuacct=/web", NULL };

	cr_assert_eq(reserve(&made, "web"), 0);
	made.rootfs = (char *)"/bundles/web/rootfs";
	made.oci_version = (char *)"1.2.0";
	made.annotations = (struct pairs) { &note, 1 };
	made.cgroups = (struct strings) { paths, 2 };
	made.driver = CG_SYSTEMD;
	made.init = (struct process) { 4242, 18446744073709ull };
	made.rootless = made.own_pid_namespace = made.has_poststop = true;
	cr_assert_eq(record_write(&made), 0);
	record_close(&made);

	cr_assert_eq(look(&read, "web"), 0);
	cr_assert_eq(read.phase, RECORD_CREATED);
	cr_assert_str_eq(read.id, "web");
	cr_assert_str_eq(read.bundle, "/bundles/web");
	cr_assert_str_eq(read.rootfs, "/bundles/web/rootfs");
	cr_assert_str_eq(read.oci_version, "1.2.0");
	cr_assert_str_eq(read.created, made.created);
	cr_assert_str_eq(read.boot_id, made.boot_id);
	cr_assert_str_eq(read.annotations.at[0].key, "org.example.key");
	cr_assert_str_eq(read.annotations.at[0].value, note.value);
	cr_assert_eq(read.cgroups.count, 2);
	cr_assert_str_eq(read.cgroups.at[1], "cpu,cpuacct=/web");
	cr_assert_null(read.cgroups.at[2]);
	cr_assert_eq(read.driver, CG_SYSTEMD);
	cr_assert_eq(read.init.pid, 4242);
	cr_assert_eq(read.init.started, 18446744073709ull);
	cr_assert(read.rootless && read.own_pid_namespace && read.has_poststop);
	cr_assert_eq(read.owner, geteuid());
	record_close(&read);
}

Test(record, an_id_is_taken_once)
{
	struct record first, second;

	cr_assert_eq(reserve(&first, "web"), 0);
	refused(reserve(&second, "web"), EEXIST, "container with given ID already exists");
	cr_assert_str_eq(last_fault()->hint, "");
	record_close(&first);
	refused(reserve(&second, "web"), EEXIST, "container with given ID already exists");
	cr_assert_str_eq(last_fault()->hint, "its create was killed: caisson delete --force web");
	cr_assert_eq(second.dir, -1);
}

Test(record, a_record_appears_locked_and_with_its_intent)
{
	struct record maker, other;

	cr_assert_eq(reserve(&maker, "web"), 0);
	cr_assert(there_is("web", "intent.json"));
	cr_assert_eq(look(&other, "web"), 0);
	cr_assert(other.in_the_making);
	cr_assert_eq(other.phase, RECORD_INTENT);
	cr_assert_str_eq(other.bundle, "/bundles/web");
	record_close(&other);
	record_close(&maker);
	cr_assert_eq(look(&other, "web"), 0);
	cr_assert_not(other.in_the_making);
	cr_assert_eq(other.phase, RECORD_INTENT);
	record_close(&other);
}

Test(record, the_intent_learns_pid_and_cgroups)
{
	struct record maker, other;
	char *paths[] = { (char *)"unified=/web", NULL };

	cr_assert_eq(reserve(&maker, "web"), 0);
	maker.cgroups = (struct strings) { paths, 1 };
	maker.init = (struct process) { 77, 99 };
	cr_assert_eq(record_intend(&maker), 0);
	record_close(&maker);
	cr_assert_eq(look(&other, "web"), 0);
	cr_assert_eq(other.init.pid, 77);
	cr_assert_str_eq(other.cgroups.at[0], "unified=/web");
	record_close(&other);
}

Test(record, an_unknown_id_does_not_exist)
{
	struct record record;

	refused(look(&record, "web"), ENOENT, "container does not exist");
	refused(look(&record, "a/../web"), EINVAL,
		"invalid container ID format: invalid character '/'");
	close(openat(test_records.fd, "file", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	refused(look(&record, "file"), ENOENT, "container does not exist");
	cr_assert_eq(symlinkat("/", test_records.fd, "link"), 0);
	refused(look(&record, "link"), ENOENT, "container does not exist");
	cr_assert_eq(record.dir, -1);
}

static const struct damage {
	const char *name, *bytes;
	size_t length;
} damages[] = {
	{ "empty", "", 0 },
	{ "garbage", "\xff\xfe\x00\x01garbage", 11 },
	{ "NULs", "\0\0\0\0\0\0\0\0", 8 },
	{ "another type", "[1, 2]\n", 7 },
	{ "no keys", "{}\n", 3 },
	{ "another id", "{\"id\":\"other\",\"bootId\":\"\"}\n", 28 },
};

Test(record, a_damaged_state_falls_back_to_the_intent)
{
	for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
		struct record record;

		make_container(&record, "web", getpid());
		put_file("web", "state.json", damages[i].bytes, damages[i].length);
		cr_assert_eq(look(&record, "web"), 0, "%s", damages[i].name);
		cr_assert_eq(record.phase, RECORD_DAMAGED, "%s", damages[i].name);
		cr_assert_str_eq(record.bundle, "/bundles/web");
		cr_assert_eq(record.init.pid, getpid());
		cr_assert_eq(record_remove(&record), 0);
		record_close(&record);
	}
}

Test(record, every_truncation_of_a_state_is_noticed)
{
	struct record record;
	char *text;
	size_t length;

	make_container(&record, "web", getpid());
	text = record_text(&record);
	length = strlen(text);
	cr_assert_eq(record_parse(&record, text, length), 0);
	/* The last byte is the newline. */
	for (size_t cut = 0; cut < length - 1; cut++)
		cr_assert_eq(record_parse(&record, text, cut), -EINVAL, "%zu bytes", cut);
	cr_assert_eq(record.phase, RECORD_CREATED);
}

Test(record, a_changed_byte_is_noticed_or_harmless)
{
	struct record record;
	char *text;

	make_container(&record, "web", getpid());
	text = record_text(&record);
	for (size_t i = 0; text[i]; i++) {
		struct record read = record;
		char kept = text[i];

		text[i] = (char)(kept ^ 0x15);
		if (record_parse(&read, text, strlen(text)) == 0) {
			cr_assert_str_eq(read.id, "web");
			cr_assert_not_null(read.bundle);
			cr_assert_geq(read.init.pid, 0);
		}
		text[i] = kept;
	}
}

Test(record, without_any_file_it_can_still_be_removed)
{
	struct record record;

	cr_assert_eq(mkdirat(test_records.fd, "web", 0700), 0);
	cr_assert_eq(look(&record, "web"), 0);
	cr_assert_eq(record.phase, RECORD_DAMAGED);
	cr_assert_eq(record.init.pid, 0);
	cr_assert_eq(record_remove(&record), 0);
	record_close(&record);
	refused(look(&record, "web"), ENOENT, "container does not exist");
}

Test(record, removing_takes_folders_and_sockets_along)
{
	struct record record;

	make_container(&record, "web", getpid());
	put_file("web", "start.sock", "", 0);
	cr_assert_eq(look(&record, "web"), 0);
	cr_assert_eq(mkdirat(record.dir, "notify", 0700), 0);
	put_file("web", "notify/notify.sock", "", 0);
	cr_assert_eq(record_remove(&record), 0);
	cr_assert_eq(record_remove(&record), 0, "gone already is no error");
	record_close(&record);
}

Test(record, ids_are_listed_sorted_and_ours_left_out)
{
	struct record record;
	struct strings ids;

	make_container(&record, "web2", 0);
	make_container(&record, "web10", 0);
	make_container(&record, "Db", 0);
	mkdirat(test_records.fd, ".seccomp", 0700);
	close(openat(test_records.fd, "file", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	cr_assert_eq(records_list(&test_records, &ids, &test_arena), 0);
	cr_assert_eq(ids.count, 3);
	cr_assert_str_eq(ids.at[0], "Db");
	cr_assert_str_eq(ids.at[1], "web10");
	cr_assert_str_eq(ids.at[2], "web2");
	cr_assert_null(ids.at[3]);
}

Test(record, what_a_killed_command_left_is_swept)
{
	int alive;

	mkdirat(test_records.fd, ".dead-1-0", 0700);
	mkdirat(test_records.fd, ".new-1-0", 0700);
	mkdirat(test_records.fd, ".new-2-0", 0700);
	mkdirat(test_records.fd, ".seccomp", 0700);
	put_file(".dead-1-0", "state.json", "x", 1);
	alive = openat(test_records.fd, ".new-2-0", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cr_assert_eq(flock(alive, LOCK_EX), 0);
	records_sweep(&test_records);
	cr_assert_not(there_is(".dead-1-0", ""));
	cr_assert_not(there_is(".new-1-0", ""));
	cr_assert(there_is(".new-2-0", ""), "its maker is alive");
	cr_assert(there_is(".seccomp", ""));
	close(alive);
}

Test(record, what_another_command_swept_first_is_removed)
{
	cr_assert_eq(records_remove_tree(test_records.fd, ".dead-1-0"), 0);
}

/* Fifty containers that end at once: each command sweeps what others are removing. */
Test(record, two_that_remove_the_same_do_not_fail)
{
	for (int round = 0; round < 200; round++) {
		pid_t other;
		int status;

		mkdirat(test_records.fd, ".dead-1-0", 0700);
		put_file(".dead-1-0", "state.json", "x", 1);
		put_file(".dead-1-0", "config.json", "x", 1);
		other = fork();
		if (other == 0)
			_exit(records_remove_tree(test_records.fd, ".dead-1-0") ? 1 : 0);
		cr_assert_eq(records_remove_tree(test_records.fd, ".dead-1-0"), 0);
		cr_assert_eq(waitpid(other, &status, 0), other);
		cr_assert_eq(status, 0);
	}
}

Test(record, a_lock_is_waited_for)
{
	struct record maker, other;
	int fds[2];
	char byte = 0;

	cr_assert_eq(pipe(fds), 0);
	cr_assert_eq(reserve(&maker, "web"), 0);
	if (fork() == 0) {
		/* The lock goes when the last descriptor of it does. */
		close(fds[1]);
		_exit(read(fds[0], &byte, 1) == 1 && record_write(&maker) == 0 ? 0 : 1);
	}
	record_close(&maker);
	cr_assert_eq(look(&other, "web"), 0);
	cr_assert(other.in_the_making);
	record_close(&other);
	cr_assert_eq(write(fds[1], &byte, 1), 1);
	cr_assert_eq(record_load(&other, &test_records, "web", RECORD_LOCK, &test_arena), 0);
	cr_assert_eq(other.phase, RECORD_CREATED);
	record_close(&other);
}

Test(record, what_is_removed_while_one_waits_does_not_exist)
{
	struct record holder, other;
	int fds[2];
	char byte = 0;

	make_container(&holder, "web", 0);
	cr_assert_eq(record_load(&holder, &test_records, "web", RECORD_LOCK, &test_arena), 0);
	cr_assert_eq(pipe(fds), 0);
	if (fork() == 0) {
		close(fds[1]);
		/* After the parent: its end of the pipe tells that it looked at the record. */
		(void)!read(fds[0], &byte, 1);
		_exit(record_remove(&holder) == 0 ? 0 : 1);
	}
	record_close(&holder);
	cr_assert_eq(write(fds[1], &byte, 1), 1);
	refused(record_load(&other, &test_records, "web", RECORD_LOCK, &test_arena), ENOENT,
		"container does not exist");
}

Test(record, files_are_for_their_owner_alone)
{
	struct record record;
	struct stat about;

	umask(0);
	make_container(&record, "web", 0);
	cr_assert_eq(fstatat(test_records.fd, "web", &about, 0), 0);
	cr_assert_eq(about.st_mode & 07777, 0700);
	cr_assert_eq(fstatat(test_records.fd, "web/state.json", &about, 0), 0);
	cr_assert_eq(about.st_mode & 07777, 0600);
	cr_assert_eq(fstatat(test_records.fd, "web/intent.json", &about, 0), 0);
	cr_assert_eq(about.st_mode & 07777, 0600);
}

Test(record, a_root_others_can_write_to_is_refused)
{
	struct records records;
	char what[128];

	cr_assert_eq(chmod(state_root, 0777), 0);
	snprintf(what, sizeof what, "others can write to the state directory %s", state_root);
	refused(records_open(&records, state_root, false, &test_arena), EPERM, what);
	cr_assert_eq(chmod(state_root, 01777), 0);
	cr_assert_eq(records_open(&records, state_root, false, &test_arena), 0);
	records_close(&records);
}

Test(record, a_root_of_somebody_else_is_refused)
{
	struct records records;
	char what[128];

	if (geteuid() != 0)
		cr_skip("needs root, to give a directory away");
	cr_assert_eq(chown(state_root, 4242, 4242), 0);
	snprintf(what, sizeof what, "the state directory %s belongs to user 4242, not to us",
		 state_root);
	refused(records_open(&records, state_root, false, &test_arena), EPERM, what);
	cr_assert_eq(chown(state_root, 0, 0), 0);
}

Test(record, a_missing_root_is_empty_or_made)
{
	struct records records;
	struct strings ids;
	char *below = arena_format(&test_arena, "%s/a/b", state_root);

	cr_assert_eq(records_open(&records, below, false, &test_arena), 0);
	cr_assert_eq(records.fd, -1);
	cr_assert_eq(records_list(&records, &ids, &test_arena), 0);
	cr_assert_eq(ids.count, 0);
	cr_assert_eq(records_open(&records, below, true, &test_arena), 0);
	cr_assert_geq(records.fd, 0);
	records_close(&records);
}

Test(record, a_relative_root_is_made_absolute_at_once)
{
	struct records records;

	cr_assert_eq(chdir(state_root), 0);
	cr_assert_eq(records_open(&records, "sub", true, &test_arena), 0);
	cr_assert_str_eq(records.path, arena_format(&test_arena, "%s/sub", state_root));
	records_close(&records);
}

Test(record, a_user_has_a_root_of_their_own)
{
	struct records records;

	if (geteuid() != 0)
		cr_skip("needs root, to become a user");
	cr_assert_eq(setenv("XDG_RUNTIME_DIR", "/run/user/4242", 1), 0);
	cr_assert_eq(records_open(&records, NULL, false, &test_arena), 0);
	cr_assert_str_eq(records.path, "/run/caisson");
	records_close(&records);
	cr_assert_eq(seteuid(4242), 0);
	cr_assert_eq(records_open(&records, NULL, false, &test_arena), 0);
	cr_assert_str_eq(records.path, "/run/user/4242/caisson");
	cr_assert_eq(seteuid(0), 0);
}

Test(record, another_boot_is_another_life)
{
	struct record record;

	make_container(&record, "web", getpid());
	cr_assert(record_of_this_boot(&record));
	strcpy(record.boot_id, "00000000-0000-0000-0000-000000000000");
	cr_assert_not(record_of_this_boot(&record));
}

Test(record, a_path_that_is_no_utf8_is_refused_and_nothing_is_left)
{
	struct record record;

	cr_assert_eq(record_begin(&record, &test_records, "web", "/b\xff", &test_arena), 0);
	refused(record_reserve(&record, &test_records), EILSEQ,
		"the path of the bundle /b\xff or of its rootfs is not UTF-8");
	cr_assert_not(there_is("web", ""));
	rmdir(state_root);
	cr_assert_eq(access(state_root, F_OK), -1, "empty, so it could be removed");
	cr_assert_eq(mkdir(state_root, 0700), 0);
}
