/* scope_program.c -- the helper that talks to systemd (cgroups/scope/), as bytes in this program.
 *
 * The Makefile builds it first and says where it is (SCOPE_PROGRAM). Pages of it that nobody reads
 * are never mapped, so whoever does not use the systemd driver does not notice it. */
#include "cgroups/scope_program.h"

/* The assembler's words for "these bytes, read-only", the same on every processor. */
__asm__(".pushsection .rodata\n"
	".balign 16\n"
	"cg_scope_begin:\n"
	".incbin \"" SCOPE_PROGRAM "\"\n"
	"cg_scope_end:\n"
	".popsection\n");

extern const char cg_scope_begin[] __attribute__((visibility("hidden")));
extern const char cg_scope_end[] __attribute__((visibility("hidden")));

const struct helper_program cg_scope_program = {
	.name = "caisson-scope",
	.begin = cg_scope_begin,
	.end = cg_scope_end,
	.needs = "libsystemd",
};
