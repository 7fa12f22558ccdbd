/* inside.h -- the rows of the lists that run inside the new namespaces. The lists (build.c, join.c)
 * say when and why; here is how. */
#ifndef CAISSON_INSIDE_H
#define CAISSON_INSIDE_H

struct run;

int inside_enter_cgroup(struct run *run);
int inside_all_cpus(struct run *run);
int inside_become_root(struct run *run);
int inside_ipc_namespace(struct run *run);
int inside_cgroup_namespace(struct run *run);
int inside_session(struct run *run);
int inside_loopback(struct run *run);
int inside_private(struct run *run);
int inside_rootfs(struct run *run);
int inside_mounts(struct run *run);
int inside_devices(struct run *run);
int inside_make_cwd(struct run *run);
int inside_look_up_user(struct run *run);
int inside_terminal(struct run *run);
int inside_create_container(struct run *run);
int inside_procfs(struct run *run);
int inside_enter(struct run *run);
int inside_names(struct run *run);
int inside_sysctl(struct run *run);
int inside_hide(struct run *run);
int inside_seal(struct run *run);
int inside_verify(struct run *run);
int inside_rlimits(struct run *run);
int inside_keyring(struct run *run);
int inside_priority(struct run *run);
int inside_labels(struct run *run);
int inside_user(struct run *run);
int inside_program(struct run *run);
int inside_wait(struct run *run);
int inside_start_container(struct run *run);
int inside_exec(struct run *run);

#endif
