/* floor.c -- the kernel work that the default `spec` container costs, with nothing around it.
 *
 *	floor ROOTFS CGROUP_PARENT PROGRAM [ARG...]
 *
 * Root, cgroup2 mounted. No JSON, no state, no checks: the lower bound that a runtime is measured
 * against. Not an example of how to make a container. */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#define TRY(x) do { if ((long)(x) < 0) { fprintf(stderr, "floor: %s: %s\n", #x, strerror(errno)); _exit(1); } } while (0)

static const char *root;

static void device(const char *name, int maj, int min)
{
	TRY(mknod(name, S_IFCHR | 0666, makedev(maj, min)));
	TRY(chown(name, 0, 0));
}

static void child(char **argv)
{
	TRY(mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL));
	TRY(mount(root, root, NULL, MS_BIND | MS_REC, NULL));
	TRY(chdir(root));
	TRY(mount("proc", "proc", "proc", 0, NULL));
	TRY(mount("tmpfs", "dev", "tmpfs", MS_NOSUID | MS_STRICTATIME, "mode=755,size=65536k"));
	mkdir("dev/pts", 0755); mkdir("dev/shm", 0755); mkdir("dev/mqueue", 0755);
	TRY(mount("devpts", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620,gid=5"));
	TRY(mount("shm", "dev/shm", "tmpfs", MS_NOSUID | MS_NOEXEC | MS_NODEV, "mode=1777,size=65536k"));
	TRY(mount("mqueue", "dev/mqueue", "mqueue", MS_NOSUID | MS_NOEXEC | MS_NODEV, NULL));
	TRY(mount("sysfs", "sys", "sysfs", MS_NOSUID | MS_NOEXEC | MS_NODEV | MS_RDONLY, NULL));
	TRY(unshare(CLONE_NEWCGROUP));
	TRY(mount("cgroup", "sys/fs/cgroup", "cgroup2", MS_NOSUID | MS_NOEXEC | MS_NODEV | MS_RDONLY, NULL));
	mode_t m = umask(0);
	device("dev/null", 1, 3); device("dev/zero", 1, 5); device("dev/full", 1, 7);
	device("dev/random", 1, 8); device("dev/urandom", 1, 9); device("dev/tty", 5, 0);
	umask(m);
	TRY(symlink("/proc/self/fd", "dev/fd")); TRY(symlink("/proc/self/fd/0", "dev/stdin"));
	TRY(symlink("/proc/self/fd/1", "dev/stdout")); TRY(symlink("/proc/self/fd/2", "dev/stderr"));
	TRY(symlink("pts/ptmx", "dev/ptmx"));

	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq ifr = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	TRY(ioctl(s, SIOCSIFFLAGS, &ifr));
	close(s);

	TRY(syscall(SYS_pivot_root, ".", "."));
	TRY(umount2(".", MNT_DETACH));
	TRY(chdir("/"));
	TRY(sethostname("floor", 5));
	static const char *const masked_files[] = { "/proc/kcore", "/proc/keys", "/proc/timer_list" };
	static const char *const masked_dirs[] = { "/proc/acpi", "/proc/scsi", "/sys/firmware" };
	static const char *const ro[] = { "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger" };
	for (size_t i = 0; i < sizeof ro / sizeof *ro; i++)
		if (mount(ro[i], ro[i], NULL, MS_BIND | MS_REC, NULL) == 0)
			mount(ro[i], ro[i], NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_BIND | MS_REMOUNT | MS_RDONLY, NULL);
	for (size_t i = 0; i < 3; i++)
		mount("/dev/null", masked_files[i], NULL, MS_BIND, NULL);
	for (size_t i = 0; i < 3; i++)
		mount("tmpfs", masked_dirs[i], "tmpfs", MS_RDONLY, NULL);
	TRY(mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
	setsid();
	TRY(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	for (int c = 0; c < 41; c++)
		if (!((0x20000420ULL >> c) & 1))
			prctl(PR_CAPBSET_DROP, c, 0, 0, 0);
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2] = { { 0x20000420, 0x20000420, 0 }, { 0, 0, 0 } };
	TRY(syscall(SYS_capset, &h, d));
	TRY(syscall(SYS_close_range, 3, ~0U, 0));
	char *env[] = { "PATH=/bin", "TERM=xterm", NULL };
	execve(argv[0], argv, env);
	_exit(127);
}

int main(int argc, char **argv)
{
	if (argc < 4) { fprintf(stderr, "usage: floor ROOTFS CGROUP_PARENT PROGRAM [ARG...]\n"); return 2; }
	root = argv[1];
	char cg[4096];
	snprintf(cg, sizeof cg, "%s/floor-%d", argv[2], getpid());
	TRY(mkdir(cg, 0755));
	int cfd = open(cg, O_PATH | O_DIRECTORY | O_CLOEXEC);
	TRY(cfd);
	struct bpf_insn prog[] = { { .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 1 }, { .code = BPF_JMP | BPF_EXIT } };
	union bpf_attr a;
	memset(&a, 0, sizeof a);
	a.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE; a.insns = (unsigned long)prog; a.insn_cnt = 2; a.license = (unsigned long)"GPL";
	int pfd = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &a, sizeof a);
	TRY(pfd);
	int rfd = open(cg, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	memset(&a, 0, sizeof a);
	a.target_fd = rfd; a.attach_bpf_fd = pfd; a.attach_type = BPF_CGROUP_DEVICE; a.attach_flags = BPF_F_ALLOW_MULTI;
	TRY(syscall(SYS_bpf, BPF_PROG_ATTACH, &a, sizeof a));
	struct clone_args ca = {
		.flags = CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNS | CLONE_INTO_CGROUP,
		.exit_signal = SIGCHLD, .cgroup = cfd,
	};
	long pid = syscall(SYS_clone3, &ca, sizeof ca);
	TRY(pid);
	if (pid == 0)
		child(argv + 3);
	int st;
	TRY(waitpid((int)pid, &st, 0));
	while (rmdir(cg) < 0 && errno == EBUSY)
		usleep(100);
	return WIFEXITED(st) ? WEXITSTATUS(st) : 128 + WTERMSIG(st);
}
