/* names.h -- hostname, domainname and sysctls: what a namespace calls itself. */
#ifndef CAISSON_NS_NAMES_H
#define CAISSON_NS_NAMES_H

#include <stdbool.h>

#include "specs/spec.h"

/* Which sysctls belong to a namespace the container has for itself; the others are refused with
 * their place in config.json. Called while planning; touches nothing. */
int ns_check_sysctls(const struct spec *spec);
/* Inside, in the new uts namespace. */
int ns_set_hostname(const char *name);
int ns_set_domainname(const char *name);
/* Inside: writes linux.sysctl through a procfs nobody can have tampered with. `proc` is an
 * O_PATH descriptor of a private, verified procfs (ns/procfs.c). */
int ns_set_sysctls(const struct pairs *sysctl, int proc);

#endif
