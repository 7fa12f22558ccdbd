/* same.c -- the same bundle gives the same container in caisson as in runc.
 *
 *	same [BUNDLE]...	those of tests/same/bundles, all by default; "cpu_*" are several.
 *				Writes TAP
 *
 * Each bundle is run by both, one after the other, under the same path and ID. Its program is
 * tests/probe, which says all it can see of its container; what the host sees is added (facts.c).
 * Each line must be the same, or the difference be listed in docs/SAME.md with its reason.
 *
 * $RUNTIME is caisson ($BUILD/caisson), $RUNC what it is compared with (runc in $PATH), $SHOW=yes
 * shows what both said. Containers are made one at a time: this is for what they are, not for how
 * runtimes behave under load. */
#include "tests/same/same.h"

#include <fnmatch.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/lib/config.h"

static struct runtime ours, theirs;
static char their_version[64], probe[PATH_MAX], list[PATH_MAX], differences[PATH_MAX];
static volatile sig_atomic_t interrupted;
static bool any_failed;
struct arena words;

static void interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

/* ---- who ----------------------------------------------------------------------------------- */

static char *in_path(const char *name)
{
	/* Debian has runc in /usr/sbin, which is not in everybody's $PATH. */
	char *folders = NULL, *save, *folder;
	char path[PATH_MAX], *found = strchr(name, '/') ? realpath(name, NULL) : NULL;

	if (asprintf(&folders, "%s:/usr/sbin", getenv("PATH") ?: "") < 0)
		abort();
	for (folder = strtok_r(folders, ":", &save); folder && !strchr(name, '/') && !found;
	     folder = strtok_r(NULL, ":", &save)) {
		snprintf(path, sizeof path, "%s/%s", folder, name);
		if (access(path, X_OK) == 0)
			found = realpath(path, NULL);
	}
	free(folders);
	return found;
}

static void find_runtimes(void)
{
	const char *build = getenv("BUILD") ?: "build/release";
	char name[PATH_MAX];

	snprintf(name, sizeof name, "%s/tests/probe/probe", build);
	if (!realpath(name, probe))
		fprintf(stderr, "there is no %s\n", name);
	snprintf(name, sizeof name, "%s/caisson", build);
	ours.path = in_path(getenv("RUNTIME") ?: name);
	if (!ours.path)
		fprintf(stderr, "there is no %s\n", getenv("RUNTIME") ?: name);
	theirs.path = in_path(getenv("RUNC") ?: "runc");
	if (!realpath("tests/same/bundles", list))
		fprintf(stderr, "run me in the source directory\n");
	snprintf(differences, sizeof differences, "%s", realpath("docs/SAME.md", name) ?: "");
	if (!ours.path || !probe[0] || !list[0])
		exit(2);
}

/* "runc version 1.1.5+ds1" */
static void read_version(void)
{
	char *text, *version;

	if (chdir(stage.bundle) < 0)
		return;
	runtime_call(&theirs, (const char *const[]){ "--version", NULL });
	text = stage_text("../out");
	version = strstr(text, "version ");
	if (version)
		sscanf(version, "version %63s", their_version);
	free(text);
	unlink("../out");
	unlink("../err");
}

static bool older_than(const char *version)
{
	return strverscmp(their_version, version) < 0;
}

/* ---- one bundle ---------------------------------------------------------------------------- */

/* "name: value" in two; the name is cut off in place. */
static const char *value_of(char *line)
{
	char *colon = strstr(line, ": ");

	*colon = '\0';
	return colon + 2;
}

static unsigned differ(const char *bundle, const char *name, const char *one, const char *other)
{
	if (!strcmp(one, other) || accepted(bundle, name, one, other))
		return 0;
	printf("#   %s\n#     runc:    %s\n#     caisson: %s\n", name, one, other);
	return 1;
}

/* Both are sorted, so this walks them like a merge. */
static unsigned compare(const char *bundle, struct facts *one, struct facts *other)
{
	size_t i = 0, j = 0;
	unsigned count = 0;
	const char **value[2];
	struct facts *both[2] = { one, other };

	for (size_t side = 0; side < 2; side++) {
		value[side] = calloc(both[side]->count + 1, sizeof **value);
		for (size_t at = 0; at < both[side]->count; at++)
			value[side][at] = value_of(both[side]->line[at]);
	}
	while (i < one->count || j < other->count) {
		int order = i == one->count     ? 1
			    : j == other->count ? -1
						: strcmp(one->line[i], other->line[j]);

		count += differ(bundle, order > 0 ? other->line[j] : one->line[i],
				order > 0 ? "(none)" : value[0][i],
				order < 0 ? "(none)" : value[1][j]);
		i += order <= 0;
		j += order >= 0;
	}
	free(value[0]);
	free(value[1]);
	return count;
}

