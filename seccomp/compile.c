/* compile.c -- from linux.seccomp to a program that can be loaded: the order of the room.
 *
 *	key.c      what the program depends on
 *	cache.c    is it there already?
 *	enosys.c   calls newer than the profile
 *	filter.c   the profile, by libseccomp
 *	flatten.c  the same answers, cheaper, by way of ranges.c
 *
 * Does not load anything: load.c, on the other side of the list. */
#include <errno.h>
#include <string.h>

#include "runtime/base/fault.h"
#include "runtime/base/owned.h"
#include "seccomp/bpf.h"
#include "seccomp/cache.h"
#include "seccomp/names.h"

static int compile(struct sc_program *program, const struct spec_seccomp *seccomp,
		   struct arena *arena)
{
	struct bpf code = { .arena = arena }, flat = { .arena = arena };
	int result;

	bpf_answer_newer(&code, seccomp);
	result = bpf_from_profile(&code, seccomp);
	if (result)
		return result;
	bpf_flatten(&flat, &code);
	/* A profile without any order in it can grow. */
	if (flat.count > sc_program_limit && code.count <= sc_program_limit)
		flat = code;
	if (flat.count > sc_program_limit)
		return blame(refuse(E2BIG,
				    "the profile makes %zu BPF instructions, the kernel takes at "
				    "most %d",
				    flat.count, sc_program_limit),
			     "linux.seccomp");
	memcpy(program->code, flat.at, flat.count * sizeof *flat.at);
	program->count = (uint32_t)flat.count;
	return 0;
}

int sc_compile(struct sc_program *program, const struct spec_seccomp *seccomp,
	       const char *cache_dir)
{
	autoclose int folder = cache_dir ? sc_cache_open(cache_dir) : -1;
	struct arena arena = { 0 };
	struct sc_key key;
	int result = 0;

	program->load_flags = sc_flags(seccomp);
	program->notify = sc_wants_listener(seccomp);
	if (folder >= 0)
		sc_key_of(&key, &arena, seccomp);
	if (folder < 0 || sc_cache_read(folder, &key, program) < 0) {
		result = compile(program, seccomp, &arena);
		if (!result && folder >= 0)
			sc_cache_write(folder, &key, program);
	}
	arena_free(&arena);
	return result;
}
