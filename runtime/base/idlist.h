/* idlist.h -- users and groups given as numbers on the command line. */
#ifndef CAISSON_IDLIST_H
#define CAISSON_IDLIST_H

#include <stdbool.h>
#include <stdint.h>

/* Ids run to 2^32-2: the last number, -1, means "leave unchanged" to setresuid(2) and has made
 * people root who asked for it. */
#define IDLIST_LARGEST UINT32_C(4294967294)

/* `UID` or `UID:GID` of `exec --user`. Without GID `gid_given` is false and `gid` untouched. Never
 * looks anything up in the image (CVE-2016-3697). 0 or -EINVAL with the fault set, in the words of
 * runc: "bad uid: ...", "bad gid: ...". */
int identity_parse_user(const char *text, uint32_t *uid, bool *gid_given, uint32_t *gid);
/* One group of `exec --additional-gids`. */
int identity_parse_group(const char *text, uint32_t *gid);

#endif
