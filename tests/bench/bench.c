/* bench.c -- times commands against each other: medians, and ratios run by run.
 *
 *	bench [-n ROUNDS] [-i PAUSE_MS] [-r REFERENCES] -- NAME CMD [ARG...] [-- NAME CMD ...]...
 *
 * In each round every command runs once, in an order that rotates from round to round, so that a
 * slow spell of the machine hits all of them alike; a ratio is taken within a round and the median
 * of those ratios is printed, against each of the first REFERENCES commands (1): of the time and,
 * in brackets, of the CPU time. CPU time and page faults are those of the whole tree of processes,
 * the memory that of its largest. PAUSE_MS before
 * each start (0) tells apart what a burst hides: waits for RCU, cold caches, sleeping CPUs. The
 * word {} in a command becomes a name that no other run has; a word + begins another program, whose
 * time is added. Output goes to /dev/null; what a command that fails said on stderr is shown.
 *
 * Does not pin CPUs or set governors: what is compared runs on the same machine, side by side. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { most_commands = 16, most_words = 64 };

struct command {
	const char *name;
	char **words;
	size_t count;
	double *wall, *cpu, *faults; /* ms, ms and minor faults, one for each round */
	long peak_kib;
};

static struct command commands[most_commands];
static size_t command_count;
static unsigned rounds = 30, pause_ms, references = 1;
extern char **environ;

