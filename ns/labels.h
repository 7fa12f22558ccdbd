/* labels.h -- AppArmor and SELinux: the label the workload gets at execve(2). */
#ifndef CAISSON_NS_LABELS_H
#define CAISSON_NS_LABELS_H

#include <stdbool.h>

/* While planning: a clear error when the kernel has no AppArmor (or SELinux) and a profile other
 * than "unconfined" (or a label) is asked for. NULL or "" asks for nothing. */
int ns_check_labels(const char *apparmor_profile, const char *selinux_label);
/* Whether linux.mountLabel is to be applied. Without SELinux it is left out with a warning: nothing
 * is there to read it, whereas a process without its label would run unconfined. */
bool ns_mount_label_counts(const char *mount_label);
/* Inside, shortly before execve. `proc`: a private, verified procfs (ns/procfs.c). What was
 * written is read back. */
int ns_set_labels(const char *apparmor_profile, const char *selinux_label, int proc);
/* Inside, for a container with a SELinux label: keys made from here on carry it, so that the
 * workload may use its session keyring (runtime/identity.c makes that). NULL takes it back. */
int ns_set_key_label(const char *selinux_label, int proc);

#endif
