/* probe.h -- what the parts of the probe share. See probe.c. */
#ifndef CAISSON_PROBE_H
#define CAISSON_PROBE_H

#include <stddef.h>

/* One line of the result, "name: value". What is not printable is written \xNN, and every string
 * given by --hide is "*". */
__attribute__((format(printf, 2, 3))) void fact(const char *name, const char *format, ...);
/* A name made of parts; good until eight more are made. */
__attribute__((format(printf, 1, 2))) const char *named(const char *format, ...);
/* The whole file, NUL-terminated, or NULL (errno is set). Never freed: the probe ends soon. */
char *slurp(const char *path);
/* Its first line, or the name of the error. */
const char *first_line(const char *path);
/* The errno's name where it is common ("EROFS"), its number elsewhere. */
const char *error_name(int error);

void probe_identity(void);  /* who: ids, capabilities, keyring, limits, signals, prctl */
void probe_process(void);   /* how: environment, session, terminal, scheduler, memory */
void probe_mounts(void);    /* the mount table */
void probe_files(void);     /* /dev, masked and read-only paths, descriptors */
void probe_namespaces(void); /* kinds, names, cgroups, network, clocks */

#endif
