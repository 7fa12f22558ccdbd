/* bpf.h -- a classic BPF program under construction.
 *
 * Seccomp's BPF knows two registers of which libseccomp uses one (A), jumps forward only, and
 * reads struct seccomp_data at fixed offsets. A conditional jump reaches at most 255 instructions
 * further, JA any distance. See seccomp(2) and the kernel's Documentation/networking/filter.rst. */
#ifndef CAISSON_SECCOMP_BPF_H
#define CAISSON_SECCOMP_BPF_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/base/arena.h"
#include "specs/spec.h"

struct bpf {
	struct sock_filter *at;
	size_t count, room;
	struct arena *arena; /* where `at` lies */
};

/* Room for `count` more instructions at the end. */
struct sock_filter *bpf_grow(struct bpf *code, size_t count);

static inline void bpf_add(struct bpf *code, struct sock_filter instruction)
{
	*bpf_grow(code, 1) = instruction;
}

static inline struct sock_filter bpf_load(size_t offset)
{
	return (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset);
}

/* `condition` is BPF_JEQ, BPF_JGT, BPF_JGE or BPF_JSET. */
static inline struct sock_filter bpf_if(int condition, uint32_t value, uint8_t then,
					uint8_t otherwise)
{
	return (struct sock_filter)BPF_JUMP((uint16_t)(BPF_JMP | condition | BPF_K), value, then,
					    otherwise);
}

static inline struct sock_filter bpf_skip(size_t instructions)
{
	return (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, (uint32_t)instructions);
}

static inline struct sock_filter bpf_return(uint32_t action)
{
	return (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action);
}

/* x32 shares its AUDIT_ARCH with x86-64 and sets this bit of the number (asm/unistd.h). */
#define X32_BIT 0x40000000u

/* filter.c: what libseccomp makes of the profile, at the end of `code`. */
int bpf_from_profile(struct bpf *code, const struct spec_seccomp *seccomp);
/* enosys.c: before it, an answer for the calls that are newer than the profile. */
void bpf_answer_newer(struct bpf *code, const struct spec_seccomp *seccomp);
/* flatten.c: a shorter program that gives the same answers. */
void bpf_flatten(struct bpf *flat, const struct bpf *code);

#endif
