/* caps.c -- capabilities(7): five sets, dropped and raised in the one order that leaves no gap.
 *
 *	bounding     what execve(2) may ever give again; can only shrink, and only while we still
 *	             hold CAP_SETPCAP: first
 *	permitted    what may be made effective; setuid(2) would empty it but for PR_SET_KEEPCAPS
 *	effective    what the kernel looks at
 *	inheritable  what files with inheritable capabilities give; non-empty only when the config
 *	             says so (CVE-2022-24769, CVE-2022-29162)
 *	ambient      what a program without file capabilities keeps; never more than the config
 *	             says (CVE-2016-8867), and only what is permitted and inheritable
 *
 * libcap gives names, the kernel's last capability, the bounding and the ambient set. Measured in a
 * static program, a start pays 3 us for that: its constructor asks the kernel for the last one
 * (6 prctl, 5.2 us), which we then need not (4, 3.5 us); 42 names by cap_from_name(3) and back
 * take 2.5 us, by a table 0.9. The three other sets stay with capget(2) and capset(2) themselves:
 * sets as bits are what we compare, cap_get_flag(3) gives them one by one (3.3 us against 0.9,
 * twice a start), and the last capset happens behind the container's seccomp filter, where
 * cap_set_proc(3) would need a cap_t, whose cap_init(3) allocates and calls capget. cap_iab_t
 * cannot say what effective is, and cap_iab_get_proc(3) takes 75 us.
 *
 * Does not change users and does not set PR_SET_KEEPCAPS: runtime/identity.c does both, between
 * the two halves of this file. */
#include "ns/caps.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/base/fault.h"
#include "specs/vocabulary.h"

enum { most_caps = 64, set_count = 5 };

static const struct {
	const char *name;
	size_t granted, asked; /* where it is in struct ns_caps and in struct spec_capabilities */
} sets[set_count] = {
/* clang-format off */
#define SET(set) { #set, offsetof(struct ns_caps, set), offsetof(struct spec_capabilities, set) }
/* clang-format on */
	SET(bounding), SET(effective), SET(inheritable), SET(permitted), SET(ambient),
#undef SET
};

static uint64_t *granted_set(const struct ns_caps *caps, size_t set)
{
	return (uint64_t *)((char *)caps + sets[set].granted);
}

static const struct spec_cap_set *asked_set(const struct spec_capabilities *asked, size_t set)
{
	return (const struct spec_cap_set *)((const char *)asked + sets[set].asked);
}

static uint64_t bit_of(unsigned cap)
{
	return UINT64_C(1) << cap;
}

/* "CAP_SYS_RESOURCE" in `text`, or the number of one newer than we are. */
static const char *spell(unsigned cap, char *text, size_t size)
{
	char name[SPEC_CAPABILITY_NAME];

	if (spec_capability_name(cap, name))
		snprintf(text, size, "%s", name);
	else
		snprintf(text, size, "capability %u", cap);
	return text;
}

static void add_name(char *list, size_t size, const char *name)
{
	size_t used = strlen(list);

	snprintf(list + used, size - used, "%s%s", used ? ", " : "", name);
}

static bool has_name(const struct spec_cap_set *set, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (!strcmp(set->unknown.at[i], name))
			return true;
	}
	return false;
}

/* Speaks at the first of the sets that have the name, for all of them. */
static void warn_of_unknown(const struct spec_capabilities *asked, size_t set, size_t index)
{
	const char *name = asked_set(asked, set)->unknown.at[index];
	char where[96] = "";

	if (has_name(asked_set(asked, set), index, name))
		return;
	for (size_t i = 0; i < set_count; i++) {
		const struct spec_cap_set *other = asked_set(asked, i);

		if (!has_name(other, other->unknown.count, name))
			continue;
		if (i < set)
			return;
		add_name(where, sizeof where, sets[i].name);
	}
	warn("unable to apply caps: %s: no such capability is known (%s)", name, where);
}

/* Takes from all five sets what `allowed` lacks, one warning for each capability. */
static void leave_out(struct ns_caps *caps, const struct ns_caps *allowed, const char *why)
{
	for (unsigned cap = 0; cap < most_caps; cap++) {
		char where[96] = "", name[64];

		for (size_t set = 0; set < set_count; set++) {
			uint64_t bit = bit_of(cap);

			if (!(*granted_set(caps, set) & ~*granted_set(allowed, set) & bit))
				continue;
			*granted_set(caps, set) &= ~bit;
			add_name(where, sizeof where, sets[set].name);
		}
		if (!strcmp(where, "ambient"))
			warn("can't raise ambient capability %s: %s", spell(cap, name, sizeof name),
			     why);
		else if (where[0])
			warn("unable to apply caps: %s: %s (%s)", spell(cap, name, sizeof name),
			     why, where);
	}
}

/* Which capabilities this kernel has: all up to some number. */
static uint64_t known_caps(void)
{
	unsigned count = (unsigned)cap_max_bits();

	return count >= most_caps ? ~UINT64_C(0) : bit_of(count) - 1;
}

/* Those of `caps` that are in our bounding set. */
static uint64_t bounding_of(uint64_t caps)
{
	uint64_t found = 0;

	for (unsigned cap = 0; cap < most_caps; cap++) {
		if (caps & bit_of(cap) && cap_get_bound((cap_value_t)cap) == 1)
			found |= bit_of(cap);
	}
	return found;
}

static int read_sets(struct ns_caps *caps)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &header, data) < 0)
		return fail(errno, "unable to apply caps: read our own capabilities");
	caps->effective = data[0].effective | (uint64_t)data[1].effective << 32;
	caps->permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
	caps->inheritable = data[0].inheritable | (uint64_t)data[1].inheritable << 32;
	return 0;
}