static bool try(const struct runtime *runtime, const struct bundle *bundle, const json_t *base,
		struct facts *facts, char **said)
{
	bool ran;

	stage_bundle(bundle, base, probe);
	ran = runtime_work(runtime, bundle, facts);
	*said = stage_text("../err");
	for (char *end; (end = strchr(*said, '\n'));)
		*end = end[1] ? ';' : '\0';
	stage_clear();
	if (getenv("SHOW")) {
		for (size_t i = 0; i < facts->count; i++)
			printf("#%s %s\n", runtime == &ours ? "ours" : "theirs", facts->line[i]);
		printf("#%s said: %s\n", runtime == &ours ? "ours" : "theirs", *said);
	}
	return ran;
}

static void check(unsigned number, const struct bundle *bundle, const json_t *base)
{
	struct facts one = { 0 }, other = { 0 };
	char *they, *we;
	bool they_ran, we_ran;
	unsigned count = 0;

	if (bundle->since && older_than(bundle->since)) {
		printf("ok %u - %s # SKIP this runc is %s, older than %s\n", number, bundle->name,
		       their_version, bundle->since);
		return;
	}
	they_ran = try(&theirs, bundle, base, &one, &they);
	we_ran = try(&ours, bundle, base, &other, &we);
	if (!they_ran && !we_ran) {
		printf("ok %u - %s # SKIP neither runs it here: %s\n", number, bundle->name, we);
	} else {
		if (they_ran && we_ran)
			count = compare(bundle->name, &one, &other);
		else
			count = differ(bundle->name, "runs", they_ran ? "yes" : they,
				       we_ran ? "yes" : we);
		printf("%s %u - %s\n", count ? "not ok" : "ok", number, bundle->name);
		if (count && (*they || *we))
			printf("#   runc said:    %s\n#   caisson said: %s\n", they, we);
	}
	any_failed |= count > 0;
	facts_free(&one);
	facts_free(&other);
	free(they);
	free(we);
}

/* ---- all of them --------------------------------------------------------------------------- */

static json_t *default_config(void)
{
	char path[PATH_MAX];
	json_t *base;

	snprintf(path, sizeof path, "%s/config.json", stage.bundle);
	unlink(path);
	runtime_call(&ours, (const char *const[]){ "spec", NULL });
	base = json_load_file(path, 0, NULL);
	config_set(base, "process.terminal", json_false());
	config_set(base, "process.args", config_parse("['/probe', '--hide']"));
	config_set(base, "process.args[+]", json_string(stage.id));
	unlink(path);
	return base;
}

static bool chosen(const struct bundle *bundle, int count, char **names)
{
	for (int i = 1; i < count; i++) {
		if (!fnmatch(names[i], bundle->name, 0))
			return true;
	}
	return count == 1;
}

static const char *open_all(void)
{
	const char *why;

	find_runtimes();
	if (!theirs.path)
		return "there is no runc here";
	why = stage_open();
	if (why)
		return why;
	snprintf(ours.root, sizeof ours.root, "%s/root-ours", stage.folder);
	snprintf(theirs.root, sizeof theirs.root, "%s/root-theirs", stage.folder);
	read_version();
	return NULL;
}

int main(int count, char **names)
{
	struct sigaction action = { .sa_handler = interrupt };
	const char *why;
	unsigned number = 0;
	json_t *base;

	setvbuf(stdout, NULL, _IOLBF, 0);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	why = open_all();
	if (why) {
		printf("ok 1 - the same container as runc # SKIP %s\n1..1\n", why);
		stage_close();
		return 0;
	}
	accepted_read(differences);
	base = default_config();
	printf("# %s %s\n", theirs.path, their_version);
	for (struct bundle *one = bundles_read(list); one && !interrupted; one = one->next) {
		if (chosen(one, count, names))
			check(++number, one, base);
	}
	if (count == 1)
		accepted_print_unused();
	printf("1..%u\n", number);
	json_decref(base);
	arena_free(&words);
	stage_close();
	return any_failed;
}
