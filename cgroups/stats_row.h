/* stats_row.h -- a row of the table of counters, and the readers of the files it names.
 *
 * Only the stats*.c of this room include it. */
#ifndef CAISSON_CGROUPS_STATS_ROW_H
#define CAISSON_CGROUPS_STATS_ROW_H

#include "cgroups/stats.h"

/* What a row holds, and so what lies at its offset in struct cg_stats. */
enum stat_kind {
	STAT_NUMBER,   /* uint64_t */
	STAT_SIGNED,   /* int64_t */
	STAT_NUMBERS,  /* struct cg_numbers: one for each cpu */
	STAT_CPUS,     /* struct cg_numbers, from "0-3,7" */
	STAT_COUNTS,   /* struct cg_counts */
	STAT_EVENTS,   /* the same, of what happened at all: who waits for "oom" may search for it */
	STAT_PRESSURE, /* struct cg_pressure */
	STAT_IO,       /* struct cg_io */
	STAT_HUGE,     /* struct cg_huge_pages */
	STAT_RDMA,     /* struct cg_rdma */
	STAT_MISC,     /* struct cg_misc */
	STAT_OBJECT,   /* const char *: JSON as it stands, NULL: {} */
	STAT_NULL,     /* nothing: null */
};

/* Where a version has it. */
struct stat_source {
	const char *file; /* NULL: nowhere */
	const char *key; /* the line of a flat-keyed file, the column of a table; NULL: all of it */
	uint64_t scale;  /* what one of the file's units is in ours; 0: the same */
};

struct stat_row {
	const char *path; /* in the JSON: "cpu.usage.total" */
	enum stat_kind kind;
	bool even_zero; /* written also when it is 0 */
	size_t offset;  /* in struct cg_stats */
	const char *v1_controller;
	struct stat_source v1, v2;
};

/* stats_table.c */
extern const struct stat_row cg_stat_rows[];
extern const size_t cg_stat_row_count;

/* ---- stats_text.c: one text. 0 or -EINVAL, silently -------------------------------------------
 */

/* "123\n". "max" is CG_NO_LIMIT; a negative number, which some kernels' memory.stat has for a
 * moment, is 0. */
int stat_number(const char *text, uint64_t *value);
int stat_signed(const char *text, int64_t *value);
/* The number behind `key` in lines "key number"; 0 when there is no such line. */
int stat_keyed(const char *text, const char *key, uint64_t *value);
/* All of them, sorted by key. */
int stat_counts(char *text, struct cg_counts *counts, struct arena *arena);
/* The same without what is 0. */
int stat_events(char *text, struct cg_counts *counts, struct arena *arena);
/* "1 2 3\n"; or with `column` the column of that name in a table whose first line has the names. */
int stat_numbers(char *text, const char *column, struct cg_numbers *numbers, struct arena *arena);
/* "0-3,7\n" as 0 1 2 3 7. */
int stat_cpus(char *text, struct cg_numbers *numbers, struct arena *arena);
/* "some avg10=0.00 avg60=0.00 avg300=0.00 total=0", and likewise "full". */
int stat_pressure(char *text, struct cg_pressure *pressure);
/* The next line that is not empty, ended in place, NULL at the end; *rest is what follows. */
char *stat_line(char **rest);
/* The next word of a line likewise. */
char *stat_word(char **rest);

/* ---- what is counted per device or kind ------------------------------------------------------
 * Of one directory: 0 or a negative errno, silently. */

typedef int stat_reader(int dir, bool v2, struct cg_stats *stats, struct arena *arena);

/* stats_io.c: stats->io but its pressure, from blkio.* or io.stat. */
stat_reader stat_read_io;
/* "8:0 Read 4096", "8:0 17" and "Total 4096", which is left out. */
int stat_blkio(char *text, struct cg_io *io, struct arena *arena);
/* "8:0 rbytes=1 wbytes=2 ..." */
int stat_io(char *text, struct cg_stats *stats, struct arena *arena);

/* stats_list.c: huge pages by size, RDMA by device, misc by name. */
stat_reader stat_read_huge_pages, stat_read_rdma, stat_read_misc;
/* "mlx4_0 hca_handle=2 hca_object=max" */
int stat_rdma(char *text, struct cg_rdma *rdma, struct arena *arena);
/* "res_a 3", and "res_a.max 1" of misc.events; each text NULL when there is none. */
int stat_misc(char *current, char *events, struct cg_misc *misc, struct arena *arena);

/* ---- stats.c -----------------------------------------------------------------------------------
 */

/* All of a file into the arena; *text is NULL when there is none, or when it cannot say anything
 * (EOPNOTSUPP). */
int stat_text(int dir, const char *file, char **text, struct arena *arena);

#endif
