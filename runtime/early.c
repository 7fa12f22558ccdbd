/* early.c -- what pays to be done before libc begins: the seal of seal.c.
 *
 * create, run and exec execute this program twice, the second time out of the container's reach.
 * Nothing the first time does is of use to the second, and most of what an execve costs is what
 * comes after it: some 50 page faults for relocations, libc's tables and our command line, a fifth
 * of a whole start. So the first time ends here, at the door of libc (the linker's --wrap leads
 * it to us; only a static program is that early).
 *
 * The second time, and with every other command, the pages that relocation is about to write to
 * are asked for at once.
 *
 * These are short cuts and nothing else: whatever goes wrong is not looked at, since main() comes
 * to session_secure() then, where the same is done again and errors are said. A command whose
 * name this file does not know takes that way, too.
 *
 * Nothing of libc may be used, because nothing of it is ready: not errno, no stack protector, no
 * pointer in a table. The Makefile compiles this file as freestanding. */
#include "runtime/early.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

/* syscall(2) without errno. */
static long call(long number, long a, long b, long c, long d, long e)
{
#if defined __x86_64__
	register long fourth __asm__("r10") = d;
	register long fifth __asm__("r8") = e;

	__asm__ volatile("syscall"
			 : "+a"(number)
			 : "D"(a), "S"(b), "d"(c), "r"(fourth), "r"(fifth)
			 : "rcx", "r11", "memory");
	return number;
#elif defined __aarch64__
	register long first __asm__("x0") = a;
	register long second __asm__("x1") = b;
	register long third __asm__("x2") = c;
	register long fourth __asm__("x3") = d;
	register long fifth __asm__("x4") = e;
	register long which __asm__("x8") = number;

	__asm__ volatile("svc 0"
			 : "+r"(first)
			 : "r"(which), "r"(second), "r"(third), "r"(fourth), "r"(fifth)
			 : "memory");
	return first;
#else
	(void)number, (void)a, (void)b, (void)c, (void)d, (void)e;
	return -1; /* later, then */
#endif
}

/* An id or an option's value that happens to be one of these costs nothing but time. */
static bool enters(char *const *argv)
{
	static const char commands[][8] = { "create", "run", "exec" };

	for (; *argv; argv++) {
		for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
			size_t same = 0;

			while ((*argv)[same] && (*argv)[same] == commands[i][same])
				same++;
			if (!(*argv)[same] && !commands[i][same])
				return true;
		}
	}
	return false;
}

/* Each page of the writable segment would be read in by one fault and copied by a second: 30 faults
 * of 12 us each on a virtual machine, against one call (since 5.14). */
static void map_data(void)
{
	extern __attribute__((visibility("hidden"))) char __init_array_start[], __bss_start[];
	const uintptr_t page = 4096, start = (uintptr_t)__init_array_start & -page;

	call(SYS_madvise, (long)start, (long)((uintptr_t)__bss_start - start), MADV_POPULATE_WRITE,
	     0, 0);
}

static void seal(char **argv, char **environment)
{
	static const char ourselves[] = "/proc/self/exe";
	const struct mount_attr readonly = { .attr_set = MOUNT_ATTR_RDONLY };
	struct statfs about;
	long clone;

	if (call(SYS_statfs, (long)ourselves, (long)&about, 0, 0, 0) < 0 ||
	    about.f_flags & ST_RDONLY)
		return;
	/* Closed by execve, it would make execve wait: see seal_let_go(). */
	clone = call(SYS_open_tree, AT_FDCWD, (long)ourselves, OPEN_TREE_CLONE, 0, 0);
	if (clone < 0)
		return;
	/* Nor may it become anybody's stdin, stdout or stderr. */
	if (clone <= 2)
		call(SYS_fcntl, clone, F_SETFD, FD_CLOEXEC, 0, 0);
	if (call(SYS_mount_setattr, clone, (long)"", AT_EMPTY_PATH, (long)&readonly,
		 sizeof readonly) == 0)
		call(SYS_execveat, clone, (long)"", (long)argv, (long)environment, AT_EMPTY_PATH);
	call(SYS_close, clone, 0, 0, 0, 0);
}

int __wrap___libc_start_main(int (*main)(int, char **, char **), int argc, char **argv,
			     void (*init)(void), void (*fini)(void), void (*linker_fini)(void),
			     void *stack_end)
{
	if (enters(argv))
		seal(argv, argv + argc + 1);
	map_data();
	return __real___libc_start_main(main, argc, argv, init, fini, linker_fini, stack_end);
}
