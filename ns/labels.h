/* labels.h -- AppArmor and SELinux: the label the workload gets at execve(2). */
#ifndef CAISSON_NS_LABELS_H
#define CAISSON_NS_LABELS_H

/* While planning: a clear error when the kernel has no AppArmor (or SELinux) and a profile other
 * than "unconfined" (or a label) is asked for. NULL or "" asks for nothing. */
int ns_check_labels(const char *apparmor_profile, const char *selinux_label,
		    const char *mount_label);
/* Inside, shortly before execve. `proc`: a private, verified procfs (ns/procfs.c). */
int ns_set_labels(const char *apparmor_profile, const char *selinux_label, int proc);

#endif
