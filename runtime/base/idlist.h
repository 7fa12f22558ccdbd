/* idlist.h -- users and groups as people type them: numbers, or names to be looked up. */
#ifndef CAISSON_IDLIST_H
#define CAISSON_IDLIST_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/arena.h"

/* Ids run to 2^32-2: the last number, -1, means "leave unchanged" to setresuid(2) and has made
 * people root who asked for it. */
#define IDLIST_LARGEST UINT32_C(4294967294)

/* USER or USER:GROUP. What is a number is never a name, whatever the image says (CVE-2016-3697). */
struct asked_user {
	const char *user, *group; /* names; NULL: a number, or not given */
	uint32_t uid, gid;
	bool gid_given;           /* as a number or as a name */
};

/* `exec --user`: each half a number, or a name such as useradd(8) accepts. 0 or -EINVAL with the
 * fault set, in the words of runc: "bad uid: ...", "bad gid: ...". Looks nothing up. */
int identity_parse_user(const char *text, struct asked_user *asked, struct arena *arena);
/* One group of `exec --additional-gids`: a number. */
int identity_parse_group(const char *text, uint32_t *gid);

#endif
