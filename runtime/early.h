/* early.h -- what the linker calls in place of __libc_start_main. See early.c. */
#ifndef CAISSON_EARLY_H
#define CAISSON_EARLY_H

/* The arguments are libc's own (csu/libc-start.c), passed on as they are. */
int __wrap___libc_start_main(int (*main)(int, char **, char **), int argc, char **argv,
			     void (*init)(void), void (*fini)(void), void (*linker_fini)(void),
			     void *stack_end);
int __real___libc_start_main(int (*main)(int, char **, char **), int argc, char **argv,
			     void (*init)(void), void (*fini)(void), void (*linker_fini)(void),
			     void *stack_end);

#endif
