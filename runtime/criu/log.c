/* log.c -- why criu failed, in one line, and what helps.
 *
 * criu answers "no" and a number; the reason stands in its log, among hundreds of lines. The first
 * error is the cause, those after it are its consequences; but some errors are none, and those
 * about its own helpers come before the one that says what they were for.
 *
 * Cures are of criu's making, too ("Consider using --shell-job option"), in the words of our own
 * options; or they are what we found out ourselves. */
#include "runtime/criu/criu.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "runtime/base/fault.h"
#include "runtime/base/files.h"
#include "runtime/base/owned.h"
#include "runtime/base/proc.h"

enum { log_bytes_at_most = 64 * 1024 * 1024, cause_bytes_at_most = 1024 };

static const char *const no_causes[] = {
	"rlimit: Can't setup RLIMIT_NOFILE", /* goes on with what it has */
	"(criu/util.c:",		     /* a helper program: "exited, status=1" */
	"Unable to detach from",	     /* of what it gave up before it was attached */
	"Dumping FAILED",
	"Pre-dumping FAILED",
	"Restoring FAILED",
};

/* Said by the way, and then it is the end. */
static const char unmarked[] = "Can't connect to server ";

static const struct cure {
	const char *sign, *cure;
} cures[] = {
	{ "ext-unix-sk", "--ext-unix-sk allows it" },
	{ "external unix", "--ext-unix-sk allows it" },
	{ "tcp-established", "--tcp-established allows it" },
	{ "Connected TCP socket", "--tcp-established allows it" },
	{ "In-flight connection", "--tcp-skip-in-flight leaves it out" },
	{ "file locks", "--file-locks allows it" },
	{ "shell-job", "--shell-job allows it" },
	{ "link-remap", "--link-remap allows it" },
	{ "iptables-restore returned", "install iptables, or take --network-lock nftables" },
	{ "nftables", "install nftables, or take --network-lock iptables" },
	{ "rt vDSO", "this criu is too old for this kernel" },
	{ "Memory snapshot will not work", "the kernel lacks CONFIG_MEM_SOFT_DIRTY" },
	{ "memory tracking", "the kernel lacks CONFIG_MEM_SOFT_DIRTY" },
	{ "No parent found for mountpoint", "criu cannot work in a chroot" },
	{ "new_sp=", "hardware breakpoints do not work on this machine: CRIU_FAULT=130 in the "
		     "environment makes criu go without" },
	{ "Abort restore of existing cgroups", "the container's own cgroup is there before criu: "
					       "soft and full allow it" },
	{ "has bad size", "a file of the container's has to be as large as it was, unless it is open "
			  "for appending only" },
	{ "without peer", "the other end of a unix socket is in another network namespace" },
	{ "already exists", "a process id of the container is taken on this host" },
};

const char *criu_cure(const char *text)
{
	for (size_t i = 0; i < sizeof cures / sizeof *cures; i++) {
		if (strstr(text, cures[i].sign))
			return cures[i].cure;
	}
	return NULL;
}

static bool is_no_cause(const char *error)
{
	for (size_t i = 0; i < sizeof no_causes / sizeof *no_causes; i++) {
		if (strstr(error, no_causes[i]))
			return true;
	}
	return false;
}

/* "(00.097026) Error (criu/mount.c:123): mnt: No such" -- what follows the place. */
static const char *error_in(const char *line)
{
	const char *error = strstr(line, "Error ("), *text;

	text = error && !is_no_cause(error) ? strstr(error, "): ") : NULL;
	return text ? text + 3 : strstr(line, unmarked);
}

struct story {
	const char *error; /* the first one; NULL: none */
	const char *last;  /* line; NULL: there is no log */
};

/* `text` is cut up. */
static struct story story_in(char *text)
{
	struct story story = { 0 };

	for (char *line = text, *next; line && *line && !story.error; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		story.error = error_in(line);
		story.last = line;
	}
	return story;
}

static struct story read_story(const struct criu *criu)
{
	autoclose int fd = criu->log ? open(criu->log, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
	char *text;

	if (fd < 0 || read_all(fd, criu->arena, &text, log_bytes_at_most) <= 0)
		return (struct story){ 0 };
	return story_in(text);
}

static const char *name_of(enum criu_task task)
{
	switch (task) {
	case CRIU_DUMP:
		return "DUMP";
	case CRIU_RESTORE:
		return "RESTORE";
	case CRIU_PRE_DUMP:
		return "PRE_DUMP";
	}
	return "VERSION";
}

/* What criu says by itself is its first error, whatever that is worth. */
static const char *plain(struct arena *arena, const char *message)
{
	char *line = message ? arena_copy_bytes(arena, message, strcspn(message, "\n")) : NULL;

	return line ? error_in(line) : NULL;
}

static const char *how_it_ended(const struct criu *criu)
{
	int status = pidfd_wait_end(criu->pidfd, 1000) ? -1 : pidfd_peek(criu->pidfd);

	if (status > 128)
		return arena_format(criu->arena, "it was killed by signal %d (%s)", status - 128,
				    strsignal(status - 128));
	return status < 0 ? "it closed the connection"
			  : arena_format(criu->arena, "it ended with status %d", status);
}

static int with_cure(int result, const char *text)
{
	const char *cure = criu_cure(text);

	return cure ? advise(result, "%s", cure) : result;
}

int criu_failed(const struct criu *criu, int number, const char *message)
{
	struct story story = read_story(criu);
	const char *cause = story.error ? story.error : plain(criu->arena, message);
	int result;

	if (!cause)
		cause = how_it_ended(criu);
	result = refuse(EIO, "criu failed: type %s errno %d: %.*s%s%s", name_of(criu->task), number,
			cause_bytes_at_most, cause, story.last ? "; log file: " : "",
			story.last ? criu->log : "");
	if (criu->log && !story.last)
		advise(result, "there is no log at %s: a configuration file of criu's may have it "
			       "elsewhere", criu->log);
	return with_cure(result, cause);
}

int criu_stood_still(const struct criu *criu, int patience_s)
{
	struct story story = read_story(criu);
	const char *last = story.last ? story.last : "";
	int result = refuse(ETIMEDOUT, "criu stood still for %d seconds and was killed; the end of "
			    "its log: %.*s", patience_s, cause_bytes_at_most, last);

	return with_cure(result, last);
}
