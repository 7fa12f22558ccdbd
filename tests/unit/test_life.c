/* test_life.c -- in which state a container is, and how others are told. */
#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <sys/wait.h>

#include "runtime/base/fault.h"
#include "runtime/life.h"
#include "state_root.h"

TestSuite(life, .init = make_state_root, .fini = remove_state_root);

static enum life life_now(const char *id)
{
	struct record record;
	enum life life;

	cr_assert_eq(record_load(&record, &test_records, id, RECORD_LOOK, &test_arena), 0);
	life = life_of(&record);
	record_close(&record);
	return life;
}

static pid_t start_sleeper(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		pause();
		_exit(0);
	}
	cr_assert_gt(pid, 0);
	return pid;
}

Test(life, it_is_created_until_the_gate_is_gone)
{
	struct record record;

	make_container(&record, "web", getpid());
	put_file("web", LIFE_GATE, "", 0);
	cr_assert_eq(life_now("web"), LIFE_CREATED);
	unlinkat(test_records.fd, "web/" LIFE_GATE, 0);
	cr_assert_eq(life_now("web"), LIFE_RUNNING);
}

Test(life, it_is_creating_while_its_maker_lives)
{
	struct record record;

	cr_assert_eq(reserve(&record, "web"), 0);
	cr_assert_eq(life_now("web"), LIFE_CREATING);
	record_close(&record);
	cr_assert_eq(life_now("web"), LIFE_UNKNOWN);
}

Test(life, a_zombie_has_stopped)
{
	struct record record;
	pid_t pid = start_sleeper();
	siginfo_t info;

	make_container(&record, "web", pid);
	cr_assert_eq(life_now("web"), LIFE_RUNNING);
	kill(pid, SIGKILL);
	cr_assert_eq(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	cr_assert_eq(life_now("web"), LIFE_STOPPED);
	waitpid(pid, NULL, 0);
	cr_assert_eq(life_now("web"), LIFE_STOPPED);
}

Test(life, a_pid_that_changed_hands_is_nobody)
{
	struct record record;

	make_container(&record, "web", getpid());
	cr_assert_eq(record_load(&record, &test_records, "web", RECORD_LOOK, &test_arena), 0);
	record.init.started--;
	cr_assert_eq(record_write(&record), 0);
	record_close(&record);
	cr_assert_eq(life_now("web"), LIFE_STOPPED);
}

Test(life, nothing_outlives_a_reboot)
{
	struct record record;

	make_container(&record, "web", getpid());
	cr_assert_eq(record_load(&record, &test_records, "web", RECORD_LOOK, &test_arena), 0);
	strcpy(record.boot_id, "00000000-0000-0000-0000-000000000000");
	cr_assert_eq(record_write(&record), 0);
	record_close(&record);
	cr_assert_eq(life_now("web"), LIFE_STOPPED);
}

Test(life, a_damaged_record_is_unknown)
{
	struct record record;

	make_container(&record, "web", getpid());
	put_file("web", "state.json", "{", 1);
	cr_assert_eq(life_now("web"), LIFE_UNKNOWN);
}

static struct record example(void)
{
	static struct pair notes[] = { { (char *)"b", (char *)"2" }, { (char *)"a", (char *)"1" } };

	return (struct record) {
		.id = (char *)"web",
		.bundle = (char *)"/bundles/web",
		.rootfs = (char *)"/bundles/web/rootfs",
		.created = (char *)"2026-11-22T07:57:29.075741679Z",
		.oci_version = (char *)"1.2.0",
		.init = { 4242, 99 },
		.annotations = { notes, 2 },
		.arena = &test_arena,
	};
}

Test(life, state_is_printed_as_runc_does)
{
	struct record record = example();

	cr_assert_str_eq(life_state(&record, LIFE_RUNNING, &test_arena),
			 "{\n"
			 "  \"ociVersion\": \"1.2.0\",\n"
			 "  \"id\": \"web\",\n"
			 "  \"pid\": 4242,\n"
			 "  \"status\": \"running\",\n"
			 "  \"bundle\": \"/bundles/web\",\n"
			 "  \"rootfs\": \"/bundles/web/rootfs\",\n"
			 "  \"created\": \"2026-11-22T07:57:29.075741679Z\",\n"
			 "  \"annotations\": {\n"
			 "    \"b\": \"2\",\n"
			 "    \"a\": \"1\"\n"
			 "  },\n"
			 "  \"owner\": \"root\"\n"
			 "}\n");
}

Test(life, a_stopped_container_has_pid_0_and_no_empty_annotations)
{
	struct record record = example();

	record.annotations.count = 0;
	record.owner = 4242424;
	cr_assert_str_eq(
		life_state_line(&record, LIFE_STOPPED, &test_arena),
		"{\"ociVersion\":\"1.2.0\",\"id\":\"web\",\"pid\":0,\"status\":\"stopped\","
		"\"bundle\":\"/bundles/web\",\"rootfs\":\"/bundles/web/rootfs\","
		"\"created\":\"2026-11-22T07:57:29.075741679Z\",\"owner\":\"#4242424\"}");
}

Test(life, hooks_are_told_what_the_spec_says)
{
	struct record record = example();

	cr_assert_str_eq(life_hook_state(&record, LIFE_CREATING, 4242, &test_arena),
			 "{\"ociVersion\":\"1.2.0\",\"id\":\"web\",\"status\":\"creating\","
			 "\"pid\":4242,\"bundle\":\"/bundles/web\","
			 "\"annotations\":{\"b\":\"2\",\"a\":\"1\"}}");
	record.annotations.count = 0;
	record.oci_version = NULL;
	cr_assert_str_eq(life_hook_state(&record, LIFE_STOPPED, 0, &test_arena),
			 "{\"ociVersion\":\"1.3.0\",\"id\":\"web\",\"status\":\"stopped\","
			 "\"bundle\":\"/bundles/web\"}");
}

Test(life, a_seccomp_agent_is_told_what_the_spec_says)
{
	struct record record = example();

	record.annotations.count = 0;
	cr_assert_str_eq(life_seccomp_state(&record, LIFE_CREATING, 4242, "profile=x", &test_arena),
			 "{\"ociVersion\":\"1.3.0\",\"fds\":[\"seccompFd\"],\"pid\":4242,"
			 "\"metadata\":\"profile=x\",\"state\":{\"ociVersion\":\"1.2.0\","
			 "\"id\":\"web\",\"status\":\"creating\",\"pid\":4242,"
			 "\"bundle\":\"/bundles/web\"}}");
	cr_assert_null(strstr(life_seccomp_state(&record, LIFE_CREATING, 1, NULL, &test_arena),
			      "metadata"));
}
