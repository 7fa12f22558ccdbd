/* embedded.c -- the mover of network devices (net/mover/), a program, as bytes in this one.
 *
 * The Makefile builds it first and says where it is (NET_MOVER). Pages of it that nobody reads are
 * never mapped, so a start without linux.netDevices does not notice it. */
#include "net/embedded.h"

/* The assembler's words for "these bytes, read-only", the same on every processor. */
__asm__(".pushsection .rodata\n"
	".balign 16\n"
	"net_mover_begin:\n"
	".incbin \"" NET_MOVER "\"\n"
	"net_mover_end:\n"
	".popsection\n");

extern const char net_mover_begin[] __attribute__((visibility("hidden")));
extern const char net_mover_end[] __attribute__((visibility("hidden")));

const struct helper_program net_mover = {
	.name = "caisson-net",
	.begin = net_mover_begin,
	.end = net_mover_end,
	.needs = "libmnl",
};