int ns_caps_plan(struct ns_caps *caps, const struct spec_capabilities *asked, bool full)
{
	struct ns_caps held = { 0 };
	uint64_t known;
	int result;

	*caps = (struct ns_caps) { 0 };
	if (!asked->given)
		return 0;
	result = read_sets(&held);
	if (result)
		return result;
	known = known_caps();
	held.bounding = full ? known : bounding_of(asked->bounding.bits & known);
	if (full)
		held.permitted = known;

	for (size_t set = 0; set < set_count; set++) {
		*granted_set(caps, set) = asked_set(asked, set)->bits;
		for (size_t i = 0; i < asked_set(asked, set)->unknown.count; i++)
			warn_of_unknown(asked, set, i);
	}
	leave_out(caps, &(struct ns_caps) { known, known, known, known, known },
		  "this kernel has no such capability");
	held.effective = held.inheritable = held.ambient = held.permitted;
	leave_out(caps, &held, "the runtime does not hold it");
	/* capset(2) answers EPERM to the whole call for a single one of these. */
	leave_out(caps, &(struct ns_caps) { ~0ull, caps->permitted, ~0ull, ~0ull, ~0ull },
		  "it is not in the permitted set");
	leave_out(caps, &(struct ns_caps) { ~0ull, ~0ull, caps->bounding, ~0ull, ~0ull },
		  "it is not in the bounding set");
	leave_out(caps,
		  &(struct ns_caps) { ~0ull, ~0ull, ~0ull, ~0ull,
				      caps->permitted & caps->inheritable },
		  "it is not in the permitted and the inheritable set");
	return 0;
}

static int drop_from_bounding(unsigned cap)
{
	bool dropped = cap_drop_bound((cap_value_t)cap) == 0;
	int error = errno;
	char name[64];

	/* Looked at however that went: without CAP_SETPCAP nothing can be dropped, not even what
	 * is gone already, and a filter of whoever runs us can make any call seem to succeed. */
	if (cap_get_bound((cap_value_t)cap) == 0)
		return 0;
	spell(cap, name, sizeof name);
	return dropped ? refuse(EPERM, "unable to apply caps: %s is still in the bounding set", name)
		       : fail(error, "unable to apply caps: drop %s from the bounding set", name);
}

int ns_caps_limit_bounding(const struct ns_caps *caps)
{
	uint64_t unwanted = known_caps() & ~caps->bounding;
	uint64_t missing = caps->bounding & ~bounding_of(caps->bounding);
	int result = 0;

	for (unsigned cap = 0; cap < most_caps && !result; cap++) {
		if (unwanted & bit_of(cap))
			result = drop_from_bounding(cap);
	}
	if (result)
		return blame(result, "process.capabilities.bounding");
	if (missing)
		return blame(refuse(EPERM,
				    "unable to apply caps: the bounding set lacks %#llx, which it "
				    "held while planning",
				    (unsigned long long)missing),
			     "process.capabilities.bounding");
	return 0;
}

static int raise_ambient(uint64_t ambient)
{
	if (cap_reset_ambient() < 0)
		return fail(errno, "unable to apply caps: clear the ambient set");
	for (unsigned cap = 0; cap < most_caps; cap++) {
		char name[64];

		if (ambient & bit_of(cap) &&
		    cap_set_ambient((cap_value_t)cap, CAP_SET) < 0)
			return blame(fail(errno,
					  "unable to apply caps: raise %s in the ambient set",
					  spell(cap, name, sizeof name)),
				     "process.capabilities.ambient");
	}
	return 0;
}

static int verify(const struct ns_caps *wanted)
{
	struct ns_caps found = { .bounding = wanted->bounding };
	int result = read_sets(&found);

	if (result)
		return result;
	/* The kernel keeps the ambient set within these two (capabilities(7)). */
	for (unsigned cap = 0; cap < most_caps; cap++) {
		if (found.permitted & found.inheritable & bit_of(cap) &&
		    cap_get_ambient((cap_value_t)cap) == 1)
			found.ambient |= bit_of(cap);
	}
	for (size_t i = 0; i < set_count; i++) {
		if (*granted_set(&found, i) != *granted_set(wanted, i))
			return blame(refuse(EPERM,
					    "unable to apply caps: the %s set is %#llx instead of "
					    "%#llx",
					    sets[i].name,
					    (unsigned long long)*granted_set(&found, i),
					    (unsigned long long)*granted_set(wanted, i)),
				     "process.capabilities.%s", sets[i].name);
	}
	return 0;
}

int ns_caps_settle(const struct ns_caps *caps)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {
		{ (uint32_t)caps->effective, (uint32_t)caps->permitted,
		  (uint32_t)caps->inheritable },
		{ (uint32_t)(caps->effective >> 32), (uint32_t)(caps->permitted >> 32),
		  (uint32_t)(caps->inheritable >> 32) },
	};

	if (syscall(SYS_capset, &header, data) < 0)
		return blame(fail(errno,
				  "unable to apply caps: set permitted %#llx, effective "
				  "%#llx, inheritable %#llx",
				  (unsigned long long)caps->permitted,
				  (unsigned long long)caps->effective,
				  (unsigned long long)caps->inheritable),
			     "process.capabilities");
	return 0;
}

int ns_caps_apply(const struct ns_caps *caps)
{
	int result = ns_caps_settle(caps);

	if (result)
		return result;
	result = raise_ambient(caps->ambient);
	if (result)
		return blame(result, "process.capabilities");
	return verify(caps);
}

struct ns_caps ns_caps_with_admin(const struct ns_caps *caps)
{
	struct ns_caps more = *caps;

	more.permitted |= bit_of(CAP_SYS_ADMIN);
	more.effective |= bit_of(CAP_SYS_ADMIN);
	return more;
}
