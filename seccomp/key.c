/* key.c -- all that a compiled seccomp program depends on, written down without ambiguity.
 *
 * No two different inputs may have the same key, for the key is all that is compared before a
 * program from the cache is trusted. So every list is preceded by its length, every string ends
 * with its NUL, every number has its full width, and what is implied (EPERM) is written out.
 *
 * Flags and the listener are not in it: they belong to the load, not to the program. */
#include <string.h>
#include <sys/utsname.h>

#include "seccomp/cache.h"
#include "seccomp/names.h"

/* To be raised whenever the same profile gives another program (enosys.c, flatten.c, filter.c). */
static const uint64_t key_format = 1;

static void put(struct sc_key *key, const void *bytes, size_t length)
{
	if (key->length + length > key->room) {
		size_t room = (key->length + length) * 2 + 16384;
		char *larger = arena_alloc(key->arena, room);

		if (key->length)
			memcpy(larger, key->bytes, key->length);
		key->bytes = larger;
		key->room = room;
	}
	memcpy(key->bytes + key->length, bytes, length);
	key->length += length;
}

static void put_number(struct sc_key *key, uint64_t number)
{
	put(key, &number, sizeof number);
}

static void put_text(struct sc_key *key, const char *text)
{
	put(key, text, strlen(text) + 1);
}

static void put_texts(struct sc_key *key, const struct strings *texts)
{
	put_number(key, texts->count);
	for (size_t i = 0; i < texts->count; i++)
		put_text(key, texts->at[i]);
}

/* libseccomp asks the kernel what it can do, so the kernel is one of the makers. */
static void put_makers(struct sc_key *key)
{
	const struct scmp_version *library = seccomp_version();
	struct utsname kernel = { 0 };

	put_text(key, "caisson " VERSION);
	put_number(key, key_format);
	put_number(key, library->major);
	put_number(key, library->minor);
	put_number(key, library->micro);
	uname(&kernel);
	put_text(key, kernel.release);
	put_text(key, kernel.version);
	put_text(key, kernel.machine);
	put_number(key, seccomp_arch_native());
}

void sc_key_of(struct sc_key *key, struct arena *arena, const struct spec_seccomp *seccomp)
{
	*key = (struct sc_key){ .arena = arena };
	put_makers(key);
	put_number(key, sc_action(seccomp->default_action, seccomp->default_errno_ret));
	put_texts(key, &seccomp->architectures);
	put_number(key, seccomp->syscalls.count);
	for (size_t i = 0; i < seccomp->syscalls.count; i++) {
		const struct spec_seccomp_rule *rule = &seccomp->syscalls.at[i];

		put_number(key, sc_action(rule->action, rule->errno_ret));
		put_texts(key, &rule->names);
		put_number(key, rule->args.count);
		for (size_t j = 0; j < rule->args.count; j++) {
			put_number(key, rule->args.at[j].index);
			put_number(key, rule->args.at[j].op);
			put_number(key, rule->args.at[j].value);
			put_number(key, rule->args.at[j].value_two);
		}
	}
}