static void give_up(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static double as_ms(struct timeval time)
{
	return (double)time.tv_sec * 1e3 + (double)time.tv_usec / 1e3;
}

/* The program that begins at word `from`; returns where the next one does. */
static size_t fill_in(char *argv[], char *name, const struct command *command, size_t from)
{
	size_t count = 0;

	for (; from < command->count && strcmp(command->words[from], "+"); from++)
		argv[count++] = strcmp(command->words[from], "{}") ? command->words[from] : name;
	argv[count] = NULL;
	if (!count)
		give_up("a + without a program");
	return from + 1;
}

static void empty(FILE *file)
{
	if (ftruncate(fileno(file), 0) < 0 || lseek(fileno(file), 0, SEEK_SET) < 0)
		give_up("cannot empty a temporary file");
}

static void show(FILE *file)
{
	char text[4096];
	ssize_t length = pread(fileno(file), text, sizeof text, 0);

	if (length > 0)
		fwrite(text, 1, (size_t)length, stderr);
}

static posix_spawn_file_actions_t quiet;
static FILE *said;

static void prepare(void)
{
	said = tmpfile();
	if (!said)
		give_up("cannot make a temporary file");
	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_adddup2(&quiet, fileno(said), 2);
	posix_spawn_file_actions_addclosefrom_np(&quiet, 3);
}

/* posix_spawn is a vfork: our own size does not count. The peak starts from ours, though: keep
 * this program small. */
static void run_program(struct command *command, char **argv, unsigned round)
{
	struct rusage usage;
	int status, error;
	double start;
	pid_t pid;

	empty(said);
	start = now_ms();
	error = posix_spawnp(&pid, argv[0], &quiet, NULL, argv, environ);
	if (error) {
		fprintf(stderr, "bench: %s: %s\n", argv[0], strerror(error));
		exit(1);
	}
	while (wait4(pid, &status, 0, &usage) < 0) {
		if (errno != EINTR)
			give_up("wait4 failed");
	}
	command->wall[round] += now_ms() - start;
	command->cpu[round] += as_ms(usage.ru_utime) + as_ms(usage.ru_stime);
	command->faults[round] += (double)usage.ru_minflt;
	if (usage.ru_maxrss > command->peak_kib)
		command->peak_kib = usage.ru_maxrss;
	if (!status)
		return;
	show(said);
	fprintf(stderr, "bench: %s failed in round %u, status %#x\n", command->name, round,
		(unsigned)status);
	exit(1);
}

static void run(struct command *command, unsigned round)
{
	static unsigned serial;
	char *argv[most_words + 1], name[32];

	snprintf(name, sizeof name, "bench-%d-%u", getpid(), ++serial);
	command->wall[round] = command->cpu[round] = command->faults[round] = 0;
	for (size_t next = 0; next < command->count;) {
		next = fill_in(argv, name, command, next);
		run_program(command, argv, round);
	}
}

static int compare(const void *one, const void *other)
{
	double difference = *(const double *)one - *(const double *)other;

	return (difference > 0) - (difference < 0);
}

/* Sorts a copy: the rounds' order is needed for the ratios. */
static double quantile(const double *values, double part)
{
	double *sorted = malloc(rounds * sizeof *sorted), value;

	if (!sorted)
		give_up("out of memory");
	memcpy(sorted, values, rounds * sizeof *sorted);
	qsort(sorted, rounds, sizeof *sorted, compare);
	value = sorted[(size_t)(part * (rounds - 1) + 0.5)];
	free(sorted);
	return value;
}

/* Of one command's values to another's, round by round. */
static double median_ratio(const double *values, const double *others)
{
	double *ratios = malloc(rounds * sizeof *ratios), median;

	if (!ratios)
		give_up("out of memory");
	for (unsigned round = 0; round < rounds; round++)
		ratios[round] = values[round] / others[round];
	median = quantile(ratios, 0.5);
	free(ratios);
	return median;
}

static void print_table(void)
{
	printf("%-10s %8s %8s %8s %8s %8s %8s", "ms", "median", "min", "p90", "cpu", "faults",
	       "KiB");
	for (unsigned i = 0; i < references; i++)
		printf("  x %-5s (cpu)", commands[i].name);
	printf("\n");
	for (size_t i = 0; i < command_count; i++) {
		const struct command *command = &commands[i];

		printf("%-10s %8.2f %8.2f %8.2f %8.2f %8.0f %8ld", command->name,
		       quantile(command->wall, 0.5), quantile(command->wall, 0),
		       quantile(command->wall, 0.9), quantile(command->cpu, 0.5),
		       quantile(command->faults, 0.5), command->peak_kib);
		for (unsigned r = 0; r < references; r++)
			printf("  %5.2f  (%.2f)", median_ratio(command->wall, commands[r].wall),
			       median_ratio(command->cpu, commands[r].cpu));
		printf("\n");
	}
}

static void add_command(char **words, size_t count)
{
	struct command *command = &commands[command_count];

	if (count < 2)
		give_up("a command needs a name and a program");
	if (command_count++ == most_commands || count > most_words)
		give_up("too many commands, or words in one");
	command->name = words[0];
	command->words = words + 1;
	command->count = count - 1;
	command->wall = calloc(rounds, sizeof *command->wall);
	command->cpu = calloc(rounds, sizeof *command->cpu);
	command->faults = calloc(rounds, sizeof *command->faults);
	if (!command->wall || !command->cpu || !command->faults)
		give_up("out of memory");
}

static void read_arguments(int argc, char **argv)
{
	int option, start;

	while ((option = getopt(argc, argv, "+n:i:r:")) != -1) {
		if (option == 'n')
			rounds = (unsigned)atoi(optarg);
		else if (option == 'i')
			pause_ms = (unsigned)atoi(optarg);
		else if (option == 'r')
			references = (unsigned)atoi(optarg);
		else
			exit(2);
	}
	if (!rounds)
		give_up("no rounds");
	for (start = optind; start < argc;) {
		int end = start;

		while (end < argc && strcmp(argv[end], "--"))
			end++;
		add_command(argv + start, (size_t)(end - start));
		start = end + 1;
	}
	if (!command_count)
		give_up("nothing to time");
	if (references > command_count)
		references = (unsigned)command_count;
}

int main(int argc, char **argv)
{
	read_arguments(argc, argv);
	prepare();
	for (size_t i = 0; i < command_count; i++)
		run(&commands[i], 0); /* overwritten by the first round: warms the caches */
	for (unsigned round = 0; round < rounds; round++) {
		for (size_t i = 0; i < command_count; i++) {
			const struct timespec pause = { pause_ms / 1000,
							pause_ms % 1000 * 1000000L };

			nanosleep(&pause, NULL);
			run(&commands[(i + round) % command_count], round);
		}
	}
	print_table();
	return 0;
}
